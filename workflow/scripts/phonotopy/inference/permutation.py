"""Permutation nulls, their p-values and the false discovery rate."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.core.numba_loops import compiled

__all__ = ["Alternative", "Family", "adjust", "family_p_value", "null", "orders", "p_value", "varies"]

Alternative = Literal["greater", "less", "two-sided"]
Floats = NDArray[np.float64]
Orders = NDArray[np.int32]
BATCH = 256
TIE = 1e-12  # of the largest value: two sums of the same numbers in another order are ties, not an ordering


def p_value(observed: ArrayLike, null: ArrayLike, alternative: Alternative = "two-sided") -> Floats:
    """Share of the null, the observation counted in, that is at least as extreme: (M + 1) / (R + 1).

    `observed` ``(...)``, `null` ``(permutations, ...)``; two-sided is min(1, 2·min(greater, less)). Never 0, and valid
    for any number of permutations (bib key phipson2010). NaN where the observation is NaN. A permutation that gives no
    value counts as extreme on either side, so that what cannot be computed never makes a p smaller.
    """
    observed, null = np.asarray(observed, dtype=np.float64), np.asarray(null, dtype=np.float64)
    tie = TIE * np.maximum(np.where(np.isfinite(observed), np.abs(observed), 0.0), _largest(null))
    greater = (np.sum(~(null < observed - tie), axis=0) + 1) / (len(null) + 1)
    less = (np.sum(~(null > observed + tie), axis=0) + 1) / (len(null) + 1)
    match alternative:
        case "greater":
            p = greater
        case "less":
            p = less
        case "two-sided":
            p = np.minimum(1.0, 2 * np.minimum(greater, less))
    return np.where(np.isnan(observed), np.nan, p)


def _largest(null: Floats) -> Floats:
    """The largest finite size of each statistic over permutations."""
    size = np.abs(null)
    largest = np.max(size, axis=0, initial=0.0)
    if np.isfinite(largest).all():
        return np.asarray(largest)
    return np.asarray(np.max(size, axis=0, initial=0.0, where=np.isfinite(size)))


def family_p_value(
    observed: ArrayLike, null: ArrayLike, alternative: Alternative = "two-sided", *, axis: int | tuple[int, ...]
) -> Floats:
    """A p of each statistic against the most extreme one of its family under each permutation (bib key westfall1993).

    `observed` ``(...)``, `null` ``(permutations, ...)``; the family runs along `axis` of `observed`. Statistics are
    standardised by mean and standard deviation over permutations and observation together, so that none rules the
    maximum by its scale and all rows are treated alike. The chance of any false rejection in a family is at most the
    level. An observation of NaN joins no family; a permutation without a value counts as the most extreme.
    """
    together = np.concatenate([np.asarray(observed, dtype=np.float64)[None], np.asarray(null, dtype=np.float64)])
    scores = _scores(together)
    match alternative:
        case "greater":
            pass
        case "less":
            scores = -scores
        case "two-sided":
            scores = np.abs(scores)
    tested = np.isfinite(together[0])
    scores = np.where(np.isnan(scores), np.inf, scores)
    axes = tuple(a + 1 for a in (axis if isinstance(axis, tuple) else (axis,)))
    most = np.max(scores[1:], axis=axes, keepdims=True, where=tested, initial=-np.inf)
    own = np.where(tested, scores[0], np.nan)
    return p_value(own, np.broadcast_to(most, scores[1:].shape), "greater")


def _scores(together: Floats) -> Floats:
    """Deviations from the mean over the first axis in standard deviations, missing values left out; 0 in constants."""
    known = np.isfinite(together)
    number = np.maximum(known.sum(axis=0), 1)
    deviation = together - np.sum(together, axis=0, where=known) / number
    sd = np.sqrt(np.sum(deviation**2, axis=0, where=known) / number)
    flat = sd <= TIE * np.max(np.abs(together), axis=0, where=known, initial=0.0)
    return np.where(flat & known, 0.0, deviation / np.where(flat, 1.0, sd))


def varies(null: ArrayLike) -> NDArray[np.bool_]:
    """Whether a `null` ``(permutations, ...)`` has any spread; without it there is nothing to compare with."""
    null = np.asarray(null, dtype=np.float64)
    spread = np.max(null, axis=0, initial=-np.inf) - np.min(null, axis=0, initial=np.inf)
    return np.asarray(~(spread <= TIE * _largest(null)))  # a missing value is no sign of a constant


class Family(NamedTuple):
    """What makes the most extreme values of several maps comparable, for values of which a map may have many.

    `mean` and `sd` ``(maps,)`` are over permutations and observation together, `most` ``(permutations,)`` the largest
    standardised value of each permutation. Maps differ in the values that chance gives them; raw ones would let a few
    maps rule the maximum.
    """

    mean: Floats
    sd: Floats
    most: Floats

    @classmethod
    def of(cls, largest: Floats, null: Floats) -> Self:
        """From the `largest` value of each map ``(maps,)`` and its `null` ``(permutations, maps)``, treated alike.

        Maps without a value above 0 join no family; where chance always gives the same, the score is 0.
        """
        together = np.concatenate([largest[None], null])
        mean, sd = together.mean(axis=0), together.std(axis=0)
        sd = np.where(sd > TIE * together.max(axis=0), sd, np.inf)
        return cls(mean, sd, np.max((null - mean) / sd, axis=1, where=largest > 0, initial=-np.inf))

    def p_value(self, values: ArrayLike, member: int) -> Floats:
        """The p, greater, of `values` of map number `member` against the map that stands out most by chance."""
        scores = (np.asarray(values, dtype=np.float64) - self.mean[member]) / self.sd[member]
        return p_value(scores, self.most.reshape(-1, *[1] * scores.ndim), "greater")


def adjust(p: ArrayLike) -> Floats:
    """Benjamini-Hochberg q of all finite `p` (bib key benjamini1995), in the shape of `p`; NaN stays NaN.

    q of the k-th smallest p is the least of p(j) · tests / j over j ≥ k.
    """
    p = np.asarray(p, dtype=np.float64)
    q = np.full_like(p, np.nan)
    tested = np.isfinite(p)
    order = np.argsort(p[tested], kind="stable")
    scaled = p[tested][order] * (len(order) / np.arange(1, len(order) + 1))
    values = np.empty_like(scaled)
    values[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    q[tested] = np.minimum(values, 1.0)
    return q


def null(
    statistic: Callable[[Orders], Floats],
    units: int,
    *,
    permutations: int,
    key: int,
    threads: int = 1,
    batch: int = BATCH,
) -> Floats:
    """Values of `statistic` under permutations 0 … `permutations` − 1 of the stream `key`, ``(permutations, ...)``.

    `statistic` gets orders ``(batch, units)`` and gives one value or row of values for each; it should leave the
    interpreter lock. Permutation r is the same whatever `batch` and `threads` are.
    """

    def values(start: int) -> Floats:
        return statistic(orders(units, min(batch, permutations - start), key=key, start=start))

    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(values, range(0, permutations, batch))))


def orders(units: int, permutations: int, *, key: int, start: int = 0) -> Orders:
    """Uniform permutations `start` … of the stream `key`, ``(permutations, units)``; each by its index alone."""
    result = np.empty((permutations, units), dtype=np.int32)
    _shuffle(np.uint64(key), start, result)
    return result


@compiled
def _mixed(state: np.uint64) -> np.uint64:
    """Output function of SplitMix64 (bib key steele2014)."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@compiled
def _shuffle(key: np.uint64, start: int, result: Orders) -> None:
    """Fisher-Yates with unbiased bounded integers (bib key lemire2019) from SplitMix64, a state a permutation."""
    step, half, low32 = np.uint64(0x9E3779B97F4A7C15), np.uint64(32), np.uint64(0xFFFFFFFF)
    permutations, units = result.shape
    for r in range(permutations):
        state = _mixed(key + step * np.uint64(start + r + 1))
        for unit in range(units):
            result[r, unit] = unit
        for last in range(units - 1, 0, -1):
            bound = np.uint64(last + 1)
            rejected = (low32 + np.uint64(1) - bound) % bound
            state += step
            product = (_mixed(state) >> half) * bound
            while (product & low32) < rejected:
                state += step
                product = (_mixed(state) >> half) * bound
            other = np.int64(product >> half)
            result[r, last], result[r, other] = result[r, other], result[r, last]
