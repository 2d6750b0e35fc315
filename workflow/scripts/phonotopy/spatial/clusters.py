"""The cluster-mass permutation test over the grid."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.inference.permutation import Family, p_value
from phonotopy.spatial.components import components, measures_null
from phonotopy.spatial.lattice import Lattice

__all__ = ["TABLE", "Cluster", "Joined", "centroid", "cluster_test", "joined", "rows", "standardised"]

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
MAD_OF_NORMAL = 0.6744897501960817  # median absolute deviation of a standard normal
TABLE = Table(
    "clusters.tsv",
    rows="one row per cluster",
    columns={
        **shared("layer", "phone"),
        "cluster": Column(
            "",
            "from 1 within a phone, the heaviest first; a phone without a cluster has one row with cluster 0 and size "
            "0",
        ),
        "row": Column(
            "grid steps",
            "of the centroid weighted by mass; on a torus the circular mean, empty where all directions cancel",
        ),
        "column": Column("grid steps", "of the same centroid"),
        "size": Column(
            "units",
            "connected (side or corner) units above `mapping.cluster_forming` robust standard deviations of their map",
        ),
        "positions": Column(
            "", "of its units, counted from 0 along the rows of the grid, with spaces between; empty without a cluster"
        ),
        "mass": Column("robust s.d.", "sum of the standardised map over the cluster"),
        "statistic": Column("", "`cluster_mass`, against the heaviest cluster under permuted positions"),
        **shared("null", "permutations"),
        "alternative": Column("", "`greater`"),
        **shared("null_seed"),
        "p": Column("", "against the heaviest clusters of the same phone's map"),
        "p_family": Column(
            "",
            "against the heaviest clusters of all phones of the layer, their masses standardised by the null of each "
            "phone: maps differ in skewness, and no phone shall rule the maximum. A cluster is significant as a whole; "
            "nothing is said of a single unit in it",
        ),
        "status": Column("", "`ok`, `no cluster`, or `too few` tokens or speakers for a map"),
    },
)
FORMING = 1.6448536269514722  # exceeded by 5 % of a normal map


class Joined(NamedTuple):
    """Connected `members` of map number `map` above the threshold: their numbers in the lattice, `weights` and `mass`.

    `p` is against the heaviest cluster of the same map, `p_family` against that of all maps which stands out most from
    its own null.
    """

    map: int
    members: NDArray[np.int64]
    weights: Floats
    mass: float
    p: float
    p_family: float


class Cluster(NamedTuple):
    """A cluster on the grid: `units` are positions, `row` and `column` its centroid weighted by mass.

    The centroid is in grid steps, `mass` the sum of the standardised map; p as in `Joined`.
    """

    map: int
    units: tuple[int, ...]
    row: float
    column: float
    mass: float
    p: float
    p_family: float


def standardised(maps: ArrayLike) -> Floats:
    """Maps ``(units, maps)`` minus their median, over the standard deviation that fits their median absolute deviation.

    A cluster is an outlier of its map and would raise an ordinary standard deviation. NaN where at least half of a map
    is constant.
    """
    maps = np.asarray(maps, dtype=np.float64)
    if len(maps) == 0:
        return maps.copy()
    deviation = maps - np.median(maps, axis=0)
    scale = np.median(np.abs(deviation), axis=0) / MAD_OF_NORMAL
    return np.asarray(np.divide(deviation, scale, out=np.full_like(maps, np.nan), where=scale > 0))


def cluster_test(
    maps: ArrayLike,
    grid: Grid,
    live: Booleans | None = None,
    *,
    forming: float = FORMING,
    permutations: int,
    key: int,
    threads: int = 1,
) -> list[Cluster]:
    """Clusters of `maps` ``(live units, maps)``, the heaviest of a map first: queen neighbours, as `joined` says."""
    live = np.ones(grid.units, dtype=bool) if live is None else live
    lattice = Lattice.of(grid, "queen", live)
    settings = {"forming": forming, "permutations": permutations, "key": key, "threads": threads}
    return [_on_grid(one, np.flatnonzero(live), grid) for one in joined(maps, lattice, **settings)]  # type: ignore[arg-type]


def _on_grid(one: Joined, positions: NDArray[np.int64], grid: Grid) -> Cluster:
    units = positions[one.members]
    return Cluster(one.map, tuple(units.tolist()), *centroid(units, one.weights, grid), one.mass, one.p, one.p_family)


def joined(
    maps: ArrayLike,
    lattice: Lattice,
    *,
    lags: int = 1,
    forming: float = FORMING,
    permutations: int,
    key: int,
    threads: int = 1,
) -> list[Joined]:
    """Clusters of `maps` ``(positions of the lattice, maps)``, the heaviest of a map first (bib key maris2007).

    Positions whose standardised value is above `forming` are joined with their neighbours; the mass of a cluster is
    compared with the heaviest one under permuted unit positions, the same for all maps and all `lags` of the lattice
    (one-sided). The threshold shapes clusters but not the error rate; a cluster is significant as a whole, which says
    nothing of a single unit in it.
    """
    scores = standardised(maps)
    members = scores > forming
    weights = np.where(members, scores, 0.0)
    settings = {"lags": lags, "permutations": permutations, "key": key, "threads": threads}
    null = measures_null(members, lattice, weights, **settings).mass
    found = [_clusters(members[:, m], weights[:, m], lattice) for m in range(members.shape[1])]
    heaviest = np.array([max((weights[units, m].sum() for units in one), default=0.0) for m, one in enumerate(found)])
    family = Family.of(heaviest, null)
    return [
        _tested(m, units, weights[units, m], null[:, m], family)
        for m, clusters in enumerate(found)
        for units in clusters
    ]


def _clusters(members: Booleans, weights: Floats, lattice: Lattice) -> Sequence[NDArray[np.int64]]:
    connected = components(members, lattice, weights)
    heaviest_first = np.argsort(-connected.mass, kind="stable")
    return [np.flatnonzero(connected.label == label + 1) for label in heaviest_first]


def _tested(m: int, members: NDArray[np.int64], weights: Floats, null: Floats, family: Family) -> Joined:
    mass = float(weights.sum())
    return Joined(m, members, weights, mass, float(p_value(mass, null, "greater")), float(family.p_value(mass, m)))


def centroid(units: NDArray[np.int64], weights: Floats, grid: Grid) -> tuple[float, float]:
    """Mean row and column of `units`, weighted; on a torus the circular mean, NaN where all directions cancel."""
    position = grid.positions[units]
    if not grid.torus:
        row, column = np.average(position, axis=0, weights=weights)
        return float(row), float(column)
    sizes = np.array([grid.rows, grid.columns])
    resultant = weights @ np.exp(2j * np.pi * position / sizes)
    around = np.angle(resultant) / (2 * np.pi) * sizes % sizes % sizes  # a hair below 0 becomes the size itself once
    row, column = np.where(np.abs(resultant) > 1e-9 * weights.sum(), around, np.nan)
    return float(row), float(column)


def rows(
    found: Sequence[Cluster], phones: Mapping[str, bool], identity: Mapping[str, object], permutations: int
) -> Iterator[dict[str, object]]:
    """One row per cluster; `cluster` counts from 1 within a phone, the heaviest first.

    `phones` are those of the maps and whether they were usable. A phone without any cluster has one row with cluster 0
    and size 0. `identity` gives the columns `layer` and `null_seed`.
    """
    test = {"statistic": "cluster_mass", "null": "positions", "permutations": permutations, "alternative": "greater"}
    for m, (phone, usable) in enumerate(phones.items()):
        clusters = [cluster for cluster in found if cluster.map == m]
        if not clusters:
            missing = dict.fromkeys(("row", "column", "positions", "mass", "p", "p_family"))
            none = {"cluster": 0, "size": 0, "status": "no cluster" if usable else "too few"}
            yield {**identity, **test, "phone": phone, **none, **missing}
        for number, cluster in enumerate(clusters, start=1):
            values = {name: getattr(cluster, name) for name in ("row", "column", "mass", "p", "p_family")}
            measured = {"phone": phone, "cluster": number, "size": len(cluster.units), "status": "ok"}
            measured["positions"] = " ".join(map(str, cluster.units))
            yield {**identity, **test, **measured, **values}
