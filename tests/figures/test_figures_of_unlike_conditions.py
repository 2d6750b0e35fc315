"""Figures of conditions of unlike depths, grids and fields: what holds for every figure."""

import pytest

from checklist import (
    test_axes_show_something_or_say_why_not,
    test_colours_that_carry_values_have_a_labelled_bar_and_a_declared_map,
    test_legends_list_what_is_drawn_and_nothing_else,
    test_logarithmic_axes_are_labelled_and_have_numbers,
)
from drawings import (
    CASES,
    drawings,
    test_every_axis_with_ticks_says_what_it_shows,
    test_figures_have_a_column_width_and_a_page_height,
    test_texts_are_legible_within_the_page_and_apart,
)

pytestmark = pytest.mark.slow
SHOWN = [name for name in CASES if "unlike" in name]

__all__ = [
    "test_axes_show_something_or_say_why_not",
    "test_colours_that_carry_values_have_a_labelled_bar_and_a_declared_map",
    "test_every_axis_with_ticks_says_what_it_shows",
    "test_figures_have_a_column_width_and_a_page_height",
    "test_legends_list_what_is_drawn_and_nothing_else",
    "test_logarithmic_axes_are_labelled_and_have_numbers",
    "test_texts_are_legible_within_the_page_and_apart",
]


@pytest.fixture(scope="module", params=SHOWN)
def every_figure(request, tmp_path_factory):
    return drawings(CASES[request.param], tmp_path_factory.mktemp("tables"))
