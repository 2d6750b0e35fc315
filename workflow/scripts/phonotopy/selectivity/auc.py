"""How well the responses of a unit distinguish phones, by ranks of tokens."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from phonotopy.core.numba_loops import compiled
from phonotopy.inference.permutation import adjust

__all__ = ["RankSums", "auc", "phoneme_selectivity_index", "rank_sums"]

Floats = NDArray[np.float64]


class RankSums:
    """Rank sums between all pairs of phones, unit by unit.

    `wins` ``(units, phones, phones)``: pairs of tokens in which the first phone's response is larger, ties counted
    half (the U of Mann and Whitney, bib key mann1947); `ties` in the same shape: Σ (t³ − t) over groups of t tied
    tokens of both phones; `count` ``(phones,)``: tokens.
    """

    def __init__(self, wins: Floats, ties: Floats, count: Floats) -> None:
        self.wins, self.ties, self.count = wins, ties, count

    def auc(self) -> Floats:
        """Chance that a token of the first phone exceeds one of the second, ties half, ``(units, phones, phones)``."""
        pairs = np.outer(self.count, self.count)
        area = np.divide(self.wins, pairs, out=np.full_like(self.wins, np.nan), where=pairs > 0)
        return self._off_diagonal(area)

    def p(self) -> Floats:
        """Two-sided p of each pair by the normal approximation with continuity and tie corrections; diagonal NaN."""
        pairs, total = np.outer(self.count, self.count), np.add.outer(self.count, self.count)
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = pairs / 12 * (total + 1 - self.ties / (total * (total - 1)))
            z = np.maximum(np.abs(self.wins - pairs / 2) - 0.5, 0) / np.sqrt(variance)
        p = np.where(variance > 0, 2 * ndtr(-z), np.where(pairs > 0, 1.0, np.nan))
        return self._off_diagonal(np.minimum(p, 1.0))

    def _off_diagonal(self, values: Floats) -> Floats:
        return np.where(np.eye(len(self.count), dtype=bool), np.nan, values)


def rank_sums(values: NDArray[np.float32], phone: NDArray[np.int64], phones: int, *, threads: int = 1) -> RankSums:
    """Compare token means `values` ``(tokens, units)`` of all `phones`; `phone` ``(tokens,)``, negative is left out."""
    known = np.flatnonzero(phone >= 0)
    labels = phone[known]

    def unit(u: int) -> tuple[Floats, Floats]:
        column = np.asarray(values[known, u], dtype=np.float64)
        order = np.argsort(column, kind="stable")
        return _compared(column[order], labels[order], phones)

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(unit, range(values.shape[1])))
    shape = len(found), phones, phones
    wins, ties = (
        (np.array(part).reshape(shape) for part in zip(*found, strict=True)) if found else np.zeros((2, *shape))
    )
    return RankSums(wins, ties, np.bincount(labels, minlength=phones).astype(np.float64))


def auc(sums: RankSums) -> Floats:
    """Chance that a token of a phone exceeds one of another phone, all others weighing equally, ``(units, phones)``."""
    area = sums.auc()
    known = np.isfinite(area)
    number = known.sum(axis=2)
    mean = np.divide(area.sum(axis=2, where=known), number, out=np.full(number.shape, np.nan), where=number > 0)
    return np.asarray(mean)


def phoneme_selectivity_index(sums: RankSums, *, level: float = 0.01) -> Floats:
    """Number of phones that a unit separates from each, ``(units, phones)``: 0 to phones − 1 (bib key mesgarani2014).

    Pairs of phones are separated where the rank-sum test, adjusted over all pairs of a unit by Benjamini and
    Hochberg, is below `level`. Tokens count as independent here, as in the source: a description, which grows with the
    number of tokens, and no test.
    """
    upper = np.triu_indices(len(sums.count), k=1)
    distinct = np.zeros(sums.wins.shape, dtype=bool)
    for unit, p in enumerate(sums.p()):
        distinct[unit][upper] = adjust(p[upper]) < level
    return np.asarray((distinct | distinct.swapaxes(1, 2)).sum(axis=2), dtype=np.float64)


@compiled
def _compared(values: Floats, phone: NDArray[np.int64], phones: int) -> tuple[Floats, Floats]:
    """Walk through ascending `values` and count, for each token, the tokens of each phone that lie below or tie."""
    wins, ties = np.zeros((phones, phones)), np.zeros((phones, phones))
    below, tied = np.zeros(phones), np.zeros(phones)
    first = 0
    while first < len(values):
        last = first
        while last < len(values) and values[last] == values[first]:
            tied[phone[last]] += 1
            last += 1
        for p in range(phones):
            if tied[p] > 0:
                for q in range(phones):
                    wins[p, q] += tied[p] * (below[q] + tied[q] / 2)
        if last - first > 1:
            for p in range(phones):
                for q in range(phones):
                    both = tied[p] + tied[q]
                    ties[p, q] += both**3 - both
        for p in range(phones):
            below[p] += tied[p]
            tied[p] = 0
        first = last
    return wins, ties
