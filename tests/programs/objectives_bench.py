"""Cost of objectives in a step of training, and beside the forms in which one would write them first."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import torch
from topoloss.losses.laplacian_pyramid import laplacian_pyramid_loss
from torch import Tensor, nn

import training_bench
from phonotopy.core.grid import Grid
from phonotopy.recogniser.network import Output
from phonotopy.recogniser.objectives.objective import OBJECTIVES
from phonotopy.recogniser.objectives.response_kernel import kernel_of

__all__ = ["NAIVE", "over_naive", "share_of_step"]

Ratio = tuple[float, str]  # and how it was measured
REPEATS = 10  # of an objective by itself, in a round
Settings = Mapping[str, Any]
Naive = Callable[[Grid, Tensor, Tensor, Settings], Tensor]  # of filters, and of responses ``(units, frames)``


def _apart(grid: Grid) -> Tensor:
    """Which pairs are of two units, each pair once, ``(units, units)``."""
    return torch.ones(grid.units, grid.units, dtype=torch.bool).triu(1)


def _distances(grid: Grid) -> Tensor:
    return torch.from_numpy(grid.distances).float()


def _filter_similarity(grid: Grid, filters: Tensor, responses: Tensor, settings: Settings) -> Tensor:
    one, other = torch.from_numpy(grid.neighbours("queen")).T
    return 1 - nn.functional.cosine_similarity(filters[one], filters[other]).mean()


def _laplacian_pyramid(grid: Grid, filters: Tensor, responses: Tensor, settings: Settings) -> Tensor:
    sheet = filters.reshape(grid.rows, grid.columns, -1)
    return laplacian_pyramid_loss(sheet, settings["factor"], settings["factor"])


def _activation_similarity(grid: Grid, filters: Tensor, responses: Tensor, settings: Settings) -> Tensor:
    apart = _apart(grid)
    pairs = torch.stack([torch.corrcoef(responses)[apart], 1 / (1 + _distances(grid)[apart])])
    return (1 - torch.corrcoef(pairs)[0, 1]) / 2


def _response_kernel(grid: Grid, filters: Tensor, responses: Tensor, settings: Settings) -> Tensor:
    kernel = kernel_of(_distances(grid), settings["shape"], settings["radius"])
    return (torch.corrcoef(responses) - kernel)[_apart(grid)].square().mean()


def _response_target(grid: Grid, filters: Tensor, responses: Tensor, settings: Settings) -> Tensor:
    rows = nn.functional.normalize(responses)
    return (rows @ rows.T - 1 / (1 + _distances(grid)))[_apart(grid)].square().mean()


NAIVE: Mapping[str, Naive] = {  # as their formulas stand, by every frame; the pyramid is that of topoloss
    "activation_similarity": _activation_similarity,
    "filter_similarity": _filter_similarity,
    "laplacian_pyramid": _laplacian_pyramid,
    "response_kernel": _response_kernel,
    "response_target": _response_target,
}


@cache
def _steps() -> Mapping[str, float]:
    """Seconds of a step by objective, `none` among them, all in turns on the same speech."""
    torch.set_num_threads(1)
    settings = training_bench.training_settings()
    index, precision = training_bench.speech(settings, minutes=2), settings["precision"]
    trainers = {name: training_bench.trainer(index, name, precision) for name in ("none", *OBJECTIVES)}
    taken = training_bench.least({name: partial(training_bench.own_epoch, one) for name, one in trainers.items()})
    steps = len(list(training_bench.own_batches(trainers["none"])))
    return {name: seconds / steps for name, seconds in taken.items()}


def share_of_step(objective: str) -> Ratio:
    """Share of a step of training that an objective takes; the smaller the better."""
    taken = _steps()
    how = (
        f"default network, every layer, every step, one thread: a step of {1000 * taken[objective]:.0f} ms, without "
        f"objective {1000 * taken['none']:.0f} ms; all objectives in turns; the smaller the better"
    )
    return (taken[objective] - taken["none"]) / taken[objective], how


def over_naive(objective: str) -> Ratio:
    """Seconds of the naive form over those of ours, values and slopes of all layers of a batch."""
    torch.set_num_threads(1)
    settings = training_bench.training_settings()
    own = training_bench.trainer(training_bench.speech(settings, minutes=1), objective, "float32")
    batch = next(iter(training_bench.own_batches(own)))
    output = own.network(batch.features, batch.lengths, batch.starts)
    filters = [one.detach().requires_grad_() for one in own.network.filters()]
    responses = [one.detach().requires_grad_() for one in output.responses]
    found = Output(output.log_probs, output.lengths, responses, output.response_lengths)
    given = list(zip([layer.grid for layer in own.setup.layers], filters, responses, strict=True))

    def naive() -> Tensor:
        flat = ((grid, one, heard.transpose(0, 1).flatten(1)) for grid, one, heard in given)
        return torch.stack([NAIVE[objective](*one, settings["objectives"][objective]) for one in flat]).mean()

    taken = _least({"own": lambda: own.objective(filters, found), "naive": naive})
    how = (
        f"all layers of a batch of {len(batch.segments)} utterances, value and slope, one thread: naive form "
        f"{1000 * taken['naive']:.1f} ms ({taken['naive'] / (taken['naive'] + _steps()['none']):.0%} of a step), ours "
        f"{1000 * taken['own']:.1f} ms; the fastest of {training_bench.ROUNDS} rounds in turns"
    )
    return taken["naive"] / taken["own"], how


def _least(works: Mapping[str, Callable[[], Tensor]]) -> dict[str, float]:
    """Seconds of one value with its slope."""

    def repeated(work: Callable[[], Tensor]) -> None:
        for _ in range(REPEATS):
            work().backward()

    taken = training_bench.least({name: partial(repeated, work) for name, work in works.items()})
    return {name: seconds / REPEATS for name, seconds in taken.items()}
