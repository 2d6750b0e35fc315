"""Praat in a process of its own, where it is installed."""

import json
import subprocess
import sys
from importlib.util import find_spec
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.errors import InputError
from phonotopy.introspection.acoustics import praat

__all__ = ["Praat", "installed"]

Floats = NDArray[np.float64]


def installed() -> bool:
    """Whether Parselmouth, with Praat in it, is there; it is not imported."""
    return find_spec("parselmouth") is not None


class Praat:
    """The program of `praat`, running."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", praat.__file__]  # -P: its neighbours must not hide modules of the same name
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.wait()

    def pitch(self, samples: NDArray[np.float32], rate_hz: int) -> Floats:
        """Pitch in Hz, and the height of its peak of the autocorrelation, ``(2, frames)``."""
        return self._asked(samples, rate_hz, 0.0)

    def formants(self, samples: NDArray[np.float32], rate_hz: int, ceiling_hz: float) -> Floats:
        """The first three formants in Hz, of five below the ceiling, ``(3, frames)``."""
        return self._asked(samples, rate_hz, ceiling_hz)

    def _asked(self, samples: NDArray[np.float32], rate_hz: int, ceiling_hz: float) -> Floats:
        source, target = self._process.stdout, self._process.stdin
        request = {"rate_hz": rate_hz, "samples": len(samples), "ceiling_hz": ceiling_hz}
        try:
            if source and target:
                target.write(json.dumps(request).encode() + b"\n" + samples.astype("<f4").tobytes())
                target.flush()
                shape = json.loads(source.readline())
                values = np.frombuffer(source.read(4 * shape["rows"] * shape["frames"]), dtype="<f4")
                return values.reshape(shape["rows"], shape["frames"]).astype(np.float64)
        except (BrokenPipeError, ValueError):
            pass  # it has ended; the reason is said below
        found = f"Praat ended with status {self._process.wait()}"
        raise InputError("praat-parselmouth", found, "contours", "install it once more: make acoustics")
