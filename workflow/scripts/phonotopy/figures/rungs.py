"""The rungs of the ladder of nulls: which hold, of how many phones, and a matrix of them by training and layer."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from phonotopy.encoding.rungs import ALL, LADDER, LEVEL, Rung
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, layer_numbers
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["BESIDE", "NOT_TESTABLE", "RUNGS", "Column", "Ladder", "Matrix", "held", "indexed", "numbered"]

NOT_TESTABLE = "not testable"
PALE, LINE = 0.3, 0.4  # opacity above a rung that does not hold; width of an outline in points
STRIP_MM, COUNT_MM, GAP_MM = 2.5, 3.0, 0.6  # of a line of the matrix: its tests, its count, the room below
BETWEEN_MM, ASIDE_MM, CONDITIONS_MM = 4.0, 7.0, 1.5  # between rungs, before what is no rung, between conditions
HEADER_MM, WIDEST_CELL_MM = 14.0, 6.5

Test = tuple[str, str, str]  # labelling, statistic, null
Ladder = Mapping[tuple[int, str, str, str, str], Row]  # rows by layer, labelling, statistic, null, phone


@dataclass(frozen=True)
class Column:
    """A rung as a block of the matrix: its title, the nulls as the header names them, and the rung itself."""

    title: str
    nulls: str
    rung: Rung

    @property
    def tests(self) -> tuple[Test, ...]:
        """Tests by labelling, statistic and null."""
        return tuple((self.rung.labelling, *test) for test in self.rung.tests)

    def verdicts(self, ladder: Ladder, layer: int, rate: float) -> list[bool | None]:
        """Whether q of each test is under `rate`; None where there is no such test."""
        found = [ladder.get((layer, *test, ALL), {"q": math.nan})["q"] for test in self.tests]
        return [bool(q < rate) if math.isfinite(q) else None for q in found]

    def phones(self, ladder: Ladder, layer: int) -> list[bool]:
        """Whether phones are beyond each of the nulls that single phones have."""
        return self.rung.phones(row for (number, *_), row in ladder.items() if number == layer)


RUNGS = (
    Column("1 order", "positions", LADDER["order"]),
    Column("2 speech", "positions, labels", LADDER["speech"]),
    Column("3 beyond manner", "positions, manners", LADDER["beyond manner"]),
    Column("4 beyond sound", "positions, sound,\nrandom network", LADDER["beyond sound"]),
)
BESIDE = Column("no rung: beyond\nclusters of sound", "clusters", LADDER["beyond clusters"])


def indexed(rows: Iterable[Row]) -> Ladder:
    """Rows of ladder.tsv of a training by what they are about."""
    return {(row["layer"], row["labelling"], row["statistic"], row["null"], row["phone"]): row for row in rows}


def held(ladder: Ladder, layer: int, rate: float) -> list[bool]:
    """Whether each rung holds: all its tests reject, and those of all rungs below."""
    own = [all(verdict is True for verdict in rung.verdicts(ladder, layer, rate)) for rung in RUNGS]
    return [all(own[: index + 1]) for index in range(len(own))]


def numbered(layers: Sequence[int], room: float) -> list[str]:
    """Labels of layers that are `room` mm apart, as many as there is room for."""
    widest = max((style.text_width(str(layer)) for layer in layers), default=0.0) + 1.0
    step = max(1, math.ceil(widest / room))
    return [str(layer) if index % step == 0 else "" for index, layer in enumerate(layers)]


class Matrix:
    """Lines of trainings, columns of layers in a block per rung; at most `tallest` mm high."""

    def __init__(
        self, tables: TrainingTables, layers: Layers, conditions: style.Conditions, width: float, tallest: float
    ) -> None:
        self.ladders = {training: indexed(rows) for training, rows in tables.items()}
        self.trainings = sorted(tables, key=lambda one: (conditions.names.index(one.condition), one.seed))
        self.layers, self.numbers, self.conditions = layers, layer_numbers(layers), conditions
        seeds = max(style.text_width(str(training.seed)) for training in self.trainings)
        self.left = max(style.text_width(name) for name in conditions.names) + seeds + 4.0
        self.block = (width - self.left - BETWEEN_MM * (len(RUNGS) - 1) - ASIDE_MM) / (len(RUNGS) + 1)
        self.cell = min(WIDEST_CELL_MM, self.block / max(1, len(self.numbers)))
        between = CONDITIONS_MM * (len({one.condition for one in self.trainings}) - 1)
        room = (tallest - HEADER_MM - between) / len(self.trainings)
        self.counted = room >= STRIP_MM + COUNT_MM + GAP_MM and self.cell >= style.text_width("99") + 0.5
        self.strip = min(STRIP_MM, room - GAP_MM)
        self.line = self.strip + GAP_MM + (COUNT_MM if self.counted else 0.0)
        self.tested: set[int] = set()  # numbers of phones that counts are of
        self.pale = False  # whether a test rejects above a rung that does not hold
        self.width, self.height = width, HEADER_MM + between + self.line * len(self.trainings)

    def draw(self, figure: Figure, left: float, top: float, rate: float) -> Axes:
        """Draw the matrix with its upper left corner at a position of the figure."""
        axes = style.axes_at(figure, left, top, self.width, self.height)
        axes.set(xlim=(0, self.width), ylim=(self.height, 0), xticks=[], yticks=[])
        axes.set_axis_off()
        starts = self._starts()
        self._headers(axes, starts)
        y, before = HEADER_MM, self.trainings[0].condition
        for training in self.trainings:
            y += CONDITIONS_MM if training.condition != before else 0.0
            first = training.condition != before or y == HEADER_MM
            self._line(axes, training, starts, y, rate, named=first)
            y, before = y + self.line, training.condition
        return axes

    def _starts(self) -> list[float]:
        beside = [self.left + index * (self.block + BETWEEN_MM) for index in range(len(RUNGS))]
        return [*beside, beside[-1] + self.block + ASIDE_MM]

    def _headers(self, axes: Axes, starts: Sequence[float]) -> None:
        labels = numbered(self.numbers, self.cell)
        for start, rung in zip(starts, (*RUNGS, BESIDE), strict=True):
            lines = rung.title.split("\n")
            x = min(start, self.width - max(style.text_width(line, bold=True) for line in lines))
            axes.text(x, 0, rung.title, va="top", fontweight="bold", linespacing=1.05)
            axes.text(x, 3.2 * len(lines), rung.nulls, va="top", linespacing=1.05)
            for index, label in enumerate(labels):
                axes.text(start + (index + 0.5) * self.cell, HEADER_MM - 0.6, label, va="bottom", ha="center")
        axes.text(self.left - 1.5, HEADER_MM - 0.6, "layer", va="bottom", ha="right")

    def _line(
        self, axes: Axes, training: Training, starts: Sequence[float], y: float, rate: float, *, named: bool
    ) -> None:
        colour, ladder = self.conditions.colour(training.condition), self.ladders[training]
        middle = y + self.strip / 2
        if named:
            axes.text(0, middle, training.condition, va="center", color=colour)
        if named or self.line >= STRIP_MM:
            axes.text(self.left - 1.5, middle, str(training.seed), va="center", ha="right")
        if not ladder:
            axes.text(starts[0], middle, NOT_TESTABLE, va="center", color="#595959")
            return
        for layer in self.layers[training.condition]:
            x = self.cell * self.numbers.index(layer.number)
            holds = held(ladder, layer.number, rate)
            for index, (start, rung) in enumerate(zip(starts, (*RUNGS, BESIDE), strict=True)):
                verdicts = rung.verdicts(ladder, layer.number, rate)
                above = rung in RUNGS and not all(holds[:index])
                self._cell(axes, start + x, y, verdicts, colour, PALE if above else 1.0)
                phones = rung.phones(ladder, layer.number) if self.counted else []
                if phones:
                    across = start + x + self.cell / 2
                    axes.text(across, y + self.strip + 0.3, str(sum(phones)), va="top", ha="center")
                    self.tested.add(len(phones))

    def _cell(
        self, axes: Axes, x: float, y: float, verdicts: Sequence[bool | None], colour: str, opacity: float
    ) -> None:
        """A cell with a part per test: full where it rejects, empty where not, crossed out where there is no test."""
        inner = 0.86 * self.cell
        part = inner / len(verdicts)
        for index, verdict in enumerate(verdicts):
            corner = (x + 0.07 * self.cell + index * part, y)
            look: dict[str, Any] = {"edgecolor": colour, "linewidth": LINE}
            if verdict:
                self.pale |= opacity < 1
                axes.add_patch(Rectangle(corner, part, self.strip, facecolor=colour, alpha=opacity, linewidth=0))
            hatch = "//////" if verdict is None else None
            axes.add_patch(Rectangle(corner, part, self.strip, facecolor="none", hatch=hatch, **look))

    def handles(self, rate: float) -> list[Patch]:
        """Legend entries, once it is made."""
        look: dict[str, Any] = {"edgecolor": "black", "linewidth": LINE}
        pale = (*np.zeros(3), PALE)
        most = "–".join(str(number) for number in sorted({min(self.tested), max(self.tested)})) if self.tested else ""
        count = f"n of {most} phones beyond the nulls, family-wise p < {LEVEL:g}"
        return [
            Patch(facecolor="black", label=f"q < {rate:g} (a part per null)", **look),
            *([Patch(facecolor=pale, label="the same above a rung that does not hold", **look)] if self.pale else []),
            Patch(facecolor="none", label=f"q ≥ {rate:g}", **look),
            Patch(facecolor="none", hatch="//////", label=NOT_TESTABLE, **look),
            Patch(facecolor="none", linewidth=0, label=count if most else "phones: see ladder.tsv"),
        ]
