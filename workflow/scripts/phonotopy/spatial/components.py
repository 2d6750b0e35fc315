"""Components: connected sets of units on the grid."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.core.numba_loops import compiled
from phonotopy.inference import permutation
from phonotopy.spatial.lattice import Lattice

__all__ = [
    "Components",
    "Measures",
    "components",
    "greatest",
    "jaccard",
    "largest",
    "measures",
    "measures_null",
    "overlaps",
]

Floats = NDArray[np.float64]
Members = tuple[NDArray[np.int32], NDArray[np.int64], Floats]


class Measures(NamedTuple):
    """Number of components, units in the largest, mass of the heaviest; ``(maps,)`` or ``(permutations, maps)``."""

    number: Floats
    largest: Floats
    mass: Floats


class Components(NamedTuple):
    """`label` ``(units,)`` from 1 in order of their first unit, 0 outside; `size` and `mass` ``(components,)``."""

    label: NDArray[np.int64]
    size: NDArray[np.int64]
    mass: Floats


def measures(members: ArrayLike, lattice: Lattice, mass: ArrayLike | None = None) -> Measures:
    """Of the units that are `members` ``(units, maps)``; `mass`, of the same shape, is 1 per unit by default."""
    found = _joined(*_listed(members, mass, lattice), lattice.starts, lattice.pairs[:, 1], lattice.unmoved)
    return Measures(*found[:, 0])


def measures_null(
    members: ArrayLike,
    lattice: Lattice,
    mass: ArrayLike | None = None,
    *,
    lags: int = 1,
    permutations: int,
    key: int,
    threads: int = 1,
    batch: int = permutation.BATCH,
) -> Measures:
    """Of all maps under the same permutations of the units, which move alike at all `lags` of the lattice."""
    listed, units = _listed(members, mass, lattice), lattice.units // lags
    shift = units * np.arange(lags, dtype=np.int32)[:, None]

    def statistic(orders: NDArray[np.int32]) -> Floats:
        everywhere = (orders[:, None] + shift).reshape(len(orders), -1)
        return np.moveaxis(_joined(*listed, lattice.starts, lattice.pairs[:, 1], everywhere), 0, 1)

    values = permutation.null(statistic, units, permutations=permutations, key=key, threads=threads, batch=batch)
    return Measures(*np.moveaxis(values, 1, 0))


def components(members: ArrayLike, lattice: Lattice, mass: ArrayLike | None = None) -> Components:
    """Each component of one map ``(units,)`` by itself."""
    members = np.asarray(members, dtype=bool)
    root = _roots(members, lattice.starts, lattice.pairs[:, 1])
    first, label = np.unique(root[members], return_inverse=True)
    whole = np.zeros(lattice.units, dtype=np.int64)
    whole[members] = label + 1
    weights = np.ones(lattice.units) if mass is None else np.asarray(mass, dtype=np.float64)
    size = np.bincount(label, minlength=len(first))
    return Components(whole, size, np.bincount(label, weights[members], len(first)).astype(np.float64))


def largest(members: ArrayLike, lattice: Lattice) -> NDArray[np.bool_]:
    """Members of the largest component of each map, ``(units, maps)`` as `members`; of those of one size the first."""
    result = np.zeros(np.shape(members), dtype=bool)
    for m, inside in enumerate(np.transpose(members)):
        joined = components(inside, lattice)
        if len(joined.size):
            result[:, m] = joined.label == 1 + np.argmax(joined.size)
    return result


def greatest(maps: NDArray[np.floating], number: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The `number` ``(maps,)`` greatest units of `maps` ``(..., units, maps)``; of equal ones the first."""
    values, number = np.ascontiguousarray(np.swapaxes(maps, -1, -2)), number[:, None]
    rank = np.broadcast_to(values.shape[-1] - np.maximum(number, 1), (*values.shape[:-1], 1))
    least = np.take_along_axis(np.sort(values, axis=-1), rank, axis=-1)
    above, equal = values > least, values == least
    wanted = number - above.sum(axis=-1, keepdims=True)
    found = (above | (equal & (np.cumsum(equal, axis=-1, dtype=np.int32) <= wanted))) & (number > 0)
    return np.swapaxes(found, -1, -2)


def overlaps(members: ArrayLike, targets: ArrayLike, lattice: Lattice) -> Floats:
    """Jaccard index of the largest component of each map with its target, ``(sets, maps)``; NaN where both are empty.

    `members` ``(sets, units, maps)``, `targets` ``(units, maps)``.
    """
    inside = np.ascontiguousarray(np.moveaxis(np.asarray(members, dtype=bool), 1, 2))
    targets = np.ascontiguousarray(np.transpose(np.asarray(targets, dtype=bool)))
    return np.asarray(_overlaps(inside, targets, lattice.starts, lattice.pairs[:, 1]))


def jaccard(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Shared units over units in either; NaN of two empty sets."""
    either = int((one | other).sum())
    return int((one & other).sum()) / either if either else float("nan")


def _listed(members: ArrayLike, mass: ArrayLike | None, lattice: Lattice) -> Members:
    """Members of all maps one after the other, where each map's begin, and their mass."""
    members = np.asarray(members, dtype=bool)
    if len(members) != lattice.units:
        raise ValueError(f"maps have {len(members)} units, the lattice {lattice.units}")
    maps, units = np.nonzero(members.T)
    starts = np.searchsorted(maps, np.arange(members.shape[1] + 1))
    weights = np.ones(len(units)) if mass is None else np.asarray(mass, dtype=np.float64)[units, maps]
    return units.astype(np.int32), starts, weights


@compiled
def _root(parent: NDArray[np.int32], position: int) -> int:
    """The position that represents the component of `position`; shortens the way there."""
    while parent[position] != position:
        parent[position] = parent[parent[position]]
        position = parent[position]
    return position


@compiled
def _joined(
    units: NDArray[np.int32],
    starts: NDArray[np.int64],
    mass: Floats,
    neighbour_starts: NDArray[np.int64],
    neighbours: NDArray[np.int64],
    orders: NDArray[np.int32],
) -> Floats:
    """Union-find (bib key tarjan1975) of members moved to ``orders[r, unit]``; `Measures` as ``(3, orders, maps)``."""
    permutations, positions = orders.shape
    maps = len(starts) - 1
    result = np.zeros((3, permutations, maps))
    parent, size, weight = np.full(positions, -1, np.int32), np.zeros(positions, np.int64), np.zeros(positions)
    for r in range(permutations):
        for m in range(maps):
            for k in range(starts[m], starts[m + 1]):
                position = orders[r, units[k]]
                parent[position], size[position], weight[position] = position, 1, mass[k]
            count = starts[m + 1] - starts[m]
            for k in range(starts[m], starts[m + 1]):
                position = orders[r, units[k]]
                for n in range(neighbour_starts[position], neighbour_starts[position + 1]):
                    if parent[neighbours[n]] >= 0:
                        one, other = _root(parent, position), _root(parent, neighbours[n])
                        if one != other:
                            parent[other] = one
                            size[one] += size[other]
                            weight[one] += weight[other]
                            count -= 1
            result[0, r, m] = count
            for k in range(starts[m], starts[m + 1]):
                position = orders[r, units[k]]
                if parent[position] == position:
                    result[1, r, m] = max(result[1, r, m], size[position])
                    result[2, r, m] = max(result[2, r, m], weight[position])
            for k in range(starts[m], starts[m + 1]):
                parent[orders[r, units[k]]] = -1
    return result


@compiled
def _roots(members: NDArray[np.bool_], starts: NDArray[np.int64], neighbours: NDArray[np.int64]) -> NDArray[np.int32]:
    """The smallest unit of each unit's component, ``(units,)``; −1 outside."""
    parent = np.full(len(members), -1, np.int32)
    for unit in range(len(members)):
        if members[unit]:
            parent[unit] = unit
    for unit in range(len(members)):
        if members[unit]:
            for n in range(starts[unit], starts[unit + 1]):
                if members[neighbours[n]]:
                    one, other = _root(parent, unit), _root(parent, neighbours[n])
                    parent[max(one, other)] = min(one, other)
    for unit in range(len(members)):
        if members[unit]:
            parent[unit] = _root(parent, unit)
    return parent


@compiled
def _overlaps(
    members: NDArray[np.bool_], targets: NDArray[np.bool_], starts: NDArray[np.int64], neighbours: NDArray[np.int64]
) -> Floats:
    """Overlaps of members ``(sets, maps, units)`` with targets ``(maps, units)``; a component is named by its root."""
    sets, maps, units = members.shape
    result = np.full((sets, maps), np.nan)
    size = np.empty(units, np.int64)
    for s in range(sets):
        for m in range(maps):
            root = _roots(members[s, m], starts, neighbours)
            size[:] = 0
            for unit in range(units):
                if root[unit] >= 0:
                    size[root[unit]] += 1
            greatest = np.argmax(size)
            shared, either = 0, size[greatest]
            for unit in range(units):
                if targets[m, unit]:
                    if root[unit] == greatest:
                        shared += 1
                    else:
                        either += 1
            if either > 0:
                result[s, m] = shared / either
    return result
