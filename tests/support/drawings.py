"""Fabricated runs as figures take them, and what holds for every figure."""

from itertools import combinations

import numpy as np
from matplotlib.text import Text

from figure_tables import Fabricated
from phonotopy.core.grid import Grid
from phonotopy.figures import sheets, style
from phonotopy.figures.runs import Run

PHONES = ("P", "S", "SH", "ZH", "M", "L", "IY")
SQUARES = Fabricated(grids=(Grid(8, 8), Grid(8, 8)), phones=PHONES)
CASES = {
    "two seeds": SQUARES,
    "one seed, ten layers, oblong": Fabricated(grids=(Grid(4, 4),) * 8 + (Grid(8, 16),) * 2, seeds=(3,), phones=PHONES),
    "three conditions and seeds, torus": Fabricated(
        grids=(Grid(4, 4, torus=True), Grid(4, 8, torus=True)),
        conditions=("plain", "kernel", "filters"),
        seeds=(0, 1, 7),
        phones=PHONES,
    ),
}


def layers(tables):
    fields = (0.125 + 0.12 * n for n in range(len(tables.grids)))
    return tuple(sheets.Layer(n, grid, s) for (n, grid), s in zip(enumerate(tables.grids, 1), fields, strict=True))


def styles(tables):
    return style.Conditions.of(tables.conditions, tables.conditions[:1])


def cluster_rows(tables, condition, seed):
    """Two clusters a phone, of which only the first is significant, and only in topographic conditions."""
    random = tables.generator("clusters", condition, seed)
    empty = {"layer": 1, "phone": "ZH", "region": 0, "size": 0, **dict.fromkeys(("row", "column", "p_family"), np.nan)}
    return [empty] + [
        {
            "layer": layer, "phone": phone, "region": region, "size": 3 + 6 * (region == 1),
            "row": random.uniform(0, grid.rows - 1), "column": random.uniform(0, grid.columns - 1),
            "p_family": 0.01 if region == 1 and condition != tables.conditions[0] else 0.3,
        }
        for layer, grid in enumerate(tables.grids, start=1)
        for phone in tables.phones
        for region in (1, 2)
    ]  # fmt: skip


def by_run(tables, make):
    return {Run(condition, seed): make(tables, condition, seed) for condition, seed in tables.runs}


def visible_texts(figure):
    """All texts that are drawn: labels of ticks beyond the limits of an axis are not."""
    figure.canvas.draw()
    hidden = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        beyond = [tick for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high]
        hidden |= {label for tick in beyond for label in (tick.label1, tick.label2)}
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text not in hidden]
    return [text for text in texts if text.get_text().strip()]


def test_figures_have_a_column_width_and_a_page_height(every_figure):
    for name, figure in every_figure.items():
        width, height = figure.get_size_inches() * 25.4
        assert round(width, 6) in {89, 183}, name
        assert height <= 247, name


def test_texts_are_legible_within_the_page_and_apart(every_figure):
    for name, figure in every_figure.items():
        texts, page = visible_texts(figure), figure.bbox
        boxes = [(text, text.get_window_extent()) for text in texts]
        for text, box in boxes:
            assert text.get_fontsize() >= 7, (name, text)
            assert page.x0 <= box.x0 and box.x1 <= page.x1, (name, text)
            assert page.y0 <= box.y0 and box.y1 <= page.y1, (name, text)
        for (one, box), (two, other) in combinations(boxes, 2):
            assert not box.padded(-1).overlaps(other.padded(-1)), (name, one, two)


def test_every_axis_with_ticks_says_what_it_shows(every_figure):
    for name, figure in every_figure.items():
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                labelled = [text for text in axis.get_ticklabels() if text.get_text()]
                assert axis.get_label().get_text() or not labelled, name
