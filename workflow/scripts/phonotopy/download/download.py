"""Downloads into a cache that runs share: resumed after a cut, verified, and whole under their name or absent."""

import logging
import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

import requests
from filelock import FileLock, Timeout

from phonotopy.core import steps
from phonotopy.core.errors import InputError
from phonotopy.download.catalogue import Source
from phonotopy.download.http import Part, PassingError, UnfitSourceError, extend

__all__ = ["SETTING", "Patience", "cached", "fetch", "missing_bytes", "present"]

LOG = logging.getLogger(__name__)

SETTING = "corpus.librispeech.cache"
REPORT_SHARE = 0.1  # of a file, between two lines of progress …
REPORT_S = 30.0  # … unless so many seconds have passed
PROGRESS = 1 << 14  # bytes of a round that count as progress: a server that drips brings a few, for ever
MISMATCHES = 2  # wrong checksums of a file in several parts, after which its last address is given up


@dataclass(frozen=True)
class Patience:
    """How long a download keeps trying.

    `attempts` rounds over all addresses without progress end it; between rounds the wait doubles from
    `first_wait_s` to `longest_wait_s`. A connection that brings nothing for `stall_s` seconds is given up.
    """

    attempts: int = 8
    stall_s: float = 60.0
    first_wait_s: float = 1.0
    longest_wait_s: float = 120.0

    def wait_s(self, idle: int) -> float:
        """Seconds before the next round after `idle` fruitless ones; chance keeps many runs from asking at once."""
        doubled: float = self.first_wait_s * 2**idle
        return min(doubled, self.longest_wait_s) * random.uniform(0.75, 1.25)  # noqa: S311


@dataclass
class Progress:
    """Lines of progress in the log; `begun` bytes were there before."""

    source: Source
    begun: int
    since: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.reported, self.reported_at = self.begun, self.since

    def __call__(self, position: int) -> None:
        """Report the position if enough has happened since the last time."""
        now, size = time.monotonic(), self.source.bytes
        if position < size and position - self.reported < REPORT_SHARE * size and now - self.reported_at < REPORT_S:
            return
        rate = max(position - self.begun, 1) / max(now - self.since, 1e-3)
        left = (size - position) / rate
        detail = f"{self.source.name}, {rate / 1e6:.1f} MB/s, {left:.0f} s left"
        steps.log("megabyte", ceil(position / 1e6), ceil(size / 1e6), detail)
        self.reported, self.reported_at = position, now


def cached(source: Source, cache: str | Path) -> Path:
    """Where the verified archive is, or will be, in the cache."""
    return Path(cache) / source.file


def present(path: str | Path, rule: str = "download") -> Path:
    """The path of a file that a rule fetched before; InputError if it has left the cache since."""
    if not Path(path).is_file():
        advice = f"fetch it again: snakemake --forcerun {rule}"
        raise InputError(SETTING, f"{path} is gone", "the archive that was fetched before", advice)
    return Path(path)


def missing_bytes(source: Source, cache: str | Path) -> int:
    """Bytes that are still to be fetched, by size alone."""
    if cached(source, cache).exists():
        return 0
    return max(source.bytes - _part(cached(source, cache)).size, 0)


def fetch(source: Source, cache: str | Path, patience: Patience) -> Path:
    """The path of the verified archive in the cache, after a download where it is not there yet.

    InputError where no address gives the file, or the cache cannot hold it; what has arrived is kept for the next time.
    """
    target = cached(source, cache)
    with _writable(target), _locked(target):
        if target.exists():
            if source.matches(target):
                LOG.info("%s: verified in the cache, %s", source.name, target)
                return target
            LOG.warning("%s: damaged in the cache, fetched again", source.name)
            target.unlink()
        part = _part(target)
        _check_room(source, part)
        _complete(source, part, target, patience)
        _publish(part, target)
        LOG.info("%s: whole and verified, %s", source.name, target)
        return target


def _part(target: Path) -> Part:
    return Part(target.with_name(f".{target.name}.part"))


@contextmanager
def _writable(target: Path) -> Iterator[None]:
    """What the disk refuses ends in an InputError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        found = f"{target} cannot be written: {error.strerror or error}"
        advice = "free room there or mend its permissions, or set another folder; what has arrived is kept"
        raise InputError(SETTING, found, "a folder with room that you may write to", advice) from error


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """Hold the one lock of this file; another run that fetches it is waited for."""
    lock = FileLock(target.with_name(f".{target.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        LOG.info("another run fetches %s: waiting for it", target)
        lock.acquire(poll_interval=0.2)
    try:
        yield
    finally:
        lock.release()


def _check_room(source: Source, part: Part) -> None:
    needed, free = source.bytes - part.size, shutil.disk_usage(part.path.parent).free
    if needed > free:
        found = f"{free / 1e9:.2f} GB are free in {part.path.parent}"
        expected = f"room for {needed / 1e9:.2f} GB of {source.name}"
        raise InputError(SETTING, found, expected, "free room, or set a folder on a larger disk")


def _complete(source: Source, part: Part, target: Path, patience: Patience) -> None:
    """Round after round over the addresses until the part is verified."""
    urls = list(source.urls)
    faults: dict[str, str] = {}
    idle = mismatches = 0
    progress = Progress(source, part.size)
    with requests.Session() as session:
        while urls and idle < patience.attempts:
            before, asked_s = part.size, 0.0
            for url in list(urls):
                try:
                    if _verified_from(session, url, source, part, patience, progress):
                        return
                    mismatches += 1
                    faults[url] = "the parts together have a wrong checksum"
                    if mismatches >= MISMATCHES:
                        urls.remove(url)
                except UnfitSourceError as fault:
                    urls.remove(url)
                    faults[url] = str(fault)
                except PassingError as fault:
                    faults[url] = str(fault)
                    asked_s = max(asked_s, fault.wait_s)
                LOG.warning("%s: %s: %s", source.name, url, faults[url])
            idle = 0 if part.size >= before + PROGRESS else idle + 1
            if urls and idle < patience.attempts:
                time.sleep(max(patience.wait_s(idle), asked_s))
    raise _failed(source, part, target, faults)


def _verified_from(
    session: requests.Session, url: str, source: Source, part: Part, patience: Patience, progress: Progress
) -> bool:
    """Fetch the rest from one address and verify the whole; a wrong whole is discarded.

    UnfitSourceError if all of it came from this address at one go: then the address has another file.
    """
    start = None
    if part.size < source.bytes:
        start = extend(session, url, part, source.bytes, stall_s=patience.stall_s, report=progress)
    if source.matches(part.path):
        return True
    part.discard()
    if start == 0:
        raise UnfitSourceError(f"a file with another checksum than {source.checksum}")
    return False


def _publish(part: Part, target: Path) -> None:
    """The bytes reach the disk before the final name does."""
    with part.path.open("rb") as stream:
        os.fsync(stream.fileno())
    part.path.replace(target)
    part.discard()


def _failed(source: Source, part: Part, target: Path, faults: dict[str, str]) -> InputError:
    found = "; ".join(f"{url}: {fault}" for url, fault in faults.items())
    advice = (
        "check the network (a proxy is taken from http_proxy and https_proxy; nodes of a cluster often have none) and "
        f"run again: the {part.size} bytes that are here are not fetched again. Or put it there yourself: {target}"
    )
    expected = f"{source.bytes} bytes with checksum {source.checksum}"
    return InputError(f"download of {source.name}", found, expected, advice)
