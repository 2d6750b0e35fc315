"""All ways to get a map: what each costs in recognition and in rank at the order that it gives."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from phonotopy.core.tables import boolean, number
from phonotopy.figures import style
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, TrainingTables

__all__ = ["COLUMNS", "LIMITS", "draw", "figure", "looks"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("condition", "kind", "method", "origin", "measure", "layer", "status"), str),
    **dict.fromkeys(("mean", "low", "high", "difference", "difference_low", "difference_high"), number),
    "front": lambda cell: boolean(cell) if cell else False,
}
LIMITS: Mapping[str, Callable[[str], Any]] = {"layer": int, "statistic": str, "observed": number, "limit_rank": number}
WIDEST = 5  # panels in a line
LEGEND_MM, TOP_MM, LINE_MM = 5.0, 62.0, 42.0  # of a line of the legend and of panels
SIZES = (3.4, 6.4)  # of the markers of a method, first and last
RING: Mapping[str, Any] = {"marker": "o", "markersize": 9.5, "markerfacecolor": "none", "markeredgewidth": 0.5}
BAR: Mapping[str, Any] = {"linewidth": 0.6, "solid_capstyle": "butt"}
LIMIT: Mapping[str, Any] = {"color": "black", "linewidth": 0.9}
ALL, RATE = "all", "letter_error_rate"
Key = tuple[str, str, str]  # condition, measure, layer
Point = tuple[list[float], list[float]]  # value and ends of its interval, across and along


class Axis(NamedTuple):
    """What is shown along an axis: measure, columns of the value and of its interval, factor from table to page."""

    measure: str
    value: str = "mean"
    low: str = "low"
    high: str = "high"
    factor: float = 1.0


ORDER, SHARE = Axis("morans_i"), Axis("effective_rank_share")
PRICE = Axis(RATE, "difference", "difference_low", "difference_high", 100)
RESPONSE_ORDER, RANK = Axis("response_morans_i"), Axis("response_rank")


class Look(NamedTuple):
    """How a condition is shown: colour and marker by what makes its maps, hollow for layouts, size by order."""

    method: tuple[str, str]
    colour: str
    marker: str
    hollow: bool
    size: float

    def style(self) -> dict[str, Any]:
        """For a line without a line."""
        face = "white" if self.hollow else self.colour
        marks = {"marker": self.marker, "markersize": self.size, "markerfacecolor": face, "markeredgewidth": 0.8}
        return {"color": self.colour, "linestyle": "none", **marks}


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    limits = material.by_training("response_autocorrelation", LIMITS)
    return draw(material.table("comparison", COLUMNS), material.conditions, limits)


def draw(rows: Sequence[Row], conditions: style.Conditions, limits: TrainingTables) -> Figure:
    """Plot every condition: error rates and rank against Moran's I of d′, then rank against that of responses by layer.

    `rows` holds comparison.tsv, of `limits` (response_autocorrelation.tsv) the curves of the largest rank are taken. A
    bar is the 95 % interval over seeds, a ring says that no other condition is better in errors, order and rank.
    """
    found = {(row["condition"], row["measure"], row["layer"]): row for row in rows}
    shown = looks(rows, conditions)
    layers = sorted({int(row["layer"]) for row in rows if row["layer"] not in ("", ALL)})
    lines = -(-len(layers) // WIDEST)
    entries = _handles(shown, intervals=any(np.isfinite(row["low"]) for row in rows))
    with style.styled():
        height = TOP_MM + LINE_MM * lines + LEGEND_MM * (2 + len(entries) / 4)
        whole = style.page("double", height, arranged=True)
        bands = whole.add_gridspec(2, 1, height_ratios=(TOP_MM, LINE_MM * lines))
        prices, shares = whole.add_subfigure(bands[0]).subplots(1, 2)
        _prices(prices, found, shown)
        _shares(shares, found, shown)
        _layers(whole.add_subfigure(bands[1]), layers, found, shown, limits)
        page_legend(whole, entries)
        return whole


def looks(rows: Sequence[Row], conditions: style.Conditions) -> dict[str, Look]:
    """How each condition is shown, in the order in which conditions are run: controls and their layouts in grey."""
    ways = {row["condition"]: row for row in rows}
    names = [name for name in conditions.names if name in ways]
    methods = {name: _method(ways[name]) for name in names}
    trained = [*dict.fromkeys(methods[name] for name in names if ways[name]["kind"] != "layout")]
    arranged = [*dict.fromkeys(methods[name] for name in names if ways[name]["kind"] == "layout")]
    grey = {methods[name] for name in names if name in conditions.controls}
    coloured = [method for method in trained if method not in grey]
    found = {}
    for name in names:
        method, hollow = methods[name], ways[name]["kind"] == "layout"
        alike = [other for other in names if methods[other] == method]
        below = methods.get(ways[name]["origin"], method)
        colour = style.CONDITIONS[coloured.index(below) % len(style.CONDITIONS)] if below in coloured else style.CONTROL
        marker = style.MARKERS[(arranged if hollow else trained).index(method) % len(style.MARKERS)]
        share = alike.index(name) / (len(alike) - 1) if len(alike) > 1 else 0.5
        least = SIZES[0] if not hollow else sum(SIZES) / 2  # smaller ones look filled
        found[name] = Look(method, colour, marker, hollow, least + (SIZES[1] - least) * share)
    return found


def _method(way: Row) -> tuple[str, str]:
    """What makes the maps of a condition; files of one's own are each by itself."""
    return way["kind"], way["method"] or way["condition"]


def _prices(axes: Axes, found: Mapping[Key, Row], shown: Mapping[str, Look]) -> None:
    """Error rates against Moran's I, means over layers."""
    style.letter(axes, "a")
    axes.set_xlabel("Moran's I of d′, mean over phones and layers")
    axes.set_ylabel("Character error rate, difference\n(percentage points, test speakers)")
    if not _points(axes, found, shown, (ORDER, ALL), (PRICE, "")):
        style.faint(axes, "nothing to compare")
        return
    _rings(axes, found, shown, (ORDER, ALL), (PRICE, ""))
    axes.axhline(0, color="black", linewidth=0.5, zorder=0)


def _shares(axes: Axes, found: Mapping[Key, Row], shown: Mapping[str, Look]) -> None:
    """Rank as a share of the control's against Moran's I, means over layers."""
    style.letter(axes, "b")
    axes.set_xlabel("Moran's I of d′, mean over phones and layers")
    axes.set_ylabel("Effective rank of responses\n(share of the control's, log scale)")
    if not _points(axes, found, shown, (ORDER, ALL), (SHARE, ALL)):
        style.faint(axes, "nothing to compare")
        return
    _rings(axes, found, shown, (ORDER, ALL), (SHARE, ALL))
    axes.axhline(1, color="black", linewidth=0.5, zorder=0)
    _logarithmic(axes)
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0.45), max(high, 2.2))


def _layers(
    part: SubFigure,
    layers: Sequence[int],
    found: Mapping[Key, Row],
    shown: Mapping[str, Look],
    limits: TrainingTables,
) -> None:
    """Rank against Moran's I of the responses below the largest rank that is possible, a panel per layer."""
    lines = -(-len(layers) // WIDEST)
    across = -(-len(layers) // lines)
    panels = part.subplots(lines, across, sharex=True, sharey=True, squeeze=False)
    for axes, layer in zip(panels.flat, layers, strict=False):
        _points(axes, found, shown, (RESPONSE_ORDER, str(layer)), (RANK, str(layer)))
        for curve in sorted(_curves(limits, layer)):
            axes.plot(*np.transpose(curve), zorder=1, gid="limit", **LIMIT)
        axes.set_title(f"layer {layer}")
    for axes in panels.flat[len(layers) :]:
        axes.set_visible(False)
        panels[-2, axes.get_subplotspec().colspan.start].tick_params(labelbottom=True)
    _logarithmic(panels[0, 0])
    _near(panels[0, 0], found, shown, layers)
    style.letter(panels[0, 0], "c")
    panels[-1, (len(layers) - 1) % across // 2].set_xlabel("Moran's I of responses")
    for axes in panels[:, 0]:
        axes.set_ylabel("Effective rank of responses\n(dimensions, log scale)")


def _near(axes: Axes, found: Mapping[Key, Row], shown: Mapping[str, Look], layers: Sequence[int]) -> None:
    """Limits of the panels that hold all points, and of the curves what is near them."""
    parts = [((RESPONSE_ORDER, str(layer)), (RANK, str(layer))) for layer in layers]
    points = [(x[0], y[0]) for part in parts for x, y in _known(found, shown, *part).values()]
    if points:
        order, rank = np.transpose(points)
        top = axes.get_ylim()[1]
        axes.set_xlim(order.min() - 0.06, order.max() + 0.12)
        axes.set_ylim(min(rank.min() / 1.4, top / 6), top)


def _curves(limits: TrainingTables, layer: int) -> set[tuple[tuple[float, float], ...]]:
    """Points of the curves of the largest rank, one for each grid: of the first training of every condition."""
    first: dict[str, Sequence[Row]] = {}
    for training in sorted(limits):
        first.setdefault(training.condition, limits[training])
    curves = (
        tuple(
            (row["observed"], row["limit_rank"])
            for row in table
            if row["statistic"] == "limit" and row["layer"] == layer
        )
        for table in first.values()
    )
    return {*filter(None, curves)}


def _points(
    axes: Axes,
    found: Mapping[Key, Row],
    shown: Mapping[str, Look],
    across: tuple[Axis, str],
    along: tuple[Axis, str],
) -> int:
    """Plot every condition that has both measures, each in its layer, and give their number."""
    known = _known(found, shown, across, along)
    _join(axes, known, shown)
    for name, (x, y) in known.items():
        look = shown[name]
        axes.plot(x[1:], [y[0], y[0]], color=look.colour, zorder=2, **BAR)
        axes.plot([x[0], x[0]], y[1:], color=look.colour, zorder=2, **BAR)
        axes.plot(x[0], y[0], zorder=3, **look.style())
    return len(known)


def _rings(
    axes: Axes,
    found: Mapping[Key, Row],
    shown: Mapping[str, Look],
    across: tuple[Axis, str],
    along: tuple[Axis, str],
) -> None:
    """Around the points of conditions that are on the front by means over layers."""
    for name, (x, y) in _known(found, shown, across, along).items():
        if found[name, across[0].measure, across[1]]["front"]:
            axes.plot(x[0], y[0], color="black", linestyle="none", zorder=2.5, **RING)


def _known(
    found: Mapping[Key, Row], shown: Mapping[str, Look], across: tuple[Axis, str], along: tuple[Axis, str]
) -> dict[str, Point]:
    """Conditions that have both measures, each in its layer."""
    ends = {name: (_ends(found, name, *across), _ends(found, name, *along)) for name in shown}
    return {name: (x, y) for name, (x, y) in ends.items() if np.isfinite([x[0], y[0]]).all()}


def _ends(found: Mapping[Key, Row], name: str, axis: Axis, layer: str) -> list[float]:
    """Value and interval of a measure of a condition; NaN where there is none, 0 between the reference and itself."""
    row = found.get((name, axis.measure, layer), {})
    if axis.value == "difference" and row.get("status") == "reference":
        return [0.0, np.nan, np.nan]
    return [axis.factor * row.get(column, np.nan) for column in (axis.value, axis.low, axis.high)]


def _join(axes: Axes, known: Mapping[str, Point], shown: Mapping[str, Look]) -> None:
    """Lines between conditions with one objective, in their order."""
    for method in dict.fromkeys(look.method for look in shown.values() if not look.hollow):
        names = [name for name in known if shown[name].method == method]
        if len(names) > 1:
            x, y = ([known[name][place][0] for name in names] for place in (0, 1))
            axes.plot(x, y, color=shown[names[0]].colour, linewidth=0.5, alpha=0.5, zorder=1.5)


def _logarithmic(axes: Axes) -> None:
    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_locator(LogLocator(base=2))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _handles(shown: Mapping[str, Look], *, intervals: bool) -> list[Line2D]:
    """Legend entries of all conditions, and of what else may be there."""
    conditions = [Line2D([], [], label=name, **look.style()) for name, look in shown.items()]
    black: Mapping[str, Any] = {"color": "black", "linestyle": "none", "marker": "o", "markersize": 4}
    kinds = [
        Line2D([], [], label="filled: as trained", **black),
        Line2D([], [], label="hollow: laid out afterwards", markerfacecolor="white", **black),
    ]
    interval = Line2D([], [], color="black", marker="o", markersize=2.5, label="95 % interval over seeds", **BAR)
    return [
        *conditions,
        *(kinds if any(look.hollow for look in shown.values()) else []),
        Line2D([], [], color="black", linestyle="none", label="none is better in all three (a, b)", **RING),
        *([interval] if intervals else []),
        Line2D([], [], label="c: largest rank possible", **LIMIT),
    ]
