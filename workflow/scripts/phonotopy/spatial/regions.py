"""Regions of responsive units in every map, against permuted positions and shifted labels."""

from collections.abc import Iterator, Mapping

import numpy as np

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.inference.evidence import RESULT, Row, against_labels, compared, counted
from phonotopy.inference.label_null import LabelNull
from phonotopy.inference.permutation import Alternative
from phonotopy.spatial.components import measures, measures_null
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps

__all__ = ["TABLE", "region_rows"]

TABLE = Table(
    "regions.tsv",
    rows="one row per layer, phone, statistic and null",
    columns={
        **shared("layer"),
        "phone": Column("", "a phone, or `mean` for the mean over usable phones"),
        "statistic": Column(
            "",
            "`regions` (number of components of the responsive units, corners touch), `largest_region` (units in the "
            "largest) or `responsive_share` (fraction of live units; null `labels` only)",
        ),
        **RESULT,
    },
    note="Under shifted labels hardly a unit responds, and regions of so few would be small however the grid is "
    "ordered. The regions of a shift are therefore made of as many units as respond under the true labels, those of "
    "greatest d′: what is compared is how they lie, not how many they are. How many respond is `responsive_share`.",
)
ALTERNATIVES: Mapping[str, Alternative] = {
    "regions": "two-sided",
    "largest_region": "greater",
    "responsive_share": "greater",
}


def region_rows(
    identity: Mapping[str, object],
    maps: Maps,
    grid: Grid,
    labels: LabelNull,
    *,
    permutations: int,
    key: int,
    threads: int = 1,
) -> Iterator[Row]:
    """Regions of responsive units against positions and labels; `identity` as for autocorrelation.

    `regions` is their number (two-sided), `largest_region` its units and `responsive_share` the share of live units
    that are responsive (both greater); permuted positions leave the share as it is, so that labels alone are its null.
    Regions under shifted labels have as many units as the observed ones, see `label_shift`.
    """
    lattice, responsive = Lattice.of(grid, "queen", maps.live), maps.responsive[maps.live]
    observed = measures(responsive, lattice)
    null = measures_null(responsive, lattice, permutations=permutations, key=key, threads=threads)
    for statistic, alternative in ALTERNATIVES.items():
        description = {**identity, "statistic": statistic}
        if statistic != "responsive_share":
            name = {"regions": "number", "largest_region": "largest"}[statistic]
            values = np.where(maps.usable & maps.live.any(), getattr(observed, name), np.nan)
            positions = {**description, "null": "positions"}
            yield from counted(compared(maps.phones, values, getattr(null, name), alternative, positions), maps.tokens)
        yield from against_labels(maps.phones, labels, statistic, alternative, description)
