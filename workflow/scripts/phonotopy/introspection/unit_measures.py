"""The table of all measures of units: how each is mapped in every layer of every recogniser."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from phonotopy.core.columns import Column, Table, shared
from phonotopy.introspection.measure_maps import MEASURED
from phonotopy.introspection.measure_maps import TABLE as OF_TRAINING

__all__ = ["TABLE", "unit_measures"]

Row = Mapping[str, Any]
REFUSED = "no recogniser"
TABLE = Table(
    "unit_measures.tsv",
    rows="one row per training, measure, label and layer",
    columns={
        **shared("corpus", "condition", "seed"),
        **{name: OF_TRAINING.columns[name] for name in ("measure", "label")},
        **MEASURED,
        "status": Column(
            "",
            f"{OF_TRAINING.columns['status'].meaning}; `{REFUSED}` in the one row of a condition of which there are "
            "responses alone: methods need weights",
        ),
    },
)


def unit_measures(
    corpus: str, trainings: Iterable[tuple[str, int, Sequence[Row]]], without: Iterable[tuple[str, int]]
) -> Iterator[dict[str, Any]]:
    """Rows of all trainings (condition, seed, rows of its measure_maps.tsv), then those `without` a recogniser."""
    for condition, seed, rows in trainings:
        for row in rows:
            own = {name: row[name] for name in TABLE.columns if name in row}
            yield {"corpus": corpus, "condition": condition, "seed": seed, **own}
    for condition, seed in without:
        given = {"corpus": corpus, "condition": condition, "seed": seed, "status": REFUSED}
        yield {**dict.fromkeys(TABLE.columns), **given}
