"""Random changes of training features, so that speakers outside training are recognised."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.seeds import stream

__all__ = ["Augmentation", "add_noise", "at_tempo", "frames_at", "mask"]

Features = NDArray[np.float32]
NOISE = 1 << 20  # numbers of white noise, of which stretches are taken


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

    def __call__(self, features: Features, pace: float, random: np.random.Generator) -> Features:
        """A changed copy of ``(frames, bands)``, so many times as fast, with ``frames_at(frames, pace)`` frames."""
        changed = at_tempo(features, pace)
        bands, factor = changed.shape[1], 1 + random.uniform(-self.warp, self.warp)
        changed = _resampled(changed.T, np.clip(np.arange(bands) * factor, 0, bands - 1)).T.copy()
        add_noise(changed, random.uniform(0, self.noise), random)
        for _ in range(self.time_masks):
            mask(changed, self.time_mask, random)
        for _ in range(self.band_masks):
            mask(changed.T, self.band_mask, random)
        return np.ascontiguousarray(changed, dtype=np.float32)


def frames_at(frames: int, pace: float) -> int:
    """Frames of what is spoken so many times as fast; one at least."""
    return max(1, round(frames / pace))


def at_tempo(features: Features, pace: float) -> Features:
    """Features ``(frames, bands)`` of the same speech, so many times as fast; first and last frame stay."""
    frames = len(features)
    return _resampled(features, np.linspace(0, frames - 1, frames_at(frames, pace)))


def _resampled(features: NDArray[np.float32], times: NDArray[np.float64]) -> Features:
    """Linear interpolation along the first axis at fractional `times`; most of the time goes into memory."""
    below = np.minimum(times.astype(np.int64), len(features) - 1)
    found, above = features.take(below, axis=0), features.take(np.minimum(below + 1, len(features) - 1), axis=0)
    above -= found
    above *= (times - below).astype(np.float32)[:, None]
    found += above
    return found


@cache
def _noise() -> Features:
    """White noise, made once: random numbers for every utterance would cost more than all other changes."""
    return stream("noise").standard_normal(NOISE, dtype=np.float32)


def add_noise(features: Features, deviation: float, random: np.random.Generator) -> None:
    """Add a random stretch of white noise with this standard deviation; what is longer than the noise has it again."""
    start = int(random.integers(0, max(1, NOISE - features.size + 1)))
    features += np.float32(deviation) * np.resize(_noise()[start : start + features.size], features.shape)


def mask(features: Features, longest: int, random: np.random.Generator) -> None:
    """Set a stretch of the first axis, at most a fifth of it, to the mean, which is zero."""
    width = int(random.integers(0, min(longest, len(features) // 5) + 1))
    start = int(random.integers(0, len(features) - width + 1))
    features[start : start + width] = 0
