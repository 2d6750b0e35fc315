"""What the page of the film is given: everything that moves, as values that JSON has."""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import soundfile
from matplotlib import colormaps
from numpy.typing import NDArray

from phonotopy.activations.geometry import Layer, read_geometry
from phonotopy.activations.placement import read_placement
from phonotopy.core.inventory import Inventory
from phonotopy.figures.style import Conditions, class_colours
from phonotopy.film.reel import FLOOR_DB, SHOWN, STEPS, Reel, Shot, Take

__all__ = ["RESPONSES", "Showing", "gradient", "payload"]

RESPONSES = "magma"  # colours of responses: even in lightness, and safe for the colour-blind

LARGEST = 14_000_000  # characters of all utterances, so that a page stays below 15 MB
Units = NDArray[np.int64]


@dataclass(frozen=True)
class Showing:
    """A training as the film shows it: layers and the unit at each position ``(units,)``, by number.

    `origin` is the condition whose responses these are, another one for a layout.
    """

    condition: str
    origin: str
    seed: int
    layers: Mapping[int, Layer]
    units: Mapping[int, Units]

    @classmethod
    def read(cls, training: tuple[str, int], origin: str, geometry: str | Path, placement: str | Path) -> Self:
        """From the tables of the positions of units of a condition and seed."""
        layers = read_geometry(geometry)
        units = read_placement(placement, {number: layer.grid for number, layer in layers.items()})
        return cls(training[0], origin, training[1], layers, units)


def payload(reel: Reel, showings: Sequence[Showing], inventory: Inventory, style: Conditions) -> dict[str, Any]:
    """All that the page needs; utterances for which there is no room are named in ``left_out``."""
    shown: list[dict[str, Any]] = []
    size = 0
    for number, shot in enumerate(reel.shots):
        one = _utterance(reel, number, shot, showings)
        size += _size(one)
        if shown and size > LARGEST:
            break
        shown.append(one)
    manners = {label: inventory.manner_of(label) for label in inventory.labels if inventory.manner_of(label)}
    return {
        "conditions": {name: style.colour(name) for name in style.names},
        "seeds": list(dict.fromkeys(one.seed for one in showings)),
        "trainings": [_training(one) for one in showings],
        "full": list(reel.full.values()),
        "shown": SHOWN,
        "floor_db": FLOOR_DB,
        "hertz": list(reel.hertz),
        "hop_s": reel.hop_s,
        "gradient": _packed(gradient()),
        "manners": manners,
        "colours": class_colours(manners.values()),
        "utterances": shown,
        "left_out": [shot.utterance for shot in reel.shots[len(shown) :]],
    }


def gradient() -> NDArray[np.uint8]:
    """Colours ``(256, 3)`` of responses, from none to the end of the scale."""
    return colormaps[RESPONSES](np.arange(STEPS + 1), bytes=True)[:, :3]


def _training(showing: Showing) -> dict[str, Any]:
    return {
        "condition": showing.condition,
        "seed": showing.seed,
        "layers": [
            {
                "rows": layer.grid.rows,
                "columns": layer.grid.columns,
                "stride_s": layer.clock.stride_s,
                "offset_s": layer.clock.offset_s,
                "field_s": layer.clock.field_s,
                "units": showing.units[number].tolist(),
            }
            for number, layer in showing.layers.items()
        ],
    }


def _utterance(reel: Reel, number: int, shot: Shot, showings: Sequence[Showing]) -> dict[str, Any]:
    return {
        "utterance": shot.utterance,
        "speaker": shot.speaker,
        "kind": shot.kind,
        "transcript": shot.transcript,
        "duration_s": len(shot.samples) / reel.sample_rate_hz,
        "phones": [list(phone) for phone in shot.phones],
        "audio": base64.b64encode(_wav(shot.samples, reel.sample_rate_hz)).decode("ascii"),
        "bands": shot.picture.shape[1],
        "picture": _packed(shot.picture),
        "takes": [_take(reel.takes[one.origin, one.seed][number], one.units) for one in showings],
    }


def _take(take: Take, units: Mapping[int, Units]) -> dict[str, Any]:
    """Responses by position, frame after frame: at each position those of its unit."""
    placed = (responses[:, units[layer]] for layer, responses in enumerate(take.responses, start=1))
    return {"layers": [_packed(values) for values in placed], "letters": [list(one) for one in take.letters]}


def _wav(samples: NDArray[np.int16], sample_rate_hz: int) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, samples, sample_rate_hz, format="WAV", subtype="PCM_16")
    return stream.getvalue()


def _packed(values: NDArray[np.uint8]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


def _size(utterance: Mapping[str, Any]) -> int:
    """Characters of what is packed, which is nearly all."""
    return sum(map(len, _texts(utterance)))


def _texts(utterance: Mapping[str, Any]) -> Iterator[str]:
    yield from (utterance["audio"], utterance["picture"])
    for take in utterance["takes"]:
        yield from take["layers"]
