"""What statistics of maps are under shifted labels, beside what they are under the true ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.files import replacing

__all__ = ["LabelNull"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LabelNull:
    """Statistics of the maps of `phones` under the true labels (first row) and shifts, ``(1 + shifts, phones)``.

    `tokens` is the number of tokens of each phone that they are computed from.
    """

    phones: tuple[str, ...]
    tokens: tuple[int, ...]
    statistics: Mapping[str, Floats]

    @classmethod
    def read(cls, path: str | Path) -> dict[int, Self]:
        """The label null of each layer."""
        with np.load(path, allow_pickle=False) as arrays:
            phones = tuple(map(str, arrays["phones"]))
            names = [name for name in arrays.files if name not in {"phones", "tokens", "layers"}]
            values = {name: arrays[name] for name in names}
            return {
                int(layer): cls(phones, tuple(arrays["tokens"].tolist()), {name: values[name][index] for name in names})
                for index, layer in enumerate(arrays["layers"])
            }

    @staticmethod
    def write(path: str | Path, nulls: Mapping[int, "LabelNull"]) -> None:
        """Write the label null of each layer; the layers have the same phones."""
        first = next(iter(nulls.values()))
        arrays = {name: np.stack([null.statistics[name] for null in nulls.values()]) for name in first.statistics}
        with replacing(path) as part:
            named = {"phones": np.array(first.phones, dtype=str), "tokens": np.array(first.tokens, dtype=np.int64)}
            np.savez(part, layers=np.array([*nulls]), **named, **arrays)  # type: ignore[arg-type]
