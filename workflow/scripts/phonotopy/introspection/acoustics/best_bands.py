"""The band and the latency at which feature frames drive each unit most, by reverse correlation."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["BandSums", "band_centres"]

Floats = NDArray[np.float64]


def band_centres(bands: int, lowest_hz: float, highest_hz: float) -> Floats:
    """Centres of triangular bands on the mel scale ``(bands,)``, mel: 2595 log₁₀(1 + f / 700)."""
    low, high = (2595 * np.log10(1 + edge / 700) for edge in (lowest_hz, highest_hz))
    return np.linspace(low, high, bands + 2)[1:-1]


@dataclass
class BandSums:
    """Sums over frames by half of the speakers: of responses, and of their products with features at several lags."""

    units: int
    bands: int
    lags: int
    found: dict[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        inputs = (2, self.lags, self.bands)
        self.found = {
            "n": np.zeros(2),
            **{name: np.zeros((2, self.units)) for name in ("x", "xx")},
            **{name: np.zeros(inputs) for name in ("f", "ff")},
            "xf": np.zeros((2, self.units, self.lags, self.bands)),
        }

    def add(self, half: int, x: NDArray[np.float32], features: NDArray[np.float32]) -> None:
        """Take in responses ``(frames, units)`` and the features before them ``(frames, lags, bands)``."""
        sums = self.found
        sums["n"][half] += len(x)
        for name, values in (("x", x), ("xx", x * x), ("f", features), ("ff", features * features)):
            sums[name][half] += values.sum(axis=0, dtype=np.float64)
        sums["xf"][half] += (x.T @ features.reshape(len(x), -1)).reshape(sums["xf"].shape[1:])

    def kernels(self, halves: Sequence[int]) -> Floats:
        """Correlation of each unit with each band at each lag ``(units, lags, bands)``; NaN for silent units."""
        n, x, xx, f, ff, xf = (self.found[name][list(halves)].sum(axis=0) for name in ("n", "x", "xx", "f", "ff", "xf"))
        covariance = xf - x[:, None, None] * f / np.maximum(n, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.sqrt((xx - x**2 / n)[:, None, None] * (ff - f**2 / n))
            return np.where(spread > 1e-6 * np.sqrt(xx[:, None, None] * ff), covariance / spread, np.nan)

    def best(self, halves: Sequence[int], centres: Floats, lags_ms: Floats) -> tuple[Floats, Floats]:
        """Centre of the band, and the lag, of the largest correlation of each unit, ``(units,)`` each."""
        kernels = self.kernels(halves).reshape(self.units, -1)
        silent = np.asarray(~np.isfinite(kernels).all(axis=1))
        lag, band = np.divmod(np.where(silent[:, None], 0.0, kernels).argmax(axis=1), self.bands)
        return np.where(silent, np.nan, centres[band]), np.where(silent, np.nan, lags_ms[lag])
