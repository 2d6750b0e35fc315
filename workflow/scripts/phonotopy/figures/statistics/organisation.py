"""Organisation beyond single phones, by layer, against its nulls."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, labels_height, layer_numbers, layer_ticks
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, TrainingTables, seeds_of

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "statistic": str,
    "null": str,
    "observed": number,
    "null_mean": number,
    "null_sd": number,
    "ceiling_low": number,
    "ceiling_high": number,
    "q": number,
    "status": str,
}
PANELS = {
    "map_distance": "Map against feature distance\n(Spearman's ρ)",
    "response_similarity": "Responses against features\n(Spearman's ρ)",
    "same_manner": "Neighbours of one manner\n(share of pairs)",
    "same_manner_other_phone": "… that prefer different phones\n(share of pairs)",
}
NULLS = {"phones": "|", "positions": "_", "surrogates": "x"}
HARDEST = "surrogates"  # the verdict, where there are any
LIBERAL = "liberal"  # status of a test that calls unrelated maps related too often: it gives no verdict
SPREAD, WIDEST, ASIDE = 2.0, 0.84, 0.25  # widths in layers


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    tables = material.by_training("organisation", COLUMNS)
    return draw(tables, material.layers, material.conditions, material.settings["false_discovery_rate"])


def draw(tables: TrainingTables, layers: Layers, conditions: style.Conditions, rate: float) -> Figure:
    """Draw each statistic, a marker per training and layer, beside the means ± 2 s.d. of its nulls.

    A marker is filled where q is under `rate` against smooth surrogates, or, where there are none, against permuted
    phones and positions; it is pale where that test is liberal. `tables` holds organisation.tsv.
    """
    with style.styled():
        figure = style.page("double", 112 + labels_height(layers), arranged=True)
        panels = figure.subplots(2, 2, sharex=True)
        for index, (axes, (statistic, label)) in enumerate(zip(panels.flat, PANELS.items(), strict=True)):
            _panel(axes, tables, statistic, layer_numbers(layers), conditions, rate)
            axes.set_ylabel(label)
            layer_ticks(axes, layers)
            style.letter(axes, "abcd"[index])
            if index < 2:
                axes.set_xlabel("")
        figure.legend(handles=_handles(tables, conditions, rate), loc="outside upper left", ncols=5, columnspacing=1.4)
        return figure


def _panel(
    axes: Axes,
    tables: TrainingTables,
    statistic: str,
    numbers: Sequence[int],
    conditions: style.Conditions,
    rate: float,
) -> None:
    trainings = sorted(tables, key=lambda training: (conditions.names.index(training.condition), training.seed))
    step = min(ASIDE, WIDEST / len(trainings))
    for order, training in enumerate(trainings):
        rows = [row for row in tables[training] if row["statistic"] == statistic and row["null"] in NULLS]
        aside = step * (order - (len(trainings) - 1) / 2)
        symbol, colour = style.marker(seeds_of(tables), training.seed), conditions.colour(training.condition)
        for position, layer in enumerate(numbers):
            here = [row for row in rows if row["layer"] == layer and np.isfinite(row["observed"])]
            if here:
                _point(axes, here, position + aside, step, symbol, colour, rate)
    if not axes.lines:
        reason = "not testable:\ntoo few phones, or no such features"
        axes.text(0.5, 0.5, reason, transform=axes.transAxes, ha="center", va="center", color="#595959")
        axes.set_yticks([])
    axes.axhline(0, color="black", linewidth=0.4, zorder=0)


def _point(axes: Axes, rows: Sequence[Row], x: float, step: float, symbol: str, colour: str, rate: float) -> None:
    ceiling = [(row["ceiling_low"], row["ceiling_high"]) for row in rows if np.isfinite(row["ceiling_low"])]
    for low, high in ceiling:
        axes.bar(x, high - low, step, low, color=colour, alpha=0.3, linewidth=0, zorder=0.5)
    for index, row in enumerate(rows):
        beside = x + step * (index - (len(rows) - 1) / 2) * 0.3
        ends = (row["null_mean"] - SPREAD * row["null_sd"], row["null_mean"] + SPREAD * row["null_sd"])
        axes.vlines(beside, *ends, color=colour, linewidth=0.5, alpha=0.6, zorder=1)
        axes.plot(beside, row["null_mean"], NULLS[row["null"]], color=colour, markersize=3, zorder=1.5)
    face = _face(rows, colour, rate)
    axes.plot(x, rows[0]["observed"], symbol, color=colour, markerfacecolor=face, markersize=3.5, zorder=3)


def _deciding(rows: Sequence[Row]) -> Sequence[Row]:
    """Those of the rows of a statistic, one per null, that its verdict rests on."""
    return [row for row in rows if row["null"] == HARDEST] or rows


def _face(rows: Sequence[Row], colour: str, rate: float) -> str:
    deciding = _deciding(rows)
    if any(row["status"] == LIBERAL for row in deciding):
        return style.FAINT
    return colour if all(row["q"] < rate for row in deciding) else "white"


def _handles(tables: TrainingTables, conditions: style.Conditions, rate: float) -> list[Line2D]:
    look: dict[str, Any] = {"linestyle": "none", "color": "black"}
    nulls = [
        Line2D([], [], marker=mark, label=label, **look)
        for mark, label in zip(
            NULLS.values(), ("permuted phones", "permuted positions", "smooth surrogates"), strict=True
        )
    ]
    rows = [row for table in tables.values() for row in table]
    smooth = any(row["null"] == HARDEST for row in rows)
    against = "surrogates (a), permuted (b–d)" if smooth else "what is permuted"
    verdicts = [Line2D([], [], marker="o", label=f"filled: q < {rate:g} against\n{against}", **look)]
    if any(row["status"] == LIBERAL for row in rows if row["null"] == HARDEST):
        verdicts.append(
            Line2D(
                [], [], marker="o", markerfacecolor=style.FAINT, label="pale: no verdict,\ntoo liberal a test", **look
            )
        )
    return [*conditions.handles(), *style.seed_handles(seeds_of(tables)), *nulls, *verdicts]
