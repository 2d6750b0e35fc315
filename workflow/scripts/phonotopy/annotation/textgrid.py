"""TextGrid files of Praat (bib key boersma2001): what Praat shows is read, what it could not show is refused."""

import codecs
import math
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Any

import textgrid

from phonotopy.annotation.intervals import Span
from phonotopy.core.errors import InputError

__all__ = ["read_textgrid", "write_textgrid"]

# What Praat itself looks at: free-standing strings, numbers and flags; all else is for the human eye (Praat manual,
# "TextGrid file formats"). By this rule the long and the short format are one, and damaged indices do no harm. A match
# is the next of these after any number of words and comments, or the end; possessive, so that no text is slow.
TOKEN = re.compile(
    r"\s*+(?:(?:[^\s\"<!+\-0-9]\S*+|![^\n]*+)(?:\s++|\Z))*+"
    r"(\"(?:[^\"]++|\"\")*+\"(?=\s|\Z)|[-+0-9]\S*+|<[^>\n]*+>|[\"<]|\Z)"
)
NUMBERS = re.compile(r"(?:(?=\S{1,40} )[-+]?[0-9]++(?:\.[0-9]*+)?(?:[eE][-+]?[0-9]++)? )*+")
HEADER = 40  # characters in which Praat looks for the kind of file
ENTRY = {
    "IntervalTier": ("number", "number", "text"),
    "TextTier": ("number", "text"),
}  # onset, offset, label; or a point
TRUNCATED = "it ends before all its intervals are there: the file is truncated"
LONGER = "it goes on after its last interval: its number of tiers or of intervals is too small"


def read_textgrid(path: str | Path) -> dict[str, list[Span]]:
    """Interval tiers by name, intervals in order of time, labels stripped of white space around them.

    Long or short text format; UTF-8, UTF-16 with or without a byte order mark, or Latin-1; any line ends. Tiers of
    points are passed over, of tiers with the same name the first counts, intervals without duration are left out.
    InputError with the reason: Praat could not read the file either, it would show less than the file holds (of
    intervals with the same onset only the first), or it would guess (numbers with a comma).
    """
    try:
        return _Reader(_decoded(Path(path).read_bytes())).tiers()
    except (ValueError, OSError) as error:
        advice = "open it in Praat and save it as a text file, or remove it so that the transcript is aligned"
        found = f"unreadable TextGrid: {error}"
        raise InputError(str(path), found, "a TextGrid text file", advice) from error


def write_textgrid(path: str | Path, duration_s: float, tiers: Mapping[str, Sequence[Span]]) -> None:
    """Write interval tiers in the long text format, UTF-8; gaps become empty intervals, so that no tier has any."""
    grid = textgrid.TextGrid(minTime=0.0, maxTime=duration_s)
    for name, spans in tiers.items():
        tier = textgrid.IntervalTier(name, 0.0, duration_s)
        for span in spans:
            tier.add(span.onset_s, span.offset_s, span.text)
        grid.append(tier)
    grid.write(str(path))


def _decoded(content: bytes) -> str:
    """Text with line ends of one kind.

    Praat writes UTF-8, UTF-16 with a byte order mark, or, in its older versions, Latin-1, and overlooks null bytes.
    """
    if wide := _utf_16(content):
        text = content[: len(content) // 2 * 2].decode(wide)
    else:
        text = _narrow(content.replace(b"\0", b""))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _utf_16(content: bytes) -> str:
    """The codec of a file in UTF-16; a header without byte order mark shows it by its null bytes."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return {b"\0\0": "utf-16-le"}.get(content[1:4:2], {b"\0\0": "utf-16-be"}.get(content[0:3:2], ""))


def _narrow(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


class _Reader:
    """Tokens of a TextGrid, taken one after the other; ValueError names a token of the wrong kind."""

    def __init__(self, text: str) -> None:
        self._text, self._position = _body(text), 0
        self._tokens: list[str] = TOKEN.findall(self._text)

    def tiers(self) -> dict[str, list[Span]]:
        """All tiers; at the end nothing may be left that looks like one more of them."""
        kind = self._one("text")[0]
        self._bounds()
        flag, count = self._one("flag", "count")
        if kind.partition(" ")[0] != "TextGrid" or flag != "exists":
            raise ValueError(f"it holds an object of class '{kind}', tiers <{flag}>")
        tiers: dict[str, list[Span]] = {}
        for _ in range(count):
            kind, name = self._one("text", "text")
            if kind not in ENTRY:
                raise ValueError(f"it holds a tier of class '{kind}'")
            spans = self._spans(kind)
            if kind == "IntervalTier":
                tiers.setdefault(name.strip(), spans)
        self._end()
        return tiers

    def _spans(self, kind: str) -> list[Span]:
        """The entries of one tier in order of onset, as Praat sorts them; a tier without any is one empty interval."""
        onset, offset = self._bounds()
        count = self._one("count")[0]
        *times, labels = self._columns(ENTRY[kind], count)
        spans = sorted(map(Span, times[0], times[-1], map(str.strip, labels)), key=lambda span: span.onset_s)
        if kind == "IntervalTier":
            _check(spans)
            spans = [span for span in spans or [Span(onset, offset, "")] if span.onset_s < span.offset_s]
        return spans

    def _bounds(self) -> tuple[float, float]:
        """Where the grid or a tier begins and ends; nothing depends on it, the recording says how long it is."""
        start, end = self._one("number", "number")
        if end < start:
            raise ValueError(f"it begins at {start:g} s and ends at {end:g} s")
        return start, end

    def _one(self, *kinds: str) -> list[Any]:
        return [column[0] for column in self._columns(kinds, 1)]

    def _columns(self, kinds: Sequence[str], count: int) -> list[list[Any]]:
        """The next `count` rows of values of these kinds, by column."""
        tokens = self._tokens[self._position : self._position + count * len(kinds)]
        try:
            columns = [KINDS[kind](tokens[column :: len(kinds)]) for column, kind in enumerate(kinds)]
        except ValueError:
            self._refuse(tokens, kinds)
            raise
        if len(tokens) < count * len(kinds):
            raise ValueError(TRUNCATED)
        self._position += len(tokens)
        return columns

    def _refuse(self, tokens: Sequence[str], kinds: Sequence[str]) -> None:
        """ValueError with the line of the first token that is not of its kind."""
        for number, (token, kind) in enumerate(zip(tokens, cycle(kinds), strict=False), start=self._position):
            try:
                KINDS[kind]([token])
            except ValueError as error:
                match = next(islice(TOKEN.finditer(self._text), number, None))
                line = self._text.count("\n", 0, match.start(1)) + 2
                raise ValueError(f"{error}, line {line}") from None

    def _end(self) -> None:
        """Praat does not look behind the last tier, and so would not show what is left there."""
        rest = self._tokens[self._position : self._position + 3]
        for kinds in (("text", "text", "number"), *ENTRY.values()):
            try:
                columns = [KINDS[kind]([token]) for token, kind in zip(rest, kinds, strict=False)]
            except ValueError:
                continue
            if len(columns) == len(kinds):
                raise ValueError(LONGER)


def _body(text: str) -> str:
    """What follows the first line, which names the kind of file."""
    first, _, body = text.partition("\n")
    if first.startswith("ooBinaryFile"):
        raise ValueError("it is a binary file of Praat")
    if first.startswith('"Praat chronological'):
        raise ValueError("it is a chronological text file of Praat")
    if "TextFile" not in first[:HEADER] or "ooTextFile" not in first:
        raise ValueError(f"it begins with {first[:30]!r} instead of 'File type = \"ooTextFile\"'")
    return body


def _check(spans: Sequence[Span]) -> None:
    for span in spans:
        if span.offset_s < span.onset_s:
            raise ValueError(
                f"interval '{span.text}' ends at {span.offset_s:g} s, before its onset at {span.onset_s:g} s"
            )
    for one, other in pairwise(spans):
        if one.onset_s == other.onset_s:
            raise ValueError(f"'{one.text}' and '{other.text}' both begin at {one.onset_s:g} s: Praat shows only one")


def _numbers(tokens: Sequence[str]) -> list[float]:
    """Finite decimal numbers as Praat knows them; Python alone would read 1_000 and +.5 too."""
    numbers = list(map(float, tokens)) if NUMBERS.fullmatch(" ".join([*tokens, ""])) else [math.nan]
    if not all(map(math.isfinite, numbers)):
        raise ValueError(_misplaced(tokens, "a number"))
    return numbers


def _counts(tokens: Sequence[str]) -> list[int]:
    if not all(token.isascii() and token.isdecimal() for token in tokens):
        raise ValueError(_misplaced(tokens, "a number of tiers or intervals"))
    return list(map(int, tokens))


def _texts(tokens: Sequence[str]) -> list[str]:
    """Strings without their quotes; a quote alone is one that is not closed, or not doubled inside a label."""
    if '"' in tokens:
        raise ValueError("a label that does not end, or a quote inside one that is not doubled")
    if not all(token.startswith('"') for token in tokens):
        raise ValueError(_misplaced(tokens, "text in quotes"))
    return [token[1:-1].replace('""', '"') for token in tokens]


def _flags(tokens: Sequence[str]) -> list[str]:
    if not all(token.startswith("<") and token.endswith(">") for token in tokens):
        raise ValueError(_misplaced(tokens, "<exists>"))
    return [token[1:-1] for token in tokens]


def _misplaced(tokens: Sequence[str], expected: str) -> str:
    return TRUNCATED if "" in tokens else f"{' '.join(tokens)[:40]} where {expected} should be"


KINDS: Mapping[str, Callable[[Sequence[str]], list[Any]]] = {
    "number": _numbers,
    "count": _counts,
    "text": _texts,
    "flag": _flags,
}
