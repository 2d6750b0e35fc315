"""Neighbouring filters are similar in cosine."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid

__all__ = ["FilterSimilarity", "filter_similarity", "touching"]

LEAST_LENGTH = 1e-6  # of a filter; a filter of zeros resembles nothing


def touching(lines: int, *, torus: bool) -> Tensor:
    """Whether lines of a grid are the same one or touch, ``(lines, lines)``, 1 or 0."""
    number = torch.arange(lines)
    apart = (number[:, None] - number).abs()
    return (torch.minimum(apart, lines - apart) if torus else apart).le(1).float()


class _Similarity(torch.autograd.Function):
    """Mean cosine of pairs of neighbours, each of which is met twice in sums around positions.

    Such a sum is one along columns of sums along rows; products with lines that touch make both faster than additions.
    """

    @staticmethod
    def forward(context: Any, filters: Tensor, pairs: int, rows: Tensor, columns: Tensor) -> Tensor:
        length: Tensor = torch.linalg.vector_norm(filters, dim=2, keepdim=True)
        scale = length.clamp(min=LEAST_LENGTH).reciprocal()
        sums = (rows @ ((columns * scale.mT) @ filters).flatten(1)).view_as(filters)  # with each filter itself
        cosines: Tensor = torch.linalg.vecdot(filters, sums)[..., None] * scale
        context.save_for_backward(filters, sums, cosines * scale, scale / pairs)
        return (cosines - (length * scale).square()).sum() / (2 * pairs)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        filters, sums, along, scale = context.saved_tensors
        return torch.addcmul(sums, filters, along, value=-1).mul_(scale * gradient), None, None, None


def filter_similarity(filters: Tensor, pairs: int, rows: Tensor, columns: Tensor) -> Tensor:
    """Mean over neighbouring pairs of 1 - cos(w_i, w_j), after the 2019 question (bib key krug2019).

    ``filters (units, weights)`` of a grid with so many `pairs` of neighbours by side or corner, whose `rows` and
    `columns` are `touching`. The value lies between 0 (all alike) and 2. The gradient needs no sums but those of the
    value, since cosines are symmetric.
    """
    sheet = filters.float().reshape(len(rows), len(columns), -1)
    similarity: Tensor = _Similarity.apply(sheet, pairs, rows, columns)  # type: ignore[no-untyped-call]
    return 1 - similarity


class FilterSimilarity(nn.Module):
    """The objective of one layer, without settings of its own."""

    rows: Tensor
    columns: Tensor

    def __init__(self, grid: Grid, settings: Mapping[str, Any]) -> None:  # noqa: ARG002 (all objectives alike)
        super().__init__()
        self.pairs = max(len(grid.neighbours("queen")), 1)
        self.register_buffer("rows", touching(grid.rows, torus=grid.torus), persistent=False)
        self.register_buffer("columns", touching(grid.columns, torus=grid.torus), persistent=False)

    def forward(self, filters: Tensor, responses: Tensor, lengths: Tensor) -> Tensor:  # noqa: ARG002
        """Loss of ``filters (units, weights)``, whatever they respond to."""
        return filter_similarity(filters, self.pairs, self.rows, self.columns)
