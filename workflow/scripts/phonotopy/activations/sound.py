"""What stored tokens sound like: the file of it, which statistics read, and a description that is empty."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table
from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing

__all__ = ["TABLE", "Sound", "sampled"]

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]
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
        with np.load(path, allow_pickle=False) as arrays:
            values = {name: arrays[name] for name in TABLE.columns}
        return cls(**{**values, "around": int(values["around"])})

    def write(self, path: str | Path) -> None:
        """Write the file, whole or not at all."""
        with replacing(path) as part:
            np.savez(part, **{name: np.asarray(getattr(self, name)) for name in TABLE.columns})

    def require(self, path: str | Path, phones: NDArray[np.str_]) -> None:
        """InputError unless it describes tokens of these labels, those of ``tokens.tsv`` in their order."""
        known = len(self.token) == 0 or int(self.token.max()) < len(phones)
        if not known or not bool((phones[self.token] == self.phone).all()):
            found, expected = "descriptions of other tokens", "those of tokens.tsv"
            raise InputError(str(path), found, expected, "run the activations stage again", "files of different runs")


def sampled(tokens: int, most: int, random: np.random.Generator) -> Indices:
    """Numbers of `most` of the tokens at random, in order; all where there are no more."""
    return np.sort(random.permutation(tokens)[:most])
