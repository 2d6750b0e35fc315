"""Intervals of d′ by drawing speakers (or utterances) with replacement."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Cells
from phonotopy.core.moments import Moments
from phonotopy.inference.bootstrap import draws, interval
from phonotopy.selectivity.d_prime import d_prime

__all__ = ["d_prime_interval"]

Floats = NDArray[np.float64]
BLOCK = 64  # units whose draws are in memory at once
TOGETHER = 16  # draws whose d′ is computed in the processor's cache


def d_prime_interval(cells: Cells, usable: NDArray[np.bool_], *, bootstraps: int, key: int) -> tuple[Floats, Floats]:
    """Ends of the interval of d′ over the sampling units of `cells`, ``(units, phones)`` each; NaN outside `usable`."""
    units, phones = cells.mean.shape[2], len(cells.phones)
    low, high = np.full((2, units, phones), np.nan)
    if usable.sum() > 1:
        resamples = draws(len(cells.samples), bootstraps, key, cells.count[:, usable] > 0).astype(np.float64)
        for first in range(0, units, BLOCK):
            block = slice(first, first + BLOCK)
            parts = (cells.count[:, usable], cells.mean[:, usable, block], cells.m2[:, usable, block])
            ends = interval(_resampled(resamples, *parts), len(cells.samples))
            low[block, usable], high[block, usable] = (end.T for end in ends)
    return low, high


def _resampled(resamples: Floats, count: Floats, mean: Floats, m2: Floats) -> Floats:
    """d′ of each draw, ``(draws, phones, units)``."""
    weight = count[..., None]
    centred = np.where(weight > 0, mean - (weight * mean).sum(axis=(0, 1)) / count.sum(), 0.0)  # else digits cancel
    number = resamples @ count
    sums = np.tensordot(resamples, weight * centred, 1)
    squares = np.tensordot(resamples, m2 + weight * centred**2, 1)
    centre = sums / number[..., None]
    spread = np.maximum(squares - sums * centre, 0)
    parts = (slice(first, first + TOGETHER) for first in range(0, len(number), TOGETHER))
    return np.concatenate([d_prime(Moments(number[part], centre[part], spread[part])) for part in parts])
