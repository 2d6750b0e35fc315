"""What a corpus consists of: speech by speaker, durations of labels, and what could not be used."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

import numpy as np

from phonotopy.alignment.align import Coverage, Method
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
    "names_of_speakers",
    "reasons",
    "speakers",
    "write_summary",
]

ALIGNMENT = Table(
    "alignment.tsv",
    rows="one row per split",
    columns={
        **shared("corpus", "split"),
        "speakers": Column("count", "with an aligned utterance"),
        "utterances": Column("count", "found"),
        "aligned": Column("count", "of them, those that were aligned"),
        "textgrids": Column("count", "aligned ones whose intervals TextGrids gave"),
        "pocketsphinx": Column("count", "aligned ones whose intervals pocketsphinx gave"),
        "mfa": Column("count", "aligned ones whose intervals the Montreal Forced Aligner gave"),
        "ctc": Column("count", "aligned ones whose intervals a recogniser of letters gave"),
        "excluded": Column("count", "of them, those that were left out"),
        "minutes": Column("min", "of aligned recordings"),
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
        "excluded": Column("count", "of them, those that were left out"),
        "minutes": Column("min", "of aligned recordings"),
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
    """Write one row per split: speakers, utterances, those aligned by each method, those excluded, and minutes."""
    methods = get_args(Method)
    duration_s = {utterance.utterance: utterance.duration_s for utterance in utterances}
    rows = []
    for split in SPLITS:
        own = [row for row in coverage if row.split == split]
        aligned = [row for row in own if row.status == "aligned"]
        minutes = sum(duration_s[row.utterance] for row in aligned) / 60
        by_method = [sum(row.method == method for row in aligned) for method in methods]
        counts = len({row.speaker for row in aligned}), len(own), len(aligned), *by_method, len(own) - len(aligned)
        rows.append(dict(zip(ALIGNMENT.columns, (corpus, split, *counts, minutes), strict=True)))
    write_table(path, ALIGNMENT.columns, rows)


def names_of_speakers(coverage: Iterable[Coverage], *, private: bool) -> dict[str, str]:
    """The name by which readers know each speaker: the own, or a number in the order of the names."""
    own = sorted({row.speaker for row in coverage})
    return {name: f"speaker{index:02d}" if private else name for index, name in enumerate(own, start=1)}


def speakers(
    corpus: str, coverage: Sequence[Coverage], utterances: Iterable[Utterance], names: Mapping[str, str]
) -> Iterator[Row]:
    """One row per split and speaker (a speaker of train may also be in dev); minutes are those of aligned speech."""
    lengths = {utterance.utterance: utterance.duration_s for utterance in utterances}
    own: dict[tuple[str, str], list[Coverage]] = defaultdict(list)
    for row in coverage:
        own[row.split, names[row.speaker]].append(row)
    for split, speaker in sorted(own, key=lambda key: (SPLITS.index(key[0]), key[1])):
        rows = own[split, speaker]
        aligned = [lengths[row.utterance] for row in rows if row.status == "aligned"]
        counts = {"utterances": len(rows), "aligned": len(aligned), "excluded": len(rows) - len(aligned)}
        yield {"corpus": corpus, "split": split, "speaker": speaker, **counts, "minutes": sum(aligned) / 60}


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
