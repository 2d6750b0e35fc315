"""Products of all pairs of rows, with the gradient that their symmetry allows."""

from typing import Any

import torch
from torch import Tensor

__all__ = ["pair_products"]


class _PairProducts(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, rows: Tensor) -> Tensor:
        context.save_for_backward(rows)
        return rows @ rows.T

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        rows: Tensor = context.saved_tensors[0]
        return (gradient + gradient.T) @ rows


def pair_products(rows: Tensor) -> Tensor:
    """``rows @ rows.T`` of ``rows (rows, columns)``; its gradient is one matrix product, not two."""
    products: Tensor = _PairProducts.apply(rows)  # type: ignore[no-untyped-call]
    return products
