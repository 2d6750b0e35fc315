"""Whether phones that are alike lie near each other on the sheet."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from phonotopy.grid import Grid

__all__ = ["centroid_distances", "correlations", "permuted_phones", "upper"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def upper(matrices: Floats) -> Floats:
    """Pairs above the diagonal of matrices ``(..., phones, phones)``, ``(..., pairs)``."""
    return np.asarray(matrices[(..., *np.triu_indices(matrices.shape[-1], k=1))])


def centroid_distances(maps: Floats, grid: Grid, live: NDArray[np.bool_]) -> Floats:
    """Distances in grid steps between the centroids of maps ``(..., live units, phones)``, ``(..., phones, phones)``.

    A centroid is weighted by the positive part of the map; NaN where there is none. On a torus it is the circular
    mean, and a distance is the shorter way round.
    """
    weights = np.maximum(maps, 0.0)
    total = weights.sum(axis=-2, keepdims=True)
    weights = np.divide(weights, total, out=np.full_like(weights, np.nan), where=total > 0)
    positions, sizes = grid.positions[live].astype(np.float64), np.array([grid.rows, grid.columns])
    if not grid.torus:
        centres = np.swapaxes(weights, -1, -2) @ positions
        return np.asarray(np.linalg.norm(centres[..., :, None, :] - centres[..., None, :, :], axis=-1))
    around = np.swapaxes(weights, -1, -2) @ np.exp(2j * np.pi * positions / sizes)
    centres = np.angle(around) / (2 * np.pi) * sizes
    steps = np.abs(centres[..., :, None, :] - centres[..., None, :, :])
    return np.asarray(np.linalg.norm(np.minimum(steps, sizes - steps), axis=-1))


def correlations(one: Floats, others: Floats) -> Floats:
    """Spearman's correlation of `one` ``(pairs,)`` with `others` ``(..., pairs)`` (bib key mantel1967)."""
    return _pearson(rankdata(one), rankdata(others, axis=-1))


def _pearson(one: Floats, others: Floats) -> Floats:
    one, others = one - one.mean(), others - others.mean(axis=-1, keepdims=True)
    scale = np.sqrt((one**2).sum() * (others**2).sum(axis=-1))
    return np.asarray(np.divide(others @ one, scale, out=np.full(scale.shape, np.nan), where=scale > 0))


def permuted_phones(distances: Floats, orders: Indices) -> Floats:
    """Pairs of a distance matrix ``(phones, phones)`` under each order of the phones, ``(orders, pairs)``."""
    first, second = np.triu_indices(len(distances), k=1)
    return np.asarray(distances[orders[:, first], orders[:, second]])
