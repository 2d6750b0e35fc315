"""A run says which figures it leaves out."""

from declarations.figures import FIGURES
from preflight.crowding import announcement


def test_figures_that_do_not_fit_are_named() -> None:
    assert announcement(8) == ""
    text = announcement(9)
    assert text.startswith("With more than 8 conditions there are no figures of: activation maps, maps by speaker,")
    named = [one.title for one in FIGURES if one.most == 8 and not one.asked]
    assert len(named) == 9 and all(title in text for title in named)
    assert "ways to get a map and their price" not in text
