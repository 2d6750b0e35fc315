"""Threshold-free cluster enhancement of maps."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.core.numba_loops import compiled
from phonotopy.core.seeds import key
from phonotopy.inference import permutation
from phonotopy.inference.permutation import Family, p_value
from phonotopy.spatial.clusters import standardised
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps

__all__ = ["TABLE", "Enhanced", "enhanced", "enhanced_rows", "enhancement_test"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Orders = NDArray[np.int32]
NAME = "cluster_enhancement"
TABLE = Table(
    "cluster_enhancement.tsv",
    rows="one row per layer, usable phone and live unit",
    columns={
        **shared("layer", "phone", "unit", "row", "column"),
        "statistic": Column("", "`cluster_enhancement`"),
        "observed": Column(
            "robust s.d.³",
            "the integral of e^½ h² over thresholds h from 0 to the unit's value in robust standard deviations of its "
            "map, e the units connected with it above h; exact, without steps of h",
        ),
        **shared("null", "permutations"),
        "alternative": Column("", "`greater`"),
        **shared("null_seed"),
        "p": Column("", "against the largest value of the same map under each permutation"),
        "p_family": Column(
            "", "against the largest value of all maps of the layer, values standardised by the null of each phone"
        ),
    },
)


class Enhanced(NamedTuple):
    """Values of each unit and map, ``(units, maps)``.

    `p` is against the largest value of the same map, `p_family` against that of all maps which stands out most from its
    own null.
    """

    observed: Floats
    p: Floats
    p_family: Floats


def enhanced(maps: ArrayLike, lattice: Lattice) -> Floats:
    """Threshold-free cluster enhancement (bib key smith2009) of the positive part of `maps` ``(units, maps)``.

    The integral of e(h)^½ h² dh over thresholds h from 0 to the unit's value, e(h) the number of connected units above
    h to which it belongs (E = 0.5 and H = 2 as published). Since e changes only at values of the map, the integral is
    taken exactly from one value to the next: there is no step dh. NaN in a map with a missing value.
    """
    maps = np.asarray(maps, dtype=np.float64)
    known, result = np.isfinite(maps).all(axis=0), np.full_like(maps, np.nan)
    result[:, known] = _values(*_ranked(maps[:, known]), *_around(lattice)).T
    return result


def enhancement_test(maps: ArrayLike, lattice: Lattice, *, permutations: int, key: int, threads: int = 1) -> Enhanced:
    """Every unit of the standardised `maps` ``(units, maps)`` against the largest enhanced value under permutations.

    One-sided: a unit is found where it and those around it are high. Positions are permuted, the same way
    for all maps; the chance of any false unit in a map (in all maps, for `p_family`) is at most the level. The scale
    is that of the cluster-mass test. On a few hundred units the square of height outweighs the root of extent, so that
    of a cluster the highest units alone tend to be found.
    """
    scores = standardised(maps)
    observed, known = enhanced(scores, lattice), np.isfinite(scores).all(axis=0)
    listed, around = _ranked(scores[:, known]), _around(lattice)

    def statistic(orders: Orders) -> Floats:
        return _largest(*listed, *around, orders)

    null = permutation.null(statistic, lattice.units, permutations=permutations, key=key, threads=threads)
    family = Family.of(observed[:, known].max(axis=0, initial=0.0), null)
    p, p_family = np.full_like(observed, np.nan), np.full_like(observed, np.nan)
    for position, m in enumerate(np.flatnonzero(known)):
        p[:, m] = p_value(observed[:, m], null[:, position, None], "greater")
        p_family[:, m] = family.p_value(observed[:, m], position)
    return Enhanced(observed, p, p_family)


def enhanced_rows(
    layers: Mapping[int, Maps],
    grids: Mapping[int, Grid],
    permutations: int,
    *,
    training: Sequence[str],
    null_seed: int,
    threads: int = 1,
) -> list[dict[str, object]]:
    """One row per layer, usable phone and live unit; `training` and `null_seed` make the random keys."""
    rows: list[dict[str, object]] = []
    for layer, maps in layers.items():
        lattice, random_key = Lattice.of(grids[layer], "queen", maps.live), key(NAME, null_seed, *training, layer)
        values = maps.d_prime[maps.live]
        found = enhancement_test(values, lattice, permutations=permutations, key=random_key, threads=threads)
        test = {"null": "positions", "permutations": permutations, "alternative": "greater"}
        about = {"layer": layer, "statistic": NAME, "null_seed": null_seed, **test}
        rows += ({**about, **cell} for cell in maps.cells(grids[layer], found._asdict()))
    return rows


def _ranked(maps: Floats) -> tuple[Integers, Floats]:
    """Units of each map from the highest down and their heights, ``(maps, units)`` each."""
    units = np.argsort(-maps, axis=0, kind="stable")
    return np.ascontiguousarray(units.T), np.ascontiguousarray(np.take_along_axis(maps, units, axis=0).T)


def _around(lattice: Lattice) -> tuple[Integers, Integers]:
    """Where each unit's neighbours begin, ``(units + 1,)``, and all of them, earlier ones too."""
    both = np.concatenate([lattice.pairs, lattice.pairs[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    return np.searchsorted(both[:, 0], np.arange(lattice.units + 1)), np.ascontiguousarray(both[:, 1])


@compiled
def _root(parent: Integers, position: int) -> int:
    while parent[position] != position:
        position = parent[position]
    return position


@compiled
def _settle(size: Integers, since: Floats, gain: Floats, root: int, height: float) -> None:
    """Add what the threshold gathers between the height at which a cluster last grew and this one."""
    gain[root] += np.sqrt(size[root]) * (since[root] ** 3 - height**3) / 3
    since[root] = height


@compiled
def _enhance(
    units: Integers, heights: Floats, order: Orders, starts: Integers, neighbours: Integers, values: Floats
) -> None:
    """Fill in the `values` ``(positions,)`` of one map whose unit u is moved to ``order[u]``.

    Units join from the highest down (union-find, bib key tarjan1975, by size). What a cluster gathers is kept at its
    root; a root that joins another keeps the difference, so that a unit's value is the sum on its way to the root.
    """
    count = len(order)
    parent, size, since, gain = np.full(count, -1), np.zeros(count, np.int64), np.zeros(count), np.zeros(count)
    for k in range(count):
        height, position = heights[k], order[units[k]]
        if height <= 0:
            break
        parent[position], size[position], since[position] = position, 1, height
        for n in range(starts[position], starts[position + 1]):
            if parent[neighbours[n]] >= 0:
                one, other = _root(parent, position), _root(parent, neighbours[n])
                if one != other:
                    if size[one] < size[other]:
                        one, other = other, one
                    _settle(size, since, gain, one, height)
                    _settle(size, since, gain, other, height)
                    parent[other] = one
                    gain[other] -= gain[one]
                    size[one] += size[other]
    for position in range(count):
        if parent[position] == position:
            _settle(size, since, gain, position, 0.0)
    for position in range(count):
        values[position], here = 0.0, position
        if parent[position] >= 0:
            while parent[here] != here:
                values[position] += gain[here]
                here = parent[here]
            values[position] += gain[here]


@compiled
def _values(units: Integers, heights: Floats, starts: Integers, neighbours: Integers) -> Floats:
    """Enhanced maps ``(maps, units)``."""
    values, unmoved = np.zeros(units.shape), np.arange(units.shape[1]).astype(np.int32)
    for m in range(len(units)):
        _enhance(units[m], heights[m], unmoved, starts, neighbours, values[m])
    return values


@compiled
def _largest(units: Integers, heights: Floats, starts: Integers, neighbours: Integers, orders: Orders) -> Floats:
    """The largest value of each map under each order, ``(orders, maps)``."""
    values, result = np.zeros(units.shape[1]), np.zeros((len(orders), len(units)))
    for r in range(len(orders)):
        for m in range(len(units)):
            _enhance(units[m], heights[m], orders[r], starts, neighbours, values)
            result[r, m] = values.max() if len(values) else 0.0
    return result
