"""Figures show what the tables say, and stay legible for other grids, seeds and conditions."""

import re
from itertools import pairwise
from time import process_time
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from checklist import (
    test_axes_show_something_or_say_why_not,
    test_colours_that_carry_values_have_a_labelled_bar_and_a_declared_map,
    test_legends_list_what_is_drawn_and_nothing_else,
    test_logarithmic_axes_are_labelled_and_have_numbers,
)
from drawings import (
    CASES,
    LONGEST_S,
    PHONES,
    SQUARES,
    by_training,
    drawings,
    layers,
    styles,
    test_every_axis_with_ticks_says_what_it_shows,
    test_figures_have_a_column_width_and_a_page_height,
    test_texts_are_legible_within_the_page_and_apart,
    visible_texts,
)
from figure_materials import organisation as organisation_of
from figure_tables import Fabricated, inventory
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.core.tables import write_table
from phonotopy.figures import blocks, grids, saving, style, trainings
from phonotopy.figures.maps import activation_maps, preferred_manner, regions
from phonotopy.figures.statistics import morans_i, organisation, rank_against_morans_i
from phonotopy.figures.training import error_rates, learning_curves
from phonotopy.figures.trainings import Training

pytestmark = pytest.mark.slow
SVG = "{http://www.w3.org/2000/svg}"
PIXELS = {"activation_maps", "error_rates"}  # whose png is compared as well

__all__ = [
    "test_axes_show_something_or_say_why_not",
    "test_colours_that_carry_values_have_a_labelled_bar_and_a_declared_map",
    "test_every_axis_with_ticks_says_what_it_shows",
    "test_figures_have_a_column_width_and_a_page_height",
    "test_legends_list_what_is_drawn_and_nothing_else",
    "test_logarithmic_axes_are_labelled_and_have_numbers",
    "test_texts_are_legible_within_the_page_and_apart",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Figures and their files: each made once and saved once, as in a run.

    A layout that was computed before may differ in the last digits.
    """
    folder = tmp_path_factory.mktemp("figures")
    return folder, saved(drawings(SQUARES, tmp_path_factory.mktemp("tables")), folder)


@pytest.fixture(scope="module")
def figures(made):
    return made[1]


@pytest.fixture(scope="module")
def every_figure(figures):
    return figures


def saved(found, folder):
    """The figures, with their files in the folder; each within the time that it may take."""
    for name, figure in found.items():
        begun = process_time()
        paths = [folder / f"{name}.{suffix}" for suffix in ("svg", *(["png"] if name in PIXELS else []))]
        saving.save(figure, paths, f"the figure {name}")
        taken = process_time() - begun
        assert taken < LONGEST_S, f"{name} takes {taken:.1f} s of a core to be written"
    return found


def test_the_same_tables_give_the_same_bytes(made, tmp_path, tmp_path_factory):
    folder, found = made
    saved(drawings(SQUARES, tmp_path_factory.mktemp("tables")), tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(path.name for path in folder.iterdir())
    assert len(written) == len(found) + len(PIXELS)
    for name in written:
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes(), name
    for name in found:
        assert_named(folder / f"{name}.svg", f"the figure {name}")


def assert_named(path, title):
    """An svg has an image's role, and a title and a description by which it goes."""
    root = ElementTree.parse(path).getroot()
    name, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert name is not None and name.text == title, path.name
    assert description is not None and len(description.text) > 10, path.name
    assert root.get("role") == "img" and root.get("aria-labelledby") == f"{name.get('id')} {description.get('id')}"


def test_text_of_an_svg_is_text_and_bears_no_date(tmp_path, figures):
    saving.save(figures["morans_i"], [tmp_path / "morans_i.svg"])
    written = (tmp_path / "morans_i.svg").read_text(encoding="utf-8")
    assert re.search(r"<text[^>]*>Moran's I of d′", written)
    assert "dc:date" not in written


def test_an_unknown_format_is_refused_by_its_setting(tmp_path, figures):
    with pytest.raises(InputError, match=r"figures\.formats: format 'bmpx'"):
        saving.save(figures["error_rates"], [tmp_path / "error_rates.bmpx"])
    assert not list(tmp_path.iterdir())


def test_settings_of_the_user_change_nothing_and_stay_as_they_were(tmp_path):
    with style.mpl.rc_context({"font.size": 30, "axes.labelsize": 30}):
        saving.save(error_rates.draw(SQUARES.recognition(), styles(SQUARES)), [tmp_path / "a.png"])
        assert style.mpl.rcParams["font.size"] == 30
    saving.save(error_rates.draw(SQUARES.recognition(), styles(SQUARES)), [tmp_path / "b.png"])
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_controls_come_first_in_grey_and_others_keep_their_order():
    conditions = style.Conditions.of(["kernel", "control", "filters"], ["control"])
    assert conditions.names == ("control", "kernel", "filters")
    colours = [conditions.colour(name) for name in conditions.names]
    assert colours[0] == style.CONTROL and len(set(colours)) == 3


def test_markers_distinguish_seeds():
    assert len({style.marker(range(6), seed) for seed in range(6)}) == 6
    with pytest.raises(ValueError, match="9"):
        style.marker([0, 1], 9)


def shown_images(figure):
    return [axes.images[0] for axes in figure.axes if axes.images]


def test_maps_show_d_prime_at_the_position_of_each_unit(figures):
    images = shown_images(figures["activation_maps"])
    shown = [phone for phone in PHONES if phone != "ZH"]
    expected = [
        SQUARES.d_prime(condition, 0, layer, phone)
        for condition in SQUARES.conditions
        for layer in (1, 2)
        for phone in shown
    ]
    assert len(images) == len(expected)
    for image, values in zip(images, expected, strict=True):
        np.testing.assert_allclose(np.ma.filled(image.get_array(), np.nan), values, rtol=1e-8)  # digits of a table
        assert image.norm.vmin == -image.norm.vmax
    scales = [(image.norm.vmin, image.norm.vmax) for image in images]
    half, each = len(images) // 2, len(shown)
    assert scales[:half] == scales[half:], "a layer has one scale in all conditions"
    assert len(set(scales[:each])) == len(set(scales[each:half])) == 1 and scales[0] != scales[each]
    assert {f"1\n125\n±{scales[0][1]:.1f}", f"2\n245\n±{scales[each][1]:.1f}"} <= set(words(figures["activation_maps"]))


def test_a_dead_unit_is_grey_in_every_map(figures):
    for image in shown_images(figures["activation_maps"]):
        rgba = image.to_rgba(image.get_array())
        row, column = divmod(SQUARES.dead[0], 8)
        assert to_hex(rgba[row, column]) == style.DEAD
        assert to_hex(rgba[0, 0]) != style.DEAD


def words(figure):
    return [text.get_text() for text in visible_texts(figure)]


def test_phones_without_a_map_are_named(figures):
    assert any(text.endswith("speakers: ZH") for text in words(figures["activation_maps"]))


def test_a_phone_that_one_condition_lacks_is_marked_there():
    cells = {training: rows for training, rows in SQUARES.by_training("selectivity").items() if training.seed == 0}
    cells[Training("control", 0)] = [
        {**row, "status": "too few", "d_prime": np.nan} if row["phone"] == "S" else row
        for row in cells[Training("control", 0)]
    ]
    figure = activation_maps.draw(cells, 0, layers(SQUARES), ("S", "M"), inventory(), styles(SQUARES))
    assert words(figure).count("too\nfew") == 2
    assert len(shown_images(figure)) == 6


def test_a_run_without_any_usable_phone_still_gives_a_page():
    cells = {
        training: [{**row, "status": "too few", "d_prime": np.nan, "responsive": False} for row in rows]
        for training, rows in SQUARES.by_training("selectivity").items()
    }
    figure = activation_maps.draw(cells, 0, layers(SQUARES), ("S", "M"), inventory(), styles(SQUARES))
    assert any(text.endswith("speakers: S, M") for text in words(figure))
    regions.draw(cells, SQUARES.by_training("regions"), layers(SQUARES), ("S",), inventory(), styles(SQUARES), 0.05)


def test_a_unit_has_the_colour_of_its_manner_and_less_of_it_with_less_d_prime():
    tables = SQUARES.by_training("preferences")
    first = tables[Training("control", 0)]
    first[0].update(manner="nasal", d_prime=99.0)
    first[1].update(manner="nasal", d_prime=0.0)
    image = shown_images(preferred_manner.draw(tables, layers(SQUARES), inventory()))[0].get_array()
    assert to_hex(image[0, 0]) == style.MANNERS["nasal"].lower()
    pale = 1 - preferred_manner.FAINTEST * (1 - np.array(to_rgb(style.MANNERS["nasal"])))
    np.testing.assert_allclose(image[0, 1], pale)
    assert to_hex(image[divmod(SQUARES.dead[0], 8)]) == style.DEAD


def test_every_manner_has_a_colour_of_its_own():
    assert set(inventory().manners) <= set(style.MANNERS)
    assert len(set(style.MANNERS.values())) == len(style.MANNERS)


def points(axes, symbol):
    """Height and face of every point with the symbol, from left to right."""
    lines = [line for line in axes.lines if line.get_marker() == symbol]
    found = [(x, y, line.get_markerfacecolor()) for line in lines for x, y in zip(*line.get_data(), strict=True)]
    return [(y, face) for _, y, face in sorted(found)]


def test_morans_i_is_shown_as_it_is_and_filled_where_significant():
    tables = {training: rows for training, rows in SQUARES.by_training("autocorrelation").items() if training.seed == 0}
    for rows in tables.values():
        for row in rows:
            row["q"] = 0.01 if (row["layer"] == 1) == (row["null"] == "labels") else 0.2
    axes = morans_i.draw(tables, layers(SQUARES), styles(SQUARES), "rook", 0.05).axes[0]
    expected = [
        next(
            row["observed"]
            for row in tables[Training(condition, 0)]
            if row["layer"] == layer and row["phone"] == "mean" and row["weights"] == "rook"
        )
        for layer in (1, 2)
        for condition in SQUARES.conditions
    ]
    shown = points(axes, "o")
    assert [height for height, _ in shown] == expected
    assert [face == "white" for _, face in shown] == [False, False, True, True]
    band = axes.patches[0]
    assert band.get_y() == pytest.approx(-0.004 - 2 * 0.031)
    assert band.get_height() == pytest.approx(4 * 0.031)


def counts(axes):
    """Number of phones of each stem, from left to right."""
    lines = [line for line in axes.lines if len(line.get_xdata())]
    return [n for _, n in sorted((x, y) for line in lines for x, y in zip(*line.get_data(), strict=True))]


def test_below_a_mean_are_the_phones_beyond_shifted_labels_themselves():
    """Of three phones, the topographic condition has two beyond labels, all of them are beyond positions."""
    tables = {training: rows for training, rows in SQUARES.by_training("autocorrelation").items() if training.seed == 0}
    for training, rows in tables.items():
        single = [row for row in rows if row["phone"] == "S"]
        rows += [{**row, "phone": phone} for row in single for phone in ("M", "IY")]
        for row in rows:
            beyond = row["phone"] in {"S", "M"} and training.condition == "topographic"
            row["p_family"] = 0.04 if row["null"] == "positions" or beyond else 0.06
    axes = morans_i.draw(tables, layers(SQUARES), styles(SQUARES), "queen", 0.05).axes[1]
    assert counts(axes) == [0, 2, 0, 2]
    assert axes.get_ylabel() == "n of 3\nphones"
    assert axes.get_ylim() == (0, 3)


def test_where_no_null_varies_nothing_is_filled_and_the_panel_says_so(figures):
    panels = {axes.get_ylabel(): axes for axes in figures["regions"].axes if axes.get_ylabel()}
    share, largest = panels["Responsive share of units"], panels["Largest region (units)"]
    assert [axes.get_title("right") for axes in (share, largest)] == ["not testable", ""]
    assert {face for _, face in points(share, "o") + points(share, "s")} == {"white"}
    assert [axes.get_ylabel() for axes in figures["regions"].axes].count("n of 1\nphones") == 2


def test_outlines_of_activation_maps_are_those_of_responsive_units(figures):
    lines = [axes.collections for axes in figures["activation_maps"].axes if axes.images and axes.collections]
    edges = [sum(np.abs(np.diff(line, axis=0)).sum() for line in one.get_segments()) for (one,) in lines]
    expected = [
        len(grids.outline(np.nan_to_num(SQUARES.d_prime(condition, 0, layer, phone)) >= 0.5))
        for condition in SQUARES.conditions
        for layer in (1, 2)
        for phone in PHONES
        if phone != "ZH"
    ]
    assert edges == expected
    assert "responds" in words(figures["activation_maps"])


@pytest.mark.parametrize(
    ("null", "q", "status", "face"),
    [
        ("surrogates", 0.2, "ok", "white"),
        ("positions", 0.2, "ok", style.CONDITIONS[0]),
        ("surrogates", 0.01, "liberal", style.FAINT),
    ],
)
def test_the_hardest_null_decides_whether_organisation_is_filled(null, q, status, face):
    tables = by_training(SQUARES, organisation_of)
    for rows in tables.values():
        for row in rows:
            if row["null"] == null and row["statistic"] in {"map_distance", "same_manner"}:
                row.update(q=q, status=status)
    figure = organisation.draw(tables, layers(SQUARES), styles(SQUARES), 0.05)
    faces = [
        {line.get_markerfacecolor() for line in axes.lines if line.get_marker() in "os"} - {style.CONTROL}
        for axes in figure.axes
    ]
    assert faces[0] == {face}
    assert faces[1] == faces[3] == {style.CONDITIONS[0]}
    assert faces[2] == {"white" if null == "positions" else style.CONDITIONS[0]}, "there are no surrogates"
    assert any("pale" in text for text in words(figure)) == (status == "liberal")


def test_a_table_without_means_is_refused():
    tables = {
        training: [row for row in rows if row["phone"] != "mean"]
        for training, rows in SQUARES.by_training("regions").items()
    }
    with pytest.raises(InputError, match="phone = mean"):
        regions.draw(
            SQUARES.by_training("selectivity"), tables, layers(SQUARES), ("S",), inventory(), styles(SQUARES), 0.05
        )


def test_regions_show_one_phone_of_each_manner_that_has_one():
    assert regions.one_a_manner(("S", "M", "P", "T", "IY"), inventory()) == ("P", "S", "M", "IY")


def edges_by_hand(inside, torus):
    """Every pair of touching positions, one inside and one outside, as the middle of their common edge."""
    rows, columns = inside.shape
    found = []
    for row in range(-1, rows + 1):
        for column in range(-1, columns + 1):
            for down, right in ((0, 1), (1, 0)):
                here, there = (row, column), (row + down, column + right)
                states = []
                for r, c in (here, there):
                    outside = not (0 <= r < rows and 0 <= c < columns)
                    states.append(bool(inside[r % rows, c % columns]) if torus or not outside else False)
                crosses = [0 <= r < rows and 0 <= c < columns for r, c in (here, there)]
                if states[0] != states[1] and any(crosses):
                    found.append((column + right / 2, row + down / 2))
    return sorted(found)


@pytest.mark.parametrize("torus", [False, True])
def test_outlines_are_the_edges_between_inside_and_outside(torus):
    inside = np.random.default_rng(5).random((5, 7)) < 0.4
    edges = grids.outline(inside, torus=torus)
    assert np.allclose(np.abs(edges[:, 1] - edges[:, 0]).sum(axis=1), 1)
    assert sorted(map(tuple, edges.mean(axis=1).tolist())) == edges_by_hand(inside, torus)


@pytest.mark.parametrize("torus", [False, True])
def test_contours_are_the_same_edges_end_to_end(torus):
    edges = grids.outline(np.random.default_rng(6).random((9, 8)) < 0.5, torus=torus)
    found = [
        tuple(sorted((tuple(one + part * step), tuple(one + (part + 1) * step))))
        for line in grids.contours(edges)
        for one, other in pairwise(line)
        for length in [int(np.abs(other - one).sum())]
        for step in [(other - one) / length]
        for part in range(length)
    ]
    assert sorted(found) == sorted(tuple(sorted(map(tuple, edge))) for edge in edges.tolist())


def test_a_contour_of_a_rectangle_has_its_corners_alone():
    inside = np.zeros((5, 6), dtype=bool)
    inside[1:4, 2:4] = True
    (line,) = grids.contours(grids.outline(inside))
    assert (line[0] == line[-1]).all() and {tuple(corner) for corner in line.tolist()} == {
        (1.5, 0.5), (3.5, 0.5), (3.5, 3.5), (1.5, 3.5)
    }  # fmt: skip
    assert len(line) <= 6, "a line that begins between two corners passes through one point more"


def test_outlines_of_simple_shapes():
    assert len(grids.outline(np.ones((3, 4), dtype=bool))) == 14
    assert len(grids.outline(np.ones((3, 4), dtype=bool), torus=True)) == 0
    assert len(grids.outline(np.zeros((3, 4), dtype=bool))) == 0
    one = np.zeros((3, 3), dtype=bool)
    one[1, 2] = True
    assert {tuple(point) for edge in grids.outline(one).tolist() for point in edge} == {
        (1.5, 0.5), (2.5, 0.5), (1.5, 1.5), (2.5, 1.5)
    }  # fmt: skip


def test_maps_fit_the_page():
    net = layers(Fabricated(grids=(Grid(16, 16), Grid(32, 64))))
    height = blocks.map_height(net, 100.0, 3, 1000.0)
    assert 2 * (height * 3 + blocks.GAP_MM) + blocks.BLOCK_GAP_MM == pytest.approx(100)
    assert blocks.map_height(net, 1e6, 3, 32.0) == pytest.approx((32 - 2 * blocks.GAP_MM) / 3)


def test_rank_is_plotted_against_morans_i():
    rows = SQUARES.topography()
    axes = rank_against_morans_i.draw(rows, styles(SQUARES)).axes[0]
    shown = sorted((float(x), float(y)) for line in axes.lines[1:] for x, y in zip(*line.get_data(), strict=True))
    assert shown == sorted((row["morans_i_mean"], row["effective_rank_share"]) for row in rows)
    assert axes.get_yscale() == "log"


def test_a_share_without_control_is_left_out():
    rows = [{**row, "effective_rank_share": np.nan} for row in SQUARES.topography()]
    axes = rank_against_morans_i.draw(rows, styles(SQUARES)).axes[0]
    axes.figure.canvas.draw()
    low, high = axes.get_ylim()
    assert low < 1 < high


def test_learning_curves_are_percentages_of_the_history():
    tables = SQUARES.by_training("history")
    rate, loss, training_loss = learning_curves.draw(tables, styles(SQUARES)).axes
    for line, training in zip(rate.lines, sorted(tables), strict=True):
        np.testing.assert_allclose(line.get_ydata(), [100 * row["dev_letter_error_rate"] for row in tables[training]])
        np.testing.assert_array_equal(line.get_xdata(), range(1, 15))
    for axes, column in ((loss, "dev_ctc_loss"), (training_loss, "ctc_loss")):
        for line, training in zip(axes.lines, sorted(tables), strict=True):
            np.testing.assert_array_equal(line.get_ydata(), [row[column] for row in tables[training]])


def test_error_rates_are_points_by_split_joined_by_seed():
    rows = SQUARES.recognition()
    letters, _ = error_rates.draw(rows, styles(SQUARES)).axes
    singles = [line for line in letters.lines if line.get_marker() != "None"]
    joined = [line for line in letters.lines if line.get_marker() == "None"]
    assert sorted(float(line.get_ydata()[0]) for line in singles) == pytest.approx(
        sorted(100 * row["letter_error_rate"] for row in rows)
    )
    assert len(joined) == len(SQUARES.seeds) * 3
    control, mapped = (
        next(r for r in rows if (r["condition"], r["seed"], r["split"]) == (condition, 0, "train"))
        for condition in SQUARES.conditions
    )
    assert list(joined[0].get_ydata()) == [100 * control["letter_error_rate"], 100 * mapped["letter_error_rate"]]


def test_where_nothing_was_trained_figures_say_so():
    empty = {training: [] for training in SQUARES.by_training("history")}
    for figure in (learning_curves.draw(empty, styles(SQUARES)), error_rates.draw([], styles(SQUARES))):
        assert ["nothing was" in axes.texts[0].get_text() for axes in figure.axes] == [True]


def test_texts_are_taken_literally(tmp_path):
    text = "$x_1$ and $y^2$ <script>alert(1)</script> & \\frac"
    with style.styled():
        figure = style.page("single", 40)
        figure.add_subplot().set(xlabel=text, title=text)
        saving.save(figure, [tmp_path / "a.svg", tmp_path / "a.png"])
    page = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert page.count("$x_1$ and $y^2$ &lt;script&gt;alert(1)&lt;/script&gt; &amp; \\frac") == 2
    assert "<script" not in page


def test_tables_of_runs_are_read_in_order(tmp_path):
    paths = []
    for seed in (0, 1):
        rows = SQUARES.autocorrelation("topographic", seed)
        paths.append(tmp_path / f"{seed}.tsv")
        write_table(paths[-1], list(rows[0]), rows)
    read = trainings.read_trainings(paths, [("topographic", 0), ("topographic", 1)])
    assert trainings.seeds_of(read) == (0, 1)
    found = trainings.mean_rows(read[Training("topographic", 1)], "morans_i", "labels", weights="queen")
    assert [row["layer"] for row in found] == [1, 2]
    with pytest.raises(ValueError, match="argument"):
        trainings.read_trainings(paths, [("topographic", 0)])


def test_layers_are_read_with_their_grids(tmp_path):
    rows = CASES["three conditions and seeds, torus"].geometry("plain")
    write_table(tmp_path / "geometry.tsv", list(rows[0]), rows[::-1])
    first, second = grids.read_layers(tmp_path / "geometry.tsv")
    assert (first.number, second.grid, second.aspect, second.field) == (1, Grid(4, 8, torus=True), 2.0, "245")
