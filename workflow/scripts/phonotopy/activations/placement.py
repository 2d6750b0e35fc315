"""Where on its grid each unit of a layer stands."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Table, shared
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.core.tables import read_table, write_table

__all__ = ["TABLE", "Placement", "Positions", "identity", "placed", "read_placement", "write_placement"]

TABLE = Table(
    "placement.tsv",
    rows="one row per unit",
    columns={
        **shared("layer", "unit", "row", "column"),
    },
    note="Every position of a grid holds one unit. What a network makes stands row by row: unit *u* at row *u* // "
    "columns, column *u* % columns; a layout has other positions.",
)
Indices = NDArray[np.int64]
Placement = Mapping[int, Indices]
Positions = tuple[Grid, Indices]  # of a layer: its grid, and the unit at each position


def identity(grids: Mapping[int, Grid]) -> dict[int, Indices]:
    """Units in row-major order, as networks whose filters are arranged on a grid have them."""
    return {layer: np.arange(grid.units) for layer, grid in grids.items()}


def placed(grid: Grid, units: Indices) -> Iterator[tuple[int, int, int, int]]:
    """Number of the position, unit, row and column of every position, in row-major order."""
    for position, (unit, (row, column)) in enumerate(zip(units.tolist(), grid.positions.tolist(), strict=True)):
        yield position, unit, row, column


def write_placement(path: str | Path, placement: Placement, grids: Mapping[int, Grid]) -> None:
    """Write one row per unit, from the unit at each position ``(units,)`` of every layer."""
    rows = (
        {"layer": layer, "unit": unit, "row": row, "column": column}
        for layer, units in placement.items()
        for unit, row, column in sorted(cells[1:] for cells in placed(grids[layer], units))
    )
    write_table(path, TABLE.columns, rows)


def read_placement(path: str | Path, grids: Mapping[int, Grid]) -> dict[int, Indices]:
    """The unit at each position ``(units,)``, by layer; InputError unless every position holds one unit."""
    found: dict[int, list[tuple[int, int, int]]] = {layer: [] for layer in grids}
    for row in read_table(path, dict.fromkeys(TABLE.columns, int)):
        found.setdefault(row["layer"], []).append((row["row"], row["column"], row["unit"]))
    if found.keys() != grids.keys():
        expected = f"the layers {', '.join(map(str, grids))} of geometry.tsv"
        raise InputError(str(path), f"layers {', '.join(map(str, found))}", expected, "write both tables together")
    return {layer: _units(path, layer, found[layer], grid) for layer, grid in grids.items()}


def _units(path: str | Path, layer: int, rows: list[tuple[int, int, int]], grid: Grid) -> Indices:
    rows.sort()
    units = [unit for _, _, unit in rows]
    if [list(position) for *position, _ in rows] != grid.positions.tolist() or sorted(units) != list(range(grid.units)):
        expected = f"each of {grid.units} units, numbered from 0, at one position of {grid.rows} × {grid.columns}"
        raise InputError(str(path), f"layer {layer} with missing or repeated units or positions", expected, "")
    return np.array(units, dtype=np.int64)
