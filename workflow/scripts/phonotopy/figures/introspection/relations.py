"""Whether maps of different measures agree, pair by pair and layer by layer."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phonotopy.core.tables import integer, number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, TrainingTables

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    **dict.fromkeys(("first", "second", "status"), str),
    "labels": integer,
    **dict.fromkeys(("observed", "q"), number),
}
CELL_MM, LABELS_MM, TOP_MM, FOOT_MM, GAP_MM, BAR_MM = 5.0, 62.0, 7.0, 19.0, 4.0, 30.0
TALLEST_MM = 246.0
MOST = 40  # pairs of a page
SCALE = Normalize(-1, 1)
Pair = tuple[str, str, bool]


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    tables = material.by_training("relations", COLUMNS)
    return draw(tables, material.layers, material.conditions, material.settings["false_discovery_rate"])


def draw(tables: TrainingTables, layers: Layers, conditions: style.Conditions, rate: float) -> Figure:
    """Draw a line per pair of measures, a column per layer of a condition: the mean correlation over seeds.

    A dot where q is below `rate` in every seed. Of many pairs those are shown that have most dots. `tables` holds
    relations.tsv of each training.
    """
    pairs = _pairs(tables, rate)
    shown = [name for name in conditions.names if any(training.condition == name for training in tables)]
    columns = sum(len(layers[name]) for name in shown)
    with style.styled():
        room = style.WIDTHS_MM["double"] - LABELS_MM - GAP_MM * len(shown) - 2
        width = min(CELL_MM * 1.6, room / max(1, columns))
        height = min(CELL_MM, (TALLEST_MM - TOP_MM - FOOT_MM) / max(1, len(pairs)))
        page = style.page("double", TOP_MM + height * max(1, len(pairs)) + FOOT_MM)
        left = LABELS_MM
        for order, name in enumerate(shown):
            own = [layer.number for layer in layers[name]]
            axes = style.axes_at(page, left, TOP_MM, width * len(own), height * max(1, len(pairs)))
            _matrix(axes, tables, name, own, pairs, rate)
            axes.set_title(name)
            if order:
                axes.set(yticks=[], ylabel="")
            left += width * len(own) + GAP_MM
        _scale(page, rate, TOP_MM + height * max(1, len(pairs)))
        return page


def _pairs(tables: TrainingTables, rate: float) -> list[Pair]:
    """Pairs of measures by labels first, then those that are significant most often; no more than fit a page."""
    rows = [row for own in tables.values() for row in own]
    found: dict[Pair, int] = {}
    for row in rows:
        pair = row["first"], row["second"], row["labels"] is not None
        found[pair] = found.get(pair, 0) + (row["q"] < rate)
    ordered = sorted(found, key=lambda pair: (not pair[2], -found[pair]))
    return ordered[:MOST]


def _matrix(
    axes: Axes, tables: TrainingTables, condition: str, numbers: list[int], pairs: list[Pair], rate: float
) -> None:
    values = np.full((len(pairs), len(numbers)), np.nan)
    for line, (first, second, _) in enumerate(pairs):
        for place, layer in enumerate(numbers):
            cells = [
                row
                for training, rows in tables.items()
                for row in rows
                if training.condition == condition
                and (row["layer"], row["first"], row["second"]) == (layer, first, second)
            ]
            if cells and np.isfinite([row["observed"] for row in cells]).all():
                values[line, place] = np.mean([row["observed"] for row in cells])
                _dot(axes, place, line, cells, rate)
    axes.set_facecolor(style.FAINT)
    axes.imshow(values, cmap=style.DIVERGING, norm=SCALE, aspect="auto")
    axes.set_xticks(range(len(numbers)), [str(number) for number in numbers])
    axes.set_yticks(range(len(pairs)), [_text(pair) for pair in pairs])
    axes.tick_params(length=0)
    axes.set(xlabel="Layer", ylabel="Pair of measures" if pairs else "")


def _dot(axes: Axes, place: int, line: int, cells: list[Row], rate: float) -> None:
    if all(row["q"] < rate for row in cells):
        axes.plot(place, line, "o", color="black", markersize=2.2, zorder=3)


def _text(pair: Pair) -> str:
    first, second, labelled = pair
    return f"{first} – {second}{' *' if labelled else ''}".replace("_", " ")


def _scale(page: Figure, rate: float, below: float) -> None:
    axes = style.axes_at(page, LABELS_MM, below + 8.0, BAR_MM, 2.0)
    axes.imshow(np.linspace(-1, 1, 64)[None], cmap=style.DIVERGING, norm=SCALE, aspect="auto", extent=(-1, 1, 0, 1))
    axes.set(yticks=[], xticks=[-1, 0, 1], xlabel="Correlation of maps")
    dot = Line2D(
        [], [], linestyle="none", marker="o", color="black", markersize=2.2, label=f"q < {rate:g} in every seed"
    )
    star = Line2D([], [], linestyle="none", marker="", label="* by label, mean over labels")
    style.legend(page, [dot, star], LABELS_MM + BAR_MM + 8, below + 7.0, 2)
