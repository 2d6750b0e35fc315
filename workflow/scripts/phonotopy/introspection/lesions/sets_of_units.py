"""Sets of units that are silenced together: discs, and sets that are as large but lie elsewhere."""

import math

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.grid import Grid
from phonotopy.core.seeds import stream

__all__ = ["discs", "scattering", "tiles"]

Ints = NDArray[np.int64]
STRATUM = 8  # units of like mean activity, which scattering exchanges


def discs(grid: Grid, radius: float) -> Ints:
    """The positions nearest each position, itself first, ``(positions, size)``.

    All have as many as a disc of that radius, in grid steps, has on an unbounded grid (at most half of the grid): at
    edges a disc is cut, and takes positions from further away instead.
    """
    reach = math.floor(radius)
    steps = np.arange(-reach, reach + 1)
    size = int(np.sum(np.hypot(steps[:, None], steps[None]) <= radius))
    order = np.argsort(np.round(grid.distances, 9), axis=1, kind="stable")
    return np.asarray(order[:, : min(size, max(1, grid.units // 2))], dtype=np.int64)


def tiles(grid: Grid, radius: float) -> Ints:
    """Centres of discs that cover the grid and hardly overlap, ``(tiles,)``."""
    spacing = max(1, round(math.sqrt(math.pi) * radius))
    rows, columns = (_spread(number, spacing) for number in (grid.rows, grid.columns))
    return np.asarray((rows[:, None] * grid.columns + columns[None]).ravel(), dtype=np.int64)


def _spread(number: int, spacing: int) -> Ints:
    parts = max(1, round(number / spacing))
    return np.asarray(np.floor((np.arange(parts) + 0.5) * number / parts), dtype=np.int64)


def scattering(activity: NDArray[np.float64], key: int) -> Ints:
    """A random order of units in which each has been exchanged with one of like mean activity, ``(units,)``."""
    random = stream("scattered", key)
    order = np.argsort(activity, kind="stable")
    result = np.empty_like(order)
    for first in range(0, len(order), STRATUM):
        stratum = order[first : first + STRATUM]
        result[stratum] = random.permutation(stratum)
    return result
