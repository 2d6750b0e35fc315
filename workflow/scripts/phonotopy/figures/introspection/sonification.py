"""What excites regions, as spectra, and how much of their response it keeps."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, layer_numbers, layer_ticks
from phonotopy.figures.legends import occurring
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables, seeds_of

__all__ = ["EXAMPLES", "METHODS", "SUMMARY", "draw", "figure"]

METHODS = {
    "deconvolution": "deconvolution",
    "guided_backpropagation": "guided backpropagation",
    "gradient_input": "gradient × input",
}
SUMMARY: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "method": str,
    **dict.fromkeys(("difference", "low", "high", "similarity_random_weights", "similarity_random"), number),
}
EXAMPLES: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "phone": str,
    **dict.fromkeys(("time_ms", "band_hz", "original_db", "mask", "result_db"), float),
}
DYNAMICS_DB = 60.0
MOST_PHONES = 6
APART_MM = 9.0  # panels
LEFT_MM, TOP_MM, RIGHT_MM, GAP_MM, BOTTOM_MM = 14.0, 10.0, 2.0, 1.2, 15.0
PICTURE_MM, PANEL_MM, BETWEEN_MM = 19.0, 32.0, 26.0
SPREAD = 0.3  # of a layer's width, over which trainings stand beside each other
Tables = TrainingTables


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    summaries = material.by_training("sonification_summary", SUMMARY)
    examples = material.by_training("sonification_examples", EXAMPLES)
    return draw(summaries, examples, material.layers, material.conditions)


def draw(summaries: Tables, examples: Tables, layers: Layers, conditions: style.Conditions) -> Figure:
    """Draw spectra of one training, the last condition's first seed, and shares of all; tables as of this module."""
    with style.styled():
        shown = Training(conditions.names[-1], seeds_of(summaries)[0])
        rows = examples[shown]
        phones = list(dict.fromkeys(row["phone"] for row in rows))[:MOST_PHONES]
        pictures = max(len(phones), 1) * (PICTURE_MM + GAP_MM)
        top = TOP_MM + pictures + BETWEEN_MM
        figure = style.page("double", top + 2 * (PANEL_MM + 6) + BOTTOM_MM)
        _pictures(figure, rows, phones, [layer.number for layer in layers[shown.condition]])
        style.note(figure, 2, 2, "a", fontweight="bold", fontsize=style.TEXT_PT + 1)
        style.note(figure, LEFT_MM, 2, f"Strongest token of each region, {shown.condition}, seed {shown.seed}")
        _scales(figure, TOP_MM + pictures + 12)
        _panels(figure, summaries, layers, conditions, top)
        return figure


def _pictures(figure: Figure, rows: Sequence[Row], phones: Sequence[str], layers: Sequence[int]) -> None:
    """A line per phone: the original, masks from layer to layer, and the sound that the deepest one leaves."""
    columns = ["original", *(f"mask {number}" for number in layers), f"result {layers[-1]}"]
    width = (style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM) / len(columns) - GAP_MM
    if not phones:
        style.faint(style.axes_at(figure, LEFT_MM, TOP_MM, 60, PICTURE_MM), "no region, or private recordings")
    for line, phone in enumerate(phones):
        own = {number: [r for r in rows if (r["layer"], r["phone"]) == (number, phone)] for number in layers}
        deepest = next((number for number in reversed(layers) if own[number]), layers[-1])
        kinds = [(deepest, "original_db"), *((number, "mask") for number in layers), (layers[-1], "result_db")]
        spans = [row["time_ms"] for cells in own.values() for row in cells]
        for column, (index, kind) in enumerate(kinds):
            left, top = LEFT_MM + column * (width + GAP_MM), TOP_MM + line * (PICTURE_MM + GAP_MM)
            axes = style.axes_at(figure, left, top, width, PICTURE_MM)
            _picture(axes, own[index], kind, (min(spans), max(spans)))
            if line == 0:
                axes.set_title(columns[column])
            if column == 0:
                axes.set_ylabel(phone, rotation=0, ha="right", va="center", fontweight="bold")
            if line == len(phones) - 1 and own[index]:
                axes.set_xticks([0], ["0"])
                axes.set_xlabel("ms" if column else "ms from onset")


def _picture(axes: Axes, rows: Sequence[Row], kind: str, span: tuple[float, float]) -> None:
    if not rows:
        style.faint(axes, "no region")
        return
    style.plain(axes)
    times, bands = (sorted({row[name] for row in rows}) for name in ("time_ms", "band_hz"))
    values: NDArray[np.float64] = np.array([row[kind] for row in rows]).reshape(len(times), len(bands)).T
    scale = Normalize(0, 1) if kind == "mask" else Normalize(-DYNAMICS_DB, 0)
    colours = "viridis" if kind == "mask" else "magma"
    extent = (times[0], times[-1], 0, len(bands))
    axes.imshow(values, cmap=colours, norm=scale, aspect="auto", origin="lower", extent=extent)
    axes.set(xlim=span, facecolor=mpl.colormaps[colours](0.0))
    axes.axvline(0, color="white", linewidth=0.5, linestyle=":")


def _scales(figure: Figure, top: float) -> None:
    """Colour bars of spectra and of masks."""
    scales = (
        ("magma", Normalize(-DYNAMICS_DB, 0), "Power (dB re largest)"),
        ("viridis", Normalize(0, 1), "Mask (share of the largest)"),
    )
    for index, (colours, scale, text) in enumerate(scales):
        left = LEFT_MM + 70 + 52 * index
        axes = style.axes_at(figure, left, top, 40, 2)
        bar = figure.colorbar(ScalarMappable(scale, mpl.colormaps[colours]), cax=axes, orientation="horizontal")
        bar.set_ticks([scale.vmin or 0.0, scale.vmax or 0.0])
        axes.set_xlabel(text, labelpad=0.5)
    style.note(figure, LEFT_MM, top, "Vertical: mel bands, low to high")
    style.note(figure, LEFT_MM, top + 3.5, "Numbers: layers")


def _panels(figure: Figure, tables: Tables, layers: Layers, conditions: style.Conditions, top: float) -> None:
    """A panel per method: response kept beyond controls, and below it the masks of new random weights."""
    width = (style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM + APART_MM) / len(METHODS) - APART_MM
    numbers, seeds = layer_numbers(layers), seeds_of(tables)
    for column, (method, title) in enumerate(METHODS.items()):
        left = LEFT_MM + column * (width + APART_MM)
        upper = style.axes_at(figure, left, top, width, PANEL_MM)
        lower = style.axes_at(figure, left, top + PANEL_MM + 6, width, PANEL_MM)
        for index, (training, rows) in enumerate(tables.items()):
            aside = SPREAD * (index / max(len(tables) - 1, 1) - 0.5) * 2
            own = [row for row in rows if row["method"] == method]
            look = {"color": conditions.colour(training.condition), "marker": style.marker(seeds, training.seed)}
            _kept(upper, own, numbers, aside, look)
            _similar(lower, own, numbers, aside, look)
        for axes, limits in ((upper, None), (lower, (-0.1, 1.05))):
            axes.axhline(0, color="black", linewidth=0.5)
            layer_ticks(axes, layers, fields=False)
            if limits:
                axes.set_ylim(limits)
        upper.set_title(title)
        style.letter(upper, "bcd"[column])
        style.letter(lower, "efg"[column])
        upper.set_xlabel("")
        upper.set_xticklabels([])
        if column == 0:
            first = upper, lower
            upper.set_ylabel("Response kept,\nmask minus controls")
            lower.set_ylabel("Correlation with\nother masks")
        else:
            upper.sharey(first[0])
            lower.sharey(first[1])
            for axes in (upper, lower):
                axes.tick_params(labelleft=False)
    handles = [*conditions.handles(), *style.seed_handles(seeds)]
    handles += [
        Line2D([], [], linestyle="none", marker="o", color="black", label="masks of random weights"),
        Line2D(
            [],
            [],
            linestyle="none",
            marker="o",
            color="black",
            markerfacecolor="none",
            label="masks of random units",
        ),
    ]
    style.legend(figure, occurring(figure, handles), LEFT_MM, top + 2 * PANEL_MM + 6 + 9, 4)


def _kept(axes: Axes, rows: Sequence[Row], numbers: Sequence[int], aside: float, look: Mapping[str, Any]) -> None:
    for row in rows:
        if np.isfinite(row["difference"]):
            x = numbers.index(row["layer"]) + aside
            axes.plot([x, x], [row["low"], row["high"]], color=look["color"], linewidth=0.8)
            axes.plot(x, row["difference"], markerfacecolor="none", linestyle="none", **look)


def _similar(axes: Axes, rows: Sequence[Row], numbers: Sequence[int], aside: float, look: Mapping[str, Any]) -> None:
    for row in rows:
        x = numbers.index(row["layer"]) + aside
        axes.plot(x, row["similarity_random_weights"], linestyle="none", **look)
        axes.plot(x, row["similarity_random"], linestyle="none", markerfacecolor="none", **look)
