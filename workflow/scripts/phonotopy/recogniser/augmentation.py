"""Random changes of training features, so that speakers outside training are recognised."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Augmentation", "at_tempo", "mask"]

Features = NDArray[np.float32]


@dataclass(frozen=True)
class Augmentation:
    """Largest changes; zero switches one off.

    Tempo after Ko et al. (bib key ko2015), vocal tract length after Jaitly & Hinton (jaitly2013), masks after Park et
    al. (park2019). `tempo` and `warp` are relative, masks in frames and bands, `noise` in standard deviations.
    """

    tempo: float
    warp: float
    time_masks: int
    time_mask: int
    band_masks: int
    band_mask: int
    noise: float

    def __call__(self, features: Features, random: np.random.Generator) -> Features:
        """A changed copy of ``(frames, bands)``; the number of frames changes with the tempo."""
        bands = features.shape[1]
        pace = 1 + random.uniform(-self.tempo, self.tempo)
        factor = 1 + random.uniform(-self.warp, self.warp)
        changed = at_tempo(features, pace)
        changed = _resampled(changed.T, np.clip(np.arange(bands) * factor, 0, bands - 1)).T.copy()
        changed += random.uniform(0, self.noise) * random.standard_normal(changed.shape, dtype=np.float32)
        for _ in range(self.time_masks):
            mask(changed, self.time_mask, random)
        for _ in range(self.band_masks):
            mask(changed.T, self.band_mask, random)
        return np.ascontiguousarray(changed, dtype=np.float32)


def at_tempo(features: Features, pace: float) -> Features:
    """Features ``(frames, bands)`` of the same speech, so many times as fast; first and last frame stay."""
    frames = len(features)
    return _resampled(features, np.linspace(0, frames - 1, max(1, round(frames / pace))))


def _resampled(features: NDArray[np.float32], times: NDArray[np.float64]) -> Features:
    """Linear interpolation along the first axis at fractional `times`."""
    below = np.minimum(times.astype(np.int64), len(features) - 1)
    above = np.minimum(below + 1, len(features) - 1)
    share = (times - below).astype(np.float32)[:, None]
    return np.asarray(features[below] * (1 - share) + features[above] * share, dtype=np.float32)


def mask(features: Features, longest: int, random: np.random.Generator) -> None:
    """Set a stretch of the first axis, at most a fifth of it, to the mean, which is zero."""
    width = int(random.integers(0, min(longest, len(features) // 5) + 1))
    start = int(random.integers(0, len(features) - width + 1))
    features[start : start + width] = 0
