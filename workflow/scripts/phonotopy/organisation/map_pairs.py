"""Sums over pairs of units at other positions."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.numba_loops import compiled

__all__ = ["pair_sums"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def pair_sums(
    orders: NDArray[np.int32], losses: Floats, alike: Floats, ranks: Floats, steps: Indices, degrees: Indices
) -> tuple[Floats, Floats]:
    """Sums over all pairs of positions, with unit ``orders[r, position]`` at each position.

    Of positions are quadratic forms `losses` ``(units, units, 2)``, distances `steps` ``(units, units)`` and numbers of
    neighbours `degrees` ``(units,)``; of units are `alike` ``(units, units, 3)`` (products of maps, differences of
    maps, correlations of responses) and `ranks` ``(units, units)`` of all others by correlation. Only the ranks are not
    symmetric.

    Gives curves ``(orders, 2, distances)``, sums of differences and of correlations of pairs at each distance, each
    pair once, and ``(orders, 3)``: both losses times products of maps, and the trustworthiness of neighbours.
    """
    curves = np.zeros((len(orders), 2, max(7, int(steps.max(initial=0)) + 1)))
    sums = np.zeros((len(orders), 3))
    _add(orders, losses, alike, ranks, steps, degrees, curves, sums)
    return curves, sums


@compiled
def _add(
    orders: NDArray[np.int32],
    losses: Floats,
    alike: Floats,
    ranks: Floats,
    steps: Indices,
    degrees: Indices,
    curves: Floats,
    sums: Floats,
) -> None:
    units = orders.shape[1]
    excess = np.zeros(units)
    for r in range(len(orders)):
        excess[:] = 0.0
        for i in range(units):
            one = orders[r, i]
            for which in range(2):
                sums[r, which] += losses[i, i, which] * alike[one, one, 0]
            for j in range(i):
                other, step = orders[r, j], steps[i, j]
                sums[r, 0] += 2 * losses[i, j, 0] * alike[one, other, 0]
                sums[r, 1] += 2 * losses[i, j, 1] * alike[one, other, 0]
                curves[r, 0, step] += alike[one, other, 1]
                curves[r, 1, step] += alike[one, other, 2]
                if step == 1:
                    excess[i] += max(0.0, ranks[one, other] - degrees[i])
                    excess[j] += max(0.0, ranks[other, one] - degrees[j])
        wrong, counted = 0.0, 0
        for i in range(units):
            worst = degrees[i] * (2 * units - 3 * degrees[i] - 1) / 2
            if worst > 0:
                wrong += excess[i] / worst
                counted += 1
        sums[r, 2] = 1 - wrong / max(1, counted)
