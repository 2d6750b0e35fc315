"""How much alike a unit responds to a segment in two contexts, by duration (bib key keshishian2021)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.core.seeds import key as key_of
from phonotopy.introspection.windows.stretches import Order, orders
from phonotopy.recogniser.network import Timing

__all__ = ["Curves", "Listener", "correlation", "invariance"]

Floats = NDArray[np.float64]
Responses = NDArray[np.float32]
Listener = Callable[[torch.Tensor], Mapping[int, torch.Tensor]]
FINENESS = 8  # lags per duration, at least
LEAST = 1e-10  # variance over mean square, below which responses count as constant


def correlation(count: Floats | float, sums: Floats) -> Floats:
    """Pearson's correlation of x and y from the sums of x, y, xx, yy and xy along the first axis; NaN if undefined."""
    x, y, xx, yy, xy = sums
    first, second = xx - x * x / count, yy - y * y / count
    defined = (first > LEAST * xx) & (second > LEAST * yy)
    scale = np.sqrt(np.where(defined, first * second, 1.0))
    found: Floats = np.where(defined, (xy - x * y / count) / scale, np.nan)
    return found


def likeness(count: Floats | float, sums: Floats) -> Floats:
    """1 less the normalised squared error: unlike a correlation it also sinks where gain or mean differ."""
    x, y, xx, yy, xy = sums
    whole: Floats = xx + yy - 2 * x * y / count
    unlike: Floats = np.divide(
        xx + yy - 2 * xy, whole, out=np.full_like(whole, np.nan), where=whole > LEAST * (xx + yy)
    )
    return 1.0 - unlike


@dataclass(frozen=True)
class Curves:
    """What a layer does with segments of some `durations` ``(durations,)``, in feature frames.

    Of the lag at which a unit is most alike: `sums` of x, y, xx, yy and xy ``(5, speakers, durations, units)`` over
    `count` ``(speakers,)`` segments. The largest of all lags: `peak` of the correlation and `error` of 1 less the
    squared error ``(durations, units)``, `halves` of the correlation in each half of the speakers ``(2, durations,
    units)``, and `floor` of the correlation with other segments. `active` ``(speakers, units)`` counts segments of
    the longest duration with a response in their middle.
    """

    durations: NDArray[np.int64]
    count: NDArray[np.int64]
    sums: Floats
    peak: Floats
    error: Floats
    halves: Floats
    floor: Floats
    active: NDArray[np.int64]


@dataclass(frozen=True)
class _Point:
    """The same for one duration."""

    duration: int
    sums: Floats
    peak: Floats
    error: Floats
    halves: Floats
    floor: Floats
    active: NDArray[np.int64]


def invariance(
    listener: Listener,
    timings: Mapping[int, Timing],
    pieces: NDArray[np.float32],
    speaker: NDArray[np.int64],
    half: NDArray[np.int64],
    durations: Sequence[int],
    key: int,
) -> dict[int, Curves]:
    """Curves by layer, of the middles of `pieces` ``(segments, longest, bands)`` in two random orders.

    `speaker` ``(segments,)`` ascends; `half` is that of each speaker. `listener` takes ``(1, frames, bands)`` and gives
    responses ``(units, frames)`` by layer. A layer is asked about durations that are multiples of its stride, so that
    both contexts meet it in the same phase.
    """
    points: dict[int, list[_Point]] = {layer: [] for layer in timings}
    for duration in durations:
        asked = {layer: timing for layer, timing in timings.items() if duration % timing.stride == 0}
        both = orders(len(pieces), key_of("contexts", key, duration))
        first = (pieces.shape[1] - duration) // 2
        pairs = _pairs(listener, asked, pieces[:, first : first + duration], both)
        for layer, timing in asked.items():
            middle = int(np.argmin(np.abs(np.concatenate(_distances(duration, timing)))))
            points[layer].append(_point(pairs.pop(layer), speaker, half, duration, middle))
    return {layer: _curves(found, speaker, len(half)) for layer, found in points.items() if found}


def _pairs(
    listener: Listener, timings: Mapping[int, Timing], middles: NDArray[np.float32], both: tuple[Order, Order]
) -> dict[int, list[Responses]]:
    """Responses ``(segments, lags, units)`` in both orders by layer, at lags of all phases."""
    duration = middles.shape[1]
    widest = max(timing.field + timing.stride for timing in timings.values())
    around = -(-widest // duration) + 1
    found: dict[int, list[list[Responses]]] = {layer: [[], []] for layer in timings}
    for phase in sorted({phase for timing in timings.values() for phase in phases(duration, timing)}):
        for number, order in enumerate(both):
            sequence = np.pad(order.sequence(middles, around), ((phase, 0), (0, 0)))
            evoked = listener(torch.from_numpy(sequence)[None])
            starts = order.starts(duration, around)[:, None]
            for layer, timing in timings.items():
                if phase in phases(duration, timing):
                    frames = starts // timing.stride + lags(duration, timing, phase)
                    found[layer][number].append(_taken(evoked[layer], frames))
    return {layer: [np.concatenate(one, axis=1) for one in pair] for layer, pair in found.items()}


def _taken(responses: torch.Tensor, frames: NDArray[np.int64]) -> Responses:
    """Responses ``(units, frames)`` at some frames ``(segments, lags)``, as ``(segments, lags, units)``."""
    found: Responses = responses.T[torch.from_numpy(frames).to(responses.device)].cpu().numpy()
    return found


def phases(duration: int, timing: Timing) -> range:
    """Feature frames by which a sequence begins late, so that lags are an eighth of the duration apart or closer.

    A layer of wide stride would otherwise meet short segments beside where its unit is most alike.
    """
    finest = max(1, duration // FINENESS)
    step = max(step for step in range(1, timing.stride + 1) if timing.stride % step == 0 and step <= finest)
    return range(0, timing.stride, step)


def lags(duration: int, timing: Timing, phase: int) -> NDArray[np.int64]:
    """Frames of a layer from that at the start of a segment, whose field and the segment hold each other best.

    Where one is longer, their middles may be apart by half of what it is longer, and one frame more.
    """
    reach = max(0.0, (timing.field - duration) / 2) + timing.stride
    offset = _offset(duration, timing, phase)
    first, last = np.ceil((-reach - offset) / timing.stride), np.floor((reach - offset) / timing.stride)
    return np.arange(int(first), int(last) + 1)


def _offset(duration: int, timing: Timing, phase: int) -> float:
    """Feature frames from the middle of a segment to that of the field of the frame at its start."""
    return timing.offset - phase - (duration - 1) / 2


def _distances(duration: int, timing: Timing) -> list[Floats]:
    """Feature frames from the middle of a segment to that of the field, of every lag of each phase."""
    every = phases(duration, timing)
    return [_offset(duration, timing, one) + timing.stride * lags(duration, timing, one).astype(float) for one in every]


def _point(
    pair: Sequence[Responses], speaker: NDArray[np.int64], half: NDArray[np.int64], duration: int, middle: int
) -> _Point:
    """The responses ``(segments, lags, units)`` in two contexts compared; `middle` is a lag."""
    first, second = pair
    present, starts, count = np.unique(speaker, return_index=True, return_counts=True)
    sums = _sums(first, second, starts)
    total, whole = float(count.sum()), sums.sum(axis=1)
    found = correlation(total, whole)
    best = np.where(np.isfinite(found), found, -np.inf).argmax(axis=0)
    shuffled = whole.copy()
    shuffled[4] = _added(first, second, slice(None), _partners(starts, count))
    every = np.zeros((5, len(half), first.shape[2]))
    every[:, present] = np.take_along_axis(sums, best[None, None, None], axis=2)[:, :, 0]
    active = np.zeros((len(half), first.shape[2]), dtype=np.int64)
    active[present] = np.add.reduceat((first[:, middle] != 0).astype(np.int64), starts, axis=0)
    parts = [half[present] == number for number in (0, 1)]
    halves = [_largest(correlation(max(1.0, count[own].sum()), sums[:, own].sum(axis=1))) for own in parts]
    return _Point(
        duration,
        every,
        _largest(found),
        _largest(likeness(total, whole)),
        np.stack(halves),
        _largest(correlation(total, shuffled)),
        active,
    )


def _sums(first: Responses, second: Responses, starts: NDArray[np.int64]) -> Floats:
    """Sums of x, y, xx, yy and xy over the segments of each speaker, ``(5, speakers, lags, units)``."""
    speakers = [slice(start, end) for start, end in zip(starts, [*starts[1:], len(first)], strict=True)]
    ones = np.ones((len(first), 1, 1), dtype=np.float32)
    pairs = ((first, ones), (second, ones), (first, first), (second, second), (first, second))
    return np.stack([np.stack([_added(x, y, own, own) for own in speakers]) for x, y in pairs])


def _added(first: Responses, second: Responses, ours: Any, theirs: Any) -> Floats:
    """Sum of products over some segments of each, ``(lags, units)``, in double precision."""
    found: Floats = np.einsum("slu,slu->lu", first[ours], second[theirs], dtype=np.float64)
    return found


def _partners(starts: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """Another segment of the same speaker for each; of a speaker with one segment, itself."""
    return np.concatenate([start + np.roll(np.arange(n), n // 2) for start, n in zip(starts, count, strict=True)])


def _largest(values: Floats) -> Floats:
    """Largest value over lags ``(units,)``, NaN where none is defined."""
    found = np.where(np.isfinite(values), values, -np.inf).max(axis=0)
    return np.where(np.isfinite(found), found, np.nan)


def _curves(points: Sequence[_Point], speaker: NDArray[np.int64], speakers: int) -> Curves:
    return Curves(
        np.array([one.duration for one in points]),
        np.bincount(speaker, minlength=speakers),
        np.stack([one.sums for one in points], axis=2),
        np.stack([one.peak for one in points]),
        np.stack([one.error for one in points]),
        np.stack([one.halves for one in points], axis=1),
        np.stack([one.floor for one in points]),
        points[-1].active,
    )
