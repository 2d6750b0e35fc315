"""Intervals by drawing speakers (or utterances, or trainings) with replacement."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from phonotopy.core.seeds import stream

__all__ = ["COVERAGE", "draws", "interval"]

Floats = NDArray[np.float64]
COVERAGE = 0.95
TRIES = 1000  # draws per kept one, before a phone counts as too rare


def draws(samples: int, bootstraps: int, key: int, present: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """How often each sample is taken, ``(bootstraps, samples)``; every row sums to `samples`.

    `present` ``(samples, phones)``: a draw in which some phone would be missing is repeated. ValueError where that
    hardly ever succeeds.
    """
    random = stream("bootstrap", key)
    kept: list[NDArray[np.int64]] = []
    for _ in range(TRIES):
        counts = random.multinomial(samples, np.full(samples, 1 / samples), size=bootstraps)
        whole = np.ones(bootstraps, bool) if present is None else (counts @ present.astype(np.int64) > 0).all(axis=1)
        kept.append(counts[whole])
        if sum(map(len, kept)) >= bootstraps:
            return np.concatenate(kept)[:bootstraps]
    raise ValueError(f"a phone is missing in nearly all draws of {samples} samples")


def interval(values: Floats, samples: int) -> tuple[Floats, Floats]:
    """Ends of the 95 % interval over the first axis of bootstrap `values`, by expanded percentiles.

    Plain percentiles are too narrow for few `samples`, by √((n − 1)/n) and by the normal instead of the t distribution;
    they are taken so much farther out as that costs (bib key hesterberg2015). NaN under two samples.
    """
    if samples < 2:
        missing = np.full(values.shape[1:], np.nan)
        return missing, missing.copy()
    t = -stdtrit(samples - 1, (1 - COVERAGE) / 2)
    tail = float(ndtr(-math.sqrt(samples / (samples - 1)) * t))
    low, high = np.quantile(values, [tail, 1 - tail], axis=0)
    return low, high
