"""Organisation beyond single phones, by layer, against its nulls."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, labels_height, layer_numbers, layer_ticks
from phonotopy.figures.legends import page_legend
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
    "map_distance": "Distance of maps against\nof features (Spearman's ρ)",
    "response_similarity": "Likeness of responses against\nof features (Spearman's ρ)",
    "same_manner": "Neighbours of one manner\n(share of pairs)",
    "same_manner_other_phone": "The same, of those that prefer\nunlike phones (share of pairs)",
}
TITLES = {
    "map_distance": "are phones alike near each other?",
    "response_similarity": "do units respond alike to them?",
    "same_manner": "do neighbours prefer one manner?",
    "same_manner_other_phone": "also where they prefer unlike phones?",
}
NULLS = {"phones": "permuted phones", "positions": "permuted positions", "surrogates": "smooth surrogates"}
HARDEST = "surrogates"  # the verdict, where there are any
LIBERAL = "liberal"  # status of a test that calls unrelated maps related too often: it gives no verdict
SPREAD, WIDEST, ASIDE = 2.0, 0.84, 0.25  # widths in layers


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    tables = material.by_training("organisation", COLUMNS)
    return draw(tables, material.layers, material.conditions, material.settings["false_discovery_rate"])


def draw(tables: TrainingTables, layers: Layers, conditions: style.Conditions, rate: float) -> Figure:
    """Draw each statistic, a marker per training and layer, over the nulls that its verdict rests on, mean ± 2 s.d.

    A marker is filled where q is under `rate` against smooth surrogates, or, where there are none, against permuted
    phones and positions; it is pale where that test is liberal. `tables` holds organisation.tsv.
    """
    with style.styled():
        figure = style.page("double", 118 + labels_height(layers), arranged=True)
        panels = figure.subplots(2, 2, sharex=True)
        for index, (axes, (statistic, label)) in enumerate(zip(panels.flat, PANELS.items(), strict=True)):
            axes.use_sticky_edges = False
            _panel(axes, tables, statistic, layer_numbers(layers), conditions, rate)
            axes.set_ylabel(label)
            axes.set_title(f"{TITLES[statistic]}{_named(tables, statistic)}")
            layer_ticks(axes, layers)
            style.letter(axes, "abcd"[index])
            if index < 2:
                axes.set_xlabel("")
        page_legend(figure, _handles(tables, conditions, rate))
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


def _named(tables: TrainingTables, statistic: str) -> str:
    """The nulls of a panel in the order of its boxes, on a line of their own."""
    rows = [row for own in tables.values() for row in own if row["statistic"] == statistic and row["null"] in NULLS]
    tested = [row for row in rows if np.isfinite(row["observed"])]
    found = dict.fromkeys(NULLS[row["null"]] for row in _deciding(tested))
    return f"\nnull{'s' if len(found) > 1 else ''}: {', '.join(found)}" if found else ""


def _point(axes: Axes, rows: Sequence[Row], x: float, step: float, symbol: str, colour: str, rate: float) -> None:
    ceiling = [(row["ceiling_low"], row["ceiling_high"]) for row in rows if np.isfinite(row["ceiling_low"])]
    for low, high in ceiling[:1]:
        axes.bar(x, high - low, 0.9 * step, low, facecolor="none", edgecolor=style.DEAD, linewidth=0.6, zorder=0.5)
    deciding = _deciding(rows)
    width = 0.9 * step / len(deciding)
    for index, row in enumerate(deciding):
        beside = x + width * (index - (len(deciding) - 1) / 2)
        low = row["null_mean"] - SPREAD * row["null_sd"]
        axes.bar(beside, 2 * SPREAD * row["null_sd"], 0.9 * width, low, color=style.FAINT, linewidth=0, zorder=1)
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


def _handles(tables: TrainingTables, conditions: style.Conditions, rate: float) -> list[Artist]:
    null = Patch(facecolor=style.FAINT, linewidth=0, label=f"null, mean ± {SPREAD:g} s.d.")
    ceiling = Patch(facecolor="none", edgecolor=style.DEAD, linewidth=0.6, label="noise ceiling (b)")
    verdicts = style.verdict_handles(f"q < {rate:g} against every null shown", f"q ≥ {rate:g}")
    who = [*conditions.handles(), *style.seed_handles(seeds_of(tables)), null, ceiling, *verdicts]
    if any(row["status"] == LIBERAL for rows in tables.values() for row in rows if row["null"] == HARDEST):
        look: dict[str, Any] = {"linestyle": "none", "color": "black", "markerfacecolor": style.FAINT}
        who.append(Line2D([], [], marker="o", label="pale: no verdict, too liberal a test", **look))
    return who
