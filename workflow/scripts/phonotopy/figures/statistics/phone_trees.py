"""Trees of phones by the likeness of their maps, layer by layer, with the manners of the phones."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from phonotopy.core.inventory import Inventory
from phonotopy.core.tables import integer, number
from phonotopy.figures import style
from phonotopy.figures.grids import Layer, Layers, spaced
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["NODES", "TESTS", "branches", "draw", "figure", "leaves"]

NODES: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "node": int,
    "phone": str,
    "first": integer,
    "second": integer,
    "distance": number,
}
TESTS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "statistic": str,
    "observed": number,
    "null_mean": number,
    "null_sd": number,
    "q": number,
}
LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 7.0, 1.0, 1.0, 8.5
TITLE_MM, BETWEEN_MM, LEGEND_MM = 11.0, 3.0, 9.0
LINE_MM, STRIP_MM = 2.6, 1.6  # of a line of text; width of the colours of manners
LABELS = 0.5  # share of the width of a tree that its labels may take
ROOMY, PAGE_MM = 2.2, 240.0  # height of a leaf, if there is as much; of a page
BRANCH = "#404040"
DIFFERENT = "∗"


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    return draw(
        material.by_training("phone_trees", NODES),
        material.by_training("phone_tree_agreement", TESTS),
        material.seed,
        material.layers,
        material.inventory,
        material.conditions,
        material.settings["false_discovery_rate"],
    )


def draw(
    trees: TrainingTables,
    tests: TrainingTables,
    seed: int,
    layers: Layers,
    inventory: Inventory,
    conditions: style.Conditions,
    rate: float,
) -> Figure:
    """Draw the trees of one seed, conditions below each other, with the colour of its manner beside every phone.

    `trees` and `tests` hold phone_trees.tsv and phone_tree_agreement.tsv of each training.
    """
    with style.styled():
        names = [name for name in conditions.names if Training(name, seed) in trees]
        chosen = {name: spaced(layers[name]) for name in names}
        width = (style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM + BETWEEN_MM) / max(map(len, chosen.values()))
        phones = _phones(trees, seed)
        tallest = (PAGE_MM - TOP_MM - LEGEND_MM) / len(names) - TITLE_MM - BOTTOM_MM
        height = min(tallest, max(20.0, ROOMY * len(phones)))
        step = TITLE_MM + height + BOTTOM_MM
        figure = style.page("double", TOP_MM + len(names) * step + LEGEND_MM)
        colours = style.class_colours(manner for manner in _manners(inventory, phones).values() if manner)
        scale = max(
            [row["distance"] for name in names for row in trees[Training(name, seed)] if not row["phone"]] or [1]
        )
        for place, name in enumerate(names):
            top = TOP_MM + place * step
            style.note(figure, 1.0, top + TITLE_MM + height / 2, name, va="center", rotation=90, fontweight="bold")
            for column, layer in enumerate(chosen[name]):
                axes = style.axes_at(figure, LEFT_MM + column * width, top + TITLE_MM, width - BETWEEN_MM, height)
                rows = [row for row in trees[Training(name, seed)] if row["layer"] == layer.number]
                found = [row for row in tests[Training(name, seed)] if row["layer"] == layer.number]
                _tree(axes, rows, inventory, colours, scale)
                axes.set_title(_title(layer, found, rate), linespacing=1.15)
        _legend(
            figure,
            colours,
            TOP_MM + len(names) * step,
            rate,
            crowded=bool(phones) and not _columns(phones, height, width - BETWEEN_MM),
        )
        return figure


def _phones(trees: TrainingTables, seed: int) -> list[str]:
    rows = (row for training, rows in trees.items() if training.seed == seed for row in rows)
    return list(dict.fromkeys(row["phone"] for row in rows if row["phone"]))


def _manners(inventory: Inventory, phones: Sequence[str]) -> dict[str, str]:
    """Manners of phones, in the order of the inventory."""
    return {item.label: item.manner for item in inventory.phones if item.label in phones}


def _columns(phones: Sequence[str], height: float, width: float) -> int:
    """Columns in which the labels of neighbouring leaves take turns, so that they have room; none where two do not."""
    fits = (columns for columns in (1, 2) if len(phones) * LINE_MM <= columns * height)
    columns = next(fits, 0)
    return columns if columns * _label_width(phones) <= LABELS * width else 0


def _label_width(phones: Sequence[str]) -> float:
    return max(map(style.text_width, phones), default=0.0) + 0.6


def leaves(rows: Sequence[Row]) -> dict[int, float]:
    """Position of every node of a tree across it: leaves in the order in which its branches stand, from 0."""
    nodes = {row["node"]: row for row in rows}
    children = {node: (row["first"], row["second"]) for node, row in nodes.items() if not row["phone"]}
    places: dict[int, float] = {}
    waiting = [max(nodes)] if nodes else []
    order: list[int] = []
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting += reversed(children.get(node, ()))
    for node in order:
        if node not in children:
            places[node] = float(len(places))
    for node in sorted(children):
        first, second = children[node]
        places[node] = (places[first] + places[second]) / 2
    return places


def branches(rows: Sequence[Row]) -> list[list[tuple[float, float]]]:
    """Lines of a tree, distance by position: each joins two nodes at the distance of their parent."""
    places, distances = leaves(rows), {row["node"]: 0.0 if row["phone"] else row["distance"] for row in rows}
    lines = []
    for row in rows:
        if not row["phone"]:
            first, second, height = row["first"], row["second"], row["distance"]
            at = [(distances[first], places[first]), (height, places[first]), (height, places[second])]
            lines.append([*at, (distances[second], places[second])])
    return lines


def _tree(axes: Axes, rows: Sequence[Row], inventory: Inventory, colours: Mapping[str, str], scale: float) -> None:
    if not rows:
        style.faint(axes, "no two phones\nwith a map")
        return
    places = leaves(rows)
    phones = {row["phone"]: places[row["node"]] for row in rows if row["phone"]}
    manners = _manners(inventory, list(phones))
    axes.add_collection(LineCollection(branches(rows), colors=BRANCH, linewidths=0.7), autolim=False)
    axes.set(ylim=(len(phones) - 0.5, -0.5), xlim=(1.02 * scale, 0))
    height = axes.get_window_extent().height / axes.figure.dpi * style.MILLIMETRES_PER_INCH
    width = axes.get_window_extent().width / axes.figure.dpi * style.MILLIMETRES_PER_INCH
    columns, room = _columns(list(phones), height, width), _label_width(list(phones))
    inner = 1 - (room * columns + STRIP_MM) / width
    box = axes.get_position()
    axes.set_position((box.x0, box.y0, box.width * inner, box.height))
    edge = STRIP_MM / (width * inner)
    for phone, place in phones.items():
        if manners.get(phone):
            where: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "clip_on": False, "linewidth": 0}
            axes.add_patch(Rectangle((1.0, place - 0.46), edge, 0.92, color=colours[manners[phone]], **where))
        if columns:
            aside = (0.6 + room * (place % columns)) / (width * inner)
            at = (1.0 + edge + aside, place)
            axes.annotate(phone, at, xycoords=axes.get_yaxis_transform(), va="center", ha="left", annotation_clip=False)
    axes.spines["left"].set_visible(False)
    axes.set(yticks=[], xlabel="1 − r of maps")


def _title(layer: Layer, tests: Sequence[Row], rate: float) -> str:
    """The layer, and the numbers that the table has of its tree."""
    found = {row["statistic"]: row for row in tests}
    lines = [f"layer {layer.number} ({layer.field} ms)"]
    cophenetic, gap = found.get("cophenetic_correlation"), found.get("manner_gap")
    if cophenetic and np.isfinite(cophenetic["observed"]):
        lines.append(f"cophenetic r {_short(cophenetic['observed'])}")
    if gap and np.isfinite(gap["observed"]):
        mark = DIFFERENT if gap["q"] < rate else ""
        spread = f"{_short(gap['null_mean'])} ± {_short(2 * gap['null_sd'])}"
        lines.append(f"gap {_short(gap['observed'])}{mark} ({spread})")
    return "\n".join(lines)


def _short(value: float) -> str:
    text = f"{value:.2f}".replace("0.", ".", 1)
    return ".00" if text == "-.00" else text.replace("-", "−")


def _legend(figure: Figure, colours: Mapping[str, str], top: float, rate: float, *, crowded: bool) -> None:
    handles = [Patch(color=colour, label=name) for name, colour in colours.items()]
    if handles:
        style.legend(figure, handles, LEFT_MM, top, min(len(handles), 8))
    said = f"gap: how much later unlike manners are joined (permuted phones, ± 2 s.d.); {DIFFERENT} q < {rate:g}"
    note = "labels without room are in phone_trees.tsv" if crowded else ""
    style.note(figure, LEFT_MM, top + 4.5, "; ".join(filter(None, (said if handles else "", note))))
