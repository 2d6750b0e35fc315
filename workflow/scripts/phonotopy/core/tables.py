"""Tab-separated tables with a header row; rates are fractions, a missing value is an empty cell."""

import csv
import math
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

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
        order = [(column, parsers.get(column, str)) for column in header]
        return [_row(path, reader.line_num, order, cells) for cells in islice(reader, most)]


def read_columns(path: str | Path, types: Mapping[str, Callable[[str], Any]]) -> dict[str, list[Any]]:
    """Read the columns that `types` names, each by its parser, and no others: the fast way into a long table."""
    with Path(path).open(newline="", encoding="utf-8") as stream:
        reader = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        names = next(reader, [])
        rows = list(reader)
    if set(types) <= set(names) and set(map(len, rows)) <= {len(names)}:
        with suppress(ValueError, KeyError):
            places = ((name, names.index(name), parse) for name, parse in types.items())
            return {name: [parse(row[place]) for row in rows] for name, place, parse in places}
    found = read_table(path, types)  # says what is wrong, and in which line
    return {name: [row[name] for row in found] for name in types}


def _row(path: str | Path, line: int, order: Sequence[tuple[str, Callable[[str], Any]]], cells: list[str]) -> Row:
    if len(cells) != len(order):
        raise InputError(f"{path}, line {line}", f"{len(cells)} cells", f"{len(order)} cells", "make the table again")
    try:
        return {column: parse(cell) for (column, parse), cell in zip(order, cells, strict=True)}
    except (ValueError, KeyError) as error:
        raise InputError(f"{path}, line {line}", f"{error}", "a readable value", "make the table again") from error
