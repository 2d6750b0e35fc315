"""A network of others before it is given any speech: whether it has the layers that are named, and when they look."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torchaudio

from phonotopy.activations.modules.dependence import Measured, measure
from phonotopy.activations.modules.given_speech import Given, given
from phonotopy.activations.modules.load_module import Loaded, of_bundle, of_file
from phonotopy.activations.modules.submodules import Axes
from phonotopy.core.columns import Column, Table
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid, fit
from phonotopy.core.tables import boolean, read_table, write_table
from phonotopy.recogniser.network import Timing

__all__ = ["TABLE", "load_model", "measure_model", "read_measured"]

TABLE = Table(
    "measured.tsv",
    rows="one row per layer of a model",
    columns={
        "layer": Column("", "number of the layer, from 1"),
        "name": Column("", "of the submodule"),
        "units": Column("count", "rows × columns"),
        "rows": Column("grid steps", "of the grid"),
        "columns": Column("grid steps", "of the grid"),
        "torus": Column("", "`true` where opposite edges of the grid touch"),
        "time_axis": Column("", "axis of its output that is time, from 0"),
        "unit_axis": Column("", "axis of its output that is units, from 0; the third one is the batch"),
        "stride": Column("steps", "from one response to the next"),
        "offset": Column("steps", "centre of the receptive field of the first response, from the first step"),
        "receptive_field": Column("steps", "on which one response depends"),
        "whole": Column(
            "",
            "`true` where responses depend on the whole recording; then the three before are those of the first layer "
            "below that has as many frames and a limited field",
        ),
        "noise_steps": Column("steps", "of noise to which the network responded"),
        "noise_frames": Column("count", "of responses to it"),
    },
    note="Measured on noise. A step is a sample, or a frame of features, whichever the network is given.",
)


def load_model(settings: Mapping[str, Any], weights: str | Path, features: Mapping[str, Any]) -> tuple[Loaded, Given]:
    """The network that the `settings` of a condition name, with `weights`, and what it is given.

    `settings` are the name of a `bundle` of torchaudio, or nothing, and then a `file` and a `function` in it; `layers`
    (names, or name, rows and columns), `input`, `sample_rate_hz`, and the `name` of the condition. `features` are those
    of log-mel frames. Raises InputError for files that cannot be meant.
    """
    name = str(settings["bundle"])
    if name:
        loaded, rate = of_bundle(name, weights), int(getattr(torchaudio.pipelines, name).sample_rate)
    else:
        loaded, rate = of_file(settings["file"], settings["function"], weights), settings["sample_rate_hz"]
    named = replace(loaded, name=f"conditions.{settings['name']}.model, {loaded.name},")
    return named, given(settings["input"], rate, features)


def measure_model(path: str | Path, settings: Mapping[str, Any], loaded: Loaded, speech: Given) -> list[Measured]:
    """Write what is measured of the layers that `settings` name, and the grids of their units.

    Raises InputError for a layer that does not exist or has no frames of units, and for units that fill no grid.
    """
    layers = [one if isinstance(one, Mapping) else {"name": one} for one in settings["layers"]]
    subjects = {one["name"]: f"conditions.{settings['name']}.layers[{i}]" for i, one in enumerate(layers)}
    found = measure(loaded, speech, subjects)
    grids = [_grid(one, layer.axes.units, subjects[layer.name]) for one, layer in zip(layers, found, strict=True)]
    write_table(path, TABLE.columns, _rows(found, grids))
    return found


def read_measured(path: str | Path) -> list[tuple[Measured, Grid]]:
    """The layers with their grids, in the order in which they were named."""
    other: dict[str, Any] = {"name": str, "offset": float, "torus": boolean, "whole": boolean}
    types = {name: other.get(name, int) for name in TABLE.columns}
    return [
        (
            Measured(
                row["name"],
                Axes(row["time_axis"], row["unit_axis"], row["units"]),
                Timing(row["stride"], row["offset"], row["receptive_field"]),
                row["whole"],
                row["noise_steps"],
                row["noise_frames"],
            ),
            Grid(row["rows"], row["columns"], row["torus"]),
        )
        for row in read_table(path, types)
    ]


def _rows(layers: Sequence[Measured], grids: Sequence[Grid]) -> list[dict[str, object]]:
    return [
        dict(
            zip(
                TABLE.columns,
                (
                    number,
                    *(one.name, grid.units, grid.rows, grid.columns, grid.torus, one.axes.time, one.axes.unit),
                    *(one.timing.stride, one.timing.offset, one.timing.field, one.whole, one.steps, one.frames),
                ),
                strict=True,
            )
        )
        for number, (one, grid) in enumerate(zip(layers, grids, strict=True), start=1)
    ]


def _grid(named: Mapping[str, Any], units: int, setting: str) -> Grid:
    """The grid of a layer, as it is named or the squarest; InputError where units do not fill it."""
    torus = bool(named.get("torus", False))
    advice = f"write {{name: {named['name']}, rows: …, columns: …}}, or name another layer"
    if "rows" not in named:
        try:
            return fit(units, setting, torus=torus)
        except InputError as error:
            found = f"{named['name']}: {error.found.replace('filters', 'units')}"
            raise InputError(setting, found, error.expected, advice) from error
    grid = Grid(named["rows"], named["columns"], torus)
    if grid.units != units:
        found = f"{named['name']} of {units} units on {grid.rows} × {grid.columns} positions"
        raise InputError(setting, found, "one position per unit", advice)
    return grid
