"""Maps of the manner of articulation that each unit prefers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from phonotopy.core.grid import Grid
from phonotopy.core.inventory import Inventory
from phonotopy.core.tables import boolean, number
from phonotopy.figures import style
from phonotopy.figures.blocks import GAP_MM, LINE_MM, map_height, place_blocks
from phonotopy.figures.grids import Layers, layer_numbers
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables, seeds_of

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "row": int,
    "column": int,
    "dead": boolean,
    "manner": str,
    "d_prime": number,
}

LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 17.0, 13.0 + LINE_MM, 2.0, 18.0
TALLEST_MM = 200.0
LARGEST_MAP_MM = 30.0
FAINTEST = 0.25  # share of the colour at d' = 0; the rest is white
SHOWN_PERCENTILE = 95.0  # of d' in a layer; stronger units take the full colour


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    return draw(material.by_training("preferences", COLUMNS), material.layers, material.inventory)


def draw(tables: TrainingTables, layers: Layers, inventory: Inventory) -> Figure:
    """Draw the manner of each unit's preferred phone as a colour, stronger with d' in its layer; a line per seed.

    `tables` holds preferences.tsv of each training, with at least the columns of this module.
    """
    with style.styled():
        seeds = seeds_of(tables)
        across = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM
        height = min(LARGEST_MAP_MM, map_height(layers, across, len(seeds), TALLEST_MM))
        bottom = TOP_MM + len(seeds) * (height + GAP_MM)
        figure = style.page("double", bottom + BOTTOM_MM)
        limits, colours = _limits(tables.values(), layer_numbers(layers)), style.class_colours(inventory.manners)
        ends = "full at d′", {number: f"{limit:.1f}" for number, limit in limits.items()}
        blocks = place_blocks(figure, layers, len(seeds), height, LEFT_MM, TOP_MM, ends)
        for (condition, own), block in zip(layers.items(), blocks, strict=True):
            grids = {layer.number: layer.grid for layer in own}
            for (line, layer), axes in block.axes.items():
                rows = [row for row in tables.get(Training(condition, seeds[line]), ()) if row["layer"] == layer]
                _map(axes, rows, grids[layer], colours, limits[layer])
        for line, seed in enumerate(seeds):
            middle = TOP_MM + (line + 0.5) * height + line * GAP_MM
            style.note(figure, LEFT_MM - 2, middle, f"seed {seed}", va="center", ha="right")
        rows = [row for own in tables.values() for row in own]
        met = {row["manner"] for row in rows if not row["dead"]}
        shown = {manner: colour for manner, colour in colours.items() if manner in met}
        _key(figure, shown, bottom + 3, dead=any(row["dead"] for row in rows), known=bool(colours))
        return figure


def _limits(tables: Iterable[Sequence[Row]], layers: Sequence[int]) -> dict[int, float]:
    """The d' of the full colour by layer, the same in all conditions: d' falls with depth."""
    values: dict[int, list[float]] = {layer: [] for layer in layers}
    for rows in tables:
        for row in rows:
            if np.isfinite(row["d_prime"]):
                values[row["layer"]].append(row["d_prime"])
    return {
        layer: max(0.1, round(float(np.percentile(own, SHOWN_PERCENTILE)), 1)) if own else 1.0
        for layer, own in values.items()
    }


def _map(axes: Axes, rows: Sequence[Row], grid: Grid, colours: Mapping[str, str], limit: float) -> None:
    if not colours:
        style.faint(axes, "no\nmanners")
        return
    style.plain(axes)
    axes.imshow(_image(rows, grid, colours, limit), aspect="auto")


def _image(rows: Sequence[Row], grid: Grid, colours: Mapping[str, str], limit: float) -> NDArray[np.float64]:
    """Colours at the positions of the units, ``(rows, columns, 3)``."""
    image = np.tile(to_rgb(style.DEAD), (grid.rows, grid.columns, 1))
    for row in rows:
        if not row["dead"] and row["manner"]:
            colour = colours.get(row["manner"], style.OTHER)
            image[row["row"], row["column"]] = _blend(colour, np.array(row["d_prime"] / limit))
    return image


def _blend(colour: str, strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """A colour over white, ``(…, 3)``, by strength from 0 to 1."""
    share = FAINTEST + (1 - FAINTEST) * np.clip(strength, 0, 1)[..., None]
    return np.asarray(1 - share * (1 - np.array(to_rgb(colour))))


def _key(figure: Figure, colours: Mapping[str, str], top: float, *, dead: bool, known: bool) -> None:
    """Ramps of the manners that occur, and the grey of units without a response, where there are any."""
    if not known:
        style.note(
            figure, LEFT_MM, top, "The inventory (alignment.inventory) names no manners: there is none to prefer."
        )
        return
    width = min(18.0, (style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM) / max(1, len(colours)) - 4)
    ramp = np.linspace(0, 1, 64)
    for index, (manner, colour) in enumerate(colours.items()):
        left = LEFT_MM + index * (width + 4)
        axes = style.axes_at(figure, left, top + 4, width, 2.5)
        axes.imshow(_blend(colour, ramp)[None], aspect="auto", extent=(0, 1, 0, 1))
        axes.set(yticks=[], xticks=[])
        style.note(figure, left, top + 7, "0")
        style.note(figure, left + width, top + 7, "full", ha="right")
        for spine in axes.spines.values():
            spine.set(visible=True, linewidth=0.4)
        style.note(figure, left + width / 2, top + 3.2, manner, va="bottom", ha="center")
    style.note(figure, LEFT_MM, top + 11, "d′ of the preferred phone (s.d.), full colour by layer")
    if dead:
        style.swatch(figure, LEFT_MM + 88, top + 11.4, style.DEAD, "unit without any response")
