"""Moran's I by distance on the grid."""

from collections.abc import Callable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import NONE, Layers, fields_in_common, layer_numbers
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, TrainingTables, seeds_of

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "phone": str,
    "distance": number,
    "observed": number,
    "low": number,
    "high": number,
    "p_family": number,
}
WIDEST = 5  # panels in a line
LEVEL = 0.05
FORMULAS = {"gaussian": "exp(−distance² / 2·{}²)", "exponential": "exp(−distance / {})"}
DASHES = (0, (4, 1.5))  # of the kernel that was asked for
TINT = 0.2  # opacity of a band that holds for the grid of one condition


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    kernels = material.settings["kernels"]
    return draw(material.by_training("correlogram", COLUMNS), material.layers, material.conditions, kernels)


def draw(
    tables: TrainingTables,
    layers: Layers,
    conditions: style.Conditions,
    kernels: Mapping[str, Mapping[str, Any]] | None = None,
) -> Figure:
    """Draw the mean over phones, a panel per layer and a line per training, over the 95 % band of the null.

    A marker is filled where the family-wise p over distances is at most .05. `tables` holds correlogram.tsv.
    `kernels` gives `shape` and `radius` (σ, grid steps) of the kernel that a condition was trained on, plotted beside.
    """
    numbers = layer_numbers(layers)
    lines = -(-len(numbers) // WIDEST)
    across = -(-len(numbers) // lines)
    with style.styled():
        figure = style.page("double", 22 + 38 * lines, arranged=True)
        panels = figure.subplots(lines, across, sharex=True, sharey=True, squeeze=False)
        for axes, number in zip(panels.flat, numbers, strict=False):
            for training, rows in tables.items():
                shown = [row for row in rows if row["layer"] == number and row["phone"] == MEAN]
                band = style.FAINT if _alike(layers, number) else conditions.colour(training.condition)
                if shown:
                    _band(axes, shown, band)
                    _line(
                        axes,
                        shown,
                        style.marker(seeds_of(tables), training.seed),
                        conditions.colour(training.condition),
                    )
            for condition, kernel in (kernels or {}).items():
                if any(layer.number == number for layer in layers.get(condition, ())):
                    _kernel(axes, kernel, conditions.colour(condition))
            axes.axhline(0, color="black", linewidth=0.4, zorder=0)
            axes.set_title(_title(layers, number))
            style.letter(axes, ascii_lowercase[numbers.index(number)])
        for axes in list(panels.flat)[len(numbers) :]:
            axes.set_axis_off()
        figure.supxlabel(_x_label(layers))
        figure.supylabel("Moran's I of d′, mean over phones")
        for axes in list(panels.flat)[: len(numbers)]:
            axes.set_xlim(left=0)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        who = [
            *conditions.handles(),
            *style.seed_handles(seeds_of(tables)),
            _band_handle(layers),
            *_verdicts(kernels or {}),
        ]
        page_legend(figure, who)
        return figure


def _alike(layers: Layers, number: int) -> bool:
    """Whether all conditions that have the layer have it on one grid, so that one band holds for all."""
    return len({layer.grid for own in layers.values() for layer in own if layer.number == number}) == 1


def _title(layers: Layers, number: int) -> str:
    fields = [known.get(number, NONE) for known in fields_in_common(layers).values()]
    return f"layer {number} ({' / '.join(fields)} ms)"


def _x_label(layers: Layers) -> str:
    names = list(fields_in_common(layers))
    order = f"\nreceptive fields: {' / '.join(names)}" if len(names) > 1 else ""
    return f"Distance (grid steps){order}"


def _band_handle(layers: Layers) -> Patch:
    tinted = not all(_alike(layers, number) for number in layer_numbers(layers))
    beside = " (coloured: unlike grids)" if tinted else ""
    common = any(_alike(layers, number) for number in layer_numbers(layers))
    colour: Any = style.FAINT if common else (0, 0, 0, TINT)
    return Patch(facecolor=colour, linewidth=0, label=f"95 % of permuted positions{beside}")


def _verdicts(kernels: Mapping[str, Mapping[str, Any]]) -> list[Line2D]:
    verdicts = style.verdict_handles(f"p ≤ {LEVEL:g} over distances", f"p > {LEVEL:g}")
    formulas = dict.fromkeys(FORMULAS[one["shape"]].format(f"{one['radius']:g}") for one in kernels.values())
    asked = f"asked of responses in training: {' or '.join(formulas)}"
    line = Line2D([], [], color="black", linewidth=0.9, linestyle=DASHES, label=asked)
    return [*verdicts, *([line] if kernels else [])]


def _kernel(axes: Axes, kernel: Mapping[str, Any], colour: str) -> None:
    """What the objective asks of correlations of responses, over the distances that the panel shows."""
    distance = np.linspace(1, max([1.5, axes.dataLim.x1]), 60)
    relative = distance / kernel["radius"]
    asked = np.exp(-np.square(relative) / 2 if kernel["shape"] == "gaussian" else -relative)
    axes.plot(distance, asked, color=colour, linewidth=0.9, linestyle=DASHES, zorder=1.5)


def _band(axes: Axes, rows: Sequence[Row], colour: str) -> None:
    distance, low, high = (np.array([row[column] for row in rows]) for column in ("distance", "low", "high"))
    alpha = None if colour == style.FAINT else TINT
    axes.fill_between(distance, low, high, color=colour, alpha=alpha, linewidth=0, zorder=0.5)


def _line(axes: Axes, rows: Sequence[Row], symbol: str, colour: str) -> None:
    distance, observed = (np.array([row[column] for row in rows]) for column in ("distance", "observed"))
    found = np.array([row["p_family"] <= LEVEL for row in rows], dtype=bool)
    axes.plot(distance, observed, color=colour, linewidth=0.6, alpha=0.6, zorder=2)
    for shown, face in ((found, colour), (~found, "white")):
        axes.plot(distance[shown], observed[shown], symbol, color=colour, markerfacecolor=face, markersize=3, zorder=3)
