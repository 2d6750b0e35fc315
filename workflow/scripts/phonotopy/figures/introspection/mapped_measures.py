"""Which measures of units are mapped: Moran's I by layer, condition and seed, and how reliable each is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import integer, number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, layer_numbers
from phonotopy.figures.legends import occurring
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, seeds_of

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("condition", "measure", "label", "status"), str),
    **dict.fromkeys(("seed", "layer"), integer),
    **dict.fromkeys(("morans_i", "q", "reliability"), number),
}
PER_LINE = 4
PANEL_MM, HEIGHT_MM, GAP_MM, ABOVE_MM, LEFT_MM, RIGHT_MM, TOP_MM, FOOT_MM = 36.0, 26.0, 6.5, 9.0, 13.0, 2.0, 11.0, 7.0
SIDEWAYS, WIDEST = 0.2, 0.8  # between neighbouring trainings, and of all of a layer, in layers
LIMITS = (-0.25, 1.05)


def figure(material: Material) -> Figure:
    """The figure of the table of a run."""
    rows = material.table("unit_measures", COLUMNS)
    return draw(rows, material.layers, material.conditions, material.settings["false_discovery_rate"])


def draw(rows: Sequence[Row], layers: Layers, conditions: style.Conditions, rate: float) -> Figure:
    """Draw a panel per measure; of measures by label the mean over labels. A marker is filled where q is below `rate`.

    `rows` of unit_measures.tsv; a short grey line is the correlation of the maps of both halves of the speakers.
    """
    shown = [row for row in rows if row["measure"] and row["morans_i"] == row["morans_i"]]
    by_label = {row["measure"] for row in shown if row["label"] == MEAN}
    chosen = [row for row in shown if row["label"] == (MEAN if row["measure"] in by_label else "")]
    names = list(dict.fromkeys(row["measure"] for row in chosen))
    lines = max(1, -(-len(names) // PER_LINE))
    with style.styled():
        page = style.page("double", TOP_MM + lines * (HEIGHT_MM + ABOVE_MM) + FOOT_MM)
        trainings = [Training(name, seed) for name in conditions.names for seed in _seeds(chosen, name)]
        numbers = layer_numbers(layers)
        for index, name in enumerate(names):
            line, place = divmod(index, PER_LINE)
            left = LEFT_MM + place * (PANEL_MM + GAP_MM)
            axes = style.axes_at(page, left, TOP_MM + ABOVE_MM + line * (HEIGHT_MM + ABOVE_MM) - 3, PANEL_MM, HEIGHT_MM)
            own = [row for row in chosen if row["measure"] == name]
            _panel(axes, own, numbers, trainings, conditions, rate)
            axes.set_title(name.replace("_", " ") + (" (mean of labels)" if name in by_label else ""))
            if index + PER_LINE < len(names):
                axes.tick_params(labelbottom=False)
            if place:
                axes.tick_params(labelleft=False)
        style.legend(page, occurring(page, _handles(trainings, conditions, rate)), LEFT_MM, 1.5, 7)
        page.supylabel("Moran's I", x=0.012)
        page.supxlabel("Layer", y=0.01)
        return page


def _seeds(rows: Sequence[Row], condition: str) -> list[int]:
    return sorted({row["seed"] for row in rows if row["condition"] == condition})


def _handles(trainings: Sequence[Training], conditions: style.Conditions, rate: float) -> list[Line2D]:
    names = {training.condition for training in trainings}
    return [
        *(handle for handle in conditions.handles() if handle.get_label() in names),
        *style.seed_handles(seeds_of(trainings)),
        *style.verdict_handles(f"q < {rate:g}", f"q ≥ {rate:g}"),
        Line2D([], [], linestyle="none", marker="_", color=style.DEAD, label="correlation of halves"),
    ]


def _panel(
    axes: Axes,
    rows: Sequence[Row],
    numbers: Sequence[int],
    trainings: Sequence[Training],
    conditions: style.Conditions,
    rate: float,
) -> None:
    step = min(SIDEWAYS, WIDEST / max(1, len(trainings)))
    axes.axhline(0, color="black", linewidth=0.4, zorder=0)
    for order, training in enumerate(trainings):
        colour, marker = conditions.colour(training.condition), style.marker(seeds_of(trainings), training.seed)
        for row in rows:
            if (row["condition"], row["seed"]) == (training.condition, training.seed):
                x = numbers.index(row["layer"]) + step * (order - (len(trainings) - 1) / 2)
                face = colour if row["q"] < rate else "white"
                axes.plot(x, row["reliability"], "_", color=style.DEAD, markersize=4, zorder=2)
                axes.plot(x, row["morans_i"], marker=marker, color=colour, markerfacecolor=face, zorder=3)
    axes.set_xticks(range(len(numbers)), [str(number) for number in numbers])
    axes.set(xlim=(-0.5, len(numbers) - 0.5), ylim=LIMITS, yticks=np.arange(0, 1.1, 0.5))
