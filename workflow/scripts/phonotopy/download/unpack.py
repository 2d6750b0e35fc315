"""Sources of recordings: a folder, or an archive that is unpacked with care."""

import hashlib
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from phonotopy.core.errors import InputError

__all__ = ["SETTING", "check_source", "fingerprint", "opened", "unpack"]

SETTING = "corpus.recordings.path"
RESERVE = 1 << 28  # bytes that stay free on the disk
Destination = Callable[[str], str | None]
DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


@dataclass(frozen=True)
class Member:
    """One entry of an archive; `size` is in bytes, `plain` is false for links and devices."""

    name: str
    size: int
    folder: bool
    plain: bool
    opened: Callable[[], IO[bytes]]


def check_source(path: str | Path) -> None:
    """Raise InputError, naming the setting, unless `path` is a folder that holds something or an archive."""
    path = Path(path)
    expected = "a folder, .tar.gz or .zip with one folder per speaker"
    if not path.exists():
        raise InputError(SETTING, f"{path} does not exist", expected, f"set {SETTING} to your recordings")
    if path.is_dir() and not any(path.iterdir()):
        raise InputError(SETTING, f"{path} is empty", expected, "put one folder per speaker into it")
    if not path.is_dir() and not _archive(path):
        raise InputError(SETTING, f"{path} is neither a folder nor an archive", expected, "unpack it yourself")


def fingerprint(path: str | Path) -> str:
    """A value that changes with the name, size or time of change of any file below a folder; empty for an archive.

    A workflow sees the time of change of a folder alone, which an edit of a file in it leaves as it was.
    """
    root = Path(path)
    if not root.is_dir():
        return ""
    total = hashlib.sha256()
    for file in sorted(file for file in root.rglob("*") if file.is_file()):
        state = file.stat()
        line = f"{file.relative_to(root)}\0{state.st_size}\0{state.st_mtime_ns}\0"
        total.update(line.encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def unpack(archive: str | Path, folder: str | Path, destination: Destination = str, subject: str = SETTING) -> None:
    """Unpack a tar (plain or compressed) or zip archive into a folder, which is left absent if anything is refused.

    `destination` says where in the folder a file of that name goes; files for which it is None are not unpacked.
    InputError, naming the subject: a damaged archive, a path that leads out of the folder, a link or device, more bytes
    than are free.
    """
    archive, folder = Path(archive), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _unpack(archive, folder, destination)
    except DAMAGED as error:
        shutil.rmtree(folder)
        found = f"{archive} cannot be unpacked: {error}"
        raise InputError(subject, found, "a whole archive", "fetch or make the archive again") from error
    except InputError as error:
        shutil.rmtree(folder)
        raise InputError(subject, error.found, error.expected, error.advice) from error


def opened(source: str | Path, folder: str | Path) -> Path:
    """The folder of a source of recordings: itself, or `folder`, into which an archive is unpacked."""
    check_source(Path(source))
    Path(folder).mkdir(parents=True, exist_ok=True)
    if Path(source).is_dir():
        return Path(source)
    unpack(source, folder)
    return Path(folder)


def _archive(path: Path) -> bool:
    try:
        return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
    except DAMAGED:
        return path.name.endswith((".tar.gz", ".tgz", ".zip"))


def _unpack(archive: Path, folder: Path, destination: Destination) -> None:
    """Unpack file by file; sizes add up as they are met, so that a bomb ends before the disk is full."""
    budget = shutil.disk_usage(folder).free - RESERVE
    for member in _zip_members(archive) if zipfile.is_zipfile(archive) else _tar_members(archive):
        _check_member(archive, member.name, plain=member.plain)
        target = None if member.folder else destination(member.name)
        if target is None:
            continue
        _check_member(archive, target, plain=True)
        budget -= member.size
        if budget < 0:
            advice = "free some space, or set `results` to another disk"
            raise InputError(SETTING, f"{archive} is larger than the free disk", "room for its content", advice)
        _write(member, folder / target)


def _write(member: Member, path: Path) -> None:
    """Copy the content, which is never longer than its header says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with member.opened() as content, path.open("wb") as file:
        shutil.copyfileobj(content, file)


def _tar_members(archive: Path) -> Iterator[Member]:
    with tarfile.open(archive) as tar:
        for info in tar:
            plain = info.isfile() or info.isdir()
            yield Member(info.name, info.size, info.isdir(), plain, partial(_tar_content, tar, info))
            tar.members = []  # type: ignore[attr-defined]  # else it keeps a record of every file that it has seen


def _tar_content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(info)
    if content is None:
        raise tarfile.ExtractError(f"{info.name} holds nothing")
    return content


def _zip_members(archive: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as container:
        for info in container.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            plain = kind in (0, stat.S_IFREG, stat.S_IFDIR)
            yield Member(info.filename, info.file_size, info.is_dir(), plain, partial(container.open, info))


def _check_member(archive: Path, name: str, *, plain: bool) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        advice = "do not trust this archive; pack the recordings anew"
        raise InputError(SETTING, f"{archive} holds {name!r}, which leads out of it", "paths inside", advice)
    if not plain:
        advice = "pack the recordings anew, with plain files alone (tar --dereference)"
        raise InputError(SETTING, f"{archive} holds {name!r}, a link or device", "files and folders", advice)
