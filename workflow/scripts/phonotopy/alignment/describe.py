"""What a corpus consists of: speech by speaker, durations of labels, and what could not be used."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

import numpy as np

from phonotopy.alignment.coverage import NOT_ASKED, Coverage, Method
from phonotopy.annotation.intervals import Interval
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.tables import write_table
from phonotopy.corpus.utterances import SPLITS, Utterance

__all__ = [
    "ALIGNMENT",
    "DURATIONS",
    "REASONS",
    "SPEAKERS",
    "TABLES",
    "durations",
    "reasons",
    "speakers",
    "write_summary",
]

ALIGNMENT = Table(
    "alignment.tsv",
    rows="one row per split",
    columns={
        **shared("corpus", "split"),
        "speakers": Column("count", "of usable recordings"),
        "utterances": Column("count", "found"),
        "aligned": Column("count", "of them, those that were aligned"),
        "textgrids": Column("count", "aligned ones whose intervals TextGrids gave"),
        "pocketsphinx": Column("count", "aligned ones whose intervals pocketsphinx gave"),
        "mfa": Column("count", "aligned ones whose intervals the Montreal Forced Aligner gave"),
        "ctc": Column("count", "aligned ones whose intervals a recogniser of letters gave"),
        "excluded": Column("count", "of them, those that were left out, or could not be aligned"),
        "not_asked": Column("count", "of them, usable ones whose alignment nothing asked for"),
        "minutes": Column("min", "of usable recordings: those that are not excluded"),
        "aligned_minutes": Column("min", "of aligned recordings"),
    },
)

SPEAKERS = Table(
    "speakers.tsv",
    rows="one row per split and speaker",
    columns={
        **shared("corpus", "split"),
        "speaker": Column("", "the name, or with `report.private` a number in the order of names"),
        "utterances": Column("count", "found"),
        "aligned": Column("count", "of them, those that were aligned"),
        "excluded": Column("count", "of them, those that were left out, or could not be aligned"),
        "not_asked": Column("count", "of them, usable ones whose alignment nothing asked for"),
        "minutes": Column("min", "of usable recordings: those that are not excluded"),
        "aligned_minutes": Column("min", "of aligned recordings"),
    },
)

DURATIONS = Table(
    "durations.tsv",
    rows="one row per split and label, in order of frequency",
    columns={
        **shared("corpus", "split"),
        "label": Column("", "of `intervals.tsv`, `SIL` included"),
        "tokens": Column("count", "intervals with the label"),
        "speakers": Column("count", "who say it"),
        "median_ms": Column("ms", "median of its durations"),
        "percentile_5_ms": Column("ms", "5th percentile of its durations"),
        "percentile_95_ms": Column("ms", "95th percentile of its durations"),
    },
)

REASONS = Table(
    "reasons.tsv",
    rows="one row per split, status and reason",
    columns={
        **shared("corpus", "split"),
        "status": Column("", "`excluded`, or `aligned` by a later method than the first"),
        "reason": Column("", "kind of reason: what stands before the colon in `coverage.tsv`"),
        "utterances": Column("count", "an utterance with two reasons is counted under both"),
    },
)

TABLES = (ALIGNMENT, SPEAKERS, DURATIONS, REASONS)
QUANTILES = (0.5, 0.05, 0.95)

Row = dict[str, object]


def write_summary(path: str | Path, corpus: str, coverage: Sequence[Coverage], utterances: Sequence[Utterance]) -> None:
    """Write one row per split: speakers, utterances, those aligned by each method, those left out, and minutes."""
    lengths = {utterance.utterance: utterance.duration_s for utterance in utterances}
    rows = []
    for split in SPLITS:
        own = [row for row in coverage if row.split == split]
        speakers = {row.speaker for row in own if row.status != "excluded"}
        methods = Counter(row.method for row in own if row.status == "aligned")
        by_method = {method: methods[method] for method in get_args(Method)}
        head = {"corpus": corpus, "split": split, "speakers": len(speakers)}
        rows.append({**head, **_counts(own), **by_method, **_minutes(own, lengths)})
    write_table(path, ALIGNMENT.columns, rows)


def _counts(rows: Sequence[Coverage]) -> Row:
    """Utterances by what became of them."""
    found = Counter[str](row.status for row in rows)
    named = {"aligned": "aligned", "excluded": "excluded", "not_asked": NOT_ASKED}
    return {"utterances": len(rows), **{name: found[status] for name, status in named.items()}}


def _minutes(rows: Iterable[Coverage], lengths: Mapping[str, float]) -> Row:
    """Of usable recordings, and of those that are aligned."""
    usable = [row for row in rows if row.status != "excluded"]
    aligned = [row for row in usable if row.status == "aligned"]
    named = {"minutes": usable, "aligned_minutes": aligned}
    return {name: sum(lengths[row.utterance] for row in own) / 60 for name, own in named.items()}


def speakers(
    corpus: str, coverage: Sequence[Coverage], utterances: Iterable[Utterance], names: Mapping[str, str]
) -> Iterator[Row]:
    """One row per split and speaker; a speaker of train may also be in dev."""
    lengths = {utterance.utterance: utterance.duration_s for utterance in utterances}
    own: dict[tuple[str, str], list[Coverage]] = defaultdict(list)
    for row in coverage:
        own[row.split, names[row.speaker]].append(row)
    for split, speaker in sorted(own, key=lambda key: (SPLITS.index(key[0]), key[1])):
        rows = own[split, speaker]
        yield {"corpus": corpus, "split": split, "speaker": speaker, **_counts(rows), **_minutes(rows, lengths)}


def durations(corpus: str, coverage: Iterable[Coverage], intervals: Mapping[str, Sequence[Interval]]) -> Iterator[Row]:
    """One row per split and label, in order of frequency, silence included: tokens and quantiles of their duration."""
    known = {row.utterance: row for row in coverage}
    for split in SPLITS:
        lengths: dict[str, list[float]] = defaultdict(list)
        speakers_of: dict[str, set[str]] = defaultdict(set)
        for utterance, own in intervals.items():
            if known[utterance].split == split:
                for interval in own:
                    lengths[interval.label].append(interval.offset_s - interval.onset_s)
                    speakers_of[interval.label].add(known[utterance].speaker)
        for label in sorted(lengths, key=lambda label: (-len(lengths[label]), label)):
            middle, short, long = (float(1000 * value) for value in np.quantile(lengths[label], QUANTILES))
            counts = {"tokens": len(lengths[label]), "speakers": len(speakers_of[label])}
            times = {"median_ms": middle, "percentile_5_ms": short, "percentile_95_ms": long}
            yield {"corpus": corpus, "split": split, "label": label, **counts, **times}


def reasons(corpus: str, coverage: Iterable[Coverage]) -> Iterator[Row]:
    """One row per split, status and kind of reason (the text before its colon): excluded, or aligned at a second try.

    A reason that names words or times of one utterance is so counted with its like.
    """
    counts = Counter(
        (row.split, row.status, kind)
        for row in coverage
        for kind in dict.fromkeys(_kind(reason) for reason in row.reason.split("; ") if reason)
    )
    for split, status, kind in sorted(counts, key=lambda key: (SPLITS.index(key[0]), key[1], -counts[key], key[2])):
        number = counts[split, status, kind]
        yield {"corpus": corpus, "split": split, "status": status, "reason": kind, "utterances": number}


def _kind(reason: str) -> str:
    return reason.partition(":")[0]
