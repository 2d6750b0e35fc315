"""Recordings are read whole or refused with the reason."""

import numpy as np
import pytest
import soundfile
import soxr

from phonotopy.errors import InputError
from phonotopy.speech import audio

RATE = 16_000


def tone(seconds=1.0, rate=RATE, frequency=440.0, level=0.3):
    return (level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def refusal(path):
    with pytest.raises(InputError) as caught:
        audio.probe(path)
    assert caught.value.subject == str(path)
    assert caught.value.advice
    return caught.value.found


@pytest.mark.parametrize("suffix", audio.SUFFIXES)
def test_probe_tells_duration_rate_channels_and_peak(tmp_path, suffix):
    path = tmp_path / f"x{suffix}"
    soundfile.write(path, np.stack([tone(1.5, 22_050), tone(1.5, 22_050)], axis=1), 22_050)
    found = audio.probe(path)
    assert (found.duration_s, found.sample_rate_hz, found.channels) == (1.5, 22_050, 2)
    assert found.peak == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
def test_bit_depths_read_alike(tmp_path, subtype):
    path = tmp_path / "x.wav"
    soundfile.write(path, tone(), RATE, subtype=subtype)
    tolerance = {"PCM_U8": 1 / 128, "ULAW": 0.02}.get(subtype, 2**-14)
    np.testing.assert_allclose(audio.read_mono(path, RATE), tone(), atol=tolerance)


def test_stereo_is_mixed_to_the_mean(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.stack([tone(), 0.5 * tone()], axis=1), RATE, subtype="FLOAT")
    np.testing.assert_allclose(audio.read_mono(tmp_path / "x.wav", RATE), 0.75 * tone(), atol=1e-7)


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 48_000, 96_000])
def test_resampling_keeps_duration_and_waveform(tmp_path, rate):
    soundfile.write(tmp_path / "x.wav", tone(1.0, rate), rate, subtype="FLOAT")
    samples = audio.read_mono(tmp_path / "x.wav", RATE)
    assert samples.dtype == np.float32
    assert abs(len(samples) - RATE) <= 1
    inner = slice(800, RATE - 800)
    np.testing.assert_allclose(samples[inner], tone()[inner], atol=1e-3)


def test_streamed_resampling_equals_resampling_at_once(tmp_path, monkeypatch):
    noise = np.random.default_rng(0).normal(0, 0.1, 30_000).astype(np.float32)
    soundfile.write(tmp_path / "x.wav", noise, 22_050, subtype="FLOAT")
    monkeypatch.setattr(audio, "BLOCK", 777)
    np.testing.assert_allclose(audio.read_mono(tmp_path / "x.wav", RATE), soxr.resample(noise, 22_050, RATE), atol=1e-6)


def test_blocks_join_without_loss(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "x.wav", tone(), RATE, subtype="FLOAT")
    monkeypatch.setattr(audio, "BLOCK", 333)
    np.testing.assert_array_equal(audio.read_mono(tmp_path / "x.wav", RATE), tone())


@pytest.mark.parametrize("suffix", audio.SUFFIXES)
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.9])
def test_cut_files_are_refused(tmp_path, suffix, kept):
    path = tmp_path / f"x{suffix}"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 10 * RATE), RATE)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    assert refusal(path).startswith(("truncated audio", "corrupt audio"))


def test_ogg_cut_between_pages_is_truncated(tmp_path):
    path = tmp_path / "x.ogg"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 10 * RATE), RATE)
    content = path.read_bytes()
    path.write_bytes(content[: content.rfind(b"OggS")])
    assert soundfile.info(path).frames > 8 * RATE, "libsndfile itself says nothing"
    assert refusal(path).startswith("truncated audio")


def test_wav_that_lacks_its_last_sample_is_truncated(tmp_path):
    path = tmp_path / "x.wav"
    soundfile.write(path, tone(), RATE)
    path.write_bytes(path.read_bytes()[:-2])
    assert refusal(path) == f"truncated audio: {RATE - 1} frames"


@pytest.mark.parametrize("length", [0x7FFFFFFF, 0xFFFFFFFF])
def test_wav_written_to_a_pipe_is_whole(tmp_path, length):
    path = tmp_path / "x.wav"
    soundfile.write(path, tone(), RATE)
    content = bytearray(path.read_bytes())
    content[40:44] = length.to_bytes(4, "little")
    path.write_bytes(content)
    assert audio.probe(path).duration_s == 1.0


def test_damaged_flac_is_corrupt(tmp_path):
    path = tmp_path / "x.flac"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 10 * RATE), RATE)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 400] = bytes(400)
    path.write_bytes(content)
    assert refusal(path).startswith(("corrupt audio", "truncated audio"))


def test_empty_and_foreign_files_are_refused(tmp_path):
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("no audio at all, but long enough for a header of forty-four bytes")
    soundfile.write(tmp_path / "none.wav", np.zeros(0), RATE)
    assert refusal(tmp_path / "empty.wav").startswith("empty file")
    assert refusal(tmp_path / "text.wav").startswith("corrupt audio")
    assert refusal(tmp_path / "none.wav").startswith("empty audio")
    assert refusal(tmp_path / "absent.wav") == "no such file"


@pytest.mark.parametrize(("level", "silent"), [(0.0, True), (0.9e-3, True), (1.2e-3, False)])
def test_silence_is_told_by_its_level(tmp_path, level, silent):
    path = tmp_path / "x.wav"
    soundfile.write(path, tone(level=level), RATE, subtype="FLOAT")
    if silent:
        assert refusal(path).startswith("silent audio")
    else:
        assert audio.probe(path).peak == pytest.approx(level, rel=1e-3)


def test_channels_that_cancel_out_are_silent(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.stack([tone(), -tone()], axis=1), RATE, subtype="FLOAT")
    assert refusal(tmp_path / "x.wav") == "silent audio: digital silence"


def test_samples_must_be_numbers(tmp_path):
    samples = tone()
    samples[100] = np.nan
    soundfile.write(tmp_path / "x.wav", samples, RATE, subtype="FLOAT")
    assert refusal(tmp_path / "x.wav") == "corrupt audio: samples that are no numbers"


def test_an_absurd_sample_rate_is_a_damaged_header(tmp_path):
    soundfile.write(tmp_path / "x.wav", tone(), 3)
    assert refusal(tmp_path / "x.wav") == "corrupt audio: sample rate 3 Hz"
