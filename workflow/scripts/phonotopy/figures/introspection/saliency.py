"""Maps of responses beside maps of what predictions use, and the change of Moran's I from the one to the other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D

from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, image, layer_numbers, layer_ticks
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["SALIENCY", "TOPOGRAPHY", "draw", "figure"]

SALIENCY: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "row": int,
    "column": int,
    "phone": str,
    "variant": str,
    "d_prime": number,
    "status": str,
}
NUMBERS = ("difference", "difference_low", "difference_high")
TOPOGRAPHY: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "phone": str,
    "variant": str,
    "null": str,
    **dict.fromkeys(NUMBERS, number),
}
LAGS: Mapping[str, Callable[[str], Any]] = {"layer": int, "phone": str, "median_ms": number}
PAIR = {"plain": "all", "relevance": "used"}  # variants that are mapped, and how columns name them
CHANGED = {"aligned": "aligned", "weighted": "weighted", "relevance": "relevance"}
MOST_PHONES = 4
MAP_MM, BELOW_MM, TOP_MM = 19.0, 62.0, 9.0
APART = 0.16  # between conditions along the axis of layers
SHOWN_PERCENTILE = 99.5


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    tables = (
        material.by_training("saliency", SALIENCY),
        material.by_training("saliency_topography", TOPOGRAPHY),
        material.by_training("alignment_lags", LAGS),
    )
    return draw(*tables, material.seed, material.layers, material.settings["phones"], material.conditions)


def draw(
    saliency: TrainingTables,
    topography: TrainingTables,
    lags: TrainingTables,
    seed: int,
    layers: Layers,
    phones: Sequence[str],
    conditions: style.Conditions,
) -> Figure:
    """Draw map pairs of some phones in the middle layer, the change of Moran's I, and lags, for one seed."""
    with style.styled():
        names = [name for name in conditions.names if Training(name, seed) in saliency]
        own = {name: layers[name] for name in names}
        page = style.page("double", TOP_MM + MAP_MM * len(names) + BELOW_MM, arranged=True)
        parts: Any = page.subfigures(2, 1, height_ratios=(MAP_MM * len(names) + 6, BELOW_MM))
        above, below = parts
        _pairs(above, {name: saliency[Training(name, seed)] for name in names}, own, phones)
        axes = below.subplots(1, len(CHANGED) + 1)
        for panel, (variant, title) in zip(axes[:-1], CHANGED.items(), strict=True):
            _changes(panel, {name: topography[Training(name, seed)] for name in names}, own, variant, conditions)
            panel.set_title(title)
        _share_y(axes[:-1])
        axes[0].set_ylabel("Change of Moran's I of d′")
        _lags(axes[-1], {name: lags[Training(name, seed)] for name in names}, own, conditions)
        style.letter(axes[0], "b")
        style.letter(axes[-1], "c")
        page_legend(page, [*conditions.handles(), *_handles()])
        return page


def _pairs(part: SubFigure, tables: Mapping[str, Sequence[Row]], layers: Layers, phones: Sequence[str]) -> None:
    """Maps of both variants, side by side for each phone, a line per condition."""
    shown = _shown(tables, phones)
    if not shown:
        style.faint(part.subplots(), "no phone has enough tokens")
        return
    chosen = {name: own[len(own) // 2] for name, own in layers.items()}
    cells = {name: _images(tables[name], chosen[name].number, shown, chosen[name].grid) for name in tables}
    known = np.abs(np.concatenate([values.ravel() for maps in cells.values() for values in maps.values()]))
    finite = known[np.isfinite(known)]
    scale = style.diverging(float(np.percentile(finite, SHOWN_PERCENTILE)) if len(finite) else 0.5)
    colours = mpl.colormaps[style.DIVERGING].with_extremes(bad=style.DEAD)
    axes = part.subplots(len(tables), 2 * len(shown), squeeze=False)
    for line, (name, maps) in enumerate(cells.items()):
        for index, ((phone, variant), values) in enumerate(maps.items()):
            here = axes[line, index]
            style.plain(here)
            here.imshow(values, cmap=colours, norm=scale)
            if line == 0:
                here.set_title(f"{phone}\n{PAIR[variant]}")
        axes[line, 0].set_ylabel(f"{name}\nlayer {chosen[name].number}")
    axes[0, 0].set_title("a\n", loc="left", fontweight="bold", fontsize=style.TEXT_PT + 1)
    _key(part, axes, scale, colours)


def _key(part: SubFigure, axes: Any, scale: Normalize, colours: Any) -> None:
    bar = part.colorbar(ScalarMappable(scale, colours), ax=axes, shrink=0.8, aspect=14, pad=0.01)
    bar.set_label("d′ (s.d.)")
    bar.outline.set_linewidth(0.4)


def _shown(tables: Mapping[str, Sequence[Row]], phones: Sequence[str]) -> list[str]:
    """The first phones that every condition has maps of, spread over the given ones."""
    enough = [{row["phone"] for row in rows if row["status"] != "too few"} for rows in tables.values()]
    found = [phone for phone in phones if all(phone in own for own in enough)]
    step = max(1, len(found) // MOST_PHONES)
    return found[::step][:MOST_PHONES]


def _images(rows: Sequence[Row], layer: int, phones: Sequence[str], grid: Any) -> dict[tuple[str, str], Any]:
    here = [row for row in rows if row["layer"] == layer]
    return {
        (phone, variant): image(
            [row for row in here if row["phone"] == phone and row["variant"] == variant], grid, "d_prime"
        )
        for phone in phones
        for variant in PAIR
    }


def _changes(
    axes: Axes, tables: Mapping[str, Sequence[Row]], layers: Layers, variant: str, conditions: style.Conditions
) -> None:
    """Difference of Moran's I by layer with its interval, mean over phones."""
    axes.axhline(0, color="black", linewidth=0.4, zorder=0)
    index = {layer: n for n, layer in enumerate(layer_numbers(layers))}
    for n, (name, rows) in enumerate(tables.items()):
        means = [
            row for row in rows if row["phone"] == MEAN and row["variant"] == variant and row["null"] == "positions"
        ]
        x = np.array([index[row["layer"]] for row in means]) + APART * (n - (len(tables) - 1) / 2)
        middle, low, high = (np.array([row[column] for row in means]) for column in NUMBERS)
        axes.vlines(x, low, high, color=conditions.colour(name), linewidth=0.8)
        axes.plot(x, middle, "o-", color=conditions.colour(name), markersize=3)
    layer_ticks(axes, layers, fields=False)


def _handles() -> list[Line2D]:
    """Legend entries of means and of single phones."""
    mean = Line2D([], [], marker="o", markersize=3, color="black", label="mean over phones (b: 95 %; c: median)")
    return [mean, Line2D([], [], linestyle="none", marker=".", markersize=3, color="black", label="a phone (c)")]


def _share_y(axes: Sequence[Axes]) -> None:
    ends = [one.get_ylim() for one in axes]
    for one in axes:
        one.set_ylim(min(low for low, _ in ends), max(high for _, high in ends))
    for one in axes[1:]:
        one.set_yticklabels([])


def _lags(axes: Axes, tables: Mapping[str, Sequence[Row]], layers: Layers, conditions: style.Conditions) -> None:
    """Medians of phones as points, and their median as a line."""
    index = {layer: n for n, layer in enumerate(layer_numbers(layers))}
    axes.axhline(0, color="black", linewidth=0.4, zorder=0)
    for n, (name, rows) in enumerate(tables.items()):
        apart = APART * (n - (len(tables) - 1) / 2)
        known = [row for row in rows if np.isfinite(row["median_ms"])]
        x = [index[row["layer"]] + apart for row in known]
        colour = conditions.colour(name)
        axes.plot(x, [row["median_ms"] for row in known], ".", color=colour, markersize=2, alpha=0.5)
        found = sorted({row["layer"] for row in known})
        middle = [np.median([row["median_ms"] for row in known if row["layer"] == layer]) for layer in found]
        axes.plot([index[layer] + apart for layer in found], middle, "o-", color=colour, markersize=3)
    axes.set_title("lag of gradients")
    axes.set_ylabel("Time after the middle of a token (ms)")
    layer_ticks(axes, layers, fields=False)
