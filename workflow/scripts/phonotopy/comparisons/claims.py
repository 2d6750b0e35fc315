"""What may be claimed: each claim with its effect, its null, and whether it holds in all trainings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from phonotopy.comparisons.beyond_layouts import CLAIM as BEYOND_LAYOUTS
from phonotopy.comparisons.beyond_layouts import beyond_layouts
from phonotopy.core.columns import Column, Table, shared
from phonotopy.encoding.rungs import ALL, LADDER, NEIGHBOURS
from phonotopy.inference.families import adjusted

__all__ = ["CLAIMS", "COLUMNS", "TABLE", "claims"]

Row = dict[str, Any]
CLAIMS: Mapping[str, str] = {
    "order": "neighbouring units respond alike, more than at permuted positions",
    "sound": "what neighbours have in common follows the sound",
    "speech": "it follows phones, more than shifted labels; rests on order",
    "beyond manner": "it follows phones beyond their manner; rests on speech",
    "beyond clusters": "phones account for more of it than as many clusters of sound of equal sizes; rests on speech",
    "beyond sound": "it follows phones beyond what their sound predicts, and units do so more than those of a random "
    "network; rests on beyond manner",
    "smooth maps": "maps of phones (d′) are smoother than those of shifted labels (Moran's I)",
    "regions": "the largest region of a phone exceeds that of shifted labels with as many units",
    BEYOND_LAYOUTS: "maps are smoother than those of the reference's units at positions decided after training, by the "
    "layout that is smoothest in the layer; over seeds, six at least",
    "agreement": "maps of two seeds agree more than smooth surrogates",
    "rank": "effective rank of responses, as a share of the reference's; not tested",
    "character errors": "more characters are wrong than by the reference, over test speakers",
    "word errors": "more words are wrong than by the reference, over test speakers",
}
TABLE = Table(
    "claims.tsv",
    rows="one row per claim, condition and layer",
    columns={
        "claim": Column("", "; ".join(f"`{name}`: {meaning}" for name, meaning in CLAIMS.items())),
        **shared("corpus", "condition"),
        "layer": Column("", "number of the hidden layer; empty for recognition"),
        "seeds": Column("", "trainings that the row is about, of agreement a pair"),
        "effect": Column(
            "",
            "mean over seeds: of the ladder the share of neighbours (`ladder.tsv`), else Moran's I, units, "
            "difference of Moran's I, map correlation, share of the rank, or difference of error rates",
        ),
        "null": Column("", "mean over seeds of what the null, or the layout, that is named by the claim gives"),
        "p": Column(
            "",
            "the largest over seeds, and over all nulls of the claim and of those on which it rests: small only where "
            "every one of them is rejected in every training",
        ),
        "q": Column(
            "fraction", "the same of q, which is over the layers of a training (over trainings for recognition)"
        ),
        "phones": Column("count", "fewest over seeds: phones beyond all nulls of labels of the claim (p_family < .05)"),
        "of_phones": Column("count", "phones that were tested"),
        "holds": Column("", "`yes` where q is below `mapping.false_discovery_rate`, `no`, or `not testable`"),
    },
    note="All sentences of the answer take their numbers from this table. It speaks of these trainings, not of others: "
    "`yes` means that the claim was tested in every one of them.",
)
COLUMNS: Mapping[str, Sequence[str]] = {  # numbers that are read of each table
    "ladder": ("layer", "observed", "null_mean", "p", "p_family", "q"),
    "topography": (
        *(
            "seed",
            "layer",
            "rows",
            "columns",
            "phones",
            "morans_i_mean",
            "label_shift_null_mean",
            "label_shift_p",
            "label_shift_q",
        ),
        *("phones_beyond_labels", "largest_region", "largest_region_label_shift_null_mean"),
        *("largest_region_label_shift_p", "effective_rank_share"),
    ),
    "agreement": ("layer", "observed", "null_mean", "p", "q"),
    "compared_recognition": ("seed", "difference", "p", "q"),
}


def claims(
    corpus: str, tables: Mapping[str, Any], reference: str | None, layouts: Sequence[str], rate: float, seed: int
) -> Iterator[Row]:
    """Rows from `tables`: the ladder of each training by (condition, seed), and rows of the others named in `COLUMNS`.

    `layouts` are the conditions that lay the reference out. A claim holds where its largest q is below `rate`.
    """
    found = [
        *_ladder(tables["ladder"]),
        *_maps(tables["topography"], reference),
        *(beyond_layouts(tables["topography"], reference, layouts, seed) if reference else []),
        *_agreement(tables["agreement"]),
        *_recognition(tables["compared_recognition"]),
    ]
    for row in found:
        q = row["q"]
        holds = "not testable" if q is None or not np.isfinite(q) else "yes" if q < rate else "no"
        yield {name: ({"corpus": corpus} | row | {"holds": holds})[name] for name in TABLE.columns}


def _ladder(ladders: Mapping[tuple[str, int], Sequence[Row]]) -> Iterator[Row]:
    conditions = dict.fromkeys(condition for condition, _ in ladders)
    for condition in conditions:
        trainings = {seed: rows for (name, seed), rows in ladders.items() if name == condition}
        layers = sorted({row["layer"] for rows in trainings.values() for row in rows})
        for layer in layers:
            here = {seed: [row for row in rows if row["layer"] == layer] for seed, rows in trainings.items()}
            for name in LADDER:
                yield _over_seeds(name, condition, layer, {seed: _rung(name, rows) for seed, rows in here.items()})


def _rung(name: str, rows: Sequence[Row]) -> Row:
    """What one layer of one training says of a claim, with the claims on which it rests."""
    rung = LADDER[name]
    about = [row for row in rows if row["labelling"] == rung.labelling]
    together = {(row["statistic"], row["null"]): row for row in about if row["phone"] == ALL}
    tests = [together.get(test, {"p": np.nan, "q": np.nan}) for test in rung.tests]
    below = [_rung(rung.rests_on, rows)] if rung.rests_on else []
    first = together.get((NEIGHBOURS, rung.null), {"observed": np.nan, "null_mean": np.nan})
    phones = rung.phones(rows)
    return {
        "effect": first["observed"],
        "null": first["null_mean"],
        "p": _largest(one["p"] for one in [*tests, *below]),
        "q": _largest(one["q"] for one in [*tests, *below]),
        "phones": sum(phones) if phones else None,
        "of_phones": len(phones) or None,
    }


def _over_seeds(name: str, condition: str, layer: int | None, trainings: Mapping[Any, Row]) -> Row:
    """Mean effects, the largest p and q, the fewest phones."""
    rows = list(trainings.values())
    counts = [row["phones"] for row in rows if row.get("phones") is not None]
    tested = [row["of_phones"] for row in rows if row.get("of_phones") is not None]
    identity = {"claim": name, "condition": condition, "layer": layer, "seeds": " ".join(map(str, trainings))}
    means = {column: float(np.mean([row[column] for row in rows])) for column in ("effect", "null")}
    largest = {column: _largest(row[column] for row in rows) for column in ("p", "q")}
    return {**identity, **means, **largest, "phones": min(counts, default=None), "of_phones": min(tested, default=None)}


def _largest(values: Iterable[float | None]) -> float:
    """The largest; NaN where any is missing."""
    found = [np.nan if value is None else value for value in values]
    return float(np.max(found)) if found else float("nan")


def _maps(topography: Sequence[Row], reference: str | None) -> Iterator[Row]:
    """Claims about maps of d′ and about rank, from rows of topography.tsv."""
    regions = [{**row, "p": row["largest_region_label_shift_p"]} for row in topography]
    q = [row["q"] for row in adjusted(regions, "condition", "seed")]
    by_layer: dict[tuple[str, int], list[tuple[Row, float]]] = {}
    for row, own in zip(topography, q, strict=True):
        by_layer.setdefault((row["condition"], row["layer"]), []).append((row, own))
    for (condition, layer), rows in by_layer.items():
        yield _over_seeds("smooth maps", condition, layer, {row["seed"]: _smooth(row) for row, _ in rows})
        yield _over_seeds("regions", condition, layer, {row["seed"]: _regions(row, own) for row, own in rows})
        if reference and condition != reference:
            yield _over_seeds("rank", condition, layer, {row["seed"]: _rank(row) for row, _ in rows})


def _smooth(row: Row) -> Row:
    values = {"effect": row["morans_i_mean"], "null": row["label_shift_null_mean"]}
    beyond = row["phones_beyond_labels"]
    counts = {"phones": int(beyond) if np.isfinite(beyond) else None, "of_phones": int(row["phones"])}
    return {**values, "p": row["label_shift_p"], "q": row["label_shift_q"], **counts}


def _regions(row: Row, q: float) -> Row:
    effect, null = row["largest_region"], row["largest_region_label_shift_null_mean"]
    return {"effect": effect, "null": null, "p": row["largest_region_label_shift_p"], "q": q}


def _rank(row: Row) -> Row:
    return {"effect": row["effective_rank_share"], "null": 1.0, "p": None, "q": None}


def _agreement(rows: Sequence[Row]) -> Iterator[Row]:
    groups: dict[tuple[str, int], dict[str, Row]] = {}
    for row in rows:
        values = {"effect": row["observed"], "null": row["null_mean"], "p": row["p"], "q": row["q"]}
        groups.setdefault((row["condition"], row["layer"]), {})[f"{row['seed_a']}-{row['seed_b']}"] = values
    yield from (_over_seeds("agreement", *group, pairs) for group, pairs in groups.items())


def _recognition(rows: Sequence[Row]) -> Iterator[Row]:
    """Errors on test speakers; a rate that falls is no support, whatever its p."""
    for name, measure in {"character errors": "letter_error_rate", "word errors": "word_error_rate"}.items():
        chosen = [r for r in rows if (r["measure"], r["split"], r["observations"]) == (measure, "test", "speakers")]
        for condition in dict.fromkeys(row["condition"] for row in chosen):
            seeds = {row["seed"]: _errors(row) for row in chosen if row["condition"] == condition}
            yield _over_seeds(name, condition, None, seeds)


def _errors(row: Row) -> Row:
    tested = row["p"] is not None and np.isfinite(row["p"])
    falls = tested and row["difference"] <= 0
    return {"effect": row["difference"], "null": 0.0, **{name: 1.0 if falls else row[name] for name in ("p", "q")}}
