"""What a film is made of: utterances, and what every training answers to them; the file that holds it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.clock import Clock
from phonotopy.annotation.intervals import Interval
from phonotopy.core.columns import Column, Table
from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing
from phonotopy.corpus.utterances import Utterance

__all__ = ["FLOOR_DB", "SHOWN", "STEPS", "TABLE", "Phone", "Reel", "Shot", "Take", "in_steps"]

Bytes = NDArray[np.uint8]
Training = tuple[str, int]  # condition and seed
STEPS = 255  # of a byte
LARGEST_SAMPLE = 32767
FLOOR_DB = -70.0  # what is softer, against the loudest point of an utterance, is shown as silence
SHOWN = 0.999  # of the responses of a layer, all conditions together, lie within the scale; the few above end at it
TABLE = Table(
    "frames.npz",
    rows="what `film.html` shows: chosen utterances, and the responses of every layer to them frame by frame",
    columns={
        "content": Column(
            "JSON",
            "utterances (speaker, kind, transcript, intervals), letters in time by training, sample rate, hop and "
            "edges of pictures, and `full`: the response of each layer that is 255",
        ),
        "samples": Column("samples", "the sound, 16 bits: `samples/{number}` of each utterance, from 0"),
        "picture": Column(
            "frames × bands", "mel spectrogram, from 70 dB below the loudest (0) to it (255): `picture/{number}`"
        ),
        "responses": Column(
            "frames × units",
            "responses over `full` of the layer, times 255: `responses/{condition}/{seed}/{number}/{layer}`",
        ),
    },
)


def in_steps(values: NDArray[np.float32], full: float) -> Bytes:
    """Values as bytes: 0 for none, 255 for `full` and more."""
    return np.asarray(np.rint(np.clip(values / full, 0, 1) * STEPS), dtype=np.uint8)


class Phone(NamedTuple):
    """An interval of an utterance, in seconds, with its label and the word that it is in."""

    onset_s: float
    offset_s: float
    label: str
    word: str


@dataclass(frozen=True)
class Shot:
    """One utterance: `samples (time,)` and `picture (frames, bands)`, a mel spectrogram in steps."""

    utterance: str
    speaker: str
    kind: str
    transcript: str
    duration_s: float
    phones: tuple[Phone, ...]
    samples: NDArray[np.int16]
    picture: Bytes

    @classmethod
    def of(
        cls,
        said: Utterance,
        kinds: Mapping[str, str],
        intervals: Sequence[Interval],
        samples: NDArray[np.float32],
        decibels: NDArray[np.float32],
    ) -> Self:
        """From `samples (time,)` within ±1, and a mel spectrogram in dB below its loudest point."""
        kind = kinds.get(said.speaker, "")
        phones = tuple(Phone(one.onset_s, one.offset_s, one.label, one.word) for one in intervals)
        sound = np.rint(np.clip(samples, -1, 1) * LARGEST_SAMPLE).astype(np.int16)
        picture = in_steps(decibels - FLOOR_DB, -FLOOR_DB)
        return cls(said.utterance, said.speaker, kind, said.transcript, said.duration_s, phones, sound, picture)


class Take(NamedTuple):
    """What a training answers to an utterance: responses ``(frames, units)`` by layer in steps, letters with times."""

    responses: tuple[Bytes, ...]
    letters: tuple[tuple[str, float], ...]


class Answered(Protocol):
    """What a recogniser answers to an utterance."""

    @property
    def responses(self) -> Sequence[NDArray[np.float32]]:
        """Responses ``(frames, units)`` of each layer."""

    @property
    def letters(self) -> Sequence[tuple[str, int]]:
        """Letters, each with its frame of the last layer."""


@dataclass(frozen=True)
class Reel:
    """Utterances, the takes of every training in their order, and scales: `full` by layer.

    Pictures have a frame every `hop_s`, and bands between two frequencies, `hertz`.
    """

    shots: tuple[Shot, ...]
    takes: Mapping[Training, tuple[Take, ...]]
    full: Mapping[int, float]
    sample_rate_hz: int
    hop_s: float
    hertz: tuple[float, float]

    @classmethod
    def of(
        cls,
        shots: Sequence[Shot],
        answers: Mapping[Training, tuple[Sequence[Answered], Clock]],
        sample_rate_hz: int,
        hop_s: float,
        hertz: tuple[float, float],
    ) -> Self:
        """From the answers of trainings to the utterances, each with the clock of its last layer."""
        full = _full_scales([one for answered, _ in answers.values() for one in answered])
        takes = {
            training: tuple(_take(one, last, full) for one in answered)
            for training, (answered, last) in answers.items()
        }
        return cls(tuple(shots), takes, full, sample_rate_hz, hop_s, hertz)

    def write(self, path: str | Path) -> None:
        """Write the file, whole or not at all."""
        arrays: dict[str, Any] = {"content": np.array(json.dumps(self._content))}
        for number, shot in enumerate(self.shots):
            arrays |= {f"samples/{number}": shot.samples, f"picture/{number}": shot.picture}
        for (condition, seed), takes in self.takes.items():
            for number, take in enumerate(takes):
                for layer, responses in enumerate(take.responses, start=1):
                    arrays[f"responses/{condition}/{seed}/{number}/{layer}"] = responses
        with replacing(path) as part:
            np.savez_compressed(part, **arrays)

    @property
    def _content(self) -> dict[str, Any]:
        named = ("utterance", "speaker", "kind", "transcript", "duration_s", "phones")
        return {
            "sample_rate_hz": self.sample_rate_hz,
            "hop_s": self.hop_s,
            "hertz": list(self.hertz),
            "full": list(self.full.values()),
            "utterances": [{name: getattr(shot, name) for name in named} for shot in self.shots],
            "trainings": [
                {
                    "condition": condition,
                    "seed": seed,
                    "layers": len(takes[0].responses),
                    "letters": [take.letters for take in takes],
                }
                for (condition, seed), takes in self.takes.items()
            ],
        }

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """From the file; InputError where it is none of these."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                content = json.loads(str(arrays["content"]))
                shots = [_shot(arrays, number, row) for number, row in enumerate(content["utterances"])]
                takes = {(row["condition"], row["seed"]): _takes(arrays, row) for row in content["trainings"]}
            full = dict(enumerate(content["full"], start=1))
            pitch = {name: content[name] for name in ("sample_rate_hz", "hop_s")}
            return cls(tuple(shots), takes, full, **pitch, hertz=tuple(content["hertz"]))
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
            advice = "delete it and run again; it is made in seconds"
            raise InputError(str(path), f"not readable ({error})", "the arrays of a frames.npz", advice) from error


def _full_scales(answers: Sequence[Answered]) -> dict[int, float]:
    """The response of each layer, from 1, at the end of its scale: nearly the largest of all answers together."""
    found = {}
    for number in range(1, max(len(one.responses) for one in answers) + 1):
        own = [one.responses[number - 1] for one in answers if len(one.responses) >= number]
        values = np.concatenate([responses.ravel() for responses in own])
        found[number] = float(np.quantile(values, SHOWN)) or float(values.max()) or 1.0
    return found


def _take(answer: Answered, last: Clock, full: Mapping[int, float]) -> Take:
    responses = tuple(in_steps(values, full[number]) for number, values in enumerate(answer.responses, start=1))
    return Take(responses, tuple((letter, last.offset_s + frame * last.stride_s) for letter, frame in answer.letters))


def _shot(arrays: Mapping[str, Any], number: int, row: Mapping[str, Any]) -> Shot:
    phones = tuple(Phone(*phone) for phone in row["phones"])
    return Shot(**{**row, "phones": phones}, samples=arrays[f"samples/{number}"], picture=arrays[f"picture/{number}"])


def _takes(arrays: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[Take, ...]:
    named = f"responses/{row['condition']}/{row['seed']}"
    return tuple(
        Take(
            tuple(arrays[f"{named}/{number}/{layer}"] for layer in range(1, row["layers"] + 1)),
            tuple((letter, time_s) for letter, time_s in letters),
        )
        for number, letters in enumerate(row["letters"])
    )
