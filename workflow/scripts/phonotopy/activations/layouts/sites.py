"""The positions of a grid that are free for units that respond."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.grid import Grid

__all__ = ["Near", "Sites"]

TOUCHING = 1.5  # grid steps, from centre to centre: by side or corner

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]


class Near(NamedTuple):
    """The sites that count at each site, and how much, ``(sites, most)``; −1 and 0 beyond those that do."""

    sites: Indices
    weights: Floats


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
    def distances(self) -> Floats:
        """Between sites, ``(sites, sites)``, in grid steps."""
        return self.grid.distances[np.ix_(self.free, self.free)]

    @cached_property
    def touching(self) -> Near:
        """Those by side or corner, which count alike."""
        return self.near((self.distances <= TOUCHING).astype(np.float64))

    def near(self, weights: Floats) -> Near:
        """Other sites whose `weights` ``(sites, sites)`` are above 0, the heaviest first."""
        others = np.where(np.eye(len(weights), dtype=bool), 0.0, weights)
        most = int((others > 0).sum(axis=1).max(initial=0))
        heaviest = np.argsort(-others, axis=1, kind="stable")[:, :most]
        chosen = np.take_along_axis(others, heaviest, axis=1)
        return Near(np.where(chosen > 0, heaviest, -1), chosen)
