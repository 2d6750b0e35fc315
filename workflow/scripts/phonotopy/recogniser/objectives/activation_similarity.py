"""Correlations of responses fall with distance in the same order as 1 / (1 + d)."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid
from phonotopy.recogniser.objectives.response_kernel import response_correlation

__all__ = ["ActivationSimilarity", "activation_similarity"]

LEAST_VARIANCE = 1e-12  # of correlations over pairs; where all are equal, none is ordered


def activation_similarity(correlation: Tensor, nearness: Tensor) -> Tensor:
    """(1 - corr(ρ_ij, 1 / (1 + d_ij))) / 2 over pairs, after Margalit et al. (bib key margalit2024).

    `correlation` of responses ``(units, units)``; `nearness` ``(units, units)`` has mean 0 and sum of squares 1 over
    pairs, and a diagonal of 0. The value lies between 0 and 1; how strong correlations are does not matter.
    """
    mean = (correlation.sum() - correlation.trace()) / (correlation.numel() - len(correlation))
    centred = (correlation - mean).fill_diagonal_(0).flatten()
    deviation = centred.dot(centred).clamp(min=LEAST_VARIANCE).sqrt()
    return (1 - centred.dot(nearness.flatten()) / deviation) / 2


class ActivationSimilarity(nn.Module):
    """The objective of one layer, without settings of its own."""

    nearness: Tensor

    def __init__(self, grid: Grid, settings: Mapping[str, Any]) -> None:  # noqa: ARG002 (all objectives alike)
        super().__init__()
        apart = 1 - torch.eye(grid.units, dtype=torch.float64)
        near = 1 / (1 + torch.from_numpy(grid.distances))
        centred = (near - (near * apart).sum() / apart.sum()) * apart
        self.register_buffer("nearness", (centred / centred.square().sum().sqrt()).float(), persistent=False)

    def forward(self, filters: Tensor, responses: Tensor, lengths: Tensor) -> Tensor:  # noqa: ARG002
        """Loss of ``responses (batch, units, frames)``, zero beyond the ``lengths (batch,)``."""
        return activation_similarity(response_correlation(responses, lengths), self.nearness)
