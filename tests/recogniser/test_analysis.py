"""Samples instead of mel bands: where they lie, which layer looks at them and when, and that it learns."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from phonotopy.activations.respond import evoked, layers_of
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.recogniser.align_letters import of_checkpoint
from phonotopy.recogniser.checkpoint import load_recogniser, save_recogniser
from phonotopy.recogniser.features import FeatureIndex, LogMel, Segment
from phonotopy.recogniser.fitting import Setup, Trainer
from phonotopy.recogniser.network import Layer, Recogniser, timings
from phonotopy.recogniser.network import layers_of as plain_layers_of
from phonotopy.recogniser.samples.analysis import Waveform, analysis_of, first_layer
from phonotopy.recogniser.samples.sample_augmentation import SampleAugmentation
from phonotopy.recogniser.take_checkpoint import check_fit
from preflight import front

RATE = 8000
SETTINGS: dict[str, Any] = {
    "kind": "waveform",
    "sample_rate_hz": RATE,
    "window_s": 0.025,
    "hop_s": 0.01,
    "filters": 16,
}
LOG_MEL = {"sample_rate_hz": RATE, "window_s": 0.025, "hop_s": 0.01, "bands": 12, "lowest_hz": 60, "highest_hz": 3900}
UPPER = [{"filters": 16, "kernel": 5, "stride": 2}, {"filters": 16, "kernel": 3, "stride": 1}]
WORDS = ("red sun", "a blue sea", "dark wind", "seven")


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def setup(objective: str = "response_kernel") -> Setup:
    settings = {
        "network": {"torus": False, "dropout": 0.0, "layers": UPPER},
        "augmentation": {"tempo": 0.1, "warp": 0, "time_masks": 1, "time_mask_s": 0.05}
        | {"band_masks": 0, "band_mask": 0, "noise": 0.05},
        "precision": "float32",
        "optimiser": {"epochs": 3, "batch_s": 2.0, "learning_rate": 0.01, "weight_decay": 0.0}
        | {"learning_rate_warmup": 0.2, "beta2": 0.999, "objective_warmup": 0.1},
    }
    given = {"objective": objective, "settings": {"weight": 5.0, "end": 0.5, "shape": "gaussian", "radius": 1.5}}
    return Setup.of(settings, given, hop_s=SETTINGS["hop_s"], analysis=SETTINGS)


def spoken(copies: int = 3, frames: int = 60) -> FeatureIndex:
    """Sentences in which every letter is a tone of its own."""
    analysis, arrays, segments, first = Waveform(RATE, 0.025, 0.01, 16), [], [], 0
    for split in ("train", "dev"):
        for number, words in enumerate(WORDS * copies):
            length = (frames + 3 * number) * analysis.hop - 1
            letters = np.minimum(np.arange(length) * len(words) // length, len(words) - 1)
            hertz = np.array([200 + 110 * (ord(words[index]) % 32) for index in letters])
            array = analysis(np.sin(2 * np.pi * np.cumsum(hertz) / RATE).astype(np.float32))
            segments.append(Segment(f"{split}{number}", "s", split, first, len(array), words))
            arrays.append(array)
            first += len(array)
    return FeatureIndex(np.concatenate(arrays), tuple(segments))


def recogniser() -> Recogniser:
    layers = first_layer(SETTINGS, torus=False) + plain_layers_of(UPPER, torus=False)
    return Recogniser(1, layers, letters=3, dropout=0.0).eval()


def test_samples_lie_where_the_frames_of_log_mel_features_are_centred() -> None:
    for length in (1, 79, 80, 3999, 4000, 4001):
        samples = np.random.default_rng(length).normal(2.0, 3.0, length).astype(np.float32)
        frames = Waveform(RATE, 0.025, 0.01, 16)(samples)
        assert frames.shape == (1 + length // 80, 80)
        assert frames.shape[0] == 1 + length // LogMel(RATE, 0.025, 0.01, 12, 60, 3900).hop
        inside = frames.reshape(-1)[40 : 40 + length]
        scaled = (samples - samples.mean()) / max(float(samples.std()), 1e-5)
        np.testing.assert_allclose(inside, scaled[: len(inside)], atol=1e-4)
        assert not frames.reshape(-1)[:40].any()


def test_digital_silence_stays_silent() -> None:
    assert not Waveform(RATE, 0.025, 0.01, 16)(np.zeros(800, dtype=np.float32)).any()


@pytest.mark.parametrize("window_s", [0.01, 0.025, 0.0251, 0.03])
def test_a_click_evokes_responses_where_the_clock_says_and_nowhere_else(window_s: float) -> None:
    """Filters of ones: the frames that answer are those whose receptive field holds the sample."""
    settings = {**SETTINGS, "window_s": window_s}
    layers = first_layer(settings, torus=False) + plain_layers_of(UPPER, torus=False)
    network = Recogniser(1, layers, 3, 0.0).eval()
    for block in network.blocks:
        torch.nn.init.ones_(block.convolution.weight)
    clocks = [layer.clock for layer in layers_of(network, {**settings, "alphabet": "abc"})]
    assert clocks[0].field_s == window_s
    assert clocks[1].field_s == pytest.approx(window_s + 4 * 0.01)
    for at in (2000, 2039, 2040, 2041, 2077):
        samples = np.zeros(4000, dtype=np.float32)
        samples[at] = 1.0
        hop = Waveform(RATE, window_s, 0.01, 16).hop
        frames = np.zeros(51 * hop, dtype=np.float32)
        frames[hop // 2 : hop // 2 + 4000] = samples
        index = FeatureIndex(frames.reshape(51, hop), (Segment("u", "s", "test", 0, 51, "a"),))
        ((_, responses),) = next(evoked(network, index, index.segments, "abc"))
        for clock, response in zip(clocks, responses, strict=True):
            centres = clock.offset_s + np.arange(len(response)) * clock.stride_s
            expected = np.abs(centres - at / RATE) < clock.field_s / 2
            assert np.array_equal(response[:, 0] > 0, expected)


def test_the_field_in_frames_holds_all_that_a_response_depends_on() -> None:
    """Frames outside it may change at will."""
    network, random = recogniser(), np.random.default_rng(3)
    frames = torch.from_numpy(random.normal(size=(1, 61, 80)).astype(np.float32))
    lengths = torch.tensor([61])
    for layer, timing in enumerate(timings(network.layers)):
        at = 30 // timing.stride
        middle = round(at * timing.stride + timing.offset)
        half = timing.field // 2
        other = frames.clone()
        other[:, : middle - half] = 9.0
        other[:, middle + half + 1 :] = 9.0
        with torch.no_grad():
            one, two = (network(given, lengths).responses[layer][0, :, at] for given in (frames, other))
        assert torch.equal(one, two)


def test_a_training_lowers_the_loss_and_two_give_the_same_bytes(tmp_path: Path) -> None:
    index = spoken()
    paths = []
    for number in range(2):
        trainer = Trainer(index, setup(), seed=0)
        history = [trainer.epoch(epoch) for epoch in (1, 2, 3)]
        assert history[-1].ctc_loss < history[0].ctc_loss
        assert history[-1].objective_loss < history[0].objective_loss
        paths.append(tmp_path / f"{number}.pt")
        save_recogniser(paths[-1], trainer.network, {**SETTINGS, "alphabet": trainer.alphabet})
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_checkpoint_of_samples_comes_back_as_it_was(tmp_path: Path) -> None:
    network, features = recogniser(), torch.randn(2, 30, 80)
    save_recogniser(tmp_path / "own.pt", network, {**SETTINGS, "alphabet": "abc"})
    again, settings = load_recogniser(tmp_path / "own.pt")
    assert again.layers == network.layers
    assert analysis_of(settings) == Waveform(RATE, 0.025, 0.01, 16)
    with torch.no_grad():
        outputs = [one(features, torch.tensor([30, 21])).log_probs for one in (network, again)]
    assert torch.equal(*outputs)


def test_a_checkpoint_from_before_there_were_kinds_is_one_of_log_mel_features(tmp_path: Path) -> None:
    """What such a file holds: layers of four keys, and settings without a kind."""
    network = Recogniser(12, [Layer(16, 5, 2, Grid(4, 4))], 3, 0.0).eval()
    old = {
        "layers": [
            {"filters": 16, "kernel": 5, "stride": 2, "grid": {"rows": 4, "columns": 4, "torus": False}},
        ],
        "settings": {**LOG_MEL, "alphabet": "abc"},
        "weights": network.state_dict(),
        "origin": {},
    }
    torch.save(old, tmp_path / "old.pt")
    save_recogniser(tmp_path / "new.pt", network, {**LOG_MEL, "alphabet": "abc"})
    assert torch.load(tmp_path / "new.pt", weights_only=True)["layers"] == old["layers"]
    found, settings = load_recogniser(tmp_path / "old.pt")
    assert found.layers == network.layers
    assert analysis_of(settings) == LogMel(**LOG_MEL)
    check_fit(tmp_path / "old.pt", front.analysis({"kind": "log_mel", "filters": 9, **LOG_MEL}), "ab")


def test_a_checkpoint_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    network = Recogniser(12, [Layer(16, 5, 2, Grid(4, 4))], 3, 0.0)
    save_recogniser(tmp_path / "bands.pt", network, {**LOG_MEL, "alphabet": "abc"})
    save_recogniser(tmp_path / "samples.pt", recogniser(), {**SETTINGS, "alphabet": "abc"})
    with pytest.raises(InputError, match="made for kind log_mel"):
        check_fit(tmp_path / "bands.pt", SETTINGS, "ab")
    with pytest.raises(InputError, match="made for kind waveform"):
        check_fit(tmp_path / "samples.pt", LOG_MEL, "ab")
    check_fit(tmp_path / "samples.pt", SETTINGS, "ab")


def test_letters_are_aligned_by_a_recogniser_of_samples(tmp_path: Path) -> None:
    save_recogniser(tmp_path / "own.pt", recogniser(), {**SETTINGS, "alphabet": "abc"})
    listener = of_checkpoint(str(tmp_path / "own.pt"))
    assert (listener.sample_rate_hz, listener.stride_s) == (RATE, 0.02)
    assert listener.recognise(np.random.default_rng(0).normal(size=RATE).astype(np.float32)).shape == (51, 4)


def test_settings_that_belong_to_a_kind_are_those_of_its_analysis() -> None:
    assert set(front.OF_KIND["log_mel"]) == set(LogMel.__dataclass_fields__)
    assert set(front.OF_KIND["waveform"]) == set(Waveform.__dataclass_fields__)


def test_preflight_counts_the_layers_that_are_built() -> None:
    features = {**SETTINGS, "bands": 64}
    built = first_layer(SETTINGS, torus=False)[0]
    counted = front.layers(features, {"layers": UPPER})
    assert counted == [{"filters": built.filters, "kernel": built.kernel, "stride": built.stride}, *UPPER]
    assert (front.width(features), front.channels(features)) == (80, 1)
    weights = recogniser().blocks[0].convolution.weight
    assert weights.numel() == counted[0]["filters"] * counted[0]["kernel"] * front.channels(features)


def test_tempo_moves_tones_and_changes_their_length() -> None:
    hop = 80
    tone = np.sin(2 * np.pi * 1000 * np.arange(100 * hop) / RATE).astype(np.float32).reshape(-1, hop)
    lengths: set[int] = set()
    for seed in range(5):
        found = SampleAugmentation(0.2, 0, 0, 0.0)(tone, np.random.default_rng(seed))
        spectrum = np.abs(np.fft.rfft(found.reshape(-1)))
        peak = spectrum.argmax() * RATE / found.size
        assert peak == pytest.approx(1000 * 100 / len(found), abs=RATE / found.size)
        lengths.add(len(found))
        np.testing.assert_allclose(found.std(), tone.std(), rtol=0.02)
    assert len(lengths) > 2


def test_no_change_is_none_and_masks_silence_a_stretch() -> None:
    noise = np.random.default_rng(1).normal(size=(100, 80)).astype(np.float32)
    assert np.array_equal(SampleAugmentation(0, 0, 0, 0)(noise, np.random.default_rng(0)), noise)
    masked = SampleAugmentation(0, 1, 15, 0)(noise, np.random.default_rng(2))
    silent = np.flatnonzero(~masked.any(axis=1))
    assert 0 < len(silent) <= 15
    assert np.array_equal(silent, np.arange(silent[0], silent[-1] + 1))
