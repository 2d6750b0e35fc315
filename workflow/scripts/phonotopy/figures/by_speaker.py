"""Panels of differences of error rates by speaker: a column per condition and seed, a point per speaker."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.trainings import Row

__all__ = ["COLUMNS", "COMPARED", "DIFFERENT", "DOT", "differences", "draw_speakers", "spread"]

RATES = ("letter_error_rate", "word_error_rate")
COLUMNS: Mapping[str, Callable[[str], Any]] = {  # of recognition_by_speaker.tsv
    "condition": str,
    "seed": int,
    "split": str,
    "speaker": str,
    **dict.fromkeys(RATES, number),
}
COMPARED: Mapping[str, Callable[[str], Any]] = {  # of compared_recognition.tsv
    "measure": str,
    "split": str,
    "condition": str,
    "reference": str,
    "seed": int,
    "observations": str,
    **dict.fromkeys(("pairs", "rises"), int),
    **dict.fromkeys(("observed", "low", "high", "q"), number),
    "status": str,
}
SPLIT = "test"
DIFFERENT = "∗"
WIDTH, BETWEEN = 0.6, 0.5  # of a column over which speakers are spread; more room between conditions
DOT: Mapping[str, Any] = {"marker": "o", "markersize": 2.2, "markeredgewidth": 0}
ROOM_MM, HEIGHT_MM, LINE_MM = 36.0, 30.0, 2.6  # of the columns of a panel; of a panel; of a line of text


def differences(row: Row, spoken: Sequence[Row]) -> dict[str, float]:
    """The difference of a row of compared_recognition.tsv in each speaker, from recognition_by_speaker.tsv."""
    rates = {
        (other["condition"], other["speaker"]): other[row["measure"]]
        for other in spoken
        if (other["seed"], other["split"]) == (row["seed"], row["split"])
    }
    here, there = (
        {name: rate for (who, name), rate in rates.items() if who == row[of]} for of in ("condition", "reference")
    )
    return {speaker: here[speaker] - there[speaker] for speaker in sorted({*here} & {*there})}


def draw_speakers(
    axes: Axes,
    measure: str,
    label: str,
    compared: Sequence[Row],
    spoken: Sequence[Row],
    conditions: style.Conditions,
    rate: float,
) -> None:
    """Draw the difference of each test speaker, in percentage points, and in how many of them it rises.

    `compared` holds compared_recognition.tsv, `spoken` recognition_by_speaker.tsv. A bar is the mean over speakers, a
    line its 95 % interval. Marked is where q is under `rate`.
    """
    criteria = {"measure": measure, "split": SPLIT, "observations": "speakers"}
    rows = [row for row in compared if all(row[column] == value for column, value in criteria.items())]
    rows = sorted(rows, key=lambda row: (conditions.names.index(row["condition"]), row["seed"]))
    if not rows:
        style.faint(axes, "nothing\nto compare")
        return
    shown = list(dict.fromkeys(row["condition"] for row in rows))
    x = [place + BETWEEN * shown.index(row["condition"]) for place, row in enumerate(rows)]
    for middle, row in zip(x, rows, strict=True):
        _column(axes, middle, row, differences(row, spoken), conditions.colour(row["condition"]))
    axes.axhline(0, color="black", linewidth=0.5, zorder=0.5)
    seeds = [str(row["seed"]) for row in rows]
    rotation = _rotation(seeds)
    axes.set_xticks(x, seeds if rotation is not None else [""] * len(seeds), rotation=rotation or 0)
    axes.margins(y=0.14)
    axes.set(xlim=(-0.6, x[-1] + 0.6), xlabel="Seed", ylabel=label)
    _counts(axes, x, rows, rate)


def _column(axes: Axes, middle: float, row: Row, found: Mapping[str, float], colour: str) -> None:
    look: dict[str, Any] = {"color": colour, "linestyle": "none", "zorder": 3.5, **DOT}
    axes.plot(middle + WIDTH * spread(len(found)), [100 * value for value in found.values()], **look)
    half = WIDTH / 2 + 0.08
    axes.hlines(100 * row["observed"], middle - half, middle + half, color=colour, linewidth=1.4, zorder=3)
    axes.vlines(middle, 100 * row["low"], 100 * row["high"], color=colour, linewidth=0.9, zorder=3)


def _counts(axes: Axes, x: Sequence[float], rows: Sequence[Row], rate: float) -> None:
    """In how many speakers the difference is above 0, over each column, if there is room; at least the marks."""
    marks = [DIFFERENT if row["q"] < rate else "" for row in rows]
    counts = [f"{row['rises']}/{row['pairs']}" for row in rows]
    rotation = _rotation(counts)
    joint = " " if rotation else "\n"  # a mark is after, or below, its count
    texts = [f"{count}{joint}{mark}".strip() for count, mark in zip(counts, marks, strict=True)]
    if rotation is None:
        texts = marks if _rotation(marks) is not None else [""] * len(marks)
    room = max(text.count("\n") * LINE_MM for text in texts) if not rotation else max(map(style.text_width, texts))
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + (high - low) * room / HEIGHT_MM)
    for middle, text in zip(x, texts, strict=True):
        look: dict[str, Any] = {"ha": "center", "va": "top", "rotation": rotation or 0, "linespacing": 0.8}
        axes.annotate(text, (middle, 1), xycoords=("data", "axes fraction"), **look)


def _rotation(texts: Sequence[str]) -> Literal[0, 90] | None:
    """How texts fit, one per column: across, upright, or not at all."""
    room = ROOM_MM / len(texts)
    if max((style.text_width(text) for text in texts if text), default=0.0) < 0.9 * room:
        return 0
    return 90 if room > LINE_MM else None


def spread(number: int) -> NDArray[np.float64]:
    """Positions from −½ to ½; a single one is in the middle."""
    return np.linspace(-0.5, 0.5, number) if number > 1 else np.zeros(number)
