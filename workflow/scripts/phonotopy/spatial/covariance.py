"""The mean covariance of neighbouring units."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.numba_loops import compiled
from phonotopy.inference import permutation
from phonotopy.spatial.lattice import Lattice

__all__ = ["neighbour_covariance", "neighbour_covariance_null"]

Floats = NDArray[np.float64]


def neighbour_covariance(matrix: Floats, lattice: Lattice) -> float:
    """Mean of `matrix` ``(units, units)``, which is symmetric, over pairs of neighbours; NaN without pairs."""
    first, second = lattice.pairs.T
    return float(matrix[first, second].mean()) if len(first) else float("nan")


def neighbour_covariance_null(matrix: Floats, lattice: Lattice, *, permutations: int, key: int) -> Floats:
    """The same under permutations of the units, ``(permutations,)``."""

    def statistic(orders: NDArray[np.int32]) -> Floats:
        return _means(np.ascontiguousarray(matrix), lattice.pairs, orders)

    return permutation.null(statistic, lattice.units, permutations=permutations, key=key)


@compiled
def _means(matrix: Floats, pairs: NDArray[np.int64], orders: NDArray[np.int32]) -> Floats:
    found = np.full(len(orders), np.nan)
    for r in range(len(orders)):
        total = 0.0
        for k in range(len(pairs)):
            total += matrix[orders[r, pairs[k, 0]], orders[r, pairs[k, 1]]]
        if len(pairs) > 0:
            found[r] = total / len(pairs)
    return found
