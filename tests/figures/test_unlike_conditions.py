"""Conditions of unlike depths, grids and receptive fields side by side: each is shown as it is, nothing is made up."""

import numpy as np
import pytest

from drawings import CASES, by_training, clusters_of, layers, styles, visible_texts
from figure_materials import compared_recognition as compared_of
from figure_materials import conditions as differences_of
from figure_materials import correlogram as correlogram_of
from figure_materials import courses as courses_of
from figure_materials import recognition_by_speaker as spoken_of
from figure_materials import timing as timing_of
from figure_materials import topography
from figure_tables import inventory
from phonotopy.core.grid import Grid
from phonotopy.figures import blocks, grids, style
from phonotopy.figures.maps import activation_maps, clusters, preferred_manner, timing
from phonotopy.figures.statistics import conditions, correlogram, morans_i, rank_against_morans_i

UNLIKE = CASES["unlike depths, grids and fields"]
THREE = CASES["three unlike conditions"]
NET, CONDITIONS = layers(UNLIKE), styles(UNLIKE)
SHAPES = [(4, 4), (8, 8)], [(8, 16)] * 5


def words(figure):
    return [text.get_text() for text in visible_texts(figure)]


def test_every_map_has_the_grid_of_its_own_condition():
    maps = activation_maps.draw(UNLIKE.by_training("selectivity"), 0, NET, ("S", "M"), inventory(), CONDITIONS)
    manners = preferred_manner.draw(UNLIKE.by_training("preferences"), NET, inventory())
    for figure in (maps, manners):
        shapes = [axes.images[0].get_array().shape[:2] for axes in figure.axes if axes.images]
        expected = [shape for own in SHAPES for shape in own for _ in range(2)]
        assert shapes[: len(expected)] == expected
    labels = [word.rpartition("\n")[0] for word in words(maps) if "\n±" in word]
    assert [word for word in labels if word[-4:] in {"\n125", "\n245", "\n325"}] == [
        *("1\n125", "2\n245"),
        *("1\n125", "2\n325"),
    ]


def test_lines_end_where_the_layers_of_their_condition_end():
    axes = morans_i.draw(UNLIKE.by_training("autocorrelation"), NET, CONDITIONS, "queen", 0.05).axes[0]
    joined = [line for line in axes.lines if line.get_marker() == "None" and len(line.get_xdata()) in {2, 5}]
    ends = {(line.get_color(), len(line.get_xdata()), round(float(np.max(line.get_xdata())))) for line in joined[1:]}
    assert ends == {(style.CONTROL, 2, 1), (style.CONDITIONS[0], 5, 4)}


def test_fields_are_labelled_for_each_condition_where_they_differ():
    axes = morans_i.draw(UNLIKE.by_training("autocorrelation"), NET, CONDITIONS, "queen", 0.05).axes[1]
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels == ["1\n125\n125", "2\n245\n325", "3\n–\n525", "4\n–\n725", "5\n–\n925"]
    assert axes.get_xlabel().split("\n") == [
        "Layer", "receptive field (ms): control", "receptive field (ms): topographic"
    ]  # fmt: skip


def test_conditions_that_agree_as_far_as_both_go_share_their_labels():
    net = layers(CASES["unlike depths alone"])
    assert grids.fields_in_common(net) == {"control, topographic, shallow": {1: "125", 2: "245", 3: "365"}}
    assert grids.layer_numbers(net) == [1, 2, 3]
    assert grids.labels_height(net) == 0 < grids.labels_height(NET)


def test_a_layer_without_a_receptive_field_has_none():
    assert grids.Layer(1, Grid(4, 4), np.nan).field == grids.NONE


def test_a_layer_of_one_condition_has_a_panel_of_that_condition_alone():
    figure = correlogram.draw(by_training(UNLIKE, correlogram_of), NET, CONDITIONS)
    colours = [{line.get_color() for line in axes.lines} - {"black"} for axes in figure.axes]
    assert colours == [{style.CONTROL, style.CONDITIONS[0]}] * 2 + [{style.CONDITIONS[0]}] * 3
    assert [axes.get_title() for axes in figure.axes[1:3]] == ["layer 2 (245 / 325 ms)", "layer 3 (– / 525 ms)"]
    bands = [[patch.get_alpha() for patch in axes.collections] for axes in figure.axes]
    assert bands == [[correlogram.TINT] * 4] * 2 + [[None] * 2] * 3, "a band holds for one grid"


def test_a_run_without_any_course_says_so_and_leaves_the_scale_to_the_others():
    courses = by_training(UNLIKE, courses_of)
    empty = {training: [{**row, "contrast": np.nan} for row in rows] for training, rows in courses.items()}
    control = {
        training: empty[training] if training.condition == "control" else rows for training, rows in courses.items()
    }
    figure = timing.draw(control, by_training(UNLIKE, timing_of), NET, CONDITIONS)
    assert "no region to follow: control" in words(figure)
    assert [axes.get_title() for axes in figure.axes] == ["topographic, seed 0", ""], "no empty panel"
    assert figure.axes[0].get_ylim()[1] > 1
    nothing = timing.draw(empty, by_training(UNLIKE, timing_of), NET, CONDITIONS)
    assert "no region to follow: control, topographic" in words(nothing) and len(nothing.axes) == 1


def test_clusters_stand_on_the_grid_of_their_condition():
    figure = clusters.draw(by_training(UNLIKE, clusters_of), 0, NET, inventory(), CONDITIONS)
    assert {axes.images[0].get_array().shape[:2] for axes in figure.axes} == {(8, 16)}
    assert len(figure.axes) == 5, "the control has no clusters"
    assert "control: no significant cluster in any layer" in words(figure)


def test_what_cannot_be_compared_is_marked_and_not_plotted(tmp_path):
    def plotted(tables):
        rows = [dict.fromkeys(conditions.DIFFERENCES, np.nan) | row for row in differences_of(tables)]
        rows = [{name: np.nan if cell is None else cell for name, cell in row.items()} for row in rows]
        measured = {"split": tables.recognition(), "layer": topography(tables)}
        recognised = conditions.Recognised(compared_of(tables), spoken_of(tables))
        return conditions.draw(rows, measured, recognised, styles(tables), 0.05)

    two, three = plotted(UNLIKE), plotted(THREE)
    assert words(two).count("not testable:\nunlike layers") == 5
    assert words(three).count(conditions.UNLIKE) == 5, "one condition has the layers of the control"
    assert all(style.CONDITIONS[1] not in {line.get_color() for line in axes.lines} for axes in three.axes[6:])


def test_a_condition_without_such_a_control_says_so():
    figure = rank_against_morans_i.draw(THREE.topography(), styles(THREE))
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend[:3] == ["control", "shuffled", "of_others\n(no such control)"]


@pytest.mark.parametrize("width", [80.0, 120.0])
def test_blocks_are_as_wide_as_the_page_and_no_narrower_than_their_titles(width):
    net = layers(THREE)
    height = blocks.map_height(net, width, 1, 1e6)
    figure = style.page("double", 100)
    found = blocks.place_blocks(figure, net, 1, height, 0.0, 20.0)
    titles = [style.text_width(name, bold=True) for name in net]
    taken = [max(block.width, title) for block, title in zip(found, titles, strict=True)]
    assert sum(taken) + 2 * blocks.BLOCK_GAP_MM == pytest.approx(width)
    assert found[0].width < titles[0]
