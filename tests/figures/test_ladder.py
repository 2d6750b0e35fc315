"""The figures of the ladder and of explained variance show what the tables say, and name what cannot be tested."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from drawings import CASES, SQUARES, by_training, layers, styles, visible_texts
from figure_materials import ladder as ladder_of
from figure_materials import unit_variance as variance_of
from phonotopy.encoding import ladder as table
from phonotopy.encoding import unit_variance as variance_table
from phonotopy.figures import rungs, style
from phonotopy.figures.maps import unit_variance
from phonotopy.figures.statistics import ladder
from phonotopy.figures.trainings import Training

UNLIKE = CASES["unlike depths, grids and fields"]
FIRST = Training("topographic", 0)
POSITIONS = {"statistic": "neighbours", "null": "positions"}


def plotted(tables, changed=None):
    given = by_training(tables, ladder_of) | (changed or {})
    return ladder.draw(given, layers(tables), styles(tables), 0.05)


def words(figure):
    return [text.get_text() for text in visible_texts(figure)]


def found(tables=SQUARES):
    return [dict(row) for row in ladder_of(tables, *("topographic", 0))]


def edited(criteria, **cells):
    return [row | cells if criteria.items() <= row.items() else row for row in found()]


def test_the_figures_read_tests_and_columns_that_the_tables_have() -> None:
    assert set(ladder.COLUMNS) <= set(table.TABLE.columns)
    assert set(unit_variance.COLUMNS) <= set(variance_table.TABLE.columns)
    assert set(unit_variance.MEASURES) <= set(variance_table.MEASURES)
    tests = [test for rung in (*rungs.RUNGS, rungs.BESIDE) for test in rung.tests]
    made = {*table.LABEL_NULLS.items(), ("phone", "clusters")}
    asked = {(labelling, null) for labelling, _, null in tests if null not in ("positions", "random network")}
    assert asked == made
    assert {labelling for labelling, _, _ in tests} - {"responses"} == set(table.LABEL_NULLS)


def test_a_rung_holds_where_its_tests_reject_and_all_rungs_below_hold() -> None:
    assert rungs.held(rungs.indexed(found()), 1, 0.05) == [True] * 4
    for broken, labelling in enumerate(("responses", "phone", "phone beyond manner", "phone beyond sound")):
        rows = edited({"layer": 1, "labelling": labelling, "phone": "all", **POSITIONS}, q=0.05)
        assert rungs.held(rungs.indexed(rows), 1, 0.05) == [True] * broken + [False] * (4 - broken)
        assert rungs.held(rungs.indexed(rows), 2, 0.05) == [True] * 4, "another layer"


def test_the_last_rung_needs_the_random_network_too() -> None:
    rows = edited({"layer": 1, "null": "random network"}, q=0.2)
    assert rungs.held(rungs.indexed(rows), 1, 0.05) == [True, True, True, False]
    assert rungs.RUNGS[3].verdicts(rungs.indexed(rows), 1, 0.05) == [True, True, False]


def test_a_test_without_q_is_no_verdict_and_its_rung_does_not_hold() -> None:
    rows = edited({"layer": 1, "labelling": "phone", "phone": "all", **POSITIONS}, q=np.nan)
    assert rungs.RUNGS[1].verdicts(rungs.indexed(rows), 1, 0.05) == [None, True]
    assert rungs.RUNGS[1].verdicts({}, 1, 0.05) == [None, None]
    assert rungs.held(rungs.indexed(rows), 1, 0.05) == [True, False, False, False]


def test_a_phone_counts_where_every_null_of_the_rung_rejects_it() -> None:
    one = {"layer": 1, "labelling": "phone beyond sound", "phone": "S"}
    for null in ("positions", "sound"):
        rows = edited(one | {"statistic": "neighbours", "null": null}, p_family=0.9)
        counts = [sum(rung.phones(rungs.indexed(rows), 1)) for rung in rungs.RUNGS]
        assert counts == [0, 7, 7, 6]
    rows = edited(one | {"statistic": "units", "null": "sound"}, p_family=0.9)
    assert sum(rungs.RUNGS[3].phones(rungs.indexed(rows), 1)) == 7, "units alone are no test of this rung"


def cells(axes):
    """Filled parts of cells, by colour and opacity, and hatched ones."""
    faces = [(to_hex(patch.get_facecolor()), patch.get_alpha()) for patch in axes.patches if patch.get_alpha()]
    return faces, sum(bool(patch.get_hatch()) for patch in axes.patches)


def test_cells_are_full_where_a_rung_holds_and_pale_above_one_that_does_not() -> None:
    faces, hatched = cells(plotted(SQUARES).axes[1])
    tests = sum(len(rung.tests) for rung in rungs.RUNGS)
    assert faces.count((style.CONDITIONS[0].lower(), 1.0)) == tests * 2 * 2, "all rungs in two layers and seeds"
    assert faces.count((style.CONTROL, rungs.PALE)) == 4 * 2 * 2, "all but permuted positions"
    assert len(faces) == tests * 4 + 16 and hatched == 0


def test_a_test_that_is_missing_is_crossed_out() -> None:
    rows = [row for row in found() if row["null"] != "random network" or row["layer"] != 1]
    assert cells(plotted(SQUARES, {FIRST: rows}).axes[1])[1] == 1


def test_numbers_below_cells_are_counts_of_phones() -> None:
    figure = plotted(SQUARES)
    counts = [text for text in words(figure) if text == "7"]
    assert len(counts) == 3 * 2 * 2, "three rungs with phones, two layers, two seeds"
    assert "n of 7 phones beyond the nulls, family-wise p < 0.05" in words(figure)


def test_markers_are_filled_by_q_and_negative_shares_are_within_the_axis() -> None:
    rows = edited({"layer": 1, "labelling": "phone beyond sound", "phone": "all", **POSITIONS}, q=0.4, observed=-0.004)
    axes = plotted(SQUARES, {FIRST: rows}).axes[0]
    points = {round(float(y), 9): line for line in axes.lines for y in np.atleast_1d(line.get_ydata())}
    assert points[-0.4].get_markerfacecolor() == "white"
    assert points[15.0].get_markerfacecolor() == style.CONDITIONS[0]
    assert axes.get_ylim()[0] < -0.4 and axes.get_yscale() == "symlog"


def test_a_condition_without_a_ladder_is_named_as_not_testable() -> None:
    empty = {training: [] for training in by_training(SQUARES, ladder_of) if training.condition == "control"}
    texts = words(plotted(SQUARES, empty))
    assert texts.count(rungs.NOT_TESTABLE) == 2, "a line of the matrix per seed; no cell is crossed out"
    assert "control (not testable)" in texts and "topographic" in texts


def test_a_run_without_any_ladder_gives_a_page_that_says_so() -> None:
    texts = words(plotted(SQUARES, {training: [] for training in by_training(SQUARES, ladder_of)}))
    assert texts.count(rungs.NOT_TESTABLE) == 4 + 3


def test_labels_that_speech_lacks_are_not_testable() -> None:
    tables = {
        training: [row for row in rows if not row["labelling"].startswith("word")]
        for training, rows in by_training(SQUARES, ladder_of).items()
    }
    assert words(plotted(SQUARES, tables)).count("not\ntestable") == 2


def test_layers_of_a_condition_are_its_own() -> None:
    figure = plotted(UNLIKE)
    ends = {
        (line.get_color(), len(line.get_xdata()))
        for line in figure.axes[2].lines
        if line.get_marker() == "None" and line.get_alpha()
    }
    assert ends == {(style.CONTROL, 2), (style.CONDITIONS[0], 5)}


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [1, 6, 20])
def test_a_matrix_of_many_trainings_fits_on_the_page(seeds: int) -> None:
    tables = type(SQUARES)(grids=SQUARES.grids, phones=SQUARES.phones, seeds=tuple(range(seeds)))
    figure = plotted(tables)
    assert figure.get_size_inches()[1] * 25.4 <= 247
    assert ("phones: see ladder.tsv" in words(figure)) == (seeds == 20)


def images(figure):
    return [axes.images[0] for axes in figure.axes if axes.images]


def of_seed(tables, seed):
    return {training: rows for training, rows in by_training(tables, variance_of).items() if training.seed == seed}


def test_maps_show_percentages_at_the_positions_of_units_and_dead_units_in_grey() -> None:
    given = of_seed(SQUARES, 0)
    shown = images(unit_variance.draw(given, 0, layers(SQUARES), styles(SQUARES)))
    assert len(shown) == 2 * 2 * 3
    values = np.ma.filled(shown[0].get_array(), np.nan)
    rows = [row for row in given[Training("control", 0)] if row["layer"] == 1]
    shown_rows = [values[row["row"], row["column"]] for row in rows]
    np.testing.assert_allclose(shown_rows, [100 * row["sound"] for row in rows])
    dead = divmod(SQUARES.dead[0], 8)
    assert all(to_hex(image.to_rgba(image.get_array())[dead]) == style.DEAD for image in shown)


def test_each_measure_has_a_scale_from_0_that_all_its_maps_share() -> None:
    shown = images(unit_variance.draw(of_seed(SQUARES, 0), 0, layers(SQUARES), styles(SQUARES)))
    limits = {(image.norm.vmin, image.norm.vmax) for image in shown}
    assert len(limits) == 3 and {low for low, _ in limits} == {0.0}


def test_layers_without_a_ladder_are_not_testable_in_the_maps_either() -> None:
    given = of_seed(UNLIKE, 0) | {Training("control", 0): []}
    figure = unit_variance.draw(given, 0, layers(UNLIKE), styles(UNLIKE))
    assert len(images(figure)) == 5 * 3
    texts = words(figure)
    assert texts.count("–") == 2 * 3 and any(text.endswith("layer that is not testable") for text in texts)
    nothing = unit_variance.draw({training: [] for training in given}, 0, layers(UNLIKE), styles(UNLIKE))
    assert images(nothing) == []
