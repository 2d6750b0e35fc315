"""Figures of phones that show many maps of each, trees and filters: what they show is what the tables say."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.cluster.hierarchy import dendrogram, linkage

from drawings import CASES, SQUARES, by_training, layers, styles, visible_texts
from drawings import test_texts_are_legible_within_the_page_and_apart as check
from figure_materials import (
    SPOKEN,
    filter_weights,
    letter_confusions,
    onset_maps,
    phone_similarity,
    phone_tree_agreement,
    phone_trees,
)
from figure_materials import speaker_agreement as agreement_of
from figure_materials import speaker_maps as maps_of
from figure_tables import Fabricated, inventory
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import Inventory, Phone
from phonotopy.figures.grids import spaced
from phonotopy.figures.introspection import filter_patches
from phonotopy.figures.introspection.filter_patches import Patches, mosaic
from phonotopy.figures.maps import interpolated_maps, speaker_maps
from phonotopy.figures.maps import onset_maps as strips
from phonotopy.figures.maps.interpolated_maps import fine, interpolated
from phonotopy.figures.statistics import phone_similarity as matrices
from phonotopy.figures.statistics import phone_trees as trees
from phonotopy.figures.training import letter_confusions as confusions
from phonotopy.figures.trainings import Training

SMALL = Fabricated(grids=(Grid(4, 4), Grid(4, 4)), seeds=(0,), phones=SQUARES.phones, dead=(3,))
NET, STYLES, FIRST = layers(SMALL), styles(SMALL), Training("control", 0)


def words(figure):
    return [text.get_text() for text in visible_texts(figure)]


def maps_in(figure):
    return [np.ma.filled(axes.images[0].get_array(), np.nan) for axes in figure.axes if axes.images]


def test_a_filter_stands_at_the_position_of_its_unit():
    rows = filter_weights(SMALL, "control", 0)
    shuffled = np.random.default_rng(0).permutation(16)
    found = Patches.of([row for unit in shuffled for row in rows[unit * 84 : unit * 84 + 84]], Grid(4, 4))
    assert found.weight.shape == (4, 4, 12, 7)
    expected = np.array([row["weight"] for row in rows]).reshape(4, 4, 12, 7)
    np.testing.assert_array_equal(found.weight, expected)
    assert found.dead.ravel().tolist() == [unit == 3 for unit in range(16)]
    assert (found.time_ms[0], found.frequency_hz[0], found.middle) == (-30, 100, (2, 2))


def test_patches_are_beside_each_other_with_white_between_them():
    weight = np.arange(2 * 3 * 8 * 8, dtype=float).reshape(2, 3, 8, 8)
    picture = mosaic(weight)
    assert picture.shape == (20, 30)
    np.testing.assert_array_equal(picture[11:19, 21:29], weight[1, 2])
    assert np.isnan(picture).sum() == 20 * 30 - weight.size


def test_filters_share_a_scale_and_the_lowest_band_is_at_the_bottom():
    figure = filter_patches.draw(by_training(SMALL, filter_weights), 0, NET, STYLES)
    images = [axes.images[0] for axes in figure.axes if axes.images]
    assert len({(image.norm.vmin, image.norm.vmax) for image in images}) == 1
    own = Patches.of(filter_weights(SMALL, "control", 0), Grid(4, 4))
    enlarged = next(axes for axes in figure.axes if axes.get_ylabel() == "frequency (Hz)")
    np.testing.assert_array_equal(enlarged.images[0].get_array()[::-1], own.weight[own.middle])
    places = {
        label.get_text(): float(at) for at, label in zip(enlarged.get_yticks(), enlarged.get_yticklabels(), strict=True)
    }
    assert places["400" if "400" in places else "250"] > places["2,000"], "rows of an image go downwards"
    assert "dead unit: all weights are zero" in words(figure)


def test_filters_of_samples_are_curves():
    rows = [
        {**row, "frequency_hz": np.nan} for row in filter_weights(SMALL, "control", 0) if row["frequency_hz"] == 100
    ]
    figure = filter_patches.draw({FIRST: rows}, 0, NET, STYLES)
    curves = figure.axes[0].collections[0].get_segments()
    assert len(curves) == 15 and not figure.axes[0].images
    assert {round(float(curve[:, 0].min())) for curve in curves} == {0, 1, 2, 3}
    assert any(axes.get_ylabel() == "weight (length 1)" for axes in figure.axes)


@pytest.mark.parametrize(
    ("step", "expected"),
    [(20.0, list(range(-80, 241, 20))), (40.0, list(range(-80, 241, 40))), (10.0, list(range(-80, 241, 20))),
     (30.0, [-60, -30, 0, 30, 60, 90, 120, 150, 180, 210, 240])],
)  # fmt: skip
def test_a_strip_has_a_map_every_20_ms_or_every_stride_and_one_at_the_onset(step, expected):
    assert strips.shown_lags((step * np.arange(-30, 31)).tolist()) == expected


def test_strips_show_the_maps_of_their_times_conditions_below_each_other():
    figure = strips.draw(by_training(SMALL, onset_maps), 0, NET, inventory(), STYLES)
    images = [image for axes in figure.axes for image in axes.images if image.get_array().shape == (4, 4)]
    shown = [(image, np.ma.filled(image.get_array(), np.nan)) for image in images]
    assert len(shown) == 2 * 2 * (17 + 9), "phones, conditions, and times of two layers"
    rows = [row for row in onset_maps(SMALL, "control", 0) if (row["layer"], row["phone"]) == (1, "S")]
    for place, lag in enumerate(range(-80, 241, 20)):
        expected = np.array([row["contrast"] for row in rows if row["lag_ms"] == lag]).reshape(4, 4)
        np.testing.assert_allclose(shown[place][1], expected, equal_nan=True)
    left = [image.get_extent()[0] for image, _ in shown[:17]]
    assert all(after > before for before, after in pairwise(left))
    above, below = (shown[place][0].axes.get_position() for place in (0, 17))
    assert above.y0 > below.y0, "the control is above"
    assert {"control", "topographic", "S  [s]", "1 (125)", "no response"} <= {*words(figure)}


def test_phones_without_room_are_named():
    many = {
        training: [
            {**row, "phone": phone} for phone in ("S", "IY", "M", "L", "P") for row in rows if row["phone"] == "S"
        ]
        for training, rows in by_training(CASES["three unlike conditions"], onset_maps).items()
        if training.seed == 0
    }
    tables = CASES["three unlike conditions"]
    few = {training: [row for row in rows if row["lag_ms"] in {0, 40}] for training, rows in many.items()}
    figure = strips.draw(few, 0, layers(tables), inventory(), styles(tables))
    assert any(text.startswith("without room on this page: ") for text in words(figure))


def test_without_a_phone_that_is_usable_strips_and_maps_say_so():
    empty = {training: [] for training in by_training(SMALL, onset_maps)}
    assert words(strips.draw(empty, 0, NET, inventory(), STYLES)) == ["no phone with enough tokens"]
    figure = speaker_maps.draw(empty, by_training(SMALL, agreement_of), 0, NET, inventory(), STYLES, private=False)
    assert any(axes.get_xlabel().startswith("correlation") for axes in figure.axes)


def spoken(**settings):
    maps, agreement = by_training(SMALL, maps_of), by_training(SMALL, agreement_of)
    return speaker_maps.draw(maps, agreement, 0, NET, inventory(), STYLES, **{"private": False, **settings})


def test_each_speaker_has_a_line_of_maps_and_a_point_per_layer():
    figure = spoken()
    shown = [one for one in maps_in(figure) if one.shape == (4, 4)]
    eight = SPOKEN[:8]
    assert len(shown) == 2 * 2 * (2 * len(eight) - 1)
    rows = maps_of(SMALL, "control", 0)
    own = [row["d_prime"] for row in rows if (row["layer"], row["phone"], row["speaker"]) == (1, "S", "test01")]
    np.testing.assert_allclose(shown[0], np.reshape(own, (4, 4)), equal_nan=True)
    assert "maps of the first 8 of 9 speakers; points are all" in words(figure)
    panel = next(axes for axes in figure.axes if axes.get_xlabel().startswith("correlation"))
    points = [line for line in panel.lines if line.get_marker() == "o"]
    expected = [
        row["correlation"] for row in agreement_of(SMALL, "control", 0) if (row["layer"], row["phone"]) == (1, "mean")
    ]
    assert points[0].get_xdata().tolist() == expected
    assert [line.get_markerfacecolor() == "white" for line in points] == [False, True] * 4


def test_private_speakers_have_numbers_instead_of_names():
    assert not [text for text in words(spoken(private=True)) if "test0" in text]
    assert speaker_maps.named(["b", "a"], private=True) == {"a": "1", "b": "2"}


def test_a_tree_is_that_of_scipy():
    random = np.random.default_rng(3)
    merges = linkage(random.normal(size=(9, 4)), "average")
    rows = [{"node": n, "phone": f"p{n}", "first": None, "second": None, "distance": np.nan} for n in range(9)]
    rows += [
        {"node": 9 + n, "phone": "", "first": int(a), "second": int(b), "distance": d}
        for n, (a, b, d, _) in enumerate(merges)
    ]
    expected = dendrogram(merges, no_plot=True)
    places = trees.leaves(rows)
    assert sorted(expected["leaves"], key=places.__getitem__) == expected["leaves"]
    lines = {tuple(round(x, 9) for x, _ in line) for line in trees.branches(rows)}
    assert lines == {tuple(round(float(x), 9) for x in line) for line in expected["dcoord"]}


def test_trees_name_their_phones_and_say_what_the_table_says():
    figure = trees.draw(
        by_training(SMALL, phone_trees), by_training(SMALL, phone_tree_agreement), 0, NET, inventory(), STYLES, 0.05
    )
    texts = words(figure)
    assert texts.count("IY") == 3, "one layer of the topographic condition has no tree"
    assert texts.count("no two phones\nwith a map") == 1
    assert "layer 1 (125 ms)\ncophenetic r .80\ngap .20∗ (.00 ± .08)" in texts
    assert "layer 2 (245 ms)\ncophenetic r .80\ngap .10 (.00 ± .08)" in texts
    ends = {axes.get_xlim() for axes in figure.axes if axes.get_xlabel()}
    assert len(ends) == 1, "one scale of distance"


def test_matrices_are_symmetric_and_in_the_order_of_manners():
    rows = [row for row in phone_similarity(SMALL, "control", 0) if row["layer"] == 1]
    three = [row for row in rows if {row["phone"], row["other_phone"]} <= {"S", "P", "M"}]
    values = matrices.matrix(three, ["S", "P", "M"], "centroid_distance")
    assert np.isnan(np.diag(values)).all()
    np.testing.assert_array_equal(values, values.T)
    expected = next(row["centroid_distance"] for row in rows if (row["phone"], row["other_phone"]) == ("P", "M"))
    assert values[1, 2] == expected
    figure = matrices.draw(by_training(SMALL, phone_similarity), 0, NET, inventory(), STYLES)
    shown = [one for one in maps_in(figure) if one.shape == (6, 6)]
    assert len(shown) == 2 * 2 * 2
    listed = [text for text in words(figure) if text.startswith(("stop", "fricative", "nasal"))]
    assert listed == ["stop: P", "fricative: S SH", "nasal: M"]


@pytest.mark.parametrize("torus", [False, True])
def test_interpolation_meets_every_unit_and_goes_around_a_torus(torus):
    grid = Grid(6, 6, torus)
    values = np.random.default_rng(0).normal(size=(6, 6))
    values[2, 3] = np.nan
    found = interpolated(values, grid)
    rows, columns = fine(grid)
    assert found.shape == (len(rows), len(columns)) == (48, 48)
    around = found.reshape(6, 8, 6, 8)[:, 3:5, :, 3:5].mean(axis=(1, 3))  # four points about each unit
    known = np.isfinite(values)
    assert np.abs(around - values)[known].max() < 0.15
    seam, inside = np.abs(found[:, 0] - found[:, -1]).max(), np.abs(np.diff(found, axis=1)).max()
    assert (seam < 1.5 * inside) == torus


def test_interpolated_maps_show_units_as_dots_and_leave_out_those_without_a_value():
    tables = SMALL.by_training("selectivity")
    figure = interpolated_maps.draw(tables, 0, NET, ("S", "ZH"), inventory(), STYLES)
    dotted = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "."]
    assert [len(line.get_xdata()) for line in dotted] == [15] * 4, "a dead unit has no dot"
    assert words(figure).count("–") == 4, "a phone of too few tokens"


def test_some_of_many_layers_are_shown_the_first_and_the_last_among_them():
    many = layers(CASES["one seed, ten layers, oblong"])["control"]
    assert [layer.number for layer in spaced(many)] == [1, 3, 5, 8, 10]
    assert spaced(many[:3]) == list(many[:3])


def test_confusions_are_shares_of_test_speakers_over_all_seeds():
    rows = letter_confusions(SMALL)
    figure = confusions.draw(rows, STYLES)
    letters = [*"'abcdefghijklmnopqrstuvwxyz", "space", ""]
    expected = confusions.matrix([row for row in rows if (row["condition"], row["seed"]) == ("control", None)], letters)
    shown = maps_in(figure)
    np.testing.assert_array_equal(shown[0], expected)
    assert expected[letters.index("e"), letters.index("")] == 0.03
    assert expected[letters.index(""), letters.index("s")] == 0.004
    assert np.isnan(np.diag(expected)).all()
    assert {"control", "topographic", "∅"} <= {*words(figure)}
    assert words(confusions.draw([], STYLES)) == ["nothing was recognised"]


def test_labels_of_leaves_take_turns_and_are_left_out_where_two_columns_do_not_hold_them():
    phones = [f"P{n}" for n in range(30)]
    assert [trees._columns(phones, height, 40) for height in (80, 45, 20)] == [1, 2, 0]
    assert trees._columns(["a rather long word", "b"], 80, 30) == 0


def test_labels_of_any_kind_go_through_all_figures():
    """Words without features, some of them long: no manner has a colour, and names that have no room are cut."""
    labels = {"P": "antidisestablishmentarianism", "S": "ja", "IY": "donaudampfschiff"}

    def renamed(make):
        rows = by_training(SMALL, make)
        columns = ("phone", "other_phone")
        return {
            training: [row | {c: labels.get(row[c], row[c]) for c in columns if c in row} for row in own]
            for training, own in rows.items()
        }

    plain = Inventory(tuple(Phone(labels.get(phone, phone)) for phone in SMALL.phones))
    figures = [
        strips.draw(renamed(onset_maps), 0, NET, plain, STYLES),
        speaker_maps.draw(renamed(maps_of), renamed(agreement_of), 0, NET, plain, STYLES, private=False),
        matrices.draw(renamed(phone_similarity), 0, NET, plain, STYLES),
        trees.draw(renamed(phone_trees), renamed(phone_tree_agreement), 0, NET, plain, STYLES, 0.05),
    ]
    check({str(number): figure for number, figure in enumerate(figures)})
    assert any(text.startswith("other: antidis") for text in words(figures[2]))
