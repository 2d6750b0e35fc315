"""Responses of units to phones: which frames belong to a token, and what is kept of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.clock import Clock, Spans
from phonotopy.activations.comoments import Comoments
from phonotopy.annotation.intervals import Interval
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import OTHER, SILENCES, Inventory
from phonotopy.core.moments import Moments
from phonotopy.core.numba_loops import compiled
from phonotopy.core.running_moments import take
from phonotopy.core.seeds import stream

__all__ = ["Coding", "LayerResponses", "Token", "aligned", "tokens_of"]

GROUPS = 10  # of speakers at most, whose onset-locked responses are kept apart; the half of a speaker is fold % 2


class Segment(Protocol):
    """What is known of an utterance here."""

    @property
    def utterance(self) -> str:
        """Its name."""

    @property
    def speaker(self) -> str:
        """Who speaks."""

    @property
    def split(self) -> str:
        """Where it belongs."""


Known = TypeVar("Known", bound=Segment)


class Token(NamedTuple):
    """One stretch of speech with one label; `phone` is its index in the coding, `stored` whether its mean is kept.

    `word` is the one that it is in, empty where that is unknown.
    """

    phone: int
    onset_s: float
    offset_s: float
    stored: bool
    word: str = ""


@dataclass(frozen=True)
class Coding:
    """Order of phones, speakers and speaker folds along the axes of all arrays."""

    phones: tuple[str, ...]
    speakers: tuple[str, ...]

    @classmethod
    def of(cls, inventory: Inventory, segments: Iterable[Segment]) -> "Coding":
        """Phones in the order of the inventory, speakers in that of their names."""
        return cls(inventory.labels, tuple(sorted({segment.speaker for segment in segments})))

    @property
    def shared(self) -> dict[str, NDArray[np.generic]]:
        """The arrays that all layers of a file of responses share."""
        return {"phone": np.array(self.phones), "speaker": np.array(self.speakers), "fold": self.folds}

    @property
    def groups(self) -> int:
        """Number of folds of speakers."""
        return min(len(self.speakers), GROUPS)

    @property
    def folds(self) -> NDArray[np.int64]:
        """Fold of each speaker, in turn."""
        return np.arange(len(self.speakers)) % self.groups


def aligned(
    segments: Iterable[Known], splits: Collection[str], intervals: Mapping[str, Sequence[Interval]]
) -> list[Known]:
    """Utterances of the splits that have intervals, in order; InputError where there are none."""
    found = [segment for segment in segments if segment.split in splits and intervals.get(segment.utterance)]
    if not found:
        advice = "see coverage.tsv of the alignment, or map other splits (activations.splits)"
        raise InputError("alignment", f"no aligned utterance in {' or '.join(splits)}", "at least one", advice)
    return found


def tokens_of(
    intervals: Mapping[str, Sequence[Interval]], segments: Sequence[Segment], coding: Coding, cap: int
) -> dict[str, list[Token]]:
    """Tokens by utterance, in time order; of each phone and speaker at most `cap`, sampled at random, are stored.

    Raises InputError for a label that is neither a phone of the coding nor silence nor OTHER.
    """
    occurrences: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for segment in segments:
        for index, interval in enumerate(intervals[segment.utterance]):
            if _is_phone(interval, segment.utterance, coding):
                occurrences.setdefault((segment.speaker, interval.label), []).append((segment.utterance, index))
    stored: set[tuple[str, int]] = set()
    for (speaker, label), found in occurrences.items():
        chosen = stream("stored tokens", speaker, label).permutation(len(found))[:cap]
        stored.update(found[number] for number in chosen)
    return {
        segment.utterance: [
            Token(
                coding.phones.index(interval.label),
                interval.onset_s,
                interval.offset_s,
                (segment.utterance, index) in stored,
                interval.word,
            )
            for index, interval in enumerate(intervals[segment.utterance])
            if interval.label in coding.phones
        ]
        for segment in segments
    }


def _is_phone(interval: Interval, utterance: str, coding: Coding) -> bool:
    if interval.label not in coding.phones and interval.label not in {*SILENCES, OTHER}:
        raise InputError(
            utterance,
            f"label {interval.label!r} at {interval.onset_s} s",
            f"silence, {OTHER} or one of {' '.join(coding.phones)}",
            "map the label to the inventory before alignment",
            "a TextGrid in another phone set",
        )
    return interval.label in coding.phones


class _Spoken(NamedTuple):
    """The tokens of one utterance as arrays ``(tokens,)``, beside its responses ``(frames, units)``."""

    speaker: int
    phone: NDArray[np.int64]
    stored: NDArray[np.bool_]
    onset_frames: NDArray[np.int64]
    spans: Spans
    responses: NDArray[np.float32]

    @classmethod
    def of(cls, speaker: int, tokens: Sequence[Token], responses: NDArray[np.float32], clock: Clock) -> "_Spoken":
        onset = np.array([token.onset_s for token in tokens])
        spans = clock.spans(onset, np.array([token.offset_s for token in tokens]), len(responses))
        phone = np.array([token.phone for token in tokens])
        return cls(speaker, phone, np.array([t.stored for t in tokens]), clock.nearest(onset), spans, responses)


class LayerResponses:
    """What is kept of one layer, added up utterance by utterance; memory does not grow with the audio."""

    def __init__(self, units: int, clock: Clock, coding: Coding, lags_s: tuple[float, float]) -> None:
        self.clock, self.coding = clock, coding
        self.lags = clock.lags(*lags_s)
        phones, speakers = len(coding.phones), len(coding.speakers)
        self.cells = Moments.empty(speakers * phones, units)
        self.onset_locked = [Moments.empty(coding.groups * phones, units) for _ in self.lags]
        self.frames = Comoments(units)
        self.bare = 0

    def add(self, utterances: Sequence[tuple[int, list[Token], NDArray[np.float32]]]) -> NDArray[np.float32]:
        """Take in utterances (speaker index, tokens, responses ``(frames, units)``); returns stored token means."""
        spoken = [_Spoken.of(*utterance, self.clock) for utterance in utterances if utterance[1]]
        if not spoken:
            return np.empty((0, self.cells.mean.shape[1]), np.float32)
        self.bare += sum(int(item.spans.bare.sum()) for item in spoken)
        means = np.concatenate([_span_means(item.responses, item.spans) for item in spoken])
        cells = np.concatenate([item.speaker * len(self.coding.phones) + item.phone for item in spoken])
        take(self.cells, means, cells)
        self._add_lags(spoken)
        covered = [item.responses[_covered(item.spans, len(item.responses))] for item in spoken]
        self.frames.add(np.concatenate(covered).astype(np.float64))
        return np.asarray(means[np.concatenate([item.stored for item in spoken])], dtype=np.float32)

    def _add_lags(self, spoken: Sequence["_Spoken"]) -> None:
        """Add the responses at each lag after onset; where an utterance has no frame there, nothing."""
        frames = [len(item.responses) for item in spoken]
        first, tokens = np.cumsum([0, *frames[:-1]]), [len(item.phone) for item in spoken]
        onset = np.concatenate([item.onset_frames for item in spoken])
        start, length = np.repeat(first, tokens), np.repeat(frames, tokens)
        folds, phones = self.coding.folds, len(self.coding.phones)
        groups = np.concatenate([folds[item.speaker] * phones + item.phone for item in spoken])
        responses = np.concatenate([item.responses for item in spoken])
        for lag, moments in zip(self.lags, self.onset_locked, strict=True):
            inside = (onset + lag >= 0) & (onset + lag < length)
            take(moments, responses[(start + onset + lag)[inside]], groups[inside])

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything by the names in `store.AXES`, but for token means and filters."""
        phones, speakers, units = len(self.coding.phones), len(self.coding.speakers), self.cells.mean.shape[1]
        onset = {
            f"onset_{name}": np.stack(
                [getattr(moments, name).reshape(self.coding.groups, phones, *tail) for moments in self.onset_locked],
                axis=2,
            )
            for name, tail in (("count", ()), ("mean", (units,)), ("m2", (units,)))
        }
        return {
            "count": self.cells.count.reshape(speakers, phones),
            "mean": self.cells.mean.reshape(speakers, phones, units),
            "m2": self.cells.m2.reshape(speakers, phones, units),
            "lag_s": self.lags * self.clock.stride_s,
            **onset,
            "frame_count": np.array(self.frames.count),
            "frame_mean": self.frames.mean,
            "frame_comoment": self.frames.comoment,
        }


def _span_means(responses: NDArray[np.float32], spans: Spans) -> NDArray[np.float64]:
    """Mean response in each span, ``(tokens, units)``; spans may overlap."""
    means = np.zeros((len(spans.first), responses.shape[1]))
    _add_spans(np.ascontiguousarray(responses), spans.first, spans.end, means)
    return means / (spans.end - spans.first)[:, None]


@compiled
def _add_spans(
    responses: NDArray[np.float32], first: NDArray[np.int64], end: NDArray[np.int64], sums: NDArray[np.float64]
) -> None:
    for token in range(len(first)):
        for frame in range(first[token], end[token]):
            for unit in range(responses.shape[1]):
                sums[token, unit] += responses[frame, unit]


def _covered(spans: Spans, frames: int) -> NDArray[np.bool_]:
    """Frames that belong to a token, in contrast to silence."""
    edges = np.zeros(frames + 1, dtype=np.int64)
    np.add.at(edges, spans.first, 1)
    np.add.at(edges, spans.end, -1)
    return np.asarray(np.cumsum(edges)[:-1] > 0)
