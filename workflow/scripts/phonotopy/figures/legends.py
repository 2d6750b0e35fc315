"""Legend entries of marks that a figure has, and of no others."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D

from phonotopy.figures import style
from phonotopy.figures.palette import SHAPE

__all__ = ["BLACK", "Mark", "columns", "drawn_marks", "key_of", "occurring", "page_legend", "stands_for"]

ENTRY_MM = 9.5  # of an entry beside its text

Fill = Literal["full", "hollow", "bare"]
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
SOLID = "(0, None)"
NO_MARKER = ("", " ", "None", None)
Colour = tuple[float, float, float]


class Mark(NamedTuple):
    """What one sees of a mark: its colour, its marker and how that is filled, its dashes, or a patch's hatch.

    A marker is full, hollow (white inside) or bare (nothing inside); a patch is full or bare.
    """

    colour: Colour
    marker: str = ""
    fill: Fill = "bare"
    dashes: str = ""
    hatch: str = ""
    patch: bool = False


def occurring(figure: Figure, handles: Sequence[Artist]) -> list[Artist]:
    """Those of the legend entries whose mark is in the axes of the figure; black stands for any colour."""
    drawn = drawn_marks(figure)
    return [handle for handle in handles if any(stands_for(key_of(handle), mark) for mark in drawn)]


def columns(handles: Sequence[Artist], width_mm: float) -> int:
    """The largest number of columns in which the entries, which fill one after the other, fit the width."""
    widths = [max(map(style.text_width, str(one.get_label()).split("\n"))) + ENTRY_MM for one in handles]
    for number in range(len(widths), 1, -1):
        longer, rest = len(widths) % number, -(-len(widths) // number)
        sizes = [rest if longer == 0 or place < longer else rest - 1 for place in range(number)]
        starts = [sum(sizes[:place]) for place in range(number)]
        if sum(max(widths[start : start + size]) for start, size in zip(starts, sizes, strict=True)) <= width_mm:
            return number
    return 1


def page_legend(figure: Figure, handles: Sequence[Artist], *, loc: Any = "outside upper left") -> None:
    """A legend of the marks that occur, beside axes that matplotlib arranges, in as many columns as fit."""
    shown = occurring(figure, handles)
    width = float(figure.get_size_inches()[0]) * style.MILLIMETRES_PER_INCH
    if shown:
        figure.legend(handles=shown, loc=loc, ncols=columns(shown, width), columnspacing=1.2)


def key_of(handle: Artist) -> Mark:
    """The mark that a legend entry shows."""
    return _line(handle) if isinstance(handle, Line2D) else _patch(handle)


def drawn_marks(figure: Figure | SubFigure) -> set[Mark]:
    """Marks of all lines, patches and collections in the axes of a figure."""
    return {mark for axes in figure.axes if _shows(axes) for mark in _of_axes(axes)}


def _shows(axes: Axes) -> bool:
    """Whether axes are seen and are no colour bar."""
    return axes.get_visible() and not hasattr(axes, "_colorbar")


def _of_axes(axes: Axes) -> Iterator[Mark]:
    for line in axes.lines:
        if np.size(line.get_xdata()):
            mark, face = _line(line), line.get_markerfacecolor()
            yield mark
            if mark.fill == "full":
                yield mark._replace(colour=to_rgb(face))
    yield from (_patch(patch) for patch in axes.patches)
    for collection in axes.collections:
        if collection.get_array() is None:
            yield from _collection(collection)


def _line(line: Line2D) -> Mark:
    marker, colour = line.get_marker(), to_rgb(line.get_color())
    face = line.get_markerfacecolor()
    bare = isinstance(face, str) and face in ("none", SHAPE)
    fill: Fill = "bare" if bare else "hollow" if to_rgb(face) == WHITE else "full"
    dashes = "" if line.get_linestyle() in NO_MARKER else str(line._unscaled_dash_pattern)  # type: ignore[attr-defined]
    if marker in NO_MARKER:
        return Mark(colour, dashes=dashes)
    return Mark(colour, str(marker), fill, dashes)


def _patch(patch: Any) -> Mark:
    face = patch.get_facecolor()
    bare = face[3] == 0
    colour = to_rgb(patch.get_edgecolor()) if bare else to_rgb(face)
    return Mark(colour, fill="bare" if bare else "full", hatch=patch.get_hatch() or "", patch=True)


def _collection(collection: Collection) -> Iterator[Mark]:
    """Bands and stems, each colour once."""
    for colours, patch in ((collection.get_facecolor(), True), (collection.get_edgecolor(), False)):
        for red, green, blue, alpha in {tuple(one) for one in np.asarray(colours, dtype=float).reshape(-1, 4).tolist()}:
            if alpha:
                yield Mark(
                    (red, green, blue), fill="full" if patch else "bare", patch=patch, dashes="" if patch else SOLID
                )


def stands_for(key: Mark, mark: Mark) -> bool:
    """Whether a legend entry explains a mark of the figure; full and hollow black markers stand for any shape."""
    if key.colour not in (BLACK, mark.colour):
        return False
    if key.patch:
        return mark.patch and (mark.fill, mark.hatch) == (key.fill, key.hatch)
    if key.marker and key.fill != "bare" and key.colour == BLACK:
        return bool(mark.marker) and (mark.fill == "full") == (key.fill == "full")
    if key.marker:
        return mark.marker == {"+": "_"}.get(key.marker, key.marker)  # a cross is a bar and its middle
    return key.colour != BLACK or mark.dashes == key.dashes
