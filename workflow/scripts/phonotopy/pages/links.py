"""What a page links to, and what it loads."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["WHOLE", "Links", "read_links"]

WHOLE = "whole"  # class of a link to a file of which the page has a part, which may be large

LOADING = {  # attributes by which an element loads a file, without a click
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "img": ("src", "srcset"),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "video": ("src", "poster"),
}
LOADED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
STYLED = re.compile(r"(?:url\(\s*[\"']?|@import\s+[\"'])((?:https?:)?//[^\"')\s]+)")


class Links(HTMLParser):
    """Addresses in a page: those it `loads` by itself, those it `leads` to, and the names of its parts.

    Those of `whole` files, which a page has a part of, are listed by themselves.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.whole: list[str] = []
        self.names: set[str] = set()
        self._styling = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of an element."""
        found = {name: value for name, value in attrs if value}
        self._styling = tag == "style"
        self.names |= {found[name] for name in ("id", "name") if name in found}
        self.loads += [found[name] for name in LOADING.get(tag, ()) if name in found]
        if tag == "link" and LOADED_LINKS & {*found.get("rel", "").split()} and "href" in found:
            self.loads.append(found["href"])
        if tag in ("a", "area") and "href" in found:
            (self.whole if found.get("class") == WHOLE else self.leads).append(found["href"])
        self.loads += STYLED.findall(found.get("style", ""))

    def handle_data(self, data: str) -> None:
        """Note what styles load from elsewhere."""
        if self._styling:
            self.loads += STYLED.findall(data)

    def handle_endtag(self, tag: str) -> None:
        """Note where styles end."""
        self._styling = self._styling and tag != "style"

    @property
    def elsewhere(self) -> list[str]:
        """What the page would load from a network."""
        return [address for address in self.loads if re.match(r"(https?:|ftp:|wss?:)?//", address)]

    def files(self, page: Path) -> Iterator[tuple[Path, str]]:
        """Files that it loads or leads to, relative links alone, each with the part of it that is meant."""
        for address in [*self.loads, *self.leads]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or address.startswith("//"):
                continue
            yield (page.parent / unquote(parts.path) if parts.path else page), unquote(parts.fragment)


def read_links(page: Path) -> Links:
    """The addresses in a page."""
    links = Links()
    links.feed(page.read_text(encoding="utf-8"))
    links.close()
    return links
