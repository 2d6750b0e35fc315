"""Pages of an OGG file and their checksums, which libsndfile passes over in silence where they are damaged."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

__all__ = ["damage", "foreign_codec"]

HEAD = 27  # bytes before the lengths of a page's segments; RFC 3533, section 6
LAST = 4  # the flag of the last page of a stream
FOREIGN = {b"\x7fFLAC": "FLAC in an OGG file", b"Speex   ": "Speex", b"\x80theora": "video"}  # libsndfile reads none
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Page(NamedTuple):
    """One page as it is in the file; shorter than it says where the file ends before it does."""

    start: int
    content: bytes
    length: int

    @property
    def sound(self) -> bool:
        """Whether it is a whole page whose checksum holds."""
        if len(self.content) < max(HEAD, self.length) or self.content[:4] != b"OggS":
            return False
        blanked = self.content[:22] + bytes(4) + self.content[26:]
        return _checksum(blanked) == int.from_bytes(self.content[22:26], "little")


def damage(path: str | Path) -> str:
    """What is wrong with a file that begins as an OGG file: a damaged or missing page, or no end; empty if nothing."""
    following: dict[bytes, int] = {}  # number of the next page of each stream
    last = False
    with Path(path).open("rb") as stream:
        for page in _pages(stream):
            if len(page.content) < page.length:
                return f"truncated audio: it ends within the page at byte {page.start}"
            if not page.sound:
                return f"corrupt audio: damaged page at byte {page.start}"
            serial, number = page.content[14:18], int.from_bytes(page.content[18:22], "little")
            if number != following.get(serial, number):
                return f"corrupt audio: pages are missing before byte {page.start}"
            following[serial] = number + 1
            last = bool(page.content[5] & LAST)
    return "" if last else "truncated audio: its last page is missing"


def foreign_codec(path: str | Path) -> str:
    """What the first page of an OGG file holds that libsndfile cannot decode; empty if it is something else."""
    with Path(path).open("rb") as stream:
        page = next(_pages(stream), None)
    if page is None or not page.sound:
        return ""
    content = page.content[HEAD + page.content[HEAD - 1] :]
    return next((name for mark, name in FOREIGN.items() if content.startswith(mark)), "")


def _pages(stream: BinaryIO) -> Iterator[Page]:
    while head := stream.read(HEAD):
        start = stream.tell() - len(head)
        lengths = stream.read(head[-1]) if len(head) == HEAD else b""
        length = HEAD + (head[-1] if len(head) == HEAD else 0) + sum(lengths)
        yield Page(start, head + lengths + stream.read(sum(lengths)), length)


def _checksum(content: bytes) -> int:
    """CRC-32 as OGG has it: the polynomial of zlib, with bits in the other order, beginning and ending without ones."""
    mirrored = zlib.crc32(content.translate(REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
