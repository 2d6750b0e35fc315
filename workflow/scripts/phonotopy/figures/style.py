"""Sizes, colours and marks that figures share."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from matplotlib.transforms import Affine2D

from phonotopy.figures.palette import (
    CLASSES,
    CONDITIONS,
    CONTROL,
    DEAD,
    DIVERGING,
    FAINT,
    MANNERS,
    OTHER,
    SHAPE,
    class_colours,
)

__all__ = [
    "CLASSES",
    "CONDITIONS",
    "CONTROL",
    "DEAD",
    "DIVERGING",
    "FAINT",
    "FRAME",
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
    "logarithmic",
    "marker",
    "note",
    "page",
    "plain",
    "seed_handles",
    "styled",
    "swatch",
    "text_width",
    "verdict_handles",
]

Width = Literal["single", "double"]

MILLIMETRES_PER_INCH, POINTS_PER_INCH = 25.4, 72.0
WIDTHS_MM = {"single": 85.0, "double": 180.0}  # one and two columns of a journal page
TEXT_PT = 7.0  # the least size that stays legible in print
MOST_DECADES = 2.0  # of a logarithmic axis with 2 and 5 between powers of ten
ASIDE_MM = 0.8  # left and right of what matplotlib arranges: labels that are aligned afterwards may reach into it
FRAME = "#404040"  # of a map
SWATCH_MM = 2.5  # side of a square that explains a colour

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p")

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
    style: dict[str, Any] = {"linestyle": "none", "color": "black", "markerfacecolor": SHAPE, "markeredgewidth": 0}
    return [Line2D([], [], marker=marker(seeds, seed), label=f"seed {seed}", **style) for seed in seeds]


def verdict_handles(rejected: str, kept: str) -> list[Line2D]:
    """Legend entries of filled and of hollow markers: what a test rejects, and what not."""
    style: dict[str, Any] = {"linestyle": "none", "marker": "o", "color": "black"}
    return [
        Line2D([], [], label=f"filled: {rejected}", **style),
        Line2D([], [], label=f"hollow: {kept}", markerfacecolor="white", **style),
    ]


def glyph(character: str) -> Outline:
    """A marker with the shape of a character."""
    outline = TextPath((0, 0), character, size=1)
    box = outline.get_extents()
    return outline.transformed(Affine2D().translate(-(box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2))


def page(width: Width, height_mm: float, *, arranged: bool = False) -> Figure:
    """An empty figure of a column's width; `arranged` leaves the positions of its axes to matplotlib."""
    size = (WIDTHS_MM[width] / MILLIMETRES_PER_INCH, height_mm / MILLIMETRES_PER_INCH)
    figure = Figure(figsize=size)
    if arranged:
        aside = ASIDE_MM / WIDTHS_MM[width]
        figure.set_layout_engine("constrained", rect=(aside, 0, 1 - 2 * aside, 1))
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


@cache  # the outline of a text takes long to make
def text_width(text: str, *, bold: bool = False) -> float:
    """Width of a text in millimetres."""
    font = FontProperties(family=SETTINGS["font.sans-serif"][0], weight="bold" if bold else "normal")
    outline = TextPath((0, 0), text, size=TEXT_PT, prop=font)
    return float(outline.get_extents().width) * MILLIMETRES_PER_INCH / POINTS_PER_INCH


def legend(figure: Figure, handles: Sequence[Artist], left: float, top: float, columns: int) -> None:
    """A legend with its upper left corner at a position in millimetres."""
    across, down = (float(length) * MILLIMETRES_PER_INCH for length in figure.get_size_inches())
    corner = (left / across, 1 - top / down)
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=corner, ncols=columns, columnspacing=1.6)


def swatch(figure: Figure, left: float, top: float, colour: str, text: str) -> Axes:
    """A small square of a colour and what it means, beside it."""
    axes = axes_at(figure, left, top, SWATCH_MM, SWATCH_MM)
    plain(axes)
    axes.set_facecolor(colour)
    note(figure, left + SWATCH_MM + 1.5, top - 0.4, text, linespacing=1.0)
    return axes


def plain(axes: Axes) -> None:
    """Keep a thin frame and take ticks away, for axes that hold a map."""
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, linewidth=0.4, color=FRAME)


def faint(axes: Axes, text: str) -> None:
    """Fill axes that have nothing to show with the reason."""
    plain(axes)
    axes.set_facecolor("#f5f5f5")
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color="#595959", linespacing=0.95)


def letter(axes: Axes, text: str) -> None:
    """Put the letter of a panel at the left of its title."""
    axes.set_title(text, loc="left", fontweight="bold", fontsize=TEXT_PT + 1)


def logarithmic(axis: Axis) -> None:
    """Make an axis logarithmic, with plain numbers at as many of 1, 2 and 5 per decade as leave room, at least two."""
    getattr(axis.axes, f"set_{axis.axis_name}scale")("log")  # type: ignore[attr-defined]
    low, high = axis.get_view_interval()
    places = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    steps = (1,) if math.log10(high / low) > MOST_DECADES else (1, 2, 5)
    axis.set_major_locator(FixedLocator([step * 10.0**place for place in places for step in steps]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}" if value < 1e4 else f"{value:,.0f}"))
    ticks = [float(tick) for tick in axis.get_majorticklocs()]
    if sum(low <= tick <= high for tick in ticks) < 2:  # a narrow range: let the axis reach the next numbers
        below, above = [tick for tick in ticks if tick <= low], [tick for tick in ticks if tick >= high]
        axis.set_view_interval(below[-1], above[0], ignore=True)


def diverging(largest: float, step: float = 0.5) -> Normalize:
    """A scale that is symmetric about zero and ends at the next multiple of `step` from `largest`."""
    limit = max(step, step * math.ceil(round(largest / step, 9))) if math.isfinite(largest) else step
    return Normalize(-limit, limit)
