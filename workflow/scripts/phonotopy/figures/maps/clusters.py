"""Where the significant clusters of all phones are on the grid."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from phonotopy.core.inventory import Inventory
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.blocks import GAP_MM
from phonotopy.figures.grids import Layer, Layers, draw_outline, outline
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
    "positions": lambda cell: tuple(map(int, cell.split())),
    "p_family": number,
}
LEVEL = 0.05
LEFT_MM, TOP_MM, RIGHT_MM, KEY_MM, HEAD_MM, NONE_MM = 9.0, 1.0, 1.0, 7.0, 5.0, 4.0
TALLEST_MM, LARGEST_MAP_MM = 225.0, 60.0
WIDEST = 5  # maps in a line, as few as fit the page
MOST_KEYS = 7  # manners in a line of the key
SLOT_MM = (5.2, 2.9)  # of a label, width and height
MARGIN_MM = 0.5
FILL, DARK = 0.07, 0.5  # opacity of a cluster; share of a manner's colour in its labels, the rest is black
BORDER = 0.25  # around the grid, in grid steps, so that outlines at its edge are seen
WIDEST_PT, INSET = 0.8, 0.32  # of outlines; of those of neighbouring phones from the edge of positions, in grid steps
Maps = Mapping[str, Mapping[int, Sequence[Row]]]  # rows of significant clusters by condition and layer


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    tables = material.by_training("clusters", COLUMNS)
    return draw(tables, material.seed, material.layers, material.inventory, material.conditions)


def draw(
    tables: TrainingTables, seed: int, layers: Layers, inventory: Inventory, conditions: style.Conditions
) -> Figure:
    """Outline clusters with a family-wise p of at most .05, a map per condition and layer that has any, for one seed.

    Labels take free positions near the centroid. Where nothing is significant a line of text says so. `tables` holds
    clusters.tsv.
    """
    maps = {name: _by_layer(tables.get(Training(name, seed), ())) for name in conditions.names}
    shown = {name: [layer for layer in layers[name] if layer.number in maps[name]] for name in maps if maps[name]}
    lines = _lines(shown)
    heights = _heights(lines)
    missing = _missing(maps, layers)
    total = sum(len(own) * (heights[name] + HEAD_MM + GAP_MM) for name, own in lines.items())
    with style.styled():
        figure = style.page("double", TOP_MM + total + (KEY_MM if shown else 0.0) + NONE_MM * len(missing) + 2.0)
        top = TOP_MM
        for condition, own in lines.items():
            middle = top + len(own) * (heights[condition] + HEAD_MM + GAP_MM) / 2
            style.note(figure, 4, middle, condition, rotation=90, va="center", ha="center", fontweight="bold")
            for line in own:
                _line(figure, line, maps[condition], inventory, top + HEAD_MM, heights[condition])
                top += heights[condition] + HEAD_MM + GAP_MM
        if shown:
            _key(figure, maps, inventory, top + 2)
        for index, text in enumerate(missing):
            below = top + (KEY_MM if shown else 0.0) + NONE_MM * index
            style.note(figure, LEFT_MM, below, text, color="#595959")
        return figure


def _by_layer(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        if row["p_family"] <= LEVEL:
            found.setdefault(row["layer"], []).append(row)
    return found


def _missing(maps: Maps, layers: Layers) -> list[str]:
    """What has no significant cluster, a sentence per condition."""
    found = []
    for name, own in maps.items():
        none = [str(layer.number) for layer in layers[name] if layer.number not in own]
        if none and not own:
            found.append(f"{name}: no significant cluster in any layer")
        elif none:
            found.append(f"{name}: no significant cluster in layer{'s' if len(none) > 1 else ''} {', '.join(none)}")
    return found


def _lines(layers: Layers) -> dict[str, list[Sequence[Layer]]]:
    """Lines of maps by condition: as few maps in a line as lead to the largest maps on the page."""

    def split(across: int) -> dict[str, list[Sequence[Layer]]]:
        return {
            name: [own[first : first + across] for first in range(0, len(own), across)] for name, own in layers.items()
        }

    return max(map(split, range(WIDEST, 0, -1)), key=lambda lines: min(_heights(lines).values(), default=0.0))


def _heights(lines: Mapping[str, Sequence[Sequence[Layer]]]) -> dict[str, float]:
    """Height of the maps of each condition in mm."""
    across = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM
    tallest = TALLEST_MM / max(1, sum(map(len, lines.values()))) - HEAD_MM - GAP_MM

    def widest(line: Sequence[Layer]) -> float:
        return (across - (len(line) - 1) * GAP_MM) / sum(layer.aspect for layer in line)

    return {name: min(LARGEST_MAP_MM, tallest, *map(widest, own)) for name, own in lines.items()}


def _key(figure: Figure, maps: Maps, inventory: Inventory, top: float) -> None:
    """The manners that occur."""
    rows = [row for own in maps.values() for found in own.values() for row in found]
    occurring = {inventory.manner_of(row["phone"]) for row in rows}
    known = [
        Line2D([], [], color=colour, linewidth=WIDEST_PT, label=manner)
        for manner, colour in style.class_colours(inventory.manners).items()
        if manner in occurring
    ]
    if known:
        style.legend(figure, known, LEFT_MM, top, min(len(known), MOST_KEYS))


def _line(
    figure: Figure,
    layers: Sequence[Layer],
    rows: Mapping[int, Sequence[Row]],
    inventory: Inventory,
    top: float,
    height: float,
) -> None:
    left = LEFT_MM
    for layer in layers:
        width = height * layer.aspect
        axes = style.axes_at(figure, left, top, width, height)
        phones = len({row["phone"] for row in rows[layer.number]})
        title = f"layer {layer.number}: {phones} phone{'' if phones == 1 else 's'}"
        title = title if style.text_width(title) < width else f"{layer.number}: {phones}"
        style.note(figure, left + width / 2, top - 0.6, title, va="bottom", ha="center")
        _map(axes, rows[layer.number], layer, inventory, (width, height))
        left += width + GAP_MM


def _map(axes: Axes, rows: Sequence[Row], layer: Layer, inventory: Inventory, size: tuple[float, float]) -> None:
    style.plain(axes)
    step = size[1] / (layer.grid.rows + 2 * BORDER)  # of the grid, in mm
    free, colours = slots(*size), style.class_colours(inventory.manners)
    shown = sorted(rows, key=lambda row: (-int(row["size"]), row["phone"]))
    phones = list(dict.fromkeys(row["phone"] for row in shown))
    image = np.ones((layer.grid.rows, layer.grid.columns, 3))
    for row in shown:
        colour = colours.get(inventory.manner_of(row["phone"]), style.OTHER)
        order = phones.index(row["phone"]) / max(1, len(phones) - 1)
        inside = _outline(axes, row, layer, colour, INSET * (order - 0.5))
        image[inside] = (1 - FILL) * image[inside] + FILL * np.array(to_rgb(colour))
    axes.imshow(image, aspect="auto", zorder=0.5)
    columns, lines = layer.grid.columns - 0.5, layer.grid.rows - 0.5
    axes.set(xlim=(-0.5 - BORDER, columns + BORDER), ylim=(lines + BORDER, -0.5 - BORDER))
    placed = [row for row in shown if np.isfinite(row["row"] + row["column"])]
    for row, (x, y) in _labelled(placed, free, step):
        colour = colours.get(inventory.manner_of(row["phone"]), style.OTHER)
        dark = tuple(DARK * np.array(to_rgb(colour)))
        under = {"boxstyle": "square,pad=0.05", "facecolor": "white", "alpha": 0.75, "linewidth": 0}
        axes.plot([row["column"], x], [row["row"], y], color=dark, linewidth=0.4, zorder=2)
        axes.text(x, y, row["phone"], color=dark, ha="center", va="center", bbox=under, zorder=3)


def _outline(axes: Axes, row: Row, layer: Layer, colour: str, aside: float) -> NDArray[np.bool_]:
    """Outline a cluster, set off a little from those of other phones; the positions of its units on the grid."""
    inside = np.zeros((layer.grid.rows, layer.grid.columns), dtype=bool)
    inside.flat[list(row["positions"])] = True
    draw_outline(axes, outline(inside, torus=layer.grid.torus), colour, WIDEST_PT, aside=aside, zorder=1)
    return inside


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
    targets = free / step - 0.5 - BORDER
    centres = np.array([(row["column"], row["row"]) for row in once]).reshape(-1, 2)
    distance = np.sum((centres[:, None] - targets) ** 2, axis=-1)
    for index, slot in zip(*linear_sum_assignment(distance), strict=True):
        yield once[index], (float(targets[slot, 0]), float(targets[slot, 1]))
