"""Whether responses from elsewhere are what the statistics can read."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations import store
from phonotopy.activations.gather import Paths
from phonotopy.activations.read import Responses, Tokens
from phonotopy.activations.sound.sound import Sound
from phonotopy.core.errors import InputError
from phonotopy.core.tables import read_table

__all__ = ["check_responses", "check_sound"]

ADVICE = "write the folder with phonotopy.activations.own.write_responses"
BLOCK = 65536  # rows of token means in memory at once


def check_responses(paths: Paths, inventory: Collection[str]) -> None:
    """Raise InputError unless the files are such as the activations stage leaves.

    Tables must have their columns, arrays their shapes, phones be in the `inventory`, in its order, and numbers be
    finite. Layers may lack filters.
    """
    responses = Responses.open(paths.responses, paths.geometry, paths.placement)
    spoken = Tokens.read(paths.tokens, tuple(inventory), "speaker")
    unknown = int((spoken.phone < 0).sum())
    if unknown:
        raise InputError(
            str(paths.tokens), f"{unknown} tokens of unknown phones", "phones of alignment.inventory", ADVICE
        )
    shared = store.shared_arrays(paths.responses)
    if tuple(map(str, shared["phone"])) != tuple(inventory):
        expected = "the labels of the inventory (alignment.inventory), in their order"
        found = f"phones {' '.join(map(str, shared['phone']))}"
        raise InputError(str(paths.responses), found, expected, ADVICE)
    strangers = set(spoken.samples) - set(map(str, shared["speaker"]))
    if strangers:
        expected = "all speakers of tokens.tsv among its speakers"
        raise InputError(str(paths.responses), f"no speaker {', '.join(sorted(strangers))}", expected, ADVICE)
    lengths = {"phone": len(shared["phone"]), "speaker": len(shared["speaker"]), "token": len(spoken.phone)}
    lengths["group"] = int(np.max(shared["fold"], initial=-1)) + 1
    for number, layer in responses.layers.items():
        _check_layer(paths.responses, f"layer{number}", {**lengths, "unit": layer.grid.units})
        _require_finite(paths.responses, "token_mean", responses.token_means(number, spoken))


def check_sound(path: str | Path, tokens: str | Path) -> None:
    """Raise InputError unless the file describes the sound of tokens of this ``tokens.tsv``."""
    Sound.read(path).require(path, np.array([row["phone"] for row in read_table(tokens)], dtype=str))


def _check_layer(path: Path, layer: str, lengths: dict[str, int]) -> None:
    """Axes of one name have one length: that of the tables, or the first that is met."""
    lengths["other_unit"] = lengths["unit"]
    names = [name for name in store.AXES if name != "token_mean"]
    for name, values in store.layer_arrays(path, layer, *names).items():
        axes = store.AXES[name]
        expected = tuple(lengths.get(axis, length) for axis, length in zip(axes, values.shape, strict=False))
        if len(values.shape) != len(axes) or values.shape != expected:
            named = " × ".join(f"{axis} ({lengths[axis]})" if axis in lengths else axis for axis in axes)
            found = f"{layer}/{name} of shape {values.shape}"
            raise InputError(str(path), found, named or "a single number", ADVICE)
        lengths.update(zip(axes, values.shape, strict=True))
        _require_finite(path, f"{layer}/{name}", values)


def _require_finite(path: Path, name: str, values: NDArray[np.generic]) -> None:
    blocks = (values[first : first + BLOCK] for first in range(0, len(values), BLOCK)) if values.ndim else [values]
    if values.dtype.kind not in "fiu" or not all(np.isfinite(block).all() for block in blocks):
        raise InputError(str(path), f"{name} with entries that are no finite numbers", "finite numbers", ADVICE)
