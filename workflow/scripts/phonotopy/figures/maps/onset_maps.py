"""Maps around the onset of a phone, one after the other as on a film, conditions below each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PatchCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from phonotopy.core.inventory import Inventory
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.blocks import fitted
from phonotopy.figures.colour_scales import colours, heading, swatch, symmetric
from phonotopy.figures.grids import Layer, Layers, image, layer_numbers
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["COLUMNS", "FRAME_MS", "WINDOW_MS", "draw", "figure", "shown_lags"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "row": int,
    "column": int,
    "phone": str,
    "lag_ms": number,
    "contrast": number,
}
WINDOW_MS = (-80.0, 240.0)  # after the onset of the phone
FRAME_MS = 20.0  # from one map to the next, where the layer responds as often
LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 31.0, 9.0, 17.0, 7.0
PHONE_MM, LAYER_MM, GAP_MM = 6.0, 2.6, 0.5  # above a phone, between layers, between conditions
TALLEST_MM, LEAST_MM = 222.0, 3.4  # of all strips; of one, whose label is a line of text
NAME_MM = 17.5  # of a condition in the margin, at most
ACROSS = 0.94  # share of a slot that a map takes
BAR_MM = 1.8

Frames = dict[float, NDArray[np.float64]]  # maps of a strip by their lag


@dataclass(frozen=True)
class Strip:
    """Maps of one phone, layer and condition."""

    phone: str
    layer: Layer
    condition: str
    frames: Frames


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    return draw(
        material.by_training("onset_maps", COLUMNS),
        material.seed,
        material.layers,
        material.inventory,
        material.conditions,
    )


def shown_lags(lags_ms: Sequence[float]) -> list[float]:
    """Lags within the window, no closer than maps follow each other, the one at the onset among them."""
    known = sorted(set(lags_ms))
    step = min((after - before for before, after in pairwise(known)), default=FRAME_MS)
    every = max(1, round(FRAME_MS / step))
    onset = int(np.argmin(np.abs(known))) if known else 0
    inside = [index for index, lag in enumerate(known) if WINDOW_MS[0] - 1e-6 <= lag <= WINDOW_MS[1] + 1e-6]
    return [known[index] for index in inside if (index - onset) % every == 0]


def draw(
    tables: TrainingTables, seed: int, layers: Layers, inventory: Inventory, conditions: style.Conditions
) -> Figure:
    """Draw a strip per phone, layer and condition, for one seed; as many phones as fit the page.

    `tables` holds onset_maps.tsv of each training.
    """
    with style.styled():
        own = {name: tables[Training(name, seed)] for name in conditions.names if Training(name, seed) in tables}
        phones = list(dict.fromkeys(row["phone"] for rows in own.values() for row in rows))
        strips = [strip for phone in phones for strip in _strips(own, layers, phone)]
        if not strips:
            figure = style.page("double", 40)
            style.faint(style.axes_at(figure, LEFT_MM, TOP_MM, 100, 20), "no phone with enough tokens")
            return figure
        return _page(strips, _fitting(strips), inventory, {name: layers[name] for name in own})


def _strips(own: Mapping[str, Sequence[Row]], layers: Layers, phone: str) -> list[Strip]:
    """Strips of a phone, layer by layer, conditions below each other."""
    cells: dict[tuple[str, int], dict[float, list[Row]]] = {}
    for name, rows in own.items():
        for row in (row for row in rows if row["phone"] == phone):
            cells.setdefault((name, row["layer"]), {}).setdefault(row["lag_ms"], []).append(row)
    found = []
    for numbered in layer_numbers(layers):
        for name in own:
            for layer in (layer for layer in layers[name] if layer.number == numbered):
                by_lag = cells.get((name, numbered), {})
                frames = {lag: image(by_lag[lag], layer.grid, "contrast") for lag in shown_lags(list(by_lag))}
                if frames:
                    found.append(Strip(phone, layer, name, frames))
    return found


def _fitting(strips: Sequence[Strip]) -> list[str]:
    """The first phones whose strips fit the page with room for their labels; at least one."""
    phones = list(dict.fromkeys(strip.phone for strip in strips))
    fitting = [phones[0]]
    for phone in phones[1:]:
        if _strip_height([strip for strip in strips if strip.phone in {*fitting, phone}]) < LEAST_MM:
            break
        fitting.append(phone)
    return fitting


def _strip_height(strips: Sequence[Strip]) -> float:
    """Height of a strip in mm, so that a page holds all of them and no slot is wider than its share of the time."""
    phones = len({strip.phone for strip in strips})
    blocks = len({(strip.phone, strip.layer.number) for strip in strips})
    fixed = PHONE_MM * phones + LAYER_MM * (blocks - phones) + GAP_MM * (len(strips) - blocks)
    return min((TALLEST_MM - fixed) / len(strips), _slot_width())


def _slot_width() -> float:
    slots = (WINDOW_MS[1] - WINDOW_MS[0]) / FRAME_MS + 1
    return (style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM) / slots


def _page(strips: Sequence[Strip], phones: Sequence[str], inventory: Inventory, layers: Layers) -> Figure:
    shown = [strip for strip in strips if strip.phone in phones]
    height = _strip_height(shown)
    scales = {number: _scale(shown, number) for number in layer_numbers(layers)}
    blocks = [
        [strip for strip in shown if (strip.phone, strip.layer.number) == key]
        for key in dict.fromkeys((strip.phone, strip.layer.number) for strip in shown)
    ]
    tops, end = _tops(blocks, height)
    figure = style.page("double", end + BOTTOM_MM)
    for block, top in zip(blocks, tops, strict=True):
        number = block[0].layer.number
        if block is blocks[0] or block[0].phone != blocks[blocks.index(block) - 1][0].phone:
            heading(figure, block[0].phone, inventory, 1.0, top - 1)
        for place, strip in enumerate(block):
            _strip(figure, strip, top + place * (height + GAP_MM), height, scales[number])
        deep = len(block) * (height + GAP_MM) - GAP_MM
        _bar(figure, scales[number], top, deep)
        fields = " / ".join(dict.fromkeys(strip.layer.field for strip in block))
        style.note(figure, 1.0, top + deep / 2, f"{number} ({fields})", va="center")
    _axis(figure, end, [strip.phone for strip in strips if strip.phone not in phones])
    if any(np.isnan(values).any() for strip in shown for values in strip.frames.values()):
        swatch(figure, 1.0, end + 4.2, "no response")
    return figure


def _tops(blocks: Sequence[Sequence[Strip]], height: float) -> tuple[list[float], float]:
    """Upper edge of each block of strips, and the lower one of the last."""
    tops, top, phone = [], TOP_MM - LAYER_MM, ""
    for block in blocks:
        top += PHONE_MM if block[0].phone != phone else LAYER_MM
        tops.append(top)
        top += len(block) * (height + GAP_MM) - GAP_MM
        phone = block[0].phone
    return tops, top


def _scale(strips: Sequence[Strip], number: int) -> Normalize:
    """A scale of a layer, for all of its phones and conditions."""
    parts = [values.ravel() for strip in strips if strip.layer.number == number for values in strip.frames.values()]
    return symmetric(np.concatenate(parts) if parts else ())


def _strip(figure: Figure, strip: Strip, top: float, height: float, scale: Normalize) -> None:
    """Maps in one axes, in millimetres: to make one for each map takes longer than to draw them."""
    slot = _slot_width()
    style.note(figure, LEFT_MM - 1.5, top + height / 2, fitted(strip.condition, NAME_MM), va="center", ha="right")
    across = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM
    axes = style.axes_at(figure, LEFT_MM, top, across, height)
    axes.set_axis_off()
    axes.set(xlim=(0, across), ylim=(height, 0), autoscale_on=False, xticks=[], yticks=[])
    width = min(ACROSS * slot, strip.layer.aspect * height)
    tall = width / strip.layer.aspect
    frames = []
    for lag, values in strip.frames.items():
        left, upper = ((lag - WINDOW_MS[0]) / FRAME_MS + 0.5) * slot - width / 2, (height - tall) / 2
        extent = (left, left + width, upper + tall, upper)
        axes.imshow(values, cmap=colours(), norm=scale, aspect="auto", extent=extent)
        frames.append(Rectangle((left, upper), width, tall))
    look: dict[str, Any] = {"facecolors": "none", "edgecolors": style.FRAME, "linewidths": 0.4}
    axes.add_collection(PatchCollection(frames, clip_on=False, zorder=3, **look), autolim=False)


def _bar(figure: Figure, scale: Normalize, top: float, height: float) -> None:
    """Colours of a layer at the right of its strips."""
    left = style.WIDTHS_MM["double"] - RIGHT_MM + 2
    shrink = min(height, 14.0)
    axes = style.axes_at(figure, left, top + (height - shrink) / 2, BAR_MM, shrink)
    bar = figure.colorbar(ScalarMappable(scale, colours()), cax=axes, extend="both")
    bar.outline.set_linewidth(0.4)
    bar.set_ticks([])
    style.note(figure, left + BAR_MM + 1, top + height / 2, f"±{scale.vmax:g}", va="center")


def _axis(figure: Figure, bottom: float, left_out: Sequence[str]) -> None:
    """Times below the last strip, the heads of the columns, and what does not fit."""
    slot, low = _slot_width(), WINDOW_MS[0]
    times = np.arange(low, WINDOW_MS[1] + 1, FRAME_MS)
    for place, time in enumerate(times.tolist()):
        text = f"{time:+.0f}".replace("-", "−") if time else "0"
        weight = "normal" if time else "bold"
        style.note(figure, LEFT_MM + (place + 0.5) * slot, bottom + 0.8, text, ha="center", fontweight=weight)
    middle = LEFT_MM + len(times) * slot / 2
    style.note(figure, middle, bottom + 3.8, "time after phone onset (ms)", ha="center")
    style.note(figure, 1.0, 1.0, "layer\n(field, ms)")
    style.note(figure, style.WIDTHS_MM["double"] - 1, 1.0, "contrast\n(s.d. of a unit)", ha="right")
    if left_out:
        names = ", ".join(dict.fromkeys(left_out))
        style.note(figure, LEFT_MM, 1.0, f"without room on this page: {names}", color="#595959")
