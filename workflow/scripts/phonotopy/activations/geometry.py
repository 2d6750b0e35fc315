"""Layers of a map: how many units, on which grid, and when each response looks at the speech."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from phonotopy.activations.clock import Clock
from phonotopy.core.columns import Column, Table
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.core.tables import boolean, read_table, write_table

__all__ = ["TABLE", "Layer", "read_geometry", "read_grids", "read_resolution", "write_geometry"]

TABLE = Table(
    "geometry.tsv",
    rows="one row per hidden layer",
    columns={
        "layer": Column("", "number of the layer, from 1"),
        "name": Column("", "its name"),
        "units": Column("count", "rows × columns"),
        "rows": Column("grid steps", "of the grid"),
        "columns": Column("grid steps", "of the grid"),
        "torus": Column("", "`true` where opposite edges of the grid touch"),
        "stride_s": Column("s", "time from one response to the next"),
        "offset_s": Column("s", "centre of the receptive field of the first response, from the start of the recording"),
        "receptive_field_s": Column(
            "s",
            "stretch of speech that one response depends on, the analysis window included; of a layer that sees the "
            "whole recording, as its name then says, the duration of the longest one",
        ),
    },
)
ADVICE = "write the folder with phonotopy.activations.own.write_responses"


@dataclass(frozen=True)
class Layer:
    """One layer: its `number` from 1, its `name`, its grid and the clock of its responses."""

    number: int
    name: str
    grid: Grid
    clock: Clock

    @cached_property
    def row(self) -> dict[str, object]:
        """The row of the layer in ``geometry.tsv``."""
        shape = self.grid.units, self.grid.rows, self.grid.columns, self.grid.torus
        times = self.clock.stride_s, self.clock.offset_s, self.clock.field_s
        return dict(zip(TABLE.columns, (self.number, self.name, *shape, *times), strict=True))


def write_geometry(path: str | Path, layers: Iterable[Layer]) -> None:
    """Write one row per layer."""
    write_table(path, TABLE.columns, [layer.row for layer in layers])


def read_geometry(path: str | Path) -> dict[int, Layer]:
    """Layers by number, in ascending order; InputError where a row contradicts itself or numbers have gaps."""
    types: dict[str, Any] = {"layer": int, "name": str, "units": int, "rows": int, "columns": int, "torus": boolean}
    times = dict.fromkeys(("stride_s", "offset_s", "receptive_field_s"), float)
    rows = sorted(read_table(path, {**types, **times}), key=lambda row: int(row["layer"]))
    if [row["layer"] for row in rows] != list(range(1, len(rows) + 1)) or not rows:
        found = f"layers {', '.join(str(row['layer']) for row in rows) or 'none'}"
        raise InputError(str(path), found, "one row per layer, numbered from 1 without gaps", ADVICE)
    return {row["layer"]: _layer(path, row) for row in rows}


def _layer(path: str | Path, row: Mapping[str, Any]) -> Layer:
    if row["units"] != row["rows"] * row["columns"]:
        found = f"layer {row['layer']} of {row['units']} units on {row['rows']} × {row['columns']} positions"
        raise InputError(str(path), found, "one position a unit", ADVICE)
    grid = Grid(row["rows"], row["columns"], row["torus"])
    clock = Clock(row["stride_s"], row["offset_s"], row["receptive_field_s"])
    return Layer(row["layer"], row["name"], grid, clock)


def read_grids(path: str | Path) -> dict[int, Grid]:
    """The grid of each layer from ``geometry.tsv``, in order of layers."""
    return {number: layer.grid for number, layer in read_geometry(path).items()}


def read_resolution(path: str | Path) -> dict[int, dict[str, float]]:
    """Stride and receptive field of each layer in ms, by the names of columns."""
    return {
        number: {"stride_ms": 1000 * layer.clock.stride_s, "receptive_field_ms": 1000 * layer.clock.field_s}
        for number, layer in read_geometry(path).items()
    }
