"""Recordings are read whole or refused with the reason."""

import struct

import numpy as np
import pytest
import soundfile
import soxr

from phonotopy.audio import waveform
from phonotopy.core.errors import InputError

RATE = 16_000


def tone(seconds=1.0, rate=RATE, frequency=440.0, level=0.3):
    return (level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def refusal(path):
    with pytest.raises(InputError) as caught:
        waveform.probe(path)
    assert caught.value.subject == str(path)
    assert caught.value.advice
    return caught.value.found


FORMATS = {
    ".wav": {},
    ".flac": {},
    ".ogg": {},
    ".opus": {"format": "OGG", "subtype": "OPUS"},
    ".mp3": {},
}


@pytest.mark.parametrize("suffix", FORMATS)
def test_probe_reports_duration_rate_channels_and_peak(tmp_path, suffix):
    path = tmp_path / f"x{suffix}"
    rate = 24_000 if suffix == ".opus" else 22_050
    soundfile.write(path, np.stack([tone(1.5, rate), tone(1.5, rate)], axis=1), rate, **FORMATS[suffix])
    found = waveform.probe(path)
    assert (found.duration_s, found.sample_rate_hz, found.channels) == (1.5, rate, 2)
    assert found.peak == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"])
def test_bit_depths_read_alike(tmp_path, subtype):
    path = tmp_path / "x.wav"
    soundfile.write(path, tone(), RATE, subtype=subtype)
    tolerance = {"PCM_U8": 1 / 128, "ULAW": 0.02, "ALAW": 0.02}.get(subtype, 2**-14)
    np.testing.assert_allclose(waveform.read_mono(path, RATE), tone(), atol=tolerance)
    assert waveform.probe(path).duration_s == 1.0


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_extensible_headers_are_read(tmp_path, subtype):
    soundfile.write(tmp_path / "x.wav", tone(), RATE, format="WAVEX", subtype=subtype)
    assert waveform.probe(tmp_path / "x.wav").duration_s == 1.0


def test_files_that_cannot_be_rewound_are_read(tmp_path):
    soundfile.write(tmp_path / "x.wav", tone(), RATE, subtype="GSM610")
    assert waveform.probe(tmp_path / "x.wav").duration_s == pytest.approx(1.0, abs=0.02)


def test_the_content_decides_the_format_not_the_suffix(tmp_path):
    soundfile.write(tmp_path / "x.flac", tone(), RATE)
    for suffix in (".wav", ".mp3", ".m4a"):
        path = (tmp_path / "x.flac").rename(tmp_path / f"x{suffix}")
        assert waveform.probe(path).duration_s == 1.0
        path.rename(tmp_path / "x.flac")


def test_stereo_is_mixed_to_the_mean(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.stack([tone(), 0.5 * tone()], axis=1), RATE, subtype="FLOAT")
    np.testing.assert_allclose(waveform.read_mono(tmp_path / "x.wav", RATE), 0.75 * tone(), atol=1e-7)


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 48_000, 96_000])
def test_resampling_keeps_duration_and_waveform(tmp_path, rate):
    soundfile.write(tmp_path / "x.wav", tone(1.0, rate), rate, subtype="FLOAT")
    samples = waveform.read_mono(tmp_path / "x.wav", RATE)
    assert samples.dtype == np.float32
    assert abs(len(samples) - RATE) <= 1
    inner = slice(800, RATE - 800)
    np.testing.assert_allclose(samples[inner], tone()[inner], atol=1e-3)


def test_streamed_resampling_equals_resampling_at_once(tmp_path, monkeypatch):
    noise = np.random.default_rng(0).normal(0, 0.1, 30_000).astype(np.float32)
    soundfile.write(tmp_path / "x.wav", noise, 22_050, subtype="FLOAT")
    monkeypatch.setattr(waveform, "BLOCK", 777)
    np.testing.assert_allclose(
        waveform.read_mono(tmp_path / "x.wav", RATE), soxr.resample(noise, 22_050, RATE), atol=1e-6
    )


def test_blocks_join_without_loss(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "x.wav", tone(), RATE, subtype="FLOAT")
    monkeypatch.setattr(waveform, "BLOCK", 333)
    np.testing.assert_array_equal(waveform.read_mono(tmp_path / "x.wav", RATE), tone())


@pytest.mark.slow
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.9])
def test_cut_files_are_refused(tmp_path, suffix, kept):
    path = tmp_path / f"x{suffix}"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 10 * RATE), RATE, **FORMATS[suffix])
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
    assert refusal(path) == f"truncated audio: {2 * RATE - 2} of {2 * RATE} bytes of samples"


CONTRADICTIONS = {  # bytes at an offset in the header of 16,000 frames of 16 bits
    "contradictory header: 8000 bytes of samples, but 24000 more behind them": (40, "<I", 8000),
    "contradictory header: 16064 Hz with 2 bytes per frame, but 32000 bytes per second": (24, "<I", 16_064),
    "contradictory header: 2 channels of 16 bits in 2 bytes": (22, "<H", 2),
    "contradictory header: 1 channels of 8 bits in 2 bytes": (34, "<H", 8),
    "truncated audio: 32000 of 2000000 bytes of samples": (40, "<I", 2_000_000),
}


@pytest.mark.parametrize("found", CONTRADICTIONS)
def test_headers_that_contradict_the_file_are_refused(tmp_path, found):
    """libsndfile itself reads them as if nothing were."""
    path = tmp_path / "x.wav"
    soundfile.write(path, np.random.default_rng(0).uniform(-0.9, -0.1, RATE), RATE)
    content = bytearray(path.read_bytes())
    offset, form, value = CONTRADICTIONS[found]
    struct.pack_into(form, content, offset, value)
    path.write_bytes(content)
    assert refusal(path) == found


@pytest.mark.parametrize("tail", [b"", b"\0" * 57, b"LIST\4\0\0\0INFO", b"TAGsong", b"ID3\3rest of it"])
def test_what_programs_put_behind_the_samples_does_no_harm(tmp_path, tail):
    path = tmp_path / "x.wav"
    soundfile.write(path, tone(), RATE)
    path.write_bytes(path.read_bytes() + tail)
    assert waveform.probe(path).duration_s == 1.0


def test_an_mp3_of_years_is_refused_at_once(tmp_path):
    """libsndfile would decode silence to the declared end."""
    path = tmp_path / "x.mp3"
    soundfile.write(path, tone(), RATE)
    content = bytearray(path.read_bytes())
    offset = content.index(b"Xing") + 8
    content[offset : offset + 4] = b"\x7f\xff\xff\xff"
    path.write_bytes(content)
    assert soundfile.info(path).frames > 1e12
    assert refusal(path).startswith("truncated audio: ")


def test_blocks_stay_small_however_many_channels_there_are(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.full((RATE, 200), 0.5), RATE)
    with waveform.opened(tmp_path / "x.wav") as file:
        lengths = [len(block) for block in waveform.mono_blocks(file)]
    assert max(lengths) * 200 <= waveform.BLOCK
    assert sum(lengths) == RATE


@pytest.mark.parametrize("length", [0x7FFFFFFF, 0xFFFFFFFF])
def test_wav_written_to_a_pipe_is_whole(tmp_path, length):
    path = tmp_path / "x.wav"
    soundfile.write(path, tone(), RATE)
    content = bytearray(path.read_bytes())
    content[40:44] = length.to_bytes(4, "little")
    path.write_bytes(content)
    assert waveform.probe(path).duration_s == 1.0


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
def test_silence_is_recognised_by_its_level(tmp_path, level, silent):
    path = tmp_path / "x.wav"
    soundfile.write(path, tone(level=level), RATE, subtype="FLOAT")
    if silent:
        assert refusal(path).startswith("silent audio")
    else:
        assert waveform.probe(path).peak == pytest.approx(level, rel=1e-3)


def test_channels_that_cancel_out_are_silent(tmp_path):
    soundfile.write(tmp_path / "x.wav", np.stack([tone(), -tone()], axis=1), RATE, subtype="FLOAT")
    assert refusal(tmp_path / "x.wav") == "silent audio: digital silence"


def test_samples_must_be_numbers(tmp_path):
    samples = tone()
    samples[100] = np.nan
    soundfile.write(tmp_path / "x.wav", samples, RATE, subtype="FLOAT")
    assert refusal(tmp_path / "x.wav") == "corrupt audio: samples that are no numbers"


def test_formats_that_libsndfile_does_not_know_are_to_be_converted(tmp_path):
    (tmp_path / "x.m4a").write_bytes(b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom" * 20)
    with pytest.raises(InputError) as caught:
        waveform.probe(tmp_path / "x.m4a")
    assert caught.value.found == "foreign audio: .m4a"
    assert "ffmpeg -i x.m4a x.flac" in caught.value.advice


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
@pytest.mark.parametrize("channels", [1, 2])
def test_flac_is_held_against_its_checksum(tmp_path, subtype, channels):
    """A header of fewer samples than there are is nothing that libsndfile would see."""
    path = tmp_path / "x.flac"
    samples = np.random.default_rng(0).uniform(-0.9, 0.9, (RATE, channels))
    soundfile.write(path, samples, RATE, subtype=subtype)
    found = waveform.probe(path)
    assert found.peak == pytest.approx(np.abs(soundfile.read(path, always_2d=True)[0].mean(axis=1)).max(), abs=1e-6)
    content = bytearray(path.read_bytes())
    assert int.from_bytes(content[22:26], "big") == RATE
    content[22:26] = (RATE // 2).to_bytes(4, "big")
    path.write_bytes(content)
    assert soundfile.info(path).frames == RATE // 2
    assert refusal(path) == "corrupt audio: its checksum differs"
    content[26:42] = bytes(16)
    path.write_bytes(content)
    assert waveform.probe(path).duration_s == 0.5, "some encoders leave the checksum out"


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".ogg", ".opus"])
@pytest.mark.parametrize("block", [4096, waveform.BLOCK])
def test_ogg_with_a_damaged_or_missing_page_is_corrupt(tmp_path, suffix, block, monkeypatch):
    """libsndfile leaves out what it holds, and goes on."""
    monkeypatch.setattr(waveform, "BLOCK", block)
    path = tmp_path / f"x{suffix}"
    soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 10 * RATE), RATE, **FORMATS[suffix])
    assert waveform.probe(path).duration_s == 10.0
    content = path.read_bytes()
    second, third = [offset for offset in range(len(content)) if content[offset : offset + 4] == b"OggS"][6:8]
    damaged = bytearray(content)
    damaged[second + 100] ^= 1
    path.write_bytes(damaged)
    assert refusal(path) == f"corrupt audio: damaged page at byte {second}"
    path.write_bytes(content[:second] + content[third:])
    assert refusal(path) == f"corrupt audio: pages are missing before byte {second}"
    path.write_bytes(content[: second + 10])
    assert refusal(path) == f"truncated audio: it ends within the page at byte {second}"
    path.write_bytes(content[:second])
    assert refusal(path) == "truncated audio: its last page is missing"


def test_formats_without_checks_are_to_be_converted(tmp_path):
    """libsndfile does not report a truncated AIFF."""
    soundfile.write(tmp_path / "x.wav", tone(), RATE, format="AIFF")
    assert refusal(tmp_path / "x.wav") == "foreign audio: AIFF"


def test_files_for_more_than_four_gigabytes_are_read(tmp_path):
    path = tmp_path / "x.wav"
    soundfile.write(path, tone(), RATE, format="RF64")
    content = path.read_bytes()
    assert content[:4] == b"RF64"
    assert waveform.probe(path).duration_s == 1.0
    path.write_bytes(content[:-1000])
    assert refusal(path) == f"truncated audio: {2 * RATE - 1000} of {2 * RATE} bytes of samples"


def test_floats_scaled_as_integers_are_overloaded(tmp_path):
    soundfile.write(tmp_path / "x.wav", tone(level=1.0) * 32_768, RATE, subtype="FLOAT")
    assert refusal(tmp_path / "x.wav") == "overloaded audio: peak 3.28e+04"


def test_an_absurd_sample_rate_is_a_damaged_header(tmp_path):
    for rate in (3, 1_000_000):
        soundfile.write(tmp_path / "x.wav", tone(), rate)
        assert refusal(tmp_path / "x.wav") == f"corrupt audio: sample rate {rate} Hz"
