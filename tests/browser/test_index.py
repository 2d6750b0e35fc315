"""The pages of a run as readers meet them, from disk: wide and narrow, light and dark."""

import csv
import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from phonotopy.comparisons.answer import QUESTION
from phonotopy.pages.listings import MOST
from phonotopy.pages.static_site import reached
from visits import Visit

Visiting = Callable[..., Visit]
WAYS = [(1400, False), (380, False), (1400, True), (380, True)]
KINDS = ["index.html", "pages/figures/ladder.html", "pages/tables/selectivity.html"]
TEXTS = ["pages/method.html", "pages/dictionary.html", "provenance.html"]


@pytest.mark.parametrize(
    ("name", "width", "dark"),
    [
        *[(name, *way) for name in KINDS for way in WAYS],
        *[(name, 380, dark) for name in TEXTS for dark in (False, True)],
    ],
)
def test_a_page_is_readable_by_all(visit: Visiting, results: Path, name: str, width: int, dark: bool) -> None:
    seen = visit(results / name, width=width, dark=dark)
    assert seen.obstacles() == []
    assert seen.overflow() <= 0


@pytest.mark.parametrize("width", [1400, 380])
def test_the_question_and_its_answer_are_what_one_sees_first(visit: Visiting, results: Path, width: int) -> None:
    seen = visit(results / "index.html", width=width)
    question = seen.page.get_by_role("heading", name=QUESTION).bounding_box()
    answer = seen.page.locator(".verdicts strong").first.bounding_box()
    assert question and question["y"] >= 0
    assert answer and answer["y"] + answer["height"] < 900, "without scrolling"


def test_every_link_of_every_page_leads_to_a_file(results: Path) -> None:
    found = {path.relative_to(results.resolve()).as_posix() for path in reached(results / "index.html")}
    figures = {f"pages/figures/{path.stem}.html" for path in (results / "figures").glob("*.svg")}
    tables = {f"pages/tables/{path.stem}.html" for path in (results / "tables").glob("*.tsv")}
    assert figures and found >= figures | tables | {"report.html", "provenance.html"}


def test_every_picture_shows_something(visit: Visiting, results: Path) -> None:
    seen = visit(results / "index.html")
    pictures = seen.page.locator("img")
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("image => image.decode()")
    assert pictures.evaluate_all("images => images.every((image) => image.naturalWidth > 50)")


def test_a_figure_is_a_click_away_with_its_caption_and_its_table_beside_it(visit: Visiting, results: Path) -> None:
    seen = visit(results / "index.html")
    seen.page.get_by_role("link", name="Regions", exact=True).click()
    figure, table = (seen.page.locator(where).first for where in (".beside figure img", ".beside table"))
    assert "Regions of responsive units" in seen.page.locator("figcaption").inner_text()
    left, right = figure.bounding_box(), table.bounding_box()
    assert left and right and left["x"] + left["width"] <= right["x"] and right["y"] < 900
    seen.page.locator("a.plate").click()
    assert seen.page.url.endswith("figures/regions.svg"), "the figure alone, to enlarge"


def cells(seen: Visit, column: str) -> list[str]:
    """The cells of a column as they are shown."""
    heads = [re.sub(r"\W", "", text) for text in seen.page.locator("#table thead th").all_inner_texts()]
    return seen.page.locator(f"#table tbody td:nth-child({heads.index(column) + 1})").all_inner_texts()


def test_a_table_sorts_searches_and_has_the_values_of_its_files(visit: Visiting, results: Path) -> None:
    seen = visit(results / "pages/tables/selectivity.html")
    seen.page.wait_for_selector("html[data-ready]")
    seen.page.fill("#search", "condition:control seed:0 phone:S layer:1")
    (path,) = results.glob("mapping/*/control/seed0/selectivity.tsv")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = islice(csv.DictReader(stream, delimiter="\t"), MOST)
        expected = [float(row["d_prime"]) for row in rows if (row["phone"], row["layer"]) == ("S", "1")]
    shown = [float(cell.replace("−", "-")) for cell in cells(seen, "d_prime")]
    assert shown == pytest.approx(expected[: len(shown)], rel=5e-4) and len(shown) == min(len(expected), 200)
    assert seen.page.locator("#count").inner_text().startswith(f"{len(expected)} of ")
    seen.page.locator("th button", has_text=re.compile("^d_prime$")).click()
    assert seen.page.locator("th[aria-sort=ascending]").count() == 1
    ascending = [float(cell.replace("−", "-")) for cell in cells(seen, "d_prime")]
    assert ascending == sorted(ascending) != shown
    seen.page.locator("th button", has_text=re.compile("^d_prime$")).press("Enter")
    descending = [float(cell.replace("−", "-")) for cell in cells(seen, "d_prime")]
    assert descending == sorted(descending, reverse=True)


def test_a_long_table_shows_more_on_demand_and_saves_what_was_found(
    visit: Visiting, results: Path, tmp_path: Path
) -> None:
    seen = visit(results / "pages/tables/selectivity.html")
    seen.page.wait_for_selector("html[data-ready]")
    assert len(cells(seen, "unit")) == 200
    seen.page.locator("button.more").click()
    assert len(cells(seen, "unit")) == 400
    seen.page.fill("#search", "phone:S")
    with seen.page.expect_download() as download:
        seen.page.click("#save")
    download.value.save_as(tmp_path / "found.tsv")
    with (tmp_path / "found.tsv").open(encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream, delimiter="\t"))
    assert {row["phone"] for row in found} == {"S"} and {row["condition"] for row in found} >= {"control"}


def test_keys_alone_are_enough(visit: Visiting, results: Path) -> None:
    seen = visit(results / "index.html")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    seen.page.keyboard.press("Enter")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.closest('main') !== null")
