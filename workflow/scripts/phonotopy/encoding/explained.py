"""Variance that a labelling explains: of units, and of what neighbouring units have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.numba_loops import compiled
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import neighbour_products, neighbour_products_null

__all__ = ["Effects", "Explained", "Labelling", "Shares"]

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
    group: Indices | None = None  # of tokens with the same chances, negative for those without a label

    @classmethod
    def within(cls, labels: Indices, group: Indices | None = None) -> Self:
        """With the frequencies of labels among all tokens, or within each group ``(tokens,)``, as chances."""
        group = np.zeros_like(labels) if group is None else group
        known, number = labels >= 0, int(labels.max(initial=-1)) + 1
        flat = group[known] * number + labels[known]
        counts = np.bincount(flat, minlength=(int(group.max(initial=0)) + 1) * number).reshape(-1, number)
        frequency = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        return cls(labels, np.where(known[:, None], frequency[group], 0.0), np.where(known, group, -1))

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
class Effects:
    """Mean products of responses and combinations of labels beyond their chances, ``(folds, rows, units)``.

    A product of what two folds say of a unit, or one of a unit and the other of its neighbour, has no bias by noise,
    however smooth: what folds do not agree on is 0 on average (after bib key walther2016).
    """

    values: Floats

    @property
    def pairs(self) -> int:
        """Ordered pairs of different folds."""
        return len(self.values) * (len(self.values) - 1)

    def shares(self, lattice: Lattice) -> Shares:
        """Shares of each row; the lattice has the same units."""
        squares = np.einsum("fru,fru->fr", self._with_total, self._with_total)
        return Shares(self._agreed(squares) / max(lattice.units, 1), self._neighbours(neighbour_products, lattice))

    def neighbours_null(self, lattice: Lattice, *, permutations: int, key: int) -> Floats:
        """Shares of neighbours under permuted positions, ``(permutations, rows)``."""
        return self._neighbours(partial(neighbour_products_null, permutations=permutations, key=key), lattice)

    def covariance(self) -> Floats:
        """Covariance of units that all rows together explain, ``(units, units)``."""
        total, flat = self.values.sum(axis=0), self.values.reshape(-1, self.values.shape[2])
        return np.asarray((total.T @ total - flat.T @ flat) / self.pairs)

    def between_folds(self) -> Floats:
        """Share of the variance of units by pair of folds, ``(folds, folds)``; the diagonal is no estimate."""
        flat = self.values.reshape(len(self.values), -1)
        return np.asarray(flat @ flat.T / max(self.values.shape[2], 1))

    @cached_property
    def _with_total(self) -> Floats:
        return np.concatenate([self.values.sum(axis=0, keepdims=True), self.values])

    def _agreed(self, products: Floats) -> Floats:
        """From products of sums over folds, and of each fold, ``(..., 1 + folds, rows)``."""
        return np.asarray((products[..., 0, :] - products[..., 1:, :].sum(axis=-2)) / self.pairs)

    def _neighbours(self, products: Callable[[Floats, Lattice], Floats], lattice: Lattice) -> Floats:
        folds, rows, units = self._with_total.shape
        found = products(np.ascontiguousarray(self._with_total.reshape(-1, units).T), lattice)
        return self._agreed(found.reshape(*found.shape[:-1], folds, rows))


@dataclass(frozen=True)
class Explained:
    """What a labelling explains in responses `values` ``(tokens, units)`` of variance 1; folds share no speaker."""

    values: NDArray[np.float32]
    fold: Indices
    labelling: Labelling

    def effects(self, rows: Floats, labels: Indices | None = None) -> Effects:
        """Effects of combinations of labels `rows` ``(rows, labels)``, at the true labels or others ``(tokens,)``."""
        labels, sums = self.labelling.labels if labels is None else labels, np.zeros_like(self._expected)
        if labels.max(initial=-1) >= sums.shape[1]:
            raise ValueError(f"label {labels.max()}, but chances of {sums.shape[1]} labels")
        _sum(self.values, self.fold, labels, sums)
        beyond = (sums - self._expected) / np.maximum(self._known, 1)[:, None, None]
        return Effects(np.asarray(rows @ beyond))

    @cached_property
    def _known(self) -> Floats:
        return np.bincount(self.fold, self.labelling.labels >= 0).astype(np.float64)

    @cached_property
    def _expected(self) -> Floats:
        """Sums of responses that chances lead to expect, ``(folds, labels, units)``."""
        chance, group = self.labelling.chance, self.labelling.group
        if group is None:
            inside = [self.fold == k for k in range(len(self._known))]
            return np.stack([chance[part].T @ self.values[part] for part in inside])
        _, first, member = np.unique(group, return_index=True, return_inverse=True)  # groups are few: sums come first
        sums = np.zeros((len(self._known), len(first), self.values.shape[1]))
        _sum(self.values, self.fold, member, sums)
        return np.asarray(chance[first].T @ sums)


@compiled
def _sum(values: NDArray[np.float32], fold: Indices, labels: Indices, sums: Floats) -> None:
    """Add responses by fold and label; rows by themselves let the compiler turn the inner loop into vector code."""
    for token in range(len(labels)):
        label = labels[token]
        if label >= 0:
            total, response = sums[fold[token], label], values[token]
            for unit in range(len(response)):
                total[unit] += response[unit]
