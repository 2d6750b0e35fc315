"""Stretches of speech in which segments of all durations are nested, and sequences of these segments."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.seeds import stream
from phonotopy.recogniser.augmentation import at_tempo
from phonotopy.recogniser.features import FeatureIndex, Segment

__all__ = ["Order", "Stretch", "chosen_stretches", "cut", "orders"]

Features = NDArray[np.float32]
TRIES = 50  # pairs of orders, of which the one with the fewest shared neighbours is taken


class Stretch(NamedTuple):
    """A stretch of an utterance around its `middle`, in feature frames from 0; `speaker` is an index."""

    segment: Segment
    speaker: int
    middle: float


def chosen_stretches(
    segments: Sequence[Segment],
    spoken: Mapping[str, tuple[float, float]],
    speakers: Sequence[str],
    *,
    frames: int,
    number: int,
    key: int,
) -> list[Stretch]:
    """Random stretches of so many `frames` that do not overlap, sorted by speaker; about `number`, as many of each.

    `spoken` is the first and last feature frame of what is said in an utterance. A speaker of whom there is less
    speech has fewer.
    """
    share = max(1, number // max(1, len(speakers)))
    found: list[Stretch] = []
    for index, speaker in enumerate(speakers):
        own = [segment for segment in segments if segment.speaker == speaker and segment.utterance in spoken]
        offered = [one for segment in own for one in _tiles(segment, index, spoken[segment.utterance], frames)]
        kept = stream("stretches", key, speaker).permutation(len(offered))[:share]
        found += [offered[one] for one in sorted(kept.tolist())]
    return found


def _tiles(segment: Segment, speaker: int, spoken: tuple[float, float], frames: int) -> Iterator[Stretch]:
    """As many stretches side by side as fit, in the middle of what is said."""
    first, last = max(0.0, spoken[0]), min(segment.frames - 1.0, spoken[1])
    fit = max(0, int((last - first + 1) // frames))
    start = first + (last - first + 1 - fit * frames) / 2
    for tile in range(fit):
        yield Stretch(segment, speaker, start + tile * frames + (frames - 1) / 2)


def cut(index: FeatureIndex, stretches: Sequence[Stretch], pace: float, frames: int) -> Features:
    """The `frames` in the middle of each stretch, spoken so many times as fast, ``(stretches, frames, bands)``.

    Stored features are cut, not audio: those are normalised over their utterance, which would be context otherwise.
    """
    found = []
    for segment, own in groupby(stretches, key=lambda one: one.segment):
        features = at_tempo(np.array(index.of(segment)), pace)
        scale = (len(features) - 1) / max(1, segment.frames - 1)
        for one in own:
            first = round(one.middle * scale - (frames - 1) / 2)
            first = min(max(0, first), len(features) - frames)
            found.append(features[first : first + frames])
    return np.stack(found)


@dataclass(frozen=True)
class Order:
    """An order of segments ``(segments,)``, joined to a circle, so that the first and last have neighbours too."""

    order: NDArray[np.int64]

    def sequence(self, pieces: Features, around: int) -> Features:
        """Segments ``(segments, frames, bands)`` one after the other, `around` of them once more before and after."""
        everyone = np.take(self.order, range(-around, len(self.order) + around), mode="wrap")
        return np.ascontiguousarray(pieces[everyone].reshape(-1, pieces.shape[2]))

    def starts(self, frames: int, around: int) -> NDArray[np.int64]:
        """First frame of each segment in that sequence ``(segments,)``, in the order of segments."""
        return (np.argsort(self.order) + around) * frames


def orders(segments: int, key: int) -> tuple[Order, Order]:
    """Two random orders in which hardly any segment is followed by the same one."""
    random = stream("orders of segments", key)
    first = random.permutation(segments)
    others = [random.permutation(segments) for _ in range(TRIES)]
    return Order(first), Order(min(others, key=lambda other: _shared(first, other)))


def _shared(first: NDArray[np.int64], second: NDArray[np.int64]) -> int:
    """Segments with the same successor in both."""
    after = np.empty_like(first)
    after[first] = np.roll(first, -1)
    return int(np.sum(after[second] == np.roll(second, -1)))
