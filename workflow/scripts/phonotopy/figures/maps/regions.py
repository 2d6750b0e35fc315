"""Regions of responsive units: where they lie, how many there are and how large."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phonotopy.core.inventory import Inventory
from phonotopy.core.tables import boolean
from phonotopy.figures import nulls, style
from phonotopy.figures.blocks import GAP_MM, map_height, place_blocks
from phonotopy.figures.grids import Layer, Layers, draw_outline, image, outline
from phonotopy.figures.legends import occurring
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
TALLEST_MM = 128.0
LARGEST_MAP_MM = 16.0
PANEL_MM, COUNTS_MM, BETWEEN_MM = 38.0, 14.0, 4.0  # heights of panels of means, of counts of phones, and between
PANELS = (
    ("regions", "Regions per phone", True),
    ("largest_region", "Largest region (units)", True),
    ("responsive_share", "Responsive share of units", False),
)
TOO_FEW = "too few"
MOST = 7  # lines of maps
PALE = 0.55  # opacity of a responsive unit, whose outline is full
WIDEST_PT, LINE_SHARE = 0.6, 0.2  # width of an outline: at most this, and at most this share of a grid step


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
    """Draw the responsive units of single phones above statistics of regions by layer.

    A line of maps per phone, the first of each manner in `phones` that has enough tokens, for the first seed.
    `maps` holds selectivity.tsv, with at least the columns of this module, `tables` holds regions.tsv.
    """
    with style.styled():
        phones = one_a_manner([phone for phone in phones if _usable(maps, phone)], inventory)
        colours, seed = _colours(phones, inventory), seeds_of(maps)[0]
        lines = max(1, len(phones))
        across = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM
        height = min(LARGEST_MAP_MM, map_height(layers, across, lines, TALLEST_MM))
        bottom = TOP_MM + lines * (height + GAP_MM)
        figure = style.page("double", bottom + 13 + PANEL_MM + BETWEEN_MM + COUNTS_MM + 26)
        blocks = place_blocks(figure, layers, lines, height, LEFT_MM, TOP_MM)
        for (condition, own), block in zip(layers.items(), blocks, strict=True):
            rows = _by_layer_and_phone(maps.get(Training(condition, seed), ()))
            for (line, number), axes in block.axes.items():
                layer = next(layer for layer in own if layer.number == number)
                phone = phones[line] if phones else ""
                _responsive(axes, rows.get((number, phone), ()), layer, colours.get(phone, style.OTHER))
        for line, phone in enumerate(phones):
            middle = TOP_MM + (line + 0.5) * height + line * GAP_MM
            style.note(figure, LEFT_MM - 2, middle, _name(phone, inventory), va="center", ha="right")
        style.note(figure, 2, 2, "a", fontweight="bold", fontsize=style.TEXT_PT + 1)
        told = f"units that respond, seed {seed}" if phones else "no phone has enough tokens"
        style.note(figure, LEFT_MM, bottom + 1.5, told, color="#595959")
        manners = {inventory.manner_of(phone): colours[phone] for phone in phones if inventory.manner_of(phone)}
        keys = [Line2D([], [], color=colour, label=manner) for manner, colour in manners.items()]
        if keys:
            style.legend(figure, keys, LEFT_MM + 42, bottom + 1.5, len(keys))
        _panels(figure, tables, layers, conditions, rate, bottom + 13)
        return figure


def _usable(maps: TrainingTables, phone: str) -> bool:
    return any(row["phone"] == phone and row["status"] != TOO_FEW for rows in maps.values() for row in rows)


def _by_layer_and_phone(rows: Sequence[Row]) -> dict[tuple[int, str], list[Row]]:
    found: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["layer"], row["phone"]), []).append(row)
    return found


def _responsive(axes: Axes, cells: Sequence[Row], layer: Layer, colour: str) -> None:
    """The units that respond to a phone, outlined where they touch others."""
    style.plain(axes)
    inside = image(cells, layer.grid, "responsive") == 1
    step = axes.get_window_extent().height * style.POINTS_PER_INCH / axes.figure.dpi / layer.grid.rows
    axes.imshow(np.where(inside[..., None], (*to_rgb(colour), PALE), (1.0, 1.0, 1.0, 0.0)), aspect="auto")
    edges, width = outline(inside, torus=layer.grid.torus), min(WIDEST_PT, LINE_SHARE * step)
    draw_outline(axes, edges, colour, width)
    axes.set(xlim=(-0.5, layer.grid.columns - 0.5), ylim=(layer.grid.rows - 0.5, -0.5))


def _colours(phones: Sequence[str], inventory: Inventory) -> dict[str, str]:
    """Colour of each phone: that of its manner; black where it has none."""
    colours = style.class_colours(inventory.manners)
    return {phone: colours.get(inventory.manner_of(phone) or "", style.OTHER) for phone in phones}


def _name(phone: str, inventory: Inventory) -> str:
    """A phone with its IPA, as far as there is room."""
    ipa = {item.label: item.ipa for item in inventory.phones}.get(phone, "")
    short = phone if style.text_width(phone) < LEFT_MM - 3 else f"{phone[:7]}…"
    both = f"{phone} [{ipa}]"
    return both if ipa and ipa != phone and style.text_width(both) < LEFT_MM - 3 else short


def _panels(
    figure: Figure, tables: TrainingTables, layers: Layers, conditions: style.Conditions, rate: float, top: float
) -> None:
    width = 44.0
    for column, (statistic, label, positions) in enumerate(PANELS):
        left = 14 + column * (width + 16)
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
    style.legend(figure, occurring(figure, nulls.handles(rate)), 14, bottom + 13, 2)
