"""What a map costs: effective rank of responses against Moran's I, and the largest rank that is possible."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, TrainingTables

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "condition": str,
    "seed": int,
    "layer": int,
    "morans_i_mean": number,
    "effective_rank_share": number,
}

RESPONSES: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "statistic": str,
    "observed": number,
    "effective_rank": number,
    "limit_rank": number,
}

DASHES = (0, (4, 3))  # of the rank of the control
COLOURS = "viridis"
LIGHTEST = 0.9  # of the colour map; lighter would vanish on white


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    responses = material.by_training("response_autocorrelation", RESPONSES)
    return draw(material.table("topography", COLUMNS), material.conditions, responses)


def draw(rows: Sequence[Row], conditions: style.Conditions, responses: TrainingTables | None = None) -> Figure:
    """Plot a point per layer and training: colour by layer, marker by seed; controls in grey, edges by condition.

    `rows` are those of topography.tsv, `responses` those of response_autocorrelation.tsv of each run, with at least the
    columns of this module.
    """
    with style.styled():
        figure = style.page("double", 80, arranged=True)
        shares, limits = figure.subplots(1, 2)
        seeds = sorted({row["seed"] for row in rows})
        layers = sorted({row["layer"] for row in rows})
        shares.axhline(1, color="black", linewidth=0.5, linestyle=DASHES, zorder=0)
        for row in rows:
            _point(shares, row, ("morans_i_mean", "effective_rank_share"), conditions, seeds, layers)
        _scales(shares)
        style.letter(shares, "a")
        _limits(limits, responses or {}, conditions, seeds, layers)
        figure.legend(handles=_handles(rows, conditions, seeds, layers), loc="outside right upper")
        return figure


def _limits(
    axes: Axes, responses: TrainingTables, conditions: style.Conditions, seeds: Sequence[int], layers: Sequence[int]
) -> None:
    """Rank and Moran's I of responses below the curves of the largest rank, one for each shape of a grid."""
    style.letter(axes, "b")
    if not responses:
        style.faint(axes, "no responses")
        return
    curves = set()
    for run, table in responses.items():
        for row in (row for row in table if row["statistic"] == "morans_i"):
            named = row | {"condition": run.condition, "seed": run.seed}
            _point(axes, named, ("observed", "effective_rank"), conditions, seeds, layers)
        for layer in layers:
            own = (row for row in table if row["statistic"] == "limit" and row["layer"] == layer)
            curves.add(tuple((row["observed"], row["limit_rank"]) for row in own))
    for curve in sorted(filter(None, curves)):
        axes.plot(*np.transpose(curve), color="black", linewidth=0.7, zorder=1, gid="limit")
    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_locator(LogLocator(base=2))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("Moran's I of responses")
    axes.set_ylabel("Effective rank of responses\n(dimensions, log scale)")


def _point(
    axes: Axes,
    row: Row,
    measures: tuple[str, str],
    conditions: style.Conditions,
    seeds: Sequence[int],
    layers: Sequence[int],
) -> None:
    control = row["condition"] in conditions.controls
    face = "none" if control else _colour(layers, row["layer"])
    axes.plot(
        *(row[measure] for measure in measures),
        style.marker(seeds, row["seed"]),
        markersize=4 if control else 5.5,
        markerfacecolor=face,
        color=conditions.colour(row["condition"]),
        zorder=2 if control else 3,
    )


def _colour(layers: Sequence[int], layer: int) -> tuple[float, float, float, float]:
    share = layers.index(layer) / max(1, len(layers) - 1)
    red, green, blue, alpha = mpl.colormaps[COLOURS](LIGHTEST * share)
    return red, green, blue, alpha


def _scales(axes: Axes) -> None:
    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_locator(LogLocator(base=2))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0.45), max(high, 2.2))
    axes.set_xlabel("Moran's I of d′, mean over phones")
    axes.set_ylabel("Effective rank of responses\n(share of the same-seed control's, log scale)")


def _handles(
    rows: Sequence[Row], conditions: style.Conditions, seeds: Sequence[int], layers: Sequence[int]
) -> list[Line2D]:
    """Legend entries; a condition of which nothing could be plotted says so."""
    known = {row["condition"] for row in rows if np.isfinite(row["effective_rank_share"])}
    dots: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 5.5}
    points = [Line2D([], [], color=_colour(layers, layer), label=f"layer {layer}", **dots) for layer in layers]
    edges = [
        Line2D([], [], color=conditions.colour(name), label=label, markerfacecolor="none", **dots)
        for name in conditions.names
        for label in [name if name in known else f"{name}\n(no such control)"]
    ]
    curve = Line2D([], [], color="black", linewidth=0.7, label="b: largest\nrank possible")
    same = Line2D([], [], color="black", linewidth=0.5, linestyle=DASHES, label="a: as the control")
    return [*edges, *style.seed_handles(seeds), *points, same, curve]
