"""The dictionary of results: a page written by hand, with a section for each file that a module describes."""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import groupby
from pathlib import Path, PurePosixPath

from phonotopy.core.columns import Column, Table
from phonotopy.core.files import replacing

__all__ = ["compose", "parsed", "tables_of", "write"]

MARKER = re.compile(r"^<!-- tables: (\S+) -->\n[^\n]+\n", re.MULTILINE)  # and a line that stands there until then
SECTION = re.compile(r"`(?:\S*/)?(?P<name>[^/`]+)`(?: \([^)]+\))?, (?P<rows>[^\n]+)\n(?P<body>.*)", re.DOTALL)
COLUMN = re.compile(
    r"^\| (?P<names>[\w, ]+) \|(?: ?(?P<unit>[^|\n]*?) ?\|)? (?P<meaning>(?!meaning )[^|\n]+) \|$", re.MULTILINE
)


def tables_of(module: str) -> dict[str, Table]:
    """What a module of the library says of its files, by their names: its ``TABLES``, or its ``TABLE``."""
    found = import_module(f"phonotopy.{module}")
    return {table.name: table for table in getattr(found, "TABLES", None) or (found.TABLE,)}


def compose(text: str, described: Iterable[tuple[str, str, str]]) -> str:
    """The page `text` with sections instead of its markers, each of which names a folder.

    `described` are files by their paths in the results, the module that describes each, and a remark or none.
    ValueError for a file whose folder has no marker, or a marker without files.
    """
    sections: dict[str, list[str]] = {}
    for path, module, remark in described:
        table = tables_of(module)[PurePosixPath(path).name]
        section = "\n".join(_section(path, module, remark, table))
        sections.setdefault(str(PurePosixPath(path).parent), []).append(section)
    marked = MARKER.findall(text)
    if sorted(marked) != sorted(sections):
        raise ValueError(f"markers of {sorted(marked)}, files in {sorted(sections)}")
    return MARKER.sub(lambda marker: "\n".join(sections[marker[1]]), text)


def _section(path: str, module: str, remark: str, table: Table) -> Iterator[str]:
    """Lines of a section; neighbours that mean the same share a row."""
    arrays = path.endswith(".npz")
    yield from (f"### `{table.name}`, {table.rows}", "")
    yield from (f"`{{results}}/{path}`, described in `phonotopy.{module}`{remark and '; '}{remark}.", "")
    yield f"| {'array | shape' if arrays else 'column | unit'} | meaning |"
    yield "| --- | --- | --- |"
    for column, names in groupby(table.columns, key=lambda name: table.columns[name]):
        yield f"| {', '.join(names)} |{column.unit and f' {column.unit}'} | {column.meaning} |"
    yield from ("", table.note, "") if table.note else ("",)


def parsed(page: str) -> dict[str, Table]:
    """What a dictionary says of tables, by the names of their files: the reverse of `compose`."""
    found = (SECTION.match(part) for part in re.split(r"^### ", page, flags=re.MULTILINE)[1:])
    return {part["name"]: _parsed(part["name"], part["rows"], part["body"]) for part in found if part}


def _parsed(name: str, rows: str, body: str) -> Table:
    """A section; a row of its table may be about several columns, and may have no unit."""
    body = body.partition("\n## ")[0]
    columns: dict[str, Column] = {}
    for row in COLUMN.finditer(body):
        columns |= {column: Column(row["unit"] or "", row["meaning"]) for column in row["names"].split(", ")}
    note = body.rpartition(" |\n")[2].strip()
    return Table(name, rows, columns, "" if "\n\n" in note or note.startswith("#") else note)


def write(path: str | Path, page: str) -> None:
    """Write the page, whole or not at all."""
    with replacing(path) as part:
        part.write_text(page, encoding="utf-8")
