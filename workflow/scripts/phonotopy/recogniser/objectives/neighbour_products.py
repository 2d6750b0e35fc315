"""Products of filters in the same row of a grid, and in rows that touch, with the gradient that this allows."""

from typing import Any

import torch
from torch import Tensor

__all__ = ["neighbour_products"]


class _NeighbourProducts(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, grid: Tensor) -> tuple[Tensor, Tensor]:
        columns, wrapped = grid.shape[1], torch.cat([grid[-1:], grid, grid[:1]])
        context.save_for_backward(wrapped)
        products = grid @ _threes(wrapped)[:, columns:].mT
        return products[..., :columns], products[..., columns:]

    @staticmethod
    def backward(context: Any, within: Tensor, across: Tensor) -> Tensor:
        wrapped: Tensor = context.saved_tensors[0]
        above = torch.cat([across[-1:], across[:-1]]).mT
        return torch.cat([above, within + within.mT, across], dim=2) @ _threes(wrapped)


def _threes(wrapped: Tensor) -> Tensor:
    """Every row between those around it, ``(rows, 3 columns, weights)``, of a grid whose edge rows are there twice."""
    rows, columns, weights = wrapped.shape
    return wrapped.as_strided((rows - 2, 3 * columns, weights), (columns * weights, weights, 1))


def neighbour_products(grid: Tensor) -> tuple[Tensor, Tensor]:
    """Products ``(rows, columns, columns)`` of ``grid (rows, columns, weights)`` within rows, and with the next row.

    The first row is next to the last. Value and gradient are one batched product each: half of the time that five with
    copies of rows between them take.
    """
    products: tuple[Tensor, Tensor] = _NeighbourProducts.apply(grid)  # type: ignore[no-untyped-call]
    return products
