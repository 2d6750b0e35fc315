"""The tables of lesions, in files."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from phonotopy.core import steps
from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import write_table
from phonotopy.inference.families import adjusted
from phonotopy.introspection.lesions.lesions import LESION_MAP, LESIONS, TESTS, Lesions
from phonotopy.introspection.measures import Measure, write_measures
from phonotopy.introspection.subject import Subject

__all__ = ["write_lesions"]


def write_lesions(
    paths: Sequence[str | Path], subject: Subject, layers: Iterable[tuple[int, Lesions]], *, draws: int, seed: int
) -> None:
    """Write lesion_map.tsv, lesions.tsv, lesion_tests.tsv and lesions_measures.tsv, in this order of `paths`."""
    mapped: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    tests: list[dict[str, Any]] = []
    measures: dict[int, list[Measure]] = {}
    for layer, one in layers:
        mapped += [row | {"layer": layer} for row in one.map_rows()]
        rows += [row | {"layer": layer} for row in one.rows()]
        tests += [row | {"layer": layer, "null_seed": seed} for row in one.tests(draws)]
        measures[layer] = one.measures()
        steps.log("layer", layer, max(subject.layers), "lesions done")
    adjusted((row for row in tests if row["phone"] == MEAN), "outcome", "null")
    for path, table, found in zip(paths[:3], (LESION_MAP, LESIONS, TESTS), (mapped, rows, tests), strict=True):
        write_table(path, table.columns, found)
    write_measures(paths[3], measures, subject.positions)
