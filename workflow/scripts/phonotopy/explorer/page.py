"""One file of HTML that loads nothing: styles, programs and arrays are within it."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing
from phonotopy.explorer.explorer import Contents

__all__ = ["compose", "write_page"]

MARKER = re.compile(r"@@(\w+)@@")


def compose(template: str, parts: Mapping[str, str]) -> str:
    """The template with a part instead of each of its marks; KeyError for a mark without a part."""
    return MARKER.sub(lambda found: parts[found[1]], template)


def write_page(path: str | Path, contents: Contents, web: Iterable[str | Path], title: str) -> None:
    """Write the page from the files of resources/web: a template, styles, programs in their order, and licences."""
    files = [Path(file) for file in web]
    parts = {
        "title": escape(title),
        "styles": _joined(files, ".css"),
        "scripts": _joined(files, ".js"),
        "licences": _joined(files, ".LICENSE"),
        "about": contents.json,
        "texts": "\n".join(
            f'<script type="text/plain" id="t{n}">{text}</script>' for n, text in enumerate(contents.texts)
        ),
    }
    (template,) = (file for file in files if file.suffix == ".html")
    with replacing(path) as part:
        part.write_text(compose(template.read_text(encoding="utf-8"), parts), encoding="utf-8")


def _joined(files: Iterable[Path], suffix: str) -> str:
    texts = {file: file.read_text(encoding="utf-8") for file in files if file.suffix == suffix}
    for file, text in texts.items():
        if "</script" in text or "</style" in text:
            raise InputError(str(file), "a closing tag", "text that a page may hold", "write the tag in two parts")
    return "\n".join(texts.values())
