"""The checksum that a FLAC file holds of its own samples."""

import hashlib
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["Checksum"]

HEAD = 42  # bytes of the mark, the head of the first block of metadata, and that block (RFC 9639, section 8.2)


class Checksum:
    """The MD5 of samples as they are decoded, beside that of the header; libsndfile compares no lengths or sums."""

    def __init__(self, expected: bytes, bits: int) -> None:
        self._expected, self._bits = expected, bits
        self._found = hashlib.md5(usedforsecurity=False)

    @classmethod
    def of(cls, path: str | Path) -> Self | None:
        """What the header states; None for another format, or where the encoder has left the sum out."""
        with Path(path).open("rb") as stream:
            head = stream.read(HEAD)
        if len(head) < HEAD or head[:4] != b"fLaC" or not any(head[26:]):
            return None
        return cls(head[26:], ((head[20] & 1) << 4 | head[21] >> 4) + 1)

    def update(self, block: NDArray[np.int32]) -> None:
        """Take samples ``(time, channels)``, scaled to the whole range of 32 bits."""
        values = (block >> (32 - self._bits)).astype("<i4").reshape(-1, 1).view(np.uint8)
        self._found.update(values[:, : (self._bits + 7) // 8].tobytes())

    @property
    def holds(self) -> bool:
        """Whether the samples are those that were encoded, all of them."""
        return self._found.digest() == self._expected
