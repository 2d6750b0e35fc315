"""A description of the sound of tokens that knows nothing of phones."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phonotopy.activations.clock import Clock, Spans
from phonotopy.activations.clusterings import matched_clusters
from phonotopy.activations.sound import Sound, sampled
from phonotopy.core.seeds import key, stream
from phonotopy.recogniser.features import LogMel

__all__ = ["SAMPLE_RATE_HZ", "Described", "describe"]

SAMPLE_RATE_HZ = 16000
ANALYSIS = LogMel(SAMPLE_RATE_HZ, window_s=0.025, hop_s=0.010, bands=24, lowest_hz=60, highest_hz=7600)
CLOCK = Clock(ANALYSIS.hop_s, 0.0, ANALYSIS.window_s)
WIDTHS = (11, 21, 41, 67)  # of random convolutions, frames: from a phone's core to the widest receptive fields
OF_A_WIDTH = 250  # random convolutions
BEFORE_S = ((-0.24, -0.16), (-0.16, -0.10), (-0.10, -0.05), (-0.05, 0.0))  # windows before the onset; after alike
LAYERS, UNITS, KERNEL = 3, 64, 11  # of the random network, whose receptive field is 31 frames
CLUSTERINGS = 39  # so that p can be 1 / 40
PITCHED_S = 0.040  # window of voicing: three periods of the lowest pitch
LAGS = slice(SAMPLE_RATE_HZ // 500, SAMPLE_RATE_HZ // 75)  # of pitches from 75 to 500 Hz
FFT = 1024
SILENT = 1e-10  # power


class Described(NamedTuple):
    """An utterance and its tokens: samples at `SAMPLE_RATE_HZ`, onsets and offsets in s."""

    samples: NDArray[np.float32]
    onset_s: NDArray[np.float64]
    offset_s: NDArray[np.float64]


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
def describe(
    utterances: Iterable[Described], phones: Sequence[str], words: Sequence[str], *, most: int, seed: int
) -> Sound:
    """What at most `most` tokens sound like; `phones` and `words` ``(tokens,)`` in the order of the utterances.

    Memory does not grow with the length of recordings. Nothing of the description depends on phones but the sizes of
    clusters.
    """
    chosen, first = sampled(len(phones), most, stream("described tokens", seed)), 0
    weights, parts = _Random.of(seed), []
    for utterance in utterances:
        end = first + len(utterance.onset_s)
        kept = chosen[(chosen >= first) & (chosen < end)] - first
        if len(kept):
            parts.append(_described(utterance, kept, weights))
        first = end
    if not parts:
        return Sound.empty()
    features, network, physical = (np.concatenate(part) for part in zip(*parts, strict=True))
    labels = np.array(phones)[chosen]
    sizes, around = np.unique(labels, return_counts=True)[1], features.shape[1] - OF_A_WIDTH * len(WIDTHS)
    random = stream("clusters of sounds", seed)
    clusters = matched_clusters(features[:, -around:].astype(np.float64), sizes, CLUSTERINGS, random)
    layer = np.repeat(np.arange(1, LAYERS + 1), UNITS)
    named = (chosen, labels, np.array(words)[chosen], features, around, network, layer)
    return Sound(*named, clusters.astype(np.int16), *physical.T)


def _described(utterance: Described, kept: NDArray[np.int64], weights: _Random) -> tuple[NDArray[np.float32], ...]:
    """Features, units of the random network, and loudness, voicing and centroid of the kept tokens."""
    mel = ANALYSIS(utterance.samples)
    onset, offset, frames = utterance.onset_s[kept], utterance.offset_s[kept], len(mel)
    inside = CLOCK.spans(onset, offset, frames)
    signal = torch.from_numpy(mel).T[None]
    features = [_means(_convolved(signal, weights), inside), _around(mel, onset, offset)]
    return (
        np.concatenate(features, axis=1),
        _means(_network(signal, weights), inside),
        _means(_physical(utterance.samples, frames), inside),
    )


def _convolved(signal: Tensor, weights: _Random) -> NDArray[np.float32]:
    """Rectified random convolutions ``(frames, filters)`` of a signal ``(1, bands, frames)``."""
    found = []
    for filters, threshold in zip(weights.filters, weights.thresholds, strict=True):
        values = torch.nn.functional.conv1d(signal, filters, padding=filters.shape[2] // 2)[0]
        found.append(torch.relu(values / values.std().clamp(min=1e-6) + threshold))
    return np.asarray(torch.cat(found).T.numpy())


def _network(signal: Tensor, weights: _Random) -> NDArray[np.float32]:
    """Responses ``(frames, layers · units)`` of convolutions, normalisation over the utterance, and rectification."""
    found = []
    for filters in weights.layers:
        values = torch.nn.functional.conv1d(signal, filters, padding=KERNEL // 2)
        centred = values - values.mean(dim=2, keepdim=True)
        signal = torch.relu(centred / centred.square().mean(dim=2, keepdim=True).sqrt().clamp(min=1e-6))
        found.append(signal[0])
    return np.asarray(torch.cat(found).T.numpy())


def _physical(samples: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Loudness in dB, voicing and spectral centroid in Hz by frame, ``(frames, 3)``."""
    window = torch.hann_window(round(PITCHED_S * SAMPLE_RATE_HZ))
    settings = {"win_length": len(window), "hop_length": ANALYSIS.hop, "window": window, "return_complex": True}
    power = torch.stft(torch.from_numpy(samples), FFT, pad_mode="constant", **settings).abs().square().T
    total = power.sum(dim=1)
    hertz = torch.linspace(0, SAMPLE_RATE_HZ / 2, power.shape[1])
    centroid = (power @ hertz) / total.clamp(min=SILENT)
    found = torch.stack([10 * torch.log10(total.clamp(min=SILENT)), _voicing(power, window), centroid])
    values = found.T.numpy()[:frames]
    return np.asarray(np.pad(values, ((0, frames - len(values)), (0, 0)), mode="edge"))


def _voicing(power: Tensor, window: Tensor) -> Tensor:
    """Largest peak of the autocorrelation at lags of pitches; 0 in silence (bib key boersma1993)."""
    own, found = torch.fft.irfft(torch.fft.rfft(window, FFT).abs().square()), torch.fft.irfft(power)
    peaks = found[:, LAGS] / (own[LAGS] / own[0])
    return (peaks.amax(dim=1) / found[:, 0].clamp(min=SILENT)).clamp(0, 1)


def _around(mel: NDArray[np.float32], onset: NDArray[np.float64], offset: NDArray[np.float64]) -> NDArray[np.float32]:
    """Bands in windows before, in thirds of, and in windows after each token, and the logarithm of its duration."""
    third = (offset - onset) / 3
    thirds = [(onset + k * third, onset + (k + 1) * third) for k in range(3)]
    before = [(onset + first, onset + end) for first, end in BEFORE_S]
    after = [(offset - end, offset - first) for first, end in reversed(BEFORE_S)]
    values = [_means(mel, CLOCK.spans(*window, len(mel))) for window in (*before, *thirds, *after)]
    return np.concatenate([*values, np.log(offset - onset)[:, None].astype(np.float32)], axis=1)


def _means(values: NDArray[np.float32], spans: Spans) -> NDArray[np.float32]:
    """Means ``(tokens, columns)`` of values ``(frames, columns)``; spans may overlap."""
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    length = (spans.end - spans.first)[:, None]
    return ((total[spans.end] - total[spans.first]) / length).astype(np.float32)
