"""Responses of the layers of one training, as the activations stage left them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import SILENCES
from phonotopy.core.moments import Moments
from phonotopy.core.tables import boolean, read_table

__all__ = ["Cells", "Tokens", "read_grids", "read_halves", "read_ranks", "read_resolution", "read_token_means"]

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
    def read(cls, path: str | Path) -> Self:
        """Cells by speaker from ``layer{n}.npz``."""
        with np.load(path, allow_pickle=False) as arrays:
            phones = [str(phone) for phone in arrays["phones"]]
            spoken = [place for place, phone in enumerate(phones) if phone not in SILENCES]
            count, mean, m2 = (
                np.asarray(arrays[name][:, spoken], dtype=np.float64) for name in ("count", "mean", "m2")
            )
            return cls(tuple(phones[place] for place in spoken), tuple(map(str, arrays["speakers"])), count, mean, m2)

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
    """What was spoken when: one entry a row of the arrays of token means.

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
        rows = read_table(path, {"utterance": str, "speaker": str, "phone": str, resampling_unit: str})
        index = {phone: place for place, phone in enumerate(phones)}
        samples, sample = _numbered([row[resampling_unit] for row in rows])
        speaker, utterance = (_numbered([row[column] for row in rows])[1] for column in ("speaker", "utterance"))
        phone = np.array([index.get(row["phone"], -1) for row in rows], dtype=np.int64)
        return cls(tuple(phones), samples, phone, sample, speaker, utterance)

    @cached_property
    def count(self) -> Floats:
        """Tokens by sampling unit and phone, ``(samples, phones)``."""
        known = self.phone >= 0
        shape = len(self.samples), len(self.phones)
        flat = self.sample[known] * shape[1] + self.phone[known]
        return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def _numbered(names: Sequence[str]) -> tuple[tuple[str, ...], Indices]:
    unique = tuple(sorted(set(names)))
    number = {name: place for place, name in enumerate(unique)}
    return unique, np.array([number[name] for name in names], dtype=np.int64)


def read_grids(path: str | Path) -> dict[int, Grid]:
    """The grid of each layer from ``layers.tsv``, in order of layers."""
    rows = read_table(path, {"layer": int, "rows": int, "columns": int, "torus": boolean})
    return {row["layer"]: Grid(row["rows"], row["columns"], row["torus"]) for row in rows}


def read_resolution(path: str | Path) -> dict[int, dict[str, float]]:
    """Stride and receptive field of each layer in ms from ``layers.tsv``, by the names of their columns."""
    rows = read_table(path, {"layer": int, "stride_s": float, "receptive_field_s": float})
    return {
        row["layer"]: {"stride_ms": 1000 * row["stride_s"], "receptive_field_ms": 1000 * row["receptive_field_s"]}
        for row in rows
    }


def read_token_means(path: str | Path, tokens: Tokens, grid: Grid) -> NDArray[np.float32]:
    """Token means ``(tokens, units)``, left on disk; InputError where they are not those of the tokens and the grid."""
    values: NDArray[np.float32] = np.load(path, mmap_mode="r", allow_pickle=False)
    if values.shape != (len(tokens.phone), grid.units):
        found, expected = f"an array of {values.shape}", f"tokens x units, {(len(tokens.phone), grid.units)}"
        raise InputError(str(path), found, expected, REMEDY, "tokens or layers of another run")
    return values


def read_ranks(path: str | Path) -> tuple[Floats, Floats]:
    """Co-moments of responses over speech frames and cosines of filters, ``(units, units)`` each, from an npz file."""
    with np.load(path, allow_pickle=False) as arrays:
        return np.asarray(arrays["frame_comoment"], np.float64), np.asarray(arrays["filter_gram"], np.float64)


def read_halves(path: str | Path) -> Indices:
    """The half, 0 or 1, of each speaker of an npz file, ``(speakers,)``."""
    with np.load(path, allow_pickle=False) as arrays:
        return np.asarray(arrays["fold"] % 2, dtype=np.int64)
