"""The positions of a grid that are free for units that respond."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.grid import Grid

__all__ = ["Sites"]

MOST_NEIGHBOURS = 8  # by side or corner

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sites:
    """The positions `free` ``(sites,)`` of a grid, in ascending order; all but those of silent units."""

    grid: Grid
    free: Indices

    @classmethod
    def but(cls, grid: Grid, silent: int) -> "Sites":
        """All but so many positions: corners first, then whatever is farthest from the centre of the grid."""
        centre = (np.array([grid.rows, grid.columns]) - 1) / 2
        far = -np.hypot(*(grid.positions - centre).T)
        return cls(grid, np.sort(np.argsort(far, kind="stable")[silent:]))

    @property
    def taken(self) -> Indices:
        """The other positions, in ascending order."""
        return np.setdiff1d(np.arange(self.grid.units), self.free)

    @cached_property
    def coordinates(self) -> Floats:
        """Row and column of each site, ``(sites, 2)``, in grid steps."""
        return self.grid.positions[self.free].astype(np.float64)

    @cached_property
    def pairs(self) -> Indices:
        """Sites that touch by side or corner, ``(pairs, 2)``, each pair once, numbered from 0 among the sites."""
        number = np.full(self.grid.units, -1)
        number[self.free] = np.arange(len(self.free))
        pairs = number[self.grid.neighbours("queen")]
        return np.asarray(pairs[(pairs >= 0).all(axis=1)])

    @cached_property
    def neighbours(self) -> Indices:
        """The sites around each, ``(sites, 8)``, and −1 where there is none."""
        both = np.concatenate([self.pairs, self.pairs[:, ::-1]])
        both = both[np.lexsort((both[:, 1], both[:, 0]))]
        found = np.full((len(self.free), MOST_NEIGHBOURS), -1)
        first = np.searchsorted(both[:, 0], both[:, 0])
        found[both[:, 0], np.arange(len(both)) - first] = both[:, 1]
        return found
