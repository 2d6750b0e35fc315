"""The page of the film: one file that opens without a server or a network."""

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from phonotopy.core.files import replacing
from phonotopy.film.payload import Showing

__all__ = ["Sources", "compose", "notes", "withheld", "write_page"]

PLACE = re.compile(r"<!-- (\w+) -->")  # in the template, where something is filled in
PRIVATE = "Recordings are private (report.private): there is no film, since it would play voices and show transcripts."


class Sources(NamedTuple):
    """Files that a page is made of: a template, its styles and its scripts in order."""

    template: str | Path
    styles: Sequence[str | Path]
    scripts: Sequence[str | Path]


def compose(sources: Sources, content: Mapping[str, Any], remarks: Sequence[str]) -> str:
    """The page that shows the content; `remarks` say what it does not show."""
    return _filled(sources, content, remarks, _joined(sources.scripts))


def notes(missing: Sequence[str], showings: Sequence[Showing], left_out: Sequence[str]) -> list[str]:
    """Sentences on conditions without a recogniser, on layouts, and on utterances for which there is no room."""
    moved = dict.fromkeys((one.condition, one.origin) for one in showings if one.condition != one.origin)
    return [
        *(f"{name} is not shown: its responses come without a recogniser that could listen." for name in missing),
        *(f"{name} has the responses of {origin}, at other positions." for name, origin in moved),
        *([f"There is no room for {', '.join(left_out)} on a page below 15 MB."] if left_out else []),
    ]


def withheld(sources: Sources) -> str:
    """A page that says why there is no film."""
    return _filled(sources, None, [PRIVATE], "")


def _filled(sources: Sources, content: Mapping[str, Any] | None, remarks: Sequence[str], program: str) -> str:
    parts = {
        "style": f"<style>\n{_joined(sources.styles)}</style>",
        "notes": "\n".join(f"<p>{escape(note)}</p>" for note in remarks),
        "payload": f'<script type="application/json" id="payload">{_data(content)}</script>' if content else "",
        "program": f'<script>\n"use strict";\n{program}</script>' if program else "",
    }
    template = Path(sources.template).read_text(encoding="utf-8")
    return PLACE.sub(lambda found: parts[found[1]], template)


def _joined(paths: Sequence[str | Path]) -> str:
    return "\n".join(Path(path).read_text(encoding="utf-8") for path in paths)


def _data(content: Mapping[str, Any]) -> str:
    """JSON that can be within a page: no text of it ends the element around it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def write_page(path: str | Path, page: str) -> None:
    """Write the page, whole or not at all."""
    with replacing(path) as part:
        part.write_text(page, encoding="utf-8")
