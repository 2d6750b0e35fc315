"""Null data sets of correlations in time: units and contours that are smooth in time and know nothing of each other."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from phonotopy.core.seeds import key, stream
from phonotopy.introspection.acoustics.lagged_sums import LaggedSums
from phonotopy.introspection.acoustics.rotations import directions, rotated_p

__all__ = ["lagged_correlation"]

SPEAKERS, FRAMES, WARM = 6, 300, 40
REACH = 5  # frames of lag, either way
MEMORY = 0.8  # of the autoregression of both
ROTATIONS = 199


def lagged_correlation(index: int) -> float:
    """The largest correlation over lags of a unit with a contour, over speakers, against rotations of these."""
    random = stream("calibration", "lagged_correlation", index)
    z = np.stack([_speaker(random) for _ in range(SPEAKERS)])
    own = directions(SPEAKERS, ROTATIONS, key("calibration", "lagged_correlation", index))
    return float(rotated_p(z, own)[0])


def _speaker(random: np.random.Generator) -> NDArray[np.float64]:
    """Fisher's z by lag ``(1, lags)`` of a speaker."""
    white = random.normal(size=(2, WARM + FRAMES + 2 * REACH))
    unit, contour = lfilter([1.0], [1.0, -MEMORY], white, axis=1)[:, WARM:].astype(np.float32)
    lags = np.lib.stride_tricks.sliding_window_view(contour, FRAMES).T
    sums = LaggedSums(1, lags.shape[1], 1, controlled=False)
    sums.add(unit[REACH : REACH + FRAMES, None], lags, lags, np.zeros(FRAMES, dtype=np.int64))
    return sums.z("none")
