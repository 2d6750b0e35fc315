"""Error rates of recognition by split and condition."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "condition": str,
    "seed": int,
    "split": str,
    "speakers": int,
    "letter_error_rate": number,
    "word_error_rate": number,
}

JOINED = "#a6a6a6"  # of lines between trainings of one seed
SPLITS = ("train", "dev", "test")
PANELS = (("letter_error_rate", "Character error rate (%)"), ("word_error_rate", "Word error rate (%)"))
SIDEWAYS, WIDEST = 0.34, 0.8  # between neighbouring conditions, and of all of a split, in splits
JITTER = 0.07  # between seeds of one condition, in splits


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    return draw(material.table("recognition", COLUMNS), material.conditions)


def draw(rows: Sequence[Row], conditions: style.Conditions) -> Figure:
    """Draw each training as a point; a thin line joins trainings of the same seed.

    `rows` are those of recognition.tsv, with at least the columns of this module.
    """
    with style.styled():
        figure = style.page("single", 62, arranged=True)
        if not rows:  # responses of one's own
            style.faint(figure.subplots(), "nothing was recognised here")
            return figure
        seeds = sorted({row["seed"] for row in rows})
        for panel, axes, (column, label) in zip("ab", figure.subplots(1, 2), PANELS, strict=True):
            style.letter(axes, panel)
            splits = [split for split in SPLITS if any(row["split"] == split for row in rows)]
            for centre, split in enumerate(splits):
                _points(axes, centre, [row for row in rows if row["split"] == split], column, conditions, seeds)
            axes.set_xticks(range(len(splits)), splits)
            axes.set(xlim=(-0.5, max(len(splits), 1) - 0.5), ylabel=label, xlabel="Split")
            axes.margins(y=0.08)
            axes.set_ylim(bottom=0)
        joined = Line2D([], [], color=JOINED, linewidth=0.6, label="one seed")
        page_legend(figure, [*conditions.handles(), *style.seed_handles(seeds), joined])
        return figure


def _points(
    axes: Axes, centre: int, rows: Sequence[Row], column: str, conditions: style.Conditions, seeds: Sequence[int]
) -> None:
    step = min(SIDEWAYS, WIDEST / len(conditions.names))
    for order, seed in enumerate(seeds):
        rates = {row["condition"]: 100 * row[column] for row in rows if row["seed"] == seed}
        present = [(index, name) for index, name in enumerate(conditions.names) if name in rates]
        x = centre + step * (np.array([index for index, _ in present]) - (len(conditions.names) - 1) / 2)
        x += JITTER * (order - (len(seeds) - 1) / 2)
        axes.plot(x, [rates[name] for _, name in present], color=JOINED, linewidth=0.6, zorder=1)
        for position, (_, name) in zip(x, present, strict=True):
            axes.plot(position, rates[name], style.marker(seeds, seed), color=conditions.colour(name), zorder=2)
