"""Arrays as text in a page: small, and read by any browser that is not older than 2023."""

import base64
import math
import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Packed", "half", "shares", "whole"]

LARGEST = 2.0**15  # of a half, with room above
STEPS = 127  # of a share, on either side of 0
MISSING_CODE, MISSING_SHARE = 255, -128


class Packed(NamedTuple):
    """An array as base64 of its deflated bytes, what its `dtype` is, and the `scale` that its values are times."""

    dtype: str
    scale: float
    text: str


def _text(array: NDArray[Any]) -> str:
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    planes = np.frombuffer(little.tobytes(), dtype=np.uint8).reshape(-1, array.dtype.itemsize).T
    return base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode("ascii")


def half(values: NDArray[np.float64]) -> Packed:
    """Numbers as halves (11 significant bits) times a power of two, so that no number is too large, and none lost."""
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    scale = 2.0 ** math.ceil(math.log2(largest / LARGEST)) if largest > 0 else 1.0
    return Packed("half", scale, _text((values / scale).astype(np.float16)))


def whole(values: NDArray[np.float64]) -> Packed:
    """Numbers of categories below 255; NaN is 255."""
    return Packed("code", 1.0, _text(np.where(np.isfinite(values), values, MISSING_CODE).astype(np.uint8)))


def shares(values: NDArray[np.float64]) -> tuple[Packed, NDArray[np.float64]]:
    """Values ``(units, …)`` in 127ths of the largest of each unit, for curves and pictures, and those largest ones."""
    flat = np.abs(np.where(np.isfinite(values), values, 0.0)).reshape(len(values), -1)
    largest = flat.max(axis=1, initial=0.0)
    safe = np.where(largest > 0, largest, 1.0).reshape(-1, *(1,) * (values.ndim - 1))
    steps = np.where(np.isfinite(values), np.rint(values / safe * STEPS), MISSING_SHARE)
    return Packed("share", 1.0 / STEPS, _text(steps.astype(np.int8))), largest
