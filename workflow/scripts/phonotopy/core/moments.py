"""Counts, means and sums of squared deviations that can be added up in any number of parts."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Moments"]


@dataclass
class Moments:
    """Moments of groups: ``count (groups,)``, ``mean (groups, units)`` and ``m2 (groups, units)``, all in float64.

    Many sets of moments have axes before these; only `variance` takes them.
    Updated by the pairwise rule of Chan et al. (bib key chan1983), which stays exact where sums of squares cancel.
    """

    count: NDArray[np.float64]
    mean: NDArray[np.float64]
    m2: NDArray[np.float64]

    @classmethod
    def empty(cls, groups: int, units: int) -> Self:
        """Moments of nothing yet."""
        return cls(np.zeros(groups), np.zeros((groups, units)), np.zeros((groups, units)))

    @classmethod
    def of(cls, values: ArrayLike, group: ArrayLike, groups: int) -> Self:
        """Moments of `values` ``(samples, units)`` by their `group` index ``(samples,)``; negative is left out."""
        values = np.asarray(values, dtype=np.float64)
        group = np.asarray(group)
        values, group = values[group >= 0], group[group >= 0]
        order = np.argsort(group, kind="stable")
        values, group = values[order], group[order]
        result = cls.empty(groups, values.shape[1])
        present, starts = np.unique(group, return_index=True)
        if len(present):
            result.count[present] = np.diff(np.append(starts, len(group)))
            result.mean[present] = np.add.reduceat(values, starts) / result.count[present, None]
            result.m2[present] = np.add.reduceat((values - result.mean[group]) ** 2, starts)
        return result

    def add(self, other: Self) -> None:
        """Take another part in, group by group."""
        total = self.count + other.count
        share = np.divide(other.count, total, out=np.zeros_like(total), where=total > 0)[:, None]
        delta = other.mean - self.mean
        self.mean += delta * share
        self.m2 += other.m2 + delta**2 * (self.count[:, None] * share)
        self.count = total

    def variance(self) -> NDArray[np.float64]:
        """Sample variance, shaped as `m2`; NaN under two samples."""
        freedom = np.where(self.count > 1, self.count - 1, np.nan)
        return np.asarray(self.m2 / freedom[..., None])
