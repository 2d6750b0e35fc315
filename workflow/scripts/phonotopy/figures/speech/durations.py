"""Tokens of every label, and how long they last."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phonotopy.core.inventory import SILENCE
from phonotopy.core.tables import number
from phonotopy.corpus.utterances import SPLITS
from phonotopy.figures import style
from phonotopy.figures.material import Material
from phonotopy.figures.speech.speech import SPLIT_COLOURS, SPLIT_MARKERS, split_handles
from phonotopy.figures.trainings import Row

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "split": str,
    "label": str,
    "tokens": int,
    "median_ms": number,
    "percentile_5_ms": number,
    "percentile_95_ms": number,
}

MOST_LABELS = 48  # that fit side by side
SIDEWAYS = 0.24  # between splits, in labels
UPRIGHT = 84  # letters of all labels that fit side by side without being turned


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    return draw(material.table("durations", COLUMNS), material.inventory.labels)


def draw(rows: Sequence[Row], inventory: Sequence[str]) -> Figure:
    """Draw tokens and durations by label and split: median, and a bar from the 5th to the 95th percentile.

    Labels are in the order of the `inventory`, silence last; of more than fit, the most frequent ones are shown.
    """
    labels = _chosen(rows, inventory)
    with style.styled():
        figure = style.page("double", 90, arranged=True)
        tokens, times = figure.subplots(2, 1)
        splits = [split for split in SPLITS if any(row["split"] == split for row in rows)]
        for order, split in enumerate(splits):
            own = {row["label"]: row for row in rows if row["split"] == split and row["label"] in labels}
            positions = [labels.index(label) + SIDEWAYS * (order - (len(splits) - 1) / 2) for label in own]
            _points(tokens, times, positions, list(own.values()), split)
        _arrange(tokens, times, labels)
        figure.legend(handles=split_handles(splits), loc="outside upper left", ncols=3, columnspacing=1.2)
        return figure


def _chosen(rows: Sequence[Row], inventory: Sequence[str]) -> list[str]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["label"]] = counts.get(row["label"], 0) + row["tokens"]
    frequent = sorted(counts, key=lambda label: (-counts[label], label))[:MOST_LABELS]
    order = {label: index for index, label in enumerate([*inventory, SILENCE])}
    return sorted(frequent, key=lambda label: (order.get(label, len(order) - 1.5), label))


def _points(tokens: Axes, times: Axes, positions: Sequence[float], rows: Sequence[Row], split: str) -> None:
    colour = SPLIT_COLOURS[split]
    look: dict[str, Any] = {"linestyle": "none", "marker": SPLIT_MARKERS[split], "markersize": 2.5, "color": colour}
    tokens.plot(positions, [row["tokens"] for row in rows], **look)
    times.vlines(
        positions,
        [row["percentile_5_ms"] for row in rows],
        [row["percentile_95_ms"] for row in rows],
        colour,
        linewidth=0.8,
    )
    times.plot(positions, [row["median_ms"] for row in rows], **look)


def _arrange(tokens: Axes, times: Axes, labels: Sequence[str]) -> None:
    style.letter(tokens, "a")
    style.letter(times, "b")
    tokens.set_ylabel("Tokens (log scale)")
    style.logarithmic(tokens.yaxis)
    times.set(ylabel="Duration (ms)", xlabel="Label")
    times.set_ylim(bottom=0)
    upright = max(map(len, labels), default=0) * len(labels) <= UPRIGHT
    times.set_xticks(range(len(labels)), labels, rotation=0 if upright else 90)
    tokens.set_xticks(range(len(labels)), [""] * len(labels))
    for axes in (tokens, times):
        axes.set_xlim(-0.7, len(labels) - 0.3)
        axes.tick_params(axis="x", length=0)
        axes.grid(axis="x", color=style.FAINT, linewidth=0.3, zorder=0)
