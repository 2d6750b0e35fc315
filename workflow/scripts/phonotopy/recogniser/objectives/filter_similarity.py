"""Neighbouring filters are similar in cosine."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid

__all__ = ["FilterSimilarity", "around", "filter_similarity"]

LEAST_LENGTH = 1e-6  # of a filter; a filter of zeros resembles nothing


def around(values: Tensor, grid: Grid) -> Tensor:
    """Sum of ``values (rows, columns, weights)`` over the eight neighbours of each position, of its shape.

    Rows and columns are added by themselves, which costs less than a product of any kind.
    """
    return _beside(_beside(values, 0, grid), 1, grid).sub_(values)


def _beside(values: Tensor, side: int, grid: Grid) -> Tensor:
    """Each line with those before and after it along a `side`; two lines of a torus touch once."""
    lines = values.shape[side]
    found = values.clone()
    found.narrow(side, 1, lines - 1).add_(values.narrow(side, 0, lines - 1))
    found.narrow(side, 0, lines - 1).add_(values.narrow(side, 1, lines - 1))
    if grid.torus and lines > 2:
        found.select(side, 0).add_(values.select(side, lines - 1))
        found.select(side, lines - 1).add_(values.select(side, 0))
    return found


class _Similarity(torch.autograd.Function):
    """Mean cosine of pairs of neighbours, of which each is there twice in sums around positions."""

    @staticmethod
    def forward(context: Any, filters: Tensor, pairs: int, grid: Grid) -> Tensor:
        scale = torch.linalg.vector_norm(filters, dim=2, keepdim=True).clamp(min=LEAST_LENGTH).reciprocal()
        unit = filters * scale
        sums = around(unit, grid)
        own: Tensor = torch.linalg.vecdot(unit, sums)[..., None]
        context.save_for_backward(unit, sums, own, scale / pairs)
        return own.sum() / (2 * pairs)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        unit, sums, own, scale = context.saved_tensors
        return torch.addcmul(sums, unit, own, value=-1).mul_(scale * gradient), None, None


def filter_similarity(filters: Tensor, pairs: int, grid: Grid) -> Tensor:
    """Mean over neighbouring pairs of 1 - cos(w_i, w_j), after the 2019 question (bib key krug2019).

    ``filters (units, weights)`` of a grid with so many `pairs` of neighbours by side or corner. The value lies between
    0 (all alike) and 2. The gradient needs no sums but those of the value, since cosines are symmetric.
    """
    sheet = filters.float().reshape(grid.rows, grid.columns, -1)
    similarity: Tensor = _Similarity.apply(sheet, pairs, grid)  # type: ignore[no-untyped-call]
    return 1 - similarity


class FilterSimilarity(nn.Module):
    """The objective of one layer, without settings of its own."""

    def __init__(self, grid: Grid, settings: Mapping[str, Any]) -> None:  # noqa: ARG002 (all objectives alike)
        super().__init__()
        self.grid = grid
        self.pairs = max(len(grid.neighbours("queen")), 1)

    def forward(self, filters: Tensor, responses: Tensor, lengths: Tensor) -> Tensor:  # noqa: ARG002
        """Loss of ``filters (units, weights)``, whatever they respond to."""
        return filter_similarity(filters, self.pairs, self.grid)
