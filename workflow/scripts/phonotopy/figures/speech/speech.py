"""Speech of a corpus: minutes of every speaker, and utterances that could not be used."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from phonotopy.core.tables import number
from phonotopy.corpus.utterances import SPLITS
from phonotopy.figures import palette, style
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row

__all__ = ["REASONS", "SPEAKERS", "SPLIT_COLOURS", "SPLIT_MARKERS", "draw", "figure", "split_handles"]

SPEAKERS: Mapping[str, Callable[[str], Any]] = {"split": str, "speaker": str, "aligned": int, "minutes": number}
REASONS: Mapping[str, Callable[[str], Any]] = {"split": str, "status": str, "reason": str, "utterances": int}

SPLIT_COLOURS: Mapping[str, str] = palette.SPLITS
SPLIT_MARKERS: Mapping[str, str] = dict(zip(SPLITS, "os^", strict=True))
MOST_REASONS = 8
LONGEST_REASON = 34  # letters


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    return draw(material.table("speakers", SPEAKERS), material.table("reasons", REASONS))


def draw(speakers: Sequence[Row], reasons: Sequence[Row]) -> Figure:
    """Draw minutes of usable speech by speaker, ranked within each split, and, where any did, what utterances lack.

    `speakers` and `reasons` are the rows of the tables of those names; speakers have no names here.
    """
    with style.styled():
        figure = style.page("double", 60, arranged=True)
        ratios = (3, 2) if reasons else (1,)
        minutes, *faults = figure.subplots(1, len(ratios), width_ratios=ratios, squeeze=False)[0]
        _minutes(minutes, speakers)
        for axes in faults:
            style.letter(minutes, "a")
            style.letter(axes, "b")
            _faults(axes, reasons)
        splits = [split for split in SPLITS if any(row["split"] == split for row in speakers)]
        bars = [Patch(facecolor=SPLIT_COLOURS[split], linewidth=0, label=split) for split in splits]
        who = [*bars, *_fault_handles()]
        page_legend(figure, who)
        return figure


def split_handles(splits: Sequence[str]) -> list[Line2D]:
    """Legend entries of points, one per split."""
    return [
        Line2D([], [], linestyle="none", marker=SPLIT_MARKERS[split], color=SPLIT_COLOURS[split], label=split)
        for split in splits
    ]


def _minutes(axes: Axes, speakers: Sequence[Row]) -> None:
    first = 1
    for split in SPLITS:
        lengths = sorted((row["minutes"] for row in speakers if row["split"] == split), reverse=True)
        axes.bar(range(first, first + len(lengths)), lengths, width=0.8, color=SPLIT_COLOURS[split])
        first += len(lengths)
    axes.set(xlabel="Speaker, ranked within the split", ylabel="Usable speech (min)")
    axes.set_xlim(0.2, max(first - 0.2, 1.8))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _faults(axes: Axes, reasons: Sequence[Row]) -> None:
    """Bars by reason, the most frequent ones; hollow where another method aligned the utterance."""
    counts: dict[tuple[str, str], int] = {}
    for row in reasons:
        counts[row["reason"], row["status"]] = counts.get((row["reason"], row["status"]), 0) + row["utterances"]
    shown = sorted(counts, key=lambda key: -counts[key])[:MOST_REASONS]
    for position, (reason, status) in enumerate(shown):
        fill = style.CONTROL if status == "excluded" else "white"
        axes.barh(position, counts[reason, status], height=0.7, color=fill, edgecolor=style.CONTROL, linewidth=0.6)
    axes.set_yticks(range(len(shown)), [_shortened(reason) for reason, _ in shown])
    axes.set(xlabel="Utterances", ylabel="Reason")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.invert_yaxis()


def _fault_handles() -> list[Patch]:
    """Legend entries of the two kinds of bars of utterances."""
    look: dict[str, Any] = {"edgecolor": style.CONTROL, "linewidth": 0.6}
    return [
        Patch(facecolor=style.CONTROL, label="excluded", **look),
        Patch(facecolor="white", label="aligned by another method, or with a remark", **look),
    ]


def _shortened(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…"
