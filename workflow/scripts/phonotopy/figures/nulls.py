"""Statistics by layer in front of their nulls."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from phonotopy.figures import style
from phonotopy.figures.grids import Layers, layer_numbers, layer_ticks
from phonotopy.figures.trainings import Row, TrainingTables, mean_rows, seeds_of

__all__ = ["draw_by_layer", "handles"]

Floats = NDArray[np.float64]
SPREAD = 2.0  # half width of a null's band or bar, in standard deviations
SIDEWAYS, WIDEST = 0.22, 0.9  # between neighbouring trainings, and of all of a layer, in layers


def draw_by_layer(
    axes: Axes,
    tables: TrainingTables,
    layers: Layers,
    conditions: style.Conditions,
    statistic: str,
    rate: float,
    *,
    positions: bool = True,
    fields: bool = True,
    **other: str,
) -> None:
    """Draw the mean over phones of a statistic, a line per training, over its nulls, mean ± `SPREAD` s.d.

    Permuted positions are a box (left out where `positions` is false, for statistics that they cannot change), shifted
    labels a bar beside the training's marker. A marker is filled where q against the null named first is under `rate`.
    """
    seeds, numbers = seeds_of(tables), layer_numbers(layers)
    trainings = sorted(tables, key=lambda training: (conditions.names.index(training.condition), training.seed))
    step = min(SIDEWAYS, WIDEST / len(trainings))
    for order, training in enumerate(trainings):
        aside = step * (order - (len(trainings) - 1) / 2)
        shifted = mean_rows(tables[training], statistic, "labels", **other)
        tested = shifted
        if positions:
            tested = mean_rows(tables[training], statistic, "positions", **other)
            _band(axes, tested, _across(tested, numbers) + aside, step)
        _bars(axes, shifted, _across(shifted, numbers) + aside, conditions.colour(training.condition))
        symbol = style.marker(seeds, training.seed)
        _line(axes, tested, _across(tested, numbers) + aside, symbol, conditions.colour(training.condition), rate)
    axes.use_sticky_edges = False  # else the lowest band would end on the axis
    layer_ticks(axes, layers, fields=fields)


def _across(rows: Sequence[Row], numbers: Sequence[int]) -> Floats:
    """Positions of the rows' layers among those of all conditions; a training ends where its own last layer is."""
    return np.array([numbers.index(row["layer"]) for row in rows], dtype=float)


def _interval(rows: Sequence[Row]) -> tuple[Floats, Floats]:
    mean = np.array([row["null_mean"] for row in rows])
    spread = SPREAD * np.array([row["null_sd"] for row in rows])
    return mean - spread, mean + spread


def _band(axes: Axes, rows: Sequence[Row], x: Floats, width: float) -> None:
    """A box of the width of a training, so that equal nulls of neighbouring ones join into one band."""
    low, high = _interval(rows)
    axes.bar(x, high - low, width, low, color=style.FAINT, linewidth=0, zorder=0.5)


def _bars(axes: Axes, rows: Sequence[Row], x: Floats, colour: str) -> None:
    axes.vlines(x, *_interval(rows), color=colour, linewidth=0.8, alpha=0.7, zorder=2)
    axes.plot(x, [row["null_mean"] for row in rows], "_", color=colour, markersize=3.5, zorder=2.6, clip_on=False)


def _line(axes: Axes, rows: Sequence[Row], x: Floats, symbol: str, colour: str, rate: float) -> None:
    observed = np.array([row["observed"] for row in rows])
    found = np.array([row["q"] < rate for row in rows])
    axes.plot(x, observed, color=colour, linewidth=0.6, alpha=0.6, zorder=3)
    for shown, face in ((found, colour), (~found, "white")):
        axes.plot(x[shown], observed[shown], symbol, color=colour, markerfacecolor=face, zorder=4)


def handles(rate: float) -> list[Line2D | Patch]:
    """Legend entries of nulls and of what they reject."""
    shifted = Line2D([], [], linestyle="none", marker="+", color="black", markersize=6)
    shifted.set_label(f"shifted labels, mean ± {SPREAD:g} s.d.")
    permuted = Patch(color=style.FAINT, label=f"permuted positions, mean ± {SPREAD:g} s.d.")
    filled = Line2D([], [], linestyle="none", marker="o", color="black", label=f"filled: q < {rate:g}")
    return [permuted, shifted, filled]
