"""Variance that a labelling explains: of units, and of what neighbouring units have in common."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.numba_loops import compiled
from phonotopy.spatial.lattice import Lattice

__all__ = ["Explained", "Labelling", "Shares", "explained_shares"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
LEAST = 1e-6  # of the largest variance of a direction of labels; below, there is no such direction


@dataclass(frozen=True)
class Labelling:
    """Labels ``(tokens,)``, negative for tokens that have none, and the chance of each ``(tokens, labels)``.

    What is explained is what labels add to their chances: the frequencies of labels, those within a manner, or what the
    sound predicts.
    """

    labels: Indices
    chance: Floats

    @classmethod
    def within(cls, labels: Indices, group: Indices | None = None) -> Self:
        """With the frequencies of labels among all tokens, or within each group ``(tokens,)``, as chances."""
        group = np.zeros_like(labels) if group is None else group
        known, number = labels >= 0, int(labels.max(initial=-1)) + 1
        flat = group[known] * number + labels[known]
        counts = np.bincount(flat, minlength=(int(group.max(initial=0)) + 1) * number).reshape(-1, number)
        frequency = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        return cls(labels, np.where(known[:, None], frequency[group], 0.0))

    @cached_property
    def covariance(self) -> Floats:
        """Of labels that follow their chances, ``(labels, labels)``."""
        known = self.chance[self.labels >= 0]
        return np.asarray(np.diag(known.mean(axis=0)) - known.T @ known / len(known))

    def rows(self, combined: Floats | None = None) -> Floats:
        """Combinations of labels, uncorrelated and of variance 1, ``(combinations, labels)``.

        All that there are, or those of the features that the columns of `combined` ``(labels, features)`` name.
        """
        combined = np.eye(len(self.covariance)) if combined is None else combined
        variance, axes = np.linalg.eigh(combined.T @ self.covariance @ combined)
        kept = variance > LEAST * max(float(np.trace(self.covariance)), 0.0)
        return np.asarray((axes[:, kept] / np.sqrt(variance[kept])).T @ combined.T)

    @cached_property
    def single(self) -> Floats:
        """Each label against all others, of variance 1, ``(labels, labels)``; 0 where its chance is certain."""
        variance = np.diag(self.covariance)
        return np.diag(np.where(variance > 0, 1 / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0))


class Shares(NamedTuple):
    """Shares of the variance of units, and of the covariance of neighbours, ``(rows,)`` each: a row per combination."""

    units: Floats
    neighbours: Floats


@dataclass(frozen=True)
class Explained:
    """What a labelling explains in responses `values` ``(tokens, units)`` of variance 1; folds do not share speakers.

    A product of what two folds say of a unit, or one of a unit and the other of its neighbour, has no bias by noise,
    however smooth: what folds do not agree on is 0 on average (after bib key walther2016).
    """

    values: Floats
    fold: Indices
    labelling: Labelling

    @cached_property
    def _offset(self) -> Floats:
        """Sums of responses that chances lead to expect, ``(folds, labels, units)``."""
        inside = [self.fold == k for k in range(self._folds)]
        return np.stack([self.labelling.chance[part].T @ self.values[part] for part in inside])

    @property
    def _folds(self) -> int:
        return int(self.fold.max()) + 1

    def effects(self, labels: Indices | None = None) -> Floats:
        """Mean product of a response and a label beyond its chance, ``(folds, labels, units)``."""
        labels = self.labelling.labels if labels is None else labels
        sums = np.zeros_like(self._offset)
        _sum(self.values, self.fold, labels, sums)
        known = np.bincount(self.fold, self.labelling.labels >= 0, self._folds)
        return np.asarray((sums - self._offset) / np.maximum(known, 1)[:, None, None])

    def covariance(self, rows: Floats, labels: Indices | None = None) -> Floats:
        """Covariance of units that is explained by all `rows` together, ``(units, units)``."""
        return pairs_of(np.einsum("rl,flu->fru", rows, self.effects(labels), optimize=True))

    def shares(self, rows: Floats, lattice: Lattice, labels: Indices | None = None) -> Shares:
        """Of every row, at the observed labels or others; lattice and values have the same units."""
        return explained_shares(np.einsum("rl,flu->fru", rows, self.effects(labels), optimize=True), lattice)

    def by_fold(self, rows: Floats) -> Floats:
        """Share of units that each pair of folds agrees on, ``(folds, folds)``; the diagonal is no estimate."""
        effects = np.einsum("rl,flu->fru", rows, self.effects(), optimize=True).reshape(self._folds, -1)
        return np.asarray(effects @ effects.T / max(self.values.shape[1], 1))


def pairs_of(effects: Floats) -> Floats:
    """Mean over pairs of different folds of products of `effects` ``(folds, rows, units)``, ``(units, units)``."""
    folds, units = len(effects), effects.shape[2]
    total, flat = effects.sum(axis=0), effects.reshape(-1, units)
    return np.asarray((total.T @ total - flat.T @ flat) / (folds * (folds - 1)))


def explained_shares(effects: Floats, lattice: Lattice) -> Shares:
    """Shares of each row of `effects` ``(folds, rows, units)``."""
    folds = len(effects)
    sums = _products(np.ascontiguousarray(effects), lattice.stars) / (folds * (folds - 1))
    return Shares(sums[0] / max(lattice.units, 1), sums[1] / max(len(lattice.pairs), 1))


@compiled
def _sum(values: Floats, fold: Indices, labels: Indices, sums: Floats) -> None:
    """Add responses by fold and label."""
    for token in range(len(labels)):
        label = labels[token]
        if label >= 0:
            for unit in range(values.shape[1]):
                sums[fold[token], label, unit] += values[token, unit]


@compiled
def _products(effects: Floats, stars: NDArray[np.int32]) -> Floats:
    """Sums over ordered pairs of folds, and over units, or pairs of neighbours, of products, ``(2, rows)``."""
    folds, rows, units = effects.shape
    result, row = np.zeros((2, rows)), np.zeros((folds + 1, units + 1))
    for r in range(rows):
        row[folds] = 0
        for f in range(folds):
            for unit in range(units):
                row[f, unit] = effects[f, r, unit]
                row[folds, unit] += effects[f, r, unit]
        for f in range(folds + 1):
            sign = 1.0 if f == folds else -1.0
            for unit in range(units):
                result[0, r] += sign * row[f, unit] ** 2
            for k in range(len(stars)):
                around = row[f, stars[k, 1]] + row[f, stars[k, 2]] + row[f, stars[k, 3]] + row[f, stars[k, 4]]
                result[1, r] += sign * row[f, stars[k, 0]] * around
    return result
