"""Definitions of what tables hold, written out by code that shares nothing with the library.

They stand in the dictionary; where scipy has them, scipy's are taken.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, stats

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


# Phones and units


class Groups(NamedTuple):
    """Responses by speaker and phone: ``count (speakers, phones)``, ``mean`` and ``m2 (speakers, phones, units)``."""

    count: Floats
    mean: Floats
    m2: Floats

    @classmethod
    def of(cls, values: Floats, phone: Integers, speaker: Integers, speakers: int, phones: int) -> "Groups":
        shape = speakers, phones, values.shape[1]
        found = cls(np.zeros(shape[:2]), np.zeros(shape), np.zeros(shape))
        for s in range(speakers):
            for p in range(phones):
                own = values[(speaker == s) & (phone == p)]
                found.count[s, p] = len(own)
                if len(own):
                    found.mean[s, p] = own.mean(axis=0)
                    found.m2[s, p] = ((own - own.mean(axis=0)) ** 2).sum(axis=0)
        return found

    def pooled(self) -> tuple[Floats, Floats]:
        """Mean and sample variance of each phone over all tokens, ``(phones, units)``."""
        n = self.count.sum(axis=0)
        mean = np.einsum("sp,spu->pu", self.count, self.mean) / n[:, None]
        squares = self.m2.sum(axis=0) + np.einsum("sp,spu->pu", self.count, (self.mean - mean) ** 2)
        return mean, squares / (n[:, None] - 1)


class Tested(NamedTuple):
    """What is said of units and usable phones, ``(phones, units)`` each."""

    d_prime: Floats
    contrast: Floats
    t: Floats
    p: Floats
    q: Floats
    responsive: Booleans


def d_prime(mean: Floats, variance: Floats) -> Floats:
    """The distance to the mixture of the other phones, in pooled standard deviations, ``(phones, units)``."""
    result = np.empty_like(mean)
    for p in range(len(mean)):
        others = np.arange(len(mean)) != p
        rest, spread = mean[others].mean(axis=0), variance[others].mean(axis=0) + mean[others].var(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            result[p] = (mean[p] - rest) / np.sqrt((variance[p] + spread) / 2)
    return np.where(np.isfinite(result), result, np.nan)


def t_test(groups: Groups, p: int) -> tuple[Floats, Floats, Floats]:
    """Mean over speakers of a phone's mean minus the mean of the others' means, its t and two-sided p, ``(units,)``."""
    samples = []
    for count, mean in zip(groups.count, groups.mean, strict=True):
        others = [q for q in range(len(count)) if q != p and count[q]]
        if count[p] and others:
            samples.append(mean[p] - np.mean([mean[q] for q in others], axis=0))
    values = np.array(samples).reshape(len(samples), -1)
    if len(values) < 2:
        nothing = np.full(groups.mean.shape[2], np.nan)
        return (values[0] if len(values) else nothing), nothing, np.ones(groups.mean.shape[2])
    with np.errstate(invalid="ignore", divide="ignore"):
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
        t = np.where(values.any(axis=0), values.mean(axis=0) / error, 0.0)
    return values.mean(axis=0), t, 2 * stats.t.sf(np.abs(t), len(values) - 1)


def tested(groups: Groups, least: float, rate: float, live: Booleans | None = None) -> tuple[Tested, Booleans]:
    """Of every unit that is `live` (by default: that varies), and which those are; `groups` of usable phones alone."""
    mean, variance = groups.pooled()
    d = d_prime(mean, variance)
    if live is None:
        live = (variance.any(axis=0) | np.ptp(mean, axis=0).astype(bool)) & np.isfinite(d).all(axis=0)
    contrast, t, p = (np.array(part) for part in zip(*(t_test(groups, n) for n in range(len(mean))), strict=True))
    for values in (d, contrast, t, p):
        values[:, ~live] = np.nan
    q = np.full_like(p, np.nan)
    q[np.isfinite(p)] = stats.false_discovery_control(p[np.isfinite(p)])
    return Tested(d, contrast, t, p, q, (d >= least) & (q < rate)), live


def auc(values: Floats, phone: Integers, phones: Sequence[int]) -> Floats:
    """Mean over the other phones of the share of pairs of tokens that a phone wins, ties half, ``(phones, units)``."""
    result = np.empty((len(phones), values.shape[1]))
    for unit, column in enumerate(values.T):
        own = [np.sort(column[phone == p]) for p in phones]
        for n, winners in enumerate(own):
            shares = [
                np.mean(np.searchsorted(losers, winners, "left") + np.searchsorted(losers, winners, "right"))
                / (2 * len(losers))
                for m, losers in enumerate(own)
                if m != n and len(losers)
            ]
            result[n, unit] = np.mean(shares) if len(winners) and shares else np.nan
    return result


# Maps on the grid


class Plane(NamedTuple):
    """A grid of positions; opposite edges touch where it is a torus."""

    rows: int
    columns: int
    torus: bool

    def weights(self, contiguity: str, live: Booleans) -> Floats:
        """1 where live positions touch, ``(live positions, live positions)``."""
        position = np.stack(np.divmod(np.flatnonzero(live), self.columns), axis=1)
        steps = np.abs(position[:, None] - position)
        if self.torus:
            steps = np.minimum(steps, np.array([self.rows, self.columns]) - steps)
        near = steps.max(axis=2) == 1 if contiguity == "queen" else steps.sum(axis=2) == 1
        return near.astype(np.float64)

    def regions(self, members: Booleans) -> tuple[float, float]:
        """Number of connected sets of `members` ``(positions,)``, corners included, and units in the largest."""
        if self.torus:
            raise NotImplementedError("ndimage.label joins no edges")
        label, number = ndimage.label(members.reshape(self.rows, self.columns), structure=np.ones((3, 3)))
        return float(number), float(np.bincount(label[label > 0], minlength=1).max(initial=0))


def morans_i(values: Floats, weights: Floats) -> float:
    z = values - values.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(len(z) / weights.sum() * (z @ weights @ z) / (z @ z))


def gearys_c(values: Floats, weights: Floats) -> float:
    z = values - values.mean()
    squares = (values[:, None] - values) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return float((len(z) - 1) / (2 * weights.sum()) * (weights * squares).sum() / (z @ z))


def rank(gram: Floats) -> float:
    """Participation ratio of the eigenvalues."""
    eigenvalues = np.linalg.eigvalsh(gram)
    return float(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())


def correlations(comoment: Floats) -> Floats:
    """Of units that vary."""
    live = comoment.diagonal() > 0
    scale = np.sqrt(comoment.diagonal()[live])
    return np.asarray(comoment[live][:, live] / scale[:, None] / scale)


# Recognition


def edits(one: Sequence[str], other: Sequence[str]) -> int:
    """Fewest insertions, deletions and substitutions."""
    above = list(range(len(other) + 1))
    for i, own in enumerate(one, start=1):
        row = [i]
        for j, its in enumerate(other, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (own != its)))
        above = row
    return above[-1]
