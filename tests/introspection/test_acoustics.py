"""Contours of synthetic vowels, units that follow them in known ways, and units that follow nothing."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter

from phonotopy.core.errors import InputError
from phonotopy.core.seeds import stream
from phonotopy.introspection.acoustics import praat, praat_process
from phonotopy.introspection.acoustics.acoustics import _of_property
from phonotopy.introspection.acoustics.best_bands import BandSums, band_centres
from phonotopy.introspection.acoustics.lagged_sums import LaggedSums
from phonotopy.introspection.acoustics.phones_beyond_acoustics import TokenSums
from phonotopy.introspection.acoustics.praat_process import Praat
from phonotopy.introspection.acoustics.predicted_properties import r_squared
from phonotopy.introspection.acoustics.properties import PROPERTIES, contours_of
from phonotopy.introspection.acoustics.rotations import directions, rotated_p

RATE, STRIDE_MS = 16000, 20.0
LAGS = np.arange(-10, 11)
SPEAKERS = 8
F1, F2 = PROPERTIES.index("f1"), PROPERTIES.index("f2")


def vowel(f0: NDArray[np.float64], f1: NDArray[np.float64], f2: NDArray[np.float64]) -> NDArray[np.float32]:
    """Glottal pulses of gliding pitch through five resonances, the first two of which glide; 10 ms at a time."""
    phase = np.cumsum(f0 / RATE)
    source = np.diff(np.floor(phase), prepend=0.0)
    source = lfilter([1.0], [1.0, -0.95], source)
    for formants, width in (
        (f1, 60.0),
        (f2, 80.0),
        *((np.full(len(f0), hz), 120.0) for hz in (2600.0, 3500.0, 4500.0)),
    ):
        state, parts = np.zeros(2), []
        for first in range(0, len(source), 160):
            hertz, radius = formants[first], math.exp(-math.pi * width / RATE)
            poles = [1.0, -2 * radius * math.cos(2 * math.pi * hertz / RATE), radius**2]
            part, state = lfilter([sum(poles)], poles, source[first : first + 160], zi=state)
            parts.append(part)
        source = np.concatenate(parts)
    return np.asarray(0.5 * source / np.abs(source).max(), dtype=np.float32)


@pytest.fixture(scope="module")
def swept() -> dict[str, NDArray[np.float64]]:
    """Contours of a vowel of two seconds from 100 to 140 Hz, in which formants glide, beside what it was made of."""
    ramp = np.linspace(0, 1, 2 * RATE)
    truth = np.stack([100 + 40 * ramp, 400 + 300 * ramp, 1700 - 400 * ramp])
    wave = vowel(*truth)
    with Praat() as process:
        contours = contours_of(["a"], lambda _: wave, RATE, process).values["a"]
        pitch = process.pitch(wave, RATE)[0]
    return {"contours": contours, "pitch": pitch, "truth": truth[:, :: RATE // 100]}


def test_pitch_of_swept_vowels(swept: dict[str, NDArray[np.float64]]) -> None:
    inside = slice(10, 190)
    assert np.abs(swept["pitch"][inside] / swept["truth"][0, inside] - 1).max() < 0.01


def test_semitones_from_the_median_of_the_speaker(swept: dict[str, NDArray[np.float64]]) -> None:
    found = swept["contours"][0]
    assert abs(np.nanmedian(found)) < 0.05
    assert np.nanmax(found) - np.nanmin(found) == pytest.approx(12 * math.log2(1.4), abs=0.4)


@pytest.mark.parametrize(("number", "index"), [(1, F1), (2, F2)])
def test_formants_of_swept_vowels(swept: dict[str, NDArray[np.float64]], number: int, index: int) -> None:
    ratio = swept["contours"][index, 10:190] / swept["truth"][number, 10:190]
    assert abs(np.median(ratio) - 1) < 0.05
    assert np.mean(np.abs(ratio - 1) < 0.05) > 0.9


def test_silence_has_neither_pitch_nor_centroid() -> None:
    with Praat() as process:
        found = contours_of(["a"], lambda _: np.zeros(RATE, np.float32), RATE, process).values["a"]
    undefined = [name for name, row in zip(PROPERTIES, found, strict=True) if np.isnan(row).all()]
    assert undefined == [name for name in PROPERTIES if name != "intensity"]


def test_short_recordings_are_undefined() -> None:
    with Praat() as process:
        assert np.isnan(process.pitch(np.ones(80, np.float32), RATE)).all()
        assert np.isnan(process.pitch(np.empty(0, np.float32), RATE)).all()


def test_rates_too_low_for_formants() -> None:
    wave = vowel(*(np.full(RATE, hz) for hz in (120.0, 500.0, 1500.0)))[::2]
    with Praat() as process:
        found = contours_of(["a"], lambda _: wave, RATE // 2, process)
    assert found.too_low
    assert np.isnan(found.values["a"][[F1, F2]]).all()
    assert np.isfinite(found.values["a"][0]).mean() > 0.8


def test_without_praat_intensity_and_centroid_remain() -> None:
    wave = stream("noise").normal(size=RATE).astype(np.float32)
    found = contours_of(["a"], lambda _: wave, RATE, None).values["a"]
    assert [name for name, row in zip(PROPERTIES, found, strict=True) if np.isfinite(row).all()] == [
        "intensity",
        "centroid",
    ]
    assert abs(np.median(found[PROPERTIES.index("centroid")]) / 4000 - 1) < 0.05  # white noise up to 8 kHz


def test_a_dead_process_is_refused_by_name(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(praat, "__file__", "/nonexistent/praat.py")
    with praat_process.Praat() as process, pytest.raises(InputError, match="praat-parselmouth"):
        process.pitch(np.ones(RATE, np.float32), RATE)


def contour(number: int, frames: int = 2000) -> NDArray[np.float64]:
    """A contour that is correlated with itself in time, as speech is."""
    noise = stream("contour", number).normal(size=frames + 40)
    return np.asarray(lfilter([math.sqrt(1 - 0.8**2)], [1, -0.8], noise)[20:])


def z_of(
    units: list[NDArray[np.float64]], given: list[NDArray[np.float64]], control: str = "none"
) -> NDArray[np.float64]:
    """Fisher's z ``(units, lags)`` of a speaker; `given` are contour, intensity and phones, with 20 frames beyond."""
    y, i, phone = given
    x = np.stack(units, axis=1).astype(np.float32)
    index = 10 + np.arange(len(x))[:, None] - LAGS
    sums = LaggedSums(x.shape[1], len(LAGS), 3, controlled=True)
    for part in np.array_split(np.arange(len(x)), 3):
        at = index[part]
        sums.add(x[part], y[at].astype(np.float32), i[at].astype(np.float32), phone[10 + part].astype(np.int64))
    return sums.z(control)


def test_intensity_with_equal_noise_and_a_delay() -> None:
    z = []
    for number in range(SPEAKERS):
        y = contour(number, 2000)
        noise = stream("noise", number).normal(size=2000)
        unit, late = y[10:2010] / y.std() + noise, y[8:2008] / y.std() + noise  # 2 frames of 20 ms
        z.append(z_of([unit, late], [y, y, np.zeros(2020)]))
    r, _, lag, t, p, speakers = _of_property(np.stack(z), np.arange(SPEAKERS) % 2, LAGS * STRIDE_MS, 1999, 1)
    assert r == pytest.approx(math.sqrt(0.5), abs=0.03)
    assert np.abs(lag - [0, 40]).max() <= STRIDE_MS / 2  # on the very frame
    assert (p <= 1 / 1000).all()
    assert (t > 10).all()
    assert (speakers == SPEAKERS).all()


def test_what_intensity_or_phones_explain_is_gone_when_they_are_constant() -> None:
    random = stream("controls")
    i, phone = contour(100), random.integers(0, 3, 2020)
    y = i + 3.0 * (phone == 1) + random.normal(size=2020)
    own = y - i - 3.0 * (phone == 1)
    units = [part[10:2010] + random.normal(size=2000) for part in (i, 3.0 * (phone == 1), own)]
    found = {control: np.tanh(z_of(units, [y, i, phone], control)[:, 10]) for control in ("none", "intensity", "phone")}
    assert (found["none"] > 0.3).all()
    assert abs(found["intensity"][0]) < 0.07
    assert found["intensity"][1] > 0.3
    assert abs(found["phone"][1]) < 0.07
    assert found["phone"][0] > 0.3
    assert min(found["intensity"][2], found["phone"][2]) > 0.3
    deviations = [
        part - np.array([part[phone[10:2010] == k].mean() for k in range(3)])[phone[10:2010]] for part in units
    ]
    inner = y[10:2010] - np.array([y[10:2010][phone[10:2010] == k].mean() for k in range(3)])[phone[10:2010]]
    assert found["phone"] == pytest.approx([np.corrcoef(part, inner)[0, 1] for part in deviations], abs=1e-4)


def test_intensity_given_intensity_is_not_defined() -> None:
    y = contour(3)
    assert np.isnan(z_of([y[10:2010]], [y, y, np.zeros(2020)], "intensity")).all()


def test_undefined_frames_are_left_out() -> None:
    y = contour(4)
    holes = np.where(stream("holes").random(len(y)) < 0.5, np.nan, y)
    unit = np.where(np.isnan(holes[10:2010]), 50.0, y[10:2010])
    assert np.tanh(z_of([unit], [holes, y, np.zeros(2020)])[0, 10]) > 0.99
    few = np.full(2020, np.nan)
    few[500:520] = y[500:520]
    assert np.isnan(z_of([unit], [few, y, np.zeros(2020)])[0, 10])


def test_units_that_follow_nothing_are_rejected_at_the_level() -> None:
    """AR(1) units against AR(1) contours, at the largest of 21 correlated lags."""
    units, random = 150, stream("null units")
    z = []
    for number in range(SPEAKERS):
        noise = random.normal(size=(units, 840))
        x = lfilter([1.0], [1, -0.8], noise, axis=1)[:, 40:]
        z.append(z_of(list(x), [contour(200 + number, 820), contour(number, 820), np.zeros(820)]))
    p = _of_property(np.stack(z), np.arange(SPEAKERS) % 2, LAGS * STRIDE_MS, 999, 5)[4]
    assert abs(np.mean(p <= 0.05) - 0.05) <= 3 * math.sqrt(0.05 * 0.95 / units)


def test_rotations_keep_lags_and_the_level() -> None:
    values = stream("z").normal(size=(SPEAKERS, 3000, 5)).cumsum(axis=2)
    p = rotated_p(values, directions(SPEAKERS, 499, 3))
    assert abs(np.mean(p <= 0.05) - 0.05) <= 3 * math.sqrt(0.05 * 0.95 / 3000) + 0.01  # 499 shared rotations
    assert np.isnan(rotated_p(values[:1], directions(1, 9, 3))).all()


def test_one_speaker_is_not_testable() -> None:
    r, _, _, _, p, speakers = _of_property(np.ones((1, 4, 3)), np.zeros(1, np.int64), LAGS[:3] * STRIDE_MS, 9, 1)
    assert np.isnan(r).all()
    assert np.isnan(p).all()
    assert (speakers == 1).all()


def test_band_and_latency_of_a_wired_unit() -> None:
    random = stream("bands")
    features = random.normal(size=(5000, 8)).astype(np.float32)
    lagged = np.stack([np.roll(features, lag, axis=0) for lag in (0, 1, 2)], axis=1)
    wired = np.maximum(lagged[:, 2, 5] + 0.5 * random.normal(size=5000), 0)
    units = np.stack([wired, np.zeros(5000)], axis=1).astype(np.float32)
    sums = BandSums(2, 8, 3)
    for half in (0, 1):
        sums.add(half, units[half::2], lagged[half::2])
    centres = band_centres(8, 60, 7600)
    for halves in ((0,), (1,), (0, 1)):
        band, lag = sums.best(halves, centres, np.array([0.0, 20.0, 40.0]))
        assert (band[0], lag[0]) == (centres[5], 40)
        assert np.isnan([band[1], lag[1]]).all()


def test_a_layer_predicts_what_its_mean_cannot() -> None:
    random, parts = stream("ridge"), []
    for _ in range(4):
        x = random.normal(size=(3000, 6))
        y = x[:, 0] - x[:, 1] + random.normal(size=3000) * math.sqrt(2)
        x, y = x - x.mean(axis=0), y - y.mean()
        parts.append((x.T @ x, x.T @ y, y @ y, 3000.0))
    given = tuple(np.stack(part) for part in zip(*parts, strict=True))
    assert r_squared(*given, np.eye(6)) == pytest.approx(0.5, abs=0.04)
    assert r_squared(*given, np.full((6, 1), 1 / 6)) == pytest.approx(0, abs=0.02)
    assert np.isnan(r_squared(*(part[:1] for part in given), np.eye(6))).all()


def test_phones_of_a_unit_of_loudness_vanish_beyond_acoustics() -> None:
    """One unit follows the loudness that distinguishes phones, one follows the phone; moments equal residuals'."""
    random, sums = stream("beyond"), TokenSums(4, 2, 2, 1)
    for speaker in range(4):
        phone = np.tile([0, 1], 200)
        loudness = phone + random.normal(size=400)
        x = np.stack([loudness, 2.0 * phone], axis=1) + 0.3 * random.normal(size=(400, 2))
        sums.add(speaker, phone, x, loudness[:, None])
    plain, beyond = (sums.cells("AB", "wxyz", beyond=one) for one in (False, True))
    assert (np.diff(plain.mean, axis=1)[:, 0] > 0.7).all()
    difference = np.diff(beyond.mean, axis=1)[:, 0]
    assert np.abs(difference[:, 0]).max() < 0.12
    assert (difference[:, 1] > 1.0).all()
    assert beyond.m2[:, :, 0].mean() == pytest.approx(200 * 0.09, rel=0.15)
