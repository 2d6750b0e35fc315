"""From a mask of bands and frames to samples, and from samples to features on the scale of their utterance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchaudio.transforms import InverseSpectrogram, Spectrogram

from phonotopy.core.errors import InputError
from phonotopy.recogniser.features import DYNAMIC_RANGE, LEAST_DEVIATION, LEAST_POWER, LogMel

__all__ = ["Resynthesis", "Scale"]

KIND = "log_mel"  # of features that a mask of bands and frames is defined for


@dataclass(frozen=True)
class Scale:
    """Of an utterance: power at which bands are floored, and ``(bands,)`` mean and deviation of their logarithms."""

    floor: float
    mean: Tensor
    deviation: Tensor


@dataclass(frozen=True)
class Resynthesis:
    """Sound with the energy that masks let through; the phase is that of the original.

    `spread` ``(bands, bins)`` gives every bin of the spectrum the mean of the bands that it belongs to.
    """

    analysis: LogMel
    forward: Spectrogram
    inverse: InverseSpectrogram
    filters: Tensor
    spread: Tensor

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """From the settings of a checkpoint; InputError where its features are no log-mel bands."""
        if (kind := settings.get("kind", KIND)) != KIND:
            advice = "take sonification out of introspection.methods"
            raise InputError("introspection.methods", f"sonification of features of kind {kind}", KIND, advice)
        names = ("sample_rate_hz", "window_s", "hop_s", "bands", "lowest_hz", "highest_hz")
        analysis = LogMel(**{name: settings[name] for name in names})
        mel = analysis.transform()
        shape: dict[str, Any] = {"n_fft": mel.n_fft, "win_length": mel.win_length, "hop_length": mel.hop_length}
        filters = mel.mel_scale.fb
        return cls(analysis, Spectrogram(**shape, power=None), InverseSpectrogram(**shape), filters, _spread(filters))

    @property
    def centres_hz(self) -> NDArray[np.float64]:
        """Centre of every band, ``(bands,)``, by the mel scale of the features."""
        low, high = (2595 * np.log10(1 + edge / 700) for edge in (self.analysis.lowest_hz, self.analysis.highest_hz))
        mel = np.linspace(low, high, self.analysis.bands + 2)[1:-1]
        return np.asarray(700 * (10 ** (mel / 2595) - 1))

    def power(self, samples: Tensor) -> Tensor:
        """Power of bands ``(..., frames, bands)`` of samples ``(..., time)``."""
        found: Tensor = self.forward(samples).abs().square().transpose(-1, -2) @ self.filters
        return found

    def scale(self, samples: Tensor) -> Scale:
        """That of an utterance ``(time,)``."""
        power = self.power(samples)
        floor = max(float(power.max()) * DYNAMIC_RANGE, LEAST_POWER)
        log = power.clamp(min=floor).log()
        return Scale(floor, log.mean(dim=0), log.std(dim=0, correction=0).clamp(min=LEAST_DEVIATION))

    def features(self, samples: Tensor, scale: Scale) -> Tensor:
        """Features ``(..., frames, bands)`` of samples, on the scale of the utterance that they come from."""
        return (self.power(samples).clamp(min=scale.floor).log() - scale.mean) / scale.deviation

    def masked(self, samples: Tensor, masks: Tensor) -> Tensor:
        """Samples ``(time,)`` through each of some masks ``(masks, frames, bands)``, as ``(masks, time)``."""
        gains = (masks @ self.spread).transpose(-1, -2)
        found: Tensor = self.inverse(self.forward(samples) * gains, length=len(samples))
        return found


def _spread(filters: Tensor) -> Tensor:
    """Filters ``(bins, bands)`` transposed, of weight 1 a bin; bins outside of all belong to the nearest band."""
    weights = filters.clone()
    inside = weights.sum(dim=1) > 0
    covered = torch.nonzero(inside)[:, 0]
    for number in torch.nonzero(~inside)[:, 0]:
        weights[number] = weights[covered[(covered - number).abs().argmin()]]
    return (weights / weights.sum(dim=1, keepdim=True)).T
