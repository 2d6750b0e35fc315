"""How the mean response of a layer runs through a phone, all its tokens stretched to one duration."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from phonotopy.activations.accumulate import Token
from phonotopy.activations.clock import Clock

__all__ = ["TIMES", "ContourSums"]

Floats = NDArray[np.float64]
TIMES = np.linspace(0, 1, 11)  # of a token, 0 its onset
COVERED = 0.95  # of the band


class ContourSums:
    """Sums over tokens of series at the `TIMES` of a token, by speaker and phone."""

    def __init__(self, speakers: int, phones: int, series: int) -> None:
        self.count = np.zeros((speakers, phones))
        self.total = np.zeros((speakers, phones, series, len(TIMES)))

    def add(self, speaker: int, tokens: Sequence[Token], series: NDArray[np.float32], clock: Clock) -> None:
        """Take in an utterance: its tokens, and series ``(frames, series)`` with the clock of their layer."""
        if not tokens:
            return
        onset, offset = (np.array([getattr(token, name) for token in tokens]) for name in ("onset_s", "offset_s"))
        phone = np.array([token.phone for token in tokens])
        seconds = onset[:, None] + TIMES * (offset - onset)[:, None]
        own = clock.offset_s + clock.stride_s * np.arange(len(series))
        values = np.stack([np.interp(seconds, own, column) for column in series.T], axis=1)
        np.add.at(self.total[speaker], phone, values)
        np.add.at(self.count[speaker], phone, 1)

    def rows(self, phones: Sequence[str], names: Sequence[str], fewest_speakers: int) -> Iterator[dict[str, object]]:
        """Rows of phones: mean over speakers, and the ends of its interval."""
        for index, phone in enumerate(phones):
            known = self.count[:, index] > 0
            status = "ok" if known.sum() >= max(fewest_speakers, 2) else "too few speakers"
            means = self.total[known, index] / self.count[known, index, None, None]
            for number, name in enumerate(names):
                shared = {"series": name, "phone": phone, "speakers": int(known.sum()), "status": status}
                shared |= {"tokens": int(self.count[:, index].sum())}
                yield from ({**shared, **row} for row in _band(means[:, number], tested=status == "ok"))


def _band(means: Floats, *, tested: bool) -> Iterator[dict[str, object]]:
    """Mean and interval at each time of the means of speakers ``(speakers, times)``."""
    if not tested:
        yield dict.fromkeys(("time", "value", "low", "high"))
        return
    value = means.mean(axis=0)
    reach = stdtrit(len(means) - 1, 0.5 + COVERED / 2) * means.std(axis=0, ddof=1) / np.sqrt(len(means))
    for time, *cells in zip(TIMES.tolist(), value, value - reach, value + reach, strict=True):
        yield {"time": round(time, 6), **dict(zip(("value", "low", "high"), map(float, cells), strict=True))}
