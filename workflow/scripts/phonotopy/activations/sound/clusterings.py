"""Clusters of sounds, as many and as large as the phones: labels that know acoustics alone."""

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from phonotopy.core.numba_loops import compiled

__all__ = ["joined", "matched_clusters"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
DIMENSIONS = 40  # principal components that are clustered
CENTRED_ON = 2048  # tokens, sampled, from which the centres of a clustering come
TIMES = 8  # as many tokens as clusters, at least, where there are more labels than an inventory of phones has
ITERATIONS = 20
JITTER = 1e-6  # standard deviations, so that centres differ where tokens sound the same


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
    few = points[random.permutation(len(points))[: max(CENTRED_ON, TIMES * len(sizes))]]
    few = few + JITTER * random.standard_normal(few.shape)
    with warnings.catch_warnings(action="ignore"):  # a centre that attracts nothing stays where it is
        centres, _ = kmeans2(few, len(sizes), iter=ITERATIONS, minit="++", seed=random, missing="warn")
    squares = (centres**2).sum(axis=1) - 2 * points @ centres.T + (points**2).sum(axis=1, keepdims=True)
    attracted = np.bincount(squares.argmin(axis=1), minlength=len(sizes))
    room = np.empty_like(sizes)
    room[np.argsort(-attracted, kind="stable")] = sizes[order]
    return joined(squares, room)


@compiled
def joined(distance: Floats, room: Indices) -> Indices:
    """The cluster of each token, pairs in the order of `distance` ``(tokens, clusters)`` while there is room.

    Nothing is sorted: a token asks its nearest cluster that has not refused it, and a full one refuses the farthest. No
    pair is left that is nearer than those of both, which one assignment alone fulfils (deferred acceptance).
    """
    tokens, clusters = distance.shape
    result, number = np.full(tokens, -1, np.int64), np.zeros(clusters, np.int64)
    members, heights = np.empty((clusters, room.max() + 1), np.int64), np.empty((clusters, room.max() + 1))
    for first in range(tokens):
        token = first
        while token >= 0:
            own = _next(distance[token], result[token])
            result[token] = own
            _push(heights[own], members[own], number[own], distance[token, own], token)
            number[own] += 1
            token = -1
            if number[own] > room[own]:
                number[own] -= 1
                token = _pop(heights[own], members[own], number[own])
    return result


@compiled
def _next(distance: Floats, last: int) -> int:
    """The cluster that comes after the `last` one by its distance, then by its number; the first after −1."""
    best = -1
    for cluster in range(len(distance)):
        later = last < 0 or distance[cluster] > distance[last]
        if not later and distance[cluster] == distance[last]:
            later = cluster > last
        if later and (best < 0 or distance[cluster] < distance[best]):
            best = cluster
    return best


@compiled
def _push(heights: Floats, members: Indices, end: int, height: float, member: int) -> None:
    """Into a heap of `end` members, the highest at its top."""
    while end > 0 and heights[(end - 1) // 2] < height:
        heights[end], members[end] = heights[(end - 1) // 2], members[(end - 1) // 2]
        end = (end - 1) // 2
    heights[end], members[end] = height, member


@compiled
def _pop(heights: Floats, members: Indices, end: int) -> int:
    """The highest, out of a heap that has `end` members afterwards."""
    top, here = members[0], 0
    height, member = heights[end], members[end]
    while 2 * here + 1 < end:
        below = 2 * here + 1
        if below + 1 < end and heights[below + 1] > heights[below]:
            below += 1
        if heights[below] <= height:
            break
        heights[here], members[here] = heights[below], members[below]
        here = below
    heights[here], members[here] = height, member
    return int(top)
