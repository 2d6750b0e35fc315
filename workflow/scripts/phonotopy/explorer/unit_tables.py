"""Tables with a row per unit, whatever they say of it: each of their columns is a map, or one for each label."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.core.tables import header

__all__ = ["Kind", "UnitColumn", "is_of_units", "read_columns"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Kind = Literal["number", "boolean", "category"]
WHERE = ("layer", "unit", "row", "column")
MEASURE, VALUE = "measure", "value"  # columns of tables that hold several measures, one below the other
MOST_LABELS = 3  # columns that distinguish the rows of a unit


@dataclass(frozen=True)
class UnitColumn:
    """What a table says of every unit under one name: a map for each layer and label.

    `values` by layer are ``(labels, positions)``, NaN where there is nothing; booleans are 0 and 1, categories
    their numbers. `over` names what labels are, such as ``phone``; a single empty label where there are none.
    """

    table: str
    name: str
    kind: Kind
    over: str
    labels: tuple[str, ...]
    values: Mapping[int, Floats]
    categories: tuple[str, ...] = ()

    @property
    def varies(self) -> bool:
        """Whether units differ in it anywhere: counts of tokens, seeds of nulls and the like are no maps."""
        return any(_differ(row) for values in self.values.values() for row in values)


def _differ(row: Floats) -> bool:
    known = row[np.isfinite(row)]
    return bool(len(known)) and bool((known != known[0]).any())


def is_of_units(path: str | Path) -> bool:
    """Whether a table says where units stand, and something of them."""
    return {*WHERE} < {*header(path)}


def read_columns(path: str | Path, grids: Mapping[int, Grid]) -> list[UnitColumn]:
    """All columns of a table in which units differ; none where it has several rows for a unit and its labels.

    InputError for a layer or position that the grids do not have.
    """
    names, cells = _cells(path)
    if not cells:
        return []
    positions = _positions(path, cells, names, grids)
    others = [name for name in names if name not in WHERE]
    over = _over([cells[names.index(name)] for name in others], positions)
    if over is None:
        return []
    if others[0] == MEASURE and VALUE in others:
        labels = others[: others.index(VALUE)]
        return [*_by_measure(Path(path).stem, names, cells, labels, positions, grids)]
    labels, values = others[:over], others[over:]
    labelled = _numbered(_joined([cells[names.index(name)] for name in labels], len(cells[0])))
    stem, what = Path(path).stem, ", ".join(labels)
    made = (_column(stem, name, what, labelled, cells[names.index(name)], positions, grids) for name in values)
    return [column for column in made if column.varies]


def _cells(path: str | Path) -> tuple[list[str], list[tuple[str, ...]]]:
    """Names of columns, and the cells of each; no cells where there is no row."""
    with Path(path).open(newline="", encoding="utf-8") as stream:
        reader = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        names = next(reader)
        where = itemgetter(*map(names.index, WHERE))  # some of them are empty in a row about a whole layer
        return names, list(zip(*(row for row in reader if "" not in where(row)), strict=True))


def _positions(
    path: str | Path, cells: Sequence[Sequence[str]], names: Sequence[str], grids: Mapping[int, Grid]
) -> tuple[Indices, Indices]:
    """Layer and position of every row."""
    layer, row, column = (np.array(cells[names.index(name)], dtype=np.int64) for name in ("layer", "row", "column"))
    for number in np.unique(layer).tolist():
        here, grid = layer == number, grids.get(number)
        if grid is None or (row[here] >= grid.rows).any() or (column[here] >= grid.columns).any():
            found = f"layer {number} with positions up to row {row[here].max()}, column {column[here].max()}"
            raise InputError(str(path), found, "layers and grids of geometry.tsv", "run the stage again")
    width = np.array([grids[number].columns for number in layer.tolist()], dtype=np.int64)
    return layer, row * width + column


def _over(columns: Sequence[Sequence[str]], positions: tuple[Indices, Indices]) -> int | None:
    """How many columns, from the first one, distinguish the rows of a unit: one, too, that has a single label."""
    where = list(zip(*(part.tolist() for part in positions), strict=True))
    for count in range(min(MOST_LABELS, len(columns) - 1) + 1):
        if len({*zip(where, *columns[:count], strict=True)}) == len(where):
            alone = len({*columns[0]}) == 1 and _numbers(columns[0])[0] == "category"
            return max(count, int(alone and len(columns) > 1))
    return None


def _joined(columns: Sequence[Sequence[str]], rows: int) -> list[str]:
    """The labels of every row as one text."""
    return [" ".join(filter(None, parts)) for parts in zip(*columns, strict=True)] if columns else [""] * rows


def _by_measure(
    table: str,
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    labels: Sequence[str],
    positions: tuple[Indices, Indices],
    grids: Mapping[int, Grid],
) -> Iterator[UnitColumn]:
    """Every measure of a table of measures."""
    measure, value = (np.array(cells[names.index(name)], dtype=object) for name in (MEASURE, VALUE))
    texts = np.array(_joined([cells[names.index(name)] for name in labels[1:]], len(measure)), dtype=object)
    layer, position = positions
    for name in dict.fromkeys(measure.tolist()):
        here = measure == name
        what = ", ".join(labels[1:]) if any(texts[here]) else ""
        labelled, places = _numbered(texts[here].tolist()), (layer[here], position[here])
        column = _column(table, name, what, labelled, value[here].tolist(), places, grids)
        if column.varies:
            yield column


def _numbered(texts: Sequence[str]) -> tuple[tuple[str, ...], Indices]:
    """The labels, in the order in which they come, and the number of that of every row."""
    numbers = {label: number for number, label in enumerate(dict.fromkeys(texts))}
    return tuple(numbers), np.array([numbers[text] for text in texts], dtype=np.int64)


def _column(
    table: str,
    name: str,
    over: str,
    labelled: tuple[tuple[str, ...], Indices],
    cells: Sequence[str],
    positions: tuple[Indices, Indices],
    grids: Mapping[int, Grid],
) -> UnitColumn:
    kind, numbers, categories = _numbers(cells)
    (labels, index), (layer, position) = labelled, positions
    values = {}
    for number in np.unique(layer).tolist():
        here = layer == number
        values[number] = np.full((len(labels), grids[number].units), np.nan)
        values[number][index[here], position[here]] = numbers[here]
    return UnitColumn(table, name, kind, over, labels, values, categories)


def _numbers(cells: Sequence[str]) -> tuple[Kind, Floats, tuple[str, ...]]:
    """What kind of cells these are, as numbers, and the names that numbers of categories stand for."""
    with suppress(ValueError):
        return "number", np.array([float(cell) if cell else np.nan for cell in cells]), ()
    present = dict.fromkeys(filter(None, cells))
    if present.keys() <= {"true", "false"}:
        return "boolean", np.array([{"true": 1.0, "false": 0.0}.get(cell, np.nan) for cell in cells]), ()
    codes = {name: float(code) for code, name in enumerate(present)}
    return "category", np.array([codes.get(cell, np.nan) for cell in cells]), tuple(codes)
