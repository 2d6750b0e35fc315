"""Neighbouring filters are similar in cosine."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid
from phonotopy.recogniser.objectives.neighbour_products import neighbour_products

__all__ = ["FilterSimilarity", "filter_similarity", "row_weights"]

LEAST_SQUARE = 1e-12  # of a filter's length; a filter of zeros resembles nothing


def filter_similarity(filters: Tensor, within: Tensor, across: Tensor) -> Tensor:
    """Mean over neighbouring pairs of 1 - cos(w_i, w_j), after the 2019 question (bib key krug2019).

    ``filters (units, weights)``; `within` and `across` are the `row_weights` of the grid. The value lies between 0 (all
    alike) and 2. Products are taken between rows of the grid that touch, which costs less than to gather all pairs.
    """
    rows, columns, _ = within.shape
    products, products_below = neighbour_products(filters.float().reshape(rows, columns, -1))
    length = products.diagonal(dim1=1, dim2=2).clamp(min=LEAST_SQUARE).sqrt()
    cosines = products / (length[:, :, None] * length[:, None])
    length_below = torch.cat([length[1:], length[:1]])
    cosines_below = products_below / (length[:, :, None] * length_below[:, None])
    return 1 - (cosines * within).sum() - (cosines_below * across).sum()


def row_weights(grid: Grid) -> tuple[Tensor, Tensor]:
    """Share of each pair of neighbours in the mean over pairs, each pair once.

    ``(rows, columns, columns)`` within a row, and between a row and the next one (the first, after the last).
    """
    weights = torch.zeros(grid.units, grid.units)
    pairs = torch.from_numpy(grid.neighbours("queen"))
    weights[pairs[:, 0], pairs[:, 1]] = 1 / len(pairs)
    blocks = weights.reshape(grid.rows, grid.columns, grid.rows, grid.columns)
    rows = torch.arange(grid.rows)
    within = blocks[rows, :, rows]
    across = blocks[rows, :, (rows + 1) % grid.rows] + blocks[(rows + 1) % grid.rows, :, rows].mT
    if grid.rows == 2:  # the row after the last is the one before it: count its pairs once
        across[1] = 0
    return within, across if grid.rows > 1 else torch.zeros_like(across)


class FilterSimilarity(nn.Module):
    """The objective of one layer, without settings of its own."""

    within: Tensor
    across: Tensor

    def __init__(self, grid: Grid, settings: Mapping[str, Any]) -> None:  # noqa: ARG002 (all objectives alike)
        super().__init__()
        within, across = row_weights(grid)
        self.register_buffer("within", within, persistent=False)
        self.register_buffer("across", across, persistent=False)

    def forward(self, filters: Tensor, responses: Tensor, lengths: Tensor) -> Tensor:  # noqa: ARG002
        """Loss of ``filters (units, weights)``, whatever they respond to."""
        return filter_similarity(filters, self.within, self.across)
