"""Latencies of planted courses."""

from pathlib import Path

import numpy as np
import pytest

from fabricate import activations, opened
from phonotopy.organisation.replication import replicate
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.temporal.timing import COURSES, TIMINGS, Courses, course_rows, courses, peaks, timing_rows

LAG_S = np.arange(-5, 9) * 0.04
PHONES = ("P", "S", "N", "IY")


def bump(centre_s: float, width_s: float = 0.08) -> np.ndarray:
    return np.exp(-(((LAG_S - centre_s) / width_s) ** 2) / 2)


@pytest.mark.parametrize("centre_s", [0.0, 0.053, 0.11, -0.07])
def test_a_planted_latency_is_found_within_half_a_stride(centre_s: float) -> None:
    found = peaks(bump(centre_s), LAG_S)
    assert found.time_s == pytest.approx(centre_s, abs=0.004)
    assert found.height == pytest.approx(1, abs=0.02)
    half = 0.08 * np.sqrt(2 * np.log(2))
    assert (found.rise_s, found.fall_s) == pytest.approx((centre_s - half, centre_s + half), abs=0.01)
    assert not found.edge


def test_edges_and_missing_courses_have_no_peak() -> None:
    found = peaks(np.stack([bump(-0.3), bump(0.5), np.full(14, np.nan)]), LAG_S)
    assert found.edge.tolist() == [True, True, False]
    assert np.isnan(found.time_s[2])
    assert np.isnan(peaks(bump(-0.15, 0.2), LAG_S).rise_s), "half of the peak lies before the window"


@pytest.mark.parametrize("lags", [0, 1, 2])
def test_a_window_of_few_lags_has_edges_alone(lags: int) -> None:
    whole = fabricated()
    short = whole._replace(lag_s=LAG_S[5 : 5 + lags], values=whole.values[..., 5 : 5 + lags])
    rows = list(timing_rows(short, {"layer": 1, "null_seed": 0}, bootstraps=9, key=1))
    assert [row["status"] for row in rows] == ["edge", "edge" if lags == 0 else "no region", "edge"]
    assert all(row["peak_ms"] is None for row in rows)
    assert len(list(course_rows(short, 1, bootstraps=9, key=1))) == 2 * lags


def fabricated(groups: int = 8) -> Courses:
    random = np.random.default_rng(2)
    centres = 0.05 + 0.01 * random.normal(size=groups)
    one = np.stack([bump(centre) for centre in centres]) + 0.02 * random.normal(size=(groups, len(LAG_S)))
    missing = np.full_like(one, np.nan)
    return Courses(
        ("P", "S", "mean"), LAG_S, np.stack([one, missing, one], axis=1), np.array([9.0, 0, 9]), np.full(3, 0.04)
    )


def test_rows_give_latencies_with_intervals_over_groups() -> None:
    first, second, mean = timing_rows(fabricated(), {"layer": 1, "null_seed": 0}, bootstraps=199, key=1)
    assert first.keys() == set(TIMINGS.columns)
    assert first["peak_ms"] == pytest.approx(50, abs=10)
    assert first["peak_low_ms"] < first["peak_ms"] < first["peak_high_ms"]
    assert (second["status"], second["peak_ms"], second["groups"]) == ("no region", None, 0)
    assert mean["phone"] == "mean"
    points = list(course_rows(fabricated(), 1, bootstraps=99, key=1))
    assert points[0].keys() == set(COURSES.columns)
    assert len(points) == 2 * len(LAG_S)
    assert all(point["low"] <= point["contrast"] <= point["high"] for point in points)


def test_one_speaker_has_no_other_half(tmp_path: Path) -> None:
    activations(tmp_path, PHONES, layers=1, filters=36, speakers=1, utterances=8, tokens=20)
    criteria = Criteria(minimum_tokens=5, minimum_speakers=1, d_prime=0.5, false_discovery_rate=0.05)
    responses = opened(tmp_path)
    found = courses(responses, 1, tmp_path / "tokens.tsv", criteria)
    rows = timing_rows(found, {"layer": 1, "null_seed": 0}, bootstraps=19, key=1)
    assert {row["status"] for row in rows} == {"no region"}
    assert replicate(responses.cells(1), responses.halves, responses.layers[1].grid, criteria) == []
