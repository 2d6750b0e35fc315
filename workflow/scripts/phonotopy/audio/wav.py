"""Headers of WAV files, held against themselves and against the bytes that follow."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

__all__ = ["contradiction"]

PLAIN = {0x0001, 0x0003, 0x0006, 0x0007}  # PCM, IEEE float, A-law, mu-law: samples of one size each
EXTENSIBLE = 0xFFFE
UNKNOWN_LENGTH = 0x7FFF0000  # programs that write to a pipe put such a length, or 0, into the header
TAGS = ("ID3", "TAG")  # that players write behind everything
HEAD = 8  # bytes of a chunk's name and length


@dataclass(frozen=True)
class Chunk:
    """One chunk of a RIFF file: its four letters, and where in the file its content is."""

    name: bytes
    start: int
    length: int

    @property
    def end(self) -> int:
        """Where the next chunk begins; chunks are padded to an even length."""
        return self.start + self.length + self.length % 2


def contradiction(path: str | Path) -> str:
    """What a WAV file says of itself that cannot be true; empty where there is nothing, or no little-endian WAV file.

    libsndfile, which decodes the file, believes the header. Looked at are the length of the samples, which ought to end
    with the file or before another chunk, and the numbers of the format, some of which follow from the others.
    """
    with Path(path).open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        riff = stream.read(12)
        if riff[:4] not in (b"RIFF", b"RF64") or riff[8:] != b"WAVE":
            return ""
        length = None  # of more than 4 GB, which the header of a chunk cannot state
        for chunk in _chunks(stream):
            if chunk.name == b"ds64":
                length = int.from_bytes(_content(stream, chunk)[8:16], "little")
            if chunk.name == b"fmt " and (found := _format_fault(_content(stream, chunk))):
                return found
            if chunk.name == b"data":
                return _length_fault(stream, replace(chunk, length=length or chunk.length), size)
    return ""


def _chunks(stream: BinaryIO) -> Iterator[Chunk]:
    position = 12
    while True:
        stream.seek(position)
        head = stream.read(HEAD)
        if len(head) < HEAD:
            return
        chunk = Chunk(head[:4], position + HEAD, int.from_bytes(head[4:], "little"))
        yield chunk
        position = chunk.end


def _content(stream: BinaryIO, chunk: Chunk) -> bytes:
    stream.seek(chunk.start)
    return stream.read(min(chunk.length, 40))


def _format_fault(content: bytes) -> str:
    """Contradictions between sizes and rates; compressed samples have no such sizes."""
    if len(content) < 16:
        return f"corrupt audio: {len(content)} bytes of format in the header"
    kind, channels, rate, byte_rate, frame_bytes, bits = struct.unpack("<HHIIHH", content[:16])
    if kind == EXTENSIBLE and len(content) >= 26:
        (kind,) = struct.unpack("<H", content[24:26])
    if kind not in PLAIN:
        return ""
    if frame_bytes != channels * ((bits + 7) // 8):
        return f"contradictory header: {channels} channels of {bits} bits in {frame_bytes} bytes"
    if byte_rate != rate * frame_bytes:
        return f"contradictory header: {rate} Hz with {frame_bytes} bytes per frame, but {byte_rate} bytes per second"
    return ""


def _length_fault(stream: BinaryIO, data: Chunk, size: int) -> str:
    """Samples that the file lacks, or bytes behind them that are neither a chunk nor padding nor a tag."""
    if 0 < size - data.start < data.length and not UNKNOWN_LENGTH <= data.length <= 0xFFFFFFFF:
        return f"truncated audio: {size - data.start} of {data.length} bytes of samples"
    if not data.length or data.end >= size:
        return ""
    stream.seek(data.end)
    after = stream.read(HEAD)
    name = after[:4].decode("latin-1")
    chunk = len(after) == HEAD and name.isascii() and name.isprintable()
    if chunk or not after.strip(b"\0") or name.startswith(TAGS):
        return ""
    return f"contradictory header: {data.length} bytes of samples, but {size - data.end} more behind them"
