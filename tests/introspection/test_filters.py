"""Filters by their frequency response: what is planted is found, where it stands."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torchaudio.transforms import MelSpectrogram

from phonotopy.core.grid import Grid
from phonotopy.introspection.filters.filter_weights import WEIGHTS, FilterWeights, weight_rows
from phonotopy.introspection.filters.filters import TABLES, frequency_response, measures_of, rows_of
from phonotopy.introspection.filters.frequency_response import FrequencyResponse, mel_edges, of_bands, of_samples
from phonotopy.introspection.measure_maps import map_rows
from phonotopy.introspection.measures import read_measures, write_measures
from phonotopy.recogniser.network import Layer, Recogniser
from phonotopy.recogniser.samples.analysis import first_layer

RATE, SAMPLES = 16000, 400
BIN_HZ = RATE / 2048  # 400 samples, four times finer than the next power of two
SETTINGS: dict[str, Any] = {
    "kind": "waveform",
    "sample_rate_hz": RATE,
    "window_s": 0.025,
    "hop_s": 0.01,
    "filters": 64,
}
LOG_MEL = {"sample_rate_hz": RATE, "window_s": 0.025, "hop_s": 0.01, "bands": 40, "lowest_hz": 60, "highest_hz": 7600}
GRID = Grid(8, 8)
OCTAVES = np.linspace(-3, 2.7, 64)


def gabors(hertz: np.ndarray, deviation_s: float = 0.003) -> np.ndarray:
    time = (np.arange(SAMPLES) - (SAMPLES - 1) / 2) / RATE
    phase = np.random.default_rng(0).uniform(0, 2 * np.pi, len(hertz))
    carrier = np.sin(2 * np.pi * hertz[:, None] * time + phase[:, None])
    return np.asarray(carrier * np.exp(-(time**2) / (2 * deviation_s**2)))


def planted(hertz: np.ndarray) -> Recogniser:
    network = Recogniser(1, first_layer(SETTINGS, torus=False), 3, 0.0)
    with torch.no_grad():
        network.blocks[0].convolution.weight.copy_(torch.from_numpy(gabors(hertz))[:, None])
    return network


def test_best_frequencies_of_planted_filters_are_found_within_a_bin() -> None:
    hertz = 1000 * 2.0**OCTAVES
    response = frequency_response(planted(hertz), SETTINGS)
    steep = hertz > 3 / (2 * np.pi * 0.003)  # below, the mirror image at negative frequencies pulls the peak
    assert steep.sum() > 50
    assert np.abs(response.best_frequency - hertz)[steep].max() <= BIN_HZ
    np.testing.assert_allclose(response.best_octave[steep], OCTAVES[steep], atol=0.04)


def test_the_centroid_of_a_symmetric_filter_is_its_peak_and_of_two_tones_lies_between() -> None:
    one, two = gabors(np.array([2000.0, 4000.0]))
    response = of_samples(np.stack([one, two, one + two]), RATE)
    np.testing.assert_allclose(response.centroid, [2000, 4000, 3000], rtol=0.01)


@pytest.mark.parametrize("deviation_s", [0.001, 0.002, 0.003])
def test_bandwidth_is_that_of_a_gaussian(deviation_s: float) -> None:
    """Of a Gaussian envelope: ∫ exp(-(2π σ f)²) df = 1 / (2 √π σ)."""
    response = of_samples(gabors(np.array([1500.0, 3000.0, 4500.0]), deviation_s), RATE)
    np.testing.assert_allclose(response.bandwidth, 1 / (2 * np.sqrt(np.pi) * deviation_s), rtol=0.01)


def test_bands_have_the_centres_of_the_analysis() -> None:
    """The centre of a mel band is where the filter of torchaudio peaks, within a bin of it."""
    fine = MelSpectrogram(RATE, n_fft=16384, f_min=60, f_max=7600, n_mels=40).mel_scale.fb.numpy()
    peaks = np.linspace(0, RATE / 2, len(fine))[fine.argmax(axis=0)]
    response = of_bands(np.ones((1, 40, 3)), 60, 7600)
    np.testing.assert_allclose(response.frequencies, peaks, atol=1.0)


def test_the_best_band_of_a_log_mel_filter_is_where_its_weights_are() -> None:
    network = Recogniser(40, [Layer(16, 5, 2, Grid(4, 4))], 3, 0.0)
    with torch.no_grad():
        network.blocks[0].convolution.weight.mul_(0.01)
        for unit in range(16):
            network.blocks[0].convolution.weight[unit, 2 * unit + 3, unit % 5] = -1.0  # of any sign, at any time
    response = frequency_response(network, LOG_MEL)
    assert response.gain.argmax(axis=1).tolist() == [2 * unit + 3 for unit in range(16)]
    assert np.array_equal(response.best_frequency, response.frequencies[3:34:2])


def test_a_filter_of_zeros_passes_nothing() -> None:
    response = of_samples(np.stack([np.zeros(SAMPLES), gabors(np.array([900.0]))[0]]), RATE)
    for values in (response.best_frequency, response.best_octave, response.centroid, response.bandwidth):
        assert np.isnan(values).tolist() == [True, False]
    rows = list(rows_of(response, (Grid(1, 2), np.array([1, 0])), SETTINGS))
    assert [row["status"] for row in (rows[0], rows[-1])] == ["ok", "dead"]
    assert all(row["gain"] == 0 for row in rows if row["status"] == "dead")


def test_bands_for_the_eye_keep_the_peak() -> None:
    response = frequency_response(planted(1000 * 2.0**OCTAVES), SETTINGS)
    edges = mel_edges(0.0, RATE / 2, 64)
    shown = response.banded(edges)
    assert np.array_equal(shown.gain.max(axis=1), response.gain.max(axis=1))
    best = shown.gain.argmax(axis=1)
    halves = shown.widths[best] / 2
    assert (np.abs(shown.frequencies[best] - response.best_frequency) <= halves).all()


@pytest.mark.parametrize(("ordered", "mapped"), [(True, True), (False, False)])
def test_a_planted_order_of_frequencies_is_mapped_and_a_shuffled_one_is_not(
    tmp_path: Path, *, ordered: bool, mapped: bool
) -> None:
    """Through the table, with units at other positions than those of their numbers."""
    units = np.random.default_rng(4).permutation(64)
    hertz = np.empty(64)
    across = 1000 * 2.0 ** (OCTAVES[0] + (OCTAVES[-1] - OCTAVES[0]) * GRID.positions[:, 1] / 7)
    hertz[units] = across if ordered else np.random.default_rng(5).permutation(across)
    response = frequency_response(planted(hertz), SETTINGS)
    path = tmp_path / TABLES[1].name
    write_measures(path, {1: measures_of(response)}, {1: (GRID, units)})
    found = read_measures([path], {1: GRID})[1]
    assert {one.name for one in found} == {"best_frequency", "best_octave", "centroid", "bandwidth"}
    rows = {row["measure"]: row for row in map_rows(found, GRID, "queen", permutations=999, key=1)}
    p = rows["best_octave"]["p"]
    assert isinstance(p, float)
    assert bool(p < 0.01) == mapped


def test_the_table_has_a_row_per_unit_and_band_in_the_order_of_positions() -> None:
    response = FrequencyResponse(np.array([100.0, 200.0]), np.ones(2), np.array([[2.0, 1.0], [0.0, 4.0]]))
    rows = list(rows_of(response, (Grid(1, 2), np.array([1, 0])), LOG_MEL))
    assert [(row["unit"], row["column"], row["frequency_hz"], row["gain"]) for row in rows] == [
        (1, 0, 100.0, 0.0), (1, 0, 200.0, 1.0), (0, 1, 100.0, 1.0), (0, 1, 200.0, 0.5)
    ]  # fmt: skip
    assert {*rows[0]} == {*TABLES[0].columns}


def test_weights_have_length_one_and_the_sign_by_which_the_response_rises() -> None:
    network = Recogniser(40, [Layer(16, 5, 2, Grid(4, 4))], 3, 0.0)
    weight = network.blocks[0].convolution.weight
    with torch.no_grad():
        network.blocks[0].normalisation.weight[3] = -0.5
        weight[5] = 0
    found = FilterWeights.of(network, LOG_MEL)
    raw = weight.detach().double().numpy()
    expected = [one / max(np.linalg.norm(one), 1e-9) for one in raw]
    np.testing.assert_allclose(found.weight[3], -expected[3])
    np.testing.assert_allclose(found.weight[4], expected[4])
    assert np.isnan(found.weight[5]).all()
    assert found.time_ms.tolist() == pytest.approx([-20, -10, 0, 10, 20])
    np.testing.assert_allclose(found.frequency_hz, of_bands(np.ones((1, 40, 3)), 60, 7600).frequencies)


def test_weights_are_written_where_their_units_stand() -> None:
    found = FilterWeights(np.array([[[0.6, 0.8]], [[np.nan, np.nan]]]), np.array([500.0]), np.array([-5.0, 5.0]))
    rows = list(weight_rows(found, (Grid(1, 2), np.array([1, 0])), 1))
    assert [(row["unit"], row["column"], row["time_ms"]) for row in rows] == [
        (1, 0, -5.0), (1, 0, 5.0), (0, 1, -5.0), (0, 1, 5.0)
    ]  # fmt: skip
    assert [row["weight"] for row in rows[2:]] == [0.6, 0.8]
    assert {*rows[0]} == {*WEIGHTS.columns}


def test_filters_of_samples_have_no_bands_and_the_times_of_samples() -> None:
    hertz = 1000 * 2.0**OCTAVES
    found = FilterWeights.of(planted(hertz), SETTINGS)
    assert found.weight.shape == (64, 1, SAMPLES) and np.isnan(found.frequency_hz).all()
    assert found.time_ms[1] - found.time_ms[0] == pytest.approx(1000 / RATE)
    assert found.time_ms.sum() == pytest.approx(0, abs=1e-9)
