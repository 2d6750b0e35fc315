"""Maps of how much of each unit's variance sound, phones, and phones beyond the sound explain."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.blocks import GAP_MM, map_height, place_blocks
from phonotopy.figures.grids import NONE, Layers, image
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["COLUMNS", "MEASURES", "draw", "figure"]

MEASURES = {  # columns, and how lines of maps and colour bars name them
    "sound": ("sound", "predicted by the sound"),
    "phone": ("phones", "explained by phones"),
    "phone_beyond_sound": ("beyond sound", "by phones beyond the sound"),
}
COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "row": int,
    "column": int,
    **dict.fromkeys(MEASURES, number),
}
COLOURS = "viridis"
LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 21.0, 13.0, 2.0, 21.0
TALLEST_MM, LARGEST_MAP_MM = 200.0, 26.0
KEY_MM, BETWEEN_MM = 42.0, 12.0  # length of a colour bar, and from one to the next
SHOWN_PERCENTILE = 99.5  # of the units of a figure; what is beyond takes the last colour

Tables = Mapping[str, Mapping[int, Sequence[Row]]]  # rows by condition and layer


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    return draw(material.by_training("unit_variance", COLUMNS), material.seed, material.layers, material.conditions)


def draw(tables: TrainingTables, seed: int, layers: Layers, conditions: style.Conditions) -> Figure:
    """Draw shares of variance of every unit at its position, for one seed: a line of maps and a scale per measure.

    `tables` holds unit_variance.tsv of each training, with at least the columns of this module; layers that are not
    in it are not testable.
    """
    with style.styled():
        names = [condition for condition in conditions.names if Training(condition, seed) in tables]
        own = {name: layers[name] for name in names}
        cells = {name: _by_layer(tables[Training(name, seed)]) for name in names}
        across = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM
        height = min(LARGEST_MAP_MM, map_height(own, across, len(MEASURES), TALLEST_MM))
        bottom = TOP_MM + len(MEASURES) * (height + GAP_MM)
        figure = style.page("double", bottom + BOTTOM_MM)
        scales = {measure: _scale(cells, measure) for measure in MEASURES}
        missing = _maps(figure, own, cells, height, scales)
        for line, (title, _) in enumerate(MEASURES.values()):
            middle = TOP_MM + (line + 0.5) * height + line * GAP_MM
            style.note(figure, LEFT_MM - 2, middle, title, va="center", ha="right")
        rows = [row for layers in cells.values() for own_rows in layers.values() for row in own_rows]
        dead = any(not np.isfinite(row[measure]) for row in rows for measure in MEASURES)
        _keys(figure, scales, bottom + 3, missing=missing, dead=dead)
        return figure


def _by_layer(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["layer"], []).append(row)
    return found


def _scale(cells: Tables, measure: str) -> Normalize:
    """From 0 to the end of the percentile that is shown, in %."""
    shares = [100 * row[measure] for own in cells.values() for rows in own.values() for row in rows]
    finite = np.array([share for share in shares if np.isfinite(share)])
    limit = float(f"{np.percentile(finite, SHOWN_PERCENTILE):.2g}") if len(finite) else 0.0
    return Normalize(0.0, limit if limit > 0 else 100.0)


def _maps(figure: Figure, layers: Layers, cells: Tables, height: float, scales: Mapping[str, Normalize]) -> bool:
    """Draw the maps; whether any of them is missing."""
    blocks, missing = place_blocks(figure, layers, len(MEASURES), height, LEFT_MM, TOP_MM), False
    for (condition, own), block in zip(layers.items(), blocks, strict=True):
        for layer in own:
            rows = cells[condition].get(layer.number, [])
            for line, measure in enumerate(MEASURES):
                axes, values = block.axes[line, layer.number], image(rows, layer.grid, measure)
                _map(axes, values if rows else None, scales[measure])
                missing |= not rows
    return missing


def _colours() -> Colormap:
    return mpl.colormaps[COLOURS].with_extremes(bad=style.DEAD)


def _map(axes: Axes, values: Any, scale: Normalize) -> None:
    if values is None:
        style.faint(axes, NONE)
        return
    style.plain(axes)
    axes.imshow(100 * values, cmap=_colours(), norm=scale, aspect="auto")


def _keys(figure: Figure, scales: Mapping[str, Normalize], top: float, *, missing: bool, dead: bool) -> None:
    """A colour bar per measure, and what has no colour."""
    for index, (measure, scale) in enumerate(scales.items()):
        left = LEFT_MM + index * (KEY_MM + BETWEEN_MM)
        axes = style.axes_at(figure, left, top + 4, KEY_MM, 2.5)
        bar = figure.colorbar(ScalarMappable(scale, _colours()), cax=axes, orientation="horizontal", ticks=[])
        bar.outline.set_linewidth(0.4)
        style.note(figure, left, top + 7, "≤ 0")
        style.note(figure, left + KEY_MM, top + 7, f"≥ {scale.vmax:g} %", ha="right")
        style.note(figure, left + KEY_MM / 2, top + 3.2, MEASURES[measure][1], va="bottom", ha="center")
    style.note(figure, LEFT_MM, top + 12, "% of the variance of each unit")
    left = LEFT_MM + KEY_MM + BETWEEN_MM
    if dead:
        style.swatch(figure, left, top + 12.4, style.DEAD, "unit that does not vary")
    if missing:
        style.note(figure, left + KEY_MM + BETWEEN_MM, top + 12, f"{NONE}  layer that is not testable")
