"""Maps of selectivity that are interpolated between units, as topographies of EEG are between electrodes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from phonotopy.core.grid import Grid
from phonotopy.core.inventory import Inventory, examples
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.blocks import fitted
from phonotopy.figures.colour_scales import heading, symmetric
from phonotopy.figures.grids import NONE, Layer, Layers, image, spaced
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["COLUMNS", "draw", "figure", "fine", "interpolated"]

Floats = NDArray[np.float64]
COLUMNS: Mapping[str, Any] = {"layer": int, "row": int, "column": int, "phone": str, "d_prime": number, "status": str}
FINER, ACROSS = 8, 160  # points a grid step, at most; and points across a map, about
WRAPPED = 3  # grid steps of a torus that are repeated beyond each edge
NEAREST, MOST_UNITS = 32, 1024  # units that a point of a larger grid is interpolated from
LEVELS = 7  # contour lines, at equal steps
LEFT_MM, TOP_MM, RIGHT_MM, GAP_MM = 17.0, 9.0, 1.0, 1.5
PHONE_MM, BARS_MM, KEY_MM, TALLEST_MM = 4.5, 13.0, 4.5, 205.0
FEWEST = 4  # units that a spline needs
DOT: Mapping[str, Any] = {"marker": ".", "linestyle": "", "color": "black", "markersize": 1.3, "markeredgewidth": 0}


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    chosen = examples(material.settings["examples"], material.settings["phones"])
    return draw(
        material.by_training("selectivity", COLUMNS),
        material.seed,
        material.layers,
        chosen,
        material.inventory,
        material.conditions,
    )


def fine(grid: Grid) -> tuple[Floats, Floats]:
    """Rows and columns of the points at which a map is interpolated, in grid steps."""
    finer = min(FINER, max(2, round(ACROSS / max(grid.rows, grid.columns))))
    rows, columns = ((np.arange(finer * size) + 0.5) / finer - 0.5 for size in (grid.rows, grid.columns))
    return rows, columns


def interpolated(values: Floats, grid: Grid) -> Floats:
    """A map ``(rows, columns)`` at the points of a finer grid, `fine`, up to half a step beyond its outer units.

    A thin-plate spline through all units that have a value (bib key duchon1977), of large grids through those near a
    point; those of a torus go on beyond its edges. At a unit it has the value of that unit.
    """
    rows, columns = fine(grid)
    points = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
    wide = np.pad(values, WRAPPED, mode="wrap") if grid.torus else values
    known = np.argwhere(np.isfinite(wide))
    at = known - (WRAPPED if grid.torus else 0)
    nearest = NEAREST if len(at) > MOST_UNITS else None
    spline = RBFInterpolator(at, wide[tuple(known.T)], neighbors=nearest, kernel="thin_plate_spline")
    return np.asarray(spline(points).reshape(len(rows), len(columns)))


def draw(
    tables: TrainingTables,
    seed: int,
    layers: Layers,
    phones: Sequence[str],
    inventory: Inventory,
    conditions: style.Conditions,
) -> Figure:
    """Draw interpolated d′ with contour lines, and units as dots, for one seed: a line per phone and condition.

    `tables` holds selectivity.tsv of each training.
    """
    with style.styled():
        own = {name: tables[Training(name, seed)] for name in conditions.names if Training(name, seed) in tables}
        chosen = {name: spaced(layers[name]) for name in own}
        columns = max(map(len, chosen.values()))
        across = (style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM - (columns - 1) * GAP_MM) / columns
        lines, room = len(phones) * len(own), PHONE_MM * len(phones)
        height = min(across, (TALLEST_MM - room) / lines - GAP_MM)
        bottom = TOP_MM + lines * (height + GAP_MM) + room
        figure = style.page("double", bottom + BARS_MM + KEY_MM)
        scales = {layer.number: _scale(own, layer.number, phones) for several in chosen.values() for layer in several}
        for place, phone in enumerate(phones):
            top = TOP_MM + place * (len(own) * (height + GAP_MM) + PHONE_MM)
            heading(figure, phone, inventory, 1.0, top + PHONE_MM - 0.8)
            for line, (name, rows) in enumerate(own.items()):
                at = top + PHONE_MM + line * (height + GAP_MM)
                style.note(figure, LEFT_MM - 1.5, at + height / 2, fitted(name, LEFT_MM - 2.5), va="center", ha="right")
                for column, layer in enumerate(chosen[name]):
                    cells = [row for row in rows if (row["layer"], row["phone"]) == (layer.number, phone)]
                    size = min(across, layer.aspect * height)
                    left = LEFT_MM + column * (across + GAP_MM) + (across - size) / 2
                    tall = size / layer.aspect
                    axes = style.axes_at(figure, left, at + (height - tall) / 2, size, tall)
                    _map(axes, image(cells, layer.grid, "d_prime"), layer.grid, scales[layer.number])
        _heads(figure, chosen, across)
        unit = Line2D([], [], label="unit", **DOT)
        _bars(figure, scales, across, bottom)
        style.legend(figure, [unit], LEFT_MM, bottom + BARS_MM, 1)
        return figure


def _scale(own: Mapping[str, Sequence[Row]], layer: int, phones: Sequence[str]) -> Normalize:
    rows = (row for rows in own.values() for row in rows if row["layer"] == layer and row["phone"] in phones)
    return symmetric([row["d_prime"] for row in rows])


def _map(axes: Axes, values: Floats, grid: Grid, scale: Normalize) -> None:
    known = np.argwhere(np.isfinite(values))
    if len(known) < FEWEST:
        style.faint(axes, NONE)
        return
    style.plain(axes)
    found = interpolated(values, grid)
    edges = (-0.5, grid.columns - 0.5, grid.rows - 0.5, -0.5)
    axes.imshow(found, cmap=style.DIVERGING, norm=scale, aspect="auto", extent=edges)
    rows, columns = fine(grid)
    levels = np.linspace(float(scale.vmin or -1.0), float(scale.vmax or 1.0), LEVELS + 2)[1:-1]
    axes.contour(
        columns,
        rows,
        found,
        levels=levels,
        colors="black",
        linewidths=0.35,
        linestyles="solid",
        negative_linestyles="dashed",
    )
    axes.plot(known[:, 1], known[:, 0], **DOT)
    axes.set(xlim=edges[:2], ylim=edges[2:])


def _heads(figure: Figure, chosen: Mapping[str, Sequence[Layer]], across: float) -> None:
    """Layers above their columns, with the fields of each condition where these differ."""
    style.note(figure, 1.0, 1.0, "layer\nfield (ms)", linespacing=1.1)
    for column in range(max(map(len, chosen.values()))):
        own = [several[column] for several in chosen.values() if column < len(several)]
        numbers = " / ".join(dict.fromkeys(str(layer.number) for layer in own))
        fields = " / ".join(dict.fromkeys(layer.field for layer in own))
        middle = LEFT_MM + column * (across + GAP_MM) + across / 2
        style.note(figure, middle, 1.0, f"{numbers}\n{fields}", ha="center", linespacing=1.1)


def _bars(figure: Figure, scales: Mapping[int, Normalize], across: float, top: float) -> None:
    """Colours of every layer below its column."""
    for column, scale in enumerate(scales.values()):
        width = min(across - 8, 30.0)
        axes = style.axes_at(figure, LEFT_MM + column * (across + GAP_MM) + (across - width) / 2, top + 1.5, width, 1.8)
        bar = figure.colorbar(ScalarMappable(scale, style.DIVERGING), cax=axes, orientation="horizontal", extend="both")
        bar.outline.set_linewidth(0.4)
        limit = float(scale.vmax or 1.0)
        bar.set_ticks([-limit, 0, limit], labels=[f"−{limit:g}", "0", f"{limit:g}"])
        axes.set_xlabel("d′ (pooled s.d.)")
