"""Grids of hidden layers: maps of units as images, and layers along an axis."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from phonotopy.core.grid import Grid
from phonotopy.core.tables import boolean, number, read_table
from phonotopy.figures.trainings import Row

__all__ = [
    "NONE",
    "Layer",
    "Layers",
    "contours",
    "draw_outline",
    "fields_in_common",
    "image",
    "labels_height",
    "layer_numbers",
    "layer_ticks",
    "outline",
    "read_layers",
    "spaced",
]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "rows": int,
    "columns": int,
    "torus": boolean,
    "receptive_field_s": number,
    "stride_s": number,
}
LINE_MM = 3.4  # of text
MOST_BESIDE = 5  # layers of a figure that has no room for more beside each other
NONE = "–"  # where a condition has no such layer, or its layer no receptive field


@dataclass(frozen=True)
class Layer:
    """One hidden layer: its number from 1, its grid, the width of its receptive field and its stride in seconds."""

    number: int
    grid: Grid
    receptive_field_s: float
    stride_s: float = math.nan

    @property
    def field(self) -> str:
        """The receptive field in milliseconds, as text without the unit."""
        return f"{1000 * self.receptive_field_s:,.0f}" if math.isfinite(self.receptive_field_s) else NONE

    @property
    def aspect(self) -> float:
        """Width over height of the grid."""
        return self.grid.columns / self.grid.rows


Point = tuple[float, ...]
Layers = Mapping[str, Sequence[Layer]]  # by condition: two conditions may have other depths and grids


def read_layers(path: str | Path) -> tuple[Layer, ...]:
    """Read the layers of a geometry table, in order."""
    rows = sorted(read_table(path, COLUMNS), key=lambda row: int(row["layer"]))
    return tuple(
        Layer(row["layer"], Grid(row["rows"], row["columns"], row["torus"]), row["receptive_field_s"], row["stride_s"])
        for row in rows
    )


def layer_numbers(layers: Layers) -> list[int]:
    """Numbers of the layers that any condition has, in order."""
    return sorted({layer.number for own in layers.values() for layer in own})


def fields_in_common(layers: Layers) -> dict[str, dict[int, str]]:
    """Receptive fields by layer number, by the names of the conditions that share them.

    Conditions share them if they agree in every layer that both have.
    """
    groups: list[tuple[list[str], dict[int, str]]] = []
    for name, own in layers.items():
        fields = {layer.number: layer.field for layer in own}
        for names, known in groups:
            if all(known.get(number, field) == field for number, field in fields.items()):
                names.append(name)
                known.update(fields)
                break
        else:
            groups.append(([name], fields))
    return {", ".join(names): known for names, known in groups}


def labels_height(layers: Layers) -> float:
    """Height in mm that the labels of `layer_ticks` take beyond those of conditions with the same fields."""
    groups = len(fields_in_common(layers))
    return LINE_MM * (2 * groups - 1) if groups > 1 else 0.0


def image(rows: Iterable[Row], grid: Grid, column: str) -> NDArray[np.float64]:
    """Values of a column at the positions of the units, ``(rows, columns)``; NaN where a unit has none."""
    values = np.full((grid.rows, grid.columns), np.nan)
    for row in rows:
        values[row["row"], row["column"]] = row[column]
    return values


def outline(inside: NDArray[np.bool_], *, torus: bool = False) -> NDArray[np.float64]:
    """Edges between positions inside and outside, ``(edges, 2 ends, 2)`` as x and y in grid steps.

    The centre of the unit in row r, column c is at (c, r), as in an image. The border of a plane counts as outside;
    on a torus, opposite borders touch.
    """
    padded = np.pad(inside, 1, mode="wrap") if torus else np.pad(inside, 1)
    upright = np.argwhere(padded[1:-1, 1:] != padded[1:-1, :-1])
    level = np.argwhere(padded[1:, 1:-1] != padded[:-1, 1:-1])
    starts = np.concatenate([upright, level])[:, ::-1] - 0.5
    steps = np.concatenate([np.tile([0.0, 1.0], (len(upright), 1)), np.tile([1.0, 0.0], (len(level), 1))])
    return np.stack([starts, starts + steps], axis=1)


def contours(edges: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The same edges as lines ``(corners, 2)``, end to end, that go straight on where they can."""
    beside: dict[Point, set[Point]] = {}
    for one, other in (map(tuple, edge) for edge in edges.tolist()):
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    ends = [point for point, others in beside.items() if len(others) % 2]
    return [np.array(_line(beside, point)) for point in (*ends, *beside) if beside[point]]


def _line(beside: dict[Point, set[Point]], point: Point) -> list[Point]:
    """The corners of one line from a point, whose edges are taken away."""
    corners, step = [point], (0.0, 0.0)
    while beside[point]:
        ahead = (point[0] + step[0], point[1] + step[1])
        after = ahead if ahead in beside[point] else min(beside[point])
        if after == ahead and len(corners) > 1:
            corners.pop()
        beside[point].remove(after)
        beside[after].remove(point)
        step = (after[0] - point[0], after[1] - point[1])
        point = after
        corners.append(point)
    return corners


def draw_outline(
    axes: Axes, edges: NDArray[np.float64], colour: str, width: float, *, aside: float = 0.0, **look: Any
) -> None:
    """Draw the edges of `outline` into a map, set off by some of a grid step, with square corners and ends."""
    lines: dict[str, Any] = {"colors": colour, "linewidths": width, "capstyle": "projecting", "joinstyle": "miter"}
    found = [line + aside for line in contours(edges)]
    axes.add_collection(LineCollection(found, **lines, **look), autolim=False)


def spaced(layers: Sequence[Layer], most: int = MOST_BESIDE) -> list[Layer]:
    """At most so many layers, at equal distances, the first and the last among them."""
    places = np.linspace(0, len(layers) - 1, min(most, len(layers))).round().astype(int)
    return [layers[place] for place in places.tolist()]


def layer_ticks(axes: Axes, layers: Layers, *, fields: bool = True) -> None:
    """Label the x axis with layers and, unless the page names them elsewhere, their receptive fields.

    Where conditions have unlike fields, a line of labels belongs to each that has fields of its own.
    """
    shown = layer_numbers(layers)
    common = fields_in_common(layers) if fields else {}
    labels = ["\n".join([str(n), *(known.get(n, NONE) for known in common.values())]) for n in shown]
    axes.set_xticks(range(len(shown)), labels)
    axes.set_xlim(-0.5, len(shown) - 0.5)
    if len(common) > 1:
        axes.set_xlabel("\n".join(["Layer", *(f"receptive field (ms): {names}" for names in common)]))
    else:
        axes.set_xlabel("Layer (receptive field, ms)" if fields else "Layer")
