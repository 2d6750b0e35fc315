"""Neighbours made as alike as they can be, by exchanges of units."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.layouts.sites import Near, Sites
from phonotopy.core.numba_loops import compiled

__all__ = ["annealed", "likeness"]

ATTEMPTS = 4  # from random positions; the best one counts
EXCHANGES = 10_000  # tried for each unit in a stage
RADIUS, REACH = 2.0, 5.0  # grid steps; of the Gaussian kernel by which units are near in the first stage, and its end
FIRST, SECOND = (8.0, 1.5), (2.0, 0.5)  # temperatures of a stage, in standard deviations of the correlations
LEAST_GAIN = 1e-9  # of an exchange, lest rounding exchanges units for ever

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def likeness(correlation: Floats, order: Indices, sites: Sites) -> float:
    """Mean correlation of neighbours by side or corner, `order` ``(sites,)`` being the unit at each site.

    This is Moran's I of responses of variance 1, but for their mean over units; NaN without neighbours.
    """
    first, second = order[sites.pairs].T
    return float(correlation[first, second].mean()) if len(first) else math.nan


def annealed(correlation: Floats, sites: Sites, random: np.random.Generator) -> Indices:
    """The unit at each site ``(sites,)`` by simulated annealing of the `likeness` (bib key kirkpatrick1983).

    A quadratic assignment: units at two random sites are exchanged if that makes units near each other more alike, and
    otherwise with a probability that falls as the temperature does. In a first stage all units up to `REACH` are near,
    the nearer the more: neighbours by themselves settle into pieces of a map that do not fit together. In the second,
    neighbours are. At the end no exchange of two units makes these more alike.
    """
    spread = float(correlation[np.triu_indices_from(correlation, k=1)].std()) or 1.0
    kernel = np.exp(-(sites.distances**2) / (2 * RADIUS**2)) * (sites.distances <= REACH)
    stages = {FIRST: sites.near(kernel), SECOND: sites.touching}
    attempts = [_attempt(correlation, stages, spread, random) for _ in range(ATTEMPTS)]
    return max(attempts, key=lambda order: likeness(correlation, order, sites))


def _attempt(
    correlation: Floats, stages: Mapping[tuple[float, float], Near], spread: float, random: np.random.Generator
) -> Indices:
    order = random.permutation(len(correlation))
    for (hot, cold), near in stages.items():
        _anneal(correlation, order, *near, EXCHANGES * len(order), hot * spread, cold * spread, random)
    _polish(correlation, order, *stages[SECOND])
    return order


@compiled
def _gain(correlation: Floats, order: Indices, near: Indices, weights: Floats, here: int, there: int) -> float:
    """What the weighted sum over pairs of near units gains by an exchange of the units at two sites."""
    one, other = order[here], order[there]
    gain = 0.0
    for k in range(near.shape[1]):
        beside = near[here, k]
        if beside >= 0 and beside != there:
            gain += weights[here, k] * (correlation[other, order[beside]] - correlation[one, order[beside]])
        beside = near[there, k]
        if beside >= 0 and beside != here:
            gain += weights[there, k] * (correlation[one, order[beside]] - correlation[other, order[beside]])
    return gain


@compiled
def _anneal(
    correlation: Floats,
    order: Indices,
    near: Indices,
    weights: Floats,
    exchanges: int,
    hot: float,
    cold: float,
    random: np.random.Generator,
) -> None:
    """Try so many exchanges in `order`, the temperature falling from `hot` to `cold` by a constant factor."""
    for number in range(exchanges):
        here, there = int(random.integers(0, len(order))), int(random.integers(0, len(order)))
        gain = _gain(correlation, order, near, weights, here, there)
        temperature = hot * (cold / hot) ** (number / exchanges)
        if gain >= 0 or random.random() < math.exp(gain / temperature):
            order[here], order[there] = order[there], order[here]


@compiled
def _polish(correlation: Floats, order: Indices, near: Indices, weights: Floats) -> None:
    """Exchange units in `order` as long as any exchange gains."""
    improved = True
    while improved:
        improved = False
        for here in range(len(order)):
            for there in range(here):
                if _gain(correlation, order, near, weights, here, there) > LEAST_GAIN:
                    order[here], order[there] = order[there], order[here]
                    improved = True
