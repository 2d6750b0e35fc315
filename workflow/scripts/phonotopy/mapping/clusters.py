"""The cluster-mass permutation test over the grid."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.grid import Grid
from phonotopy.mapping.lattice import Lattice
from phonotopy.mapping.permutation import Family, p_value
from phonotopy.mapping.regions import components, regions_null

__all__ = ["COLUMNS", "Cluster", "centroid", "cluster_test", "rows", "standardised"]

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
MAD_OF_NORMAL = 0.6744897501960817  # median absolute deviation of a standard normal
COLUMNS = (
    "layer",
    "phone",
    "region",
    "row",
    "column",
    "size",
    "mass",
    "statistic",
    "null",
    "permutations",
    "alternative",
    "null_seed",
    "p",
    "p_family",
)
FORMING = 1.6448536269514722  # exceeded by 5 % of a normal map


@dataclass(frozen=True)
class Cluster:
    """Connected units of map number `map` that exceed the cluster-forming threshold.

    `units` are places on the grid, `row` and `column` the centroid weighted by mass, in grid steps, `mass` the sum of
    the standardised map. `p` is against the heaviest cluster of the same map, `p_family` against that of all maps which
    stands out most from its own null.
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

    A region is an outlier of its map and would raise an ordinary standard deviation. NaN where at least half of a map
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
    """Clusters of `maps` ``(live units, maps)``, the heaviest of a map first (bib key maris2007).

    Units whose standardised value is above `forming` are joined with queen neighbours; the mass of a cluster is
    compared with the heaviest one under permuted unit positions, the same for all maps (one-sided). The threshold
    shapes clusters but not the error rate; a cluster is significant as a whole, which says nothing of a single unit in
    it.
    """
    live = np.ones(grid.units, dtype=bool) if live is None else live
    lattice, scores = Lattice.of(grid, "queen", live), standardised(maps)
    members = scores > forming
    weights = np.where(members, scores, 0.0)
    null = regions_null(members, lattice, weights, permutations=permutations, key=key, threads=threads).mass
    found = [_clusters(members[:, m], weights[:, m], lattice) for m in range(members.shape[1])]
    heaviest = np.array([max((weights[units, m].sum() for units in one), default=0.0) for m, one in enumerate(found)])
    family = Family.of(heaviest, null)
    return [
        _tested(m, np.flatnonzero(live)[units], weights[units, m], grid, null[:, m], family)
        for m, clusters in enumerate(found)
        for units in clusters
    ]


def _clusters(members: Booleans, weights: Floats, lattice: Lattice) -> Sequence[NDArray[np.int64]]:
    joined = components(members, lattice, weights)
    heaviest_first = np.argsort(-joined.mass, kind="stable")
    return [np.flatnonzero(joined.label == label + 1) for label in heaviest_first]


def _tested(m: int, places: NDArray[np.int64], weights: Floats, grid: Grid, null: Floats, family: Family) -> Cluster:
    mass = float(weights.sum())
    p, p_family = float(p_value(mass, null, "greater")), float(family.p_value(mass, m))
    return Cluster(m, tuple(places.tolist()), *centroid(places, weights, grid), mass, p, p_family)


def centroid(units: NDArray[np.int64], weights: Floats, grid: Grid) -> tuple[float, float]:
    """Mean row and column of `units`, weighted; on a torus the circular mean, NaN where all directions cancel."""
    position = grid.positions[units]
    if not grid.torus:
        row, column = np.average(position, axis=0, weights=weights)
        return float(row), float(column)
    sizes = np.array([grid.rows, grid.columns])
    resultant = weights @ np.exp(2j * np.pi * position / sizes)
    around = np.angle(resultant) / (2 * np.pi) * sizes % sizes
    row, column = np.where(np.abs(resultant) > 1e-9 * weights.sum(), around, np.nan)
    return float(row), float(column)


def rows(
    found: Sequence[Cluster], phones: Sequence[str], identity: Mapping[str, object], permutations: int
) -> Iterator[dict[str, object]]:
    """One row a cluster; `region` counts from 1 within a phone, the heaviest first.

    A phone without any has one row with region 0 and size 0. `identity` gives the columns `layer` and `null_seed`.
    """
    test = {"statistic": "cluster_mass", "null": "positions", "permutations": permutations, "alternative": "greater"}
    for m, phone in enumerate(phones):
        clusters = [cluster for cluster in found if cluster.map == m]
        if not clusters:
            missing = dict.fromkeys(("row", "column", "mass", "p", "p_family"))
            yield {**identity, **test, "phone": phone, "region": 0, "size": 0, **missing}
        for region, cluster in enumerate(clusters, start=1):
            values = {name: getattr(cluster, name) for name in ("row", "column", "mass", "p", "p_family")}
            yield {**identity, **test, "phone": phone, "region": region, "size": len(cluster.units), **values}
