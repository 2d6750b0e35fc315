"""All ways to get a map beside each other: every measure with its spread over seeds, and its difference by seed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.comparisons.conditions import ENOUGH, paired
from phonotopy.comparisons.maps import front
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.seeds import key
from phonotopy.core.tables import boolean, number, read_table
from phonotopy.inference.bootstrap import draws, interval
from phonotopy.inference.families import adjusted

__all__ = ["ALL", "MEASURES", "ORIGIN", "RATES", "TABLE", "Grids", "comparison", "read_grids_of", "read_maps_table"]

Floats = NDArray[np.float64]
Row = dict[str, Any]
Grids = Mapping[tuple[str, int, int], tuple[int, int]]  # rows and columns by condition, seed and layer
Columns = Mapping[str, Callable[[str], Any]]
ALL = "all"  # hidden layers, of which a measure is the mean
RATES = ("letter_error_rate_dev", "letter_error_rate")
RANK = "response_rank"
ORIGIN = "as its origin"  # status of what positions do not change
MEASURES = {  # of layers, and what they are
    "morans_i": "mean Moran's I of d′ over phones",
    "label_shift_excess": "the same minus its mean under label shifts",
    "response_morans_i": "Moran's I of the responses",
    RANK: "effective rank of the responses without the mean of each frame, as in `response_autocorrelation.tsv`",
    "effective_rank_share": "effective rank of the responses, as a share of the control's",
    "limit_share": "response_rank as a share of the largest that this response_morans_i leaves",
    "trustworthiness": "whether neighbours are the units that respond most alike",
    "far_correlation": "mean correlation of the responses of units 3 to 6 grid steps apart",
    "agreement": "correlation of d′ maps of two seeds; seeds share pairs, so that there is no interval and no test",
}
UNMOVED = (*RATES, RANK, "effective_rank_share")  # that do not depend on positions
DEPENDENT = ("agreement",)  # whose values of two seeds are no two observations
COMPARED = (  # columns of a difference, but its status
    *("reference", "pairs", "difference", "difference_low", "difference_high", "null", "permutations", "alternative"),
    *("null_seed", "p", "q", "margin", "p_equivalence"),
)
UNTESTED: Row = {"permutations": 0, "p": None, "q": None, "p_equivalence": None}
TABLE = Table(
    "comparison.tsv",
    rows="one row per condition, measure and layer",
    columns={
        **shared("corpus", "condition"),
        "kind": Column("", "`objective`, `layout`, `checkpoint` or `responses`: where its maps come from"),
        "method": Column("", "the objective, with the shape of its kernel, or the layout; empty for files of your own"),
        "origin": Column("", "the condition whose responses it has: its own name, but for layouts"),
        "measure": Column(
            "",
            "`letter_error_rate_dev`, `letter_error_rate`: character error rates of dev and of test speakers; "
            + "; ".join(f"`{name}`: {meaning}" for name, meaning in MEASURES.items()),
        ),
        "layer": Column("", "number of the hidden layer; `all`: mean over hidden layers; empty for error rates"),
        "seeds": Column("count", "trainings that have a value"),
        "mean": Column("as the measure", "over seeds"),
        "sd": Column("as the measure", "standard deviation over seeds; empty under two"),
        "low": Column("as the measure", "lower end of the 95 % bootstrap interval of mean over seeds"),
        "high": Column("as the measure", "upper end of the same; both are empty under six seeds"),
        "reference": Column("", "the condition that it is compared with; empty without one, and for itself"),
        "pairs": Column("count", "seeds that both were trained with, on grids of one size"),
        "difference": Column("as the measure", "mean over pairs, condition minus reference"),
        "difference_low": Column("as the measure", "lower end of its 95 % bootstrap interval over pairs"),
        "difference_high": Column("as the measure", "upper end of the same"),
        "null": Column("", "`sign-flip`: flips of the signs of pairs, all of them for up to 16"),
        "permutations": Column("count", "flips"),
        **shared("alternative", "null_seed"),
        "p": Column("", "of the difference"),
        "q": Column(
            "fraction",
            "p after Benjamini and Hochberg over conditions, and over layers where the row is about one; a family per "
            "measure, and one of its means over layers",
        ),
        "margin": Column("fraction", "`mapping.equivalence_margin`, for character error rates"),
        "p_equivalence": Column(
            "", "of two one-sided tests; small where the difference is shown to lie within the margin"
        ),
        "front": Column(
            "",
            "as in `maps.tsv`: `true` where no other condition is better in errors of test speakers, Moran's I of d′ "
            "and effective rank together; of this layer, or by means over all",
        ),
        "status": Column(
            "",
            "`ok`; `not testable` with under six pairs; `reference`; `as its origin`: of a layout, what positions do "
            "not change, which is tested in the row of what it lays out",
        ),
    },
    note="Such a row speaks of trainings, not of speakers. Seconds are no part of it, since two runs of the same "
    "settings take unlike times: they are in `benchmarks/`.",
)


class Values(NamedTuple):
    """A measure of a condition, in a layer, in `ALL` or (None) of recognition: a value for each seed."""

    condition: str
    measure: str
    layer: int | str | None
    by_seed: Mapping[int, float]


def _front(cell: str) -> bool | None:
    return boolean(cell) if cell else None


def read_maps_table(path: str | Path) -> list[Row]:
    """Rows of ``maps.tsv``, and `response_rank` beside what it has."""
    measured = (*RATES, *(name for name in MEASURES if name != RANK), "effective_rank", "limit_rank")
    columns: Columns = {"seed": int, "layer": int, "front": _front, **dict.fromkeys(measured, number)}
    rows = read_table(path, columns)
    return [row | {RANK: row["limit_share"] * row["limit_rank"]} for row in rows]


def read_grids_of(path: str | Path) -> Grids:
    """Grids of all trainings, from ``topography.tsv``."""
    rows = read_table(path, dict.fromkeys(("seed", "layer", "rows", "columns"), int))
    return {(row["condition"], row["seed"], row["layer"]): (row["rows"], row["columns"]) for row in rows}


def comparison(
    corpus: str,
    maps: list[Row],
    grids: Grids,
    ways: Mapping[str, tuple[str, str]],
    origins: Mapping[str, str],
    reference: str | None,
    *,
    margin: float,
    bootstraps: int,
    seed: int,
) -> list[Row]:
    """Every measure of every condition, and its difference from the `reference`, paired by seed.

    `maps` are rows of maps.tsv, `ways` says kind and method of each condition, `origins` which one has its responses.
    Pairs are of layers on grids of one size; a mean over layers needs that of all. `margin` is of character error
    rates.
    """
    found = {one[:3]: one for one in _values(maps)}
    conditions, fronts = {one.condition for one in found.values()}, _fronts(maps)
    rows = []
    for one in found.values():
        other = found.get((str(reference), one.measure, one.layer))
        kind, method = ways[one.condition]
        origin = origins[one.condition]
        row: Row = {"corpus": corpus, "condition": one.condition, "kind": kind, "method": method, "origin": origin}
        row |= {"measure": one.measure, "layer": one.layer, **_spread(one, bootstraps, seed)}
        row |= _difference(one, other, grids, margin if one.measure in RATES else None, bootstraps, seed)
        if one.measure in UNMOVED and origin in conditions - {one.condition} and row["status"] == "ok":
            row |= UNTESTED | {"status": ORIGIN}
        rows.append(row | {"front": fronts[one.layer or ALL].get(one.condition)})
    for of_layer in (True, False):
        adjusted([row for row in rows if isinstance(row["layer"], int) == of_layer], "measure")
    return [{name: row[name] for name in TABLE.columns} for row in rows]


def _values(maps: list[Row]) -> Iterator[Values]:
    """Every measure of every condition: error rates, then layer by layer and the mean over layers."""
    for condition in dict.fromkeys(row["condition"] for row in maps):
        own = [row for row in maps if row["condition"] == condition]
        layers = sorted({row["layer"] for row in own})
        for rate in RATES:
            yield Values(condition, rate, None, {row["seed"]: row[rate] for row in own})
        for measure in MEASURES:
            for layer in layers:
                yield Values(condition, measure, layer, {r["seed"]: r[measure] for r in own if r["layer"] == layer})
            seeds = dict.fromkeys(row["seed"] for row in own)
            means = {s: float(np.mean([row[measure] for row in own if row["seed"] == s])) for s in seeds}
            yield Values(condition, measure, ALL, means)


def _fronts(maps: list[Row]) -> dict[int | str, Mapping[str, bool | None]]:
    """Conditions that are on the front of a layer, as maps.tsv says, and by means over layers."""
    found: dict[int | str, Mapping[str, bool | None]] = {ALL: front(maps)}
    for layer in dict.fromkeys(row["layer"] for row in maps):
        found[layer] = {row["condition"]: row["front"] for row in maps if row["layer"] == layer}
    return found


def _spread(one: Values, bootstraps: int, seed: int) -> Row:
    values = _known(one.by_seed.values())
    n = len(values)
    low, high = None, None
    if n >= ENOUGH and one.measure not in DEPENDENT:
        low, high = map(float, interval(draws(n, bootstraps, key("comparison", seed)) @ values / n, n))
    sd = values.std(ddof=1) if n > 1 else None
    return {"seeds": n, "mean": values.mean() if n else None, "sd": sd, "low": low, "high": high}


def _known(values: Iterable[float]) -> Floats:
    found = np.array([*values], dtype=np.float64)
    return found[np.isfinite(found)]


def _difference(
    one: Values, other: Values | None, grids: Grids, margin: float | None, bootstraps: int, seed: int
) -> Row:
    """The columns `COMPARED` and the status."""
    if other is None or other.condition == one.condition:
        status = "not testable" if other is None else "reference"
        return dict.fromkeys(COMPARED) | {"pairs": 0, "permutations": 0, "null_seed": seed, "status": status}
    pairs = [s for s in one.by_seed if s in other.by_seed and _alike(grids, one, other, s)]
    row = paired(_known(one.by_seed[s] - other.by_seed[s] for s in pairs), margin, bootstraps, seed)
    row |= {"reference": other.condition, "difference_low": row["low"], "difference_high": row["high"]}
    if one.measure in DEPENDENT:
        row |= UNTESTED | {"difference_low": None, "difference_high": None, "status": "not testable"}
    return {name: row[name] for name in (*COMPARED, "status")}


def _alike(grids: Grids, one: Values, other: Values, seed: int) -> bool:
    """Whether two trainings have grids of one size: of a layer, or of all; those of recognition do not matter."""
    if one.layer is None:
        return True
    mine, theirs = (
        {layer: size for (name, s, layer), size in grids.items() if (name, s) == (who.condition, seed)}
        for who in (one, other)
    )
    return mine == theirs if one.layer == ALL else mine.get(int(one.layer)) == theirs.get(int(one.layer))
