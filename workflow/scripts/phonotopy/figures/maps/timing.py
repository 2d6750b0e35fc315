"""When the regions of phones stand out."""

from collections.abc import Callable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import NONE, Layer, Layers, fields_in_common, layer_numbers, layer_ticks
from phonotopy.figures.legends import occurring
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables, seeds_of

__all__ = ["COURSES", "TIMINGS", "draw", "figure"]

COURSES: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "phone": str,
    "lag_ms": number,
    "contrast": number,
    "low": number,
    "high": number,
}
TIMINGS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "phone": str,
    "peak_ms": number,
    "peak_low_ms": number,
    "peak_high_ms": number,
    "middle_ms": number,
}
DASHES = (0, (4, 3))  # of the middle of the phones
COLOURS, LIGHTEST = "viridis", 0.85
WIDEST, ASIDE = 0.84, 0.2  # widths in layers
MOST_FIELDS = 15  # in labels of ticks, were every panel to have them
MOST_INSIDE = 5  # lines of a legend within a panel; of one below the panels, layers in a line


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    courses, timings = material.by_training("courses", COURSES), material.by_training("timing", TIMINGS)
    return draw(courses, timings, material.layers, material.conditions)


def draw(courses: TrainingTables, timings: TrainingTables, layers: Layers, conditions: style.Conditions) -> Figure:
    """Draw the courses of the first seed of every condition that has any, by layer, and the peak of every training.

    The interval of a peak is no shorter than the stride of its layer, which is as fine as its responses are.
    `courses` and `timings` hold courses.tsv and timing.tsv of each training; of both the mean over phones is shown.
    """
    seeds = seeds_of(courses)
    firsts = [Training(condition, seeds[0]) for condition in conditions.names]
    shown = [training for training in firsts if _followed(courses[training])]
    missing = [training.condition for training in firsts if training not in shown]
    numbers = layer_numbers(layers)
    alike = len(set(map(tuple, layers.values()))) == 1 and len(numbers) <= MOST_INSIDE
    with style.styled():
        figure = style.page("double", 70 if alike else 78 + 3.4 * (len(numbers) // MOST_INSIDE), arranged=True)
        panels = figure.subplots(1, len(shown) + 1, squeeze=False)[0]
        for axes, training, letter in zip(panels, shown, ascii_lowercase, strict=False):
            _courses(axes, courses, training, layers[training.condition], numbers)
            axes.sharey(panels[0])
            axes.set_title(f"{training.condition}, seed {training.seed}")
            style.letter(axes, letter)
        if shown:
            panels[0].set_ylabel("Contrast of the region (s.d. of a unit)")
        if shown and alike:
            panels[0].legend(title="layer (field, ms)")
        elif shown:
            _legend_below(figure, layers)
        _latencies(panels[-1], timings, layers, conditions)
        layer_ticks(panels[-1], layers, fields=alike and len(panels) * len(numbers) <= MOST_FIELDS)
        style.letter(panels[-1], ascii_lowercase[len(shown)])
        who = [*conditions.handles(), *style.seed_handles(seeds), *_handles()]
        without = f"no region to follow: {', '.join(missing)}" if missing else None
        look: dict[str, Any] = {"ncols": 6, "columnspacing": 1.4, "alignment": "left", "title": without}
        figure.legend(handles=occurring(figure, who), loc="outside upper left", **look)
        return figure


def _followed(rows: Sequence[Row]) -> bool:
    return any(row["phone"] == MEAN and np.isfinite(row["contrast"]) for row in rows)


def _handles() -> list[Line2D]:
    dashed = Line2D([], [], color="black", linewidth=0.5, linestyle=DASHES, label="middle of the phones")
    return [Line2D([], [], color="black", label="95 % interval, at least a stride"), dashed]


def _legend_below(figure: Figure, layers: Layers) -> None:
    """Layers of all conditions; where these have unlike receptive fields, those of each in the order of the title."""
    numbers, common = layer_numbers(layers), fields_in_common(layers)
    handles = [
        Line2D(
            [], [], color=_colour(numbers, n), label=f"{n} ({' / '.join(own.get(n, NONE) for own in common.values())})"
        )
        for n in numbers
    ]
    title = "layer (field, ms)" if len(common) == 1 else f"layer (fields, ms: {' / '.join(common)})"
    figure.legend(handles=handles, loc="outside lower center", ncols=MOST_INSIDE, columnspacing=1.4, title=title)


def _colour(numbers: Sequence[int], layer: int) -> tuple[float, float, float, float]:
    red, green, blue, alpha = mpl.colormaps[COLOURS](LIGHTEST * numbers.index(layer) / max(1, len(numbers) - 1))
    return red, green, blue, alpha


def _courses(
    axes: Axes, tables: TrainingTables, training: Training, layers: Sequence[Layer], numbers: Sequence[int]
) -> None:
    """Lines of one training; a layer has the same colour in every condition."""
    for layer in layers:
        rows = [row for row in tables[training] if row["layer"] == layer.number and row["phone"] == MEAN]
        colour = _colour(numbers, layer.number)
        lag, mean, low, high = (
            np.array([row[column] for row in rows]) for column in ("lag_ms", "contrast", "low", "high")
        )
        axes.fill_between(lag, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(lag, mean, color=colour, label=f"{layer.number} ({layer.field})")
    axes.axhline(0, color="black", linewidth=0.4, zorder=0)
    axes.axvline(0, color="black", linewidth=0.4, zorder=0)
    axes.set_xlabel("Time after phone onset (ms)")


def _stride(layers: Layers, training: Training, number: int) -> float:
    """Time from one response of a layer to the next, in seconds."""
    return next(layer.stride_s for layer in layers[training.condition] if layer.number == number)


def _latencies(axes: Axes, tables: TrainingTables, layers: Layers, conditions: style.Conditions) -> None:
    seeds, numbers = seeds_of(tables), layer_numbers(layers)
    trainings = sorted(tables, key=lambda training: (conditions.names.index(training.condition), training.seed))
    step = min(ASIDE, WIDEST / len(trainings))
    for order, training in enumerate(trainings):
        rows = sorted((row for row in tables[training] if row["phone"] == MEAN), key=lambda row: int(row["layer"]))
        x = np.array([numbers.index(row["layer"]) for row in rows]) + step * (order - (len(trainings) - 1) / 2)
        peak, low, high = (np.array([row[f"peak_{part}ms"] for row in rows]) for part in ("", "low_", "high_"))
        half = np.array([500 * _stride(layers, training, row["layer"]) for row in rows])
        low, high = np.fmin(low, peak - half), np.fmax(high, peak + half)
        axes.vlines(x, low, high, color=conditions.colour(training.condition), linewidth=0.8)
        axes.plot(
            x, peak, style.marker(seeds, training.seed), color=conditions.colour(training.condition), markersize=3
        )
    middle = np.nanmean([row["middle_ms"] for rows in tables.values() for row in rows if row["phone"] == MEAN])
    if np.isfinite(middle):
        axes.axhline(middle, color="black", linewidth=0.5, linestyle=DASHES, zorder=0)
    axes.set_ylabel("Peak after phone onset (ms)")
