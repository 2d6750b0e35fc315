"""Random changes of samples, so that speakers outside training are recognised."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonotopy.recogniser.augmentation import mask

__all__ = ["SampleAugmentation"]

Features = NDArray[np.float32]


@dataclass(frozen=True)
class SampleAugmentation:
    """Largest changes of samples; zero switches one off.

    The tempo changes the pitch too, as that of a tape does (bib key ko2015), and with it the frequency axis.
    """

    tempo: float
    time_masks: int
    time_mask: int
    noise: float

    def __call__(self, features: Features, random: np.random.Generator) -> Features:
        """A changed copy of samples ``(frames, hop)``; the number of frames changes with the tempo."""
        frames, hop = features.shape
        pace = 1 + random.uniform(-self.tempo, self.tempo)
        changed = _at_rate(features.reshape(-1), max(1, round(frames / pace)) * hop).reshape(-1, hop)
        changed += random.uniform(0, self.noise) * random.standard_normal(changed.shape, dtype=np.float32)
        for _ in range(self.time_masks):
            mask(changed, self.time_mask, random)
        return np.ascontiguousarray(changed, dtype=np.float32)


def _at_rate(samples: Features, length: int) -> Features:
    """The same signal in `length` samples, by its spectrum: what lies above half of the new rate is left out."""
    if length == len(samples):
        return samples.copy()
    spectrum = np.fft.rfft(samples)[: length // 2 + 1]
    return np.asarray(np.fft.irfft(spectrum, length) * (length / len(samples)), dtype=np.float32)
