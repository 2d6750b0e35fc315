"""Sizes, colours and output of figures."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Bbox, BboxBase

from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing

__all__ = [
    "DEAD",
    "DIVERGING",
    "FAINT",
    "MANNERS",
    "MARKERS",
    "OTHER",
    "TEXT_PT",
    "Conditions",
    "Width",
    "axes_at",
    "class_colours",
    "diverging",
    "faint",
    "glyph",
    "legend",
    "letter",
    "marker",
    "note",
    "page",
    "plain",
    "save",
    "seed_handles",
    "styled",
    "text_width",
]

Width = Literal["single", "double"]

MILLIMETRES_PER_INCH, POINTS_PER_INCH = 25.4, 72.0
WIDTHS_MM = {"single": 89.0, "double": 183.0}  # one and two columns of a journal page
TEXT_PT = 7.0  # the least size that stays legible in print
RESOLUTION_DPI = 450  # of the png

DIVERGING = "RdBu_r"
DEAD = "#8c8c8c"
FAINT = "#d9d9d9"
CONTROL = "#595959"
CONDITIONS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # Okabe and Ito
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p")
MANNERS = {
    "stop": "#0072B2",
    "affricate": "#56B4E9",
    "fricative": "#E69F00",
    "nasal": "#009E73",
    "approximant": "#CC79A7",
    "vowel": "#D55E00",
    "diphthong": "#7A4419",
}

# For classes of labels that are no manners, the most unlike first.
CLASSES = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#7A4419", "#F0E442", "#999999")
OTHER = "#000000"  # classes beyond the palette

SETTINGS: Any = {  # matplotlib types its keys as a closed list
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],  # the first one comes with matplotlib
    "font.size": TEXT_PT,
    "axes.titlesize": TEXT_PT,
    "axes.labelsize": TEXT_PT,
    "xtick.labelsize": TEXT_PT,
    "ytick.labelsize": TEXT_PT,
    "legend.fontsize": TEXT_PT,
    "figure.titlesize": TEXT_PT,
    "figure.labelsize": TEXT_PT,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlepad": 3.0,
    "axes.labelpad": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.0,
    "lines.markersize": 4.0,
    "lines.markeredgewidth": 0.8,
    "hatch.linewidth": 0.4,
    "legend.frameon": False,
    "legend.handlelength": 1.4,
    "legend.handletextpad": 0.5,
    "legend.borderaxespad": 0.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "phonotopy",
    "pdf.fonttype": 42,
    "axes.unicode_minus": True,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "image.interpolation": "nearest",
    "image.composite_image": False,
}


@contextmanager
def styled() -> Iterator[None]:
    """Apply the settings of this module, and nothing of the user's own, within the block."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield


@dataclass(frozen=True)
class Conditions:
    """The trained conditions in the order in which figures show them, and which of them are controls."""

    names: tuple[str, ...]
    controls: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str], controls: Iterable[str]) -> "Conditions":
        """Put controls first and keep the order of the others."""
        held = frozenset(controls)
        return cls(tuple(sorted(names, key=lambda name: name not in held)), held)

    @property
    def mapped(self) -> tuple[str, ...]:
        """Conditions with a topographic objective."""
        return tuple(name for name in self.names if name not in self.controls)

    def colour(self, name: str) -> str:
        """Grey for a control, a colour of its own for every other condition."""
        return CONTROL if name in self.controls else CONDITIONS[self.mapped.index(name) % len(CONDITIONS)]

    def handles(self) -> list[Line2D]:
        """Legend entries, one per condition."""
        return [Line2D([], [], color=self.colour(name), label=name) for name in self.names]


def marker(seeds: Sequence[int], seed: int) -> str:
    """The marker of a seed, the same in every figure of one set of seeds."""
    return MARKERS[list(seeds).index(seed) % len(MARKERS)]


def seed_handles(seeds: Sequence[int]) -> list[Line2D]:
    """Legend entries, one per seed."""
    style: dict[str, Any] = {"linestyle": "none", "color": "black", "markerfacecolor": "none"}
    return [Line2D([], [], marker=marker(seeds, seed), label=f"seed {seed}", **style) for seed in seeds]


def glyph(character: str) -> Outline:
    """A marker with the shape of a character."""
    outline = TextPath((0, 0), character, size=1)
    box = outline.get_extents()
    return outline.transformed(Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2))


def page(width: Width, height_mm: float, *, arranged: bool = False) -> Figure:
    """An empty figure of a column's width; `arranged` leaves the positions of its axes to matplotlib."""
    size = (WIDTHS_MM[width] / MILLIMETRES_PER_INCH, height_mm / MILLIMETRES_PER_INCH)
    figure = Figure(figsize=size, layout="constrained" if arranged else None)
    FigureCanvasAgg(figure)
    return figure


def axes_at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a position in millimetres from the upper left corner of the figure."""
    across, down = (float(length) * MILLIMETRES_PER_INCH for length in figure.get_size_inches())
    return figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


def note(figure: Figure, left: float, top: float, text: str, **style: Any) -> None:
    """Text with its upper left corner (unless `style` says otherwise) at a position in millimetres."""
    across, down = (float(length) * MILLIMETRES_PER_INCH for length in figure.get_size_inches())
    figure.text(left / across, 1 - top / down, text, **{"va": "top", "ha": "left", **style})


def text_width(text: str, *, bold: bool = False) -> float:
    """Width of a text in millimetres."""
    font = FontProperties(family=SETTINGS["font.sans-serif"][0], weight="bold" if bold else "normal")
    outline = TextPath((0, 0), text, size=TEXT_PT, prop=font)
    return float(outline.get_extents().width) * MILLIMETRES_PER_INCH / POINTS_PER_INCH


def class_colours(classes: Iterable[str]) -> dict[str, str]:
    """Colours of manners, or of other classes of labels; what is beyond the palette is black."""
    names = list(dict.fromkeys(classes))
    known = {name: MANNERS[name] for name in names if name in MANNERS}
    free = [colour for colour in CLASSES if colour not in known.values()]
    unknown = [name for name in names if name not in MANNERS]
    return known | dict.fromkeys(unknown, OTHER) | dict(zip(unknown, free, strict=False))


def legend(figure: Figure, handles: Sequence[Artist], left: float, top: float, columns: int) -> None:
    """A legend with its upper left corner at a position in millimetres."""
    across, down = (float(length) * MILLIMETRES_PER_INCH for length in figure.get_size_inches())
    corner = (left / across, 1 - top / down)
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=corner, ncols=columns, columnspacing=1.6)


def plain(axes: Axes) -> None:
    """Keep a thin frame and take ticks away, for axes that hold a map."""
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, linewidth=0.4, color="#404040")


def faint(axes: Axes, text: str) -> None:
    """Fill axes that have nothing to show with the reason."""
    plain(axes)
    axes.set_facecolor("#f5f5f5")
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color="#595959", linespacing=0.95)


def letter(axes: Axes, text: str) -> None:
    """Put the letter of a panel at the left of its title."""
    axes.set_title(text, loc="left", fontweight="bold", fontsize=TEXT_PT + 1)


def diverging(largest: float) -> Normalize:
    """A scale that is symmetric about zero and ends at the next half above `largest`."""
    limit = max(0.5, math.ceil(2 * largest) / 2) if math.isfinite(largest) else 0.5
    return Normalize(-limit, limit)


def settle(figure: Figure) -> None:
    """Fix the positions that matplotlib arranges, to a millionth of the page.

    Its solver takes constraints in the order of their addresses in memory, which decides their last digits.
    """
    if figure.get_layout_engine() is None:
        return
    with styled():
        figure.draw_without_rendering()
    figure.set_layout_engine("none")
    _round_parts(figure)
    for axes in figure.axes:
        axes.set_position(_rounded(axes.get_position(original=True)))


def _round_parts(figure: Figure | SubFigure) -> None:
    """Round the positions of subfigures within each other."""
    for part in figure.subfigs:
        part._redo_transform_rel_fig(_rounded(part.bbox_relative))  # type: ignore[attr-defined]  # as the engine does
        _round_parts(part)


def _rounded(box: BboxBase) -> Bbox:
    return Bbox(box.get_points().round(6))


def save(figure: Figure, paths: Iterable[str | Path]) -> None:
    """Write the figure in the format of each path's suffix; the same figure gives the same bytes."""
    settle(figure)
    for path in map(Path, paths):
        kind = path.suffix.removeprefix(".")
        if kind not in figure.canvas.get_supported_filetypes():
            raise InputError("figures.formats", f"format {kind!r}", "svg, png or pdf", "change the list of formats")
        stamp = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}.get(kind, {})
        with replacing(path) as part, styled():
            figure.savefig(part, format=kind, dpi=RESOLUTION_DPI, metadata=stamp)
