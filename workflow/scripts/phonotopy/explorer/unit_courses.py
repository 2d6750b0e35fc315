"""Courses of single units around the onset of phones."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Responses
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.temporal.timing import OnsetLocked

__all__ = ["ResponseFiles", "UnitCourses", "unit_courses"]

MS = 1000.0


class ResponseFiles(NamedTuple):
    """Where the responses of a training are, and where its units stand."""

    responses: str | Path
    geometry: str | Path
    placement: str | Path


@dataclass(frozen=True)
class UnitCourses:
    """Contrasts ``(units, phones, lags)`` of a layer, means over groups of speakers, units in the order of positions.

    A contrast is the mean response to a phone minus that to the others, in standard deviations of the unit over speech
    frames: that of ``courses.tsv``, unit by unit.
    """

    layer: int
    phones: tuple[str, ...]
    lag_ms: NDArray[np.float64]
    contrast: NDArray[np.float64]


def unit_courses(files: ResponseFiles, criteria: Criteria) -> Iterator[UnitCourses]:
    """Courses of every layer that has any lag, for the phones that are tested."""
    responses = Responses.open(*files)
    for layer in responses.layers:
        cells = responses.cells(layer)
        tested = criteria.tested(cells)
        found = OnsetLocked.of(responses, layer, tested)
        if found.contrast.size:
            phones = tuple(phone for phone, kept in zip(cells.phones, tested, strict=True) if kept)
            contrast = np.moveaxis(_mean(found.contrast), (0, 1, 2), (2, 1, 0))
            yield UnitCourses(layer, phones, MS * found.lag_s, contrast)


def _mean(contrast: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the groups that have a value; NaN where none has."""
    known = np.isfinite(contrast)
    count = known.sum(axis=0)
    total = np.where(known, contrast, 0.0).sum(axis=0)
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))
