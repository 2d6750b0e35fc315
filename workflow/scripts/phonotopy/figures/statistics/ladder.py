"""What the maps are maps of: shares of sound, phones and words, and the ladder of nulls, by layer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import number
from phonotopy.encoding.rungs import ALL
from phonotopy.figures import rungs, style
from phonotopy.figures.grids import Layers, labels_height, layer_ticks
from phonotopy.figures.legends import occurring
from phonotopy.figures.material import Material
from phonotopy.figures.rungs import NOT_TESTABLE, Ladder, numbered
from phonotopy.figures.trainings import Row, Training, TrainingTables, seeds_of

__all__ = ["COLUMNS", "LINEAR", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "labelling": str,
    "phone": str,
    "statistic": str,
    "null": str,
    **dict.fromkeys(("observed", "null_mean", "null_sd", "p_family", "q"), number),
}
SHARES = {  # labellings of panel a
    "responses": "all that\nunits do",
    "sound": "predicted by\nthe sound",
    "phone": "phones",
    "phone beyond manner": "phones beyond\nmanner",
    "phone beyond sound": "phones beyond\nsound",
    "word beyond phone": "words beyond\nphone and sound",
}
CLUSTERS = "clusters"
CONTRASTS = {  # labellings of panel d
    "phone": "phones",
    CLUSTERS: "clusters\nof sound",
    "loudness": "loudness",
    "voicing": "voicing",
    "centroid": "centroid",
    "word": "words",
}
AXIS = "Shared by neighbours\n(% of variance, symlog scale)"
LINEAR = 0.01  # %, up to which the scale of panel a is linear
SPREAD = 2.0  # half width of a null, in standard deviations
SIDEWAYS, WIDEST = 0.22, 0.8  # between neighbouring trainings, and of all of a layer, in layers
LEFT_MM, RIGHT_MM, SHARES_MM, LOWER_MM, FOOT_MM = 18.0, 1.5, 44.0, 36.0, 12.0
NETWORK_MM, BESIDE_MM, LINE_MM, COLUMNS_OF_LEGEND = 66.0, 15.0, 4.0, 4
TALLEST_MM = 246.0  # of a page


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    tables = material.by_training("ladder", COLUMNS)
    return draw(tables, material.layers, material.conditions, material.settings["false_discovery_rate"])


def draw(tables: TrainingTables, layers: Layers, conditions: style.Conditions, rate: float) -> Figure:
    """Draw shares (a), rungs (b), units beyond a random network (c) and Moran's I of other labels (d).

    A marker is filled where q is under `rate`. `tables` holds ladder.tsv of each training, with at least the columns
    of this module; a training whose table is empty is named as not testable.
    """
    with style.styled():
        across = style.WIDTHS_MM["double"] - RIGHT_MM
        legend = _handles(tables, conditions, rate)
        top = LINE_MM * -(-len(legend) // COLUMNS_OF_LEGEND) + 10.0
        middle = top + SHARES_MM + 16.0
        below = 2 * LINE_MM + 9.0 + LOWER_MM + FOOT_MM + labels_height(layers)
        matrix = rungs.Matrix(tables, layers, conditions, across - 2.0, TALLEST_MM - middle - below)
        lower = middle + matrix.height + 2 * LINE_MM + 9.0
        figure = style.page("double", middle + matrix.height + below)
        panel = _Panel(matrix, seeds_of(tables), rate)
        panel.shares(style.axes_at(figure, LEFT_MM, top, across - LEFT_MM, SHARES_MM))
        matrix.draw(figure, 2.0, middle, rate)
        style.note(figure, 0.8, middle - 1, "b", fontweight="bold", fontsize=style.TEXT_PT + 1, va="bottom")
        rungs_legend = [one for one in matrix.handles(rate) if not one.get_linewidth() or occurring(figure, [one])]
        style.legend(figure, rungs_legend, 2.0, middle + matrix.height + 1.0, 3)
        panel.units(style.axes_at(figure, LEFT_MM, lower, NETWORK_MM, LOWER_MM))
        start = LEFT_MM + NETWORK_MM + BESIDE_MM
        panel.contrasts(style.axes_at(figure, start, lower, across - start, LOWER_MM))
        known = [one for one in legend if NOT_TESTABLE in str(one.get_label()) or occurring(figure, [one])]
        style.legend(figure, known, 2.0, 1.0, COLUMNS_OF_LEGEND)
        return figure


class _Panel:
    """What the panels of layers have in common: trainings side by side in their colours and markers."""

    def __init__(self, matrix: rungs.Matrix, seeds: Sequence[int], rate: float) -> None:
        self.matrix, self.seeds, self.rate = matrix, seeds, rate
        self.step = min(SIDEWAYS, WIDEST / len(matrix.trainings))
        self.size = len(matrix.numbers) + max(1, len(matrix.numbers) // 4)  # of a block, with its gap, in layers

    def shares(self, axes: Axes) -> None:
        """What neighbours have in common on account of each labelling, over permuted positions."""
        for block, labelling in enumerate(SHARES):
            for training in self.matrix.trainings:
                rows = self._rows(training, labelling, "neighbours", "positions", ALL)
                self._null(axes, training, rows, block)
                self._line(axes, training, rows, block)
        lowest = min(0.0, axes.dataLim.y0) if axes.lines else 0.0
        axes.set_yscale("symlog", linthresh=LINEAR, linscale=0.6)
        decades = [LINEAR * 10**power for power in range(5)]
        ticks = [*(-value for value in decades if value <= -lowest), 0.0, *decades]
        axes.set_yticks(sorted(ticks), [f"{tick:g}".replace("-", "−") for tick in sorted(ticks)])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set(
            ylim=(min(1.2 * lowest, -0.8 * LINEAR), 100), ylabel="Shared by neighbours\n(% of variance, symlog scale)"
        )
        self._blocks(axes, SHARES, "a")

    def units(self, axes: Axes) -> None:
        """The variance of units that phones explain beyond the sound, over that in a network of random weights."""
        for training in self.matrix.trainings:
            rows = self._rows(training, "phone beyond sound", "units", "random network", ALL)
            self._null(axes, training, rows, 0)
            self._line(axes, training, rows, 0)
        axes.axhline(0, color="black", linewidth=0.4, zorder=0)
        axes.set_ylabel("Phones beyond sound\n(% of variance of units)")
        self._finished(axes)
        layer_ticks(axes, self.matrix.layers)
        _letter(axes, "c")

    def contrasts(self, axes: Axes) -> None:
        """Moran's I of d′ of phones and of labels that are no phones, mean over labels."""
        for block, labelling in enumerate(CONTRASTS):
            for training in self.matrix.trainings:
                if labelling == "phone":
                    self._line(
                        axes, training, self._rows(training, "phone", "morans_i", CLUSTERS, MEAN), block, share=1
                    )
                elif labelling == CLUSTERS:
                    self._clusters(axes, training, block)
                else:
                    rows = self._rows(training, labelling, "morans_i", "", MEAN)
                    self._line(axes, training, rows, block, share=1, tested=False)
        axes.axhline(0, color="black", linewidth=0.4, zorder=0)
        axes.set_ylabel("Moran's I of d′ (mean)")
        self._blocks(axes, CONTRASTS, "d")

    def _rows(self, training: Training, labelling: str, statistic: str, null: str, phone: str) -> list[Row]:
        """Rows of the layers that have a number, in order."""
        ladder: Ladder = self.matrix.ladders[training]
        found = [ladder.get((layer, labelling, statistic, null, phone)) for layer in self.matrix.numbers]
        return [row for row in found if row is not None and np.isfinite(row["observed"])]

    def _x(self, training: Training, rows: Sequence[Row], block: int) -> list[float]:
        aside = self.step * (self.matrix.trainings.index(training) - (len(self.matrix.trainings) - 1) / 2)
        start = block * self.size + aside
        return [start + self.matrix.numbers.index(row["layer"]) for row in rows]

    def _line(
        self,
        axes: Axes,
        training: Training,
        rows: Sequence[Row],
        block: int,
        share: float = 100,
        *,
        tested: bool = True,
    ) -> None:
        x, y = self._x(training, rows, block), [share * row["observed"] for row in rows]
        colour = self.matrix.conditions.colour(training.condition)
        symbol = style.marker(self.seeds, training.seed) if tested else "."
        if rows:
            axes.plot(x, y, color=colour, linewidth=0.6, alpha=0.6, zorder=3)
        for across, value, row in zip(x, y, rows, strict=True):
            face = colour if row["q"] < self.rate or not tested else "white"
            axes.plot(across, value, symbol, color=colour, markerfacecolor=face, markersize=3, zorder=4)

    def _null(self, axes: Axes, training: Training, rows: Sequence[Row], block: int) -> None:
        """A box of the width of a training, in %."""
        low, high = _interval(rows)
        x = self._x(training, rows, block)
        axes.bar(x, 100 * (high - low), self.step, 100 * low, color=style.FAINT, linewidth=0, zorder=0.5)

    def _clusters(self, axes: Axes, training: Training, block: int) -> None:
        rows = self._rows(training, "phone", "morans_i", CLUSTERS, MEAN)
        x, colour = self._x(training, rows, block), self.matrix.conditions.colour(training.condition)
        axes.vlines(x, *_interval(rows), color=colour, linewidth=0.9, zorder=3)
        axes.plot(x, [row["null_mean"] for row in rows], "_-", color=colour, linewidth=0.6, markersize=3, zorder=3)

    def _blocks(self, axes: Axes, titles: Mapping[str, str], letter: str) -> None:
        """Label blocks of layers side by side, and say where there is nothing to show."""
        layers = self.matrix.numbers
        size, gap = self.size, self.size - len(layers)
        room = axes.get_position().width * style.WIDTHS_MM["double"] / (size * len(titles))
        for block, title in enumerate(titles.values()):
            middle = block * size + (len(layers) - 1) / 2
            look: dict[str, Any] = {"ha": "center", "xycoords": ("data", "axes fraction"), "linespacing": 1.05}
            axes.annotate(title, (middle, 1.02), va="bottom", **look)
            shown = [x for line in axes.lines for x in np.atleast_1d(line.get_xdata()) if abs(x - middle) <= size / 2]
            if axes.lines and not shown:
                axes.annotate("not\ntestable", (middle, 0.5), va="center", color="#595959", **look)
            if block:
                axes.axvline(block * size - (gap + 1) / 2, color=style.FAINT, linewidth=0.6, zorder=0)
        ticks = [block * size + index for block in range(len(titles)) for index in range(len(layers))]
        axes.set_xticks(ticks, numbered(layers, room) * len(titles))
        axes.set(xlim=(-(gap + 1) / 2, len(titles) * size - (gap + 1) / 2), xlabel="Layer")
        self._finished(axes)
        _letter(axes, letter)

    def _finished(self, axes: Axes) -> None:
        if not any(self.matrix.ladders.values()):
            axes.text(0.5, 0.5, NOT_TESTABLE, transform=axes.transAxes, ha="center", va="center", color="#595959")


def _letter(axes: Axes, text: str) -> None:
    """The letter of a panel, left of its axis, where titles of blocks leave room."""
    look: dict[str, Any] = {"fontweight": "bold", "fontsize": style.TEXT_PT + 1, "ha": "right", "va": "bottom"}
    axes.annotate(text, (0, 1), xytext=(-14, 3), xycoords="axes fraction", textcoords="offset points", **look)


def _interval(rows: Sequence[Row]) -> tuple[Any, Any]:
    """Ends of nulls, mean ± `SPREAD` s.d."""
    mean, sd = (np.array([row[column] for row in rows], dtype=float) for column in ("null_mean", "null_sd"))
    return mean - SPREAD * sd, mean + SPREAD * sd


def _handles(tables: TrainingTables, conditions: style.Conditions, rate: float) -> list[Line2D | Patch]:
    names = conditions.handles()
    for handle, name in zip(names, conditions.names, strict=True):
        own = [rows for training, rows in tables.items() if training.condition == name]
        if own and not any(own):
            handle.set_label(f"{name} ({NOT_TESTABLE})")
    look: dict[str, Any] = {"linestyle": "none", "color": "black"}
    return [
        *names,
        *style.seed_handles(seeds_of(tables)),
        *style.verdict_handles(f"q < {rate:g}", f"q ≥ {rate:g}"),
        Patch(color=style.FAINT, label=f"null, mean ± {SPREAD:g} s.d."),
        Line2D([], [], marker="+", markersize=6, label=f"clusters, mean ± {SPREAD:g} s.d.", **look),
        Line2D([], [], marker=".", markersize=3, label="not tested (d)", **look),
    ]
