"""What shrinking or blurring makes of a map, as matrices over positions."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.grid import Grid

__all__ = ["blurring", "shrinking"]

Floats = NDArray[np.float64]


def shrinking(grid: Grid, factor: int) -> Floats:
    """Means of blocks of `factor` × `factor` positions, enlarged again by linear interpolation, ``(units, units)``.

    Blocks at the last row and column are smaller where the grid is no multiple; a plane is constant beyond the outer
    centres of blocks.
    """
    rows, columns = (_shrinking(length, factor, torus=grid.torus) for length in (grid.rows, grid.columns))
    return np.asarray(np.kron(rows, columns), dtype=np.float64)


def _shrinking(length: int, factor: int, *, torus: bool) -> Floats:
    """The same along one axis, ``(length, length)``."""
    positions = np.arange(length)
    block = positions // factor
    means = (block == np.unique(block)[:, None]).astype(np.float64)
    means /= means.sum(axis=1, keepdims=True)
    centres, period = means @ positions, length if torus else None
    enlarged = [np.interp(positions, centres, one, period=period) for one in np.eye(len(centres))]
    return np.asarray(np.stack(enlarged, axis=1) @ means)


def blurring(grid: Grid, sd: float) -> Floats:
    """Means weighted by a Gaussian of distance with that standard deviation in grid steps, ``(units, units)``."""
    weights = np.exp(-((grid.distances / sd) ** 2) / 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
