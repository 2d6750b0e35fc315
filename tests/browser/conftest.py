"""A real browser without a network, and the pages of a finished run."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from running import SMOKE, copied, snakemake
from visits import Visit

CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "chromium")
QUIET = [  # no sound device, no GPU, and none of the browser's own errands
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens a page from disk; afterwards none may have asked for anything else, or complained."""
    visits: list[Visit] = []

    def opened(path: Path, *, fragment: str = "", width: int = 1400, height: int = 900, dark: bool = False) -> Visit:
        page: Page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        visits.append(Visit(page))
        page.goto(path.resolve().as_uri() + fragment)
        return visits[-1]

    yield opened
    for one in visits:
        one.page.close()
    assert [request for one in visits for request in one.requests] == []
    assert [complaint for one in visits for complaint in one.complaints] == []


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a run of the smallest corpus, or of RESULTS, a finished run."""
    if given := os.environ.get("RESULTS"):
        return Path(given).resolve()
    folder = copied(tmp_path_factory.mktemp("browser"))
    run = snakemake(folder, "--cores", "2", preset=SMOKE, overlay="run: [control, topographic]")
    assert run.returncode == 0, run.stdout
    return folder / "results" / "smoke"
