"""Likeness of every pair of phones, by responses and by where their maps are on the grid."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from phonotopy.core.inventory import Inventory
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, spaced
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["COLUMNS", "KINDS", "draw", "figure", "matrix"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "phone": str,
    "other_phone": str,
    "response_correlation": number,
    "centroid_distance": number,
}


class Kind(NamedTuple):
    """A line of matrices: its column in the table, its name beside the line, and the label of its colours."""

    column: str
    name: str
    label: str


KINDS = (
    Kind("response_correlation", "responses", "correlation of responses over units"),
    Kind("centroid_distance", "maps", "distance of centroids of maps (grid steps)"),
)
LEFT_MM, TOP_MM, RIGHT_MM = 14.0, 9.0, 1.0
BETWEEN_MM, CONDITION_MM, STRIP_MM = 3.0, 3.5, 1.5
BAR_MM, KEYS_MM, LINE_MM = 50.0, 12.0, 3.4
TALLEST_MM = 195.0
NEAR, SHOWN_PERCENTILE = "viridis_r", 99.5  # of distances, what is beyond takes the last colour


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    return draw(
        material.by_training("phone_similarity", COLUMNS),
        material.seed,
        material.layers,
        material.inventory,
        material.conditions,
    )


def draw(
    tables: TrainingTables, seed: int, layers: Layers, inventory: Inventory, conditions: style.Conditions
) -> Figure:
    """Draw both kinds of likeness of one seed, conditions below each other, phones in the order of the inventory.

    `tables` holds phone_similarity.tsv of each training.
    """
    with style.styled():
        own = {name: tables[Training(name, seed)] for name in conditions.names if Training(name, seed) in tables}
        chosen = {name: spaced(layers[name]) for name in own}
        phones = _ordered(own.values(), inventory)
        columns = max(map(len, chosen.values()))
        across = (style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM - (columns - 1) * BETWEEN_MM) / columns - STRIP_MM
        lines = len(KINDS) * len(own)
        side = min(across, (TALLEST_MM - CONDITION_MM * len(own)) / lines - BETWEEN_MM - STRIP_MM)
        names = _phones_of(phones, inventory)
        bottom = TOP_MM + lines * (side + STRIP_MM + BETWEEN_MM) + CONDITION_MM * (len(own) - 1)
        wrapped = _wrapped(names)
        figure = style.page("double", bottom + KEYS_MM + LINE_MM * sum(map(len, wrapped.values())) + 2)
        scales = {kind.column: _scale(own.values(), kind.column) for kind in KINDS}
        colours = style.class_colours(manner for manner in names if manner)
        line = 0
        for place, (name, rows) in enumerate(own.items()):
            for kind in KINDS:
                top = TOP_MM + line * (side + STRIP_MM + BETWEEN_MM) + place * CONDITION_MM
                style.note(figure, 1.0, top + side / 2, name, va="center", rotation=90, fontweight="bold")
                style.note(figure, 5.5, top + side / 2, kind.name, va="center", rotation=90)
                for column, layer in enumerate(chosen[name]):
                    left = LEFT_MM + column * (side + STRIP_MM + BETWEEN_MM)
                    axes = style.axes_at(figure, left, top, side, side)
                    values = matrix([row for row in rows if row["layer"] == layer.number], phones, kind.column)
                    _matrix(axes, values, scales[kind.column], kind)
                    _strips(axes, phones, inventory, colours)
                    if line % len(KINDS) == 0 and (place == 0 or chosen[name] != chosen[next(iter(own))]):
                        style.note(
                            figure,
                            left + side / 2,
                            top - 1.2,
                            f"{layer.number} ({layer.field} ms)",
                            ha="center",
                            va="bottom",
                        )
                line += 1
        style.note(figure, LEFT_MM, 1.0, "layer (field)")
        _keys(figure, scales, colours, wrapped, bottom)
        return figure


def _ordered(tables: Iterable[Sequence[Row]], inventory: Inventory) -> list[str]:
    """Phones of any table, in the order of the inventory, those of one manner together."""
    found = {name for rows in tables for row in rows for name in (row["phone"], row["other_phone"])}
    known = [item for item in inventory.phones if item.label in found]
    order = {manner: place for place, manner in enumerate(dict.fromkeys(item.manner for item in known))}
    ranked = [item.label for item in sorted(known, key=lambda item: order[item.manner])]
    return [*ranked, *sorted(found - {*ranked})]


def _phones_of(phones: Sequence[str], inventory: Inventory) -> dict[str, list[str]]:
    """Phones by manner."""
    manners = {item.label: item.manner for item in inventory.phones}
    found: dict[str, list[str]] = {}
    for phone in phones:
        found.setdefault(manners.get(phone, ""), []).append(phone)
    return found


def matrix(rows: Sequence[Row], phones: Sequence[str], column: str) -> NDArray[np.float64]:
    """A column of the pairs as a symmetric matrix ``(phones, phones)``; NaN on the diagonal and where there is none."""
    place = {phone: index for index, phone in enumerate(phones)}
    values = np.full((len(phones), len(phones)), np.nan)
    for row in rows:
        one, other = place[row["phone"]], place[row["other_phone"]]
        values[one, other] = values[other, one] = row[column]
    return values


def _scale(tables: Iterable[Sequence[Row]], column: str) -> Normalize:
    values = np.array([row[column] for rows in tables for row in rows])
    known = values[np.isfinite(values)]
    if column == "response_correlation":
        return Normalize(-1, 1)
    limit = float(f"{np.percentile(known, SHOWN_PERCENTILE):.2g}") if len(known) else 1.0
    return Normalize(0, limit or 1.0)


def _colours(kind: Kind) -> Colormap:
    name = style.DIVERGING if kind.column == "response_correlation" else NEAR
    return mpl.colormaps[name].with_extremes(bad="white")


def _matrix(axes: Axes, values: NDArray[np.float64], scale: Normalize, kind: Kind) -> None:
    if not np.isfinite(values).any():
        style.faint(axes, "no two phones\nwith a map")
        return
    style.plain(axes)
    axes.imshow(values, cmap=_colours(kind), norm=scale, aspect="auto")


def _strips(axes: Axes, phones: Sequence[str], inventory: Inventory, colours: Mapping[str, str]) -> None:
    """The manner of each phone, left of and below a matrix."""
    manners = {item.label: item.manner for item in inventory.phones}
    box = axes.get_window_extent()
    wide = STRIP_MM / style.MILLIMETRES_PER_INCH * axes.figure.dpi / box.width
    size = 1 / len(phones)
    for place, phone in enumerate(phones):
        if manners.get(phone):
            look: dict[str, Any] = {
                "transform": axes.transAxes,
                "clip_on": False,
                "linewidth": 0,
                "color": colours[manners[phone]],
            }
            axes.add_patch(Rectangle((-wide, 1 - (place + 1) * size), 0.8 * wide, size, **look))
            axes.add_patch(Rectangle((place * size, -wide), size, 0.8 * wide, **look))


def _wrapped(names: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Phones by manner in lines that fit the page."""
    room = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM - 4
    found: dict[str, list[str]] = {}
    for manner, phones in names.items():
        lines, line = [], f"{manner or 'other'}:"
        for phone in phones:
            if style.text_width(f"{line} {phone}") > room:
                lines.append(line)
                line = ""
            line = f"{line} {phone}".strip()
        found[manner] = [*lines, line]
    return found


def _keys(
    figure: Figure,
    scales: Mapping[str, Normalize],
    colours: Mapping[str, str],
    wrapped: Mapping[str, Sequence[str]],
    top: float,
) -> None:
    """The colours of both kinds, and the phones of each manner in the order of the matrices."""
    for place, kind in enumerate(KINDS):
        left = LEFT_MM + place * (BAR_MM + 25)
        axes = style.axes_at(figure, left, top + 1, BAR_MM, 2.2)
        scale = scales[kind.column]
        beyond = kind.column != "response_correlation"
        bar = figure.colorbar(ScalarMappable(scale, _colours(kind)), cax=axes, orientation="horizontal")
        bar.outline.set_linewidth(0.4)
        limit = float(scale.vmax or 1.0)
        ticks = [0, limit] if beyond else [-1, 0, 1]
        bar.set_ticks(
            ticks, labels=[f"≥ {limit:g}" if beyond and tick else f"{tick:g}".replace("-", "−") for tick in ticks]
        )
        axes.set_xlabel(kind.label)
    line = top + KEYS_MM
    for manner, lines in wrapped.items():
        handles = [Patch(color=colours.get(manner, "white"), label=lines[0])]
        if manner:
            style.legend(figure, handles, LEFT_MM - STRIP_MM, line, 1)
        else:
            style.note(figure, LEFT_MM, line, lines[0])
        for number_, text in enumerate(lines[1:], start=1):
            style.note(figure, LEFT_MM + 4, line + LINE_MM * number_, text)
        line += LINE_MM * len(lines)
