"""Clusters of sounds, as many and as large as the phones: labels that know acoustics alone."""

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from phonotopy.core.numba_loops import compiled

__all__ = ["matched_clusters"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
DIMENSIONS = 40  # principal components that are clustered
CENTRED_ON = 2048  # tokens, sampled, from which the centres of a clustering come
ITERATIONS = 20


def matched_clusters(features: Floats, sizes: Indices, clusterings: int, random: np.random.Generator) -> Indices:
    """Clusters ``(clusterings, tokens)`` of `features` ``(tokens, features)``; as many of each size as `sizes` has.

    Centres come from k-means (bib key lloyd1982) with a random start. The largest cluster that they attract gets the
    largest size; then pairs of token and centre are joined in the order of their distances as long as there is room.
    """
    points = _principal(features)
    order = np.argsort(-sizes, kind="stable")
    return np.stack([_clustering(points, sizes, order, random) for _ in range(clusterings)])


def _principal(features: Floats) -> Floats:
    centred = (features - features.mean(axis=0)) / np.maximum(features.std(axis=0), 1e-9)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return np.asarray(centred @ axes[:, ::-1][:, :DIMENSIONS])


def _clustering(points: Floats, sizes: Indices, order: Indices, random: np.random.Generator) -> Indices:
    few = points[random.permutation(len(points))[:CENTRED_ON]]
    centres, _ = kmeans2(few, len(sizes), iter=ITERATIONS, minit="++", seed=random, missing="warn")
    squares = (centres**2).sum(axis=1) - 2 * points @ centres.T + (points**2).sum(axis=1, keepdims=True)
    attracted = np.bincount(squares.argmin(axis=1), minlength=len(sizes))
    room = np.empty_like(sizes)
    room[np.argsort(-attracted, kind="stable")] = sizes[order]
    return _filled(np.argsort(squares, axis=None, kind="stable"), room, len(points))


@compiled
def _filled(nearest: Indices, room: Indices, tokens: int) -> Indices:
    """The cluster of each token: pairs in the order `nearest`, number token·clusters + cluster, while there is room."""
    clusters, left = len(room), room.copy()
    result = np.full(tokens, -1, np.int64)
    for pair in nearest:
        token, cluster = pair // clusters, pair % clusters
        if result[token] < 0 and left[cluster] > 0:
            result[token] = cluster
            left[cluster] -= 1
    return result
