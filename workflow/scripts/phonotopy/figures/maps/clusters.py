"""Where the significant clusters of all phones lie on the grid."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from phonotopy.core.inventory import Inventory
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.blocks import GAP_MM
from phonotopy.figures.grids import Layer, Layers
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["COLUMNS", "draw", "figure", "slots"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "phone": str,
    "cluster": int,
    "row": number,
    "column": number,
    "size": int,
    "p_family": number,
}
LEVEL = 0.05
LEFT_MM, TOP_MM, RIGHT_MM, KEY_MM, HEAD_MM = 12.0, 3.0, 2.0, 7.0, 4.0
TALLEST_MM, LARGEST_MAP_MM = 220.0, 50.0
WIDEST = 5  # maps in a line
MOST_ASTRAY = 2  # times that the maps of one condition are as high as those of another
MOST_KEYS = 7  # manners in a line of the key
SLOT_MM = (5.2, 2.9)  # of a label, width and height
MARGIN_MM = 0.5
FILL, DARK = 0.1, 0.65  # opacity of a disc; share of a manner's colour in its labels, the rest is black


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    tables = material.by_training("clusters", COLUMNS)
    return draw(tables, material.seed, material.layers, material.inventory, material.conditions)


def draw(
    tables: TrainingTables, seed: int, layers: Layers, inventory: Inventory, conditions: style.Conditions
) -> Figure:
    """Draw clusters with a family-wise p of at most .05, maps by condition and layer, for one seed.

    A disc has the area and the centroid of a cluster; labels take free positions near by. `tables` holds clusters.tsv.
    """
    lines = {name: _lines(layers[name]) for name in conditions.names}
    number = sum(map(len, lines.values()))
    largest = {name: _map_height(own, number) for name, own in lines.items()}
    heights = {name: min(height, MOST_ASTRAY * min(largest.values())) for name, height in largest.items()}
    total = sum(len(own) * (heights[name] + HEAD_MM + GAP_MM) for name, own in lines.items())
    with style.styled():
        figure = style.page("double", TOP_MM + total + KEY_MM)
        top = TOP_MM
        for condition, height in heights.items():
            rows = [row for row in tables.get(Training(condition, seed), ()) if row["p_family"] <= LEVEL]
            middle = top + len(lines[condition]) * (height + HEAD_MM + GAP_MM) / 2
            style.note(figure, 5, middle, condition, rotation=90, va="center", ha="center", fontweight="bold")
            for line in lines[condition]:
                _line(figure, line, rows, inventory, top + HEAD_MM, height)
                top += height + HEAD_MM + GAP_MM
        marks = {"linestyle": "none", "marker": "o", "markersize": 5}
        known = [
            Line2D([], [], color=colour, label=manner, **marks)  # type: ignore[arg-type]
            for manner, colour in style.class_colours(inventory.manners).items()
        ]
        if known:
            style.legend(figure, known, LEFT_MM, top + 2, min(len(known), MOST_KEYS))
        return figure


def _lines(layers: Sequence[Layer]) -> list[Sequence[Layer]]:
    return [layers[first : first + WIDEST] for first in range(0, len(layers), WIDEST)]


def _map_height(lines: Sequence[Sequence[Layer]], number: int) -> float:
    """Height of the maps of one condition in mm, where the page holds a `number` of lines."""
    across = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM
    widest = min((across - (len(line) - 1) * GAP_MM) / sum(layer.aspect for layer in line) for line in lines)
    return min(LARGEST_MAP_MM, widest, TALLEST_MM / number - HEAD_MM - GAP_MM)


def _line(
    figure: Figure, layers: Sequence[Layer], rows: Sequence[Row], inventory: Inventory, top: float, height: float
) -> None:
    left = LEFT_MM
    for layer in layers:
        width = height * layer.aspect
        axes = style.axes_at(figure, left, top, width, height)
        found = [row for row in rows if row["layer"] == layer.number and np.isfinite(row["row"] + row["column"])]
        phones = len({row["phone"] for row in found})
        title = f"layer {layer.number}: {phones} phone{'' if phones == 1 else 's'}"
        title = title if style.text_width(title) < width else f"layer {layer.number}"
        style.note(figure, left + width / 2, top - 0.6, title, va="bottom", ha="center")
        if found:
            _map(axes, found, layer, inventory, (width, height))
        else:
            style.faint(axes, "no significant\ncluster")
        left += width + GAP_MM


def _map(axes: Axes, rows: Sequence[Row], layer: Layer, inventory: Inventory, size: tuple[float, float]) -> None:
    style.plain(axes)
    step = size[1] / layer.grid.rows  # of the grid, in mm
    axes.set(xlim=(-0.5, layer.grid.columns - 0.5), ylim=(layer.grid.rows - 0.5, -0.5))
    free, colours = slots(*size), style.class_colours(inventory.manners)
    shown = sorted(rows, key=lambda row: (-int(row["size"]), row["phone"]))
    for row in shown:
        colour = colours.get(inventory.manner_of(row["phone"]), style.OTHER)
        centre = row["column"], row["row"]
        axes.add_patch(Circle(centre, np.sqrt(row["size"] / np.pi), facecolor=colour, alpha=FILL, linewidth=0))
        axes.add_patch(Circle(centre, np.sqrt(row["size"] / np.pi), edgecolor=colour, fill=False, linewidth=0.5))
    for row, (x, y) in _labelled(shown, free, step):
        colour = colours.get(inventory.manner_of(row["phone"]), style.OTHER)
        axes.plot([row["column"], x], [row["row"], y], color=colour, linewidth=0.5, zorder=2)
        axes.plot(row["column"], row["row"], ".", color=colour, markersize=2.5, zorder=2)
        dark = tuple(DARK * np.array(to_rgb(colour)))
        under = {"boxstyle": "square,pad=0.05", "facecolor": "white", "alpha": 0.75, "linewidth": 0}
        axes.text(x, y, row["phone"], color=dark, ha="center", va="center", bbox=under, zorder=3)


def slots(width: float, height: float) -> NDArray[np.float64]:
    """Centres of slots for labels on a map of this size, ``(slots, 2)`` in mm from its upper left corner."""
    across, down = (
        max(1, int((side - 2 * MARGIN_MM) / slot)) for side, slot in zip((width, height), SLOT_MM, strict=True)
    )
    x = width * (np.arange(across) + 0.5) / across
    y = height * (np.arange(down) + 0.5) / down
    return np.stack([centres.ravel() for centres in np.meshgrid(x, y)], axis=1)


def _labelled(rows: Sequence[Row], free: NDArray[np.float64], step: float) -> Iterator[tuple[Row, tuple[float, float]]]:
    """Each phone once, with a slot of its own in grid steps, so that the sum of squared distances is least.

    Where slots do not suffice, the largest clusters have labels.
    """
    once = list({row["phone"]: row for row in reversed(rows)}.values())
    once = sorted(once, key=lambda row: (-int(row["size"]), row["phone"]))[: len(free)]
    targets = free / step - 0.5
    centres = np.array([(row["column"], row["row"]) for row in once]).reshape(-1, 2)
    distance = np.sum((centres[:, None] - targets) ** 2, axis=-1)
    for index, slot in zip(*linear_sum_assignment(distance), strict=True):
        yield once[index], (float(targets[slot, 0]), float(targets[slot, 1]))
