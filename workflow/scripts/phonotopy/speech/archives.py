"""Sources of recordings: a folder, or an archive that is unpacked with care."""

import hashlib
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from phonotopy.errors import InputError

__all__ = ["SETTING", "check_source", "fingerprint", "unpack"]

SETTING = "corpus.recordings.path"
RESERVE = 1 << 28  # bytes that stay free on the disk
DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


def check_source(path: str | Path) -> None:
    """Raise InputError, naming the setting, unless `path` is a folder that holds something or an archive."""
    path = Path(path)
    expected = "a folder, .tar.gz or .zip with one folder a speaker"
    if not path.exists():
        raise InputError(SETTING, f"{path} does not exist", expected, f"set {SETTING} to your recordings")
    if path.is_dir() and not any(path.iterdir()):
        raise InputError(SETTING, f"{path} is empty", expected, "put one folder a speaker into it")
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


def unpack(archive: str | Path, folder: str | Path) -> None:
    """Unpack a tar (plain or compressed) or zip archive into a folder, which is left absent if anything is refused.

    InputError: a damaged archive, a path that leads out of the folder, a link or device, more bytes than are free.
    """
    archive, folder = Path(archive), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for _ in _unpacked(archive, folder):
            pass
    except DAMAGED as error:
        shutil.rmtree(folder)
        found = f"{archive} cannot be unpacked: {error}"
        raise InputError(SETTING, found, "a whole archive", "fetch or make the archive again") from error
    except InputError:
        shutil.rmtree(folder)
        raise


def _archive(path: Path) -> bool:
    try:
        return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
    except DAMAGED:
        return path.name.endswith((".tar.gz", ".tgz", ".zip"))


def _unpacked(archive: Path, folder: Path) -> Iterator[str]:
    """Unpack file by file; sizes add up as they are met, so that a bomb ends before the disk is full."""
    budget = shutil.disk_usage(folder).free - RESERVE
    members = _zip_members if zipfile.is_zipfile(archive) else _tar_members
    for name, size in members(archive, folder):
        budget -= size
        if budget < 0:
            advice = "free some space, or set `results` to another disk"
            raise InputError(SETTING, f"{archive} is larger than the free disk", "room for its content", advice)
        yield name


def _tar_members(archive: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """Name and size of each file are yielded before it is written."""
    with tarfile.open(archive) as tar:
        for member in tar:
            _check_member(archive, member.name, plain=member.isfile() or member.isdir())
            yield member.name, member.size
            tar.extract(member, folder, filter="data")


def _zip_members(archive: Path, folder: Path) -> Iterator[tuple[str, int]]:
    with zipfile.ZipFile(archive) as container:
        for member in container.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            _check_member(archive, member.filename, plain=kind in (0, stat.S_IFREG, stat.S_IFDIR))
            yield member.filename, member.file_size
            container.extract(member, folder)


def _check_member(archive: Path, name: str, *, plain: bool) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        advice = "do not trust this archive; pack the recordings anew"
        raise InputError(SETTING, f"{archive} holds {name!r}, which leads out of it", "paths inside", advice)
    if not plain:
        advice = "pack the recordings anew, with plain files alone (tar --dereference)"
        raise InputError(SETTING, f"{archive} holds {name!r}, a link or device", "files and folders", advice)
