"""One request over HTTP that extends a partial file."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import requests
from requests.exceptions import InvalidURL, SSLError, TooManyRedirects
from urllib3.exceptions import HTTPError

__all__ = ["Part", "PassingError", "UnfitSourceError", "extend", "length_of"]

CONNECT_S = 15.0  # for a connection, after which the next address is tried
BLOCK = 1 << 20  # bytes at most between two looks at the clock
LEAST_RATE = 1000  # bytes per second, over the time of a stall: a server that drips has stalled as well
BUSY = (408, 425, 429)  # besides 5xx: the server may answer later
LONGEST_WAIT_S = 600.0  # that a server may ask for

Report = Callable[[int], None]


class PassingError(Exception):
    """A fault that may pass: the same request can succeed later, at the earliest after `wait_s` seconds."""

    def __init__(self, found: str, wait_s: float = 0.0) -> None:
        super().__init__(found)
        self.wait_s = wait_s


class UnfitSourceError(Exception):
    """The address does not offer the file: nothing is gained by asking again."""


@dataclass(frozen=True)
class Origin:
    """Where the bytes of a partial file come from; `validator` is a strong ETag or a date, empty if none was given."""

    url: str = ""
    validator: str = ""


@dataclass(frozen=True)
class Part:
    """A partial file, beside it a note of its origin, by which a server knows whether the file is still the same."""

    path: Path

    @property
    def note(self) -> Path:
        """The file that holds the origin."""
        return self.path.with_name(f"{self.path.name}.json")

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def origin(self) -> Origin:
        """The origin; unknown if the note is missing or damaged."""
        try:
            return Origin(**json.loads(self.note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Origin()

    def begin(self, origin: Origin) -> None:
        """Note where the next bytes come from."""
        self.note.write_text(json.dumps(asdict(origin)), encoding="utf-8")

    def discard(self) -> None:
        """Remove the partial file and its note."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def extend(
    session: requests.Session, url: str, part: Part, size: int, *, stall_s: float, report: Report = lambda _: None
) -> int:
    """Fetch what a partial file lacks of `size` bytes; the position from which bytes were fetched is returned.

    What has arrived before a cut stays. `report` gets the position. Raises PassingError, UnfitSourceError, and
    OSError where the disk refuses.
    """
    with _answered(session, url, _request(url, part), stall_s) as response:
        start = _start(response, part, size)
        origin = Origin(url, _validator(response))
        if start == 0 and part.size and _changed(part.origin, origin):
            part.discard()
        if start > 0 and _changed(part.origin, origin):
            part.discard()
            raise PassingError("the file changed between two parts")
        part.begin(origin)
        try:
            position = _write(part.path, start, size, _blocks(response, stall_s), report)
        except UnfitSourceError:
            part.discard()
            raise
        if position < size:
            raise PassingError(f"the connection ended after {position} of {size} bytes")
        return start


def length_of(session: requests.Session, url: str, *, stall_s: float) -> int:
    """Bytes of the file at an address, as its server says. Raises PassingError, and UnfitSourceError if it does not."""
    with _answered(session, url, {"Accept-Encoding": "identity"}, stall_s) as response:
        length: str = response.headers.get("Content-Length", "")
    if not length.isdigit() or not int(length):
        raise UnfitSourceError(f"a file of unknown length ({length or 'none is stated'})")
    return int(length)


def _request(url: str, part: Part) -> dict[str, str]:
    """Headers; `If-Range` only for the address that the part came from, since validators are a server's own."""
    headers = {"Accept-Encoding": "identity"}
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        if part.origin.url == url and part.origin.validator:
            headers["If-Range"] = part.origin.validator
    return headers


@contextmanager
def _answered(
    session: requests.Session, url: str, headers: dict[str, str], stall_s: float
) -> Iterator[requests.Response]:
    with _network():
        response = session.get(url, headers=headers, stream=True, timeout=(min(CONNECT_S, stall_s), stall_s))
    with response:
        _check_status(response)
        yield response


@contextmanager
def _network() -> Iterator[None]:
    """Faults of the network in the words of this module."""
    try:
        yield
    except SSLError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise UnfitSourceError(f"the certificate of the server is not trusted: {error}") from error
        raise PassingError(f"no secure connection: {error}") from error
    except (InvalidURL, TooManyRedirects) as error:
        raise UnfitSourceError(str(error)) from error
    except requests.Timeout as error:
        raise PassingError("no answer in time") from error
    except (requests.RequestException, HTTPError, OSError) as error:
        raise PassingError(f"no connection, or it broke: {error}") from error


def _check_status(response: requests.Response) -> None:
    status = f"status {response.status_code} {response.reason}".strip()
    if response.status_code in BUSY or response.status_code >= 500:
        raise PassingError(status, _retry_after(response))
    if response.status_code == 416:
        raise PassingError(f"{status}: the server has no more bytes than are here")
    if response.status_code not in (200, 206):
        raise UnfitSourceError(status)
    if response.headers.get("Content-Type", "").startswith(("text/html", "application/xhtml")):
        raise UnfitSourceError("a web page instead of the file (a login page of the network, or a notice)")


def _retry_after(response: requests.Response) -> float:
    """Seconds that the server asks to wait; a date is not worth its parsing."""
    seconds = response.headers.get("Retry-After", "")
    return min(float(seconds), LONGEST_WAIT_S) if seconds.isdigit() else 0.0


def _start(response: requests.Response, part: Part, size: int) -> int:
    """Where the body begins in the file; a server that ignores ranges begins anew, over the same bytes."""
    if response.status_code == 200:
        total, start = response.headers.get("Content-Length", ""), 0
    else:
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", "").strip())
        if not match or int(match[1]) > part.size:
            raise UnfitSourceError("an answer with another range than was asked for")
        total, start = match[2], int(match[1])
    if total.isdigit() and int(total) != size:
        raise UnfitSourceError(f"a file of {total} bytes instead of {size}")
    return start


def _validator(response: requests.Response) -> str:
    etag: str = response.headers.get("ETag", "")
    date: str = response.headers.get("Last-Modified", "")
    return etag if etag.startswith('"') else date


def _changed(old: Origin, new: Origin) -> bool:
    """Whether one address now names another file; nothing is known about two addresses or missing validators."""
    return old.url == new.url and bool(old.validator and new.validator) and old.validator != new.validator


def _blocks(response: requests.Response, stall_s: float) -> Iterator[bytes]:
    """Bytes as they arrive, never decoded; a server that stalls or drips is given up."""
    since, arrived = time.monotonic(), 0
    while True:
        with _network():
            block: bytes = response.raw.read1(BLOCK, decode_content=False)
        if not block:
            return
        yield block
        arrived += len(block)
        passed = time.monotonic() - since
        if passed > stall_s:
            if arrived < LEAST_RATE * passed:
                raise PassingError(f"stalled: {arrived} bytes in {passed:.0f} s")
            since, arrived = time.monotonic(), 0


def _write(path: Path, start: int, size: int, blocks: Iterator[bytes], report: Report) -> int:
    """Write from `start` on and return the position; bytes that come again are overwritten by themselves."""
    position = start
    path.touch()
    with path.open("r+b") as stream:
        stream.seek(start)
        for block in blocks:
            if position == 0 and block.lstrip().startswith(b"<"):
                raise UnfitSourceError("a web page instead of the file, although the server calls it otherwise")
            if position + len(block) > size:
                raise UnfitSourceError(f"more than {size} bytes")
            stream.write(block)
            position += len(block)
            report(position)
    return position
