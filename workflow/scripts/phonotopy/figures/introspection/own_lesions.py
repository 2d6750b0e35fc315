"""What lesions of a phone's own units cost it beyond other phones, by layer, in front of their nulls."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, layer_numbers, layer_ticks
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Training, TrainingTables, seeds_of

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "outcome": str,
    "phone": str,
    "null": str,
    **dict.fromkeys(("observed", "null_mean", "null_sd", "q"), number),
}
PANELS = {"scattered": "Tiles, against\nscattered units", "elsewhere": "Discs, against\ndiscs elsewhere"}
PANELS |= {"other phones": "Discs, against those\nof other phones"}
SPREAD = 2.0  # half width of a bar, in standard deviations of the null
WIDEST = 0.7  # of all trainings of a layer, in layers


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    tables = material.by_training("lesion_tests", COLUMNS)
    return draw(tables, material.layers, material.conditions, material.settings["false_discovery_rate"])


def draw(tables: TrainingTables, layers: Layers, conditions: style.Conditions, rate: float) -> Figure:
    """Draw the mean over phones of selective damage, a panel per null and a marker per training, filled for q < `rate`.

    `tables` holds lesion_tests.tsv of each training.
    """
    with style.styled():
        figure = style.page("double", 72, arranged=True)
        axes = figure.subplots(1, len(PANELS), sharey=True)
        for one, (null, title) in zip(axes, PANELS.items(), strict=True):
            one.axhline(0, color="black", linewidth=0.4, zorder=0)
            one.set_title(title, fontsize="medium")
            style.letter(one, "abc"[list(PANELS).index(null)])
            _panel(one, tables, layers, conditions, null, rate)
            layer_ticks(one, layers, fields=False)
        axes[0].set_ylabel("Damage beyond other phones\n(share of letters)")
        bar = Line2D([], [], linestyle="none", marker="+", markersize=6, color="black")
        bar.set_label(f"null, mean ± {SPREAD:g} s.d.")
        who = [
            *conditions.handles(),
            *style.seed_handles(seeds_of(tables)),
            bar,
            *style.verdict_handles(f"q < {rate:g}", f"q ≥ {rate:g}"),
        ]
        page_legend(figure, who)
        return figure


def _panel(
    axes: Axes, tables: TrainingTables, layers: Layers, conditions: style.Conditions, null: str, rate: float
) -> None:
    order = sorted(tables, key=lambda training: (conditions.names.index(training.condition), training.seed))
    seeds, step = seeds_of(tables), WIDEST / max(1, len(order))
    for index, training in enumerate(order):
        aside = step * (index - (len(order) - 1) / 2)
        symbol = style.marker(seeds, training.seed)
        _training(axes, tables, training, layers, conditions.colour(training.condition), symbol, null, rate, aside)


def _training(
    axes: Axes,
    tables: TrainingTables,
    training: Training,
    layers: Layers,
    colour: str,
    symbol: str,
    null: str,
    rate: float,
    aside: float,
) -> None:
    numbers = layer_numbers(layers)
    wanted = {"outcome": "error", "null": null, "phone": MEAN}
    for row in tables[training]:
        if all(row[name] == value for name, value in wanted.items()) and np.isfinite(row["observed"]):
            x = numbers.index(row["layer"]) + aside
            spread = SPREAD * row["null_sd"]
            axes.vlines(x, row["null_mean"] - spread, row["null_mean"] + spread, color=colour, linewidth=0.8, alpha=0.7)
            axes.plot(x, row["null_mean"], "_", color=colour, markersize=3.5)
            face = colour if row["q"] < rate else "white"
            axes.plot(x, row["observed"], symbol, color=colour, markerfacecolor=face, zorder=4)
