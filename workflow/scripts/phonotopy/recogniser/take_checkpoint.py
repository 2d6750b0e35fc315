"""Whether a checkpoint from elsewhere fits the settings and the speech."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from phonotopy.core.errors import InputError
from phonotopy.recogniser.checkpoint import load_recogniser
from phonotopy.recogniser.network import Layer

__all__ = ["check_fit"]


def check_fit(path: str | Path, layers: Sequence[Layer], analysis: Mapping[str, Any], alphabet: str) -> None:
    """Raise InputError unless the checkpoint at `path` has these layers and features, and knows all letters.

    `analysis` holds the settings training.features, `alphabet` the letters of the transcripts.
    """
    network, settings = load_recogniser(path)
    for number, (own, wanted) in enumerate(zip(network.layers, layers, strict=False), start=1):
        if own != wanted:
            _refuse(path, f"layer {number} is {_told(own)}", f"{_told(wanted)}, as training.network says")
    if len(network.layers) != len(layers):
        _refuse(path, f"{len(network.layers)} hidden layers", f"{len(layers)}, as training.network.layers says")
    for name, value in analysis.items():
        if settings.get(name) != value:
            _refuse(path, f"made for {name} {settings.get(name)}", f"{value}, as training.features.{name} says")
    unknown = sorted(set(alphabet) - set(settings["alphabet"]))
    if unknown:
        expected = f"letters of its alphabet, {settings['alphabet']!r}"
        _refuse(path, f"the transcripts have letters {''.join(unknown)!r}, which it does not know", expected)


def _told(layer: Layer) -> str:
    return (
        f"{layer.filters} filters of kernel {layer.kernel}, stride {layer.stride}, on a "
        f"{'torus' if layer.grid.torus else 'plane'} of {layer.grid.rows} × {layer.grid.columns}"
    )


def _refuse(path: str | Path, found: str, expected: str) -> None:
    advice = "change these settings to those of the checkpoint, or take it out of training.checkpoints"
    raise InputError(str(path), found, expected, advice, "a checkpoint that was trained with other settings or speech")
