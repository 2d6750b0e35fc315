"""Features: log-mel frames of an utterance, or others, and the file that holds those of a corpus."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torchaudio.transforms import MelSpectrogram

from phonotopy.audio.waveform import read_mono
from phonotopy.core import steps
from phonotopy.core.errors import InputError
from phonotopy.core.files import create_array, replacing
from phonotopy.core.tables import read_table, write_table
from phonotopy.corpus.utterances import Utterance

__all__ = ["Analysis", "FeatureIndex", "LogMel", "Segment", "open_features", "read_segments", "write_features"]

DYNAMIC_RANGE = (
    1e-8  # power below the utterance's peak at which bands are floored (80 dB): espeak-ng and gates emit zeros
)
LEAST_POWER = 1e-30  # keeps the logarithm of digital silence finite
LEAST_DEVIATION = 0.1  # natural-log units; keeps empty bands from being blown up to unit variance


class Analysis(Protocol):
    """From samples to frames, every `hop` samples; a frame that is missing is the `last` one again, or `zero`."""

    @property
    def sample_rate_hz(self) -> int:
        """Of the samples."""

    @property
    def hop_s(self) -> float:
        """Seconds between frames; frame ``t`` is centred on ``t · hop_s``."""

    @property
    def hop(self) -> int:
        """Samples between frames."""

    @property
    def width(self) -> int:
        """Numbers in a frame."""

    @property
    def missing(self) -> Literal["last", "zero"]:
        """What stands for a frame that rounding leaves out."""

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Frames ``(frames, width)``."""


@dataclass(frozen=True)
class LogMel:
    """Log-mel analysis; frame ``t`` is centred on ``t · hop_s`` seconds."""

    sample_rate_hz: int
    window_s: float
    hop_s: float
    bands: int
    lowest_hz: float
    highest_hz: float

    @property
    def hop(self) -> int:
        """Samples between frames."""
        return round(self.hop_s * self.sample_rate_hz)

    @property
    def width(self) -> int:
        """Bands."""
        return self.bands

    @property
    def missing(self) -> Literal["last", "zero"]:
        """The last frame stands for one that rounding leaves out."""
        return "last"

    def transform(self) -> MelSpectrogram:
        """The mel power spectrogram, its window centred on the frame."""
        window = round(self.window_s * self.sample_rate_hz)
        return MelSpectrogram(
            self.sample_rate_hz,
            n_fft=1 << (window - 1).bit_length(),
            win_length=window,
            hop_length=self.hop,
            f_min=self.lowest_hz,
            f_max=self.highest_hz,
            n_mels=self.bands,
        )

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features ``(frames, bands)``, each band with mean 0 and standard deviation 1 over the utterance."""
        power = self.transform()(torch.from_numpy(samples)).T
        log = power.clamp(min=max(float(power.max()) * DYNAMIC_RANGE, LEAST_POWER)).log().numpy()
        scaled = (log - log.mean(axis=0)) / np.maximum(log.std(axis=0), LEAST_DEVIATION)
        return np.asarray(scaled, dtype=np.float32)


@dataclass(frozen=True)
class Segment:
    """Where the frames of one utterance lie in the feature file."""

    utterance: str
    speaker: str
    split: str
    first_frame: int
    frames: int
    transcript: str


@dataclass(frozen=True)
class FeatureIndex:
    """The features of a corpus, memory-mapped: ``frames`` is ``(frames, bands or hop)``, float32."""

    frames: NDArray[np.float32]
    segments: tuple[Segment, ...]

    def of(self, segment: Segment) -> NDArray[np.float32]:
        """Frames of one utterance, ``(frames, bands)``."""
        return np.asarray(self.frames[segment.first_frame : segment.first_frame + segment.frames])

    def split(self, name: str) -> list[Segment]:
        """Utterances of a split, in order."""
        return [segment for segment in self.segments if segment.split == name]

    @property
    def alphabet(self) -> str:
        """All letters of all transcripts, in order of their code points; the space is one of them."""
        return "".join(sorted(set().union(*(segment.transcript for segment in self.segments))))


def write_features(path: Path, index: Path, utterances: Sequence[Utterance], analysis: Analysis) -> None:
    """Write the features of all utterances one after the other as a .npy array, and the table of where each begins."""
    lengths = [
        1 + int(utterance.duration_s * analysis.sample_rate_hz + 0.5) // analysis.hop for utterance in utterances
    ]
    segments = list(_segments(utterances, lengths))
    shape = (max(sum(lengths), 1), analysis.width)
    with replacing(path) as part:
        frames = create_array(part, shape)
        for utterance, segment in zip(steps.counted(utterances, "utterance"), segments, strict=True):
            features = analysis(read_mono(utterance.audio, analysis.sample_rate_hz))
            fitted = _fitted(features, segment, utterance, analysis.missing)
            frames[segment.first_frame : segment.first_frame + segment.frames] = fitted
        frames.flush()
    write_table(index, list(Segment.__dataclass_fields__), (vars(segment) for segment in segments))


def _segments(utterances: Sequence[Utterance], lengths: Sequence[int]) -> Iterator[Segment]:
    first = 0
    for utterance, frames in zip(utterances, lengths, strict=True):
        yield Segment(utterance.utterance, utterance.speaker, utterance.split, first, frames, utterance.transcript)
        first += frames


def _fitted(
    features: NDArray[np.float32], segment: Segment, utterance: Utterance, missing: Literal["last", "zero"]
) -> NDArray[np.float32]:
    """Resampling may round a length by a frame; more than that means that the audio is not what the table says."""
    if abs(len(features) - segment.frames) > 1:
        raise InputError(
            utterance.audio,
            f"{len(features)} frames",
            f"{segment.frames} frames ({utterance.duration_s} s)",
            "make the corpus again: snakemake --forcerun corpus",
            "the audio changed after the table of utterances was written",
        )
    rest = ((0, max(0, segment.frames - len(features))), (0, 0))
    padded = np.pad(features, rest, mode="edge") if missing == "last" else np.pad(features, rest)
    return padded[: segment.frames]


def open_features(path: str | Path, index: str | Path) -> FeatureIndex:
    """Open features without reading them."""
    frames: NDArray[np.float32] = np.load(path, mmap_mode="r", allow_pickle=False)
    return FeatureIndex(frames, tuple(read_segments(index)))


def read_segments(index: str | Path) -> list[Segment]:
    """The table of where the frames of each utterance lie, in its order."""
    return [Segment(**row) for row in read_table(index, {"first_frame": int, "frames": int})]
