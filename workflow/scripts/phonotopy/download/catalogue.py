"""Published corpora and weights: where each file is, how large it is, and how to know it."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, get_args
from urllib.parse import urlsplit

from phonotopy.core.errors import InputError
from phonotopy.core.tables import read_table, write_table

__all__ = ["Kind", "Source", "read_catalogue", "select", "write_receipt"]

Kind = Literal["speech", "alignments", "weights"]
DIGITS = {"sha256": 64, "md5": 32}
MEND = "correct the row; resources/corpora.tsv shows how"


@dataclass(frozen=True)
class Source:
    """One archive; `checksum` is an algorithm with its digits (``sha256:…``), `mirrors` hold the same bytes.

    Of weights, `bytes` may be 0 and `checksum` empty where nobody states them.
    """

    name: str
    kind: str
    url: str
    mirrors: tuple[str, ...]
    bytes: int
    checksum: str
    licence: str

    @property
    def urls(self) -> tuple[str, ...]:
        """All addresses, in the order in which they are tried."""
        return (self.url, *self.mirrors)

    @property
    def file(self) -> str:
        """Name in a cache; the digits keep archives of the same name apart that differ in content.

        Weights, whose digits may be unknown, have their own name instead.
        """
        distinction = self.name if self.kind == "weights" else self.checksum.partition(":")[2][:8]
        return f"{distinction}-{PurePosixPath(urlsplit(self.url).path).name}"

    def matches(self, path: Path) -> bool:
        """Whether the file has the size and the checksum of the source, as far as they are known."""
        algorithm, _, digits = self.checksum.partition(":")
        if path.stat().st_size != self.bytes or not digits:
            return path.stat().st_size == self.bytes
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, algorithm).hexdigest() == digits


def read_catalogue(path: str | Path) -> dict[str, Source]:
    """Read sources by name; InputError for a row that could not be verified or fetched."""
    if not Path(path).is_file():
        found = f"{path} does not exist"
        raise InputError("corpus.librispeech.sources", found, "a table like resources/corpora.tsv", "correct the path")
    types = dict.fromkeys(("name", "kind", "url", "mirrors", "checksum", "licence"), str)
    size = {"bytes": lambda cell: int(cell or 0)}
    sources: dict[str, Source] = {}
    for row in read_table(path, types | size):
        source = Source(**{**row, "mirrors": tuple(row["mirrors"].split())})
        _check(f"{path}, {source.name}", source, sources)
        sources[source.name] = source
    return sources


def select(catalogue: dict[str, Source], names: Iterable[str], kind: Kind, setting: str) -> list[Source]:
    """The named sources, in order; InputError, naming the setting, for one that is unknown or of another kind."""
    known = [source.name for source in catalogue.values() if source.kind == kind]
    chosen = list(names)
    for name in chosen:
        if name not in known:
            expected = f"of {', '.join(known) or 'none'}, the rows of this kind ({kind})"
            raise InputError(setting, f"no source '{name}'", expected, "correct the name, or add a row to the table")
    return [catalogue[name] for name in chosen]


def write_receipt(path: str | Path, source: Source) -> None:
    """Write which archive it was, in the columns of a catalogue."""
    row = asdict(source) | {"mirrors": " ".join(source.mirrors)}
    write_table(path, list(row), [row])


def _check(subject: str, source: Source, taken: Iterable[str]) -> None:
    algorithm, _, digits = source.checksum.partition(":")
    if source.name in taken:
        raise InputError(subject, "the name is taken", "one row per name", MEND)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", source.name):
        raise InputError(subject, "the name is no file name", "letters, digits, dot, hyphen and underscore", MEND)
    if source.kind not in get_args(Kind):
        raise InputError(subject, f"kind '{source.kind}'", f"one of {', '.join(get_args(Kind))}", MEND)
    unknown = source.kind == "weights" and not source.bytes and not source.checksum
    if not unknown and (len(digits) != DIGITS.get(algorithm) or not re.fullmatch(r"[0-9a-f]+", digits)):
        raise InputError(subject, f"checksum '{source.checksum}'", "sha256: or md5: and its hexadecimal digits", MEND)
    if not unknown and source.bytes <= 0:
        raise InputError(subject, f"{source.bytes} bytes", "the size of the archive", MEND)
    for url in source.urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not PurePosixPath(parts.path).name:
            raise InputError(subject, f"address '{url}'", "http:// or https:// and the path of a file", MEND)
