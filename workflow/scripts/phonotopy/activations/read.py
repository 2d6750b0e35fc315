"""Responses of the layers of one training, as the activations stage left them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations import store
from phonotopy.activations.geometry import Layer, read_geometry
from phonotopy.activations.placement import Positions, read_placement
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import SILENCES
from phonotopy.core.moments import Moments
from phonotopy.core.tables import read_columns

__all__ = ["Cells", "Responses", "Tokens"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
REMEDY = "run the activations stage again"


@dataclass(frozen=True)
class Cells:
    """Moments of token means by sampling unit and phone.

    `samples` are speakers or utterances; ``count (samples, phones)``, ``mean`` and ``m2 (samples, phones, units)``,
    where m2 is the sum of squared deviations from the mean. Silence is no phone.
    """

    phones: tuple[str, ...]
    samples: tuple[str, ...]
    count: Floats
    mean: Floats
    m2: Floats

    @classmethod
    def of(cls, values: NDArray[np.float32], tokens: "Tokens") -> Self:
        """Cells of token means ``(tokens, units)`` by the sampling units of `tokens`."""
        shape = len(tokens.samples), len(tokens.phones)
        group = np.where(tokens.phone < 0, -1, tokens.sample * shape[1] + tokens.phone)
        moments = Moments.of(values, group, shape[0] * shape[1])
        wide = (*shape, values.shape[1])
        return cls(
            tokens.phones,
            tokens.samples,
            moments.count.reshape(shape),
            moments.mean.reshape(wide),
            moments.m2.reshape(wide),
        )

    def pooled(self) -> Moments:
        """Moments ``(phones, units)`` over all sampling units."""
        total = Moments.empty(*self.mean.shape[1:])
        for count, mean, m2 in zip(self.count, self.mean, self.m2, strict=True):
            total.add(Moments(count, mean, m2))
        return total

    def select(self, samples: NDArray[np.bool_]) -> "Cells":
        """The cells of some of the sampling units, ``(samples,)``."""
        kept = tuple(name for name, keep in zip(self.samples, samples, strict=True) if keep)
        return Cells(self.phones, kept, self.count[samples], self.mean[samples], self.m2[samples])


@dataclass(frozen=True)
class Tokens:
    """What was spoken when: one entry per row of the arrays of token means.

    `phone` and `sample` index `phones` and `samples` (speakers or utterances), `speaker` and `utterance` number those;
    phone −1 is a token of another label, such as silence.
    """

    phones: tuple[str, ...]
    samples: tuple[str, ...]
    phone: Indices
    sample: Indices
    speaker: Indices
    utterance: Indices

    @classmethod
    def read(cls, path: str | Path, phones: Sequence[str], resampling_unit: str) -> Self:
        """Tokens from ``tokens.tsv``; `resampling_unit` names the column of the sampling unit."""
        cells = read_columns(path, {"utterance": str, "speaker": str, "phone": str, resampling_unit: str})
        index = {phone: n for n, phone in enumerate(phones)}
        samples, sample = _numbered(cells[resampling_unit])
        speaker, utterance = (_numbered(cells[column])[1] for column in ("speaker", "utterance"))
        phone = np.array([index.get(name, -1) for name in cells["phone"].tolist()], dtype=np.int64)
        return cls(tuple(phones), samples, phone, sample, speaker, utterance)

    def rows(self, chosen: Indices) -> "Tokens":
        """Some of the tokens; names and numbers of phones, samples and so on stay."""
        columns = (self.phone, self.sample, self.speaker, self.utterance)
        return Tokens(self.phones, self.samples, *(column[chosen] for column in columns))

    @cached_property
    def count(self) -> Floats:
        """Tokens by sampling unit and phone, ``(samples, phones)``."""
        known = self.phone >= 0
        shape = len(self.samples), len(self.phones)
        flat = self.sample[known] * shape[1] + self.phone[known]
        return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def _numbered(names: NDArray[np.str_]) -> tuple[tuple[str, ...], Indices]:
    unique, numbers = np.unique(names, return_inverse=True)
    return tuple(unique.tolist()), numbers.astype(np.int64)


@dataclass(frozen=True)
class Responses:
    """Responses of one condition and seed, read layer by layer; units have the order of positions on the grid.

    `units` holds the unit at each position ``(units,)`` by layer, which is all that distinguishes a layout after the
    fact from what was trained.
    """

    path: Path
    layers: Mapping[int, Layer]
    units: Mapping[int, Indices]

    @classmethod
    def open(cls, responses: str | Path, geometry: str | Path, placement: str | Path) -> Self:
        """From ``responses.nc``, ``geometry.tsv`` and ``placement.tsv``; nothing is read of the first one yet."""
        layers = read_geometry(geometry)
        grids = {number: layer.grid for number, layer in layers.items()}
        return cls(Path(responses), layers, read_placement(placement, grids))

    def arrays(self, layer: int, *names: str) -> dict[str, Floats]:
        """Arrays of a layer by the names of ``store.AXES``, each axis of units in the order of positions."""
        found, units = store.layer_arrays(self.path, f"layer{layer}", *names), self.units[layer]
        axes = [(n, axis) for n in found for axis, named in enumerate(store.AXES[n]) if named in ("unit", "other_unit")]
        for name, axis in axes:
            self._require_units(found[name].shape[axis], layer)
            if not _in_order(units):
                found[name] = np.take(found[name], units, axis=axis)
        return {name: np.asarray(values) for name, values in found.items()}

    @cached_property
    def shared(self) -> dict[str, NDArray[Any]]:
        """What the layers have in common: phones, speakers and their folds."""
        return dict(store.shared_arrays(self.path))

    @property
    def halves(self) -> Indices:
        """The half, 0 or 1, of each speaker, ``(speakers,)``."""
        return np.asarray(self.shared["fold"] % 2, dtype=np.int64)

    @property
    def spoken(self) -> NDArray[np.bool_]:
        """Which phones of the file are no silence, ``(phones,)``."""
        return np.array([str(phone) not in SILENCES for phone in self.shared["phone"]])

    def cells(self, layer: int) -> Cells:
        """Cells of a layer by speaker."""
        arrays, spoken = self.arrays(layer, "count", "mean", "m2"), self.spoken
        count, mean, m2 = (np.asarray(arrays[name][:, spoken], dtype=np.float64) for name in ("count", "mean", "m2"))
        phones = tuple(map(str, self.shared["phone"][spoken]))
        return Cells(phones, tuple(map(str, self.shared["speaker"])), count, mean, m2)

    @property
    def positions(self) -> dict[int, Positions]:
        """The grid of each layer, and the unit at each of its positions."""
        return {number: (layer.grid, self.units[number]) for number, layer in self.layers.items()}

    def token_means(self, layer: int, tokens: Tokens) -> NDArray[np.float32]:
        """Token means ``(tokens, units)``; InputError where they are not those of the tokens."""
        values = store.token_means(self.path, f"layer{layer}")
        self._require_units(values.shape[1], layer)
        if len(values) != len(tokens.phone):
            found, expected = f"token means of {len(values)} tokens", f"those of {len(tokens.phone)} tokens"
            raise InputError(str(self.path), found, expected, REMEDY, "tokens.tsv of another run")
        return values if _in_order(self.units[layer]) else values[:, self.units[layer]]

    def _require_units(self, found: int, layer: int) -> None:
        expected = self.layers[layer].grid.units
        if found != expected:
            text = f"{expected}, as geometry.tsv says"
            raise InputError(str(self.path), f"layer {layer} of {found} units", text, REMEDY, "files of different runs")


def _in_order(units: Indices) -> bool:
    return bool((units == np.arange(len(units))).all())
