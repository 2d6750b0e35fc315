"""From curves of invariance to windows: the shortest duration at which a unit is invariant to context."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonotopy.inference.bootstrap import draws
from phonotopy.introspection.windows.invariance import Curves, correlation

__all__ = ["Windows", "crossing", "isotonic", "windows_of", "yoked"]

Floats = NDArray[np.float64]
BATCH = 100  # draws of speakers in memory at once


def isotonic(curves: Floats) -> Floats:
    """The nearest curves that never fall along the last axis but one, by least squares (bib key barlow1972).

    The value at i is the largest, over all starts a ≤ i, of the smallest mean from a to any end b ≥ i.
    """
    length = curves.shape[-2]
    sums = np.concatenate([np.zeros_like(curves[..., :1, :]), np.cumsum(curves, axis=-2)], axis=-2)
    found = np.full_like(curves, -np.inf)
    for start in range(length):
        least = np.full_like(curves[..., 0, :], np.inf)
        for point in range(length - 1, start - 1, -1):
            mean = (sums[..., point + 1, :] - sums[..., start, :]) / (point + 1 - start)
            least = np.minimum(least, mean)
            found[..., point, :] = np.maximum(found[..., point, :], least)
    return found


def crossing(curves: Floats, durations: Floats, threshold: float) -> Floats:
    """Duration at which rising curves ``(…, durations, units)`` reach the threshold, interpolated in its logarithm.

    The shortest one where they do from the beginning, infinite where they never do, NaN where a curve is undefined.
    """
    rising = isotonic(curves)
    above = rising >= threshold
    after = above.argmax(axis=-2)
    before = np.maximum(after - 1, 0)
    low, high = (np.take_along_axis(rising, at[..., None, :], axis=-2)[..., 0, :] for at in (before, after))
    share = np.divide(threshold - low, high - low, out=np.zeros_like(low), where=high > low)
    steps = np.log(durations)
    found = np.exp(steps[before] + np.where(after > 0, share, 0.0) * (steps[after] - steps[before]))
    found = np.where(above.any(axis=-2), found, np.inf)
    return np.where(np.isfinite(curves).all(axis=-2), found, np.nan)


@dataclass(frozen=True)
class Windows:
    """Windows of the units of a layer, ``(units,)``, ms: infinite beyond the longest duration.

    `halves` ``(2, units)`` are those of the halves of the speakers, `resampled` ``(bootstraps, units)`` those of
    samples of speakers, `error` those by squared errors, `floor` the correlation between unlike segments, mean over
    durations. `status` is `ok`, `silent`, `below` or `above`.
    """

    value: Floats
    halves: Floats
    resampled: Floats
    error: Floats
    floor: Floats
    status: NDArray[np.str_]

    @property
    def known(self) -> Floats:
        """Windows that were measured, NaN elsewhere."""
        return np.where(self.status == "ok", self.value, np.nan)

    @property
    def known_halves(self) -> Floats:
        """Windows of halves between the shortest and the longest duration, of units whose window was measured."""
        return np.where((self.status == "ok") & np.isfinite(self.halves), self.halves, np.nan)


def windows_of(curves: Curves, hop_ms: float, threshold: float, *, fewest: int, bootstraps: int, key: int) -> Windows:
    """Windows of a layer; a unit with a response in under `fewest` segments is silent."""
    durations: Floats = curves.durations.astype(np.float64) * hop_ms
    silent = (curves.active.sum(axis=0) < fewest) | ~np.isfinite(curves.peak).all(axis=0)
    found = crossing(curves.peak, durations, threshold)
    status = np.select([silent, found <= durations[0], np.isinf(found)], ["silent", "below", "above"], default="ok")
    shown = np.where(silent, np.nan, found)
    resampled = [crossing(one, durations, threshold) for one in _samples(curves, bootstraps, key)]
    return Windows(
        shown,
        crossing(curves.halves, durations, threshold),
        np.concatenate(resampled) if resampled else np.empty((0, len(shown))),
        np.where(silent, np.nan, crossing(curves.error, durations, threshold)),
        curves.floor.mean(axis=0),
        status,
    )


def _samples(curves: Curves, bootstraps: int, key: int) -> Iterator[Floats]:
    """Batches of correlations of samples of speakers ``(batch, durations, units)``, at the lags of all speakers."""
    spoken = curves.count > 0
    sums = curves.sums[:, spoken]
    weights = draws(int(spoken.sum()), bootstraps, key) if bootstraps else np.empty((0, 0), dtype=np.int64)
    for start in range(0, bootstraps, BATCH):
        batch = weights[start : start + BATCH].astype(np.float64)
        totals = np.einsum("bs,fsdu->fbdu", batch, sums, optimize=True)
        yield correlation((batch @ curves.count[spoken])[:, None, None], totals)


def yoked(slow: Floats, fast: Floats, times: float) -> Floats:
    """Logarithm of the ratio of windows over that of durations, slow speech taking so many `times` as long.

    0 where windows are fixed in time, 1 where they stretch with the speech; NaN where one is not finite.
    """
    usable = np.isfinite(slow) & np.isfinite(fast)
    ratio = np.divide(slow, fast, out=np.ones_like(slow), where=usable)
    return np.where(usable, np.log(ratio) / np.log(times), np.nan)
