"""The file of responses: NetCDF, a group per layer, read piece by piece from Python and R."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np
from numpy.typing import NDArray

from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing

__all__ = ["AXES", "OPTIONAL", "SHARED", "Store", "create", "layer_arrays", "shared_arrays", "token_means"]

Array = NDArray[np.generic]
SHARED = {
    "phone": ("phone",),
    "speaker": ("speaker",),
    "fold": ("speaker",),
}  # variables of the file, by their dimensions
AXES = {  # variables of the group of a layer; shapes and units in docs/dictionary.md
    "token_mean": ("token", "unit"),
    "count": ("speaker", "phone"),
    "mean": ("speaker", "phone", "unit"),
    "m2": ("speaker", "phone", "unit"),
    "lag_s": ("lag",),
    "onset_count": ("group", "phone", "lag"),
    "onset_mean": ("group", "phone", "lag", "unit"),
    "onset_m2": ("group", "phone", "lag", "unit"),
    "frame_count": (),
    "frame_mean": ("unit",),
    "frame_comoment": ("unit", "other_unit"),
    "filter_cosine": ("unit", "other_unit"),
}
OPTIONAL = ("filter_cosine",)  # a model may have responses and no filters
ADVICE = "run the activations stage again, or write the file with phonotopy.activations.own.write_responses"
LOCKING: Any = "best-effort"  # some shared file systems know no locks


@dataclass(frozen=True)
class Store:
    """A file of responses that is being written."""

    file: Any

    def add_layer(self, name: str, units: int, lags: int) -> Any:
        """A group for the layer; returns its variable of token means ``(tokens, units)``, to be filled row by row."""
        group = self.file.create_group(name)
        group.dimensions = {"unit": units, "other_unit": units, "lag": lags}
        return group.create_variable("token_mean", AXES["token_mean"], dtype=np.float32)

    def complete(self, name: str, arrays: Mapping[str, Array]) -> None:
        """Write the other arrays of the layer, by the names in `AXES`."""
        for variable, values in arrays.items():
            _write(self.file[name], variable, AXES[variable], np.asarray(values))


def _write(group: Any, name: str, dimensions: Sequence[str], values: Array) -> None:
    text = values.dtype.kind == "U"
    kind = h5py.string_dtype() if text else values.dtype
    variable = group.create_variable(name, tuple(dimensions), dtype=kind)
    variable[...] = values.astype(object) if text else values


@contextmanager
def create(path: str | Path, sizes: Mapping[str, int], shared: Mapping[str, Array]) -> Iterator[Store]:
    """A new file that takes its name once the block succeeds; `sizes` of token and group, `shared` by `SHARED`."""
    with replacing(path) as part, h5netcdf.File(part, "w") as file:
        lengths = {axis: len(shared[axis]) for axis in ("phone", "speaker")}
        file.dimensions = {**lengths, **sizes}
        for name, dimensions in SHARED.items():
            _write(file, name, dimensions, np.asarray(shared[name]))
        yield Store(file)


@contextmanager
def _opened(path: str | Path) -> Iterator[Any]:
    try:
        with h5py.File(path, "r", locking=LOCKING) as file:
            yield file
    except (OSError, KeyError) as error:
        raise InputError(str(path), f"not readable ({error})", "a NetCDF file of responses", ADVICE) from error


def _values(dataset: Any) -> Array:
    if h5py.check_string_dtype(dataset.dtype):
        return np.array(dataset.asstr()[...], dtype=str)
    return np.asarray(dataset[...])


def shared_arrays(path: str | Path) -> dict[str, Array]:
    """The variables of the file that its layers have in common."""
    with _opened(path) as file:
        return {name: _values(file[name]) for name in SHARED}


def layer_arrays(path: str | Path, layer: str, *names: str) -> dict[str, Array]:
    """Named arrays of a layer; an optional one that is absent is left out."""
    with _opened(path) as file:
        return {name: _values(file[layer][name]) for name in names if name in file[layer] or name not in OPTIONAL}


def token_means(path: str | Path, layer: str) -> NDArray[np.float32]:
    """Token means ``(tokens, units)``, left on disk unless they are packed there."""
    with _opened(path) as file:
        dataset = file[layer]["token_mean"]
        offset, shape, kind = dataset.id.get_offset(), dataset.shape, dataset.dtype
        if offset is None:
            return np.asarray(dataset[...], dtype=kind)
    return np.memmap(path, dtype=kind, mode="r", offset=offset, shape=shape)
