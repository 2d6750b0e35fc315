"""Snakemake's report as it is handed on: one file that begins with the answer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from phonotopy.comparisons.answer import QUESTION
from visits import Visit

Visiting = Callable[..., Visit]
WAYS = [(1400, False), (380, False), (1400, True), (380, True)]


@pytest.fixture
def report(results: Path, tmp_path: Path) -> Path:
    """The report alone, without the files beside it."""
    path = tmp_path / "report.html"
    path.write_bytes((results / "report.html").read_bytes())
    return path


def shown(seen: Visit, name: str) -> None:
    """Show a result of the maps, from anywhere in the report."""
    seen.page.locator("#app nav").get_by_text("mapping", exact=True).first.click()
    seen.page.get_by_label(f"show: {name}", exact=True).first.click()


@pytest.mark.parametrize(("width", "dark"), WAYS)
def test_all_of_it_can_be_read(visit: Visiting, report: Path, width: int, dark: bool) -> None:
    seen = visit(report, width=width, dark=dark)
    seen.page.wait_for_selector("#rulegraph canvas, #rulegraph svg")
    assert (seen.obstacles(), max(seen.overflow(), 0)) == ([], 0)
    shown(seen, "regions")
    assert (seen.obstacles(), max(seen.overflow(), 0)) == ([], 0)
    seen.page.get_by_label("about: regions", exact=True).click()
    assert (seen.obstacles(), max(seen.overflow(), 0)) == ([], 0)


@pytest.mark.parametrize("width", [1400, 380])
def test_the_question_is_within_the_window(visit: Visiting, report: Path, width: int) -> None:
    seen = visit(report, width=width)
    question = seen.page.get_by_role("heading", name=QUESTION)
    expect(question).to_be_visible()
    box = question.bounding_box()
    assert box and 0 <= box["y"] < 500 and box["x"] >= 0


def test_method_and_rules_follow_the_answer(visit: Visiting, report: Path) -> None:
    seen = visit(report)
    tops = [seen.page.locator(where).first.bounding_box() for where in (".answer", "#method", "#rulegraph")]
    assert all(tops) and [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)
    text = seen.page.locator(".start").inner_text()
    assert "Nothing here is causal." in text, "the method is whole"


def test_the_pictures_are_in_the_file_itself(visit: Visiting, report: Path) -> None:
    seen = visit(report)
    pictures = seen.page.locator(".start img")
    assert pictures.count() == 3
    for picture in pictures.all():
        picture.evaluate("image => image.decode()")
    assert pictures.evaluate_all("images => images.every((image) => image.src.startsWith('data:'))")
    seen.page.locator(".start .pictures a").first.click()
    expect(seen.page.locator(".picture figcaption")).to_contain_text("Selectivity of every unit")


def test_a_figure_comes_with_its_caption_fills_the_window_and_can_be_enlarged(visit: Visiting, report: Path) -> None:
    seen = visit(report)
    shown(seen, "regions")
    expect(seen.page.locator(".picture figcaption")).to_contain_text("Regions of responsive units")
    image, button = seen.page.locator(".picture img"), seen.page.locator(".picture button")
    fitted = image.bounding_box()
    button.press("Enter")
    enlarged = image.bounding_box()
    assert fitted and enlarged and fitted["width"] > 500 and enlarged["width"] > 1.5 * fitted["width"]
    assert button.get_attribute("aria-pressed") == "true"


def test_a_table_opens_instead_of_being_saved(visit: Visiting, report: Path) -> None:
    seen = visit(report)
    shown(seen, "topography")
    frame = seen.page.frame_locator("#app iframe")
    expect(frame.locator("#table tbody tr").first).to_be_visible()
    expect(frame.locator(".top")).to_be_hidden()
    frame.get_by_role("button", name="morans_i_mean").click()
    expect(frame.locator("th[aria-sort]")).to_have_count(1)
    assert seen.page.locator("#app iframe").get_attribute("title")


def test_home_is_the_answer_again(visit: Visiting, report: Path) -> None:
    seen = visit(report)
    shown(seen, "regions")
    seen.page.get_by_label("start", exact=True).click()
    expect(seen.page.get_by_role("heading", name=QUESTION)).to_be_visible()
