"""Tab-separated tables with a header row; rates are fractions, a missing value is an empty cell."""

import csv
import math
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing

__all__ = [
    "boolean",
    "concatenate",
    "header",
    "integer",
    "number",
    "number_of_rows",
    "read_columns",
    "read_table",
    "write_table",
]

Row = dict[str, Any]


def number(cell: str) -> float:
    """Read a float; an empty cell is NaN."""
    return float(cell) if cell else math.nan


def integer(cell: str) -> int | None:
    """Read an int; an empty cell is None."""
    return int(cell) if cell else None


def boolean(cell: str) -> bool:
    """Read ``true`` or ``false``."""
    return {"true": True, "false": False}[cell]


TEXT: Mapping[type, Callable[[Any], str]] = {
    float: lambda value: "" if math.isnan(value) else f"{value:.9g}",  # so that no bytes depend on the last bit
    str: lambda value: " ".join(value.split()),
    int: str,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "",
}


def _other(value: Any) -> str:
    """Text of what is of none of these types; scalars of NumPy are written as those of Python, the rest as text."""
    value = value.item() if hasattr(value, "item") else value
    return TEXT[type(value)](value) if type(value) in TEXT else TEXT[str](str(value))


def write_table(path: str | Path, columns: Collection[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows, each with exactly the named columns; KeyError or ValueError where one is missing or unknown."""
    with replacing(path) as part, part.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writerow(columns)
        for row in rows:
            if len(row) != len(columns):
                raise ValueError(f"{path}: a row has columns {sorted(row)}, the table {sorted(columns)}")
            writer.writerow([TEXT.get(type(cell := row[column]), _other)(cell) for column in columns])


def concatenate(path: str | Path, tables: Sequence[str | Path]) -> None:
    """Write the rows of some tables one after the other; ValueError where their columns differ."""
    if len({tuple(header(table)) for table in tables}) != 1:
        raise ValueError(f"{path}: no tables, or tables of other columns: {', '.join(map(str, tables))}")
    with replacing(path) as part, part.open("wb") as stream:
        for number_of_table, table in enumerate(tables):
            with Path(table).open("rb") as rows:
                names = rows.readline()
                stream.write(b"" if number_of_table else names)
                shutil.copyfileobj(rows, stream)


def header(path: str | Path) -> list[str]:
    """Names of the columns of a table."""
    with Path(path).open(newline="", encoding="utf-8") as stream:
        return next(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE), [])


def number_of_rows(path: str | Path) -> int:
    """How many rows a table has below its header."""
    with Path(path).open("rb") as stream:
        return max(0, sum(1 for _ in stream) - 1)


def read_table(
    path: str | Path, types: Mapping[str, Callable[[str], Any]] | None = None, *, most: int | None = None
) -> list[Row]:
    """Read rows as dictionaries, the first `most` of them; `types` maps a required column to its parser.

    Other columns stay text. InputError names the line that cannot be read.
    """
    parsers = dict(types or {})
    with Path(path).open(newline="", encoding="utf-8") as stream:
        reader = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(reader, [])
        missing = [column for column in parsers if column not in header]
        if missing:
            raise InputError(str(path), f"columns {header}", f"columns {missing} too", "make the table again")
        return [_row(path, reader.line_num, header, parsers, cells) for cells in islice(reader, most)]


def read_columns(path: str | Path, types: Mapping[str, Callable[[str], Any]]) -> dict[str, NDArray[Any]]:
    """Read the columns that `types` names, each by its parser, and no others: the fast way into a long table."""
    with suppress(ValueError, KeyError):
        cells = _cells(path, list(types))
        return {name: ARRAYS.get(parse, _objects(parse))(cells[:, n]) for n, (name, parse) in enumerate(types.items())}
    found = read_table(path, types)  # says what is wrong, and in which line
    return {name: np.array([row[name] for row in found]) for name in types}


def _cells(path: str | Path, columns: Sequence[str]) -> NDArray[np.str_]:
    """Text of some columns ``(rows, columns)``; ValueError where one is missing, or rows differ in length."""
    names, table = header(path), Path(path).read_bytes()
    lines = table.count(b"\n")
    if lines < 2 or not table.endswith(b"\n") or table.count(b"\t") != lines * (len(names) - 1):
        raise ValueError(f"{path}: no rows, or such of another length")
    places = [names.index(name) for name in columns]
    look: dict[str, Any] = {"delimiter": "\t", "skiprows": 1, "comments": None, "encoding": "utf-8", "ndmin": 2}
    found: NDArray[np.str_] = np.loadtxt(path, dtype=str, usecols=places, **look)
    return found


def _truths(cells: NDArray[np.str_]) -> NDArray[np.bool_]:
    truths: NDArray[np.bool_] = cells == "true"
    if not (truths | (cells == "false")).all():
        raise ValueError("neither true nor false")
    return truths


def _objects(parse: Callable[[str], Any]) -> Callable[[NDArray[np.str_]], NDArray[Any]]:
    return lambda cells: np.array([parse(cell) for cell in cells.tolist()])


ARRAYS: Mapping[Callable[[str], Any], Callable[[NDArray[np.str_]], NDArray[Any]]] = {
    int: lambda cells: cells.astype(np.int64),
    float: lambda cells: cells.astype(np.float64),
    number: lambda cells: np.where(cells == "", "nan", cells).astype(np.float64),
    boolean: _truths,
    str: lambda cells: cells,
}


def _row(
    path: str | Path, line: int, names: Sequence[str], parsers: Mapping[str, Callable[[str], Any]], cells: list[str]
) -> Row:
    if len(cells) != len(names):
        raise InputError(f"{path}, line {line}", f"{len(cells)} cells", f"{len(names)} cells", "make the table again")
    row: Row = dict(zip(names, cells, strict=True))
    try:
        for column, parse in parsers.items():
            row[column] = parse(row[column])
    except (ValueError, KeyError) as error:
        raise InputError(f"{path}, line {line}", f"{error}", "a readable value", "make the table again") from error
    return row
