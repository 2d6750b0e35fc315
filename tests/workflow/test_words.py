"""Pages, captions, settings, docstrings and comments use the words of the glossary, and claim what was tested."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "workflow" / "scripts"
# The dictionary is composed of what modules say of their columns; these modules have words of their own.
EXCEPT = {"docs/dictionary.md"}  # a column of inventories is place, of articulation

RATES = "row|line|marker|point|panel|folder|file|figure|job|module|entry|table|map|number|regions|tokens"
WORDS = {  # what is not written: what is
    r"sheets?": "grid, or page of a figure",
    r"places?": "position on the grid, index, path or time",
    r"hears?|heard": "recorded, recognised, in training",
    r"told|tells?": "stated, reported, distinguished",
    r"(?:re)?drawn|drew": "sampled, or plotted",
    r"hangs? (?:on|of|from)|on which .* hangs?": "depends on",
    r"stands? (?:at|in|on)(?! for)|stood": "is at, is in; units are arranged on a grid",
    r"letter error rates?": "character error rate",
    r"phonemic": "tied to the sound at this time",
    r"planted (?:region|cluster|core)s?": "planted patch",
    r"labelling of speech": "label shift",
    rf"(?:one|1|{RATES}) a (?:phone|unit|layer|seed|training|condition|speaker|split|run|map|token|word)": "per",
}
ALLOWED = [  # phrases in which a word is in its own place
    r"place of articulation",
    r"place of consonants",
    r"vowels have no place",
    r"manner, place, voic",
    r"`place`",
    r"place, word",  # columns of word onsets
    r"not whether it is phonemic",  # denied, not claimed
    r"That it is \*phonemic\*",
    r"maps that are phonemic beyond sound",
]
GLOSSARY = re.compile(r"^Words that are not used:.*?\n\n", re.MULTILINE | re.DOTALL)


def documents() -> Iterator[Path]:
    yield from (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CITATION.cff"))
    yield from (ROOT / "docs").glob("*.md")
    yield from (ROOT / "workflow" / "report").glob("*.rst")
    yield from (ROOT / "workflow" / "schemas").glob("*.yaml")  # all prose there is in descriptions
    yield from (ROOT / "workflow" / "rules").glob("*.smk")


def settings() -> Iterator[Path]:
    yield ROOT / "config.yaml"
    yield from (ROOT / "presets").glob("*.yaml")
    yield from (ROOT / "profiles").glob("*/config.yaml")


def comments(text: str) -> Iterator[str]:
    yield from (
        token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT
    )


def docstrings(text: str) -> Iterator[str]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    yield from (ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text)) if isinstance(node, kinds))


def said(path: Path) -> str:
    """What a file says to people."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return "\n".join([*docstrings(text), *comments(text)])
    if path in {*settings()}:
        return "\n".join(line.partition("#")[2] for line in text.splitlines())
    return GLOSSARY.sub("", text)


def faults(text: str) -> list[str]:
    for phrase in ALLOWED:
        text = re.sub(phrase, "", text)
    found = ((re.search(rf"\b(?:{word})\b", text, re.IGNORECASE), word) for word in WORDS)
    return [f"{line_of(text, match)}: {WORDS[word]}" for match, word in found if match]


def line_of(text: str, match: re.Match[str]) -> str:
    """The lines in which a match is, without spaces around them."""
    end = text.find("\n", match.end())
    return text[text.rfind("\n", 0, match.start()) + 1 : end if end >= 0 else len(text)].strip()


FILES = [*documents(), *settings(), *LIBRARY.rglob("*.py")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_words_are_those_of_the_glossary(path: Path) -> None:
    if path.relative_to(ROOT).as_posix() not in EXCEPT:
        assert faults(said(path)) == []


@pytest.mark.parametrize(
    "text",
    [
        "units of the Sheet",
        "at this place on the grid",
        "speakers never heard",
        "cannot be told",
        "drawn at random",
        "this hangs on the seed",
        "whether it is phonemic",
        "a planted region",
        "one row a phone",
        "a line a training",
    ],
)
def test_words_of_no_use_are_found(text: str) -> None:
    assert len(faults(text)) == 1


@pytest.mark.parametrize("text", ["place of articulation", "replaced", "a row of a phone", "hang up", "understand"])
def test_other_words_pass(text: str) -> None:
    assert faults(text) == []


def test_names_of_tests_keep_to_them_too() -> None:
    names = [
        node.name.replace("_", " ")
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert len(names) > 1000
    assert [
        name for name in names if re.search(r"\b(?:sheets?|places?|heard|told|drawn|hang|planted region)\b", name)
    ] == []
