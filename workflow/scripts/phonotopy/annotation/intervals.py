"""Time intervals of words and phones, and the table that holds those of a corpus."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from phonotopy.annotation.label_sets import Label, Labels
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import SILENCE, SILENCES
from phonotopy.core.tables import integer, read_table, write_table

__all__ = ["ROUNDING_S", "Interval", "Span", "fitted", "labelled", "read_intervals", "write_intervals"]

OVERHANG_S = 0.05  # aligners round the end of a recording up to a whole frame or two
ROUNDING_S = 1e-3  # overlaps and gaps below this come from rounding times in a text file

MEND = "correct the TextGrid in Praat, or remove it so that the transcript is aligned"


class Span(NamedTuple):
    """A stretch of time with its text in a tier, in seconds from the beginning of the recording."""

    onset_s: float
    offset_s: float
    text: str

    @property
    def duration_s(self) -> float:
        """Length of the stretch."""
        return self.offset_s - self.onset_s

    @property
    def middle_s(self) -> float:
        """Time in the middle of the stretch."""
        return (self.onset_s + self.offset_s) / 2

    def holds(self, time_s: float) -> bool:
        """Whether the time is in the stretch, which does not hold its end."""
        return self.onset_s <= time_s < self.offset_s


@dataclass(frozen=True)
class Interval:
    """One phone or silence; `stress` is None where the aligner gives none, `word` is empty in silence."""

    onset_s: float
    offset_s: float
    label: str
    stress: int | None
    word: str


def fitted(spans: Iterable[Span], duration_s: float) -> list[Span]:
    """Spans in order inside ``[0, duration_s]`` without overlap; rounding is mended, anything more is an InputError."""
    result: list[Span] = []
    now = 0.0
    for span in spans:
        if span.onset_s < now - ROUNDING_S or span.offset_s < span.onset_s:
            found = f"overlapping intervals: '{span.text}' begins at {span.onset_s:g} s, before {now:g} s"
            raise InputError("tier", found, "intervals in order", MEND)
        if span.offset_s > duration_s + OVERHANG_S:
            found = f"too long: '{span.text}' ends at {span.offset_s:g} s, the recording at {duration_s:g} s"
            raise InputError("tier", found, "intervals inside the recording", MEND)
        onset = now if span.onset_s < now + ROUNDING_S else span.onset_s
        offset = duration_s if span.offset_s > duration_s - ROUNDING_S else span.offset_s
        inside = Span(onset, offset, span.text)
        if inside.onset_s < inside.offset_s:
            result.append(inside)
            now = inside.offset_s
    return result


def labelled(tier: Sequence[Span], words: Sequence[Span], duration_s: float, labels: Labels) -> list[Interval]:
    """Intervals that cover ``[0, duration_s]`` without gap; one belongs to the word that holds its middle.

    Both tiers must be `fitted`. Gaps and runs of silences become one silence. What the `labels` know as a remark is no
    word, and its stretch one interval, whatever else stands there. InputError: nothing but silence, or a label outside
    the inventory.
    """
    remarks = [word for word in words if labels.is_remark(word.text)]
    words = [word for word in words if word not in remarks]
    result: list[Interval] = []
    for span, (label, stress) in _sounding(tier, remarks, labels):
        _append_silence(result, span.onset_s)
        result.append(Interval(span.onset_s, span.offset_s, label, stress, _word(span, words)))
    if not result:
        raise InputError("tier", "no phones: nothing but silence", "at least one phone", MEND)
    _append_silence(result, duration_s)
    return result


def _sounding(tier: Sequence[Span], remarks: Sequence[Span], labels: Labels) -> list[tuple[Span, Label]]:
    """Spans that are no silence, with their labels, in order; a remark replaces those whose middle it holds."""
    outside = [span for span in tier if not any(remark.holds(span.middle_s) for remark in remarks)]
    spans = [(span, label) for span in outside if (label := labels.of(span.text)).name != SILENCE]
    for remark in remarks:
        before = (span.offset_s for span, _ in spans if span.middle_s < remark.onset_s)
        after = (span.onset_s for span, _ in spans if span.middle_s >= remark.offset_s)
        between = Span(max(remark.onset_s, *before, 0.0), min(remark.offset_s, *after, math.inf), remark.text)
        label = labels.of(remark.text)
        if between.onset_s < between.offset_s and label.name != SILENCE:
            spans = sorted([*spans, (between, label)], key=lambda item: item[0].onset_s)
    return spans


def _append_silence(intervals: list[Interval], until_s: float) -> None:
    onset = intervals[-1].offset_s if intervals else 0.0
    if onset < until_s:
        intervals.append(Interval(onset, until_s, SILENCE, None, ""))


def _word(span: Span, words: Sequence[Span]) -> str:
    middle = span.middle_s
    index = bisect_right(words, middle, key=lambda word: word.onset_s) - 1
    word = words[index].text if index >= 0 and middle < words[index].offset_s else ""
    return "" if word in SILENCES else word


def write_intervals(path: str | Path, intervals: Iterable[tuple[str, Sequence[Interval]]]) -> None:
    """Write one row per interval, utterance by utterance as they come, in order of time."""
    columns = ["utterance", *(field.name for field in fields(Interval))]
    rows = ({"utterance": name} | asdict(interval) for name, own in intervals for interval in own)
    write_table(path, columns, rows)


TYPES: Mapping[str, Any] = {"onset_s": float, "offset_s": float, "label": str, "stress": integer, "word": str}


def read_intervals(*paths: str | Path) -> dict[str, list[Interval]]:
    """Read the intervals of each utterance of the tables, in their order."""
    intervals: dict[str, list[Interval]] = {}
    for row in (row for path in paths for row in read_table(path, TYPES)):
        intervals.setdefault(row.pop("utterance"), []).append(Interval(**row))
    return intervals
