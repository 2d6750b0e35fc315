"""TextGrid files of Praat."""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import textgrid

from phonotopy.errors import InputError
from phonotopy.speech.intervals import Span

__all__ = ["read_textgrid", "write_textgrid"]

# What Praat itself looks at: free-standing strings, flags and numbers; all else is for the human eye (Praat manual,
# "TextGrid file formats"). By this rule the long and the short format are one, and damaged indices do no harm.
TOKEN = re.compile(
    r'(?<!\S)(?:"(?P<string>(?:[^"]|"")*)"(?=\s|$)|<(?P<flag>\w+)>(?=\s|$)'
    r"|(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?=\s|$)|(?P<comment>![^\n]*))"
)

Token = str | float


def read_textgrid(path: str | Path) -> dict[str, list[Span]]:
    """Interval tiers by name, in the long or short text format, UTF-8, UTF-16 or Latin-1; empty intervals included.

    Of tiers with the same name the first counts; intervals without duration are left out. Raises InputError with the
    reason where the file cannot be read.
    """
    try:
        return _tiers(_tokens(_decoded(Path(path).read_bytes())))
    except StopIteration:
        raise _unreadable(path, "it ends before all its intervals are there", "the file is truncated") from None
    except (ValueError, OverflowError, OSError) as error:
        raise _unreadable(path, str(error)) from error


def write_textgrid(path: str | Path, duration_s: float, tiers: Mapping[str, Sequence[Span]]) -> None:
    """Write interval tiers in the long text format, UTF-8; gaps become empty intervals, so that no tier has any."""
    grid = textgrid.TextGrid(minTime=0.0, maxTime=duration_s)
    for name, spans in tiers.items():
        tier = textgrid.IntervalTier(name, 0.0, duration_s)
        for span in spans:
            tier.add(span.onset_s, span.offset_s, span.text)
        grid.append(tier)
    grid.write(str(path))


def _unreadable(path: str | Path, found: str, cause: str = "") -> InputError:
    advice = "open it in Praat and save it as a text file, or remove it so that the transcript is aligned"
    return InputError(str(path), f"unreadable TextGrid: {found}", "a TextGrid text file", advice, cause)


def _decoded(content: bytes) -> str:
    """Praat writes UTF-8, UTF-16 with a byte order mark, or, in its older versions, Latin-1."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _tokens(text: str) -> Iterator[Token]:
    """Strings (with flags) and numbers after the header, which names the kind of file."""
    if not re.match(r'\s*(?:File type = )?"ooTextFile', text):
        raise ValueError(f"it begins with {text[:30]!r} instead of 'File type = \"ooTextFile\"'")
    matches = (match for match in TOKEN.finditer(text) if match.lastgroup != "comment")
    for match in matches:
        if match.lastgroup == "number":
            yield float(match["number"])
        else:
            yield match["flag"] or match["string"].replace('""', '"')


def _tiers(tokens: Iterator[Token]) -> dict[str, list[Span]]:
    _string(tokens)
    if (kind := _string(tokens)) != "TextGrid":
        raise ValueError(f"it holds an object of class {kind!r}")
    _bounds(tokens)
    tiers: dict[str, list[Span]] = {}
    count = int(_number(tokens)) if _string(tokens) == "exists" else 0
    for _ in range(count):
        kind, name = _string(tokens), _string(tokens)
        entries = _entries(tokens, kind)
        if kind == "IntervalTier":
            tiers.setdefault(name, entries)
    return tiers


def _entries(tokens: Iterator[Token], kind: str) -> list[Span]:
    """The entries of one tier; a point is a span without duration."""
    if kind not in ("IntervalTier", "TextTier"):
        raise ValueError(f"it holds a tier of class {kind!r}")
    _bounds(tokens)
    spans = []
    for _ in range(int(_number(tokens))):
        onset = _number(tokens)
        offset = _number(tokens) if kind == "IntervalTier" else onset
        spans.append(Span(onset, offset, _string(tokens).strip()))
    return [span for span in spans if span.onset_s != span.offset_s]


def _bounds(tokens: Iterator[Token]) -> tuple[float, float]:
    """Beginning and end; nothing here depends on them, since the recording itself says how long it is."""
    return _number(tokens), _number(tokens)


def _number(tokens: Iterator[Token]) -> float:
    token = next(tokens)
    if isinstance(token, str):
        raise ValueError(f"text {token!r} where a number should be")
    return token


def _string(tokens: Iterator[Token]) -> str:
    token = next(tokens)
    if isinstance(token, float):
        raise ValueError(f"number {token:g} where text should be")
    return token
