"""Objectives that make neighbouring filters, or their responses, resemble each other."""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid
from phonotopy.recogniser.distributed import summed
from phonotopy.recogniser.network import Output

__all__ = [
    "Objective",
    "ObjectiveName",
    "depth_profile",
    "filter_similarity",
    "response_correlation",
    "response_kernel",
]

ObjectiveName = Literal["none", "filter_similarity", "response_kernel"]
FRAME_STEP = 2  # neighbouring frames say nearly the same; every second one halves the cost of the objective
LEAST_VARIANCE = 1e-8  # of a response; a dead unit correlates with nothing


def filter_similarity(filters: Tensor, pairs: Tensor) -> Tensor:
    """Mean over neighbouring pairs of 1 - cos(w_i, w_j), after the 2019 question (bib key krug2019).

    ``filters (units, weights)``, ``pairs (pairs, 2)``; the value lies between 0 (all alike) and 2.
    """
    unit = nn.functional.normalize(filters, dim=1)
    return 1 - (unit[pairs[:, 0]] * unit[pairs[:, 1]]).sum(dim=1).mean()


def response_correlation(responses: Tensor, lengths: Tensor) -> Tensor:
    """Pearson correlation of units over the frames of the batch, all processes together, ``(units, units)``.

    ``responses (batch, units, frames)`` are zero beyond the ``lengths (batch,)``, so that sums need no mask.
    """
    frames = summed(lengths.sum())
    flat = responses.float().transpose(0, 1).flatten(1)
    mean = summed(flat.sum(dim=1)) / frames
    covariance = summed(flat @ flat.T) / frames - torch.outer(mean, mean)
    deviation = covariance.diagonal().clamp(min=LEAST_VARIANCE).sqrt()
    return covariance / torch.outer(deviation, deviation)


def response_kernel(correlation: Tensor, kernel: Tensor) -> Tensor:
    """Mean over pairs of (ρ_ij - exp(-d_ij / σ))²; both ``(units, units)``.

    After Poli et al. (bib key poli2022), with centred responses, over the batch, and a kernel that falls to zero: far
    units are asked to be unrelated, and that keeps responses from collapsing into one.
    """
    units = len(correlation)
    squares = (correlation - kernel).square()
    return (squares.sum() - squares.diagonal().sum()) / (units * (units - 1))


def depth_profile(layers: int, growth: float) -> Tensor:
    """Relative weights ``(layers,)`` that grow as depth to the power of `growth` and have mean 1.

    Deep layers give way less: they stand nearest to the recognition loss. A growth of 0 treats all layers alike.
    """
    depth = torch.arange(1, layers + 1, dtype=torch.float32) ** growth
    return depth / depth.mean()


class Objective(nn.Module):
    """The topographic term of the loss: one objective, its mean over hidden layers weighted by their depth."""

    def __init__(self, name: ObjectiveName, settings: Mapping[str, float], grids: Sequence[Grid]) -> None:
        super().__init__()
        self.name = name
        self.register_buffer(
            "weights",
            settings.get("weight", 0.0) * depth_profile(len(grids), settings.get("growth", 0.0)),
            persistent=False,
        )
        for place, grid in enumerate(grids):
            self.register_buffer(f"geometry{place}", self._geometry(grid, settings), persistent=False)

    def _geometry(self, grid: Grid, settings: Mapping[str, float]) -> Tensor:
        match self.name:
            case "filter_similarity":
                return torch.from_numpy(grid.neighbours("queen"))
            case "response_kernel":
                return torch.exp(-torch.from_numpy(grid.distances).float() / settings["radius"])
            case "none":
                return torch.empty(0)

    def forward(self, filters: Sequence[Tensor], output: Output) -> Tensor:
        """Weighted objective, a scalar; 0 for the control."""
        losses = [self._layer(place, filters[place], output) for place in range(len(filters))]
        return (self.get_buffer("weights") * torch.stack(losses)).mean()

    def _layer(self, place: int, filters: Tensor, output: Output) -> Tensor:
        geometry = self.get_buffer(f"geometry{place}")
        match self.name:
            case "filter_similarity":
                return filter_similarity(filters, geometry)
            case "response_kernel":
                responses = output.responses[place][..., ::FRAME_STEP]
                lengths = (output.response_lengths[place] + FRAME_STEP - 1) // FRAME_STEP
                return response_kernel(response_correlation(responses, lengths), geometry)
            case "none":
                return filters.new_zeros(())
