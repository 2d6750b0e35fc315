"""Responses of a model of one's own, written as the statistics and figures read them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.activations.accumulate import Coding, Token
from phonotopy.activations.clock import Clock
from phonotopy.activations.gather import Paths, Spoken, gather
from phonotopy.activations.geometry import Layer
from phonotopy.activations.sound.sound import Sound
from phonotopy.audio.waveform import read_mono
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import Inventory, read_inventory

__all__ = ["OwnLayer", "OwnUtterance", "write_responses"]

LAGS_S = (-0.2, 0.3)
DESCRIBED = 16384  # tokens whose sound is described, as activations.described_tokens is unless it is changed


@dataclass(frozen=True)
class OwnLayer:
    """A layer of a model: unit ``u`` is at row ``u // columns``, column ``u % columns``.

    Response ``j`` is centred `offset_s` + ``j`` · `stride_s` seconds after the start of the recording, and depends on
    `receptive_field_s` seconds of it. `filters` ``(units, weights)`` are the weights of its units, where it has any.
    """

    name: str
    rows: int
    columns: int
    stride_s: float
    receptive_field_s: float
    offset_s: float = 0.0
    torus: bool = False
    filters: ArrayLike | None = None


@dataclass(frozen=True)
class OwnUtterance:
    """What one speaker says: `phones` as (label, onset_s, offset_s) in order of time; silence belongs to none.

    `responses` hold an array ``(frames, units)`` by name of layer, such as one that lies in a memory-mapped file.
    `audio` is the path of the recording, and `words` has the word of each phone, "" where it is in none.
    """

    utterance: str
    speaker: str
    phones: Sequence[tuple[str, float, float]]
    responses: Mapping[str, ArrayLike]
    split: str = "test"
    audio: str | Path | None = None
    words: Sequence[str] | None = None


def write_responses(
    folder: str | Path,
    layers: Sequence[OwnLayer],
    utterances: Sequence[OwnUtterance],
    phones: Inventory | str | Path,
    *,
    lags_s: tuple[float, float] = LAGS_S,
    seed: int = 0,
) -> None:
    """Write the folder that ``conditions.<name>.responses`` may name; `phones` is the inventory or its table.

    `lags_s` are the first and last time around the onset of a phone, in s. Where utterances have audio, what they sound
    like is described too, with random numbers from `seed`. Raises InputError that names the utterance or layer for
    labels outside the inventory, intervals that run backwards, missing layers, wrong shapes, numbers that are not
    finite, and audio that only some have.
    """
    inventory = phones if isinstance(phones, Inventory) else read_inventory(phones)
    coding = Coding(inventory.labels, tuple(sorted({one.speaker for one in utterances})))
    if not utterances or not layers:
        raise InputError(str(folder), "nothing to write", "at least one layer and one utterance", "name them")
    _require_audio_of_all(utterances)
    placed = [_layer(number, own) for number, own in enumerate(layers, start=1)]
    spoken = [Spoken(one.utterance, one.speaker, one.split, _tokens(one, coding)) for one in utterances]
    batches = ([(one.utterance, list(_responses(one, placed)))] for one in utterances)
    cosines = [_cosines(own) for own in layers]
    sound = _sound(utterances, spoken, coding, seed)
    gather(Paths.of(folder), placed, batches, spoken, coding, lags_s, cosines)
    sound.write(Path(folder) / "sound.npz")


def _require_audio_of_all(utterances: Sequence[OwnUtterance]) -> None:
    without = [one.utterance for one in utterances if one.audio is None]
    if without and len(without) < len(utterances):
        found, expected = "no audio, which others have", "audio of all utterances, or of none"
        raise InputError(without[0], found, expected, "add it, or leave out that of the others")


def _sound(utterances: Sequence[OwnUtterance], spoken: Sequence[Spoken], coding: Coding, seed: int) -> Sound:
    """What the tokens sound like; empty where there is no audio."""
    audio = {one.utterance: one.audio for one in utterances if one.audio is not None}
    if not audio:
        return Sound.empty()
    # Only here, since torch takes seconds to import, and who has no audio needs none.
    from phonotopy.activations.sound.describe_sound import SAMPLE_RATE_HZ, describe  # noqa: PLC0415

    def read(utterance: str) -> NDArray[np.float32]:
        return read_mono(audio[utterance], SAMPLE_RATE_HZ)

    return describe(spoken, read, coding.phones, most=DESCRIBED, seed=seed)


def _layer(number: int, own: OwnLayer) -> Layer:
    return Layer(
        number,
        own.name,
        Grid(own.rows, own.columns, own.torus),
        Clock(own.stride_s, own.offset_s, own.receptive_field_s),
    )


def _tokens(own: OwnUtterance, coding: Coding) -> list[Token]:
    words = [""] * len(own.phones) if own.words is None else own.words
    if len(words) != len(own.phones):
        expected = f"{len(own.phones)}, one for each phone"
        raise InputError(own.utterance, f"{len(words)} words", expected, 'give "" to phones that are in none')
    tokens = []
    for (label, onset_s, offset_s), word in zip(own.phones, words, strict=True):
        if label not in coding.phones:
            expected = f"one of {' '.join(coding.phones)}"
            raise InputError(own.utterance, f"label {label!r} at {onset_s} s", expected, "leave silence out")
        if not 0 <= onset_s < offset_s:
            raise InputError(
                own.utterance, f"{label} from {onset_s} to {offset_s} s", "0 ≤ onset < offset", "correct it"
            )
        tokens.append(Token(coding.phones.index(label), onset_s, offset_s, stored=True, word=word))
    return tokens


def _responses(own: OwnUtterance, layers: Sequence[Layer]) -> Iterator[NDArray[np.float32]]:
    for layer in layers:
        if layer.name not in own.responses:
            found = f"responses of {', '.join(own.responses) or 'no layer'}"
            raise InputError(own.utterance, found, f"those of {layer.name} too", "give each utterance all layers")
        values = np.asarray(own.responses[layer.name], dtype=np.float32)
        if values.ndim != 2 or values.shape[1] != layer.grid.units or len(values) == 0:
            expected = f"frames × {layer.grid.units} units"
            raise InputError(own.utterance, f"{layer.name} of shape {values.shape}", expected, "transpose it, perhaps")
        if not np.isfinite(values).all():
            raise InputError(own.utterance, f"{layer.name} with numbers that are not finite", "finite numbers", "")
        yield values


def _cosines(own: OwnLayer) -> NDArray[np.float64] | None:
    if own.filters is None:
        return None
    filters = np.asarray(own.filters, dtype=np.float64).reshape(len(np.asarray(own.filters)), -1)
    if len(filters) != own.rows * own.columns:
        expected = f"{own.rows * own.columns} units × weights"
        raise InputError(own.name, f"filters of {len(filters)} units", expected, "give a row for each unit")
    length = np.linalg.norm(filters, axis=1, keepdims=True)
    unit = np.divide(filters, length, out=np.zeros_like(filters), where=length > 0)
    return np.asarray(unit @ unit.T)
