"""Tables of several trainings side by side."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phonotopy.core.errors import InputError
from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import integer, number, read_table

__all__ = ["STATISTIC_COLUMNS", "Row", "Training", "TrainingTables", "mean_rows", "read_trainings", "seeds_of"]

Row = dict[str, Any]
STATISTIC_COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "phone": str,
    "statistic": str,
    "observed": number,
    "null": str,
    "null_mean": number,
    "null_sd": number,
    "permutations": integer,
    "p": number,
    "p_family": number,
    "q": number,
}


@dataclass(frozen=True, order=True)
class Training:
    """One training: the name of its condition and its seed."""

    condition: str
    seed: int


TrainingTables = Mapping[Training, Sequence[Row]]


def read_trainings(
    paths: Iterable[str | Path],
    trainings: Iterable[tuple[str, int]],
    columns: Mapping[str, Callable[[str], Any]] = STATISTIC_COLUMNS,
) -> dict[Training, list[Row]]:
    """Read the tables at `paths`, one per (condition, seed) in the same order; ValueError where one is left."""
    named = zip(trainings, paths, strict=True)
    return {Training(condition, int(seed)): read_table(path, columns) for (condition, seed), path in named}


def seeds_of(trainings: Iterable[Training]) -> tuple[int, ...]:
    """Seeds in ascending order, each once."""
    return tuple(sorted({training.seed for training in trainings}))


def mean_rows(rows: Sequence[Row], statistic: str, null: str, **other: str) -> list[Row]:
    """Rows of the mean over phones, by layer; InputError where the table has none."""
    wanted = {"phone": MEAN, "statistic": statistic, "null": null, **other}
    found = [row for row in rows if all(row[column] == value for column, value in wanted.items())]
    if not found:
        criteria = ", ".join(f"{column} = {value}" for column, value in wanted.items())
        raise InputError("the table of a figure", f"no row with {criteria}", "one per layer", "make the table again")
    return sorted(found, key=lambda row: int(row["layer"]))
