"""When the region of a phone stands out, relative to the onset of the phone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Cells, Responses
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import read_columns
from phonotopy.inference.bootstrap import draws, interval
from phonotopy.organisation.replication import largest_regions
from phonotopy.selectivity.d_prime import Criteria, contrasts

__all__ = [
    "COURSES",
    "TABLES",
    "TIMINGS",
    "Courses",
    "OnsetLocked",
    "Peaks",
    "course_rows",
    "courses",
    "follow",
    "peaks",
    "timing_rows",
]

Floats = NDArray[np.float64]
Row = dict[str, object]
MS = 1000.0
FEWEST_LAGS = 3  # under which every lag is at an end of the window
TIMINGS = Table(
    "timing.tsv",
    rows="one row per layer and phone (or `mean`)",
    columns={
        **shared("layer"),
        "phone": Column("", "a phone, or `mean` over the phones with a region in both halves"),
        "units": Column(
            "count",
            "of the region, mean over the two halves; it is found on one half of the speakers and followed in the "
            "other",
        ),
        "groups": Column("count", "groups of speakers, over which intervals are taken"),
        "peak": Column("s.d. of a unit", "largest mean contrast of the region"),
        "peak_ms": Column(
            "ms",
            "when, after the onset of the phone; the time of a response is that of the centre of its receptive field",
        ),
        "peak_low_ms": Column("ms", "lower end of its 95 % interval"),
        "peak_high_ms": Column("ms", "upper end of its 95 % interval"),
        "rise_ms": Column("ms", "when half of the peak is passed before it; empty outside the window"),
        "fall_ms": Column("ms", "when half of the peak is passed after it; empty outside the window"),
        "middle_ms": Column("ms", "half of the mean duration of the phone"),
        "stride_ms": Column("ms", "time from one response of the layer to the next: the resolution"),
        "receptive_field_ms": Column("ms", "stretch of speech that one response of the layer depends on"),
        "bootstraps": Column("count", "draws of groups"),
        "null_seed": Column("", "the setting `seed`, from which they were sampled"),
        "status": Column("", "`ok`, `no region`, or `edge` (the largest value is at an end of the window)"),
    },
)

COURSES = Table(
    "courses.tsv",
    rows="one row per layer, phone (or `mean`) and lag",
    columns={
        **shared("layer"),
        "phone": Column("", "a phone with a region, or `mean` over them"),
        "lag_ms": Column("ms", "after phone onset"),
        "contrast": Column("s.d. of a unit", "mean response of the region to the phone minus that to the others"),
        "low": Column("s.d. of a unit", "lower end of its 95 % interval"),
        "high": Column("s.d. of a unit", "upper end of its 95 % interval"),
        "groups": Column("count", "groups of speakers"),
    },
)

TABLES = (TIMINGS, COURSES)


@dataclass(frozen=True)
class OnsetLocked:
    """Responses around phone onset by group of speakers, in standard deviations of each unit over speech frames.

    `contrast` ``(groups, lags, phones, units)``: mean response to a phone minus that to the others, which weigh
    equally; NaN where a group lacks the phone at that lag. `lag_s` ``(lags,)`` is the time of the centre of the
    receptive field after the onset.
    """

    lag_s: Floats
    contrast: Floats

    @classmethod
    def of(cls, responses: Responses, layer: int, usable: NDArray[np.bool_]) -> Self:
        """Those of a layer; `usable` ``(phones,)`` are the phones that are tested, silence not among them."""
        arrays = responses.arrays(layer, "onset_count", "onset_mean", "frame_comoment", "frame_count", "lag_s")
        count = np.moveaxis(arrays["onset_count"][:, responses.spoken][:, usable], 1, 2)
        mean = np.moveaxis(arrays["onset_mean"][:, responses.spoken][:, usable], 1, 2)
        spread = np.sqrt(np.diag(arrays["frame_comoment"]) / max(float(arrays["frame_count"]) - 1, 1))
        lag_s = np.asarray(arrays["lag_s"], dtype=np.float64)
        *_, phones, units = mean.shape
        flat = contrasts(count.reshape(-1, phones).astype(np.float64), mean.reshape(-1, phones, units))
        scaled = flat.reshape(mean.shape) / np.where(spread > 0, spread, np.nan)
        return cls(lag_s, scaled)


class Peaks(NamedTuple):
    """Height of a course and when it is reached, ``(...)``; `rise_s` and `fall_s` at half of it, NaN outside.

    `edge` where the largest value is at an end of the window, so that there is no peak to speak of.
    """

    height: Floats
    time_s: Floats
    rise_s: Floats
    fall_s: Floats
    edge: NDArray[np.bool_]


class Courses(NamedTuple):
    """Course of each phone's region in each group of speakers ``(groups, phones, lags)``, NaN without a region.

    `units` ``(phones,)`` is the mean size of the regions of the two halves, `middle_s` half of the phone's mean
    duration, `lag_s` ``(lags,)`` the time after phone onset. The last phone is their mean over the phones that have a
    region in every group, so that groups differ in nothing else.
    """

    phones: tuple[str, ...]
    lag_s: Floats
    values: Floats
    units: Floats
    middle_s: Floats


def courses(responses: Responses, layer: int, tokens: str | Path, criteria: Criteria) -> Courses:
    """Courses of a layer, with durations from ``tokens.tsv``."""
    cells, grid = responses.cells(layer), responses.layers[layer].grid
    tested = criteria.tested(cells)
    found = OnsetLocked.of(responses, layer, tested)
    values, units = follow(found, cells, responses.halves, grid, criteria)
    phones = [phone for phone, kept in zip(cells.phones, tested, strict=True) if kept]
    middle_s = _half_durations(tokens, phones)
    whole = np.isfinite(values).all(axis=(0, 2))
    mean = values[:, whole].mean(axis=1, keepdims=True) if whole.any() else np.full_like(values[:, :1], np.nan)
    parts = [np.append(part, part[whole].mean() if whole.any() else np.nan) for part in (units, middle_s)]
    return Courses((*phones, MEAN), found.lag_s, np.concatenate([values, mean], axis=1), *parts)


def _half_durations(path: str | Path, phones: Sequence[str]) -> Floats:
    cells = read_columns(path, {"phone": str, "onset_s": float, "offset_s": float})
    durations = [(cells["offset_s"] - cells["onset_s"])[cells["phone"] == phone] for phone in phones]
    return np.array([found.mean() / 2 if len(found) else np.nan for found in durations])


def follow(
    found: OnsetLocked, cells: Cells, half: NDArray[np.int64], grid: Grid, criteria: Criteria
) -> tuple[Floats, Floats]:
    """Course of each tested phone's region by group of speakers ``(groups, phones, lags)``, and units of the region.

    The region, the largest one of a phone, is found on one half of the speakers and followed in the groups of the
    other; `half` ``(speakers,)``, groups alternate between the halves.
    """
    tested = criteria.tested(cells)
    groups, lags, phones, _ = found.contrast.shape
    values, sizes = np.full((groups, phones, lags), np.nan), np.zeros((2, phones))
    for one in (0, 1):
        regions = largest_regions(cells.select(half == one), grid, criteria)[:, tested]
        sizes[one] = regions.sum(axis=0)
        for phone in np.flatnonzero(regions.any(axis=0)):
            inside = found.contrast[1 - one :: 2, :, phone][..., regions[:, phone]]
            values[1 - one :: 2, phone] = inside.mean(axis=-1)
    return values, sizes.mean(axis=0)


def peaks(course: Floats, lag_s: Floats) -> Peaks:
    """The peak of `course` ``(..., lags)``, between lags by a parabola through its neighbours; NaN where that is."""
    known = np.asarray(np.isfinite(course).all(axis=-1))
    if len(lag_s) < FEWEST_LAGS:
        height = np.max(course, axis=-1, initial=-np.inf)
        missing = np.full(known.shape, np.nan)
        return Peaks(np.where(known & (height > -np.inf), height, np.nan), missing, missing, missing, known)
    values = np.where(known[..., None], course, 0.0)
    top = values.argmax(axis=-1)
    edge = (top == 0) | (top == values.shape[-1] - 1)
    inner = np.clip(top, 1, values.shape[-1] - 2)
    before, at, after = (np.take_along_axis(values, (inner + k)[..., None], -1)[..., 0] for k in (-1, 0, 1))
    bend = before - 2 * at + after
    shift = np.divide(before - after, 2 * bend, out=np.zeros_like(at), where=(bend < 0) & ~edge)
    height = np.where(edge, np.take_along_axis(values, top[..., None], -1)[..., 0], at - (before - after) * shift / 4)
    step = lag_s[1] - lag_s[0]
    times = lag_s[top] + shift * step
    rise, fall = _half_times(values, top, height / 2, lag_s)
    height, times, rise, fall = (np.where(known, part, np.nan) for part in (height, times, rise, fall))
    return Peaks(height, times, rise, fall, edge & known)


def _half_times(values: Floats, top: NDArray[np.int64], level: Floats, lag_s: Floats) -> tuple[Floats, Floats]:
    """Where a course crosses `level` last before and first after its top, by straight lines between lags."""
    lags, step = np.arange(values.shape[-1]), lag_s[1] - lag_s[0]
    below = values < level[..., None]
    before = np.where(below & (lags < top[..., None]), lags, -1).max(axis=-1)
    after = np.where(below & (lags > top[..., None]), lags, len(lags)).min(axis=-1)

    def crossing(low: NDArray[np.int64], direction: int) -> Floats:
        inside = np.clip(low, 0, len(lags) - 1)
        here = np.take_along_axis(values, inside[..., None], -1)[..., 0]
        there = np.take_along_axis(values, np.clip(inside + direction, 0, len(lags) - 1)[..., None], -1)[..., 0]
        share = np.divide(level - here, there - here, out=np.zeros_like(level), where=there != here)
        return np.where(low == inside, lag_s[inside] + direction * share * step, np.nan)

    return crossing(before, 1), crossing(after, -1)


def timing_rows(found: Courses, identity: Mapping[str, object], *, bootstraps: int, key: int) -> Iterator[Row]:
    """One row per phone and one for the mean over phones; intervals over groups of speakers.

    `identity` gives the columns that are the same for the layer. A latency has the resolution of the stride at best.
    """
    for index, phone in enumerate(found.phones):
        values = _known(found.values[:, index])
        row: Row = {**dict.fromkeys(TIMINGS.columns), **identity, "phone": phone, "units": found.units[index]}
        row |= {"groups": len(values), "middle_ms": MS * found.middle_s[index], "bootstraps": bootstraps}
        yield {**row, **_timed(values, found.lag_s, bootstraps, key)}


def _known(values: Floats) -> Floats:
    return np.asarray(values[np.isfinite(values).all(axis=1)])


def _timed(values: Floats, lag_s: Floats, bootstraps: int, key: int) -> Row:
    if len(values) == 0:
        return {"status": "no region"}
    found = peaks(values.mean(axis=0), lag_s)
    if found.edge:
        return {"peak": float(found.height), "status": "edge"}
    resampled = peaks(draws(len(values), bootstraps, key) @ values / len(values), lag_s).time_s
    low, high = interval(resampled, len(values))
    times = {"peak_ms": found.time_s, "peak_low_ms": low, "peak_high_ms": high}
    times |= {"rise_ms": found.rise_s, "fall_ms": found.fall_s}
    return {"peak": float(found.height), **{name: MS * float(time) for name, time in times.items()}, "status": "ok"}


def course_rows(found: Courses, layer: int, *, bootstraps: int, key: int) -> Iterator[Row]:
    """One row per phone (or `mean`) and lag, for the phones that have a region."""
    for index, phone in enumerate(found.phones):
        values = _known(found.values[:, index])
        if len(values):
            ends = interval(draws(len(values), bootstraps, key) @ values / len(values), len(values))
            for lag, mean, low, high in zip(found.lag_s, values.mean(axis=0), *ends, strict=True):
                yield dict(zip(COURSES.columns, (layer, phone, MS * lag, mean, low, high, len(values)), strict=True))
