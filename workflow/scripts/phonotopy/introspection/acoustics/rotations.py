"""Whether speakers agree in any of several correlated values, such as correlations at several lags."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.seeds import stream
from phonotopy.inference.permutation import TIE

__all__ = ["directions", "largest_mean", "rotated_p"]

Floats = NDArray[np.float64]
BLOCK = 64  # units at once, which bounds memory
BATCH = 500  # rotations at once


def directions(speakers: int, rotations: int, key: int) -> Floats:
    """Random directions of length 1 ``(rotations, speakers)``: the first rows of random rotations of speakers."""
    found = stream("rotations", key, speakers).standard_normal((rotations, speakers))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def largest_mean(values: Floats) -> NDArray[np.int64]:
    """Index of the lag at which the mean over speakers of `values` ``(speakers, units, lags)`` is largest in size."""
    return np.asarray(np.abs(values.mean(axis=0)).argmax(axis=-1))


def rotated_p(values: Floats, random: Floats) -> Floats:
    """The p of the largest mean over lags of `values` ``(speakers, units, lags)``, ``(units,)``, against rotations.

    Where speakers are normal with mean 0, and alike however their lags are correlated, rotating them changes nothing
    (bib key langsrud2005): the p is exact, the choice of the lag included. NaN where there is one speaker.
    """
    if len(values) < 2:
        return np.full(values.shape[1], np.nan)
    return np.concatenate(
        [_block(values[:, first : first + BLOCK], random) for first in range(0, values.shape[1], BLOCK)]
    )


def _block(values: Floats, random: Floats) -> Floats:
    observed = np.abs(values.sum(axis=0)).max(axis=1) / np.sqrt(len(values))
    beyond = sum(np.sum(largest >= observed * (1 - TIE), axis=0) for largest in _rotated(values, random))
    return np.asarray((beyond + 1) / (len(random) + 1))


def _rotated(values: Floats, random: Floats) -> Iterator[Floats]:
    """The largest size over lags of rotated values, ``(rotations, units)``, batch by batch."""
    flat = values.reshape(len(values), -1)
    for first in range(0, len(random), BATCH):
        found = random[first : first + BATCH] @ flat
        yield np.abs(found, out=found).reshape(-1, *values.shape[1:]).max(axis=2)
