"""Selectivity of units for phones."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from phonotopy.activations.read import Cells
from phonotopy.core.moments import Moments
from phonotopy.inference.permutation import adjust

__all__ = ["Criteria", "Selectivity", "contrasts", "d_prime", "measure", "t_test"]

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
BLOCK = 64  # units whose contrasts are in memory at once


@dataclass(frozen=True)
class Criteria:
    """When a phone is tested and a unit called responsive to it.

    A phone needs `minimum_tokens` tokens and `minimum_speakers` speakers. A unit is responsive where its d′ is at least
    `d_prime` and its q below `false_discovery_rate`.
    """

    minimum_tokens: int
    minimum_speakers: int
    d_prime: float
    false_discovery_rate: float

    def usable(self, tokens: Floats, speakers: Floats) -> Booleans:
        """Which phones have enough `tokens` and `speakers`, ``(phones,)`` each; none where one is alone."""
        enough = (tokens >= self.minimum_tokens) & (speakers >= self.minimum_speakers)
        return np.asarray(enough & (enough.sum() > 1))

    def tested(self, cells: Cells) -> Booleans:
        """Which phones of `cells` by speaker have enough, ``(phones,)``."""
        return self.usable(cells.count.sum(axis=0), (cells.count > 0).sum(axis=0).astype(np.float64))


@dataclass(frozen=True)
class Selectivity:
    """Selectivity of the units of a layer: ``(phones,)`` and ``(units, phones)``.

    NaN where a phone is not `usable` and where a unit is not `live`: dead units vary with nothing.
    """

    phones: tuple[str, ...]
    tokens: Floats
    speakers: Floats
    usable: Booleans
    live: Booleans
    d_prime: Floats
    contrast: Floats
    t: Floats
    p: Floats
    q: Floats
    responsive: Booleans


class TTest(NamedTuple):
    """Mean contrast, t and two-sided p of each phone and unit."""

    contrast: Floats
    t: Floats
    p: Floats


def d_prime(moments: Moments) -> Floats:
    """d′ of each phone against all others, ``(..., phones, units)``: (m − m_rest) / √((v + v_rest) / 2).

    m and v are the mean and variance over tokens of `moments`. The rest is the mixture in which every other phone
    weighs equally: m_rest the mean of their means, v_rest the mean of their variances plus the variance of their means
    (bib key green1966). NaN where nothing varies.
    """
    others = moments.mean.shape[-2] - 1
    if others < 1:
        return np.full_like(moments.mean, np.nan)
    variance = moments.variance()
    deviation = moments.mean - moments.mean.mean(axis=-2, keepdims=True)  # sums to 0: the others' sum is minus the own
    between = (np.sum(deviation**2, axis=-2, keepdims=True) - deviation**2) / others - (deviation / others) ** 2
    within = (np.sum(variance, axis=-2, keepdims=True) - variance) / others
    spread = np.sqrt((variance + within + np.maximum(between, 0)) / 2)
    difference = deviation * (1 + 1 / others)
    return np.asarray(np.divide(difference, spread, out=np.full_like(spread, np.nan), where=spread > 0))


def contrasts(count: Floats, mean: Floats) -> Floats:
    """Mean of a phone minus the mean of the others' means in each sampling unit, ``(samples, phones, units)``.

    `count` ``(samples, phones)``, `mean` ``(samples, phones, units)``; NaN where the unit lacks the phone or any other.
    """
    present = count > 0
    others = present.sum(axis=1, keepdims=True) - 1
    defined = (present & (others > 0))[..., None]
    total = np.sum(mean, axis=1, where=present[..., None], keepdims=True)
    rest = np.divide(total - mean, others[..., None], out=np.zeros_like(mean), where=defined)
    return np.where(defined, mean - rest, np.nan)


def t_test(values: Floats) -> TTest:
    """One-sample t-test against 0 over the first axis, missing values left out; two-sided.

    Under two samples nothing can be tested and p is 1; without any spread t is infinite, or 0 for a mean of 0.
    """
    known = np.isfinite(values)
    n = known.sum(axis=0)
    mean = np.divide(np.sum(values, axis=0, where=known), n, out=np.full(n.shape, np.nan), where=n > 0)
    squares = np.sum((values - mean) ** 2, axis=0, where=known)
    error = np.sqrt(np.divide(squares, n * (n - 1.0), out=np.full(n.shape, np.nan), where=n > 1))
    level = np.where(mean == 0, 0.0, np.copysign(np.inf, mean))
    t = np.where(n > 1, np.divide(mean, error, out=level, where=error > 0), np.nan)
    return TTest(mean, t, np.where(n > 1, 2 * stdtr(np.maximum(n - 1, 1), -np.abs(t)), 1.0))


def measure(cells: Cells, criteria: Criteria, samples: Cells | None = None) -> Selectivity:
    """Selectivity of all units from `cells` by speaker; t is taken over `samples`, by default the speakers."""
    samples = samples or cells
    if samples.phones != cells.phones:
        raise ValueError("speakers and sampling units have different phones")
    tokens, speakers = cells.count.sum(axis=0), (cells.count > 0).sum(axis=0).astype(np.float64)
    usable = criteria.tested(cells)
    shape = cells.mean.shape[2], len(cells.phones)
    measured = np.full(shape, np.nan)
    tested = TTest(*np.full((3, *shape), np.nan))
    pooled = cells.pooled()
    measured[:, usable] = d_prime(Moments(pooled.count[usable], pooled.mean[usable], pooled.m2[usable])).T
    present = pooled.mean[pooled.count > 0]
    varied = (pooled.m2.sum(axis=0) > 0) | (present != present[:1]).any(axis=0)
    live = varied & np.isfinite(measured[:, usable]).all(axis=1)
    for first in range(0, shape[0], BLOCK):
        units = slice(first, first + BLOCK)
        test = t_test(contrasts(samples.count[:, usable], samples.mean[:, usable, units]))
        for target, values in zip(tested, test, strict=True):
            target[units, usable] = values.T
    for values in (measured, *tested):
        values[~live] = np.nan
    q = adjust(tested.p)
    responsive = (measured >= criteria.d_prime) & (q < criteria.false_discovery_rate)
    return Selectivity(cells.phones, tokens, speakers, usable, live, measured, *tested, q, responsive)
