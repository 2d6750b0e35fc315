"""Moran's I and Geary's C of every map, against permuted positions and shifted labels."""

from collections.abc import Iterator, Mapping
from typing import get_args

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.inference.evidence import RESULT, Row, against_labels, compared, counted
from phonotopy.inference.label_null import LabelNull
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import autocorrelation_null, gearys_c, morans_i
from phonotopy.spatial.phone_maps import Maps

__all__ = ["TABLE", "autocorrelation_rows"]

TABLE = Table(
    "autocorrelation.tsv",
    rows="one row per layer, phone, statistic, neighbourhood and null",
    columns={
        **shared("layer"),
        "phone": Column("", "a phone, or `mean` for the mean over usable phones"),
        "statistic": Column("", "`morans_i`, or `gearys_c` (null `positions` only)"),
        **shared("weights"),
        **RESULT,
    },
)


def autocorrelation_rows(
    identity: Mapping[str, object],
    maps: Maps,
    grid: Grid,
    labels: LabelNull,
    *,
    permutations: int,
    key: int,
    threads: int = 1,
) -> Iterator[Row]:
    """Moran's I and Geary's C of each phone's map and their means against positions (two-sided), I against labels too.

    `identity` gives the columns `layer` and `null_seed`; against labels, p is one-sided (greater).
    """
    live = maps.d_prime[maps.live]
    for weights in get_args(Contiguity):
        lattice = Lattice.of(grid, weights, maps.live)
        nulls = autocorrelation_null(live, lattice, permutations=permutations, key=key, threads=threads)
        observed = {"morans_i": morans_i(live, lattice), "gearys_c": gearys_c(live, lattice)}
        for (statistic, values), null in zip(observed.items(), nulls, strict=True):
            positions = {**identity, "statistic": statistic, "weights": weights, "null": "positions"}
            yield from counted(compared(maps.phones, values, null, "two-sided", positions), maps.tokens)
        description = {**identity, "statistic": "morans_i", "weights": weights}
        yield from against_labels(maps.phones, labels, f"morans_i_{weights}", "greater", description)
