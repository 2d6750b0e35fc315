"""Maps of the band that drives each unit most, before and after training."""

from collections.abc import Callable, Mapping
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
from phonotopy.figures.trainings import Training, TrainingTables

__all__ = ["COLUMNS", "LINES", "draw", "figure"]

LINES = {  # measure and label of a line of maps, and its name
    ("untrained_best_band", ""): "before training",
    ("best_band", ""): "best band",
    ("correlation", "intensity"): "intensity",
    ("correlation", "f0"): "pitch",
}
COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "row": int,
    "column": int,
    "measure": str,
    "label": str,
    "value": number,
}
BANDS = "centre of the best band (Hz, mel scale)"
KEYS_OF = dict(zip(LINES, (BANDS, BANDS, "correlation with intensity", "correlation with pitch"), strict=True))
SHOWN_PERCENTILE = 99.5  # of units; what is beyond takes the last colour
LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 21.0, 13.0, 2.0, 20.0
TALLEST_MM, LARGEST_MAP_MM = 200.0, 26.0
KEY_MM, BETWEEN_MM = 42.0, 12.0  # length of a colour bar, and from one to the next
TICKS_HZ = (250, 1000, 4000)


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    return draw(
        material.by_training("acoustics_measures", COLUMNS), material.seed, material.layers, material.conditions
    )


def draw(tables: TrainingTables, seed: int, layers: Layers, conditions: style.Conditions) -> Figure:
    """Draw best bands before and after training, and correlations with intensity and pitch, for one seed."""
    with style.styled():
        names = [condition for condition in conditions.names if Training(condition, seed) in tables]
        own = {name: layers[name] for name in names}
        height = min(LARGEST_MAP_MM, map_height(own, style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM, 4, TALLEST_MM))
        bottom = TOP_MM + len(LINES) * (height + GAP_MM)
        figure = style.page("double", bottom + BOTTOM_MM)
        scales, some, none = {key: _scale(tables, key) for key in KEYS_OF.values()}, False, False
        for name, block in zip(own, place_blocks(figure, own, len(LINES), height, LEFT_MM, TOP_MM), strict=True):
            rows = tables[Training(name, seed)]
            for line, (measure, label) in enumerate(LINES):
                shown = [row for row in rows if (row["measure"], row["label"]) == (measure, label)]
                for layer in own[name]:
                    values = image([row for row in shown if row["layer"] == layer.number], layer.grid, "value")
                    key = KEYS_OF[measure, label]
                    _map(block.axes[line, layer.number], values, scales[key], key)
                    known = np.isfinite(values)
                    some, none = some or bool(known.any() and not known.all()), none or not known.any()
        for line, title in enumerate(LINES.values()):
            middle = TOP_MM + (line + 0.5) * height + line * GAP_MM
            style.note(figure, LEFT_MM - 2, middle, title, va="center", ha="right")
        _keys(figure, scales, bottom + 3, some=some, none=none)
        return figure


def _scale(tables: TrainingTables, key: str) -> Normalize:
    """From the lowest to the highest band, or as far either way as the percentile that is shown."""
    chosen = [name for name in LINES if KEYS_OF[name] == key]
    found = [row["value"] for rows in tables.values() for row in rows if (row["measure"], row["label"]) in chosen]
    finite = np.array([value for value in found if np.isfinite(value)])
    if key == BANDS:
        return Normalize(finite.min(), finite.max()) if len(finite) else Normalize(0, 1)
    limit = float(f"{np.percentile(np.abs(finite), SHOWN_PERCENTILE):.1g}") if len(finite) else 0.0
    return Normalize(-limit, limit) if limit > 0 else Normalize(-1, 1)


def _colours(key: str) -> Colormap:
    return mpl.colormaps["viridis" if key == BANDS else style.DIVERGING].with_extremes(bad=style.DEAD)


def _map(axes: Axes, values: Any, scale: Normalize, key: str) -> None:
    if not np.isfinite(values).any():
        style.faint(axes, NONE)
        return
    style.plain(axes)
    axes.imshow(values, cmap=_colours(key), norm=scale, aspect="auto")


def _keys(figure: Figure, scales: Mapping[str, Normalize], top: float, *, some: bool, none: bool) -> None:
    """A colour bar per scale; what has no colour, where `some` unit has none, and what is missing, where `none` has."""
    for column, (key, scale) in enumerate(scales.items()):
        left = LEFT_MM + column * (KEY_MM + BETWEEN_MM)
        axes = style.axes_at(figure, left, top + 1, KEY_MM, 2.5)
        bar = figure.colorbar(ScalarMappable(scale, _colours(key)), cax=axes, orientation="horizontal")
        if key == BANDS:
            ticks = [2595 * np.log10(1 + hertz / 700) for hertz in TICKS_HZ]
            shown = [(tick, f"{hertz:,}") for tick, hertz in zip(ticks, TICKS_HZ, strict=True) if _within(tick, scale)]
            bar.set_ticks([tick for tick, _ in shown], labels=[label for _, label in shown])
        else:
            limit = float(scale.vmax or 1.0)
            bar.set_ticks([-limit, 0, limit], labels=[f"≤ −{limit:g}", "0", f"≥ {limit:g}"])
        axes.set_xlabel(key)
    if some:
        dead = style.axes_at(figure, LEFT_MM, top + 13, 2.5, 2.5)
        style.plain(dead)
        dead.set_facecolor(style.DEAD)
        style.note(figure, LEFT_MM + 4, top + 12.6, "unit without a value")
    if none:
        style.note(figure, LEFT_MM + KEY_MM + BETWEEN_MM, top + 12.6, f"{NONE}  layer that is not testable")


def _within(value: float, scale: Normalize) -> bool:
    return (scale.vmin or 0.0) <= value <= (scale.vmax or 0.0)
