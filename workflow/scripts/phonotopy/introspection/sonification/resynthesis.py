"""From a mask of bands and frames to samples, and from samples to features on the scale of their utterance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchaudio.transforms import InverseSpectrogram, Spectrogram

from phonotopy.recogniser.features import DYNAMIC_RANGE, LEAST_DEVIATION, LEAST_POWER, LogMel
from phonotopy.recogniser.samples import analysis as samples_analysis
from phonotopy.recogniser.samples.analysis import Waveform, analysis_of

__all__ = ["Resynthesis", "Scale"]

BANDS, LOWEST_HZ, HIGHEST_HZ = 64, 60, 7600  # of masks, where features have no bands


@dataclass(frozen=True)
class Scale:
    """Of an utterance: power at which bands are floored, and ``(bands,)`` mean and deviation of their logarithms.

    Of samples, which have no floor, mean and deviation are scalars.
    """

    floor: float
    mean: Tensor
    deviation: Tensor


@dataclass(frozen=True)
class Resynthesis:
    """Sound with the energy that masks let through; the phase is that of the original.

    `analysis` makes the features that a network is given, `mel` the bands of masks: those of log-mel features, others
    where features are samples. `spread` ``(bands, bins)`` gives every bin of the spectrum the mean of its bands.
    """

    analysis: LogMel | Waveform
    mel: LogMel
    forward: Spectrogram
    inverse: InverseSpectrogram
    filters: Tensor
    spread: Tensor

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """From the settings of a checkpoint."""
        analysis = analysis_of(settings)
        bands = analysis if isinstance(analysis, LogMel) else _bands(analysis)
        mel = bands.transform()
        shape: dict[str, Any] = {"n_fft": mel.n_fft, "win_length": mel.win_length, "hop_length": mel.hop_length}
        filters = mel.mel_scale.fb
        forward, inverse = Spectrogram(**shape, power=None), InverseSpectrogram(**shape)
        return cls(analysis, bands, forward, inverse, filters, _spread(filters))

    @property
    def centres_hz(self) -> NDArray[np.float64]:
        """Centre of every band, ``(bands,)``, by the mel scale of the features."""
        low, high = (2595 * np.log10(1 + edge / 700) for edge in (self.mel.lowest_hz, self.mel.highest_hz))
        mel = np.linspace(low, high, self.mel.bands + 2)[1:-1]
        return np.asarray(700 * (10 ** (mel / 2595) - 1))

    def power(self, samples: Tensor) -> Tensor:
        """Power of bands ``(..., frames, bands)`` of samples ``(..., time)``."""
        found: Tensor = self.forward(samples).abs().square().transpose(-1, -2) @ self.filters
        return found

    def scale(self, samples: Tensor) -> Scale:
        """That of an utterance ``(time,)``."""
        if isinstance(self.analysis, Waveform):
            deviation = samples.std(correction=0).clamp(min=samples_analysis.LEAST_DEVIATION)
            return Scale(0.0, samples.mean(), deviation)
        power = self.power(samples)
        floor = max(float(power.max()) * DYNAMIC_RANGE, LEAST_POWER)
        log = power.clamp(min=floor).log()
        return Scale(floor, log.mean(dim=0), log.std(dim=0, correction=0).clamp(min=LEAST_DEVIATION))

    def features(self, samples: Tensor, scale: Scale) -> Tensor:
        """Features ``(..., frames, width)`` of samples, on the scale of the utterance that they come from."""
        if isinstance(self.analysis, Waveform):
            return _hops((samples - scale.mean) / scale.deviation, self.analysis.hop)
        return (self.power(samples).clamp(min=scale.floor).log() - scale.mean) / scale.deviation

    def masked(self, samples: Tensor, masks: Tensor) -> Tensor:
        """Samples ``(time,)`` through each of some masks ``(masks, frames, bands)``, as ``(masks, time)``."""
        gains = (masks @ self.spread).transpose(-1, -2)
        found: Tensor = self.inverse(self.forward(samples) * gains, length=len(samples))
        return found


def _bands(analysis: Waveform) -> LogMel:
    """Bands of masks for a network that looks at samples, in frames of its window and hop."""
    highest = min(HIGHEST_HZ, analysis.sample_rate_hz / 2)
    return LogMel(analysis.sample_rate_hz, analysis.window_s, analysis.hop_s, BANDS, LOWEST_HZ, highest)


def _hops(samples: Tensor, hop: int) -> Tensor:
    """Samples ``(..., time)`` as ``(..., frames, hop)``, sample ``hop // 2`` of a frame on its centre, zeros beyond."""
    frames = 1 + samples.shape[-1] // hop
    after = frames * hop - hop // 2 - samples.shape[-1]
    return nn.functional.pad(samples, (hop // 2, after)).reshape(*samples.shape[:-1], frames, hop)


def _spread(filters: Tensor) -> Tensor:
    """Filters ``(bins, bands)`` transposed, of weight 1 a bin; bins outside of all belong to the nearest band."""
    weights = filters.clone()
    inside = weights.sum(dim=1) > 0
    covered = torch.nonzero(inside)[:, 0]
    for number in torch.nonzero(~inside)[:, 0]:
        weights[number] = weights[covered[(covered - number).abs().argmin()]]
    return (weights / weights.sum(dim=1, keepdim=True)).T
