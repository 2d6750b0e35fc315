"""Recordings: what they are, whether they are whole, and their samples."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from phonotopy.errors import InputError

__all__ = ["SUFFIXES", "Audio", "probe", "read_mono"]

SUFFIXES = (".wav", ".flac", ".ogg")
LEAST_PEAK = 1e-3  # of full scale, -60 dB: a recording that stays below holds no speech
LEAST_RATE_HZ = 4000  # telephone speech has 8000; a header that says less is damaged
BLOCK = 1 << 18  # frames decoded at a time, so that an hour of speech needs no more memory than its result
UNKNOWN_LENGTH = 0x7FFF0000  # programs that write to a pipe put such a length, or 0, into the header of a WAV file

MEND = "replace the file by an undamaged copy, or remove it"


@dataclass(frozen=True)
class Audio:
    """A readable recording; `peak` is the largest magnitude of the mono mix, as a fraction of full scale."""

    duration_s: float
    sample_rate_hz: int
    channels: int
    peak: float


def probe(path: str | Path) -> Audio:
    """Decode a recording once from beginning to end.

    Raises InputError for a file that is missing, empty, truncated, corrupt, or silent (mono mix below `LEAST_PEAK`).
    """
    with _opened(path) as file:
        frames, peak = 0, 0.0
        for block in _mono_blocks(file):
            frames += len(block)
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
        _check_length(path, file, frames)
        _check_level(path, peak)
        return Audio(frames / file.samplerate, file.samplerate, file.channels, peak)


def read_mono(path: str | Path, sample_rate_hz: int) -> NDArray[np.float32]:
    """Samples ``(time,)`` of the mean over channels at the wanted rate, as fractions of full scale."""
    with _opened(path) as file:
        if file.samplerate == sample_rate_hz:
            pieces = list(_mono_blocks(file))
        else:
            resampler = soxr.ResampleStream(file.samplerate, sample_rate_hz, 1, dtype="float32")
            pieces = [resampler.resample_chunk(block) for block in _mono_blocks(file)]
            pieces.append(resampler.resample_chunk(np.empty(0, np.float32), last=True))
        return np.concatenate([np.empty(0, np.float32), *pieces])


@contextmanager
def _opened(path: str | Path) -> Iterator[soundfile.SoundFile]:
    """Open a recording; whatever libsndfile cannot read, then or later, ends in an InputError."""
    path = Path(path)
    if not path.is_file():
        raise InputError(str(path), "no such file", "a recording", "check the path")
    if not path.stat().st_size:
        raise InputError(str(path), "empty file: 0 bytes", "a recording", MEND)
    try:
        with soundfile.SoundFile(path) as file:
            _check_rate(path, file.samplerate)
            yield file
    except soundfile.LibsndfileError as error:
        found = f"corrupt audio: libsndfile says '{error.error_string.strip() or f'error {error.code}'}'"
        raise InputError(str(path), found, "whole WAV, FLAC or OGG audio", MEND) from error


def _mono_blocks(file: soundfile.SoundFile) -> Iterator[NDArray[np.float32]]:
    """Blocks ``(time,)`` of the mean over channels."""
    for block in file.blocks(BLOCK, dtype="float32", always_2d=True):
        if not np.isfinite(block).all():
            raise InputError(str(file.name), "corrupt audio: samples that are no numbers", "finite samples", MEND)
        yield block[:, 0] if file.channels == 1 else block.mean(axis=1, dtype=np.float32)


def _check_rate(path: str | Path, rate: int) -> None:
    if rate < LEAST_RATE_HZ:
        raise InputError(str(path), f"corrupt audio: sample rate {rate} Hz", f"at least {LEAST_RATE_HZ} Hz", MEND)


def _check_length(path: str | Path, file: soundfile.SoundFile, frames: int) -> None:
    if frames < file.frames or _cut_wav(file.extra_info) or (file.format == "OGG" and not _ends(Path(path))):
        raise InputError(str(path), f"truncated audio: {frames} frames", "as many as its header says", MEND)
    if not frames:
        raise InputError(str(path), "empty audio: no samples", "a recording", MEND)


def _cut_wav(notes: str) -> bool:
    """Whether libsndfile's notes on a WAV file tell of a data chunk that is longer than the file."""
    match = re.search(r"^data : (\d+) \(should be (\d+)\)", notes, re.MULTILINE)
    return match is not None and int(match[2]) < int(match[1]) < UNKNOWN_LENGTH


def _ends(path: Path) -> bool:
    """Whether the last page of an OGG file is marked as the end of the stream (RFC 3533, section 6)."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 65_307))  # no page is longer
        tail = stream.read()
    flags = tail[tail.rfind(b"OggS") + 5 :][:1]
    return bool(flags) and bool(flags[0] & 4)


def _check_level(path: str | Path, peak: float) -> None:
    if peak < LEAST_PEAK:
        level = f"peak {20 * np.log10(peak):.0f} dB" if peak else "digital silence"
        expected = f"a peak of at least {20 * np.log10(LEAST_PEAK):.0f} dB re full scale in the mean over channels"
        raise InputError(str(path), f"silent audio: {level}", expected, "record it again, or remove it")
