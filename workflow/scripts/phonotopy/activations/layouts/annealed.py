"""Neighbours made as alike as they can be, by exchanges of units."""

import math

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.layouts.sites import Sites
from phonotopy.core.numba_loops import compiled

__all__ = ["annealed", "likeness"]

ATTEMPTS = 4  # from random positions; the best one counts
EXCHANGES = 10_000  # tried for each unit in an attempt
HOT, COLD = 10.0, 0.5  # first and last temperature, in standard deviations of the correlations
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

    A quadratic assignment: units at two random sites are exchanged if that makes neighbours more alike, and otherwise
    with a probability that falls as the temperature does. At the end no exchange of two units makes it better.
    """
    spread = float(correlation[np.triu_indices_from(correlation, k=1)].std()) or 1.0
    attempts = [_attempt(correlation, sites, spread, random) for _ in range(ATTEMPTS)]
    return max(attempts, key=lambda order: likeness(correlation, order, sites))


def _attempt(correlation: Floats, sites: Sites, spread: float, random: np.random.Generator) -> Indices:
    order = random.permutation(len(sites.free))
    _anneal(correlation, order, sites.neighbours, EXCHANGES * len(order), HOT * spread, COLD * spread, random)
    _polish(correlation, order, sites.neighbours)
    return order


@compiled
def _gain(correlation: Floats, order: Indices, neighbours: Indices, here: int, there: int) -> float:
    """What the sum over pairs of neighbours gains by an exchange of the units at two sites."""
    one, other = order[here], order[there]
    gain = 0.0
    for k in range(neighbours.shape[1]):
        beside = neighbours[here, k]
        if beside >= 0 and beside != there:
            gain += correlation[other, order[beside]] - correlation[one, order[beside]]
        beside = neighbours[there, k]
        if beside >= 0 and beside != here:
            gain += correlation[one, order[beside]] - correlation[other, order[beside]]
    return gain


@compiled
def _anneal(
    correlation: Floats,
    order: Indices,
    neighbours: Indices,
    exchanges: int,
    hot: float,
    cold: float,
    random: np.random.Generator,
) -> None:
    """Try so many exchanges in `order`, the temperature falling from `hot` to `cold` by a constant factor."""
    for number in range(exchanges):
        here, there = int(random.integers(0, len(order))), int(random.integers(0, len(order)))
        gain = _gain(correlation, order, neighbours, here, there)
        temperature = hot * (cold / hot) ** (number / exchanges)
        if gain >= 0 or random.random() < math.exp(gain / temperature):
            order[here], order[there] = order[there], order[here]


@compiled
def _polish(correlation: Floats, order: Indices, neighbours: Indices) -> None:
    """Exchange units in `order` as long as any exchange gains."""
    improved = True
    while improved:
        improved = False
        for here in range(len(order)):
            for there in range(here):
                if _gain(correlation, order, neighbours, here, there) > LEAST_GAIN:
                    order[here], order[there] = order[there], order[here]
                    improved = True
