"""Weights that others published, of which nobody states a checksum: that of the first download is kept beside the file.

Whoever fetches them later, or finds them in the cache, compares with it.
"""

import logging
import time
from dataclasses import replace
from pathlib import Path

import requests

from phonotopy.core.errors import InputError
from phonotopy.core.files import checksum
from phonotopy.download.catalogue import Source, read_catalogue, write_receipt
from phonotopy.download.download import Patience, cached, fetch
from phonotopy.download.http import PassingError, UnfitSourceError, length_of

__all__ = ["fetch_weights", "record_of"]

LOG = logging.getLogger(__name__)


def record_of(source: Source, cache: str | Path) -> Path:
    """The file beside the weights that says how large they are, and their checksum."""
    path = cached(source, cache)
    return path.with_name(f"{path.name}.tsv")


def fetch_weights(source: Source, cache: str | Path, patience: Patience) -> Source:
    """The source as it was found, after a download where it is not in the cache yet; size and checksum are recorded.

    InputError where no address gives the file, or gives another one than the first time.
    """
    record = record_of(source, cache)
    known = read_catalogue(record).get(source.name, source) if record.is_file() else source
    if known.url != source.url:
        known = source  # another version of torchaudio has other weights of the same name
    found = known if known.checksum else replace(source, bytes=_length(source, cache, patience))
    try:
        path = fetch(found, cache, patience)
    except InputError as error:
        if known.checksum:
            error.cause = f"the publisher changed the file: {record} has the checksum of the first download; remove it"
        raise
    recorded = found if found.checksum else replace(found, checksum=f"sha256:{checksum(path)}")
    write_receipt(record, recorded)
    return recorded


def _length(source: Source, cache: str | Path, patience: Patience) -> int:
    """Bytes of the file: as its server says, or as it lies in the cache already."""
    if cached(source, cache).is_file():
        return cached(source, cache).stat().st_size
    faults: dict[str, str] = {}
    with requests.Session() as session:
        for idle in range(patience.attempts):
            for url in source.urls:
                try:
                    return length_of(session, url, stall_s=patience.stall_s)
                except (PassingError, UnfitSourceError) as fault:
                    faults[url] = str(fault)
                    LOG.warning("%s: %s: %s", source.name, url, fault)
            if idle + 1 < patience.attempts:
                time.sleep(patience.wait_s(idle))
    found = "; ".join(f"{url}: {fault}" for url, fault in faults.items())
    advice = f"check the network and run again, or put the file there yourself: {cached(source, cache)}"
    raise InputError(f"download of {source.name}", found, "a file of known length", advice)
