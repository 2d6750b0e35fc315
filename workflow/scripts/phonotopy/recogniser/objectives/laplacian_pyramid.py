"""Filters are what is left of the grid of filters when it is reduced and enlarged again."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid

__all__ = ["LaplacianPyramid", "laplacian_pyramid", "reduction"]

LEAST_SQUARE = 1e-12  # of a filter's length; a filter of zeros resembles nothing


def laplacian_pyramid(filters: Tensor, down: Tensor, up: Tensor) -> Tensor:
    """Mean over units of 1 - cos(w_i, up(down(w))_i), after Deb et al. (bib key deb2025).

    ``filters (units, weights)``, ``down (cells, units)`` and ``up (units, cells)``. Enlarged filters are never made:
    their products with filters, and their lengths, follow from those of the few reduced ones.
    """
    filters = filters.float()
    reduced = down @ filters
    products = (up * (filters @ reduced.T)).sum(dim=1)
    squares = (up * (up @ (reduced @ reduced.T))).sum(dim=1)
    lengths = filters.square().sum(dim=1) * squares
    return 1 - (products / lengths.clamp(min=LEAST_SQUARE**2).sqrt()).mean()


def reduction(grid: Grid, factor: float) -> tuple[Tensor, Tensor]:
    """Bilinear reduction of a grid by a factor, ``(cells, units)``, and enlargement to its size, ``(units, cells)``.

    Raises InputError where nothing would be left, and on a torus, of which bilinear interpolation knows nothing.
    """
    subject = "training.objectives.laplacian_pyramid"
    if grid.torus:
        advice = "set torus to false, or take another objective"
        raise InputError(subject, "a grid whose edges touch (torus: true)", "a plane", advice)
    if factor > min(grid.rows, grid.columns):
        found, expected = f"a factor of {factor:g}", f"at most {min(grid.rows, grid.columns)}, the rows of the grid"
        raise InputError(f"{subject}.factor", found, expected, "lower it, or give the layer more filters")
    units = torch.eye(grid.units).reshape(grid.units, 1, grid.rows, grid.columns)
    small = nn.functional.interpolate(units, scale_factor=1 / factor, mode="bilinear")
    cells = torch.eye(small[0].numel()).reshape(-1, *small.shape[1:])
    large = nn.functional.interpolate(cells, size=(grid.rows, grid.columns), mode="bilinear")
    return small.flatten(1).T.contiguous(), large.flatten(1).T.contiguous()


class LaplacianPyramid(nn.Module):
    """The objective of one layer; the setting `factor` is by how much the sides of the grid are reduced."""

    down: Tensor
    up: Tensor

    def __init__(self, grid: Grid, settings: Mapping[str, Any]) -> None:
        super().__init__()
        down, up = reduction(grid, settings["factor"])
        self.register_buffer("down", down, persistent=False)
        self.register_buffer("up", up, persistent=False)

    def forward(self, filters: Tensor, responses: Tensor, lengths: Tensor) -> Tensor:  # noqa: ARG002 (all objectives alike)
        """Loss of ``filters (units, weights)``, whatever they respond to."""
        return laplacian_pyramid(filters, self.down, self.up)
