"""What stored tokens sound like: the file of it, which statistics read, and a description that is empty."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table
from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing

__all__ = ["TABLE", "Sound", "sampled"]

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]
ADVICE = "run the activations stage again, or write the folder with phonotopy.activations.own.write_responses"
TABLE = Table(
    "sound.npz",
    rows="what described tokens sound like, beside their responses",
    columns={
        "token": Column(
            "tokens", "their numbers in `tokens.tsv`; not all where there are more than `activations.described_tokens`"
        ),
        "phone": Column("tokens", "their labels"),
        "word": Column("tokens", "the word that each is in, empty where no table says so"),
        "features": Column(
            "tokens × features",
            "means over the token of rectified random convolutions of log-mel frames, then log-mel bands in thirds of "
            "the token and in windows before and after it, and the logarithm of its duration",
        ),
        "around": Column("", "how many of the features, the last ones, are bands in windows, and duration"),
        "random_network": Column(
            "tokens × units", "token means of a network with random weights, which knows no phones"
        ),
        "random_layer": Column("units", "layer of that network"),
        "clusters": Column(
            "clusterings × tokens",
            "clusters of the sound, as many and as large as phones; a random start for each clustering",
        ),
        "loudness": Column("tokens", "mean power, dB"),
        "voicing": Column("tokens", "mean height of the largest peak of the normalised autocorrelation (boersma1993)"),
        "centroid": Column("tokens", "centre of gravity of the spectrum, Hz"),
    },
    note="The file is empty (no tokens) for responses of one's own that came without audio.",
)


@dataclass(frozen=True)
class Sound:
    """The arrays of ``sound.npz``, by their names in `TABLE`."""

    token: Indices
    phone: NDArray[np.str_]
    word: NDArray[np.str_]
    features: Floats
    around: int
    random_network: Floats
    random_layer: Indices
    clusters: NDArray[np.int16]
    loudness: Floats
    voicing: Floats
    centroid: Floats

    @classmethod
    def empty(cls) -> Self:
        """No token is described."""
        none, text = np.zeros(0, np.float32), np.zeros(0, dtype="<U1")
        matrix, clusters = np.zeros((0, 0), np.float32), np.zeros((0, 0), np.int16)
        index = np.zeros(0, np.int64)
        return cls(index, text, text, matrix, 0, matrix, index, clusters, none, none, none)

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """From the file."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                values = {name: arrays[name] for name in TABLE.columns}
            return cls(**{**values, "around": int(values["around"])})
        except (OSError, ValueError, KeyError, TypeError, EOFError, AttributeError, BadZipFile) as error:
            raise InputError(str(path), f"not readable ({error})", "the arrays of a sound.npz", ADVICE) from error

    def write(self, path: str | Path) -> None:
        """Write the file, whole or not at all."""
        with replacing(path) as part:
            arrays: dict[str, Any] = {name: np.asarray(getattr(self, name)) for name in TABLE.columns}
            np.savez(part, **arrays)

    def require(self, path: str | Path, phones: NDArray[np.str_]) -> None:
        """InputError unless it describes tokens of these labels, those of ``tokens.tsv`` in their order."""
        self._require_shapes(path)
        ends = np.concatenate([[-1], self.token, [len(phones)]])
        if bool((np.diff(ends) <= 0).any()) or not bool((phones[self.token] == self.phone).all()):
            found, expected = "descriptions of other tokens", "those of tokens.tsv"
            raise InputError(str(path), found, expected, ADVICE, "files of different runs")

    def _require_shapes(self, path: str | Path) -> None:
        """InputError unless arrays have the shapes and kinds of `TABLE`, and numbers are finite."""
        tokens = len(self.token) if self.token.ndim == 1 else -1
        wide = (self.features, self.random_network, self.clusters.T)
        several = all(array.ndim == 2 and len(array) == tokens for array in wide)
        single = (self.token, self.phone, self.word, self.loudness, self.voicing, self.centroid)
        fits = several and all(array.shape == (tokens,) for array in single) and self.token.dtype.kind in "iu"
        fits = fits and self.clusters.dtype.kind in "iu" and self.random_layer.shape == self.random_network.shape[1:]
        if not fits or not 0 <= self.around <= self.features.shape[1]:
            raise InputError(str(path), "arrays of other shapes", "those of a sound.npz, as in the dictionary", ADVICE)
        for name in ("features", "random_network", "loudness", "voicing", "centroid"):
            if getattr(self, name).dtype.kind != "f" or not np.isfinite(getattr(self, name)).all():
                raise InputError(str(path), f"{name} with entries that are no finite numbers", "finite numbers", ADVICE)


def sampled(tokens: int, most: int, random: np.random.Generator) -> Indices:
    """Numbers of `most` of the tokens at random, in order; all where there are no more."""
    return np.sort(random.permutation(tokens)[:most])
