"""Figures of clusters, replication and correlograms show what the tables say, and stay legible."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.patches import Circle

from drawings import SQUARES, by_training, layers, styles, visible_texts
from figure_materials import clusters as clusters_of
from figure_materials import correlogram as correlogram_of
from figure_materials import replication as replication_of
from figure_tables import Fabricated, inventory
from phonotopy.core.grid import Grid
from phonotopy.figures import style
from phonotopy.figures.maps import clusters
from phonotopy.figures.statistics import correlogram, replication

CROWDED = Fabricated(grids=(Grid(16, 16),) * 5)


def drawings(tables):
    net, conditions = layers(tables), styles(tables)
    found = by_training(tables, clusters_of)
    return {
        "clusters": clusters.draw(found, tables.seeds[0], net, inventory(), conditions),
        "replication": replication.draw(by_training(tables, replication_of), net, conditions, 0.05),
        "correlogram": correlogram.draw(by_training(tables, correlogram_of), net, conditions),
    }


@pytest.mark.slow
@pytest.mark.parametrize("tables", [CROWDED], ids=["all phones"])
def test_they_fit_a_page_and_texts_are_legible_and_apart(tables):
    for name, figure in drawings(tables).items():
        width, height = figure.get_size_inches() * 25.4
        assert round(width, 6) == 183, name
        assert height <= 247, name
        boxes = [(text, text.get_window_extent()) for text in visible_texts(figure)]
        for text, box in boxes:
            assert text.get_fontsize() >= 7, (name, text)
            assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, (name, text)
            assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, (name, text)
        for (one, box), (two, other) in combinations(boxes, 2):
            assert not box.padded(-1).overlaps(other.padded(-1)), (name, one, two)


def test_discs_have_the_position_and_area_of_significant_clusters():
    figure = drawings(SQUARES)["clusters"]
    discs = [patch for axes in figure.axes for patch in axes.patches if isinstance(patch, Circle)]
    rows = [row for row in clusters_of(SQUARES, "topographic", 0) if row["p_family"] < 0.05]
    expected = {(round(row["column"], 6), round(row["row"], 6)) for row in rows}
    assert {(round(disc.center[0], 6), round(disc.center[1], 6)) for disc in discs} == expected
    assert {disc.radius for disc in discs} == {np.sqrt(9 / np.pi)}
    texts = [text.get_text() for text in visible_texts(figure)]
    assert texts.count("no significant\ncluster") == len(SQUARES.grids), "the control has none"
    assert all(texts.count(phone) == len(SQUARES.grids) for phone in SQUARES.phones)


def test_the_replication_figure_marks_shares_and_overlap():
    overlap, contrast, share = drawings(SQUARES)["replication"].axes
    markers = [line for line in overlap.lines if line.get_marker() in style.MARKERS]
    assert {float(line.get_ydata()[0]) for line in markers} == {0.4}
    assert all(line.get_markerfacecolor() != "white" for line in markers), "the null of half 0"
    assert [bar.get_y() for bar in overlap.patches] == pytest.approx([0] * len(overlap.patches)), "no negative overlap"
    assert {float(y) for line in share.lines for y in line.get_ydata()} == {2 / 3}
    assert {float(line.get_ydata()[0]) for line in contrast.lines if line.get_marker() in style.MARKERS} == {1.0}


def test_the_correlogram_shows_means_and_fills_what_is_significant():
    first = drawings(SQUARES)["correlogram"].axes[0]
    filled = [y for line in first.lines if line.get_markerfacecolor() == style.CONDITIONS[0] for y in line.get_ydata()]
    shown = [line for line in first.lines if line.get_marker() in style.MARKERS]
    assert sorted(set(filled)) == pytest.approx([0.15, 0.2, 0.3, 0.6])
    assert sum(len(line.get_ydata()) for line in shown) == 4 * len(SQUARES.trainings)
