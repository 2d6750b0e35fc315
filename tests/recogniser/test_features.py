"""Log-mel features: where energy lies in time and frequency, and the file of a corpus."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonotopy.core.errors import InputError
from phonotopy.corpus.utterances import Utterance
from phonotopy.recogniser.features import LogMel, open_features, write_features

ANALYSIS = LogMel(16000, 0.025, 0.010, 40, 60, 7600)


def tone(hertz: float, seconds: float = 1.0) -> np.ndarray:
    samples = 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(16000 * seconds)) / 16000)
    return samples.astype(np.float32)


def test_bands_have_mean_zero_and_deviation_one() -> None:
    noise = np.random.default_rng(0).normal(size=16000).astype(np.float32) * np.linspace(
        0.01, 1, 16000, dtype=np.float32
    )
    features = ANALYSIS(noise)
    assert features.shape == (101, 40)
    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(features.std(axis=0), 1, atol=1e-3)


def test_frame_is_centred_on_its_hop() -> None:
    """A click at 0.50 s is strongest in frame 50."""
    click = np.zeros(16000, dtype=np.float32)
    click[8000] = 1
    click += 1e-3 * np.random.default_rng(0).normal(size=16000).astype(np.float32)
    assert ANALYSIS(click).mean(axis=1).argmax() == 50


def test_higher_tones_lie_in_higher_bands() -> None:
    low = np.concatenate([tone(300), tone(3000)])
    features = ANALYSIS(low)
    assert features[20].argmax() < features[150].argmax()


def test_loudness_does_not_matter() -> None:
    speech = np.concatenate([tone(300, 0.3), tone(900, 0.3), tone(2500, 0.3)])
    np.testing.assert_allclose(ANALYSIS(speech), ANALYSIS(speech * 0.01), atol=1e-3)


def utterances(folder: Path) -> list[Utterance]:
    found = []
    for number, seconds in enumerate((0.51234, 1.0, 0.7)):
        path = folder / f"u{number}.flac"
        soundfile.write(path, tone(400 + 100 * number, seconds), 16000)
        duration = soundfile.info(path).frames / 16000
        found.append(Utterance(f"u{number}", "s", "train", str(path), duration, 16000, "a b"))
    return found


def test_file_holds_every_utterance_at_its_offset(tmp_path: Path) -> None:
    found = utterances(tmp_path)
    write_features(tmp_path / "f.npy", tmp_path / "f.tsv", found, ANALYSIS)
    index = open_features(tmp_path / "f.npy", tmp_path / "f.tsv")
    assert [segment.first_frame for segment in index.segments] == [0, 52, 153]
    assert index.alphabet == " ab"
    for utterance, segment in zip(found, index.segments, strict=True):
        samples = soundfile.read(utterance.audio, dtype="float32")[0]
        np.testing.assert_allclose(index.of(segment), ANALYSIS(samples), atol=1e-5)


def test_audio_that_changed_since_is_named(tmp_path: Path) -> None:
    found = utterances(tmp_path)
    soundfile.write(found[1].audio, tone(500, 0.4), 16000)
    with pytest.raises(InputError, match=r"u1\.flac: 41 frames"):
        write_features(tmp_path / "f.npy", tmp_path / "f.tsv", found, ANALYSIS)
    assert not (tmp_path / "f.npy").exists()
