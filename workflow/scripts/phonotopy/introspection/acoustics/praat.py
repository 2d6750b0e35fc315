"""A program that analyses speech: samples on standard input, contours on standard output, Praat inside.

It is run as a process of its own, `python praat.py`, because Praat and Parselmouth are licensed under the GPL. A
request is one line of JSON (`rate_hz`, `samples`, `ceiling_hz`, which is 0 where pitch is asked for) and the samples,
32-bit floats, little endian. An answer is one line of JSON (`rows`, `frames`) and as many floats: pitch in Hz and the
height of its autocorrelation, or three formants in Hz, each by frame; NaN where Praat finds none.
"""

import json
import sys
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["HOP_S"]

HOP_S = 0.01  # from frame to frame; frame k is centred on k · HOP_S
FLOOR_HZ, CEILING_HZ = 75.0, 600.0  # of pitch, as Praat has them
FORMANTS = 5  # looked for below the ceiling, as Praat does
FORMANTS_HOP_S = 0.02  # formants move slowly, and asking for them takes time

Floats = NDArray[np.float64]


def _main() -> None:
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        request = json.loads(line)
        samples = np.frombuffer(source.read(4 * request["samples"]), dtype="<f4").astype(np.float64)
        found = _contours(samples, request["rate_hz"], request["ceiling_hz"]).astype("<f4")
        target.write(json.dumps({"rows": len(found), "frames": found.shape[1]}).encode() + b"\n" + found.tobytes())
        target.flush()


def _contours(samples: Floats, rate_hz: int, ceiling_hz: float) -> Floats:
    """Rows of contours at multiples of `HOP_S`; all NaN where the recording is too short for an analysis."""
    parselmouth: Any = import_module("parselmouth")  # here alone, in a process of its own
    times = np.asarray(np.arange(int(len(samples) / rate_hz / HOP_S + 0.5) + 1) * HOP_S, dtype=np.float64)
    sound = parselmouth.Sound(samples, rate_hz) if len(samples) else None
    try:
        return _formants(sound, ceiling_hz, times) if ceiling_hz else _pitch(sound, times)
    except (parselmouth.PraatError, AttributeError):
        return np.full((3 if ceiling_hz else 2, len(times)), np.nan)


def _pitch(sound: Any, times: Floats) -> Floats:
    pitch = sound.to_pitch_ac(time_step=HOP_S, pitch_floor=FLOOR_HZ, pitch_ceiling=CEILING_HZ)
    found = pitch.selected_array
    known = found["frequency"] > 0
    rows = [np.where(known, found[name], np.nan) for name in ("frequency", "strength")]
    return np.stack([_at(times, pitch.xs(), row) for row in rows])


def _formants(sound: Any, ceiling_hz: float, times: Floats) -> Floats:
    formant = sound.to_formant_burg(
        time_step=FORMANTS_HOP_S, max_number_of_formants=FORMANTS, maximum_formant=ceiling_hz
    )
    own = formant.xs()
    rows = [np.array([formant.get_value_at_time(number, time) for time in own]) for number in (1, 2, 3)]
    return np.stack([_at(times, own, row) for row in rows])


def _at(times: Floats, own: Floats, values: Floats) -> Floats:
    """Values at `times` between frames; NaN beside an undefined frame and beyond the ends."""
    return np.asarray(np.interp(times, own, values, left=np.nan, right=np.nan))


if __name__ == "__main__":
    _main()
