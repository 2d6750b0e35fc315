"""What is kept of the tokens of a layer: moments by speaker, phone and spelled symbol; none grows with the speech."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.accumulate import Coding
from phonotopy.activations.read import Cells
from phonotopy.core.moments import Moments
from phonotopy.introspection.saliency.saliency_variants import VARIANTS

__all__ = ["EXCHANGED", "SPELLED", "LayerCells", "pooled_over"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
EXCHANGED = ("aligned", "weighted", "relevance")  # variants that are also taken with gradients of other tokens
SPELLED = ("plain", "relevance")  # variants that are also grouped by the symbol that is spelled
LAG_MS = 1.0  # width of the bins in which lags are counted


@dataclass
class LayerCells:
    """Moments of a layer: `spoken` by speaker × phone, `spelled` by half of the speakers × phone × symbol.

    `exchanged` holds count, sum and sum of squares ``(exchanges, 3, phones, units)`` by variant, `used` the size of
    relevance by half, `lags` tokens by phone and bin of 1 ms from −`reach` on.
    """

    coding: Coding
    symbols: int
    reach: int
    spoken: dict[str, Moments]
    spelled: dict[str, Moments]
    exchanged: dict[str, Floats]
    used: Moments
    lags: Indices
    dropped: int = field(default=0)

    @classmethod
    def empty(cls, coding: Coding, symbols: int, units: int, field_s: float, exchanges: int) -> Self:
        """Of no tokens yet; lags are within half a receptive field of `field_s`."""
        phones, reach = len(coding.phones), int(np.ceil(500 * field_s / LAG_MS)) + 1
        return cls(
            coding,
            symbols,
            reach,
            {name: Moments.empty(len(coding.speakers) * phones, units) for name in VARIANTS},
            {name: Moments.empty(2 * phones * symbols, units) for name in SPELLED},
            {name: np.zeros((exchanges, 3, phones, units)) for name in EXCHANGED},
            Moments.empty(2, units),
            np.zeros((phones, 2 * reach + 1), dtype=np.int64),
        )

    def add(self, speaker: int, phone: Indices, symbol: Indices, values: Mapping[str, Floats]) -> None:
        """Take in tokens of a speaker with the values of some variants ``(tokens, units)``."""
        phones, half = len(self.coding.phones), int(self.coding.folds[speaker] % 2)
        for name, own in values.items():
            spoken = self.spoken[name]
            spoken.add(Moments.of(own, speaker * phones + phone, len(spoken.count)))
            if name in self.spelled:
                kept = self.spelled[name]
                kept.add(Moments.of(own, (half * phones + phone) * self.symbols + symbol, len(kept.count)))
        if "relevance" in values:
            self.used.add(Moments.of(np.abs(values["relevance"]), np.full(len(phone), half), 2))

    def add_lags(self, phone: Indices, lag_s: Floats) -> None:
        """Count lags by phone."""
        bins = np.rint(1000 * lag_s / LAG_MS).astype(np.int64) + self.reach
        np.add.at(self.lags, (phone, np.clip(bins, 0, 2 * self.reach)), 1)

    def add_exchanged(self, number: int, phone: Indices, values: Mapping[str, Floats]) -> None:
        """Take in tokens in exchange `number`."""
        among = np.equal.outer(np.arange(len(self.coding.phones)), phone).astype(np.float64)
        for name, own in values.items():
            sums = self.exchanged[name][number]
            sums[0] += among.sum(axis=1, keepdims=True)
            sums[1] += among @ own
            sums[2] += among @ own**2

    def cells(self, variant: str, units: Indices) -> Cells:
        """Cells by speaker, units in the order of positions."""
        moments = self.spoken[variant]
        return _cells(moments, self.coding.speakers, self.coding.phones, units)

    def letters(self, variant: str, names: tuple[str, ...], units: Indices) -> Cells:
        """Cells by half of the speakers and symbol, the phones pooled."""
        moments, phones = self.spelled[variant], len(self.coding.phones)
        parts = [pooled_over(moments, (2, phones, self.symbols), half) for half in (0, 1)]
        both = Moments(*(np.concatenate([getattr(one, name) for one in parts]) for name in ("count", "mean", "m2")))
        return _cells(both, ("first half", "second half"), names, units)

    def exchanged_moments(self, variant: str, units: Indices) -> list[Moments]:
        """Moments by phone of each exchange, units in the order of positions."""
        found = []
        for count, total, squares in self.exchanged[variant]:
            tokens = np.maximum(count, 1)
            m2 = np.maximum(squares - total**2 / tokens, 0)
            found.append(Moments(count[:, 0], (total / tokens)[:, units], m2[:, units]))
        return found


def _cells(moments: Moments, samples: tuple[str, ...], groups: tuple[str, ...], units: Indices) -> Cells:
    shape = len(samples), len(groups)
    wide = (*shape, moments.mean.shape[1])
    mean, m2 = (values.reshape(wide)[:, :, units] for values in (moments.mean, moments.m2))
    return Cells(groups, samples, moments.count.reshape(shape), mean, m2)


def pooled_over(moments: Moments, shape: tuple[int, int, int], half: int) -> Moments:
    """Moments by symbol, of one half, from those by half × phone × symbol in `shape`."""
    units = moments.mean.shape[1]
    total = Moments.empty(shape[2], units)
    count = moments.count.reshape(shape)[half]
    mean, m2 = (values.reshape(*shape, units)[half] for values in (moments.mean, moments.m2))
    for part in zip(count, mean, m2, strict=True):
        total.add(Moments(*part))
    return total
