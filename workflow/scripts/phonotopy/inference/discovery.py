"""Which of many t-tests the Benjamini-Hochberg procedure calls discoveries, without computing a p-value."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from phonotopy.core.numba_loops import compiled

__all__ = ["Discovery"]

Floats = NDArray[np.float64]


class Discovery:
    """The Benjamini-Hochberg procedure over t-tests with known degrees of freedom, for many data sets.

    Discoveries are the k* smallest p-values, k* the largest k such that k of them are at most k·rate/tests. Whether p
    is at most that is whether the absolute t is at least a critical value, which depends on nothing but the degrees of
    freedom and k.
    """

    def __init__(self, degrees: NDArray[np.int64], tests: int, rate: float) -> None:
        """Prepare for all `degrees` of freedom that occur and `tests` tests at a false discovery rate of `rate`."""
        self._degrees = np.unique(degrees[degrees > 0])
        rows = [_critical(int(degree), tests, rate) for degree in self._degrees]
        self._table = np.stack([*rows, np.full(tests, np.inf)])

    def __call__(self, t: Floats, degrees: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Discoveries among `t` ``(units, phones)`` with `degrees` ``(phones,)``; 0 degrees of freedom test nothing."""
        row = np.where(degrees > 0, np.searchsorted(self._degrees, degrees), len(self._degrees))
        return _stepped(t, row, self._table)


@lru_cache(maxsize=4096)
def _critical(degrees: int, tests: int, rate: float) -> Floats:
    """|t| whose two-sided p is k·rate/tests for k = 1 … tests: falling."""
    return np.asarray(-stdtrit(degrees, np.arange(1, tests + 1) * (rate / tests / 2)))


@compiled
def _stepped(t: Floats, row: NDArray[np.int64], table: Floats) -> NDArray[np.bool_]:
    """Count for each test the smallest k it passes, then step up to the largest k that enough tests pass."""
    units, phones = t.shape
    tests = table.shape[1]
    passes = np.empty((units, phones), dtype=np.int64)
    histogram = np.zeros(tests + 1, dtype=np.int64)
    for u in range(units):
        for p in range(phones):
            size, low, high = abs(t[u, p]), 0, tests
            while low < high:
                middle = (low + high) // 2
                if size >= table[row[p], middle]:
                    high = middle
                else:
                    low = middle + 1
            passes[u, p] = low
            histogram[low] += 1
    last, total = -1, 0
    for k in range(tests):
        total += histogram[k]
        if total >= k + 1:
            last = k
    return passes <= last
