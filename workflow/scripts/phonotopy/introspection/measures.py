"""A number per unit is a map: the table in which methods leave such numbers, whatever they measure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.placement import Positions, placed
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.core.tables import number, read_table, write_table

__all__ = ["Measure", "columns_of", "read_measures", "write_measures"]

Floats = NDArray[np.float64]
COLUMNS = {
    **shared("layer", "unit", "row", "column"),
    "measure": Column("", "what is measured"),
    "label": Column("", "the phone or property that the measure is about; empty where it is about none"),
    "value": Column("as the measure", "over all speakers; empty where it cannot be measured"),
    "first_half": Column("as the measure", "value in one half of the speakers; empty where there is none"),
    "second_half": Column("as the measure", "value in the other half"),
}


@dataclass(frozen=True)
class Measure:
    """A measure of the units of a layer ``(units,)``, NaN where it cannot be taken; `halves` ``(2, units)``."""

    name: str
    label: str
    value: Floats
    halves: Floats

    @classmethod
    def of(cls, name: str, label: str, value: Floats, halves: Floats | None = None) -> "Measure":
        """A measure that may have no values of halves."""
        return cls(name, label, value, np.full((2, len(value)), np.nan) if halves is None else halves)


def columns_of(name: str, meanings: Mapping[str, str], note: str = "") -> Table:
    """The table of a method's measures, for the dictionary: its file, and what each measure means."""
    text = "; ".join(f"`{measure}`: {meaning}" for measure, meaning in meanings.items())
    columns = {**COLUMNS, "measure": Column("", text)}
    return Table(f"{name}_measures.tsv", rows="one row per unit, measure and label", columns=columns, note=note)


def write_measures(
    path: str | Path, layers: Mapping[int, Iterable[Measure]], positions: Mapping[int, Positions]
) -> None:
    """Write measures by layer, whose values have the order of units, in the order of positions."""
    rows = (row for layer, found in layers.items() for one in found for row in _rows(one, layer, positions[layer]))
    write_table(path, COLUMNS, rows)


def _rows(measure: Measure, layer: int, positions: Positions) -> Iterator[dict[str, object]]:
    known = [[None if np.isnan(cell) else cell for cell in part.tolist()] for part in (measure.value, *measure.halves)]
    for _, unit, row, column in placed(*positions):
        where = {"layer": layer, "unit": unit, "row": row, "column": column}
        values = dict(zip(("value", "first_half", "second_half"), (part[unit] for part in known), strict=True))
        yield {**where, "measure": measure.name, "label": measure.label, **values}


def read_measures(paths: Sequence[str | Path], grids: Mapping[int, Grid]) -> dict[int, list[Measure]]:
    """Measures by layer, of some files; values have the order of positions on the grid."""
    types: dict[str, Callable[[str], Any]] = dict.fromkeys(("layer", "row", "column"), int)
    types |= dict.fromkeys(("value", "first_half", "second_half"), number)
    found: dict[tuple[int, str, str], Floats] = {}
    for path in paths:
        for row in read_table(path, types):
            grid = grids[row["layer"]]
            cells = found.setdefault((row["layer"], row["measure"], row["label"]), np.full((3, grid.units), np.nan))
            position = row["row"] * grid.columns + row["column"]
            cells[:, position] = row["value"], row["first_half"], row["second_half"]
    layers: dict[int, list[Measure]] = {layer: [] for layer in grids}
    for (layer, name, label), (value, *halves) in found.items():
        layers[layer].append(Measure(name, label, value, np.stack(halves)))
    return layers
