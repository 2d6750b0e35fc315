"""How often a planted patch is found, and how often its outline is."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.core import steps
from phonotopy.core.columns import Column, Table
from phonotopy.core.grid import Grid
from phonotopy.core.seeds import key, stream
from phonotopy.spatial.clusters import Cluster, cluster_test
from phonotopy.spatial.components import jaccard

__all__ = ["TABLE", "curve", "found", "planted", "power"]

TABLE = Table(
    "power.tsv",
    rows="one row per size of the planted patch and background",
    columns={
        "test": Column("", "`cluster_mass`"),
        "units": Column("count", "size of the planted patch"),
        "d_prime": Column("pooled s.d.", "its height"),
        "background_sd": Column("pooled s.d.", "standard deviation of white noise"),
        "simulations": Column("count", "maps"),
        "power": Column(
            "fraction",
            "of them with a cluster whose p is at most .05 and of whose units at least half are in the patch: whether "
            "the test finds it",
        ),
        "outlined": Column(
            "fraction",
            "of them with such a cluster whose units are at least half of the units in either (Jaccard index): whether "
            "it has the outline of the patch. It falls as the patch grows, which moves the median and the robust "
            "standard deviation of its own map, so that fewer of its units are above the threshold",
        ),
    },
)
LEVEL, HALF = 0.05, 0.5
UNITS, D_PRIME, BACKGROUND_SD = (4, 9, 16, 25, 64), 0.5, (0.15, 0.25, 0.35, 0.5)


def planted(grid: Grid, units: int, centre: int) -> NDArray[np.bool_]:
    """The `units` positions nearest to the unit `centre`, itself among them: 9 inner ones are a square of 3 by 3."""
    members = np.zeros(grid.units, dtype=bool)
    members[np.argsort(grid.distances[centre], kind="stable")[:units]] = True
    return members


class Found(NamedTuple):
    """Whether the test finds a patch, and whether with its outline."""

    at_all: bool
    outlined: bool


def found(patch: NDArray[np.bool_], clusters: Iterable[Cluster]) -> Found:
    """What `clusters` with p of at most .05 say of a `patch` ``(units,)``.

    Found is it where at least half of the units of one are in the patch, which a cluster by chance elsewhere is not;
    outlined where the Jaccard index of both is at least a half, for which half of the patch must exceed the threshold.
    """
    inside = [np.isin(np.arange(len(patch)), one.units) for one in clusters if one.p <= LEVEL]
    at_all = any((members & patch).sum() >= HALF * members.sum() for members in inside)
    return Found(at_all, any(jaccard(members, patch) >= HALF for members in inside))


def power(
    units: int,
    d_prime: float,
    background_sd: float,
    *,
    simulations: int,
    permutations: int,
    grid: Grid | None = None,
    threads: int = 1,
) -> dict[str, object]:
    """Share of simulations in which the cluster-mass test finds a patch of `units` units: one row of the table.

    The map is white noise of `background_sd` with `d_prime` added in the patch, anywhere on a `grid` of 16 x 16 by
    default.
    """
    grid = grid or Grid(16, 16)

    def simulated(index: int) -> Found:
        random = stream("power", units, str(d_prime), str(background_sd), index)
        patch = planted(grid, units, int(random.integers(grid.units)))
        values = background_sd * random.normal(size=grid.units) + d_prime * patch
        return found(patch, cluster_test(values[:, None], grid, permutations=permutations, key=key("power", index)))

    with ThreadPoolExecutor(threads) as pool:
        shares = np.mean(list(pool.map(simulated, range(simulations))), axis=0).tolist()
    cells = ("cluster_mass", units, d_prime, background_sd, simulations, *shares)
    return dict(zip(TABLE.columns, cells, strict=True))


def curve(*, simulations: int, permutations: int, threads: int = 1) -> Iterator[dict[str, object]]:
    """Power over the size of the patch and the background, for patches that just meet the default for responsive."""
    for units, background_sd in steps.counted([*product(UNITS, BACKGROUND_SD)], "row"):
        yield power(units, D_PRIME, background_sd, simulations=simulations, permutations=permutations, threads=threads)
