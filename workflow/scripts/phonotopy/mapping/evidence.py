"""Rows that set an observed statistic against its null."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from phonotopy.grid import Contiguity, Grid
from phonotopy.mapping import families
from phonotopy.mapping.autocorrelation import autocorrelation_null, gearys_c, morans_i
from phonotopy.mapping.labels import LabelNull
from phonotopy.mapping.lattice import Lattice
from phonotopy.mapping.maps import Maps
from phonotopy.mapping.permutation import Alternative, adjust, family_p_value, p_value
from phonotopy.mapping.regions import regions, regions_null
from phonotopy.phones import MEAN

__all__ = ["AUTOCORRELATION", "REGIONS", "adjusted", "autocorrelation_rows", "compared", "region_rows"]

Floats = NDArray[np.float64]
Row = dict[str, object]
RESULT = (
    "observed",
    "null",
    "null_mean",
    "null_sd",
    "permutations",
    "alternative",
    "null_seed",
    "p",
    "p_family",
    "q",
)
AUTOCORRELATION = ("layer", "phone", "statistic", "weights", *RESULT)
REGIONS = ("layer", "phone", "statistic", *RESULT)
REGION_ALTERNATIVES: Mapping[str, Alternative] = {
    "regions": "two-sided",
    "largest_region": "greater",
    "responsive_share": "greater",
}


def compared(
    names: Sequence[str], observed: Floats, null: Floats, alternative: Alternative, description: Mapping[str, object]
) -> Iterator[Row]:
    """One row a name, with p_family and q over all of them, and one for their mean, where both are empty.

    `observed` ``(names,)``, `null` ``(permutations, names)``. The mean leaves out what is NaN; since every permutation
    is shared by all names, its null keeps their dependence. `description` gives the other columns.
    """
    valid = np.isfinite(observed)
    wide = np.append(observed, observed[valid].mean() if valid.any() else np.nan)
    values = np.column_stack([null, null[:, valid].mean(axis=1) if valid.any() else np.full(len(null), np.nan)])
    p = p_value(wide, values, alternative)
    mean, sd = values.mean(axis=0), values.std(axis=0, ddof=1)
    q = np.append(adjust(p[:-1]), np.nan)
    p_family = np.append(family_p_value(observed, null, alternative, axis=0), np.nan)
    for place, name in enumerate([*names, MEAN]):
        known = np.isfinite(wide[place])
        yield {
            **description,
            "phone": name,
            "observed": wide[place],
            "null_mean": mean[place] if known else np.nan,
            "null_sd": sd[place] if known else np.nan,
            "permutations": len(null),
            "alternative": alternative,
            "p": p[place],
            "p_family": p_family[place],
            "q": q[place],
        }


def adjusted(rows: Iterable[Row], *family: str) -> list[Row]:
    """The rows, where q of each mean is taken over the means that agree in the columns `family`."""
    result = list(rows)
    families.adjusted((row for row in result if row["phone"] == MEAN), *family)
    return result


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
            yield from compared(maps.phones, values, null, "two-sided", positions)
        description = {**identity, "statistic": "morans_i", "weights": weights}
        yield from _against_labels(maps.phones, labels, f"morans_i_{weights}", "greater", description)


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
    """
    lattice, responsive = Lattice.of(grid, "queen", maps.live), maps.responsive[maps.live]
    observed = regions(responsive, lattice)
    null = regions_null(responsive, lattice, permutations=permutations, key=key, threads=threads)
    for statistic, alternative in REGION_ALTERNATIVES.items():
        description = {**identity, "statistic": statistic}
        if statistic != "responsive_share":
            name = {"regions": "number", "largest_region": "largest"}[statistic]
            values = np.where(maps.usable & maps.live.any(), getattr(observed, name), np.nan)
            positions = {**description, "null": "positions"}
            yield from compared(maps.phones, values, getattr(null, name), alternative, positions)
        yield from _against_labels(maps.phones, labels, statistic, alternative, description)


def _against_labels(
    phones: Sequence[str],
    labels: LabelNull,
    statistic: str,
    alternative: Alternative,
    description: Mapping[str, object],
) -> Iterator[Row]:
    """The first row of a label null is the observation."""
    values = np.full((len(labels.statistics[statistic]), len(phones)), np.nan)
    values[:, [phones.index(phone) for phone in labels.phones]] = labels.statistics[statistic]
    yield from compared(phones, values[0], values[1:], alternative, {**description, "null": "labels"})
