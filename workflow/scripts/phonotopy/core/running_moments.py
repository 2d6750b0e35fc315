"""Moments that samples are added to one by one."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.moments import Moments
from phonotopy.core.numba_loops import compiled

__all__ = ["take"]


def take(moments: Moments, values: NDArray[np.floating], group: NDArray[np.int64]) -> None:
    """Take in `values` ``(samples, units)`` of the `group` ``(samples,)`` one by one; negative is left out.

    After Welford (bib key welford1962); for few samples of many groups, whose moments as a part of their own would be
    mostly empty.
    """
    _take(moments.count, moments.mean, moments.m2, values, group)


@compiled
def _take(
    count: NDArray[np.float64],
    mean: NDArray[np.float64],
    m2: NDArray[np.float64],
    values: NDArray[np.floating],
    group: NDArray[np.int64],
) -> None:
    for k in range(len(group)):
        g = group[k]
        if g >= 0:
            count[g] += 1
            share = 1 / count[g]
            for unit in range(values.shape[1]):
                value = float(values[k, unit])
                deviation = value - mean[g, unit]
                mean[g, unit] += deviation * share
                m2[g, unit] += deviation * (value - mean[g, unit])
