"""Differences between conditions, paired by seed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from phonotopy.core.tables import integer, number
from phonotopy.figures import style
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row

__all__ = ["DIFFERENCES", "MEASURED", "Panel", "draw", "figure"]


class Panel(NamedTuple):
    """A measure, what it is called on the page, the column it is given by, and the factor from table to page."""

    measure: str
    label: str
    part: str
    factor: float = 1.0


PANELS = (
    Panel("letter_error_rate", "Letter error rate\n(percentage points)", "split", 100),
    Panel("word_error_rate", "Word error rate\n(percentage points)", "split", 100),
    Panel("morans_i_mean", "Moran's I of d′,\nmean over phones", "layer"),
    Panel("responsive_share", "Responsive units\n(percentage points)", "layer", 100),
    Panel("largest_region", "Largest region\n(units)", "layer"),
    Panel("regions", "Regions per phone", "layer"),
    Panel("effective_rank", "Effective rank of\nresponses (dimensions)", "layer"),
)
IDENTITY: Mapping[str, Callable[[str], Any]] = {"condition": str, "seed": int}
MEASURED = {  # columns of recognition.tsv and topography.tsv, by the column that says where they were measured
    part: {**IDENTITY, part: kind, **{panel.measure: number for panel in PANELS if panel.part == part}}
    for part, kind in (("split", str), ("layer", int))
}
DIFFERENCES: Mapping[str, Callable[[str], Any]] = {
    "measure": str,
    "split": str,
    "layer": integer,
    "condition": str,
    "reference": str,
    **dict.fromkeys(("difference", "low", "high", "q", "margin", "p_equivalence"), number),
    "pairs": integer,
    "status": str,
}
WIDEST, ASIDE, SEEDS = 0.8, 0.4, 0.6  # of a position; of a condition; share of it over which seeds are spread
BAND = "#e3e3e3"
DIFFERENT, EQUIVALENT, UNLIKE = "∗", "≈", "×"
NAMED = 3  # seeds in the legend


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    sources = {"split": "recognition", "layer": "topography"}
    measured = {part: material.table(source, MEASURED[part]) for part, source in sources.items()}
    differences = material.table("conditions", DIFFERENCES)
    return draw(differences, measured, material.conditions, material.settings["false_discovery_rate"])


def draw(
    differences: Sequence[Row], measured: Mapping[str, Sequence[Row]], conditions: style.Conditions, rate: float
) -> Figure:
    """Draw every measure minus that of the control: a marker per seed, the mean (bar) and its 95 % interval (line).

    `differences` holds conditions.tsv; `measured` the rows of recognition.tsv under ``split``, of topography.tsv under
    ``layer``. Marked is where q, or p of the test of equivalence, is under `rate`; grey is the margin of equivalence.
    A row without a difference (layers that cannot be compared) is marked, and nothing is plotted there.
    """
    with style.styled():
        figure = style.page("double", 92, arranged=True)
        panels = figure.subplots(2, 4).flat
        for index, (panel, one) in enumerate(zip(PANELS, panels, strict=False)):
            rows = [row for row in differences if row["measure"] == panel.measure]
            style.letter(one, "abcdefg"[index])
            if any(np.isfinite(row["difference"]) for row in rows):
                _panel(one, panel, rows, measured[panel.part], conditions, rate)
            else:
                style.faint(one, "not testable:\nunlike layers" if rows else "nothing\nto compare")
        _legend(figure.axes[-1], differences, measured["split"], conditions, rate)
        return figure


def _panel(
    axes: Axes, panel: Panel, rows: Sequence[Row], measured: Sequence[Row], conditions: style.Conditions, rate: float
) -> None:
    parts = list(dict.fromkeys(row[panel.part] for row in measured))
    parts = sorted(parts) if panel.part == "layer" else parts
    shown = [name for name in conditions.names if any(row["condition"] == name for row in rows)]
    seeds = sorted({row["seed"] for row in measured})
    step = min(ASIDE, WIDEST / len(shown))
    for row in rows:
        x = parts.index(row[panel.part]) + step * (shown.index(row["condition"]) - (len(shown) - 1) / 2)
        here = [other for other in measured if other[panel.part] == row[panel.part]]
        colour = conditions.colour(row["condition"])
        if np.isfinite(row["difference"]):
            _seeds(axes, x, step, _paired(row, here, panel), seeds, colour)
            _mean(axes, x, step, row, panel.factor, colour)
        axes.annotate(_verdict(row, rate), (x, 1), xycoords=("data", "axes fraction"), ha="center", va="top")
    margin = panel.factor * max(row["margin"] for row in rows)
    if np.isfinite(margin):
        axes.axhspan(-margin, margin, color=BAND, linewidth=0, zorder=0)
    axes.axhline(0, color="black", linewidth=0.5, zorder=0.5)
    axes.set_xticks(range(len(parts)), [str(part) for part in parts])
    axes.margins(y=0.14)
    axes.set(xlim=(-0.5, len(parts) - 0.5), xlabel=panel.part.capitalize(), ylabel=panel.label)


def _verdict(row: Row, rate: float) -> str:
    if not np.isfinite(row["difference"]):
        return UNLIKE
    return (DIFFERENT if row["q"] < rate else "") + (EQUIVALENT if row["p_equivalence"] < rate else "")


def _paired(row: Row, measured: Iterable[Row], panel: Panel) -> dict[int, float]:
    """The difference of each seed that both conditions were trained with."""
    values = {(other["condition"], other["seed"]): other[panel.measure] for other in measured}
    seeds = sorted(
        seed for condition, seed in values if condition == row["condition"] and (row["reference"], seed) in values
    )
    return {seed: panel.factor * (values[row["condition"], seed] - values[row["reference"], seed]) for seed in seeds}


def _seeds(axes: Axes, x: float, step: float, pairs: Mapping[int, float], seeds: Sequence[int], colour: str) -> None:
    aside = SEEDS * step * (np.arange(len(pairs)) / max(1, len(pairs) - 1) - 0.5)
    look: dict[str, Any] = {"markerfacecolor": "none", "markersize": 3, "markeredgewidth": 0.6, "color": colour}
    for beside, (seed, value) in zip(aside, pairs.items(), strict=True):
        axes.plot(x + beside, value, style.marker(seeds, seed), **look)


def _mean(axes: Axes, x: float, step: float, row: Row, factor: float, colour: str) -> None:
    half = step * (SEEDS / 2 + 0.08)
    axes.hlines(factor * row["difference"], x - half, x + half, color=colour, linewidth=1.4, zorder=3)
    axes.vlines(x, factor * row["low"], factor * row["high"], color=colour, linewidth=0.9, zorder=3)


def _legend(
    axes: Axes, rows: Sequence[Row], measured: Sequence[Row], conditions: style.Conditions, rate: float
) -> None:
    axes.set_axis_off()
    axes.set(xticks=[], yticks=[])
    seeds = sorted({row["seed"] for row in measured})
    known = [row for row in rows if np.isfinite(row["difference"])]
    few = [row["pairs"] for row in known if row["status"] == "not testable"]
    names = {row["condition"]: f"{row['condition']} − {row['reference']}" for row in rows}
    look: dict[str, Any] = {"color": "black", "linestyle": "none"}
    handles = [
        *(
            Line2D([], [], color=conditions.colour(name), label=names[name])
            for name in conditions.names
            if name in names
        ),
        *(
            style.seed_handles(seeds)
            if len(seeds) <= NAMED
            else [Line2D([], [], marker="o", markerfacecolor="none", label="a marker per seed", **look)]
        ),
        Line2D([], [], color="black", linewidth=1.4, label="mean (line: 95 % interval)"),
        Line2D([], [], marker=style.glyph(DIFFERENT), markeredgewidth=0, label=f"different, q < {rate:g}", **look),
        Line2D([], [], marker=style.glyph(EQUIVALENT), markeredgewidth=0, label=f"equivalent, p < {rate:g}", **look),
        Patch(color=BAND, linewidth=0, label="margin of equivalence"),
        *([Line2D([], [], marker="x", label="unlike layers: not testable", **look)] if len(known) < len(rows) else []),
    ]
    title = f"{max(few)} seed{'s' if max(few) > 1 else ''}: not testable" if few else None
    axes.legend(handles=handles, loc="upper left", title=title, alignment="left")
