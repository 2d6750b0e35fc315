"""Figures as files: the same figure gives the same bytes."""

from collections.abc import Iterable
from pathlib import Path

from matplotlib.figure import Figure, SubFigure
from matplotlib.transforms import Bbox, BboxBase

from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing
from phonotopy.figures.accessibility import described, stamp, write_title
from phonotopy.figures.style import styled
from phonotopy.figures.vectors import compact, written

__all__ = ["save"]

RESOLUTION_DPI = 450  # of the png


def save(figure: Figure, paths: Iterable[str | Path], title: str = "") -> None:
    """Write the figure in the format of each path's suffix, with its title; the same figure gives the same bytes."""
    _settle(figure)
    words = described(figure)
    for path in map(Path, paths):
        kind = path.suffix.removeprefix(".")
        if kind not in figure.canvas.get_supported_filetypes():
            raise InputError("figures.formats", f"format {kind!r}", "svg, png or pdf", "change the list of formats")
        with replacing(path) as part, styled():
            figure.savefig(part, format=kind, dpi=RESOLUTION_DPI, metadata=stamp(kind, title, words))
            if kind == "svg":
                root = compact(part.read_text(encoding="utf-8"))
                if title:
                    write_title(root, path.stem, title, words)
                part.write_text(written(root), encoding="utf-8")


def _settle(figure: Figure) -> None:
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
