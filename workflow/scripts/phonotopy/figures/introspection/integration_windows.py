"""Integration windows: correlation between contexts by duration, windows by layer, and slow against fast speech."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import NDArray

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, labels_height, layer_numbers, layer_ticks
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables, seeds_of

__all__ = ["COLUMNS", "CURVES", "draw", "figure"]

Columns = Mapping[str, Callable[[str], Any]]
COLUMNS: Columns = {"layer": int, "unit": int, "network": str, "rate": number, "window_ms": number, "status": str}
CURVES: Columns = {
    "layer": int,
    "network": str,
    **dict.fromkeys(("rate", "duration_ms"), number),
    **dict.fromkeys(("median", "floor"), number),
}
NATURAL = 1.0
SIDEWAYS, WIDEST = 0.2, 0.8  # between neighbouring trainings, and of all of a layer, in layers
TICKS_MS = (20, 50, 100, 200, 500)
MOST_FIELDS = 8  # layers whose receptive fields have room beside each other
ENDS_MS = (20.0, 1000.0)  # of axes of slow and fast speech
ACROSS = 5  # panels in a line
LINE_MM, WINDOWS_MM, HEAD_MM, FOOT_MM = 38.0, 58.0, 4.0, 15.0
Floats = NDArray[np.float64]


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    tables, curves = (material.by_training("windows", COLUMNS), material.by_training("window_curves", CURVES))
    settings = material.settings["windows"]
    return draw(tables, curves, material.layers, material.conditions, settings)


def draw(
    tables: TrainingTables,
    curves: TrainingTables,
    layers: Layers,
    conditions: style.Conditions,
    settings: Mapping[str, Any],
) -> Figure:
    """Draw curves of each layer, windows by layer, and windows of slow against those of fast speech per condition.

    `tables` holds windows.tsv and `curves` window_curves.tsv of each training; `settings` are `introspection.windows`.
    """
    with style.styled():
        numbers = [
            n for n in layer_numbers(layers) if any(row["layer"] == n for rows in curves.values() for row in rows)
        ]
        lines = max(1, -(-len(numbers) // ACROSS))
        below = max(1, -(-len(conditions.names) // (ACROSS - 2)))
        heights = [LINE_MM * lines + HEAD_MM, WINDOWS_MM * below + labels_height(layers)]
        page = style.page("double", sum(heights) + FOOT_MM, arranged=True)
        upper, lower = page.subfigures(2, 1, squeeze=False, height_ratios=heights).flat
        _draw_curves(upper, curves, layers, conditions, numbers, lines, settings["threshold"])
        left, right = lower.subfigures(1, 2, squeeze=False, width_ratios=(2.2, 3)).flat
        axes = left.subplots()
        _draw_windows(axes, tables, layers, conditions)
        style.letter(axes, "b")
        _draw_tempos(right, tables, conditions, numbers, below, settings)
        page_legend(page, _handles(conditions, tables), loc="outside lower left")
        return page


def _at(rows: Sequence[Row], **wanted: Any) -> list[Row]:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def _draw_curves(
    page: SubFigure,
    curves: TrainingTables,
    layers: Layers,
    conditions: style.Conditions,
    numbers: Sequence[int],
    lines: int,
    threshold: float,
) -> None:
    """Correlation by duration, an axes per layer, mean over seeds; below, what unlike segments give."""
    panels = page.subplots(lines, ACROSS, sharex=True, sharey=True, squeeze=False)
    for panel in panels.flat[len(numbers) :]:
        panel.set_visible(False)
    for panel, layer in zip(panels.flat, numbers, strict=False):
        panel.axhline(threshold, color="black", linewidth=0.4, linestyle="-.", zorder=0)
        for name in conditions.names:
            own = [row for training, rows in curves.items() if training.condition == name for row in rows]
            for field in (1000 * one.receptive_field_s for one in layers[name] if one.number == layer):
                panel.axvline(field, color=style.FAINT, linewidth=1.2, zorder=0)
            for network, dashes in (("trained", "-"), ("untrained", "--")):
                rows = _at(own, layer=layer, network=network, rate=NATURAL)
                colour = conditions.colour(name)
                panel.plot(*_mean(rows, "median"), dashes, color=colour)
                if network == "trained":
                    panel.plot(*_mean(rows, "floor"), ":", color=colour, linewidth=0.8)
        panel.set_title(f"layer {layer}")
        _milliseconds(panel, "x", ticks=TICKS_MS[::2])
    panels.flat[0].set(ylim=(-0.02, 1.02))
    style.letter(panels.flat[0], "a")
    for line in panels:
        line[0].set_ylabel("Correlation between\ncontexts, median unit")
    panels[-1, 0].set_xlabel("Duration of segments (ms, log scale)")


def _mean(rows: Sequence[Row], column: str) -> tuple[Floats, Floats]:
    """Durations, and the mean of a column over the trainings that have it there."""
    durations = sorted({row["duration_ms"] for row in rows if np.isfinite(row[column])})
    found = [np.nanmean([row[column] for row in rows if row["duration_ms"] == one]) for one in durations]
    return np.array(durations), np.array(found)


def _milliseconds(axes: Axes, *which: str, ticks: Sequence[int] = TICKS_MS) -> None:
    """Logarithmic axes with plain numbers."""
    for name in which:
        getattr(axes, f"set_{name}scale")("log")
        axis = getattr(axes, f"{name}axis")
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _side_by_side(tables: TrainingTables, conditions: style.Conditions) -> Iterator[tuple[Training, float]]:
    trainings = sorted(tables, key=lambda training: (conditions.names.index(training.condition), training.seed))
    step = min(SIDEWAYS, WIDEST / len(trainings))
    for order, training in enumerate(trainings):
        yield training, step * (order - (len(trainings) - 1) / 2)


def _draw_windows(axes: Axes, tables: TrainingTables, layers: Layers, conditions: style.Conditions) -> None:
    """Median window and quartiles of each training: filled of the trained, open of the untrained network."""
    seeds, numbers = seeds_of(tables), layer_numbers(layers)
    for training, aside in _side_by_side(tables, conditions):
        colour, symbol = conditions.colour(training.condition), style.marker(seeds, training.seed)
        for network, face, width in (("untrained", "white", 0.5), ("trained", colour, 1.2)):
            for layer in numbers:
                found = _windows(_at(tables[training], layer=layer, network=network, rate=NATURAL))
                if len(found):
                    low, middle, high = np.quantile(found, [0.25, 0.5, 0.75])
                    x = numbers.index(layer) + aside
                    axes.vlines(x, low, high, color=colour, linewidth=width, zorder=2)
                    axes.plot(x, middle, symbol, color=colour, markerfacecolor=face, zorder=3)
    for own in layers.values():
        for one in own:
            x = numbers.index(one.number)
            axes.hlines(1000 * one.receptive_field_s, x - 0.45, x + 0.45, color=style.FAINT, linewidth=1.2, zorder=0)
    _milliseconds(axes, "y")
    axes.set(ylabel="Integration window (ms, log scale)")
    layer_ticks(axes, layers, fields=len(layer_numbers(layers)) <= MOST_FIELDS)


def _windows(rows: Sequence[Row]) -> Floats:
    """Windows that were measured."""
    return np.array([row["window_ms"] for row in rows if row["status"] == "ok"])


def _draw_tempos(
    page: SubFigure,
    tables: TrainingTables,
    conditions: style.Conditions,
    numbers: Sequence[int],
    lines: int,
    settings: Mapping[str, Any],
) -> None:
    """Windows of slow against those of fast speech, a marker per unit, an axes per condition; its first seed."""
    panels = (
        page.subplots(lines, ACROSS - 2, sharex=True, sharey=True, squeeze=False)
        if len(conditions.names) > 2
        else (page.subplots(1, len(conditions.names), sharex=True, sharey=True, squeeze=False))
    )
    for panel in panels.flat[len(conditions.names) :]:
        panel.set_visible(False)
    colours = dict(zip(numbers, mpl.colormaps["viridis"](np.linspace(0, 0.95, max(1, len(numbers)))), strict=True))
    ends = np.array(ENDS_MS)
    for panel, name in zip(panels.flat, conditions.names, strict=False):
        seed = min((training.seed for training in tables if training.condition == name), default=0)
        rows = _at(tables.get(Training(name, seed), []), network="trained")
        for layer in numbers:
            x, y = _pairs(_at(rows, layer=layer), settings["fast"], settings["slow"])
            panel.plot(x, y, "o", color=colours[layer], markersize=1.6, markeredgewidth=0, rasterized=True)
        panel.plot(ends, ends, color=style.DEAD, linewidth=0.5, zorder=0)
        panel.plot(
            ends, ends * settings["fast"] / settings["slow"], color=style.DEAD, linewidth=0.5, linestyle="--", zorder=0
        )
        _milliseconds(panel, "x", "y")
        panel.set(xlim=ends, ylim=ends, title=name, box_aspect=1)
    style.letter(panels.flat[0], "c")
    for line in panels:
        line[0].set_ylabel(f"Window at tempo {settings['slow']:g} (ms, log)")
    panels[-1, 0].set_xlabel(f"Window at tempo {settings['fast']:g} (ms, log)")
    marks = [
        Line2D([], [], linestyle="none", marker="o", markersize=3, color=colours[layer], label=str(layer))
        for layer in numbers
    ]
    page.legend(handles=marks, loc="outside upper right", ncols=max(1, len(marks)), title="layer", columnspacing=0.8)


def _pairs(rows: Sequence[Row], across: float, up: float) -> tuple[Floats, Floats]:
    """Windows at two tempos of the units that have both."""
    first, second = (
        {row["unit"]: row["window_ms"] for row in _at(rows, rate=one, status="ok")} for one in (across, up)
    )
    both = sorted(first.keys() & second.keys())
    return np.array([first[unit] for unit in both]), np.array([second[unit] for unit in both])


def _handles(conditions: style.Conditions, tables: TrainingTables) -> list[Line2D]:
    """Legend entries of all marks but the layers."""
    lines = (
        ("a: trained", {"color": "black"}),
        ("a: untrained", {"color": "black", "linestyle": "--"}),
        ("a: other segments", {"color": "black", "linewidth": 0.8, "linestyle": ":"}),
        ("a: threshold", {"color": "black", "linewidth": 0.4, "linestyle": "-."}),
        ("receptive field", {"color": style.FAINT, "linewidth": 1.2}),
        ("c: fixed in time", {"color": style.DEAD, "linewidth": 0.5}),
        ("c: stretches with speech", {"color": style.DEAD, "linewidth": 0.5, "linestyle": "--"}),
    )
    open_marker = Line2D([], [], linestyle="none", marker="o", color="black", markerfacecolor="white")
    open_marker.set_label("b: untrained")
    entries = [Line2D([], [], label=text, **kind) for text, kind in lines]
    filled = Line2D([], [], linestyle="none", marker="o", color="black", label="b: trained")
    return [*conditions.handles(), *style.seed_handles(seeds_of(tables)), filled, open_marker, *entries]
