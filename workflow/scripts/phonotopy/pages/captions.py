"""Captions of the report as HTML: reStructuredText with settings in it."""

import html
import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined

__all__ = ["first_sentence", "moved", "plain", "rendered"]

SENTENCE = re.compile(r"(?<=[^.\s]{3}[.?!])\s+(?=[A-Z(])")  # a space behind a full stop that ends no abbreviation

RELATIVE = re.compile(r'(\bhref=")(?![a-z]+:|[#/])')  # a link within the results


def rendered(text: str, settings: Mapping[str, Any], seed: int | None = None) -> str:
    """HTML of a text that asks for settings, and for the seed of a figure, as Snakemake's report does."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)  # noqa: S701 (no HTML yet)
    asked = SimpleNamespace(config=settings, wildcards=SimpleNamespace(seed=seed))
    source = environment.from_string(text).render(snakemake=asked)
    strict = {"halt_level": 2, "report_level": 5, "raw_enabled": False, "file_insertion_enabled": False}
    return str(publish_parts(source, writer="html5", settings_overrides=strict)["body"])


def moved(fragment: str, root: str) -> str:
    """The fragment for a page elsewhere, with links to files of the results that lead there; `root` is the way up."""
    return RELATIVE.sub(rf"\1{root}", fragment)


def plain(fragment: str) -> str:
    """The words of a fragment of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", fragment)).split())


def first_sentence(fragment: str) -> str:
    """The first sentence of a caption, in plain words."""
    return SENTENCE.split(plain(fragment), maxsplit=1)[0]
