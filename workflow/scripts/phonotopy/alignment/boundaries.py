"""How well two accounts of the same speech agree on when words and phones begin."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path

import numpy as np

from phonotopy.annotation.intervals import Interval
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.inventory import SILENCE
from phonotopy.core.tables import read_table, write_table
from phonotopy.corpus.utterances import SPLITS, Utterance

__all__ = [
    "DISTANCES",
    "ONSETS",
    "SUMMARY",
    "TABLES",
    "Boundary",
    "Expected",
    "between_methods",
    "from_words",
    "read_boundaries",
    "read_expected",
    "summary",
    "write_boundaries",
]

TOLERANCES_MS = (10, 20, 50)
DISTANCES = {  # columns that say how far apart onsets are
    "median_ms": Column("ms", "median distance"),
    "bias_ms": Column("ms", "median of method minus reference"),
    **{f"within_{limit}_ms": Column("fraction", "of `compared` at most so far apart") for limit in TOLERANCES_MS},
}
ONSETS = Table(
    "onsets.tsv",
    rows="one row per onset of a reference",
    columns={
        **shared("utterance", "split"),
        "reference": Column("", "whose onset is expected: `synthesiser`"),
        "method": Column("", "by which the utterance was aligned"),
        "kind": Column("", "`word`"),
        "label": Column("", "the word"),
        "expected_s": Column("s", "onset by the reference"),
        "found_s": Column(
            "s",
            "onset by the method; empty where the word of the transcript cannot be identified (equal neighbours, or a "
            "transcript of other words)",
        ),
    },
)

SUMMARY = Table(
    "boundaries.tsv",
    rows="one row per pair of reference and method and a split (or `all`)",
    columns={
        **shared("corpus"),
        "split": Column("", "`train`, `dev`, `test` or `all`"),
        "reference": Column("", "as in `onsets.tsv`"),
        "method": Column("", "as in `onsets.tsv`"),
        "kind": Column("", "as in `onsets.tsv`"),
        "utterances": Column("count", "with an onset of the reference"),
        "expected": Column("count", "onsets of the reference"),
        "compared": Column("count", "of them, those with a match; nothing is left out for its distance"),
        **DISTANCES,
    },
)

TABLES = (ONSETS, SUMMARY)

Row = dict[str, object]


@dataclass(frozen=True)
class Boundary:
    """The onset of a word or phone by a reference and by a method; `found_s` is None where they cannot be matched."""

    utterance: str
    split: str
    reference: str
    method: str
    kind: str
    label: str
    expected_s: float
    found_s: float | None

    @property
    def error_ms(self) -> float | None:
        """How much later the method has the onset, to the microsecond; None without a match."""
        return None if self.found_s is None else round(1000 * (self.found_s - self.expected_s), 3)


@dataclass(frozen=True)
class Expected:
    """When a word begins, by its index in the transcript, from 0."""

    word_index: int
    word: str
    onset_s: float


def from_words(
    utterance: Utterance, method: str, intervals: Sequence[Interval], expected: Iterable[Expected], reference: str
) -> Iterator[Boundary]:
    """Word onsets against those that a reference knows.

    Which word of the transcript an interval belongs to is known where neighbouring words differ; equal neighbours
    (`had had`) cannot be distinguished and stay without a match.
    """
    found = _onsets_by_index(utterance.transcript.split(), intervals)
    for word in expected:
        known = (utterance.utterance, utterance.split, reference, method, "word", word.word)
        yield Boundary(*known, word.onset_s, found.get(word.word_index))


def _onsets_by_index(transcript: Sequence[str], intervals: Iterable[Interval]) -> dict[int, float]:
    words = _words(intervals)
    runs = [list(run) for _, run in groupby(range(len(transcript)), key=lambda index: transcript[index])]
    if [transcript[run[0]] for run in runs] != [word for word, _ in words]:
        return {}
    return {run[0]: onset for run, (_, onset) in zip(runs, words, strict=True) if len(run) == 1}


def _words(intervals: Iterable[Interval]) -> list[tuple[str, float]]:
    """Words and their onsets; neighbours that are the same word count as one, since they cannot be distinguished."""
    runs = [(word, next(run).onset_s) for word, run in groupby(intervals, key=lambda own: own.word) if word]
    return [next(same) for _, same in groupby(runs, key=lambda run: run[0])]


def _labels(intervals: Iterable[Interval]) -> list[tuple[str, float]]:
    return [(own.label, own.onset_s) for own in intervals if own.label != SILENCE]


def between_methods(
    utterance: Utterance,
    reference: tuple[str, Sequence[Interval]],
    method: tuple[str, Sequence[Interval]],
) -> Iterator[Boundary]:
    """Onsets of the words and of the labels of a reference, where the method has the same ones in the same order."""
    for kind, onsets in (("word", _words), ("label", _labels)):
        (first, theirs), (second, ours) = ((name, onsets(intervals)) for name, intervals in (reference, method))
        found = _found(theirs, ours)
        for index, (label, onset_s) in enumerate(theirs):
            known = (utterance.utterance, utterance.split, first, second, kind, label)
            yield Boundary(*known, onset_s, found.get(index))


def _found(theirs: Sequence[tuple[str, float]], ours: Sequence[tuple[str, float]]) -> dict[int, float]:
    """Our onset of each of theirs, by its index, where there is one."""
    matcher = SequenceMatcher(None, [label for label, _ in theirs], [label for label, _ in ours], autojunk=False)
    return {
        block.a + step: ours[block.b + step][1] for block in matcher.get_matching_blocks() for step in range(block.size)
    }


def read_expected(path: str | Path) -> dict[str, list[Expected]]:
    """Word onsets of each utterance, from the table of the synthesiser."""
    words: dict[str, list[Expected]] = {}
    for row in read_table(path, {"utterance": str, "word_index": int, "word": str, "onset_s": float}):
        words.setdefault(row.pop("utterance"), []).append(Expected(**row))
    return words


def write_boundaries(path: str | Path, boundaries: Iterable[Boundary]) -> None:
    """Write one row per boundary."""
    write_table(path, ONSETS.columns, map(asdict, boundaries))


def read_boundaries(path: str | Path) -> list[Boundary]:
    """Read what was written."""
    rows = read_table(path, {"expected_s": float, "found_s": lambda cell: float(cell) if cell else None})
    return [Boundary(**row) for row in rows]


def summary(corpus: str, boundaries: Sequence[Boundary]) -> Iterator[Row]:
    """One row per pair of accounts, kind of boundary and split, and one for all splits: how far apart onsets are."""
    pairs = list(dict.fromkeys((own.reference, own.method, own.kind) for own in boundaries))
    for reference, method, kind in pairs:
        mine = [own for own in boundaries if (own.reference, own.method, own.kind) == (reference, method, kind)]
        for split in ("all", *SPLITS):
            chosen = [own for own in mine if split in ("all", own.split)]
            if chosen:
                head: Mapping[str, object] = {"reference": reference, "method": method, "kind": kind}
                yield {"corpus": corpus, "split": split, **head, **_distances(chosen)}


def _distances(boundaries: Sequence[Boundary]) -> Row:
    errors = np.array([own.error_ms for own in boundaries if own.error_ms is not None])
    row: Row = {"utterances": len({own.utterance for own in boundaries})}
    row |= {"expected": len(boundaries), "compared": len(errors)}
    if not len(errors):
        return row | dict.fromkeys(DISTANCES)
    row |= {"median_ms": float(np.median(np.abs(errors))), "bias_ms": float(np.median(errors))}
    return row | {f"within_{limit}_ms": float(np.mean(np.abs(errors) <= limit)) for limit in TOLERANCES_MS}
