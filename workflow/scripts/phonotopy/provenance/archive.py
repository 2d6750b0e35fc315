"""An archive of results that has the same bytes whoever packs the same files."""

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from phonotopy.core.files import checksum, replacing

__all__ = ["MANIFEST", "pack"]

MANIFEST = "SHA256SUMS"
Content = Path | bytes


def pack(path: str | Path, members: Mapping[str, Content]) -> None:
    """Write a .tar.gz of files, or bytes, by their name in it; ``sha256sum --check SHA256SUMS`` proves it whole.

    Names, owners and times say nothing of who packed when. Everything is in one folder, called as the archive is.
    ValueError for a name that leads out of that folder.
    """
    path = Path(path)
    folder = PurePosixPath(path.name.removesuffix(".tar.gz"))
    for name in members:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise ValueError(f"{name!r} leads out of the archive")
    listed = "".join(f"{checksum(content)}  {name}\n" for name, content in sorted(members.items()))
    with (
        replacing(path) as part,
        part.open("wb") as stream,
        gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, content in sorted({**members, MANIFEST: listed.encode()}.items()):
            _add(tar, str(folder / name), content)


def _add(tar: tarfile.TarFile, name: str, content: Content) -> None:
    member = tarfile.TarInfo(name)
    member.mode = 0o644
    if isinstance(content, bytes):
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
        return
    member.size = content.stat().st_size
    with content.open("rb") as stream:
        tar.addfile(member, stream)
