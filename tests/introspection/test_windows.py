"""Windows of units whose window is known: linear and rectified kernels on white frames, and how they yoke to speech."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.introspection.windows.invariance import Curves, Listener, correlation, invariance
from phonotopy.introspection.windows.listening import Settings, stretches_of
from phonotopy.introspection.windows.stretches import Stretch, chosen_stretches, cut, orders
from phonotopy.introspection.windows.window_lengths import Windows, crossing, isotonic, windows_of, yoked
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Layer, Timing

HOP_MS, STRIDE, FIELD = 10.0, 4, 81
THRESHOLD = 0.75
RECTIFIED = 0.803  # correlation of normal variables whose rectified parts are correlated by that threshold
DURATIONS = [4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 68, 88]
SPEAKERS, SEGMENTS = 8, 1600  # four times those of a run, so that noise is half of what it is there
SPEAKER = np.repeat(np.arange(SPEAKERS), SEGMENTS // SPEAKERS)
HALF = np.arange(SPEAKERS) % 2
Floats = NDArray[np.float64]


def boxcar(length_ms: float) -> Floats:
    """A kernel of `FIELD` frames with ones in its middle."""
    half = round(length_ms / HOP_MS / 2)
    return np.where(np.abs(np.arange(FIELD) - FIELD // 2 + 0.5) < half, 1.0, 0.0)


def gamma(scale_ms: float) -> Floats:
    """A kernel that rises and decays."""
    time = np.arange(FIELD) * HOP_MS / scale_ms
    return np.asarray(time * np.exp(-time))


def bell(sd_ms: float) -> Floats:
    """A symmetric kernel."""
    return np.asarray(np.exp(-0.5 * ((np.arange(FIELD) - FIELD // 2) * HOP_MS / sd_ms) ** 2))


def truth(kernel: Floats, share: float = THRESHOLD) -> float:
    """Shortest stretch, in ms, that holds a share of the squares; parts of frames count."""
    power = np.repeat(kernel**2 / np.sum(kernel**2) / 20, 20)
    mass = np.concatenate([[0.0], np.cumsum(power)])
    ends = np.searchsorted(mass, mass + share - 1e-9)
    inside = ends < len(mass)
    return float(np.min(ends[inside] - np.arange(len(mass))[inside])) * HOP_MS / 20


def listener(kernels: list[Floats], *, rectified: bool = False) -> Listener:
    """A layer of those kernels on one band."""
    weight = torch.tensor(np.stack(kernels)[:, None], dtype=torch.float32)
    padding = weight.shape[2] // 2

    def listen(frames: torch.Tensor) -> Mapping[int, torch.Tensor]:
        found = torch.nn.functional.conv1d(frames.transpose(1, 2), weight, stride=STRIDE, padding=padding)[0]
        return {1: found.relu() if rectified else found}

    return listen


def windows(kernels: list[Floats], pieces: NDArray[np.float32], *, rectified: bool = False) -> Windows:
    found = curves(listener(kernels, rectified=rectified), pieces)
    return windows_of(found, HOP_MS, THRESHOLD, fewest=20, bootstraps=0, key=4)


def curves(listen: Listener, pieces: NDArray[np.float32], field: int = FIELD) -> Curves:
    speaker = SPEAKER[:: SEGMENTS // len(pieces)]
    return invariance(listen, {1: Timing(STRIDE, 0.0, field)}, pieces, speaker, HALF, DURATIONS, key=3)[1]


def white(seed: int = 1) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((SEGMENTS, DURATIONS[-1], 1)).astype(np.float32)


BOXCARS = 4
KERNELS = [*map(boxcar, (160, 320, 480, 640)), *map(gamma, (39, 79, 117))]


@pytest.fixture(scope="module", params=[False, True], ids=["linear", "rectified"])
def found(request: pytest.FixtureRequest) -> tuple[bool, Windows]:
    return request.param, windows(KERNELS, white(), rectified=request.param)


def test_the_window_of_a_kernel_is_the_shortest_stretch_with_75_percent_of_its_squares(
    found: tuple[bool, Windows],
) -> None:
    rectified, measured = found
    share = RECTIFIED if rectified else THRESHOLD
    assert (measured.status == "ok").all()
    np.testing.assert_allclose(measured.value, [truth(kernel, share) for kernel in KERNELS], rtol=0.06)


def test_rectification_lengthens_the_window_of_a_boxcar_by_less_than_10_percent(found: tuple[bool, Windows]) -> None:
    expected = [truth(kernel) for kernel in KERNELS[:BOXCARS]]
    np.testing.assert_allclose(found[1].value[:BOXCARS], expected, rtol=0.10)


def test_the_share_under_rectification_follows_from_the_arc_cosine() -> None:
    def rectified(r: float) -> float:
        product = np.sqrt(1 - r * r) + r * (np.pi - np.arccos(r))
        return float((product - 1) / (np.pi - 1))

    assert rectified(RECTIFIED) == pytest.approx(THRESHOLD, abs=1e-3)


# Yoking


def tempo(pace: float, kernels: list[Floats], field: int) -> Floats:
    """Windows on white speech that is so many times as fast."""
    frames = 260
    random = np.random.default_rng(7)
    white = random.standard_normal((SEGMENTS * frames, 1)).astype(np.float32)
    segments = [Segment(f"u{n}", f"s{SPEAKER[n]}", "test", n * frames, frames, "") for n in range(SEGMENTS)]
    stretches = [Stretch(segment, int(SPEAKER[n]), 130.0) for n, segment in enumerate(segments)]
    pieces = cut(FeatureIndex(white, tuple(segments)), stretches, pace, DURATIONS[-1])
    found = curves(listener(kernels), pieces, field)
    return windows_of(found, HOP_MS, THRESHOLD, fewest=20, bootstraps=0, key=4).known


def stretched(kernels: list[Floats], pace: float) -> list[Floats]:
    """Kernels of the same shape that take more time where the speech does."""
    time = np.arange(FIELD) - FIELD // 2
    return [np.interp(time * pace, time, kernel, left=0, right=0) for kernel in kernels]


def test_a_fixed_kernel_is_not_yoked_and_one_that_stretches_with_the_speech_is() -> None:
    kernels = [boxcar(240), boxcar(400), bell(80)]
    slow, fast = (tempo(pace, kernels, FIELD) for pace in (0.8, 1.25))
    np.testing.assert_allclose(yoked(slow, fast, 1.25 / 0.8), 0, atol=0.1)
    slow, fast = (tempo(pace, stretched(kernels, pace), FIELD) for pace in (0.8, 1.25))
    np.testing.assert_allclose(yoked(slow, fast, 1.25 / 0.8), 1, atol=0.1)


def test_yoking_is_unknown_where_a_window_is() -> None:
    found = yoked(np.array([200.0, np.nan, 100.0]), np.array([100.0, 1.0, np.inf]), 2.0)
    np.testing.assert_allclose(found, [1.0, np.nan, np.nan])


# The law of the receptive field


def test_contexts_beyond_the_receptive_field_do_not_matter_and_those_within_do() -> None:
    random = np.random.default_rng(2)
    field = 37
    kernels = list(random.standard_normal((5, field)))
    found = curves(listener(kernels), white()[::4], field)
    beyond = found.durations >= field + STRIDE
    assert beyond.any()
    np.testing.assert_allclose(found.peak[beyond], 1, atol=1e-9)
    assert (found.peak[found.durations < field - STRIDE] < 0.999).all()
    assert (found.error <= found.peak + 1e-9).all()


def test_other_segments_are_correlated_by_no_more_than_the_choice_of_a_lag() -> None:
    found = curves(listener([boxcar(320)]), white()[::4])
    assert (found.floor < 4 / np.sqrt(SEGMENTS / 4)).all()
    assert (found.peak > found.floor).all()


# Curves and their crossing


def test_isotonic_curves_are_those_of_scipy() -> None:
    given = np.random.default_rng(4).standard_normal((3, 9, 2)).cumsum(axis=1)
    expected = [[isotonic_regression(given[n, :, unit]).x for unit in range(2)] for n in range(3)]
    np.testing.assert_allclose(isotonic(given), np.swapaxes(expected, 1, 2), atol=1e-12)


def test_the_threshold_is_interpolated_in_the_logarithm_of_the_duration() -> None:
    rising = np.array([[0.5, 0.8, 0.1, np.nan], [0.7, 0.9, 0.2, 0.9], [0.8, 1.0, 0.3, 1.0]])
    found = crossing(rising, np.array([40.0, 80.0, 160.0]), 0.75)
    np.testing.assert_allclose(found, [80 * np.sqrt(2), 40, np.inf, np.nan])


def test_a_constant_response_has_no_correlation() -> None:
    sums = np.array([[10.0, 3.0], [10.0, 3.0], [10.0, 2.0], [10.0, 2.0], [10.0, 2.0]])
    np.testing.assert_allclose(correlation(10.0, sums), [np.nan, 1.0])


def planted(active: int) -> Curves:
    """A layer of one unit that responds to so many segments of the longest duration, and to all alike in contexts."""
    found = curves(listener([boxcar(200)]), white()[::16])
    return replace(found, active=np.array([[active], *[[0]] * (SPEAKERS - 1)]))


def test_units_that_respond_to_too_few_segments_are_silent_and_short_windows_below() -> None:
    settings = {"fewest": 20, "bootstraps": 0, "key": 1}
    assert windows_of(planted(19), HOP_MS, 0.75, **settings).status.tolist() == ["silent"]
    assert windows_of(planted(20), HOP_MS, 0.75, **settings).status.tolist() == ["ok"]
    found = windows_of(planted(20), HOP_MS, 1e-3, **settings)
    assert found.status.tolist() == ["below"]
    assert found.value.tolist() == [40.0]
    assert np.isnan(found.known).all()
    short = planted(20)
    cut_off = replace(short, durations=short.durations[:1], **{n: getattr(short, n)[:1] for n in ("peak", "error")})
    cut_off = replace(cut_off, halves=short.halves[:, :1], sums=short.sums[:, :, :1])
    assert windows_of(cut_off, HOP_MS, 0.99, **settings).status.tolist() == ["above"]


def test_samples_of_speakers_who_are_alike_give_the_window_of_all() -> None:
    found = curves(listener([boxcar(320), gamma(79)]), np.tile(white()[:50], (8, 1, 1)))
    same = replace(found, sums=np.repeat(found.sums.mean(axis=1, keepdims=True), SPEAKERS, axis=1))
    windows = windows_of(same, HOP_MS, THRESHOLD, fewest=20, bootstraps=30, key=5)
    np.testing.assert_allclose(windows.resampled, np.tile(windows.value, (30, 1)), rtol=1e-6)
    assert (
        windows.resampled.std(axis=0).max()
        < windows_of(found, HOP_MS, THRESHOLD, fewest=20, bootstraps=30, key=5).resampled.std(axis=0).min()
    )


# Segments and their contexts


def test_both_orders_hold_every_segment_once_and_share_few_neighbours() -> None:
    pieces = np.arange(60, dtype=np.float32).reshape(20, 3, 1)
    for order in orders(20, key=3):
        sequence = order.sequence(pieces, 4)
        assert len(sequence) == 3 * 28
        for segment, start in enumerate(order.starts(3, 4)):
            np.testing.assert_array_equal(sequence[start : start + 3], pieces[segment])
    first, second = (one.order.tolist() for one in orders(400, key=3))
    after = {segment: first[(n + 1) % 400] for n, segment in enumerate(first)}
    assert sum(after[segment] == second[(n + 1) % 400] for n, segment in enumerate(second)) == 0


def test_stretches_lie_side_by_side_in_what_is_said() -> None:
    segments = [Segment(f"u{n}", "ab"[n // 2], "test", 50 * n, 50, "") for n in range(4)]
    spoken = {segment.utterance: (5.0, 44.0) for segment in segments[:3]}
    found = chosen_stretches(segments, spoken, "ab", frames=13, number=8, key=1)
    assert [one.speaker for one in found] == [0] * 4 + [1] * 3
    middles = sorted(one.middle for one in found if one.segment.utterance in {"u0", "u1"})
    assert min(middles) >= 5 + 6
    assert max(middles) <= 44 - 6
    assert all(b == a or b - a >= 13 for a, b in pairwise(middles))
    frames = np.arange(200, dtype=np.float32)[:, None]
    pieces = cut(FeatureIndex(frames, tuple(segments)), found, 1.0, 13)
    starts = [50 * int(one.segment.utterance[1]) + one.middle - 6 for one in found]
    assert np.abs(pieces[:, 0, 0] - starts).max() <= 0.5
    np.testing.assert_array_equal(np.diff(pieces[:, :, 0], axis=1), 1)
    half = cut(FeatureIndex(frames, tuple(segments)), found, 0.5, 13)
    np.testing.assert_allclose(np.diff(half[:, :, 0], axis=1), 49 / 99, rtol=1e-3)


def test_durations_end_with_the_first_beyond_every_field_and_too_few_are_refused() -> None:
    settings = Settings((0.04, 0.015, 0.08, 0.12, 0.16, 0.2), 400, THRESHOLD, 0.8, 1.25, 99, 1)
    assert settings.durations({1: Timing(2, 0.0, 5), 2: Timing(4, 0.0, 9)}, 0.01) == [4, 8, 12, 16]
    with pytest.raises(InputError, match=r"stride of layer 2"):
        settings.durations({1: Timing(2, 0.0, 5), 2: Timing(8, 0.0, 9)}, 0.01)


def test_too_little_speech_is_refused() -> None:
    network = SimpleNamespace(layers=(Layer(4, 3, 2, Grid(2, 2)),))
    speech = {"tokens": {}, "segments": (), "coding": SimpleNamespace(speakers=())}
    subject = SimpleNamespace(settings={"hop_s": 0.01}, network=network, layers={1: None}, **speech)
    settings = Settings((0.02, 0.04, 0.06), 400, THRESHOLD, 0.8, 1.25, 99, 1)
    with pytest.raises(InputError, match="at least 20"):
        stretches_of(subject, settings)  # type: ignore[arg-type]
