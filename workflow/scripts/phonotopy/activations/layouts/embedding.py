"""Units as points whose distances say how unlike their responses are."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["distances", "embedded"]

Floats = NDArray[np.float64]


def distances(correlation: Floats) -> Floats:
    """√(2 (1 − ρ)) ``(units, units)``: the Euclidean distance between responses of mean 0 and length 1."""
    apart = np.sqrt(np.maximum(2 * (1 - correlation), 0))
    np.fill_diagonal(apart, 0)
    return np.asarray((apart + apart.T) / 2)


def embedded(correlation: Floats, dimensions: int) -> Floats:
    """Principal components of the units ``(units, dimensions)``, the largest first, zeros where there are no more.

    With responses of mean 0 and length 1 as points, their products are correlations: classical scaling (bib key
    torgerson1952). The largest entry of a component is positive.
    """
    mean = correlation.mean(axis=0)
    values, vectors = np.linalg.eigh(correlation - mean - mean[:, None] + mean.mean())
    largest = np.argsort(values)[::-1][:dimensions]
    points = vectors[:, largest] * np.sqrt(np.maximum(values[largest], 0))
    points *= np.where(points[np.abs(points).argmax(axis=0), np.arange(points.shape[1])] < 0, -1, 1)
    return np.pad(points, ((0, 0), (0, dimensions - points.shape[1])))
