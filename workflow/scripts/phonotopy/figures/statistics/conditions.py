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
from phonotopy.figures.by_speaker import COLUMNS, COMPARED, DIFFERENT, DOT, draw_speakers, spread
from phonotopy.figures.material import Material
from phonotopy.figures.palette import SHAPE
from phonotopy.figures.rungs import numbered
from phonotopy.figures.trainings import Row

__all__ = ["DIFFERENCES", "MEASURED", "Panel", "Recognised", "draw", "figure"]


class Panel(NamedTuple):
    """A measure, what it is called on the page, the column it is given by, and the factor from table to page."""

    measure: str
    label: str
    part: str
    factor: float = 1.0


PANELS = (
    Panel("letter_error_rate", "Character error rate\n(percentage points)", "split", 100),
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
EQUIVALENT, UNLIKE = "≈", "×"
NAMED = 3  # seeds in the legend
BLACK: Mapping[str, Any] = {"color": "black", "linestyle": "none"}
LAYERS_MM = 19.0  # of an axis of layers
MARKS = 13  # that are side by side in a panel; more are on several lines
WIDTHS = (1, 1, 1.4, 1.4)  # of panels a to d
ENTRY_MM, PAGE_MM = 10.0, 178.0  # of an entry of the legend beside its text; of all of them


class Recognised(NamedTuple):
    """What is known of recognition by speaker: compared_recognition.tsv and recognition_by_speaker.tsv."""

    compared: Sequence[Row]
    spoken: Sequence[Row]


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    sources = {"split": "recognition", "layer": "topography"}
    measured = {part: material.table(source, MEASURED[part]) for part, source in sources.items()}
    differences = material.table("conditions", DIFFERENCES)
    compared, spoken = (
        material.table("compared_recognition", COMPARED),
        material.table("recognition_by_speaker", COLUMNS),
    )
    rate = material.settings["false_discovery_rate"]
    return draw(differences, measured, Recognised(compared, spoken), material.conditions, rate)


def draw(
    differences: Sequence[Row],
    measured: Mapping[str, Sequence[Row]],
    recognised: Recognised,
    conditions: style.Conditions,
    rate: float,
) -> Figure:
    """Draw every measure minus that of the control: a marker per seed, the mean (bar) and its 95 % interval (line).

    `differences` holds conditions.tsv; `measured` the rows of recognition.tsv under ``split``, of topography.tsv under
    ``layer``. Error rates are shown by test speaker too. Marked is where q, or p of the test of equivalence, is under
    `rate`; grey is the margin of equivalence. A mark, band or line that so few seeds cannot have is in neither panels
    nor legend. A row without a difference (layers that cannot be compared) is marked, and nothing is plotted there.
    """
    with style.styled():
        figure = style.page("double", 108, arranged=True)
        bands = figure.add_gridspec(2, 1)
        above, below = (figure.add_subfigure(bands[row]) for row in range(2))
        first, second, *speakers = above.subplots(1, 4, width_ratios=WIDTHS)
        panels = [first, second, *below.subplots(1, len(PANELS) - 2)]
        for letter, one in zip("abcdefghi", (*panels[:2], *speakers, *panels[2:]), strict=True):
            style.letter(one, letter)
        for panel, one in zip(PANELS, panels, strict=True):
            rows = [row for row in differences if row["measure"] == panel.measure]
            if any(np.isfinite(row["difference"]) for row in rows):
                _panel(one, panel, rows, measured[panel.part], conditions, rate)
            else:
                style.faint(one, "not testable:\nunlike layers" if rows else "nothing\nto compare")
        for panel, one in zip(PANELS, speakers, strict=False):
            label = panel.label.replace("\n(percentage points)", " of\ntest speakers (points)")
            draw_speakers(one, panel.measure, label, *recognised, conditions, rate)
        _legend(figure, differences, recognised, measured["split"], conditions, rate)
        return figure


def _panel(
    axes: Axes, panel: Panel, rows: Sequence[Row], measured: Sequence[Row], conditions: style.Conditions, rate: float
) -> None:
    parts = list(dict.fromkeys(row[panel.part] for row in measured))
    parts = sorted(parts) if panel.part == "layer" else parts
    shown = [name for name in conditions.names if any(row["condition"] == name for row in rows)]
    seeds = sorted({row["seed"] for row in measured})
    step, lines = min(ASIDE, WIDEST / len(shown)), 1 + len(shown) * len(parts) // MARKS
    for row in rows:
        order = shown.index(row["condition"])
        x = parts.index(row[panel.part]) + step * (order - (len(shown) - 1) / 2)
        here = [other for other in measured if other[panel.part] == row[panel.part]]
        colour = conditions.colour(row["condition"])
        if np.isfinite(row["difference"]):
            _seeds(axes, x, step, _paired(row, here, panel), seeds, colour)
            _mean(axes, x, step, row, panel.factor, colour)
        look: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "ha": "center"}
        axes.annotate(_verdict(row, rate), (x, 1), (0, -style.TEXT_PT * (order % lines)), va="top", **look)
    margins = [panel.factor * row["margin"] for row in rows if _may_be_equivalent(row, rate)]
    if margins:
        axes.axhspan(-max(margins), max(margins), color=BAND, linewidth=0, zorder=0)
    axes.axhline(0, color="black", linewidth=0.5, zorder=0.5)
    labels = numbered(parts, LAYERS_MM / len(parts)) if panel.part == "layer" else [str(part) for part in parts]
    axes.set_xticks(range(len(parts)), labels)
    stacked = max(_verdict(row, rate).count("\n") for row in rows)
    axes.margins(y=0.14 + 0.1 * max(stacked, lines - 1))
    axes.set(xlim=(-0.5, len(parts) - 0.5), xlabel=panel.part.capitalize(), ylabel=panel.label)


def _verdict(row: Row, rate: float) -> str:
    if not np.isfinite(row["difference"]):
        return UNLIKE
    marks = {DIFFERENT: row["q"] < rate, EQUIVALENT: row["p_equivalence"] < rate}
    return "\n".join(mark for mark, holds in marks.items() if holds)


def _may_differ(row: Row, rate: float) -> bool:
    """Whether so many pairs can have a p under `rate` at all: that of all signs alike, two-sided."""
    return bool(row["status"] == "ok" and 2.0 ** (1 - row["pairs"]) < rate)


def _may_be_equivalent(row: Row, rate: float) -> bool:
    """The same, one-sided, of a measure that has a margin."""
    return bool(row["status"] == "ok" and np.isfinite(row["margin"]) and 2.0 ** -row["pairs"] < rate)


def _paired(row: Row, measured: Iterable[Row], panel: Panel) -> dict[int, float]:
    """The difference of each seed that both conditions were trained with."""
    values = {(other["condition"], other["seed"]): other[panel.measure] for other in measured}
    seeds = sorted(
        seed for condition, seed in values if condition == row["condition"] and (row["reference"], seed) in values
    )
    return {seed: panel.factor * (values[row["condition"], seed] - values[row["reference"], seed]) for seed in seeds}


def _seeds(axes: Axes, x: float, step: float, pairs: Mapping[int, float], seeds: Sequence[int], colour: str) -> None:
    aside = SEEDS * step * spread(len(pairs))
    look: dict[str, Any] = {"markerfacecolor": "none", "markersize": 3, "markeredgewidth": 0.6, "color": colour}
    for beside, (seed, value) in zip(aside, pairs.items(), strict=True):
        axes.plot(x + beside, value, style.marker(seeds, seed), **look)


def _mean(axes: Axes, x: float, step: float, row: Row, factor: float, colour: str) -> None:
    if row["pairs"] < 2:
        return
    half = step * (SEEDS / 2 + 0.08)
    axes.hlines(factor * row["difference"], x - half, x + half, color=colour, linewidth=1.4, zorder=3)
    axes.vlines(x, factor * row["low"], factor * row["high"], color=colour, linewidth=0.9, zorder=3)


def _legend(
    figure: Figure,
    rows: Sequence[Row],
    recognised: Recognised,
    measured: Sequence[Row],
    conditions: style.Conditions,
    rate: float,
) -> None:
    seeds = sorted({row["seed"] for row in measured})
    known = [row for row in rows if np.isfinite(row["difference"])]
    few = [row["pairs"] for row in known if row["status"] == "not testable"]
    names = {row["condition"]: f"{row['condition']} − {row['reference']}" for row in rows}
    handles = [
        *(
            Line2D([], [], color=conditions.colour(name), label=names[name])
            for name in conditions.names
            if name in names
        ),
        *(
            style.seed_handles(seeds)
            if len(seeds) <= NAMED
            else [
                Line2D([], [], marker="o", markerfacecolor=SHAPE, markeredgewidth=0, label="a marker per seed", **BLACK)
            ]
        ),
        *_summaries([*known, *_by_speaker(recognised)], spoken=bool(_by_speaker(recognised))),
        *_marks(rows, known, recognised, rate),
    ]
    title = f"{max(few)} seed{'s' if max(few) > 1 else ''}: no test over trainings" if few else None
    widest = max((style.text_width(str(handle.get_label())) for handle in handles), default=0.0)
    columns = max(1, int(PAGE_MM / (widest + ENTRY_MM)))
    figure.legend(handles=handles, loc="outside upper left", title=title, alignment="left", ncols=columns)


def _by_speaker(recognised: Recognised) -> list[Row]:
    return [row for row in recognised.compared if (row["split"], row["observations"]) == ("test", "speakers")]


def _summaries(shown: Sequence[Row], *, spoken: bool) -> list[Line2D]:
    """Legend entries of speakers, means and intervals, of those that there are."""
    interval = any(np.isfinite(row["low"]) for row in shown)
    mean = Line2D([], [], color="black", linewidth=1.4, label="mean (line: 95 % interval)" if interval else "mean")
    speaker = Line2D([], [], label="a test speaker (c, d)", color="black", linestyle="none", **DOT)
    return [*([speaker] if spoken else []), *([mean] if any(row["pairs"] > 1 for row in shown) else [])]


def _marks(rows: Sequence[Row], known: Sequence[Row], recognised: Recognised, rate: float) -> list[Line2D | Patch]:
    """Legend entries of marks, of those that can occur."""
    found: list[Line2D | Patch] = []
    if any(_may_differ(row, rate) for row in (*known, *_by_speaker(recognised))):
        marker = style.glyph(DIFFERENT)
        found.append(Line2D([], [], marker=marker, markeredgewidth=0, label=f"different, q < {rate:g}", **BLACK))
    if any(_may_be_equivalent(row, rate) for row in known):
        marker = style.glyph(EQUIVALENT)
        found.append(Line2D([], [], marker=marker, markeredgewidth=0, label=f"equivalent, p < {rate:g}", **BLACK))
        found.append(Patch(color=BAND, linewidth=0, label="margin of equivalence"))
    if len(known) < len(rows):
        found.append(Line2D([], [], marker="x", label="unlike layers: not testable", **BLACK))
    return found
