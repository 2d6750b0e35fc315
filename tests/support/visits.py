"""A page in a browser: what it asked for, what it complained of, and what stands in the way of its readers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OWN = ("file:", "data:", "blob:", "about:")
LEFT = "net::ERR_ABORTED"  # of pictures that a page was loading when one went on to another


class Visit:
    """A page with everything that it asked of a network, and its errors."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._asked)
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self._failed)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(OWN):
            self.requests.append(request.url)

    def _failed(self, request: Any) -> None:
        if request.failure != LEFT:
            self.complaints.append(f"failed: {request.url[:200]}")

    def obstacles(self) -> list[str]:
        """Serious and critical findings of axe-core: rule, help, and the first elements."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width


@contextmanager
def spending(page: Page) -> Iterator[Callable[[str], float]]:
    """What a page does within, by the browser's names: ``TaskDuration`` is processor time of its main thread in s."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def metrics() -> dict[str, float]:
        return {one["name"]: float(one["value"]) for one in session.send("Performance.getMetrics")["metrics"]}

    seen = [metrics()]
    yield lambda name: seen[-1][name] - seen[0][name]
    seen.append(metrics())


@contextmanager
def processor_ms(page: Page) -> Iterator[Callable[[], float]]:
    """Processor time that the main thread of the page spends within: scripts, styles, layout and paint."""
    with spending(page) as spent:
        yield lambda: 1000 * spent("TaskDuration")
