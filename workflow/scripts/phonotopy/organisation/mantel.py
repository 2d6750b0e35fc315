"""Whether phones that are alike have maps near each other on the grid."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from phonotopy.core.grid import Grid

__all__ = ["centroid_distances", "correlations", "permuted_correlations", "permuted_phones", "upper"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def upper(matrices: Floats) -> Floats:
    """Pairs above the diagonal of matrices ``(..., phones, phones)``, ``(..., pairs)``."""
    return np.asarray(matrices[(..., *np.triu_indices(matrices.shape[-1], k=1))])


def centroid_distances(maps: NDArray[np.floating], grid: Grid, live: NDArray[np.bool_]) -> Floats:
    """Distances in grid steps between the centroids of maps ``(..., live units, phones)``, ``(..., phones, phones)``.

    A centroid is weighted by the positive part of the map; NaN where there is none. On a torus it is the circular
    mean, and a distance is the shorter way round.
    """
    weights = np.swapaxes(np.maximum(maps, 0.0), -1, -2)
    total = weights.sum(axis=-1, keepdims=True, dtype=np.float64)
    total[total <= 0] = np.nan
    positions, sizes = grid.positions[live].astype(np.float64), np.array([grid.rows, grid.columns])
    if not grid.torus:
        centres = weights @ positions / total
        return np.asarray(np.linalg.norm(centres[..., :, None, :] - centres[..., None, :, :], axis=-1))
    around = weights @ np.exp(2j * np.pi * positions / sizes) / total
    centres = np.angle(around) / (2 * np.pi) * sizes
    steps = np.abs(centres[..., :, None, :] - centres[..., None, :, :])
    return np.asarray(np.linalg.norm(np.minimum(steps, sizes - steps), axis=-1))


def correlations(one: Floats, others: Floats) -> Floats:
    """Spearman's correlation of `one` ``(pairs,)`` with `others` ``(..., pairs)`` (bib key mantel1967)."""
    return np.asarray(_directions(rankdata(others, axis=-1)) @ _directions(rankdata(one)))


def _directions(values: Floats) -> Floats:
    """Deviations from the mean over the last axis, of length 1; NaN of a constant."""
    centred = values - values.mean(axis=-1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=-1, keepdims=True))
    return np.asarray(centred / np.where(length > 0, length, np.nan))


def permuted_phones(distances: Floats, orders: Indices) -> Floats:
    """Pairs of a distance matrix ``(phones, phones)`` under each order of the phones, ``(orders, pairs)``."""
    first, second = np.triu_indices(len(distances), k=1)
    return np.asarray(distances[orders[:, first], orders[:, second]])


def permuted_correlations(found: Floats, distances: Floats, orders: Indices) -> Floats:
    """Spearman's correlation of `found` ``(..., pairs)`` with `distances` ``(phones, phones)``, ``(orders, ...)``.

    Each row is under one order of the phones. Ranks of permuted distances are permuted ranks, so that they are taken
    once.
    """
    ranks = np.zeros_like(distances, dtype=np.float64)
    ranks[np.triu_indices(len(distances), k=1)] = rankdata(upper(distances))
    moved = _directions(permuted_phones(ranks + ranks.T, orders))
    return np.asarray(moved @ _directions(rankdata(found, axis=-1)).T)
