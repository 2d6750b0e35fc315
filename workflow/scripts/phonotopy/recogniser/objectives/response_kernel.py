"""Responses correlate as a kernel over grid distance says."""

from collections.abc import Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid
from phonotopy.recogniser.distributed import summed
from phonotopy.recogniser.objectives.resemblance import resemblance, responses_in_a_row

__all__ = ["ResponseKernel", "Shape", "kernel_of", "response_correlation", "response_kernel"]

Shape = Literal["gaussian", "exponential"]
LEAST_VARIANCE = 1e-8  # of a response; a dead unit correlates with nothing


def response_correlation(responses: Tensor, lengths: Tensor) -> Tensor:
    """Pearson correlation of units over the frames of the batch, all processes together, ``(units, units)`` float32.

    ``responses (batch, units, frames)`` are zero beyond the ``lengths (batch,)``, so that sums need no mask.
    """
    return resemblance(responses_in_a_row(responses), summed(lengths.sum()), LEAST_VARIANCE)


def kernel_of(distances: Tensor, shape: Shape, radius: float) -> Tensor:
    """Correlation wanted at `distances`: exp(-d² / 2σ²), or exp(-d / σ); σ, the `radius`, in the same grid steps.

    At the same Moran's I of responses the Gaussian leaves nearly the largest rank that is possible, the exponential
    kernel half of it: it asks for far correlations, which make neighbours no more alike.
    """
    match shape:
        case "gaussian":
            return torch.exp(-distances.square() / (2 * radius**2))
        case "exponential":
            return torch.exp(-distances / radius)


def response_kernel(correlation: Tensor, kernel: Tensor) -> Tensor:
    """Mean over pairs of (ρ_ij - k(d_ij))²; both ``(units, units)``.

    After Poli et al. (bib key poli2022), with centred responses, over the batch, and a kernel that falls to zero: far
    units are asked to be unrelated, and that keeps responses from collapsing into one.
    """
    units, beside = len(correlation), correlation - kernel
    itself = beside.diagonal()
    return (beside.flatten().dot(beside.flatten()) - itself.dot(itself)) / (units * (units - 1))


class ResponseKernel(nn.Module):
    """The objective of one layer; the settings are `shape` and `radius` of its kernel."""

    kernel: Tensor

    def __init__(self, grid: Grid, settings: Mapping[str, Any]) -> None:
        super().__init__()
        kernel = kernel_of(torch.from_numpy(grid.distances).float(), settings["shape"], settings["radius"])
        self.register_buffer("kernel", kernel, persistent=False)

    def forward(self, filters: Tensor, responses: Tensor, lengths: Tensor) -> Tensor:  # noqa: ARG002 (all objectives alike)
        """Loss of ``responses (batch, units, frames)``, zero beyond the ``lengths (batch,)``."""
        return response_kernel(response_correlation(responses, lengths), self.kernel)
