"""Figures of clusters, replication and correlograms show what the tables say, and stay legible."""

from itertools import combinations

import numpy as np
import pytest

from drawings import SQUARES, STRIDE_S, by_training, clusters_of, layers, styles, visible_texts
from figure_materials import correlogram as correlogram_of
from figure_materials import courses as courses_of
from figure_materials import replication as replication_of
from figure_materials import timing as timing_of
from figure_tables import Fabricated, inventory
from phonotopy.core.grid import Grid
from phonotopy.figures import style
from phonotopy.figures.maps import clusters, timing
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
        assert round(width, 6) == 180, name
        assert height <= 247, name
        boxes = [(text, text.get_window_extent()) for text in visible_texts(figure)]
        for text, box in boxes:
            assert text.get_fontsize() >= 7, (name, text)
            assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, (name, text)
            assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, (name, text)
        for (one, box), (two, other) in combinations(boxes, 2):
            assert not box.padded(-1).overlaps(other.padded(-1)), (name, one, two)


def test_significant_clusters_are_outlined_where_their_units_are():
    figure = drawings(SQUARES)["clusters"]
    rows = [row for row in clusters_of(SQUARES, "topographic", 0) if row["p_family"] < 0.05]
    for axes, layer in zip(figure.axes, (1, 2), strict=True):
        own = [row for row in rows if row["layer"] == layer]
        filled = np.flatnonzero((axes.images[0].get_array() < 1).any(axis=-1))
        assert filled.tolist() == sorted({place for row in own for place in row["positions"]})
        edges = [np.abs(np.diff(line, axis=0)).sum() for one in axes.collections for line in one.get_segments()]
        assert edges == pytest.approx([12] * len(own)), "squares of nine units"
    texts = [text.get_text() for text in visible_texts(figure)]
    assert "control: no significant cluster in any layer" in texts
    assert all(texts.count(phone) == len(SQUARES.grids) for phone in SQUARES.phones)


def test_legends_of_clusters_name_the_manners_that_occur():
    rows = by_training(SQUARES, clusters_of)
    only = {training: [row for row in own if row["phone"] == "S"] for training, own in rows.items()}
    figure = clusters.draw(only, 0, layers(SQUARES), inventory(), styles(SQUARES))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["fricative"]


@pytest.mark.parametrize(
    ("shape", "formula"), [("gaussian", "exp(−distance² / 2·2²)"), ("exponential", "exp(−distance / 2)")]
)
def test_conditions_with_a_kernel_show_it_beside_what_came_of_it(shape, formula):
    tables, net, conditions = by_training(SQUARES, correlogram_of), layers(SQUARES), styles(SQUARES)
    figure = correlogram.draw(tables, net, conditions, {"topographic": {"shape": shape, "radius": 2.0}})
    for axes in figure.axes:
        (line,) = [line for line in axes.lines if len(line.get_xdata()) == 60]
        distance = line.get_xdata() / 2.0
        expected = np.exp(-(distance**2) / 2 if shape == "gaussian" else -distance)
        np.testing.assert_allclose(line.get_ydata(), expected)
        assert line.get_color() == style.CONDITIONS[0]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert f"asked of responses in training: {formula}" in labels
    assert not any(
        "asked" in text.get_text() for text in correlogram.draw(tables, net, conditions).legends[0].get_texts()
    )


def test_intervals_of_peaks_are_no_shorter_than_the_stride():
    rows = by_training(SQUARES, timing_of)
    exact = {t: [row | {"peak_low_ms": row["peak_ms"] - 1, "peak_high_ms": row["peak_ms"] + 30} for row in own]
             for t, own in rows.items()}  # fmt: skip
    figure = timing.draw(by_training(SQUARES, courses_of), exact, layers(SQUARES), styles(SQUARES))
    bars = [segment for one in figure.axes[-1].collections for segment in one.get_segments()]
    expected = [(peak - 1000 * STRIDE_S / 2, peak + 30) for _ in SQUARES.trainings for peak in (40.0, 50.0)]
    np.testing.assert_allclose([bar[:, 1] for bar in bars], expected)


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
