"""Which letters recognisers spell for which: a matrix per condition."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from phonotopy.core.tables import integer, number
from phonotopy.figures import style
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row

__all__ = ["COLUMNS", "draw", "figure", "matrix"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "condition": str,
    "seed": integer,
    "split": str,
    "letter": str,
    "spelled": str,
    "share": number,
}
SPLIT = "test"
SPACE, NOTHING = "space", ""  # as in the table
SHOWN = {SPACE: "␣", NOTHING: "∅"}
COLOURS, LEAST = "Blues", 0.002  # share of a letter, under which a cell has the palest colour
BESIDE = 2  # matrices beside each other
LEFT_MM, TOP_MM, GAP_MM, BOTTOM_MM = 9.0, 6.0, 12.0, 15.0
FOOT_MM, LARGEST_MM, TALLEST_MM = 10.0, 84.0, 220.0
LINE_MM, BAR_MM = 2.75, 60.0


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    return draw(material.table("letter_confusions", COLUMNS), material.conditions)


def draw(rows: Sequence[Row], conditions: style.Conditions) -> Figure:
    """Draw the share of each letter of test speakers that is spelled in some other way, all seeds together."""
    with style.styled():
        own = {
            name: [row for row in rows if (row["condition"], row["seed"], row["split"]) == (name, None, SPLIT)]
            for name in conditions.names
        }
        own = {name: found for name, found in own.items() if found}
        if not own:
            figure = style.page("single", 40)
            style.faint(style.axes_at(figure, LEFT_MM, TOP_MM, 60, 25), "nothing was recognised")
            return figure
        letters = _letters([row for found in own.values() for row in found])
        columns = min(BESIDE, len(own))
        lines = -(-len(own) // columns)
        across = (style.WIDTHS_MM["double"] - columns * LEFT_MM - (columns - 1) * (GAP_MM - LEFT_MM)) / columns - 1
        side = min(LARGEST_MM, across, TALLEST_MM / lines - TOP_MM - FOOT_MM)
        step = TOP_MM + side + FOOT_MM
        figure = style.page("double", lines * step + BOTTOM_MM)
        for place, (name, found) in enumerate(own.items()):
            line, column = divmod(place, columns)
            left = LEFT_MM + column * (side + GAP_MM)
            axes = style.axes_at(figure, left, TOP_MM + line * step, side, side)
            _matrix(axes, matrix(found, letters), letters, side)
            axes.set_title(name, fontweight="bold")
        _key(figure, lines * step)
        return figure


def _letters(rows: Sequence[Row]) -> list[str]:
    """Letters in order, then the space, then nothing."""
    found = {row[side] for row in rows for side in ("letter", "spelled")}
    last = [special for special in (SPACE, NOTHING) if special in found]
    return [*sorted(found - {*last}), *last]


def matrix(rows: Sequence[Row], letters: Sequence[str]) -> NDArray[np.float64]:
    """Shares ``(letters, spelled)``; NaN where there is no such pair, and of what is spelled correctly."""
    place = {letter: index for index, letter in enumerate(letters)}
    values = np.full((len(letters), len(letters)), np.nan)
    for row in rows:
        if row["letter"] != row["spelled"]:
            values[place[row["letter"]], place[row["spelled"]]] = row["share"]
    return values


def _colours() -> Any:
    return mpl.colormaps[COLOURS].with_extremes(bad="white")


def _matrix(axes: Axes, values: NDArray[np.float64], letters: Sequence[str], side: float) -> None:
    axes.imshow(values, cmap=_colours(), norm=LogNorm(LEAST, 1.0), aspect="auto")
    for spine in axes.spines.values():
        spine.set(visible=True, linewidth=0.4, color="#404040")
    every = int(np.ceil(len(letters) * LINE_MM / side))
    places = [*range(0, len(letters), every)]
    names = [SHOWN.get(letters[place], letters[place]) for place in places]
    axes.set_xticks(places, names)
    axes.set_yticks(places, names)
    axes.tick_params(length=1.5, pad=1.5)
    axes.plot([-0.5, len(letters) - 0.5], [-0.5, len(letters) - 0.5], color=style.FAINT, linewidth=0.6)
    axes.set(xlim=(-0.5, len(letters) - 0.5), ylim=(len(letters) - 0.5, -0.5), xlabel="spelled", ylabel="transcript")


def _key(figure: Figure, top: float) -> None:
    axes = style.axes_at(figure, LEFT_MM, top + 2, BAR_MM, 2.2)
    bar = figure.colorbar(
        ScalarMappable(LogNorm(LEAST, 1.0), _colours()), cax=axes, orientation="horizontal", extend="min"
    )
    bar.outline.set_linewidth(0.4)
    bar.set_ticks([0.002, 0.01, 0.1, 1], labels=["0.2", "1", "10", "100"])
    bar.minorticks_off()
    axes.set_xlabel("of the occurrences of the letter (%, log scale)")
    signs = f"{SHOWN[SPACE]} space   {SHOWN[NOTHING]} nothing: left out (column), inserted (line)"
    style.note(
        figure, LEFT_MM + BAR_MM + 12, top + 1, f"{signs}\nwhite: never; the diagonal is left out", linespacing=1.3
    )
