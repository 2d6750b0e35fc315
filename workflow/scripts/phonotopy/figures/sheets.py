"""Maps of units as images, and their places on a page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from phonotopy.core.grid import Grid
from phonotopy.core.tables import boolean, number, read_table
from phonotopy.figures import style
from phonotopy.figures.runs import Row

__all__ = ["Block", "Layer", "image", "layer_ticks", "map_height", "outline", "place_blocks", "read_layers"]

LAYER_COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "rows": int,
    "columns": int,
    "torus": boolean,
    "receptive_field_s": number,
}

GAP_MM = 1.0  # between the maps of one block
BLOCK_GAP_MM = 4.0


@dataclass(frozen=True)
class Layer:
    """One hidden layer: its number from 1, its grid and the width of its receptive field in seconds."""

    number: int
    grid: Grid
    receptive_field_s: float

    @property
    def field(self) -> str:
        """The receptive field in milliseconds, as text without the unit."""
        return f"{1000 * self.receptive_field_s:,.0f}"

    @property
    def aspect(self) -> float:
        """Width over height of the grid."""
        return self.grid.columns / self.grid.rows


def read_layers(path: str | Path) -> tuple[Layer, ...]:
    """Read a table of layers, in order."""
    rows = sorted(read_table(path, LAYER_COLUMNS), key=lambda row: int(row["layer"]))
    return tuple(
        Layer(row["layer"], Grid(row["rows"], row["columns"], row["torus"]), row["receptive_field_s"]) for row in rows
    )


def image(rows: Iterable[Row], grid: Grid, column: str) -> NDArray[np.float64]:
    """Values of a column at the places of the units, ``(rows, columns)``; NaN where a unit has none."""
    values = np.full((grid.rows, grid.columns), np.nan)
    for row in rows:
        values[row["row"], row["column"]] = row[column]
    return values


def outline(inside: NDArray[np.bool_], *, torus: bool = False) -> NDArray[np.float64]:
    """Edges between places inside and outside, ``(edges, 2 ends, 2)`` as x and y in grid steps.

    The centre of the place in row r, column c is at (c, r), as in an image. The border of a plane counts as outside;
    on a torus, opposite borders touch.
    """
    padded = np.pad(inside, 1, mode="wrap") if torus else np.pad(inside, 1)
    upright = np.argwhere(padded[1:-1, 1:] != padded[1:-1, :-1])
    level = np.argwhere(padded[1:, 1:-1] != padded[:-1, 1:-1])
    starts = np.concatenate([upright, level])[:, ::-1] - 0.5
    steps = np.concatenate([np.tile([0.0, 1.0], (len(upright), 1)), np.tile([1.0, 0.0], (len(level), 1))])
    return np.stack([starts, starts + steps], axis=1)


@dataclass(frozen=True)
class Block:
    """Maps of one condition: axes by (line, layer), and left edge, width and height of one map in mm."""

    axes: Mapping[tuple[int, int], Axes]
    left: float
    width: float
    height: float


def map_height(layers: Sequence[Layer], blocks: int, width: float, lines: int, tallest: float) -> float:
    """Height of a map in mm, so that all blocks fit into `width` and `lines` of maps into `tallest` mm."""
    gaps = blocks * (len(layers) - 1) * GAP_MM + (blocks - 1) * BLOCK_GAP_MM
    across = (width - gaps) / (blocks * sum(layer.aspect for layer in layers))
    return min(across, (tallest - (lines - 1) * GAP_MM) / lines)


def place_blocks(
    figure: Figure, layers: Sequence[Layer], titles: Sequence[str], lines: int, height: float, left: float, top: float
) -> list[Block]:
    """Axes for blocks of maps, one a title, side by side, with layers and receptive fields above the first line."""
    style.note(figure, left - 2, top - 1, "layer\nfield (ms)", va="bottom", ha="right", linespacing=1.1)
    blocks = []
    for title in titles:
        axes: dict[tuple[int, int], Axes] = {}
        x = left
        for layer in layers:
            width = layer.aspect * height
            for line in range(lines):
                axes[line, layer.number] = style.place(figure, x, top + line * (height + GAP_MM), width, height)
            label = f"{layer.number}\n{layer.field}"
            style.note(figure, x + width / 2, top - 1, label, va="bottom", ha="center", linespacing=1.1)
            x += width + GAP_MM
        blocks.append(Block(axes, left, x - GAP_MM - left, height))
        middle = left + blocks[-1].width / 2
        style.note(figure, middle, top - 8, title, va="bottom", ha="center", fontweight="bold")
        left = x - GAP_MM + BLOCK_GAP_MM
    return blocks


def layer_ticks(axes: Axes, layers: Sequence[Layer], *, fields: bool = True) -> None:
    """Label the x axis with layers and, unless the page names them elsewhere, their receptive fields."""
    labels = [f"{layer.number}\n{layer.field}" if fields else str(layer.number) for layer in layers]
    axes.set_xticks(range(len(layers)), labels)
    axes.set_xlim(-0.5, len(layers) - 0.5)
    axes.set_xlabel("Layer (receptive field, ms)" if fields else "Layer")
