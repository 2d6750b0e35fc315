"""d′ and t of every unit under many labellings of the same tokens."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.numba_loops import compiled

__all__ = ["Labelling", "relabelled"]

Floats = NDArray[np.float64]
LANES = 64  # units side by side in a compiled loop: as many as leave their sums in the second-level cache


class Labelling(NamedTuple):
    """Many labellings of the same tokens.

    `cell` ``(labellings, tokens)`` is sample·phones + phone, or one past the last for a token of no phone; `tokens`
    ``(labellings, samples, phones)`` are their numbers.
    """

    cell: NDArray[np.int32]
    tokens: NDArray[np.int64]

    @classmethod
    def of(cls, labels: NDArray[np.int64], sample: NDArray[np.int64], samples: int, phones: int) -> Self:
        """From `labels` ``(labellings, tokens)``, negative where there is no phone, and `sample` ``(tokens,)``."""
        cells = samples * phones
        cell = np.where(labels < 0, cells, sample * phones + labels)
        count = np.stack([np.bincount(row, minlength=cells + 1)[:cells] for row in cell])
        return cls(cell.astype(np.int32), count.reshape(-1, samples, phones))

    @property
    def degrees(self) -> NDArray[np.int64]:
        """Degrees of freedom of each phone's t, ``(labellings, phones)``: units with it and another, minus one."""
        present = self.tokens > 0
        return np.asarray((present & (present.sum(axis=2, keepdims=True) > 1)).sum(axis=1) - 1)


def relabelled(
    values: NDArray[np.float32], units: NDArray[np.int64], labelling: Labelling, *, threads: int = 1
) -> tuple[Floats, Floats]:
    """d′ and t, ``(labellings, units, phones)``, of the columns `units` of token means ``(tokens, all units)``.

    The same definitions as in `selectivity`, for data that are there by token. Units are taken a few at a time, so
    that these stay in the processor's cache while all labellings pass over them, and `values` may be larger than
    memory.
    """
    shape = len(labelling.cell), len(units), labelling.tokens.shape[2]
    d_prime, t = np.empty(shape), np.empty(shape)

    def fill(first: int) -> None:
        here = slice(first, min(first + LANES, len(units)))
        block = np.ascontiguousarray(values[:, units[here]])
        both = _selectivity(block, block.mean(axis=0, dtype=np.float64), labelling.cell, labelling.tokens)
        d_prime[:, here], t[:, here] = both.swapaxes(2, 3)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(0, len(units), LANES)))
    return d_prime, t


@compiled
def _selectivity(
    values: NDArray[np.float32], mean: Floats, cell: NDArray[np.int32], count: NDArray[np.int64]
) -> Floats:
    """d′ and t ``(2, labellings, phones, lanes)`` of `values` ``(tokens, lanes)`` with this `mean` ``(lanes,)``.

    All loops end in one over lanes that the compiler turns into vector instructions; array expressions would allocate
    there.
    """
    labellings, samples, phones = count.shape
    lanes = values.shape[1]
    result = np.full((2, labellings, phones, lanes), np.nan)
    sums, squares = np.empty((samples * phones + 1, lanes)), np.empty((phones, lanes))
    for k in range(labellings):
        _sum(values, mean, cell[k], sums, squares)
        cells = sums[:-1].reshape(samples, phones, lanes)
        _d_prime(cells, squares, count[k], result[0, k])
        _contrast(cells, count[k])
        _t(cells, count[k], result[1, k])
    return result


@compiled
def _sum(values: NDArray[np.float32], mean: Floats, cell: NDArray[np.int32], sums: Floats, squares: Floats) -> None:
    """Sums by cell, and sums of squares by phone, of deviations from the mean, so that squares do not cancel.

    Deviations are made here, since memory gives single precision at twice the rate of double.
    """
    cells, phones, lanes = len(sums) - 1, len(squares), values.shape[1]
    sums[:] = 0
    squares[:] = 0
    for k in range(len(cell)):
        c = cell[k]
        if c < cells:
            p = c % phones
            for lane in range(lanes):
                value = values[k, lane] - mean[lane]
                sums[c, lane] += value
                squares[p, lane] += value * value


@compiled
def _d_prime(sums: Floats, squares: Floats, count: NDArray[np.int64], result: Floats) -> None:
    """As `selectivity.d_prime`."""
    phones, lanes = result.shape
    others = phones - 1.0
    deviation, variance, total = np.zeros((phones, lanes)), np.empty((phones, lanes)), np.zeros((3, lanes))
    for p in range(phones):
        n = 0.0
        for s in range(len(sums)):
            n += count[s, p]
            for lane in range(lanes):
                deviation[p, lane] += sums[s, p, lane]
        for lane in range(lanes):
            mean = deviation[p, lane] / n
            variance[p, lane] = max(squares[p, lane] - n * mean * mean, 0.0) / (n - 1)
            deviation[p, lane] = mean
            total[0, lane] += mean
            total[1, lane] += variance[p, lane]
    for p in range(phones):
        for lane in range(lanes):
            deviation[p, lane] -= total[0, lane] / phones
            total[2, lane] += deviation[p, lane] ** 2
    for p in range(phones):
        for lane in range(lanes):
            own = deviation[p, lane] ** 2
            between = max((total[2, lane] - own) / others - own / (others * others), 0.0)
            within = (total[1, lane] - variance[p, lane]) / others
            spread = (variance[p, lane] + within + between) / 2
            if spread > 0:
                result[p, lane] = deviation[p, lane] * (1 + 1 / others) / np.sqrt(spread)


@compiled
def _contrast(sums: Floats, count: NDArray[np.int64]) -> None:
    """As `selectivity.contrasts`, instead of the sums; 0 where there is none."""
    samples, phones, lanes = sums.shape
    whole = np.empty(lanes)
    for s in range(samples):
        present = 0
        whole[:] = 0
        for p in range(phones):
            if count[s, p] > 0:
                present += 1
                for lane in range(lanes):
                    sums[s, p, lane] /= count[s, p]
                    whole[lane] += sums[s, p, lane]
        for p in range(phones):
            for lane in range(lanes):
                value = sums[s, p, lane]
                defined = count[s, p] > 0 and present > 1
                sums[s, p, lane] = value - (whole[lane] - value) / (present - 1.0) if defined else 0.0


@compiled
def _t(contrast: Floats, count: NDArray[np.int64], result: Floats) -> None:
    """As `selectivity.t_test`."""
    samples, phones, lanes = contrast.shape
    others = np.array([(count[s] > 0).sum() > 1 for s in range(samples)])
    mean, squares = np.empty(lanes), np.empty(lanes)
    for p in range(phones):
        known = (count[:, p] > 0) & others
        n = known.sum()
        mean[:] = 0
        squares[:] = 0
        for s in range(samples):
            for lane in range(lanes):
                mean[lane] += contrast[s, p, lane] / n
        for s in range(samples):
            if known[s]:
                for lane in range(lanes):
                    squares[lane] += (contrast[s, p, lane] - mean[lane]) ** 2
        for lane in range(lanes):
            if n > 1 and squares[lane] > 0:
                result[p, lane] = mean[lane] / np.sqrt(squares[lane] / (n * (n - 1.0)))
            elif n > 1:
                result[p, lane] = 0.0 if mean[lane] == 0 else np.copysign(np.inf, mean[lane])
