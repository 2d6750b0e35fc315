"""Maps of integration windows, and of whether they stretch with the speech."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.blocks import GAP_MM, map_height, place_blocks
from phonotopy.figures.grids import NONE, Layers, image
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["WINDOWS", "YOKING", "draw", "figure"]

Columns = Mapping[str, Callable[[str], Any]]
POSITIONED: Columns = {"layer": int, "row": int, "column": int, "network": str, "status": str}
WINDOWS: Columns = {**POSITIONED, "rate": number, "window_ms": number}
YOKING: Columns = {**POSITIONED, "yoking": number}
NATURAL = 1.0
LINES = {"window_ms": "window", "yoking": "yoking"}
KEYS = {"window_ms": "window / median of the layer", "yoking": "yoking: 0 in time, 1 with the speech"}
COLOURS = {"window_ms": "BrBG", "yoking": "PuOr_r"}
LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 21.0, 13.0, 2.0, 17.0
TALLEST_MM, LARGEST_MAP_MM = 200.0, 26.0
KEY_MM, BETWEEN_MM = 42.0, 8.0  # length of a colour bar, and from one to the next
SHOWN_PERCENTILE = 99.5  # of the units of a figure; what is beyond takes the last colours

Cells = Mapping[str, Mapping[str, Sequence[Row]]]  # rows by measure and condition


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    windows, yoking = material.by_training("windows", WINDOWS), material.by_training("yoking", YOKING)
    return draw(windows, yoking, material.seed, material.layers, material.conditions)


def draw(
    windows: TrainingTables, yoking: TrainingTables, seed: int, layers: Layers, conditions: style.Conditions
) -> Figure:
    """Draw windows at natural tempo and yoking of every unit at its position, for one seed.

    `windows` holds windows.tsv and `yoking` yoking.tsv of each training.
    """
    with style.styled():
        names = [name for name in conditions.names if Training(name, seed) in windows]
        own = {name: layers[name] for name in names}
        cells = {
            "window_ms": {name: _relative(_shown(windows[Training(name, seed)], rate=NATURAL)) for name in names},
            "yoking": {name: _shown(yoking[Training(name, seed)]) for name in names},
        }
        across = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM
        height = min(LARGEST_MAP_MM, map_height(own, across, len(LINES), TALLEST_MM))
        bottom = TOP_MM + len(LINES) * (height + GAP_MM)
        page = style.page("double", bottom + BOTTOM_MM)
        scales = {"window_ms": _windows_scale(cells), "yoking": _yoking_scale(cells)}
        missing = _maps(page, own, cells, height, scales)
        for line, title in enumerate(LINES.values()):
            middle = TOP_MM + (line + 0.5) * height + line * GAP_MM
            style.note(page, LEFT_MM - 2, middle, title, va="center", ha="right")
        dead = any(np.isnan(one.images[0].get_array().filled(np.nan)).any() for one in page.axes if one.images)  # type: ignore[union-attr]
        _keys(page, scales, bottom + 3, missing=missing, dead=dead)
        return page


def _shown(rows: Sequence[Row], **wanted: float) -> list[Row]:
    """Rows of the trained network with a value."""
    own = [row for row in rows if row["network"] == "trained" and row["status"] == "ok"]
    return [row for row in own if all(row[name] == value for name, value in wanted.items())]


def _relative(rows: Sequence[Row]) -> list[Row]:
    """Windows over the median of their layer: how layers differ would hide what is inside."""
    layers = {row["layer"] for row in rows}
    median = {layer: float(np.median([row["window_ms"] for row in rows if row["layer"] == layer])) for layer in layers}
    return [{**row, "window_ms": row["window_ms"] / median[row["layer"]]} for row in rows]


def _values(cells: Cells, measure: str) -> list[float]:
    found = [row[measure] for rows in cells[measure].values() for row in rows]
    return [value for value in found if np.isfinite(value)]


def _windows_scale(cells: Cells) -> Normalize:
    """Logarithmic, symmetric about 1."""
    found = np.abs(np.log(_values(cells, "window_ms") or [2.0]))
    limit = float(f"{np.exp(np.percentile(found, SHOWN_PERCENTILE)):.2g}")
    return LogNorm(1 / max(limit, 1.1), max(limit, 1.1))


def _yoking_scale(cells: Cells) -> Normalize:
    """Symmetric about 0."""
    found = np.abs(_values(cells, "yoking") or [1.0])
    limit = float(f"{np.percentile(found, SHOWN_PERCENTILE):.2g}")
    return Normalize(-limit, limit) if limit > 0 else Normalize(-1, 1)


def _maps(page: Figure, layers: Layers, cells: Cells, height: float, scales: Mapping[str, Normalize]) -> bool:
    """Draw the maps; whether a layer is missing."""
    blocks, missing = place_blocks(page, layers, len(LINES), height, LEFT_MM, TOP_MM), False
    for (condition, own), block in zip(layers.items(), blocks, strict=True):
        for layer in own:
            for line, measure in enumerate(LINES):
                rows = [row for row in cells[measure][condition] if row["layer"] == layer.number]
                values = image(rows, layer.grid, measure) if rows else None
                _map(block.axes[line, layer.number], values, measure, scales[measure])
                missing |= not rows
    return missing


def _colours(measure: str) -> Any:
    return mpl.colormaps[COLOURS[measure]].with_extremes(bad=style.DEAD)


def _map(axes: Axes, values: Any, measure: str, scale: Normalize) -> None:
    if values is None:
        style.faint(axes, NONE)
        return
    style.plain(axes)
    axes.imshow(values, cmap=_colours(measure), norm=scale, aspect="auto")


def _keys(page: Figure, scales: Mapping[str, Normalize], top: float, *, missing: bool, dead: bool) -> None:
    """A colour bar per measure, and what has no colour."""
    for index, (measure, scale) in enumerate(scales.items()):
        left = LEFT_MM + index * (KEY_MM + BETWEEN_MM)
        axes = style.axes_at(page, left, top + 4, KEY_MM, 2.5)
        bar = page.colorbar(ScalarMappable(scale, _colours(measure)), cax=axes, orientation="horizontal", ticks=[])
        bar.minorticks_off()
        bar.outline.set_linewidth(0.4)
        style.note(page, left, top + 7, f"≤ {scale.vmin:.2g}".replace("-", "−"))
        style.note(page, left + KEY_MM, top + 7, f"≥ {scale.vmax:.2g}", ha="right")
        style.note(page, left + KEY_MM / 2, top + 3.2, KEYS[measure], va="bottom", ha="center")
    left = LEFT_MM + 2 * (KEY_MM + BETWEEN_MM)
    if dead:
        style.swatch(
            page, left, top + 4, style.DEAD, "unit that responds to too few\nsegments, or beyond the durations"
        )
    if missing:
        style.note(page, left, top + 10.5, f"{NONE}  layer without measured units")
