"""Moran's I by distance, with its null band."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import MEAN
from phonotopy.inference.permutation import family_p_value, p_value
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i, morans_i_null

__all__ = ["TABLE", "Correlogram", "correlogram", "distance_classes", "rows"]

Floats = NDArray[np.float64]
BAND = (0.025, 0.975)  # of the null, at each distance by itself
TABLE = Table(
    "correlogram.tsv",
    rows="one row per layer, phone (or `mean`) and distance",
    columns={
        **shared("layer"),
        "phone": Column("", "a phone, or `mean` for the mean over usable phones"),
        "statistic": Column("", "`morans_i`, of the pairs of units at the distance"),
        "distance": Column(
            "grid steps", "mean distance of those pairs; classes are one step wide, up to half of the shorter side"
        ),
        "pairs": Column("count", "pairs of units at the distance"),
        **shared("observed", "null", "null_mean", "null_sd"),
        "low": Column("as the statistic", "lower bound of 95 % of the null, at each distance by itself"),
        "high": Column("as the statistic", "upper bound of the same"),
        "permutations": Column("count", "surrogates, `mapping.surrogates`"),
        **shared("alternative", "null_seed", "p"),
        "p_family": Column("", "p against the most extreme of all distances of the phone under each permutation"),
    },
)


class Correlogram(NamedTuple):
    """Moran's I ``(classes, maps + 1)`` of the pairs at each distance, and the null of unit positions.

    The last column is the mean over maps, whose null keeps their dependence since all share each permutation.
    `distance` ``(classes,)`` is the mean distance of the `pairs` ``(classes,)`` of a class in grid steps. `low` and
    `high` bound 95 % of the null at each distance; `p` is two-sided at each distance, `p_family` over all distances of
    a map.
    """

    distance: Floats
    pairs: NDArray[np.int64]
    observed: Floats
    null_mean: Floats
    null_sd: Floats
    low: Floats
    high: Floats
    p: Floats
    p_family: Floats


def distance_classes(grid: Grid) -> list[tuple[float, float]]:
    """Distances (least, most] in grid steps, one step wide around 1, 2, … up to half of the shorter side, at least 1.

    Farther pairs are few and come from the edges.
    """
    return [(step - 0.5, step + 0.5) for step in range(1, max(min(grid.rows, grid.columns) // 2, 1) + 1)]


def correlogram(
    maps: ArrayLike,
    grid: Grid,
    live: NDArray[np.bool_] | None = None,
    *,
    permutations: int,
    key: int,
    threads: int = 1,
) -> Correlogram:
    """The correlogram of `maps` ``(live units, maps)``, the same permutations at all distances (bib key sokal1978)."""
    lattices = [Lattice.between(grid, *bounds, live) for bounds in distance_classes(grid)]
    observed = _with_mean(np.stack([morans_i(maps, lattice) for lattice in lattices]))
    settings = {"permutations": permutations, "key": key, "threads": threads}
    null = _with_mean(np.stack([morans_i_null(maps, lattice, **settings) for lattice in lattices], axis=1))
    low, high = np.quantile(null, BAND, axis=0)
    distance = np.array([_mean_distance(grid, lattice, live) for lattice in lattices])
    pairs = np.array([len(lattice.pairs) for lattice in lattices])
    bands = null.mean(axis=0), null.std(axis=0, ddof=1), low, high
    return Correlogram(
        distance, pairs, observed, *bands, p_value(observed, null), family_p_value(observed, null, axis=0)
    )


def _with_mean(values: Floats) -> Floats:
    """Values ``(..., maps)`` and their mean over the maps that have one, ``(..., maps + 1)``."""
    known = np.isfinite(values)
    number = known.sum(axis=-1)
    total = values.sum(axis=-1, where=known)
    mean = np.divide(total, number, out=np.full(number.shape, np.nan), where=number > 0)
    return np.concatenate([values, mean[..., None]], axis=-1)


def _mean_distance(grid: Grid, lattice: Lattice, live: NDArray[np.bool_] | None) -> float:
    units = np.arange(grid.units) if live is None else np.flatnonzero(live)
    first, second = units[lattice.pairs].T
    return float(grid.distances[first, second].mean()) if len(first) else float("nan")


def rows(
    found: Correlogram, phones: Sequence[str], identity: Mapping[str, object], permutations: int
) -> Iterator[dict[str, object]]:
    """One row per phone (or `mean`) and distance; `identity` gives the columns `layer` and `null_seed`."""
    test = {"statistic": "morans_i", "null": "positions", "permutations": permutations, "alternative": "two-sided"}
    for m, phone in enumerate([*phones, MEAN]):
        for k, (distance, pairs) in enumerate(zip(found.distance.tolist(), found.pairs.tolist(), strict=True)):
            values = {name: getattr(found, name)[k, m] for name in found._fields[2:]}
            yield {**identity, **test, "phone": phone, "distance": distance, "pairs": pairs, **values}
