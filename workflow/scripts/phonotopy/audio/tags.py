"""Tags that players and encoders put before and behind the frames of an MP3 file: ID3, APE, Lyrics3."""

from typing import Protocol

__all__ = ["Data", "before", "behind", "harmless"]

LYRICS = 5100 + 20  # bytes that the text of Lyrics3 version 1 may have, with its marks
NAMES = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3", b"3DI")  # with which a tag begins that is itself cut short


class Data(Protocol):
    """Bytes of a file, in memory or mapped."""

    def __getitem__(self, part: slice, /) -> bytes: ...
    def __len__(self) -> int: ...
    def find(self, sub: bytes, start: int = ..., end: int = ..., /) -> int:
        """Where a part first occurs between the two positions; -1 where it does not."""
        ...


def behind(data: Data) -> int:
    """Where tags at the beginning end, and the zeros that some programs leave behind them."""
    position = 0
    while length := _opening(data[position : position + 32]):
        position += length
    while position < len(data) and (zeros := _zeros(data[position : position + 4096])):
        position += zeros
    return min(position, len(data))


def before(data: Data) -> int:
    """Where tags at the end begin; they are recognised by their own ends."""
    end = len(data)
    while length := _closing(data, end):
        end -= length
    return end


def harmless(data: Data, position: int, end: int) -> bool:
    """Whether nothing but zeros, or a tag that lacks its end, is there."""
    rest = data[position:end]
    return not rest.strip(b"\0") or rest.startswith(NAMES)


def _opening(head: bytes) -> int:
    """Bytes of the tag of which this is the beginning; 0 where it is none."""
    if len(head) >= 10 and head[:3] == b"ID3":
        return 10 + _sevens(head[6:10]) + (10 if head[5] & 0x10 else 0)
    if len(head) == 32 and head[:8] == b"APETAGEX":
        return 32 + int.from_bytes(head[12:16], "little")
    return 0


def _closing(data: Data, end: int) -> int:
    """Bytes of the tag that ends there; 0 where none does."""
    last = data[max(0, end - 227) : end]
    length = 0
    if last[-128:-125] == b"TAG":
        length = 128
    elif last[:4] == b"TAG+":
        length = 227
    elif last[-32:-24] == b"APETAGEX":
        length = int.from_bytes(last[-20:-16], "little") + (32 if last[-9] & 0x80 else 0)
    elif last[-10:-7] == b"3DI":
        length = 20 + _sevens(last[-4:])
    elif last[-9:] == b"LYRICS200" and last[-15:-9].isdigit():
        length = 15 + int(last[-15:-9])
    elif last[-9:] == b"LYRICSEND":
        length = end - data.find(b"LYRICSBEGIN", max(0, end - LYRICS), end)
    return length if length <= end else 0


def _sevens(content: bytes) -> int:
    """A number of seven bits a byte."""
    return sum((byte & 0x7F) << shift for byte, shift in zip(content, (21, 14, 7, 0), strict=True))


def _zeros(content: bytes) -> int:
    return len(content) - len(content.lstrip(b"\0"))
