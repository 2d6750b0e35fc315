"""Regions of responsive units: where they lie, how many there are and how large."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from phonotopy.core.inventory import Inventory
from phonotopy.core.tables import boolean
from phonotopy.figures import nulls, style
from phonotopy.figures.blocks import GAP_MM, map_height, place_blocks
from phonotopy.figures.grids import Layer, Layers, image, outline
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables, seeds_of

__all__ = ["COLUMNS", "draw", "figure", "one_a_manner"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "row": int,
    "column": int,
    "phone": str,
    "responsive": lambda cell: bool(cell) and boolean(cell),
    "status": str,
}

LEFT_MM, TOP_MM, RIGHT_MM = 17.0, 13.0, 2.0
TALLEST_MM = 120.0
LARGEST_MAP_MM = 30.0
PANEL_MM, COUNTS_MM, BETWEEN_MM = 38.0, 14.0, 4.0  # heights of panels of means, of counts of phones, and between
PANELS = (
    ("regions", "Regions per phone", True),
    ("largest_region", "Largest region (units)", True),
    ("responsive_share", "Responsive share of units", False),
)
TOO_FEW = "too few"
MOST = 7  # phones whose outlines can be distinguished
FILL = 0.25  # opacity inside an outline
WIDEST_PT, LINE_SHARE = 0.7, 0.22  # width of an outline: at most this, and at most this share of a grid step
INSET, INSET_PT = (
    0.09,
    0.6,
)  # between outlines of neighbouring phones in the list: grid steps, and at most this many points


def one_a_manner(phones: Sequence[str], inventory: Inventory) -> tuple[str, ...]:
    """The first of the given phones of each manner, in the order of the inventory; without manners the first phones."""
    if not inventory.manners:
        return tuple(phones[:MOST])
    by_manner: dict[str, str] = {}
    for phone in phones:
        by_manner.setdefault(inventory.manner_of(phone), phone)
    return tuple(by_manner[manner] for manner in inventory.manners if manner in by_manner)


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    return draw(
        material.by_training("selectivity", COLUMNS),
        material.by_training("regions"),
        material.layers,
        material.settings["phones"],
        material.inventory,
        material.conditions,
        material.settings["false_discovery_rate"],
    )


def draw(
    maps: TrainingTables,
    tables: TrainingTables,
    layers: Layers,
    phones: Sequence[str],
    inventory: Inventory,
    conditions: style.Conditions,
    rate: float,
) -> Figure:
    """Draw outlines of regions above statistics of regions by layer.

    Outlines are those of the first phone of each manner in `phones` that has enough tokens, a line of maps a seed.
    `maps` holds selectivity.tsv, with at least the columns of this module, `tables` holds regions.tsv.
    """
    with style.styled():
        phones = one_a_manner([phone for phone in phones if _usable(maps, phone)], inventory)
        colours = _colours(phones, inventory)
        seeds = seeds_of(maps)
        across = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM
        height = min(LARGEST_MAP_MM, map_height(layers, across, len(seeds), TALLEST_MM))
        bottom = TOP_MM + len(seeds) * (height + GAP_MM)
        figure = style.page("double", bottom + 13 + PANEL_MM + BETWEEN_MM + COUNTS_MM + 22)
        blocks = place_blocks(figure, layers, len(seeds), height, LEFT_MM, TOP_MM)
        for (condition, own), block in zip(layers.items(), blocks, strict=True):
            for (line, number), axes in block.axes.items():
                layer = next(layer for layer in own if layer.number == number)
                _outlines(axes, maps.get(Training(condition, seeds[line]), ()), layer, colours)
        for line, seed in enumerate(seeds):
            middle = TOP_MM + (line + 0.5) * height + line * GAP_MM
            style.note(figure, LEFT_MM - 2, middle, f"seed {seed}", va="center", ha="right")
        style.note(figure, 2, 2, "a", fontweight="bold", fontsize=style.TEXT_PT + 1)
        _phone_key(figure, colours, inventory, bottom + 2)
        _panels(figure, tables, layers, conditions, rate, bottom + 13)
        return figure


def _usable(maps: TrainingTables, phone: str) -> bool:
    return any(row["phone"] == phone and row["status"] != TOO_FEW for rows in maps.values() for row in rows)


def _outlines(axes: Axes, rows: Sequence[Row], layer: Layer, colours: Mapping[str, str]) -> None:
    style.plain(axes)
    step = axes.get_window_extent().height * 72 / axes.figure.dpi / layer.grid.rows  # of the grid, in points
    width, inset = min(WIDEST_PT, LINE_SHARE * step), min(INSET, INSET_PT / step)
    for order, (phone, colour) in enumerate(colours.items()):
        cells = [row for row in rows if row["layer"] == layer.number and row["phone"] == phone]
        inside = image(cells, layer.grid, "responsive") == 1
        edges = outline(inside, torus=layer.grid.torus) + inset * (order - (len(colours) - 1) / 2)
        axes.imshow(np.where(inside, 1.0, np.nan), cmap=ListedColormap([colour]), alpha=FILL, aspect="auto")
        axes.add_patch(PathPatch(_path(edges), edgecolor=colour, linewidth=width, fill=False))
    axes.set(xlim=(-0.8, layer.grid.columns - 0.2), ylim=(layer.grid.rows - 0.2, -0.8))


def _path(edges: NDArray[np.float64]) -> Path:
    return Path(edges.reshape(-1, 2), np.tile([Path.MOVETO, Path.LINETO], len(edges)))


def _colours(phones: Sequence[str], inventory: Inventory) -> dict[str, str]:
    """Colour of each phone: that of its manner, or, without manners, its own."""
    classes = {phone: inventory.manner_of(phone) or phone for phone in phones}
    colours = style.class_colours(classes.values())
    return {phone: colours[name] for phone, name in classes.items()}


def _phone_key(figure: Figure, colours: Mapping[str, str], inventory: Inventory, top: float) -> None:
    names = {phone.label: f"{phone.label} [{phone.ipa}]" if phone.ipa else phone.label for phone in inventory.phones}
    lines = [Line2D([], [], color=colour, label=names[phone]) for phone, colour in colours.items()]
    if lines:
        style.legend(figure, lines, LEFT_MM, top, len(lines))


def _panels(
    figure: Figure, tables: TrainingTables, layers: Layers, conditions: style.Conditions, rate: float, top: float
) -> None:
    width = 46.0
    for column, (statistic, label, positions) in enumerate(PANELS):
        left = 14 + column * (width + 15)
        axes = style.axes_at(figure, left, top, width, PANEL_MM)
        nulls.draw_by_layer(axes, tables, layers, conditions, statistic, rate, positions=positions, fields=False)
        axes.set_ylabel(label)
        style.letter(axes, "bcd"[column])
        axes.set_ylim(bottom=0)
        if positions:  # the share is one number per layer, and no phone is beyond a null that never varies
            below = style.axes_at(figure, left, top + PANEL_MM + BETWEEN_MM, width, COUNTS_MM)
            nulls.draw_counts(below, tables, layers, conditions, statistic, fields=False)
            axes.set(xlabel="", xticklabels=[])
            figure.align_ylabels([axes, below])
    bottom = top + PANEL_MM + BETWEEN_MM + COUNTS_MM
    style.legend(figure, [*conditions.handles(), *style.seed_handles(seeds_of(tables))], 14, bottom + 9, 8)
    style.legend(figure, nulls.handles(rate), 14, bottom + 13, 2)
