"""What regions of one half of the speakers are to the other half, by layer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import integer, number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, layer_numbers, layer_ticks
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, TrainingTables, seeds_of

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "phone": str,
    "found_in": integer,
    "statistic": str,
    "observed": number,
    "null_mean": number,
    "null_sd": number,
    "q": number,
    "status": str,
}
SPREAD = 2.0  # half width of a null's band, in standard deviations
MIDDLE = (0.05, 0.5, 0.95)  # of the regions of a layer
SIDEWAYS, WIDEST = 0.2, 0.85  # between neighbouring trainings, and of all of a layer, in layers


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    tables = material.by_training("replication", COLUMNS)
    return draw(tables, material.layers, material.conditions, material.settings["false_discovery_rate"])


def draw(tables: TrainingTables, layers: Layers, conditions: style.Conditions, rate: float) -> Figure:
    """Draw overlap of the halves over its null, contrast in the other half, and the share of regions that replicate.

    `tables` holds replication.tsv of each training; overlap is filled where its q over layers is under `rate`.
    """
    trainings = sorted(tables, key=lambda training: (conditions.names.index(training.condition), training.seed))
    step, numbers = min(SIDEWAYS, WIDEST / max(1, len(trainings))), layer_numbers(layers)
    with style.styled():
        figure = style.page("double", 66, arranged=True)
        panels = figure.subplots(1, 3)
        for order, training in enumerate(trainings):
            x = np.arange(len(numbers)) + step * (order - (len(trainings) - 1) / 2)
            mark = {
                "marker": style.marker(seeds_of(tables), training.seed),
                "color": conditions.colour(training.condition),
            }
            by_layer = [[row for row in tables[training] if row["layer"] == number] for number in numbers]
            _overlap(panels[0], x, by_layer, mark, step, rate)
            _contrast(panels[1], x, by_layer, mark)
            _share(panels[2], x, by_layer, mark, rate)
        texts = (
            "Overlap of cores (Jaccard index)",
            "Contrast in the other half (s.d.)",
            "Share of regions that replicate",
        )
        for axes, text, name in zip(panels, texts, "abc", strict=True):
            layer_ticks(axes, layers, fields=False)
            axes.set_ylabel(text)
            style.letter(axes, name)
        panels[0].set_ylim(bottom=0)
        panels[2].set_ylim(0, 1.03)
        who = [*conditions.handles(), *style.seed_handles(seeds_of(tables)), *_handles(rate)]
        page_legend(figure, who)
        return figure


def _handles(rate: float) -> list[Line2D | Patch]:
    band = Patch(color=style.FAINT, label=f"smooth surrogates, mean ± {SPREAD:g} s.d.")
    return [band, *style.verdict_handles(f"q < {rate:g} (a)", f"q ≥ {rate:g} (a)")]


def _overlap(
    axes: Axes, x: Any, by_layer: Sequence[Sequence[Row]], mark: Mapping[str, Any], width: float, rate: float
) -> None:
    """The mean over phones; overlap is the same from either half, and the null shown is that of half 0."""
    for place, rows in zip(x, by_layer, strict=True):
        wanted = (row for row in rows if (row["statistic"], row["phone"], row["found_in"]) == ("overlap", MEAN, 0))
        for row in wanted:
            low, high = (max(0.0, row["null_mean"] + sign * SPREAD * row["null_sd"]) for sign in (-1, 1))
            axes.bar(place, high - low, width, low, color=style.FAINT, linewidth=0, zorder=0.5)
            face = mark["color"] if row["q"] < rate else "white"
            axes.plot(place, row["observed"], markerfacecolor=face, zorder=3, **mark)


def _contrast(axes: Axes, x: Any, by_layer: Sequence[Sequence[Row]], mark: Mapping[str, Any]) -> None:
    """Median and middle 90 % of the regions."""
    axes.axhline(0, color="black", linewidth=0.4, zorder=0)
    for place, rows in zip(x, by_layer, strict=True):
        values = [row["observed"] for row in _tested(rows)]
        if values:
            low, median, high = np.quantile(values, MIDDLE)
            axes.vlines(place, low, high, color=mark["color"], linewidth=0.8, alpha=0.7)
            axes.plot(place, median, zorder=3, **mark)


def _share(axes: Axes, x: Any, by_layer: Sequence[Sequence[Row]], mark: Mapping[str, Any], rate: float) -> None:
    shares = [[row["q"] < rate for row in _tested(rows)] for rows in by_layer]
    known = [(place, np.mean(share)) for place, share in zip(x, shares, strict=True) if share]
    if known:
        axes.plot(*zip(*known, strict=True), linestyle="none", clip_on=False, **mark)


def _tested(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["statistic"] == "contrast" and row["status"] == "ok"]
