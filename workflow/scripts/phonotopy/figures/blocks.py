"""Blocks of maps on a page, one per condition, each with layers and grids of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phonotopy.figures import style
from phonotopy.figures.grids import Layer, Layers

__all__ = ["GAP_MM", "LINE_MM", "Block", "fitted", "map_height", "place_blocks"]

GAP_MM = 1.0  # between the maps of one block
BLOCK_GAP_MM = 4.0
LINE_MM = 2.9  # of labels above maps


@dataclass(frozen=True)
class Block:
    """Maps of one condition: axes by (line, layer), and left edge, width and height of one map in mm."""

    axes: Mapping[tuple[int, int], Axes]
    left: float
    width: float
    height: float


def map_height(layers: Layers, width: float, lines: int, tallest: float) -> float:
    """Height of a map in mm, so that all blocks fit into `width` and `lines` of maps into `tallest` mm.

    A block is no narrower than its title.
    """
    narrow: set[str] = set()
    while True:
        across = _height_of_all(layers, width, narrow)
        found = {name for name, own in layers.items() if _title_width(name) > _maps_width(own, across)}
        if found <= narrow or narrow | found == set(layers):
            return min(across, (tallest - (lines - 1) * GAP_MM) / lines)
        narrow |= found


def _height_of_all(layers: Layers, width: float, narrow: set[str]) -> float:
    """Height at which the blocks take the whole width, those of `narrow` ones as wide as their titles."""
    wide = [own for name, own in layers.items() if name not in narrow]
    gaps = sum((len(own) - 1) * GAP_MM for own in wide) + (len(layers) - 1) * BLOCK_GAP_MM
    return (width - gaps - sum(map(_title_width, narrow))) / sum(layer.aspect for own in wide for layer in own)


def _maps_width(layers: Sequence[Layer], height: float) -> float:
    return height * sum(layer.aspect for layer in layers) + (len(layers) - 1) * GAP_MM


def _title_width(title: str) -> float:
    return style.text_width(title, bold=True)


def place_blocks(
    figure: Figure,
    layers: Layers,
    lines: int,
    height: float,
    left: float,
    top: float,
    more: tuple[str, Mapping[int, str]] | None = None,
) -> list[Block]:
    """Axes for blocks of maps, one per condition, side by side, layers and receptive fields above the first line.

    `more` is one more line of such labels: what it names, and its text by layer; it takes `LINE_MM` of the room above.
    """
    named, texts = more or ("", {})
    head = "\n".join(filter(None, ["layer", "field (ms)", named]))
    style.note(figure, left - 2, top - 1, head, va="bottom", ha="right", linespacing=1.1)
    titles = top - 8 - (LINE_MM if more else 0.0)
    blocks = []
    for title, own in layers.items():
        axes: dict[tuple[int, int], Axes] = {}
        spare = max(0.0, _title_width(title) - _maps_width(own, height)) / 2
        start = x = left + spare
        for layer in own:
            width = layer.aspect * height
            for line in range(lines):
                axes[line, layer.number] = style.axes_at(figure, x, top + line * (height + GAP_MM), width, height)
            label = "\n".join(filter(None, [str(layer.number), layer.field, texts.get(layer.number, "")]))
            style.note(figure, x + width / 2, top - 1, label, va="bottom", ha="center", linespacing=1.1)
            x += width + GAP_MM
        blocks.append(Block(axes, start, x - GAP_MM - start, height))
        middle = start + blocks[-1].width / 2
        style.note(figure, middle, titles, title, va="bottom", ha="center", fontweight="bold")
        left = x - GAP_MM + spare + BLOCK_GAP_MM
    return blocks


def fitted(text: str, width: float) -> str:
    """The text as far as it fits into `width` mm."""
    shown = len(text)
    while shown and style.text_width(text[:shown] + "…" * (shown < len(text))) > width:
        shown -= 1
    return text if shown == len(text) else f"{text[:shown]}…"
