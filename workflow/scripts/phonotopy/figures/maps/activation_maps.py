"""Maps of selectivity, phone by layer, one block per condition."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from phonotopy.core.inventory import Inventory
from phonotopy.core.tables import boolean, number
from phonotopy.figures import style
from phonotopy.figures.blocks import GAP_MM, LINE_MM, map_height, place_blocks
from phonotopy.figures.grids import Layers, draw_outline, image, layer_numbers, outline
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "row": int,
    "column": int,
    "phone": str,
    "d_prime": number,
    "responsive": lambda cell: bool(cell) and boolean(cell),
    "status": str,
}

TOO_FEW = "too few"
LEFT_MM, TOP_MM, RIGHT_MM, BOTTOM_MM = 17.0, 13.0 + LINE_MM, 20.0, 1.0
TALLEST_MM = 222.0
LARGEST_MAP_MM = 16.0
LONGEST = 9  # letters of a label that the margin holds
KEY_MM = 32.0  # length of the colour bar
SHOWN_PERCENTILE = 99.5  # of |d'| over the maps of a layer; what is beyond takes the last colour
UNIT = Normalize(-1, 1)  # of the colour bar, in shares of where the scale of a layer ends

THICKEST_PT, LINE_SHARE = 0.45, 0.16  # of the outline of responsive units: at most this, and this share of a grid step
OUTLINE = "black"

Maps = dict[tuple[str, int, str], tuple[NDArray[np.float64], NDArray[np.float64]]]  # d' and edges, by condition, …


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    return draw(
        material.by_training("selectivity", COLUMNS),
        material.seed,
        material.layers,
        material.settings["phones"],
        material.inventory,
        material.conditions,
    )


def draw(
    tables: TrainingTables,
    seed: int,
    layers: Layers,
    phones: Sequence[str],
    inventory: Inventory,
    conditions: style.Conditions,
) -> Figure:
    """Draw the d' of every unit at its position, for one seed, and outline the units that respond to the phone.

    A layer has a scale of its own, the same in all conditions: d' falls with depth, and one scale would hide deep maps.
    Phones that no condition can show are named below.
    `tables` holds selectivity.tsv of each training, with at least the columns of this module.
    """
    with style.styled():
        names = [condition for condition in conditions.names if Training(condition, seed) in tables]
        maps = _maps({condition: tables[Training(condition, seed)] for condition in names}, layers, phones)
        shown = [phone for phone in phones if any(key[2] == phone for key in maps)]
        hidden = [phone for phone in phones if phone not in shown]
        return _page(maps, shown, hidden, {name: layers[name] for name in names}, inventory)


def _maps(tables: Mapping[str, Sequence[Row]], layers: Layers, phones: Sequence[str]) -> Maps:
    maps: Maps = {}
    for condition, rows in tables.items():
        grids = {layer.number: layer.grid for layer in layers[condition]}
        sorted_out: dict[tuple[int, str], list[Row]] = {}
        for row in rows:
            if row["phone"] in phones and row["status"] != TOO_FEW:
                sorted_out.setdefault((row["layer"], row["phone"]), []).append(row)
        for (layer, phone), cells in sorted_out.items():
            edges = outline(image(cells, grids[layer], "responsive") == 1, torus=grids[layer].torus)
            maps[condition, layer, phone] = image(cells, grids[layer], "d_prime"), edges
    return maps


def _page(maps: Maps, shown: Sequence[str], hidden: Sequence[str], layers: Layers, inventory: Inventory) -> Figure:
    lines = max(1, len(shown))
    across = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM
    height = min(LARGEST_MAP_MM, map_height(layers, across, lines, TALLEST_MM))
    bottom = TOP_MM + max(lines * (height + GAP_MM), KEY_MM + 21)
    figure = style.page("double", bottom + BOTTOM_MM + (5 if hidden else 0))
    scales = _scales(maps, layers)
    limits = {layer: f"±{scale.vmax:.1f}" for layer, scale in scales.items()}
    blocks = place_blocks(figure, layers, lines, height, LEFT_MM, TOP_MM, ("scale (d′)", limits))
    for condition, block in zip(layers, blocks, strict=True):
        for (line, layer), axes in block.axes.items():
            _map(axes, maps.get((condition, layer, shown[line])) if shown else None, scales[layer])
    for line, phone in enumerate(shown):
        _name(figure, phone, inventory, TOP_MM + (line + 0.5) * height + line * GAP_MM)
    dead = any(np.isnan(values).any() for values, _ in maps.values())
    outlined = any(len(edges) for _, edges in maps.values())
    _key(figure, blocks[-1].left + blocks[-1].width + 4, dead=dead, outlined=outlined)
    if hidden:
        text = f"not shown, too few tokens or speakers: {', '.join(hidden)}"
        style.note(figure, LEFT_MM, bottom + 1, text, color="#595959")
    return figure


def _scales(maps: Maps, layers: Layers) -> dict[int, Normalize]:
    """The scale of each layer, the same for all phones and conditions."""
    own = {
        number: [values for (_, layer, _), (values, _) in maps.items() if layer == number]
        for number in layer_numbers(layers)
    }
    return {number: style.diverging(_largest(found), 0.1) for number, found in own.items()}


def _largest(maps: Iterable[NDArray[np.float64]]) -> float:
    values = np.concatenate([np.abs(values[np.isfinite(values)]) for values in maps] or [np.empty(0)])
    return float(np.percentile(values, SHOWN_PERCENTILE)) if len(values) else 0.0


def _colours() -> Colormap:
    return mpl.colormaps[style.DIVERGING].with_extremes(bad=style.DEAD)


def _map(axes: Axes, shown: tuple[NDArray[np.float64], NDArray[np.float64]] | None, scale: Normalize) -> None:
    if shown is None:
        style.faint(axes, "too\nfew")
        return
    values, edges = shown
    style.plain(axes)
    axes.imshow(values, cmap=_colours(), norm=scale, aspect="auto")
    step = axes.get_window_extent().height * style.POINTS_PER_INCH / axes.figure.dpi / len(values)
    width = min(THICKEST_PT, LINE_SHARE * step)
    draw_outline(axes, edges, OUTLINE, width)


def _name(figure: Figure, phone: str, inventory: Inventory, middle: float) -> None:
    ipa = {item.label: item.ipa for item in inventory.phones}.get(phone, "")
    both = bool(ipa) and ipa != phone and len(phone) <= 4  # else there is no room
    style.note(
        figure, LEFT_MM - (9.5 if both else 2.0), middle, _short(phone), va="center", ha="right", fontweight="bold"
    )
    if both:
        style.note(figure, LEFT_MM - 2, middle, f"[{ipa}]", va="center", ha="right")


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"


def _key(figure: Figure, left: float, *, dead: bool, outlined: bool) -> None:
    """The colours of d', and of dead units and outlines where there are any, beside the first maps."""
    bar_axes = style.axes_at(figure, left, TOP_MM + 1.5, 2.5, KEY_MM)
    bar = figure.colorbar(ScalarMappable(UNIT, _colours()), cax=bar_axes, extend="both")
    bar.set_ticks([-1, 0, 1], labels=["lower\nend", "0", "upper\nend"])
    bar.set_label("selectivity d′ (s.d.)")
    bar.outline.set_linewidth(0.4)
    if dead:
        style.swatch(figure, left, TOP_MM + KEY_MM + 5, style.DEAD, "no\nresponse")
    if outlined:
        axes = style.swatch(figure, left, TOP_MM + KEY_MM + 13, "white", "responds")
        for spine in axes.spines.values():
            spine.set(linewidth=THICKEST_PT, color=OUTLINE)
