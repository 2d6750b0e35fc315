"""Filters of the first hidden layer: the best frequency of each on its grid, and all of them in order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from phonotopy.core.grid import Grid
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables, seeds_of

__all__ = ["COLUMNS", "TESTED", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "unit": int,
    "row": int,
    "column": int,
    "frequency_hz": number,
    "gain": number,
    "status": str,
}
TESTED: Mapping[str, Callable[[str], Any]] = {"layer": int, "measure": str, "morans_i": number, "p": number}
MEASURE = "best_octave"  # the test that a panel names
LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 12.0, 9.0, 4.0, 22.0
GAP_MM, AXIS_MM, LINE_MM, TALLEST_MM = 4.0, 13.5, 9.0, 38.0
FREQUENCIES, GAINS = "viridis", "Greys"
TICKS_HZ = (250, 500, 1000, 2000, 4000, 8000, 16000)


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    tested = material.by_training("measure_maps", TESTED)
    return draw(material.by_training("filters", COLUMNS), tested, material.layers)


def draw(tables: TrainingTables, tested: TrainingTables, layers: Layers) -> Figure:
    """Draw maps of best frequencies and the ordered filters: conditions side by side, seeds below each other.

    `tables` and `tested` hold filters.tsv and measure_maps.tsv of each training, with the columns of this module.
    """
    with style.styled():
        seeds = seeds_of(tables)
        width = (style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM - GAP_MM * (len(layers) - 1)) / len(layers)
        height = min(TALLEST_MM, (width - AXIS_MM) / (1 + max(own[0].aspect for own in layers.values())))
        bottom = TOP_MM + len(seeds) * (height + LINE_MM)
        figure = style.page("double", bottom + BOTTOM_MM)
        scale = _scale(tables)
        for column, (condition, own) in enumerate(layers.items()):
            left = LEFT_MM + column * (width + GAP_MM)
            style.note(figure, left, 1, condition, fontweight="bold")
            for line, seed in enumerate(seeds):
                top, training = TOP_MM + line * (height + LINE_MM), Training(condition, seed)
                across = own[0].aspect * height
                axes = style.axes_at(figure, left, top, across, height)
                rows = [row for row in tables.get(training, ()) if row["status"] == "ok"]
                _map(axes, rows, own[0].grid, scale)
                style.note(figure, left, top - 0.8, _test(tested.get(training, ())), va="bottom")
                beside = left + across + AXIS_MM
                bank = style.axes_at(figure, beside, top, width - across - AXIS_MM, height)
                _bank(bank, rows, last=line == len(seeds) - 1)
        for line, seed in enumerate(seeds):
            middle = TOP_MM + line * (height + LINE_MM) + height / 2
            style.note(figure, LEFT_MM - 2, middle, f"seed {seed}", va="center", ha="right")
        _key(figure, scale, bottom + 7, dead=any(row["status"] == "dead" for rows in tables.values() for row in rows))
        return figure


def _best(rows: Sequence[Row]) -> dict[int, Row]:
    """The row of the band that each unit passes best, by unit."""
    found: dict[int, Row] = {}
    for row in rows:
        if row["unit"] not in found or row["gain"] > found[row["unit"]]["gain"]:
            found[row["unit"]] = row
    return found


def _scale(tables: TrainingTables) -> LogNorm:
    """From the lowest to the highest band that any filter can have, the same for all maps."""
    hertz = [row["frequency_hz"] for rows in tables.values() for row in rows] or [100.0, 8000.0]
    return LogNorm(min(hertz), max(hertz))


def _map(axes: Axes, rows: Sequence[Row], grid: Grid, scale: LogNorm) -> None:
    style.plain(axes)
    axes.set_facecolor(style.DEAD)
    image = np.full((grid.rows, grid.columns), np.nan)
    for row in _best(rows).values():
        image[row["row"], row["column"]] = row["frequency_hz"]
    axes.imshow(image, norm=scale, cmap=FREQUENCIES, aspect="auto")


def _bank(axes: Axes, rows: Sequence[Row], *, last: bool) -> None:
    """Gains of all filters, side by side from low to high best frequency."""
    if not rows:
        style.faint(axes, "no filter\npasses anything")
        return
    hertz = sorted({row["frequency_hz"] for row in rows})
    order = sorted(_best(rows).values(), key=lambda row: (row["frequency_hz"], row["unit"]))
    place = {row["unit"]: index for index, row in enumerate(order)}
    band = {frequency: index for index, frequency in enumerate(hertz)}
    gains = np.zeros((len(hertz), len(order)))
    for row in rows:
        gains[band[row["frequency_hz"]], place[row["unit"]]] = row["gain"]
    axes.imshow(gains, cmap=GAINS, vmin=0, vmax=1, aspect="auto", origin="lower")
    shown = [tick for tick in TICKS_HZ if hertz[0] <= tick <= hertz[-1]]
    labels = [f"{tick / 1000:g}" for tick in shown]
    axes.set_yticks(np.interp(shown, hertz, np.arange(len(hertz))), labels)
    room = axes.get_window_extent().height / axes.figure.dpi * style.MILLIMETRES_PER_INCH
    axes.set_ylabel("Frequency (kHz)" if style.text_width("Frequency (kHz)") < room else "kHz", labelpad=1)
    axes.set_xticks([0, len(order) - 1], ["1", str(len(order))] if last else ["", ""])
    if last:
        axes.set_xlabel("Filter, sorted", labelpad=0.5)


def _test(rows: Sequence[Row]) -> str:
    """Moran's I of best frequencies in octaves and its p."""
    for row in rows:
        if row["measure"] == MEASURE and np.isfinite(row["morans_i"]):
            return f"I = {row['morans_i']:.2f}, p = {row['p']:.2g}".replace("-", "−")
    return "not testable"


def _key(figure: Figure, scale: LogNorm, top: float, *, dead: bool) -> None:
    """Scales of best frequency and of gain, and the grey of filters that pass nothing, where there are such."""
    ramp = style.axes_at(figure, LEFT_MM, top, 50, 2.5)
    _bar(figure, ramp, scale, FREQUENCIES, "Best frequency (kHz, log scale)")
    shown = [tick for tick in TICKS_HZ if float(scale.vmin or 0) <= tick <= float(scale.vmax or 0)]
    ramp.set_xticks(shown, [f"{tick / 1000:g}" for tick in shown])
    ramp.minorticks_off()
    bar = style.axes_at(figure, LEFT_MM + 62, top, 35, 2.5)
    _bar(figure, bar, Normalize(0, 1), GAINS, "Gain (share of the largest)")
    if not dead:
        return
    square = style.axes_at(figure, LEFT_MM + 112, top, 2.5, 2.5)
    style.plain(square)
    square.set_facecolor(style.DEAD)
    style.note(figure, LEFT_MM + 116, top - 0.3, "filter that passes nothing")


def _bar(figure: Figure, axes: Axes, scale: Normalize, colours: str, label: str) -> None:
    figure.colorbar(ScalarMappable(scale, colours), cax=axes, orientation="horizontal")
    axes.set_xlabel(label)
