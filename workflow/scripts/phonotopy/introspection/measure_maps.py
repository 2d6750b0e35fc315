"""Whether measures of units are mapped: Moran's I of each, and how reliable its map is."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.core.inventory import MEAN
from phonotopy.inference.evidence import RESULT, compared
from phonotopy.introspection.measures import Measure
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i, morans_i_null

__all__ = ["MEASURED", "TABLE", "map_rows"]

Floats = NDArray[np.float64]
Row = dict[str, object]
FEWEST = 9  # units with a value
MEASURED = {  # columns that the table of all trainings has, too
    **shared("layer"),
    "units": Column("count", "with a value"),
    "median": Column("as the measure", "over these units; in rows `mean` the mean over labels"),
    "morans_i": Column("", "Moran's I of the measure, weights as in `mapping.contiguity`"),
    **shared("null_mean", "null_sd"),
    "p": Column("", f"{shared('p')['p'].meaning}; two-sided, against permuted positions of units"),
    "q": Column(
        "fraction",
        "p after Benjamini and Hochberg over the labels of a measure in a layer; of rows `mean` and of measures "
        "without labels over the layers",
    ),
    "reliability": Column(
        "",
        "correlation over units of the maps that the two halves of the speakers give; Moran's I sinks with noise, so "
        "that measures of unlike reliability are not comparable in it",
    ),
}
TABLE = Table(
    "measure_maps.tsv",
    rows="one row per layer, measure and label",
    columns={
        "measure": Column("", "name of a measure, see the tables `*_measures.tsv`"),
        "label": Column("", "the phone or property that it is about, `mean` over these, or empty"),
        **MEASURED,
        "p_family": RESULT["p_family"],
        **shared("permutations", "null_seed"),
        "status": Column("", f"`ok`, or `not testable`: under {FEWEST} units with a value, or all values alike"),
    },
)


def map_rows(
    measures: Sequence[Measure], grid: Grid, contiguity: Contiguity, *, permutations: int, key: int
) -> Iterator[Row]:
    """Rows of a layer, without its number, seed and q between layers; values in the order of positions.

    A unit belongs to the map of a measure where it has a value for every label that has any.
    """
    for name, group in groupby(sorted(measures, key=lambda one: one.name), key=lambda one: one.name):
        yield from _family(name, list(group), grid, contiguity, permutations, key)


def _family(
    name: str, measures: list[Measure], grid: Grid, contiguity: Contiguity, permutations: int, key: int
) -> Iterator[Row]:
    values = np.stack([one.value for one in measures], axis=1)
    some = np.isfinite(values).any(axis=0)
    live = np.asarray(np.isfinite(values[:, some]).all(axis=1) & bool(some.any()))
    lattice = Lattice.of(grid, contiguity, live)
    known = values[live]
    varied = some & (np.ptp(known, axis=0) > 0) if live.any() else np.zeros(len(measures), dtype=bool)
    testable = lattice.units >= FEWEST and len(lattice.pairs) > 0 and varied.any()
    for index, one in enumerate(measures):
        if not (testable and varied[index]):
            yield _row(name, one.label, lattice.units, known[:, index]) | {"status": "not testable"}
    if not testable:
        return
    tested = [one for one, kept in zip(measures, varied, strict=True) if kept]
    maps = known[:, varied]
    null = morans_i_null(maps, lattice, permutations=permutations, key=key)
    found = compared([one.label for one in tested], morans_i(maps, lattice), null, "two-sided", {})
    by_label = {str(row["phone"]): row for row in found}
    halves = [_reliability(one, live) for one in tested]
    for one, column, reliability in zip(tested, maps.T, halves, strict=True):
        yield _row(name, one.label, lattice.units, column) | _test(by_label[one.label]) | {"reliability": reliability}
    if len(measures) > 1:
        middle = float(np.mean(np.median(maps, axis=0)))
        mean = {"median": middle, "reliability": float(np.mean(halves))}
        yield _row(name, MEAN, lattice.units, maps[:, 0]) | _test(by_label[MEAN]) | mean


def _row(name: str, label: str, units: int, values: Floats) -> Row:
    median = float(np.median(values)) if len(values) and np.isfinite(values).all() else None
    return {
        **dict.fromkeys(TABLE.columns),
        "measure": name,
        "label": label,
        "units": units,
        "median": median,
        "status": "ok",
    }


def _test(row: Row) -> Row:
    same = ("null_mean", "null_sd", "p", "p_family", "q", "permutations")
    return {"morans_i": row["observed"], **{name: row[name] for name in same}}


def _reliability(measure: Measure, live: NDArray[np.bool_]) -> float:
    """Correlation of the maps of both halves over live units that have both; NaN where there is none."""
    first, second = measure.halves[:, live & np.isfinite(measure.halves).all(axis=0)]
    if len(first) < FEWEST or not np.ptp(first) or not np.ptp(second):
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
