"""Moran's I by distance on the sheet."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.runs import Row, Run, RunTables, seeds_of
from phonotopy.figures.sheets import Layer

__all__ = ["COLUMNS", "draw"]

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


def draw(tables: RunTables, layers: Sequence[Layer], conditions: style.Conditions) -> Figure:
    """Draw the mean over phones, a panel a layer and a line a run, over the 95 % band of the null.

    A marker is filled where the family-wise p over distances is at most .05. `tables` holds correlogram.tsv.
    """
    lines = -(-len(layers) // WIDEST)
    across = -(-len(layers) // lines)
    with style.styled():
        figure = style.sheet("double", 22 + 38 * lines, arranged=True)
        panels = figure.subplots(lines, across, sharex=True, sharey=True, squeeze=False)
        for axes, layer in zip(panels.flat, layers, strict=False):
            for run, rows in tables.items():
                _line(axes, [row for row in rows if _shown(row, layer)], run, seeds_of(tables), conditions)
            axes.axhline(0, color="black", linewidth=0.4, zorder=0)
            axes.set_title(f"layer {layer.number} ({layer.field} ms)")
        for axes in list(panels.flat)[len(layers) :]:
            axes.set_axis_off()
        figure.supxlabel("Distance (grid steps)")
        figure.supylabel("Moran's I of d′, mean over phones")
        band = Patch(color=style.FAINT, label="95 % of permuted positions")
        who = [*conditions.handles(), *style.seed_handles(seeds_of(tables)), band]
        figure.legend(handles=who, loc="outside upper left", ncols=6, columnspacing=1.4)
        return figure


def _shown(row: Row, layer: Layer) -> bool:
    return bool(row["layer"] == layer.number and row["phone"] == MEAN)


def _line(axes: Axes, rows: Sequence[Row], run: Run, seeds: Sequence[int], conditions: style.Conditions) -> None:
    distance, observed, low, high = (
        np.array([row[column] for row in rows]) for column in ("distance", "observed", "low", "high")
    )
    found = np.array([row["p_family"] <= LEVEL for row in rows], dtype=bool)
    colour, symbol = conditions.colour(run.condition), style.marker(seeds, run.seed)
    axes.fill_between(distance, low, high, color=style.FAINT, linewidth=0, zorder=0.5)
    axes.plot(distance, observed, color=colour, linewidth=0.6, alpha=0.6, zorder=2)
    for shown, face in ((found, colour), (~found, "white")):
        axes.plot(distance[shown], observed[shown], symbol, color=colour, markerfacecolor=face, markersize=3, zorder=3)
