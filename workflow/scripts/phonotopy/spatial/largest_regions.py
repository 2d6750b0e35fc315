"""The largest region of each phone: where it lies, and how exclusively its units respond to the phone."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.grid import Grid
from phonotopy.spatial.clusters import centroid
from phonotopy.spatial.components import largest
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps

__all__ = ["LargestRegion", "largest_regions", "phones_per_unit"]

EXCLUSIVE = "mean over its units of 1 / (number of phones that the unit responds to); 1: they respond to no other phone"


class LargestRegion(NamedTuple):
    """Its number of `units`, its centre in grid steps, and how exclusive it is; NaN where no unit responds.

    Exclusivity is the mean over its units of 1 / (number of phones that the unit responds to).
    """

    units: int
    row: float
    column: float
    exclusivity: float


def largest_regions(maps: Maps, grid: Grid) -> list[LargestRegion]:
    """That of each of the phones of `maps`; of regions of one size the first in the order of the grid."""
    live = np.flatnonzero(maps.live)
    inside = largest(maps.responsive[live], Lattice.of(grid, "queen", maps.live))
    phones = phones_per_unit(maps)
    return [_described(live[members], phones, grid) for members in inside.T]


def phones_per_unit(maps: Maps) -> NDArray[np.int64]:
    """Number of phones that each unit responds to, ``(units,)``."""
    return np.asarray(maps.responsive.sum(axis=1, dtype=np.int64))


def _described(units: NDArray[np.int64], phones: NDArray[np.int64], grid: Grid) -> LargestRegion:
    if not len(units):
        return LargestRegion(0, np.nan, np.nan, np.nan)
    row, column = centroid(units, np.ones(len(units)), grid)
    return LargestRegion(len(units), row, column, float(np.mean(1 / phones[units])))
