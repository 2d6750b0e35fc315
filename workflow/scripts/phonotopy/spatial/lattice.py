"""The neighbourhood of live units on a grid."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.grid import Contiguity, Grid

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

    @classmethod
    def between(cls, grid: Grid, least: float, most: float, live: NDArray[np.bool_] | None = None) -> Self:
        """Live units joined where their distance in grid steps is more than `least` and at most `most`."""
        kept = np.arange(grid.units) if live is None else np.flatnonzero(live)
        distances = grid.distances[np.ix_(kept, kept)]
        return cls(len(kept), np.argwhere(np.triu((distances > least) & (distances <= most), k=1)))

    def over(self, lags: int) -> "Lattice":
        """The units at each of `lags` times, numbered time by time; a unit also touches itself before and after."""
        shift = self.units * np.arange(lags)[:, None, None]
        alike = (self.pairs + shift).reshape(-1, 2)
        before = np.arange(self.units * (lags - 1))
        itself = np.stack([before, before + self.units], axis=1)
        pairs = np.concatenate([alike, itself])
        return Lattice(self.units * lags, pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])

    @cached_property
    def unmoved(self) -> NDArray[np.int32]:
        """The order that leaves every unit where it is, ``(1, units)``."""
        return np.arange(self.units, dtype=np.int32)[None]

    @cached_property
    def degrees(self) -> NDArray[np.int64]:
        """Neighbours of each unit, ``(units,)``."""
        return np.bincount(self.pairs.ravel(), minlength=self.units)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where each unit's pairs begin, ``(units + 1,)``: ``pairs[starts[u]:starts[u + 1], 1]`` are its neighbours."""
        return np.searchsorted(self.pairs[:, 0], np.arange(self.units + 1))

    @cached_property
    def stars(self) -> NDArray[np.int32]:
        """A unit and up to four of its later neighbours in each row, ``(rows, 5)``; `units` where there is none.

        Every pair occurs once. The fixed width lets a compiled loop take all neighbours in one pass, an even number of
        rows two at a time.
        """
        first, second = self.pairs.T
        rank = np.arange(len(first)) - self.starts[first]  # of a pair among those of its unit
        row = np.cumsum(rank % WIDTH == 0) - 1
        rows = int(row[-1]) + 1 if len(row) else 0
        stars = np.full((rows + rows % 2, 1 + WIDTH), self.units, dtype=np.int32)
        stars[row, 0], stars[row, 1 + rank % WIDTH] = first, second
        return stars
