"""The frequency response of filters: which frequencies they pass, the best one, and how wide a band."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FrequencyResponse", "mel_edges", "of_bands", "of_samples"]

Floats = NDArray[np.float64]
FINER = 4  # times as many points as the samples of a filter give; the peak of a short filter lies between these
REFERENCE_HZ = 1000.0  # that octaves are counted from


@dataclass(frozen=True)
class FrequencyResponse:
    """Gains ``(units, points)`` at the `frequencies` ``(points,)`` in Hz, each for a band of `widths` ``(points,)``."""

    frequencies: Floats
    widths: Floats
    gain: Floats

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Whether a filter passes anything, ``(units,)``."""
        return np.asarray(self.gain.max(axis=1) > 0)

    @property
    def best_frequency(self) -> Floats:
        """Where the gain peaks, in Hz ``(units,)``; NaN of a filter that passes nothing."""
        return np.where(self.alive, self.frequencies[self.gain.argmax(axis=1)], np.nan)

    @property
    def best_octave(self) -> Floats:
        """Octaves of the best frequency above 1 kHz ``(units,)``."""
        return np.asarray(np.log2(self.best_frequency / REFERENCE_HZ))

    @property
    def bandwidth(self) -> Floats:
        """Equivalent rectangular bandwidth ``∫ gain² df / max gain²`` in Hz ``(units,)``."""
        peak = np.where(self.alive, self.gain.max(axis=1), np.nan)
        return np.asarray((np.square(self.gain) @ self.widths) / np.square(peak))

    @property
    def centroid(self) -> Floats:
        """Mean frequency in Hz ``(units,)``, weighted by gain²: of a wide filter steadier than its peak."""
        power = np.square(self.gain) * self.widths
        total = np.where(self.alive, power.sum(axis=1), np.nan)
        return np.asarray((power @ self.frequencies) / total)

    def banded(self, edges: Floats) -> "FrequencyResponse":
        """The largest gain between neighbouring `edges` ``(bands + 1,)`` in Hz that hold a point, for the eye."""
        band = np.digitize(self.frequencies, edges) - 1
        held = [number for number in range(len(edges) - 1) if (band == number).any()]
        gain = np.stack([self.gain[:, band == number].max(axis=1) for number in held], axis=1)
        middle = (edges[:-1] + edges[1:])[held] / 2
        return FrequencyResponse(middle, np.diff(edges)[held], gain)


def of_samples(filters: Floats, sample_rate_hz: int) -> FrequencyResponse:
    """Magnitudes of the Fourier transform of filters ``(units, samples)``, from one cycle a filter upwards."""
    samples = filters.shape[1]
    points = FINER * (1 << (samples - 1).bit_length())
    frequencies = np.fft.rfftfreq(points, 1 / sample_rate_hz)
    kept = frequencies >= sample_rate_hz / samples
    gain = np.abs(np.fft.rfft(filters, points, axis=1))[:, kept]
    return FrequencyResponse(frequencies[kept], np.full(int(kept.sum()), sample_rate_hz / points), gain)


def of_bands(filters: Floats, lowest_hz: float, highest_hz: float) -> FrequencyResponse:
    """Weights of filters ``(units, bands, frames)`` by mel band: their root of squares summed over frames."""
    centres = mel_edges(lowest_hz, highest_hz, filters.shape[1] + 1)  # a band reaches from centre to centre beside it
    gain = np.sqrt(np.square(filters).sum(axis=2))
    return FrequencyResponse(centres[1:-1], (centres[2:] - centres[:-2]) / 2, gain)


def mel_edges(lowest_hz: float, highest_hz: float, bands: int) -> Floats:
    """Edges in Hz of so many bands of equal width in mel, ``(bands + 1,)``."""
    lowest, highest = (2595 * np.log10(1 + edge / 700) for edge in (lowest_hz, highest_hz))
    return np.asarray(700 * (10 ** (np.linspace(lowest, highest, bands + 1) / 2595) - 1))
