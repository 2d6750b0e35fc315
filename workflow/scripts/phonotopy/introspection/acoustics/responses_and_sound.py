"""Sums over the speech of each speaker that tie the responses of layers to contours and to feature frames."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.activations.accumulate import Token
from phonotopy.activations.geometry import Layer
from phonotopy.core.seeds import stream
from phonotopy.introspection.acoustics.best_bands import BandSums
from phonotopy.introspection.acoustics.lagged_sums import CONTROLS, LaggedSums
from phonotopy.introspection.acoustics.phone_contours import ContourSums
from phonotopy.introspection.acoustics.phones_beyond_acoustics import TokenSums, described
from phonotopy.introspection.acoustics.praat import HOP_S
from phonotopy.introspection.acoustics.properties import PROPERTIES, at_frames
from phonotopy.introspection.subject import Subject
from phonotopy.recogniser.features import Segment
from phonotopy.recogniser.network import Recogniser

__all__ = ["SERIES", "Found", "SpeakerContours", "deviations", "listen"]

Floats = NDArray[np.float64]
Values = NDArray[np.float32]
SpeakerContours = Mapping[str, Floats]  # of the utterances of a speaker, (properties, frames)
BATCH_FRAMES = 6000  # feature frames; bounds memory
SERIES = ("mean", "standardised")  # of all units of a layer
INTENSITY = PROPERTIES.index("intensity")
LOGGER = logging.getLogger("phonotopy")


class Squares(NamedTuple):
    """Sums of products of deviations from a speaker's means, by property: for regressions on all units."""

    frames: Floats
    xx: Floats
    xy: Floats
    yy: Floats


@dataclass
class Found:
    """What is found of a layer: Fisher's z by control ``(speakers, units + 2, properties, lags)``, and sums.

    The last two units are the `SERIES`. `squares` has an entry per speaker.
    """

    layer: Layer
    lags: NDArray[np.int64]
    bands: BandSums
    contours: ContourSums
    tokens: TokenSums
    z: dict[str, list[Floats]] = field(default_factory=dict)
    squares: list[Squares] = field(default_factory=list)


class _Frames(NamedTuple):
    """Frames of an utterance in a layer that lie in tokens: responses with `SERIES`, times, and the phone of each."""

    responses: Values
    times_s: Floats
    phone: NDArray[np.int64]


@torch.no_grad()
def deviations(subject: Subject) -> dict[int, Floats]:
    """Standard deviation of each unit over all frames, ``(units,)`` by layer; 1 for silent ones."""
    sums = {number: np.zeros((3, layer.grid.units)) for number, layer in subject.layers.items()}
    for _, responses in _evoked(subject, subject.segments):
        for number, own in responses.items():
            sums[number] += np.stack(
                [np.full(own.shape[1], len(own)), own.sum(0), (own.astype(np.float64) ** 2).sum(0)]
            )
    spread = {number: np.sqrt(np.maximum(xx / n - (x / n) ** 2, 0)) for number, (n, x, xx) in sums.items()}
    return {number: np.where(own > 1e-9, own, 1.0) for number, own in spread.items()}


def _evoked(subject: Subject, segments: Sequence[Segment]) -> Iterator[tuple[Segment, dict[int, Values]]]:
    """Utterances with the responses ``(frames, units)`` of the layers asked about."""
    network: Recogniser = subject.network
    for batch in subject.batches(BATCH_FRAMES, segments):
        with torch.no_grad():
            output = network(batch.features, batch.lengths)
        for index, segment in enumerate(batch.segments):
            yield (
                segment,
                {
                    number: output.responses[number - 1][index, :, : int(output.response_lengths[number - 1][index])]
                    .T.float()
                    .cpu()
                    .numpy()
                    for number in subject.layers
                },
            )


def listen(
    subject: Subject,
    contours: Mapping[str, SpeakerContours],
    reach_s: float,
    *,
    seed: int,
    bare: bool = False,
) -> dict[int, Found]:
    """What is found of each layer; `contours` by speaker. A `bare` pass correlates with own contours alone."""
    scale, found = deviations(subject), {n: _empty(subject, layer, reach_s) for n, layer in subject.layers.items()}
    for number, speaker in enumerate(subject.coding.speakers):
        segments = [segment for segment in subject.segments if segment.speaker == speaker]
        _listen(subject, segments, number, _standard(contours[speaker]), scale, found, seed=seed, bare=bare)
        LOGGER.info("speaker %d of %d", number + 1, len(subject.coding.speakers))
    return found


def _empty(subject: Subject, layer: Layer, reach_s: float) -> Found:
    speakers, phones = len(subject.coding.speakers), len(subject.coding.phones)
    units, lags = layer.grid.units, layer.clock.lags(-reach_s, reach_s)
    return Found(
        layer,
        lags,
        BandSums(units, subject.index.frames.shape[1], len(lags)),
        ContourSums(speakers, phones, len(SERIES)),
        TokenSums(speakers, phones, units, len(PROPERTIES) + 2),
    )


def _standard(contours: SpeakerContours) -> dict[str, Floats]:
    """Contours in standard deviations from the speaker's mean; a property without variance is undefined."""
    joined = np.concatenate(list(contours.values()), axis=1)
    known = np.isfinite(joined)
    n = np.maximum(known.sum(axis=1), 1)
    mean = np.where(known, joined, 0).sum(axis=1) / n
    spread = np.sqrt((np.where(known, joined - mean[:, None], 0) ** 2).sum(axis=1) / n)
    spread = np.where(spread > 1e-9, spread, np.nan)
    return {name: (own - mean[:, None]) / spread[:, None] for name, own in contours.items()}


def _controls(contours: Mapping[str, Floats], seed: int, *, bare: bool) -> dict[str, Mapping[str, Floats]]:
    """Contours by the name of what is done to them."""
    if bare:
        return {"none": contours}
    reversed_ = {name: own[:, ::-1] for name, own in contours.items()}
    return {"none": contours, "shifted": _shifted(contours, seed), "reversed": reversed_}


def _shifted(contours: Mapping[str, Floats], seed: int) -> dict[str, Floats]:
    """To each utterance the contours of another one of the speaker, turned by a random time."""
    random = stream("shifted contours", seed, *sorted(contours))
    names = [sorted(contours)[index] for index in random.permutation(len(contours))]
    found = {}
    for name, other in zip(names, [*names[1:], names[0]], strict=True):
        own, frames = contours[other], contours[name].shape[1]
        turn = int(random.integers(own.shape[1]))
        found[name] = own[:, (np.arange(frames) + turn) % own.shape[1]]
    return found


def _listen(
    subject: Subject,
    segments: Sequence[Segment],
    speaker: int,
    contours: Mapping[str, Floats],
    scale: Mapping[int, Floats],
    found: Mapping[int, Found],
    *,
    seed: int,
    bare: bool,
) -> None:
    """Take in the speech of a speaker."""
    controls = _controls(contours, seed, bare=bare)
    phones, properties = len(subject.coding.phones), len(PROPERTIES)
    sums = {
        number: {
            name: LaggedSums(one.layer.grid.units + 2, properties * len(one.lags), phones, name == "none" and not bare)
            for name in controls
        }
        for number, one in found.items()
    }
    regression = {number: _Regression(one.layer.grid.units) for number, one in found.items()}
    for segment, responses in _evoked(subject, segments):
        tokens = subject.tokens[segment.utterance]
        for number, own in responses.items() if tokens else ():
            one = found[number]
            frames = _in_tokens(own, tokens, one.layer, scale[number])
            here = {name: known[segment.utterance] for name, known in controls.items()}
            _correlate(frames, here, one, sums[number])
            one.bands.add(
                int(subject.coding.folds[speaker] % 2),
                frames.responses[:, :-2],
                _lagged_features(subject, segment, frames, one),
            )
            regression[number].add(frames, at_frames(here["none"], frames.times_s))
            if not bare:
                _tokens(one, speaker, own, tokens, here["none"], scale[number])
    for number, one in found.items():
        shape = one.layer.grid.units + 2, properties, len(one.lags)
        for name, own_sums in sums[number].items():
            for control in CONTROLS if own_sums.controlled else ("none",):
                label = control if name == "none" else name
                one.z.setdefault(label, []).append(own_sums.z(control).reshape(shape))
        one.squares.append(regression[number].squares())


def _in_tokens(responses: Values, tokens: Sequence[Token], layer: Layer, scale: Floats) -> _Frames:
    onset, offset = (np.array([getattr(token, name) for token in tokens]) for name in ("onset_s", "offset_s"))
    spans = layer.clock.spans(onset, offset, len(responses))
    phone = np.full(len(responses), -1)
    for first, end, token in zip(spans.first, spans.end, tokens, strict=True):
        phone[first:end] = token.phone
    inside = phone >= 0
    times = layer.clock.offset_s + layer.clock.stride_s * np.arange(len(responses), dtype=np.float64)
    return _Frames(np.column_stack([responses, _series(responses, scale)])[inside], times[inside], phone[inside])


def _series(responses: Values, scale: Floats) -> Values:
    """Mean over units of responses, and of responses in standard deviations, ``(frames, 2)``."""
    return np.stack([responses.mean(axis=1), (responses / scale.astype(np.float32)).mean(axis=1)], axis=1)


def _correlate(frames: _Frames, contours: Mapping[str, Floats], one: Found, sums: Mapping[str, LaggedSums]) -> None:
    times = frames.times_s[:, None] - one.lags * one.layer.clock.stride_s
    for name, own in contours.items():
        values = at_frames(own, times).astype(np.float32)
        intensity = np.tile(values[INTENSITY], (1, len(PROPERTIES)))
        flat = values.transpose(1, 0, 2).reshape(len(times), -1)
        sums[name].add(frames.responses, flat, intensity, frames.phone)


def _lagged_features(subject: Subject, segment: Segment, frames: _Frames, one: Found) -> Values:
    """Features ``(frames, lags, bands)`` at the lag before each frame; 0, their mean, beyond the ends."""
    features, hop_s = np.asarray(subject.index.of(segment)), float(subject.settings["hop_s"])
    index = np.rint((frames.times_s[:, None] - one.lags * one.layer.clock.stride_s) / hop_s).astype(np.int64)
    inside = (index >= 0) & (index < len(features))
    return np.where(inside[..., None], features[np.clip(index, 0, len(features) - 1)], np.float32(0))


def _tokens(
    one: Found, speaker: int, responses: Values, tokens: Sequence[Token], contours: Floats, scale: Floats
) -> None:
    """Take in the tokens of an utterance, as wholes and in their course."""
    clock = one.layer.clock
    onset, offset = (np.array([getattr(token, name) for token in tokens]) for name in ("onset_s", "offset_s"))
    spans = clock.spans(onset, offset, len(responses))
    means = np.stack(
        [responses[a:b].mean(axis=0, dtype=np.float64) for a, b in zip(spans.first, spans.end, strict=True)]
    )
    acoustics = described(contours, tokens, HOP_S, np.zeros(len(contours)))
    one.tokens.add(speaker, np.array([token.phone for token in tokens]), means, acoustics)
    one.contours.add(speaker, tokens, _series(responses, scale), clock)


class _Regression:
    """Sums for regressions of each property at the centre of a response on all units."""

    def __init__(self, units: int) -> None:
        shape = (len(PROPERTIES), units)
        self._n, self._y, self._yy = np.zeros((3, len(PROPERTIES)))
        self._x, self._xy, self._xx = np.zeros(shape), np.zeros(shape), np.zeros((*shape, units))

    def add(self, frames: _Frames, properties: Floats) -> None:
        for index, y in enumerate(properties):
            known = np.isfinite(y)
            x, own = frames.responses[known, :-2], y[known].astype(np.float32)
            self._n[index] += len(own)
            self._y[index] += own.sum()
            self._yy[index] += (own**2).sum()
            self._x[index] += x.sum(axis=0)
            self._xy[index] += own @ x
            self._xx[index] += x.T @ x

    def squares(self) -> Squares:
        n = np.maximum(self._n, 1)[:, None]
        xx = self._xx - np.einsum("ku,kv->kuv", self._x, self._x / n)
        return Squares(self._n, xx, self._xy - self._x * self._y[:, None] / n, self._yy - self._y**2 / n[:, 0])
