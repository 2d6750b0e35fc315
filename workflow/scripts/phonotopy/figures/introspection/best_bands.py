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
BANDS = ("untrained_best_band", "best_band")
LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 21.0, 13.0, 2.0, 19.0
TALLEST_MM, LARGEST_MAP_MM = 200.0, 26.0
KEY_MM = 42.0  # length of a colour bar
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
        scales = {True: _bands(tables), False: _correlations(tables)}
        for name, block in zip(own, place_blocks(figure, own, len(LINES), height, LEFT_MM, TOP_MM), strict=True):
            rows = tables[Training(name, seed)]
            for line, (measure, label) in enumerate(LINES):
                shown = [row for row in rows if (row["measure"], row["label"]) == (measure, label)]
                for layer in own[name]:
                    values = image([row for row in shown if row["layer"] == layer.number], layer.grid, "value")
                    _map(block.axes[line, layer.number], values, scales[measure in BANDS], bands=measure in BANDS)
        for line, title in enumerate(LINES.values()):
            middle = TOP_MM + (line + 0.5) * height + line * GAP_MM
            style.note(figure, LEFT_MM - 2, middle, title, va="center", ha="right")
        _keys(figure, scales, bottom + 3)
        return figure


def _values(tables: TrainingTables, *, bands: bool) -> Any:
    chosen = [measure for measure, _ in LINES if (measure in BANDS) == bands]
    found = [row["value"] for rows in tables.values() for row in rows if row["measure"] in chosen]
    return np.array([value for value in found if np.isfinite(value)])


def _bands(tables: TrainingTables) -> Normalize:
    found = _values(tables, bands=True)
    return Normalize(found.min(), found.max()) if len(found) else Normalize(0, 1)


def _correlations(tables: TrainingTables) -> Normalize:
    found = np.abs(_values(tables, bands=False))
    limit = float(np.ceil(10 * found.max()) / 10) if len(found) else 1.0
    return Normalize(-limit, limit)


def _colours(*, bands: bool) -> Colormap:
    return mpl.colormaps["viridis" if bands else style.DIVERGING].with_extremes(bad=style.DEAD)


def _map(axes: Axes, values: Any, scale: Normalize, *, bands: bool) -> None:
    if not np.isfinite(values).any():
        style.faint(axes, NONE)
        return
    style.plain(axes)
    axes.imshow(values, cmap=_colours(bands=bands), norm=scale, aspect="auto")


def _keys(figure: Figure, scales: Mapping[bool, Normalize], top: float) -> None:
    """A colour bar for bands, one for correlations, and what has no colour."""
    for column, (bands, text) in enumerate(
        ((True, "centre of the best band (Hz, mel scale)"), (False, "correlation r"))
    ):
        left = LEFT_MM + column * (KEY_MM + 26)
        axes = style.axes_at(figure, left, top + 4, KEY_MM, 2.5)
        mappable = ScalarMappable(scales[bands], _colours(bands=bands))
        bar = figure.colorbar(mappable, cax=axes, orientation="horizontal")
        if bands:
            ticks = [2595 * np.log10(1 + hertz / 700) for hertz in TICKS_HZ]
            bar.set_ticks(ticks, labels=[f"{hertz:,}" for hertz in TICKS_HZ])
        else:
            limit = scales[bands].vmax or 1.0
            bar.set_ticks([-limit, 0, limit], labels=[f"−{limit:g}", "0", f"{limit:g}"])
        style.note(figure, left + KEY_MM / 2, top + 3.2, text, va="bottom", ha="center")
    left = LEFT_MM + 2 * (KEY_MM + 26)
    dead = style.axes_at(figure, left, top + 4, 2.5, 2.5)
    style.plain(dead)
    dead.set_facecolor(style.DEAD)
    style.note(figure, left + 4, top + 3.6, "unit without a value")
    style.note(figure, left, top + 8, f"{NONE}  not testable")
