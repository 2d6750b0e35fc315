"""A description of the sound of tokens that knows nothing of phones."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phonotopy.activations.accumulate import Token
from phonotopy.activations.clock import Clock, Spans
from phonotopy.activations.gather import Spoken
from phonotopy.activations.sound.clusterings import matched_clusters
from phonotopy.activations.sound.sound import Sound, sampled
from phonotopy.core import steps
from phonotopy.core.seeds import key, stream
from phonotopy.recogniser.features import LogMel

__all__ = ["SAMPLE_RATE_HZ", "Reader", "describe"]

Floats = NDArray[np.float32]
Reader = Callable[[str], Floats]  # from the name of an utterance to its samples ``(time,)`` at `SAMPLE_RATE_HZ`

SAMPLE_RATE_HZ = 16000
ANALYSIS = LogMel(SAMPLE_RATE_HZ, window_s=0.025, hop_s=0.010, bands=24, lowest_hz=60, highest_hz=7600)
CLOCK = Clock(ANALYSIS.hop_s, 0.0, ANALYSIS.window_s)
WIDTHS = (11, 21, 41, 67)  # of random convolutions, frames: from a phone's core to the widest receptive fields
OF_A_WIDTH = 250  # random convolutions
BEFORE_S = ((-0.24, -0.16), (-0.16, -0.10), (-0.10, -0.05), (-0.05, 0.0))  # windows before the onset; after alike
LAYERS, UNITS, KERNEL = 3, 64, 11  # of the random network, whose receptive field is 31 frames
CLUSTERINGS = 99  # so that p can be 1 / 100, and q over the layers of a network below .05
PITCHED_S = 0.040  # window of voicing: three periods of the lowest pitch
LAGS = slice(SAMPLE_RATE_HZ // 500, SAMPLE_RATE_HZ // 75 + 1)  # of pitches from 75 to 500 Hz
FFT = 1024
SILENT = 1e-10  # power
BLOCK = 64  # tokens whose means are taken at once, so that memory grows with neither tokens nor frames squared
SHORTEST_S = 0.001  # of a token; keeps the logarithm of durations finite


class _Random(NamedTuple):
    """Random weights: of each width and layer."""

    filters: Sequence[Tensor]
    thresholds: Sequence[Tensor]
    layers: Sequence[Tensor]

    @classmethod
    def of(cls, seed: int) -> "_Random":
        """Filters of unit length, tapered in time (after bib key dempster2020)."""
        generator = torch.Generator().manual_seed(key("random convolutions", seed) % 2**63)
        tapers = [torch.hann_window(width + 2, periodic=False)[1:-1] for width in WIDTHS]
        white = [torch.randn(OF_A_WIDTH, ANALYSIS.bands, width, generator=generator) for width in WIDTHS]
        filters = [torch.nn.functional.normalize((f * t).flatten(1)) for f, t in zip(white, tapers, strict=True)]
        below = [ANALYSIS.bands, *[UNITS] * (LAYERS - 1)]
        return cls(
            [flat.view_as(shape) for flat, shape in zip(filters, white, strict=True)],
            [2 * torch.rand(OF_A_WIDTH, 1, generator=generator) - 1 for _ in WIDTHS],
            [torch.randn(UNITS, channels, KERNEL, generator=generator) for channels in below],
        )


@torch.no_grad()
def describe(spoken: Sequence[Spoken], read: Reader, phones: Sequence[str], *, most: int, seed: int) -> Sound:
    """What at most `most` of the stored tokens of `spoken` sound like, numbered as in ``tokens.tsv``.

    `phones` are the labels of the coding. The audio of an utterance is read once, when it is its turn; memory does not
    grow with that of recordings. Nothing of the description depends on phones but the sizes of clusters.
    """
    tokens = [token for one in spoken for token in one.tokens if token.stored]
    chosen = sampled(len(tokens), most, stream("described tokens", seed))
    if not len(chosen):
        return Sound.empty()
    with _one_thread():
        parts = list(_parts(spoken, set(chosen.tolist()), read, _Random.of(seed)))
    features, network, physical = (np.concatenate(part) for part in zip(*parts, strict=True))
    labels = np.array([phones[tokens[number].phone] for number in chosen])
    sizes, around = np.unique(labels, return_counts=True)[1], features.shape[1] - OF_A_WIDTH * len(WIDTHS)
    random = stream("clusters of sounds", seed)
    clusters = matched_clusters(features[:, -around:].astype(np.float64), sizes, CLUSTERINGS, random)
    words = np.array([tokens[number].word for number in chosen])
    layer = np.repeat(np.arange(1, LAYERS + 1), UNITS)
    named = (chosen, labels, words, features, around, network, layer)
    return Sound(*named, clusters.astype(np.int16), *np.ascontiguousarray(physical.T))


@contextmanager
def _one_thread() -> Iterator[None]:
    """One compute thread, so that sums have one order on every machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _parts(
    spoken: Sequence[Spoken], chosen: set[int], read: Reader, weights: _Random
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """What is described of each utterance that has chosen tokens; tokens that are not stored have no number."""
    number = count()
    for one in steps.counted(spoken, "utterance"):
        kept = [token for token in one.tokens if token.stored and next(number) in chosen]
        if kept:
            yield _described(read(one.utterance), kept, weights)


def _described(samples: Floats, tokens: Sequence[Token], weights: _Random) -> tuple[Floats, Floats, Floats]:
    """Features, units of the random network, and loudness, voicing and centroid of tokens of one utterance."""
    samples = np.pad(samples, (0, max(FFT - len(samples), 0)))  # the first analysis needs as much as a window
    mel = ANALYSIS(samples)
    onset, offset = np.array([(token.onset_s, token.offset_s) for token in tokens]).T
    inside = CLOCK.spans(onset, offset, len(mel))
    signal = torch.from_numpy(mel).T[None]
    features = [_means(found, inside) for found in _convolved(signal, weights)]
    around, network = _around(signal[0], onset, offset), _means(_network(signal, weights), inside)
    return np.concatenate([*features, around], axis=1), network, _means(_physical(samples), inside)


def _convolved(signal: Tensor, weights: _Random) -> Iterator[Tensor]:
    """Rectified random convolutions ``(filters, frames)`` of a signal ``(1, bands, frames)``, width by width."""
    for filters, threshold in zip(weights.filters, weights.thresholds, strict=True):
        values = torch.nn.functional.conv1d(signal, filters, padding=filters.shape[2] // 2)[0]
        yield torch.relu(values / values.std().clamp(min=1e-6) + threshold)


def _network(signal: Tensor, weights: _Random) -> Tensor:
    """Responses ``(layers · units, frames)`` of convolutions, normalisation over the utterance, and rectification."""
    found = []
    for filters in weights.layers:
        values = torch.nn.functional.conv1d(signal, filters, padding=KERNEL // 2)
        centred = values - values.mean(dim=2, keepdim=True)
        signal = torch.relu(centred / centred.square().mean(dim=2, keepdim=True).sqrt().clamp(min=1e-6))
        found.append(signal[0])
    return torch.cat(found)


def _physical(samples: Floats) -> Tensor:
    """Loudness in dB, voicing and spectral centroid in Hz by frame, ``(3, frames)``."""
    window = torch.hann_window(round(PITCHED_S * SAMPLE_RATE_HZ))
    power = torch.stft(
        torch.from_numpy(samples),
        FFT,
        hop_length=ANALYSIS.hop,
        win_length=len(window),
        window=window,
        pad_mode="constant",
        return_complex=True,
    )
    hertz = torch.linspace(0, SAMPLE_RATE_HZ / 2, FFT // 2 + 1)
    audible = power.abs().square().T * (hertz >= ANALYSIS.lowest_hz)  # without offsets of the recording, and hum
    total = audible.sum(dim=1)
    centroid = (audible @ hertz) / total.clamp(min=SILENT)
    return torch.stack([10 * torch.log10(total.clamp(min=SILENT)), _voicing(audible, window), centroid])


def _voicing(power: Tensor, window: Tensor) -> Tensor:
    """Largest peak of the autocorrelation at lags of pitches over that of the window (bib key boersma1993), or 0."""
    own, found = torch.fft.irfft(torch.fft.rfft(window, FFT).abs().square()), torch.fft.irfft(power)
    height = found / (own / own[0]).clamp(min=SILENT)
    middle, before, after = (height[:, LAGS.start + step : LAGS.stop + step] for step in (0, -1, 1))
    peaks = torch.where((middle >= before) & (middle >= after), middle, 0.0)
    strongest: Tensor = peaks.amax(dim=1) / found[:, 0].clamp(min=SILENT)
    return strongest.clamp(0, 1)


def _around(mel: Tensor, onset: NDArray[np.float64], offset: NDArray[np.float64]) -> Floats:
    """Bands in windows before, in thirds of, and in windows after each token, and the logarithm of its duration."""
    third = (offset - onset) / 3
    thirds = [(onset + k * third, onset + (k + 1) * third) for k in range(3)]
    before = [(onset + first, onset + end) for first, end in BEFORE_S]
    after = [(offset - end, offset - first) for first, end in reversed(BEFORE_S)]
    values = [_means(mel, CLOCK.spans(*window, mel.shape[1])) for window in (*before, *thirds, *after)]
    duration = np.log(np.maximum(offset - onset, SHORTEST_S))[:, None].astype(np.float32)
    return np.concatenate([*values, duration], axis=1)


def _means(values: Tensor, spans: Spans) -> Floats:
    """Means ``(tokens, rows)`` of values ``(rows, frames)``; spans may overlap."""
    blocks = [slice(first, first + BLOCK) for first in range(0, len(spans.first), BLOCK)]
    return np.concatenate([_block_means(values, spans.first[block], spans.end[block]) for block in blocks])


def _block_means(values: Tensor, first: NDArray[np.int64], end: NDArray[np.int64]) -> Floats:
    frame = np.arange(first.min(), end.max())
    inside = (frame >= first[:, None]) & (frame < end[:, None])
    weights = torch.from_numpy(inside / inside.sum(axis=1, keepdims=True)).float()
    return np.asarray((weights @ values[:, frame[0] : frame[-1] + 1].T).numpy())
