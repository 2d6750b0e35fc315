"""How alike attributions are: of two methods, of two networks, of tokens of one phone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from phonotopy.core.seeds import stream

__all__ = ["between_speakers", "like", "partners", "ranks"]

Floats = NDArray[np.float64]
Ranks = NDArray[np.float32]


def ranks(sizes: NDArray[np.float32]) -> Ranks:
    """Ranks of cells ``(tokens, cells)``, centred and of length 1, so that products are Spearman's correlations."""
    found = rankdata(sizes, axis=1) - (sizes.shape[1] + 1) / 2
    length = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(length > 0, length, np.nan), dtype=np.float32)


def like(one: Ranks, other: Ranks) -> Floats:
    """Rank correlation of each token's attributions ``(tokens,)``."""
    return np.asarray(np.einsum("tc,tc->t", one.astype(np.float64), other.astype(np.float64)))


def partners(speaker: NDArray[np.int64], phone: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each token the next one of its speaker and of another phone; −1 where there is none."""
    found = np.full(len(speaker), -1)
    for index in range(len(speaker)):
        others = np.flatnonzero((speaker == speaker[index]) & (phone != phone[index]))
        if len(others):
            found[index] = others[np.searchsorted(others, index) % len(others)]
    return found


def between_speakers(profiles: Floats, permutations: int, parts: Sequence[str | int]) -> tuple[Floats, Floats, Floats]:
    """Correlations of mean attributions `profiles` ``(speakers, phones, cells)``, NaN where a speaker has no token.

    Those of the same phone with other speakers and those of other phones ``(speakers, phones)`` each; and the mean of
    the first over speakers ``(permutations, phones)`` with phones permuted in each speaker.
    """
    speakers, phones, cells = profiles.shape
    centred = profiles - profiles.mean(axis=2, keepdims=True)
    unit = (centred / np.linalg.norm(centred, axis=2, keepdims=True)).reshape(-1, cells)
    together = (unit @ unit.T).reshape(speakers, phones, speakers, phones)
    together[np.arange(speakers), :, np.arange(speakers)] = np.nan
    same = np.einsum("spqp->spq", together)
    unlike = np.where(np.eye(phones, dtype=bool)[None, :, None], np.nan, together)
    random = stream("between speakers", *parts)
    null = np.empty((permutations, phones))
    for index in range(permutations):
        labels = np.argsort(random.random((speakers, phones)), axis=1)
        rows = np.arange(speakers)[:, None, None], labels[:, None, :]
        shuffled = together[rows[0], rows[1], np.arange(speakers)[None, :, None], labels[None]]
        null[index] = _mean(shuffled, (0, 1))
    return _mean(same, (2,)), _mean(unlike, (2, 3)), null


def _mean(values: Floats, axes: tuple[int, ...]) -> Floats:
    """Mean of what is there; NaN where nothing is."""
    known = np.isfinite(values)
    number = known.sum(axis=axes)
    return np.asarray(np.where(number > 0, np.where(known, values, 0.0).sum(axis=axes) / np.maximum(number, 1), np.nan))
