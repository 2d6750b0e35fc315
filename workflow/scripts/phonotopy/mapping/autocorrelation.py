"""Spatial autocorrelation of maps on the grid."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.mapping import permutation
from phonotopy.mapping.compilation import compiled
from phonotopy.mapping.lattice import Lattice

__all__ = ["morans_i", "morans_i_null"]

Floats = NDArray[np.float64]
LANES = 8  # float64 in the widest vector register


def morans_i(maps: ArrayLike, lattice: Lattice) -> Floats:
    """Moran's I (bib key moran1950) with binary weights of `maps` ``(units, maps)``: one value a map.

    I = (n / S₀) Σᵢⱼ wᵢⱼ zᵢ zⱼ / Σᵢ zᵢ², z the deviations from the mean and S₀ = Σᵢⱼ wᵢⱼ. Its mean over permutations is
    −1 / (n − 1). NaN for a constant map, a map with a missing value and a lattice without pairs.
    """
    table, defined = _deviations(maps, lattice)
    identity = np.arange(lattice.units, dtype=np.int32)[None]
    return np.where(defined, _products(table, lattice.stars, identity)[0, : len(defined)], np.nan)


def morans_i_null(
    maps: ArrayLike, lattice: Lattice, *, permutations: int, key: int, threads: int = 1, batch: int = permutation.BATCH
) -> Floats:
    """Moran's I of all `maps` ``(units, maps)`` under the same permutations of the units, ``(permutations, maps)``."""
    table, defined = _deviations(maps, lattice)
    stars = lattice.stars

    def statistic(orders: NDArray[np.int32]) -> Floats:
        return np.where(defined, _products(table, stars, orders)[:, : len(defined)], np.nan)

    return permutation.null(statistic, lattice.units, permutations=permutations, key=key, threads=threads, batch=batch)


def _deviations(maps: ArrayLike, lattice: Lattice) -> tuple[Floats, NDArray[np.bool_]]:
    """Deviations scaled such that I is a sum of products over pairs, and which maps have an I.

    A row of zeros stands in for missing neighbours, columns of zeros fill up the last vector.
    """
    maps = np.asarray(maps, dtype=np.float64)
    units, width = maps.shape
    if units != lattice.units:
        raise ValueError(f"maps have {units} units, the lattice {lattice.units}")
    defined = np.ptp(maps, axis=0) > 0 if len(lattice.pairs) else np.zeros(width, dtype=bool)
    deviations = maps[:, defined] - maps[:, defined].sum(axis=0) / max(units, 1)
    squares = np.sum(deviations**2, axis=0)
    table = np.zeros((units + 1, -(-width // LANES) * LANES))
    table[:units, :width][:, defined] = deviations * np.sqrt(units / (max(len(lattice.pairs), 1) * squares))
    return table, defined


@compiled
def _products(table: Floats, stars: NDArray[np.int32], orders: NDArray[np.int32]) -> Floats:
    """Sum over pairs of the products of the rows that stand there, ``(orders, columns)``.

    The inner loop runs over maps, which lie side by side, and is compiled to vector instructions.
    """
    permutations, units = orders.shape
    columns = table.shape[1]
    sums = np.zeros((permutations, columns))
    place = np.empty(units + 1, dtype=np.int64)
    place[units] = units
    for r in range(permutations):
        for unit in range(units):
            place[unit] = orders[r, unit]
        for row in range(len(stars)):
            here, first, second = place[stars[row, 0]], place[stars[row, 1]], place[stars[row, 2]]
            third, fourth = place[stars[row, 3]], place[stars[row, 4]]
            for m in range(columns):
                around = (table[first, m] + table[second, m]) + (table[third, m] + table[fourth, m])
                sums[r, m] += table[here, m] * around
    return sums
