"""Statistics by layer in front of their nulls, and the phones of which they hold."""

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from phonotopy.core.inventory import MEAN
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, layer_numbers, layer_ticks
from phonotopy.figures.trainings import Row, Training, TrainingTables, mean_rows, seeds_of

__all__ = ["LEVEL", "NO_VERDICT", "draw_by_layer", "draw_counts", "handles"]

Floats = NDArray[np.float64]
SPREAD = 2.0  # half width of a null's band or bar, in standard deviations
LEVEL = 0.05  # of family-wise p, from which a phone counts
NO_VERDICT = "not testable"  # where no training has a null with any spread
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
    labels a bar beside the training's marker. A marker is filled where q against shifted labels is under `rate`: the
    null that is in doubt, since permuted positions are nearly certain to be rejected where neighbours were made alike.
    """
    seeds, numbers, testable = seeds_of(tables), layer_numbers(layers), False
    for training, aside, step in _side_by_side(tables, conditions):
        colour, symbol = conditions.colour(training.condition), style.marker(seeds, training.seed)
        shown = shifted = mean_rows(tables[training], statistic, "labels", **other)
        if positions:
            shown = mean_rows(tables[training], statistic, "positions", **other)
            _band(axes, shown, _across(shown, numbers) + aside, step)
        _bars(axes, shifted, _across(shifted, numbers) + aside, colour)
        found = {row["layer"]: row["q"] < rate for row in shifted}
        _line(axes, shown, _across(shown, numbers) + aside, symbol, colour, [found[row["layer"]] for row in shown])
        testable |= any(np.isfinite(row["q"]) for row in shifted)
    if not testable:
        axes.set_title(NO_VERDICT, loc="right", color="#595959")
    axes.use_sticky_edges = False  # else the lowest band would end on the axis
    layer_ticks(axes, layers, fields=fields)


def draw_counts(
    axes: Axes,
    tables: TrainingTables,
    layers: Layers,
    conditions: style.Conditions,
    statistic: str,
    *,
    fields: bool = True,
    **other: str,
) -> None:
    """Draw below such means of how many phones they hold: those beyond shifted labels by themselves, family-wise.

    A stem per training and layer, at the positions of `draw_by_layer`, on a scale that ends at the number of phones.
    """
    numbers, tested = layer_numbers(layers), list[int]()
    wanted = {"statistic": statistic, "null": "labels", **other}
    for training, aside, _ in _side_by_side(tables, conditions):
        rows = [row for row in tables[training] if row["phone"] != MEAN and np.isfinite(row["observed"])]
        own = [row for row in rows if all(row[column] == value for column, value in wanted.items())]
        layer = [row["layer"] for row in mean_rows(tables[training], **wanted)]
        beyond = [sum(row["layer"] == n and row["p_family"] < LEVEL for row in own) for n in layer]
        x, colour = np.array([numbers.index(n) for n in layer]) + aside, conditions.colour(training.condition)
        axes.vlines(x, 0, beyond, color=colour, linewidth=1.2, zorder=2)
        axes.plot(x, beyond, "o", color=colour, markersize=2.2, linestyle="none", zorder=3, clip_on=False)
        tested += [sum(row["layer"] == n for row in own) for n in layer]
    least, most = min(tested, default=0), max([1, *tested])
    axes.set(ylim=(0, most), yticks=[0, most], ylabel=f"n of {most if least == most else f'{least}–{most}'}\nphones")
    layer_ticks(axes, layers, fields=fields)


def _side_by_side(tables: TrainingTables, conditions: style.Conditions) -> Iterator[tuple[Training, float, float]]:
    """Trainings in the order of conditions and seeds, how far aside of a layer each is, and their distance."""
    trainings = sorted(tables, key=lambda training: (conditions.names.index(training.condition), training.seed))
    step = min(SIDEWAYS, WIDEST / len(trainings))
    for order, training in enumerate(trainings):
        yield training, step * (order - (len(trainings) - 1) / 2), step


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


def _line(axes: Axes, rows: Sequence[Row], x: Floats, symbol: str, colour: str, filled: Sequence[bool]) -> None:
    observed, found = np.array([row["observed"] for row in rows]), np.array(filled)
    axes.plot(x, observed, color=colour, linewidth=0.6, alpha=0.6, zorder=3)
    for shown, face in ((found, colour), (~found, "white")):
        axes.plot(x[shown], observed[shown], symbol, color=colour, markerfacecolor=face, zorder=4)


def handles(rate: float) -> list[Line2D | Patch]:
    """Legend entries of nulls and of what they reject."""
    shifted = Line2D([], [], linestyle="none", marker="+", color="black", markersize=6)
    shifted.set_label(f"shifted labels, mean ± {SPREAD:g} s.d.")
    permuted = Patch(color=style.FAINT, label=f"permuted positions, mean ± {SPREAD:g} s.d.")
    counted = Line2D([], [], color="black", marker="o", markersize=2.2, linewidth=1.2)
    counted.set_label(f"n: phones beyond shifted labels, family-wise p < {LEVEL:g}")
    return [permuted, shifted, *style.verdict_handles(f"q < {rate:g} against shifted labels", f"q ≥ {rate:g}"), counted]
