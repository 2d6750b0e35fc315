"""Recordings: what they are, whether they are whole, and their samples."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from phonotopy.audio import mp3, ogg
from phonotopy.audio.flac import Checksum
from phonotopy.audio.wav import contradiction
from phonotopy.core.errors import InputError

__all__ = [
    "BLOCK",
    "LEAST_PEAK",
    "MEND",
    "SUFFIXES",
    "Audio",
    "check_level",
    "mono_blocks",
    "opened",
    "probe",
    "read_mono",
]

FORMATS = ("WAV", "WAVEX", "RF64", "FLAC", "OGG", "MP3")  # of libsndfile's, those in which damage is recognised
READ = (".wav", ".flac", ".ogg", ".opus", ".mp3")
FOREIGN = (".aif", ".aiff", ".au", ".m4a", ".mp4", ".aac", ".wma", ".amr", ".webm")  # recordings too, to be converted
SUFFIXES = READ + FOREIGN
LEAST_PEAK = 1e-3  # of full scale, -60 dB: a recording that stays below holds no speech
LEAST_RATE_HZ = 4000  # telephone speech has 8000; a header that says less is damaged
LARGEST_RATE_HZ = 384_000  # of any recorder
LARGEST_PEAK = 4.0  # of full scale: lossy codecs overshoot a little; floats scaled as integers reach 32768
DECODER_DELAY = 529  # samples that a decoder of MP3 takes from the padding at the end; encoders may leave fewer
BLOCK = 1 << 18  # samples decoded at a time, so that an hour of speech needs no more memory than its result

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

    Raises InputError for a file that is missing, empty, truncated, corrupt, of another length or rate than its header
    says, too loud to be true, or silent (mono mix below `LEAST_PEAK`).
    """
    with opened(path) as file:
        _check_header(path, file)
        frames, peak = 0, 0.0
        checksum = Checksum.of(path) if file.format == "FLAC" else None
        for block in mono_blocks(file, checksum):
            frames += len(block)
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
        _check_length(path, file, frames)
        if checksum and not checksum.holds:
            raise InputError(str(path), "corrupt audio: its checksum differs", "the samples that were encoded", MEND)
        check_level(path, peak)
        return Audio(frames / file.samplerate, file.samplerate, file.channels, peak)


def read_mono(path: str | Path, sample_rate_hz: int) -> NDArray[np.float32]:
    """Samples ``(time,)`` of the mean over channels at the wanted rate, as fractions of full scale."""
    with opened(path) as file:
        if file.samplerate == sample_rate_hz:
            pieces = list(mono_blocks(file))
        else:
            resampler = soxr.ResampleStream(file.samplerate, sample_rate_hz, 1, dtype="float32")
            pieces = [resampler.resample_chunk(block) for block in mono_blocks(file)]
            pieces.append(resampler.resample_chunk(np.empty(0, np.float32), last=True))
        return np.concatenate([np.empty(0, np.float32), *pieces])


@contextmanager
def opened(path: str | Path) -> Iterator[soundfile.SoundFile]:
    """Open a recording; whatever libsndfile cannot read, then or later, ends in an InputError."""
    path = Path(path)
    if not path.is_file():
        raise InputError(str(path), "no such file", "a recording", "check the path")
    if not path.stat().st_size:
        raise InputError(str(path), "empty file: 0 bytes", "a recording", MEND)
    try:
        with ExitStack() as stack:
            file = stack.enter_context(soundfile.SoundFile(path))
            if file.format not in FORMATS or file.format + file.subtype == "WAVMPEG_LAYER_III":
                raise _foreign(path, file.format if file.format not in FORMATS else "MP3 in a WAV file")
            _check_rate(path, file.samplerate)
            yield file if file.format != "MP3" else _of_frames(path, stack)
    except mp3.FrameError as fault:
        if str(fault).startswith("foreign"):
            raise _foreign(path, str(fault).partition(": ")[2]) from fault
        raise InputError(str(path), str(fault), "whole MPEG frames, all of them", MEND) from fault
    except soundfile.LibsndfileError as error:
        if kind := path.suffix if path.suffix.lower() in FOREIGN else ogg.foreign_codec(path):
            raise _foreign(path, kind) from error
        found = f"corrupt audio: libsndfile says '{error.error_string.strip() or f'error {error.code}'}'"
        raise InputError(str(path), found, f"whole audio in {', '.join(READ)}", MEND) from error


def _of_frames(path: Path, stack: ExitStack) -> soundfile.SoundFile:
    """An MP3 file by its frames alone: of tags and of unknown lengths libsndfile would guess, and cut or fill by it."""
    reader = stack.enter_context(mp3.Reader(path, mp3.find_frames(path)))
    return stack.enter_context(soundfile.SoundFile(reader))


def _foreign(path: Path, kind: str) -> InputError:
    advice = f"convert it to WAV or FLAC (ffmpeg -i {path.name} {path.stem}.flac), or remove it"
    return InputError(str(path), f"foreign audio: {kind}", f"one of {', '.join(READ)}", advice)


def mono_blocks(file: soundfile.SoundFile, checksum: Checksum | None = None) -> Iterator[NDArray[np.float32]]:
    """Blocks ``(time,)`` of the mean over channels, to the end; a checksum takes the samples as they are."""
    frames = max(1, BLOCK // file.channels)
    while len(block := file.read(frames, dtype="int32" if checksum else "float32", always_2d=True)):
        if checksum:
            checksum.update(block)
            block = block.astype(np.float32) * np.float32(2**-31)
        if not np.isfinite(block).all():
            raise InputError(str(file.name), "corrupt audio: samples that are no numbers", "finite samples", MEND)
        yield block[:, 0] if file.channels == 1 else block.mean(axis=1, dtype=np.float32)
        if len(block) < frames:  # reading on would begin somewhere else where the decoder gave less than it promised
            return


def _check_header(path: str | Path, file: soundfile.SoundFile) -> None:
    found = ogg.damage(path) if file.format == "OGG" else contradiction(path)
    if found:
        raise InputError(str(path), found, "a header that fits the samples, and all of them", MEND)


def _check_rate(path: str | Path, rate: int) -> None:
    if not LEAST_RATE_HZ <= rate <= LARGEST_RATE_HZ:
        expected = f"from {LEAST_RATE_HZ} to {LARGEST_RATE_HZ} Hz"
        raise InputError(str(path), f"corrupt audio: sample rate {rate} Hz", expected, MEND)


def _check_length(path: str | Path, file: soundfile.SoundFile, frames: int) -> None:
    if frames < file.frames - (DECODER_DELAY if file.format == "MP3" else 0):
        raise InputError(str(path), f"truncated audio: {frames} frames", "as many as its header says", MEND)
    if not frames:
        raise InputError(str(path), "empty audio: no samples", "a recording", MEND)


def check_level(path: str | Path, peak: float) -> None:
    """Raises InputError for a peak, as a fraction of full scale, that no recording of speech has."""
    if peak > LARGEST_PEAK:
        found, expected = f"overloaded audio: peak {peak:.3g}", f"at most {LARGEST_PEAK:g} (full scale is 1)"
        raise InputError(str(path), found, expected, "scale the samples to -1 … 1, or remove it")
    if peak < LEAST_PEAK:
        level = f"peak {20 * np.log10(peak):.0f} dB" if peak else "digital silence"
        expected = f"a peak of at least {20 * np.log10(LEAST_PEAK):.0f} dB re full scale in the mean over channels"
        raise InputError(str(path), f"silent audio: {level}", expected, "record it again, or remove it")
