"""What stands in for a reader notices what a reader would."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from visits import Visit


def written(folder: Path, body: str) -> Path:
    page = folder / "page.html"
    page.write_text(f'<!DOCTYPE html><html lang="en"><title>Page</title><main>{body}</main></html>', encoding="utf-8")
    return page


def test_a_page_that_is_whole_is_left_in_peace(visit: Callable[..., Visit], tmp_path: Path) -> None:
    seen = visit(written(tmp_path, "<h1>Map</h1>"))
    assert seen.obstacles() == []
    assert seen.overflow() == 0


def test_requests_errors_and_obstacles_are_noticed(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 380, "height": 600})
    seen = Visit(page)
    address = "http://127.0.0.1:9/map.png"
    image = f'<img src="{address}"><p style="width: 500px">wide</p><script>missing()</script>'
    page.goto(written(tmp_path, image).as_uri())
    assert seen.requests == [address]
    assert any("missing is not defined" in complaint for complaint in seen.complaints)
    assert any("image-alt" in obstacle for obstacle in seen.obstacles())
    assert seen.overflow() > 100
    page.close()
