"""Windows of units whose window is known: linear and rectified kernels on white frames, and how they yoke to speech."""

from collections.abc import Mapping

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from phonotopy.introspection.windows.invariance import correlation, invariance
from phonotopy.introspection.windows.stretches import chosen_stretches, cut, orders
from phonotopy.introspection.windows.window_lengths import Windows, crossing, isotonic, windows_of
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Timing

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


def truth(kernel: Floats, share: float = THRESHOLD) -> float:
    """Shortest stretch, in ms, that holds a share of the squares; parts of frames count."""
    power = np.repeat(kernel**2 / np.sum(kernel**2) / 20, 20)
    mass = np.concatenate([[0.0], np.cumsum(power)])
    ends = np.searchsorted(mass, mass + share - 1e-9)
    inside = ends < len(mass)
    return float(np.min(ends[inside] - np.arange(len(mass))[inside])) * HOP_MS / 20


def listener(kernels: list[Floats], *, rectified: bool = False) -> object:
    """A layer of those kernels on one band."""
    weight = torch.tensor(np.stack(kernels)[:, None], dtype=torch.float32)

    def listen(frames: torch.Tensor) -> Mapping[int, torch.Tensor]:
        found = torch.nn.functional.conv1d(frames.transpose(1, 2), weight, stride=STRIDE, padding=FIELD // 2)[0]
        return {1: found.relu() if rectified else found}

    return listen


def windows(kernels: list[Floats], pieces: NDArray[np.float32], *, rectified: bool = False) -> Windows:
    listen = listener(kernels, rectified=rectified)
    found = invariance(listen, {1: Timing(STRIDE, 0.0, FIELD)}, pieces, SPEAKER, HALF, DURATIONS, key=3)  # type: ignore[arg-type]
    return windows_of(found[1], HOP_MS, THRESHOLD, fewest=20, bootstraps=99, key=4)


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
