"""Intervals from a table of one's own, instead of an alignment."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from phonotopy.alignment.align import Aligned
from phonotopy.alignment.coverage import Coverage
from phonotopy.annotation.intervals import Span, fitted, labelled
from phonotopy.annotation.label_sets import Labels
from phonotopy.core.errors import InputError
from phonotopy.core.tables import read_table
from phonotopy.corpus.utterances import Utterance

__all__ = ["METHOD", "supplied_intervals"]

METHOD = "supplied"  # in coverage.tsv
SETTING = "alignment.intervals"
Row = Mapping[str, Any]


def _time(cell: str) -> float:
    value = float(cell)
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{cell} is no time in seconds")
    return value


REQUIRED: Mapping[str, Any] = {"utterance": str, "onset_s": _time, "offset_s": _time, "label": str}


def supplied_intervals(path: str | Path, utterances: Sequence[Utterance], labels: Labels) -> list[Aligned]:
    """The intervals of each utterance from the table at `path`, whose columns are those of intervals.tsv.

    Columns stress and word may be missing; stress may also be in the label, as in AH0, where `labels` know it. An
    utterance without usable intervals is excluded with the reason. InputError: columns are missing, or the table is
    about other utterances.
    """
    rows: dict[str, list[Row]] = {}
    for row in read_table(path, REQUIRED):
        rows.setdefault(row["utterance"], []).append(row)
    if not rows.keys() & {item.utterance for item in utterances}:
        known = utterances[0].utterance if utterances else "(none)"
        found = f"{path} has no utterance of the corpus, but {', '.join(list(rows)[:3]) or 'none at all'}"
        advice = "name utterances as in corpus/…/utterances.tsv, which `snakemake corpus` makes"
        raise InputError(SETTING, found, f"utterances such as {known}", advice)
    return [_aligned(item, rows.get(item.utterance, []), labels) for item in utterances]


def _aligned(utterance: Utterance, rows: Sequence[Row], labels: Labels) -> Aligned:
    identity = utterance.utterance, utterance.speaker, utterance.split
    if not rows:
        account = Coverage(
            *identity, "excluded", "", "no intervals", "add them to the table that alignment.intervals names"
        )
        return Aligned(utterance, account, [], [])
    phones = [Span(row["onset_s"], row["offset_s"], f"{row['label']}{row.get('stress', '')}") for row in rows]
    try:
        words, phones = (fitted(tier, utterance.duration_s) for tier in (_words(rows), phones))
        intervals = labelled(phones, words, utterance.duration_s, labels)
    except InputError as error:
        return Aligned(
            utterance, Coverage(*identity, "excluded", "", error.found, f"correct the table: {error.expected}"), [], []
        )
    return Aligned(utterance, Coverage(*identity, "aligned", METHOD, "", ""), words, intervals)


def _words(rows: Iterable[Row]) -> list[Span]:
    """Runs of intervals of one word; the same word twice in a row is one run, which no interval can distinguish."""
    spans = []
    for word, run in groupby(rows, key=lambda row: row.get("word", "")):
        intervals = list(run)
        if word:
            spans.append(Span(intervals[0]["onset_s"], intervals[-1]["offset_s"], word))
    return spans
