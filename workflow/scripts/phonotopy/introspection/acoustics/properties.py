"""Contours of what speech sounds like: pitch, intensity, harmonicity, formants and spectral centroid."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.introspection.acoustics.praat import HOP_S
from phonotopy.introspection.acoustics.praat_process import Praat

__all__ = ["FORMANTS", "OF_PRAAT", "PROPERTIES", "Contours", "at_frames", "contours_of"]

PROPERTIES = ("f0", "intensity", "harmonicity", "f1", "f2", "f3", "centroid")
FORMANTS = ("f1", "f2", "f3")
OF_PRAAT = ("f0", "harmonicity", *FORMANTS)
WINDOW_S = 0.025
DYNAMIC_RANGE = 1e-8  # power below the peak of an utterance at which intensity is floored, as that of features is
LEAST_POWER = 1e-20
LOW_VOICE_HZ, HIGH_VOICE_HZ = 150.0, 260.0  # medians of pitch between voices of unlike length of the vocal tract
CEILINGS_HZ = (5000.0, 5500.0, 8000.0)  # of five formants: men, women, children, as Praat's manual has them

Floats = NDArray[np.float64]
Reader = Callable[[str], NDArray[np.float32]]  # from the name of an utterance to its samples


class Contours(NamedTuple):
    """Contours of a speaker by utterance, ``(properties, frames)``, frame k at k · `HOP_S`, NaN where undefined.

    F0 is in semitones above the speaker's median, intensity in dB, harmonicity in dB, the others in Hz.
    `too_low` says that the sample rate holds no formants up to the ceiling of the speaker.
    """

    values: Mapping[str, Floats]
    too_low: bool


def contours_of(names: Sequence[str], read: Reader, rate_hz: int, praat: Praat | None) -> Contours:
    """Contours of the utterances `names` of one speaker; without Praat those of `OF_PRAAT` are undefined."""
    bare = {name: _spectral(read(name), rate_hz) for name in names}
    if praat is None:
        return Contours({name: _joined(*own) for name, own in bare.items()}, too_low=False)
    pitch = {name: praat.pitch(read(name), rate_hz) for name in names}
    known = np.concatenate([one[0][np.isfinite(one[0])] for one in pitch.values()])
    median = float(np.median(known)) if len(known) else LOW_VOICE_HZ
    ceiling = CEILINGS_HZ[int(np.searchsorted((LOW_VOICE_HZ, HIGH_VOICE_HZ), median))]
    too_low = rate_hz < 2 * ceiling
    found = {}
    for name in names:
        formants = None if too_low else praat.formants(read(name), rate_hz, ceiling)
        found[name] = _joined(*bare[name], pitch[name], formants, median)
    return Contours(found, too_low)


def _spectral(samples: NDArray[np.float32], rate_hz: int) -> tuple[Floats, Floats]:
    """Intensity in dB and spectral centroid in Hz, the latter NaN at the floor of the former."""
    window = torch.hann_window(round(WINDOW_S * rate_hz))
    size = 1 << (len(window) - 1).bit_length()
    wave = torch.nn.functional.pad(torch.from_numpy(samples), (0, max(size - len(samples), 0)))
    spectrum = torch.stft(
        wave,
        size,
        hop_length=round(HOP_S * rate_hz),
        win_length=len(window),
        window=window,
        pad_mode="constant",
        return_complex=True,
    )
    power = spectrum.abs().square().double().numpy().T
    total = power.sum(axis=1)
    floor = max(total.max() * DYNAMIC_RANGE, LEAST_POWER)
    hertz = np.linspace(0, rate_hz / 2, power.shape[1])
    centroid = np.where(total > floor, (power @ hertz) / np.maximum(total, LEAST_POWER), np.nan)
    return 10 * np.log10(np.maximum(total, floor)), centroid


def _joined(
    intensity: Floats,
    centroid: Floats,
    pitch: Floats | None = None,
    formants: Floats | None = None,
    median_hz: float = 1.0,
) -> Floats:
    """All properties of an utterance in their order, as long as the shortest contour; formants where it is voiced."""
    none = np.full((3, len(intensity)), np.nan)
    frequency, height = none[:2] if pitch is None else pitch
    length = min(len(intensity), len(frequency))
    found = none if formants is None else formants
    voiced = np.isfinite(frequency[:length])
    height = np.clip(height[:length], 1e-6, 1 - 1e-6)
    rows = {
        "f0": 12 * np.log2(frequency[:length] / median_hz),
        "intensity": intensity[:length],
        "harmonicity": 10 * np.log10(height / (1 - height)),
        "centroid": centroid[:length],
        **{name: np.where(voiced, row[:length], np.nan) for name, row in zip(FORMANTS, found, strict=True)},
    }
    return np.stack([rows[name] for name in PROPERTIES])


def at_frames(contours: Floats, times_s: Floats) -> Floats:
    """Contours ``(properties, frames)`` at `times_s` ``(...)``, as ``(properties, ...)``; NaN beyond their ends."""
    index = np.rint(times_s / HOP_S).astype(np.int64)
    inside = (index >= 0) & (index < contours.shape[1])
    return np.where(inside, contours[:, np.clip(index, 0, contours.shape[1] - 1)], np.nan)
