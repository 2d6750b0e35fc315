"""What a corpus consists of: speech by speaker, durations of labels, and what could not be used."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from phonotopy.alignment.align import Coverage
from phonotopy.annotation.intervals import Interval
from phonotopy.corpus.utterances import SPLITS, Utterance

__all__ = ["DURATIONS", "REASONS", "SPEAKERS", "durations", "names_of_speakers", "reasons", "speakers"]

SPEAKERS = ("corpus", "split", "speaker", "utterances", "aligned", "excluded", "minutes")
DURATIONS = ("corpus", "split", "label", "tokens", "speakers", "median_ms", "short_ms", "long_ms")
REASONS = ("corpus", "split", "status", "reason", "utterances")
QUANTILES = (0.5, 0.05, 0.95)

Row = dict[str, object]


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
            times = {"median_ms": middle, "short_ms": short, "long_ms": long}
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
