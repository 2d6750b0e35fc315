"""Files that appear whole or not at all."""

import glob
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["checksum", "create_array", "digest", "replacing", "replacing_folder"]

Array = np.memmap[Any, np.dtype[np.float32]]
TOKEN_BYTES = 4  # distinguish what two processes write at the same time, perhaps on two machines


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` that replaces it if the block succeeds.

    The suffix is kept, since libraries choose a format by it. The content reaches the disk before the name does.
    """
    path = Path(path)
    part = _claimed(path)
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def replacing_folder(folder: str | Path) -> Iterator[Path]:
    """Yield a new folder of the same name that replaces `folder` if the block succeeds."""
    folder = Path(folder)
    aside = _claimed(folder)
    part = aside / folder.name
    part.mkdir(parents=True)
    try:
        yield part
        os.sync()
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _claimed(path: Path) -> Path:
    """A new hidden name beside `path`, whose folder is made; what a killed process left for `path` is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    token = "[0-9a-f]" * (2 * TOKEN_BYTES)
    for left in path.parent.glob(f".{glob.escape(path.stem)}.{token}.part{glob.escape(path.suffix)}"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    return path.with_name(f".{path.stem}.{secrets.token_hex(TOKEN_BYTES)}.part{path.suffix}")


def create_array(path: str | Path, shape: tuple[int, ...]) -> Array:
    """A new memory-mapped .npy array, float32, whose room on the disk is taken at once.

    OSError where there is not enough: a mapped file that takes room as it is written ends its process on a full disk.
    """
    array: Array = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    with Path(path).open("r+b") as stream:
        os.posix_fallocate(stream.fileno(), 0, os.fstat(stream.fileno()).st_size)
    return array


def digest(*paths: str | Path) -> str:
    """SHA-256 of the contents of the files, in order, as hexadecimal digits."""
    total = hashlib.sha256()
    for path in paths:
        with Path(path).open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()


def checksum(content: Path | bytes) -> str:
    """SHA-256 of a file or of bytes, as sha256sum prints it."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
