"""The checklist of figures finds what it is there to find, and legends and names of figures are what they say."""

from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

import checklist
import drawings
from phonotopy.figures import saving, style
from phonotopy.figures.accessibility import described
from phonotopy.figures.legends import columns, occurring

CONTROL = Line2D([], [], color=style.CONTROL, label="control")
SEEDS = style.seed_handles([0, 1])


def sound(**look):
    """A figure that keeps every rule: a line with markers, a legend, and a map with its colour bar."""
    with style.styled():
        figure = style.page("single", 70, arranged=True)
        curve, image = figure.subplots(1, 2)
        curve.plot([1, 2, 3], [1, 10, 100], **{"color": style.CONTROL, "marker": "o", **look})
        curve.set(xlabel="Layer", ylabel="Tokens (log scale)", yscale="log")
        shown = image.imshow(np.eye(3), cmap="viridis")
        image.set(xlabel="Column", ylabel="Row")
        figure.colorbar(shown, ax=image, label="d′ (s.d.)")
        figure.legend(handles=[CONTROL, SEEDS[0]], loc="outside upper left")
    return figure


def without_a_bar(figure):
    figure.axes[2].remove()


def with_a_map_of_its_own(figure):
    figure.axes[1].images[0].set_cmap("jet")


def with_a_bar_without_a_label(figure):
    figure.axes[2].set_ylabel("")


def with_an_entry_too_many(figure):
    figure.legend(handles=[SEEDS[1]], loc="outside lower left")


def with_a_marker_too_many(figure):
    figure.axes[0].plot([1], [1], "s", color=style.CONTROL)


def with_a_colour_too_many(figure):
    figure.axes[0].plot([1, 2], [1, 2], color=style.CONDITIONS[1])


def with_a_null_too_many(figure):
    figure.axes[0].bar([1], [3], color=style.FAINT)


def with_two_equal_keys(figure):
    figure.legend(handles=[Line2D([], [], color=style.CONTROL, label="dev")], loc="outside lower left")


def with_hollow_markers_that_are_not_explained(figure):
    figure.axes[0].plot([1], [1], "o", color=style.CONTROL, markerfacecolor="white")


def with_an_empty_panel(figure):
    figure.axes[0].lines[0].remove()


def with_an_unnamed_logarithm(figure):
    figure.axes[0].set_ylabel("Tokens")


def with_a_single_number(figure):
    figure.axes[0].set_yticks([10], ["10"])


def with_small_print(figure):
    figure.axes[0].set_title("small", fontsize=6)


def with_texts_that_overlap(figure):
    figure.axes[0].annotate("here", (2, 10))
    figure.axes[0].annotate("there", (2, 10))


def with_text_beyond_the_page(figure):
    style.note(figure, 80, 40, "a long note at the right edge")


def with_another_width(figure):
    figure.set_size_inches(4, 2)


def with_an_axis_without_a_label(figure):
    figure.axes[0].set_xlabel("")


COLOURS = checklist.test_colours_that_carry_values_have_a_labelled_bar_and_a_declared_map
LEGENDS = checklist.test_legends_list_what_is_drawn_and_nothing_else
EMPTY = checklist.test_axes_show_something_or_say_why_not
LOGARITHMS = checklist.test_logarithmic_axes_are_labelled_and_have_numbers
TEXTS = drawings.test_texts_are_legible_within_the_page_and_apart
SIZES = drawings.test_figures_have_a_column_width_and_a_page_height
AXES = drawings.test_every_axis_with_ticks_says_what_it_shows
BROKEN = {
    COLOURS: (without_a_bar, with_a_map_of_its_own, with_a_bar_without_a_label),
    LEGENDS: (
        with_an_entry_too_many,
        with_a_marker_too_many,
        with_a_colour_too_many,
        with_a_null_too_many,
        with_two_equal_keys,
        with_hollow_markers_that_are_not_explained,
    ),
    EMPTY: (with_an_empty_panel,),
    LOGARITHMS: (with_an_unnamed_logarithm, with_a_single_number),
    TEXTS: (with_small_print, with_texts_that_overlap, with_text_beyond_the_page),
    SIZES: (with_another_width,),
    AXES: (with_an_axis_without_a_label,),
}


@pytest.mark.parametrize("test", BROKEN, ids=lambda test: test.__name__)
def test_a_sound_figure_passes(test):
    test({"sound": sound()})


@pytest.mark.parametrize(
    ("test", "fault"),
    [(test, fault) for test, faults in BROKEN.items() for fault in faults],
    ids=lambda one: one.__name__,
)
def test_a_broken_figure_is_found_and_named(test, fault):
    figure = sound()
    fault(figure)
    with pytest.raises(AssertionError, match="broken"):
        test({"broken": figure})


def test_legends_keep_the_marks_that_occur():
    figure = sound()
    verdicts = style.verdict_handles("q < 0.05", "q ≥ 0.05")
    other = Line2D([], [], color=style.CONDITIONS[0], label="topographic")
    band, dashed = Patch(color=style.FAINT, label="null"), Line2D([], [], color="black", linestyle="--", label="limit")
    kept = occurring(figure, [CONTROL, other, *SEEDS, *verdicts, band, dashed])
    assert [one.get_label() for one in kept] == ["control", "seed 0", "filled: q < 0.05"]
    figure.axes[0].plot([1], [2], "s", color=style.CONDITIONS[0], markerfacecolor="white")
    figure.axes[0].bar([1], [2], color=style.FAINT)
    figure.axes[0].axhline(2, color="black", linestyle="--")
    kept = occurring(figure, [CONTROL, other, *SEEDS, *verdicts, band, dashed])
    assert len(kept) == 8


def test_columns_of_a_legend_fit_its_width():
    long, short = (Line2D([], [], label=text) for text in ("a text that is rather long for an entry", "a"))
    assert columns([short] * 4, 180.0) == 4
    assert columns([long] * 4, 180.0) == 3
    assert columns([long] * 4, 20.0) == 1


def test_a_description_tells_panels_and_legend():
    told = described(sound())
    assert "Tokens (log scale) against Layer" in told and "Legend: control; seed 0." in told


def test_an_svg_has_a_title_that_is_escaped_and_ids_of_its_own(tmp_path):
    paths = [tmp_path / "maps.seed0.svg", tmp_path / "maps.seed1.svg"]
    for path in paths:
        saving.save(sound(), [path], "Maps <of> d′ & more")
    ids = []
    for path in paths:
        root = ElementTree.parse(path).getroot()
        title = root.find("{http://www.w3.org/2000/svg}title")
        assert title is not None and title.text == "Maps <of> d′ & more" and root.get("role") == "img"
        ids.append(root.get("aria-labelledby"))
    assert len(set(ids)) == 2 and "maps-seed0-title" in ids[0]
