"""The neighbourhood of live units on a grid."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.grid import Contiguity, Grid

__all__ = ["Lattice"]

WIDTH = 4  # forward neighbours of an inner unit of a queen lattice


@dataclass(frozen=True)
class Lattice:
    """Neighbour `pairs` ``(pairs, 2)`` of `units` units, each pair once with the smaller index first."""

    units: int
    pairs: NDArray[np.int64]

    @classmethod
    def of(cls, grid: Grid, contiguity: Contiguity = "queen", live: NDArray[np.bool_] | None = None) -> Self:
        """The lattice of the units that are `live` ``(grid units,)``, numbered anew in grid order; all by default."""
        live = np.ones(grid.units, dtype=bool) if live is None else live
        pairs = grid.neighbours(contiguity)
        number = np.cumsum(live) - 1
        return cls(int(live.sum()), number[pairs[live[pairs].all(axis=1)]])

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where each unit's pairs begin, ``(units + 1,)``: ``pairs[starts[u]:starts[u + 1], 1]`` are its neighbours."""
        return np.searchsorted(self.pairs[:, 0], np.arange(self.units + 1))

    @cached_property
    def stars(self) -> NDArray[np.int32]:
        """A unit and up to four of its later neighbours in each row, ``(rows, 5)``; `units` where there is none.

        Every pair occurs once. The fixed width lets a compiled loop take all neighbours in one pass.
        """
        rows = []
        for unit in range(self.units):
            later = self.pairs[self.starts[unit] : self.starts[unit + 1], 1]
            for first in range(0, len(later), WIDTH):
                part = later[first : first + WIDTH]
                rows.append([unit, *part, *[self.units] * (WIDTH - len(part))])
        return np.array(rows, dtype=np.int32).reshape(-1, 1 + WIDTH)
