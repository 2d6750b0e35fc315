"""Clusters over time and the grid: when and where units respond to a phone."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.core.seeds import key
from phonotopy.spatial.clusters import FORMING, Joined, centroid, joined
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps
from phonotopy.temporal.timing import OnsetLocked

__all__ = ["TABLE", "time_cluster_rows", "time_clusters"]

Floats = NDArray[np.float64]
NAME = "time_clusters"
MS = 1000.0
TABLE = Table(
    "time_clusters.tsv",
    rows="one row per cluster over time and the grid",
    columns={
        **shared("layer"),
        "phone": Column("", "usable phones"),
        "cluster": Column(
            "", "from 1 within a phone, the heaviest first; a phone without any has one row with cluster 0 and size 0"
        ),
        "row": Column("grid steps", "of the centroid weighted by mass, as in `clusters.tsv`"),
        "column": Column("grid steps", "of the same centroid"),
        "first_ms": Column("ms", "first lag of the cluster: from phone onset to the centre of the receptive field"),
        "centre_ms": Column("ms", "mean lag weighted by mass"),
        "last_ms": Column("ms", "last lag of the cluster"),
        "units": Column("count", "that take part at any lag"),
        "size": Column(
            "units × lags",
            "connected values of the phone's contrast (mean over groups of speakers) above `mapping.cluster_forming` "
            "robust standard deviations of all units and lags; a unit touches its queen neighbours at the same lag and "
            "itself one lag before and after",
        ),
        "mass": Column("robust s.d.", "sum of the standardised contrast over the cluster"),
        "statistic": Column("", "`time_clusters`, against the heaviest cluster under permuted positions"),
        "null": Column(
            "",
            "`positions`: unit positions permuted, the same permutation for all maps; a unit moves with its whole "
            "course",
        ),
        **shared("permutations"),
        "alternative": Column("", "`greater`"),
        **shared("null_seed"),
        "p": Column("", "against the heaviest time clusters of the same phone"),
        "p_family": Column("", "against the clusters of all phones of the layer, as in `clusters.tsv`"),
    },
)


def time_clusters(
    courses: ArrayLike,
    grid: Grid,
    live: NDArray[np.bool_],
    *,
    forming: float = FORMING,
    permutations: int,
    key: int,
    threads: int = 1,
) -> list[Joined]:
    """Clusters of `courses` ``(lags, live units, maps)``, the heaviest of a map first (bib key maris2007).

    A unit touches its queen neighbours at the same lag and itself one lag before and after. Values are standardised
    over all lags of a map together. Under the null a unit moves with its whole course, so that how long it answers is
    kept and who its neighbours are is not. Members are numbered lag · live units + unit.
    """
    courses = np.asarray(courses, dtype=np.float64)
    lags, units, maps = courses.shape
    lattice = Lattice.of(grid, "queen", live).over(lags)
    settings = {"forming": forming, "permutations": permutations, "key": key, "threads": threads}
    return joined(courses.reshape(lags * units, maps), lattice, lags=lags, **settings)  # type: ignore[arg-type]


def time_cluster_rows(
    layers: Mapping[int, Maps],
    grids: Mapping[int, Grid],
    locked: Mapping[int, OnsetLocked],
    permutations: int,
    *,
    forming: float,
    training: Sequence[str],
    null_seed: int,
    threads: int = 1,
) -> list[dict[str, object]]:
    """One row per cluster of each layer and usable phone, a phone without any with cluster 0 and size 0.

    `locked` has the usable phones. Courses are means over groups of speakers; lags count from phone onset to the centre
    of the receptive field. `training` and `null_seed` make the random keys of permutations.
    """
    rows: list[dict[str, object]] = []
    for layer, maps in layers.items():
        courses = np.moveaxis(_mean_over_groups(locked[layer].contrast[..., maps.live]), 1, 2)
        settings = {"permutations": permutations, "key": key(NAME, null_seed, *training, layer), "threads": threads}
        found = time_clusters(courses, grids[layer], maps.live, forming=forming, **settings)
        test = {"statistic": NAME, "null": "positions", "permutations": permutations, "alternative": "greater"}
        about = {"layer": layer, **test, "null_seed": null_seed}
        phones = [phone for phone, usable in zip(maps.phones, maps.usable, strict=True) if usable]
        for m, phone in enumerate(phones):
            mine = [one for one in found if one.map == m]
            numbered = _numbered(mine, grids[layer], np.flatnonzero(maps.live), locked[layer].lag_s)
            rows += ({**about, "phone": phone, **cells} for cells in numbered)
    return [{name: row[name] for name in TABLE.columns} for row in rows]


def _mean_over_groups(contrast: Floats) -> Floats:
    """Mean over the groups ``(groups, ...)`` that have the phone at that lag; NaN where none has."""
    known = np.isfinite(contrast)
    number = known.sum(axis=0)
    total = contrast.sum(axis=0, where=known)
    return np.asarray(np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0))


def _numbered(
    found: Sequence[Joined], grid: Grid, positions: NDArray[np.int64], lag_s: Floats
) -> Iterator[dict[str, object]]:
    """Cells of the clusters of a phone; `positions` ``(live units,)`` on the grid."""
    if not found:
        empty = dict.fromkeys(("row", "column", "first_ms", "centre_ms", "last_ms", "mass", "p", "p_family"))
        yield {"cluster": 0, "units": 0, "size": 0, **empty}
    for number, one in enumerate(found, start=1):
        lag, unit = np.divmod(one.members, len(positions))
        row, column = centroid(positions[unit], one.weights, grid)
        times = lag_s[lag] * MS
        yield {
            "cluster": number,
            "row": row,
            "column": column,
            "first_ms": times.min(),
            "centre_ms": np.average(times, weights=one.weights),
            "last_ms": times.max(),
            "units": len(np.unique(unit)),
            "size": len(unit),
            "mass": one.mass,
            "p": one.p,
            "p_family": one.p_family,
        }
