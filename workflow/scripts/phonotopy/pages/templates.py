"""Pages of HTML from templates, with style and scripts inside, so that a page needs nothing but its pictures."""

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

__all__ = ["SHARED", "Web"]

SHARED = ("page.css", "results.css")  # styles of every page


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _code(text: str) -> str:
    """Text between backticks as code; the rest is text, whatever it holds."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


class Web:
    """The folder of templates, styles and scripts."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._environment = Environment(
            loader=FileSystemLoader(self.folder),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"upper_first": _upper_first, "code": _code}

    def text(self, *names: str) -> str:
        """Files one after the other."""
        return "\n".join((self.folder / name).read_text(encoding="utf-8") for name in names)

    def page(self, template: str, values: Mapping[str, Any], *, root: str = "", scripts: Sequence[str] = ()) -> str:
        """A page from a template; `root` leads from its folder to that of the results: nothing, or ``../``."""
        inside = {"style": self.text(*SHARED), "scripts": self.text(*scripts), "root": root}
        return self._environment.get_template(template).render({**inside, **values}) + "\n"
