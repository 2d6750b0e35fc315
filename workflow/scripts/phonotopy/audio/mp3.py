"""Frames of an MP3 file (ISO 11172-3 and 13818-3, layer III), walked from tag to tag: whether they are all there.

No frame states its number, and none is the last: a file without a count of its frames (of Xing, LAME or VBRI) that was
cut exactly between two of them is a whole, shorter file. Nor does a frame have a sum of its content, as a rule; that of
the LAME header no longer holds where a program has changed the volume. Anything else that is missing is found.
"""

import io
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from phonotopy.audio import tags
from phonotopy.audio.tags import Data

__all__ = ["FrameError", "Frames", "Reader", "find_frames"]

HEAD = 4
SAME = 0xFFFE0C00  # bits of a header that all frames of a stream share: sync, version, layer, sample rate
LAYERS = {1: 3, 2: 2, 3: 1}
KBITS = {  # a second, by the version's and the frame's two numbers; layer III
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
COUNTED = 1  # the flag of a Xing header that has a number of frames
SIZED = 2  # and of one that has a number of bytes
ROOMY = 0x90  # the bits of a rate at which a frame of any kind holds a Xing header, instead of its own rate


class FrameError(Exception):
    """What is wrong with the frames of a file."""


class Header(NamedTuple):
    """The head of a frame of layer III; lengths in bytes."""

    word: int
    mono: bool
    newer: bool  # MPEG-2 and 2.5, whose frames hold half as many samples
    length: int

    @classmethod
    def at(cls, data: Data, position: int) -> Self | None:
        """The header at this position; None where there is none, or one of another layer or of a free rate."""
        word = int.from_bytes(data[position : position + HEAD], "big")
        version, layer, kbits, rate = word >> 19 & 3, LAYERS.get(word >> 17 & 3), word >> 12 & 15, word >> 10 & 3
        if word >> 21 != 0x7FF or version == 1 or layer != 3 or kbits in (0, 15) or rate == 3:
            return None
        first = version == 3
        slots = (144_000 if first else 72_000) * KBITS[first][kbits] // RATES_HZ[version][rate]
        return cls(word, word >> 6 & 3 == 3, not first, slots + (word >> 9 & 1))

    @property
    def samples(self) -> int:
        """Samples of a channel in a frame."""
        return 576 if self.newer else 1152

    @property
    def side(self) -> int:
        """Bytes of the head and of the side information, after which an encoder puts a header of its own."""
        return HEAD + ((9 if self.mono else 17) if self.newer else (17 if self.mono else 32))

    def fits(self, other: Self) -> bool:
        """Whether frames of both may be in one stream."""
        return (self.word ^ other.word) & SAME == 0 and self.mono == other.mono


@dataclass(frozen=True)
class Frames:
    """Where the frames of a whole file lie, from byte `start` to `end`, and how many samples each has.

    `prefix` is a first frame with their number, for a decoder that would guess it; empty where the file has its own.
    """

    start: int
    end: int
    samples: int
    prefix: bytes


class Reader(io.RawIOBase):
    """The frames of a file as if there were nothing else in it, with a header that states their number."""

    def __init__(self, path: str | Path, frames: Frames) -> None:
        self._path, self._file = path, io.FileIO(path)
        self._frames, self._position = frames, 0
        self._length = len(frames.prefix) + frames.end - frames.start

    def __str__(self) -> str:
        """The path of the file."""
        return str(self._path)

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position."""
        self._position = max(
            0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        )
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer from where it is."""
        prefix, position = self._frames.prefix, self._position
        wanted = max(0, min(len(buffer), self._length - position))
        content = prefix[position : position + wanted]
        if len(content) < wanted:
            self._file.seek(self._frames.start + position + len(content) - len(prefix))
            content += self._file.read(wanted - len(content))
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def find_frames(path: str | Path) -> Frames:
    """The frames of a whole file; FrameError where some are missing, cut short, or mixed with something else."""
    with Path(path).open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start, end = tags.behind(data), tags.before(data)
        first = Header.at(data, start)
        if first is None:
            raise FrameError(_foreign(data, start))
        number, last = _walked(data, start, end, first)
        stated = _stated(data, start, first)
        if stated is None:
            return Frames(start, last, first.samples, _counting(first, number))
        _compare(stated, number - 1, last - start)
        if stated.trusted:
            return Frames(start, last, first.samples, b"")
        return Frames(start + first.length, last, first.samples, _counting(first, number - 1))


def _foreign(data: Data, start: int) -> str:
    word = int.from_bytes(data[start : start + HEAD], "big")
    if word >> 21 == 0x7FF and word >> 17 & 3 in (2, 3):
        return f"foreign audio: MPEG layer {'I' * LAYERS[word >> 17 & 3]}"
    if word >> 21 == 0x7FF and word >> 17 & 3 == 1 and not word >> 12 & 15:
        return "foreign audio: MP3 of a free bit rate"
    return f"corrupt audio: no MPEG frame at byte {start}, where the first should be"


def _walked(data: Data, start: int, end: int, first: Header) -> tuple[int, int]:
    """The number of frames, and where the last one ends, with nothing behind it but tags and zeros."""
    position, number = start, 0
    header: Header | None = first
    while header and header.fits(first) and position + header.length <= end:
        position, number = position + header.length, number + 1
        header = Header.at(data, position)
    if position < end and not tags.harmless(data, position, end):
        cut = (header and header.fits(first)) or end - position < HEAD
        if cut:
            raise FrameError(f"truncated audio: it ends within the frame at byte {position}")
        raise FrameError(f"corrupt audio: no MPEG frame at byte {position}, behind {number} of them")
    return number, position


class Stated(NamedTuple):
    """Frames and bytes by the header of an encoder, None where it states none; `trusted` by the decoder too."""

    frames: int | None
    size: int | None
    trusted: bool


def _stated(data: Data, start: int, first: Header) -> Stated | None:
    """What an encoder has written into the first frame of the number of those that follow."""
    position = start + first.side
    if data[position : position + 4] in (b"Xing", b"Info"):
        flags, one, two = (int.from_bytes(data[n : n + 4], "big") for n in range(position + 4, position + 16, 4))
        frames = one if flags & COUNTED else None
        size = (two if flags & COUNTED else one) if flags & SIZED else None
        return Stated(frames, size, trusted=bool(frames))
    position = start + HEAD + 32
    if data[position : position + 4] == b"VBRI":
        size, frames = (int.from_bytes(data[n : n + 4], "big") for n in (position + 10, position + 14))
        return Stated(frames, size, trusted=False)
    return None


def _compare(stated: Stated, number: int, size: int) -> None:
    """Some encoders count their own header among the frames: then the bytes must be all there."""
    if not stated.frames or stated.frames == number or (stated.frames == number + 1 and stated.size == size):
        return
    if stated.frames > number:
        raise FrameError(f"truncated audio: {number} of {stated.frames} MPEG frames")
    raise FrameError(f"contradictory header: {stated.frames} MPEG frames, but {number} in the file")


def _counting(first: Header, number: int) -> bytes:
    """A silent frame of the same kind whose Xing header states the number of the frames that follow."""
    word = (first.word | 0x10000) & ~0xF200 | ROOMY << 8
    head = word.to_bytes(HEAD, "big")
    header = Header.at(head, 0)
    if header is None:
        raise ValueError(f"no header: {word:#x}")
    content = head.ljust(header.side, b"\0") + b"Xing" + COUNTED.to_bytes(4, "big") + number.to_bytes(4, "big")
    return content.ljust(header.length, b"\0")
