"""How often a planted patch is found."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table
from phonotopy.core.grid import Grid
from phonotopy.core.seeds import key, stream
from phonotopy.spatial.clusters import cluster_test
from phonotopy.spatial.components import jaccard

__all__ = ["TABLE", "curve", "planted", "power"]

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
            "of them with a cluster whose p is at most .05 and that shares half of its units with the patch (Jaccard "
            "index)",
        ),
    },
)
LEVEL, OVERLAP = 0.05, 0.5
UNITS, D_PRIME, BACKGROUND_SD = (4, 9, 16, 25), 0.5, (0.15, 0.25, 0.35, 0.5)


def planted(grid: Grid, units: int, centre: int) -> NDArray[np.bool_]:
    """The `units` positions nearest to the unit `centre`, itself among them: 9 inner ones are a square of 3 by 3."""
    members = np.zeros(grid.units, dtype=bool)
    members[np.argsort(grid.distances[centre], kind="stable")[:units]] = True
    return members


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
    default. Found is a cluster with p of at most .05 that shares half of its units with the patch (Jaccard index).
    """
    grid = grid or Grid(16, 16)

    def found(index: int) -> bool:
        random = stream("power", units, str(d_prime), str(background_sd), index)
        patch = planted(grid, units, int(random.integers(grid.units)))
        values = background_sd * random.normal(size=grid.units) + d_prime * patch
        clusters = cluster_test(values[:, None], grid, permutations=permutations, key=key("power", index))
        hits = (jaccard(np.isin(np.arange(grid.units), one.units), patch) for one in clusters if one.p <= LEVEL)
        return any(overlap >= OVERLAP for overlap in hits)

    with ThreadPoolExecutor(threads) as pool:
        share = sum(pool.map(found, range(simulations))) / simulations
    cells = ("cluster_mass", units, d_prime, background_sd, simulations, share)
    return dict(zip(TABLE.columns, cells, strict=True))


def curve(*, simulations: int, permutations: int, threads: int = 1) -> Iterator[dict[str, object]]:
    """Power over the size of the patch and the background, for patches that just meet the default for responsive."""
    for units in UNITS:
        for background_sd in BACKGROUND_SD:
            yield power(
                units, D_PRIME, background_sd, simulations=simulations, permutations=permutations, threads=threads
            )
