"""Responses from elsewhere, in the place of those that the activations stage reads from a recogniser."""

import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Tokens, read_grids, read_resolution, read_token_means
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid

__all__ = ["check_responses"]

ADVICE = "make the files as docs/dictionary.md tells, section Activations"
AXES = {  # of every array in layer{n}.npz, by the name of the axis; a number is a length
    "phones": ("phones",),
    "speakers": ("speakers",),
    "fold": ("speakers",),
    "count": ("speakers", "phones"),
    "mean": ("speakers", "phones", "units"),
    "m2": ("speakers", "phones", "units"),
    "lag_s": ("lags",),
    "onset_count": ("groups", "phones", "lags"),
    "onset_mean": ("groups", "phones", "lags", "units"),
    "onset_m2": ("groups", "phones", "lags", "units"),
    "frame_count": (),
    "frame_mean": ("units",),
    "frame_comoment": ("units", "units"),
    "filter_gram": ("units", "units"),
}
NUMBERS = [name for name in AXES if name not in ("phones", "speakers")]


def check_responses(
    tokens: str | Path,
    layers: str | Path,
    means: Sequence[str | Path],
    moments: Sequence[str | Path],
    grids: Sequence[Grid],
    inventory: Collection[str],
) -> None:
    """Raise InputError unless the files are those of the activations stage, for layers on these `grids`.

    Tables must have their columns, arrays their shapes, phones stand in the `inventory`, and numbers be finite.
    """
    read_resolution(layers)
    expected = dict(enumerate(grids, start=1))
    if (found := read_grids(layers)) != expected:
        advice = "give training.network as many layers of as many filters as the responses have, and the same torus"
        raise InputError(str(layers), _sizes(found), f"{_sizes(expected)}, as training.network has", advice)
    spoken = Tokens.read(tokens, tuple(inventory), "speaker")
    unknown = int((spoken.phone < 0).sum())
    if unknown:
        raise InputError(str(tokens), f"{unknown} tokens of unknown phones", "phones of alignment.inventory", ADVICE)
    for grid, mean, moment in zip(grids, means, moments, strict=True):
        _check_means(mean, spoken, grid)
        _check_moments(moment, grid, spoken, inventory)


def _sizes(grids: Mapping[int, Grid]) -> str:
    sizes = (f"{grid.rows} × {grid.columns}{' torus' if grid.torus else ''}" for grid in grids.values())
    return f"layers {', '.join(map(str, grids))} on grids {', '.join(sizes)}"


def _check_means(path: str | Path, tokens: Tokens, grid: Grid) -> None:
    try:
        values = read_token_means(path, tokens, grid)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(str(path), f"not readable ({error})", "a .npy array of numbers", ADVICE) from error
    if values.dtype != np.float32:
        raise InputError(str(path), f"numbers of type {values.dtype}", "float32", ADVICE)
    _require_finite(path, "token means", values)


def _check_moments(path: str | Path, grid: Grid, tokens: Tokens, inventory: Collection[str]) -> None:
    try:
        with np.load(path, allow_pickle=False) as saved:
            arrays = {name: saved[name] for name in AXES if name in saved.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(str(path), f"not readable ({error})", "a .npz file of arrays of numbers", ADVICE) from error
    missing = [name for name in AXES if name not in arrays]
    if missing:
        raise InputError(str(path), f"no arrays {', '.join(missing)}", f"the arrays {', '.join(AXES)}", ADVICE)
    _check_shapes(path, arrays, {"units": grid.units})
    for name in NUMBERS:
        _require_finite(path, name, arrays[name])
    if tuple(map(str, arrays["phones"])) != tuple(inventory):
        expected = "the labels of the inventory (alignment.inventory), in their order"
        raise InputError(str(path), f"phones {' '.join(map(str, arrays['phones']))}", expected, ADVICE)
    strangers = set(tokens.samples) - set(map(str, arrays["speakers"]))
    if strangers:
        expected = "all speakers of tokens.tsv among its speakers"
        raise InputError(str(path), f"no speaker {', '.join(sorted(strangers))}", expected, ADVICE)


def _check_shapes(path: str | Path, arrays: Mapping[str, NDArray[np.generic]], lengths: dict[str, int]) -> None:
    """Axes of one name have one length, the first that is met."""
    for name, axes in AXES.items():
        shape = arrays[name].shape
        expected = tuple(lengths.get(axis, length) for axis, length in zip(axes, shape, strict=False))
        if len(shape) != len(axes) or shape != expected:
            named = " × ".join(f"{axis} ({lengths[axis]})" if axis in lengths else axis for axis in axes)
            raise InputError(str(path), f"{name} of shape {shape}", named or "a single number", ADVICE)
        lengths.update(zip(axes, shape, strict=True))


def _require_finite(path: str | Path, name: str, values: NDArray[np.generic]) -> None:
    if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
        raise InputError(str(path), f"{name} with entries that are no finite numbers", "finite numbers", ADVICE)
