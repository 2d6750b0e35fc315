"""Objectives against loops, and what training on them does."""

from pathlib import Path

import pytest
import torch
import yaml

import reference_recogniser as reference
from phonotopy.core.grid import Grid
from phonotopy.recogniser.network import Output
from phonotopy.recogniser.objectives.filter_similarity import filter_similarity
from phonotopy.recogniser.objectives.objective import OBJECTIVES, Objective, depth_profile
from phonotopy.recogniser.objectives.response_kernel import FRAME_STEP, response_correlation

GRID = Grid(3, 4)
LENGTHS = torch.tensor([9, 6])


def responses() -> torch.Tensor:
    torch.manual_seed(3)
    values = torch.rand(2, GRID.units, 9).double() ** 2
    values[1, :, 6:] = 0
    return values


def frames(values: torch.Tensor, step: int = 1) -> list[list[float]]:
    return torch.cat([values[0, :, ::step], values[1, :, :6:step]], dim=1).tolist()


def output(values: torch.Tensor) -> Output:
    return Output(torch.empty(0), torch.empty(0), [values], [LENGTHS])


def test_correlation_ignores_padding() -> None:
    found, listed = response_correlation(responses(), LENGTHS), frames(responses())
    for i in range(GRID.units):
        for j in range(GRID.units):
            assert float(found[i, j]) == pytest.approx(reference.correlation(listed[i], listed[j]), abs=1e-5)


def test_response_kernel_equals_its_loop() -> None:
    objective = Objective("response_kernel", {"weight": 3.0, "radius": 1.5}, [GRID])
    expected = 3 * reference.response_kernel(frames(responses(), step=FRAME_STEP), GRID.columns, 1.5)
    assert float(objective([torch.ones(GRID.units, 2)], output(responses()))) == pytest.approx(expected, rel=1e-5)


def test_filter_similarity_equals_its_loop() -> None:
    torch.manual_seed(4)
    filters = torch.randn(GRID.units, 7)
    objective = Objective("filter_similarity", {"weight": 0.5}, [GRID])
    expected = 0.5 * reference.filter_similarity(filters.tolist(), GRID.columns)
    assert float(objective([filters], output(responses()))) == pytest.approx(expected, rel=1e-5)


def test_filter_similarity_of_equal_filters_is_zero() -> None:
    pairs = torch.from_numpy(GRID.neighbours())
    assert float(filter_similarity(torch.ones(GRID.units, 5), pairs)) == pytest.approx(0, abs=1e-6)


def test_a_dead_unit_gives_a_finite_gradient() -> None:
    values = responses().clone()
    values[:, 0] = 0
    values.requires_grad_()
    loss = Objective("response_kernel", {"weight": 1.0, "radius": 2.0}, [GRID])([torch.ones(12, 2)], output(values))
    loss.backward()
    assert values.grad is not None and values.grad.isfinite().all()


def test_depth_profile_grows_and_keeps_the_mean_weight() -> None:
    assert depth_profile(5, 0).tolist() == [1] * 5
    assert depth_profile(5, 1).tolist() == pytest.approx([1 / 3, 2 / 3, 1, 4 / 3, 5 / 3])


def test_layers_count_by_their_weights() -> None:
    torch.manual_seed(4)
    filters = [torch.randn(GRID.units, 7) for _ in range(2)]
    first, second = (reference.filter_similarity(layer.tolist(), GRID.columns) for layer in filters)
    objective = Objective("filter_similarity", {"weight": 3.0, "growth": 1.0}, [GRID, GRID])
    twice = Output(torch.empty(0), torch.empty(0), [responses()] * 2, [LENGTHS] * 2)
    assert float(objective(filters, twice)) == pytest.approx(3 * (2 / 3 * first + 4 / 3 * second) / 2)


def test_control_costs_nothing() -> None:
    assert float(Objective("none", {}, [GRID])([torch.randn(12, 2)], output(responses()))) == 0


@pytest.mark.slow
def test_descending_the_response_kernel_reaches_its_kernel() -> None:
    """Free responses must come to correlate as the kernel says: near units alike, far units unrelated."""
    torch.manual_seed(6)
    objective = Objective("response_kernel", {"weight": 1.0, "radius": 2.0}, [GRID])
    values = torch.randn(1, GRID.units, 200 * FRAME_STEP, requires_grad=True)
    whole = Output(torch.empty(0), torch.empty(0), [values], [torch.tensor([200 * FRAME_STEP])])
    optimiser = torch.optim.Adam([values], lr=0.05)
    for _ in range(300):
        optimiser.zero_grad()
        loss = objective([torch.ones(12, 2)], whole)
        loss.backward()
        optimiser.step()
    kernel = torch.exp(-torch.from_numpy(GRID.distances).float() / 2)
    reached = response_correlation(values.detach()[..., ::FRAME_STEP], torch.tensor([200]))
    assert float((reached - kernel).abs().max()) < 0.05


def test_the_settings_know_the_objectives() -> None:
    root = Path(__file__).parents[2]
    schema = yaml.safe_load((root / "workflow" / "schemas" / "config.schema.yaml").read_text(encoding="utf-8"))
    known = schema["properties"]["conditions"]["additionalProperties"]["properties"]["objective"]["enum"]
    assert sorted(known) == sorted(["none", *OBJECTIVES])
    settings = yaml.safe_load((root / "config.yaml").read_text(encoding="utf-8"))
    assert settings["training"]["objectives"].keys() == OBJECTIVES.keys()
