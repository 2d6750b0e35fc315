"""From seconds to the frames of a layer, written once."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Clock", "Spans"]

ROUNDING = 1e-9  # of a frame; times are decimal fractions, their quotients are not exact


class Spans(NamedTuple):
    """First frame, frame after the last, and whether no centre lay inside; each ``(tokens,)``."""

    first: NDArray[np.int64]
    end: NDArray[np.int64]
    bare: NDArray[np.bool_]


@dataclass(frozen=True)
class Clock:
    """Frame ``j`` of a layer is centred on ``offset_s + j · stride_s`` and sees `field_s` seconds."""

    stride_s: float
    offset_s: float
    field_s: float

    def spans(self, onset_s: NDArray[np.float64], offset_s: NDArray[np.float64], frames: int) -> Spans:
        """Frames whose centres lie in [onset, offset); an interval that holds none takes the one nearest its middle."""
        first, end = (np.clip(self._first_from(time), 0, frames) for time in (onset_s, offset_s))
        bare = end <= first
        nearest = np.clip(self.nearest((onset_s + offset_s) / 2), 0, frames - 1)
        return Spans(np.where(bare, nearest, first), np.where(bare, nearest + 1, end), bare)

    def _first_from(self, time_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """First frame centred at or after the time."""
        return np.asarray(np.ceil((time_s - self.offset_s) / self.stride_s - ROUNDING), dtype=np.int64)

    def nearest(self, time_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """Frame whose centre is nearest; may lie beyond the utterance."""
        return np.asarray(np.rint((time_s - self.offset_s) / self.stride_s), dtype=np.int64)

    def lags(self, earliest_s: float, latest_s: float) -> NDArray[np.int64]:
        """Lags from the earliest to the latest time, in frames of this layer."""
        first = np.ceil(earliest_s / self.stride_s - ROUNDING)
        last = np.floor(latest_s / self.stride_s + ROUNDING)
        return np.arange(int(first), int(last) + 1)
