"""Neighbouring filters are similar in cosine."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid

__all__ = ["FilterSimilarity", "filter_similarity"]


def filter_similarity(filters: Tensor, pairs: Tensor) -> Tensor:
    """Mean over neighbouring pairs of 1 - cos(w_i, w_j), after the 2019 question (bib key krug2019).

    ``filters (units, weights)``, ``pairs (pairs, 2)``; the value lies between 0 (all alike) and 2.
    """
    unit = nn.functional.normalize(filters, dim=1)
    return 1 - (unit[pairs[:, 0]] * unit[pairs[:, 1]]).sum(dim=1).mean()


class FilterSimilarity(nn.Module):
    """The objective of one layer, without settings of its own."""

    pairs: Tensor

    def __init__(self, grid: Grid, settings: Mapping[str, Any]) -> None:  # noqa: ARG002 (all objectives alike)
        super().__init__()
        self.register_buffer("pairs", torch.from_numpy(grid.neighbours("queen")), persistent=False)

    def forward(self, filters: Tensor, responses: Tensor, lengths: Tensor) -> Tensor:  # noqa: ARG002
        """Loss of ``filters (units, weights)``, whatever they respond to."""
        return filter_similarity(filters, self.pairs)
