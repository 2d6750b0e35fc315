"""Spatial autocorrelation of maps on the grid."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.core.numba_loops import compiled
from phonotopy.inference import permutation
from phonotopy.spatial.lattice import Lattice

__all__ = [
    "autocorrelation_null",
    "gearys_c",
    "gearys_c_null",
    "morans_i",
    "morans_i_null",
    "neighbour_products",
    "neighbour_products_null",
]

Floats = NDArray[np.float64]
Orders = NDArray[np.int32]
LANES = 8  # float64 in the widest vector register


def morans_i(maps: ArrayLike, lattice: Lattice) -> Floats:
    """Moran's I (bib key moran1950) with binary weights of `maps` ``(units, maps)``: one value per map.

    I = (n / S₀) Σᵢⱼ wᵢⱼ zᵢ zⱼ / Σᵢ zᵢ², z the deviations from the mean and S₀ = Σᵢⱼ wᵢⱼ. Its mean over permutations is
    −1 / (n − 1). NaN for a constant map, a map with a missing value and a lattice without pairs.
    """
    return np.asarray(_Maps(maps, lattice).morans_i(lattice.unmoved)[0])


def morans_i_null(
    maps: ArrayLike, lattice: Lattice, *, permutations: int, key: int, threads: int = 1, batch: int = permutation.BATCH
) -> Floats:
    """Moran's I of all `maps` ``(units, maps)`` under the same permutations of the units, ``(permutations, maps)``."""
    statistic = _Maps(maps, lattice).morans_i
    return permutation.null(statistic, lattice.units, permutations=permutations, key=key, threads=threads, batch=batch)


def gearys_c(maps: ArrayLike, lattice: Lattice) -> Floats:
    """Geary's C (bib key geary1954) with binary weights of `maps` ``(units, maps)``: one value per map.

    C = ((n − 1) / 2S₀) Σᵢⱼ wᵢⱼ (xᵢ − xⱼ)² / Σᵢ zᵢ². Its mean over permutations is 1; smooth maps lie below. NaN as for
    Moran's I.
    """
    return np.asarray(_Maps(maps, lattice).gearys_c(lattice.unmoved)[0])


def gearys_c_null(
    maps: ArrayLike, lattice: Lattice, *, permutations: int, key: int, threads: int = 1, batch: int = permutation.BATCH
) -> Floats:
    """Geary's C of all `maps` ``(units, maps)`` under the same permutations of the units, ``(permutations, maps)``."""
    statistic = _Maps(maps, lattice).gearys_c
    return permutation.null(statistic, lattice.units, permutations=permutations, key=key, threads=threads, batch=batch)


def autocorrelation_null(
    maps: ArrayLike, lattice: Lattice, *, permutations: int, key: int, threads: int = 1, batch: int = permutation.BATCH
) -> tuple[Floats, Floats]:
    """Moran's I and Geary's C under the same permutations, ``(permutations, maps)`` each, in one pass."""
    statistic = _Maps(maps, lattice).both
    values = permutation.null(
        statistic, lattice.units, permutations=permutations, key=key, threads=threads, batch=batch
    )
    return values[:, 0], values[:, 1]


def neighbour_products(maps: Floats, lattice: Lattice) -> Floats:
    """Mean over pairs of neighbours of the products of their values in `maps` ``(units, maps)``, not scaled."""
    return np.asarray(_neighbour_products(maps, lattice)(lattice.unmoved)[0])


def neighbour_products_null(maps: Floats, lattice: Lattice, *, permutations: int, key: int) -> Floats:
    """The same under permutations of the units, ``(permutations, maps)``."""
    return permutation.null(_neighbour_products(maps, lattice), lattice.units, permutations=permutations, key=key)


def _neighbour_products(maps: Floats, lattice: Lattice) -> Callable[[Orders], Floats]:
    """A function of orders ``(orders, units)`` of the units."""
    units, width = maps.shape
    table = np.zeros((units + 1, -(-width // LANES) * LANES))
    table[:units, :width] = maps
    return lambda orders: _products(table, lattice.stars, orders)[:, :width] / max(len(lattice.pairs), 1)


class _Maps:
    """Maps, scaled such that I is a sum of products over pairs; the statistics get orders ``(orders, units)``."""

    def __init__(self, maps: ArrayLike, lattice: Lattice) -> None:
        """A row of zeros stands in for missing neighbours, columns of zeros fill up the last vector."""
        maps = np.asarray(maps, dtype=np.float64)
        units, width = maps.shape
        if units != lattice.units:
            raise ValueError(f"maps have {units} units, the lattice {lattice.units}")
        self._lattice, pairs = lattice, len(lattice.pairs)
        self._defined = np.ptp(maps, axis=0) > 0 if pairs else np.zeros(width, dtype=bool)
        deviations = maps[:, self._defined] - maps[:, self._defined].sum(axis=0) / max(units, 1)
        scale = np.sqrt(units / (max(pairs, 1) * np.sum(deviations**2, axis=0)))
        self._table = np.zeros((units + 1, -(-width // LANES) * LANES))
        self._table[:units, :width][:, self._defined] = deviations * scale

    def morans_i(self, orders: Orders) -> Floats:
        return self._known(_products(self._table, self._lattice.stars, orders))

    def gearys_c(self, orders: Orders) -> Floats:
        return np.asarray(self.both(orders)[:, 1])

    def both(self, orders: Orders) -> Floats:
        """I and C, ``(orders, 2, maps)``; Σ (xᵢ − xⱼ)² over pairs is Σ degree·z² − 2 Σ zᵢ zⱼ."""
        products = _products(self._table, self._lattice.stars, orders)
        squares = _squares(self._table, self._lattice.degrees, orders)
        n = self._lattice.units
        differences = (squares - 2 * products) * ((n - 1) / (2 * max(n, 1)))
        return np.stack([self._known(products), self._known(differences)], axis=1)

    def _known(self, values: Floats) -> Floats:
        return np.where(self._defined, values[:, : len(self._defined)], np.nan)


@compiled
def _products(table: Floats, stars: NDArray[np.int32], orders: Orders) -> Floats:
    """Sum over pairs of the products of the rows that are there, ``(orders, columns)``.

    The inner loop runs over maps, which lie side by side, and is compiled to vector instructions. It takes two stars
    at a time, since beginning it costs as much as some forty columns; numbers without a sign need no check for
    negative ones.
    """
    permutations, units = orders.shape
    sums = np.zeros((permutations, table.shape[1]))
    position = np.empty(units + 1, dtype=np.uint64)
    position[units] = units
    for r in range(permutations):
        for unit in range(units):
            position[unit] = orders[r, unit]
        total = sums[r]
        for row in range(0, len(stars), 2):
            a, b, c, d, e = _star(table, position, stars[row])
            f, g, h, i, j = _star(table, position, stars[row + 1])
            for m in range(len(total)):
                one = a[m] * ((b[m] + c[m]) + (d[m] + e[m]))
                total[m] = (total[m] + one) + f[m] * ((g[m] + h[m]) + (i[m] + j[m]))
    return sums


@compiled
def _star(table: Floats, position: NDArray[np.uint64], star: NDArray[np.int32]) -> tuple[Floats, ...]:
    """Rows of a unit and of its four neighbours."""
    return (
        table[position[star[0]]],
        table[position[star[1]]],
        table[position[star[2]]],
        table[position[star[3]]],
        table[position[star[4]]],
    )


@compiled
def _squares(table: Floats, degrees: NDArray[np.int64], orders: Orders) -> Floats:
    """Sum over units of the square that is there, times its neighbours, ``(orders, columns)``."""
    permutations, units = orders.shape
    sums = np.zeros((permutations, table.shape[1]))
    for r in range(permutations):
        for unit in range(units):
            row = orders[r, unit]
            for m in range(table.shape[1]):
                sums[r, m] += degrees[unit] * table[row, m] ** 2
    return sums
