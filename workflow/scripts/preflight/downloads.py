"""What a run has to download, settled before any job starts."""

import os
import shutil
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from phonotopy.core.errors import InputError
from phonotopy.corpus.librispeech import SETTING as SPLITS
from phonotopy.download.catalogue import Source, read_catalogue, select
from phonotopy.download.download import SETTING, cached, missing_bytes
from preflight import conditions, models

__all__ = ["announcement", "cache", "require", "same_disk", "sources", "split_of"]

Settings = Mapping[str, Any]
CATALOGUE = Path(__file__).parents[3] / "resources" / "corpora.tsv"
MEGABYTES_PER_SECOND = 10.0  # of a fair connection, for the announcement alone


def sources(settings: Settings) -> list[Source]:
    """Archives of the run, speech first; none for other corpora. InputError for unknown or repeated names."""
    corpus = settings["corpus"]
    if corpus["source"] != "librispeech":
        return []
    wanted = corpus["librispeech"]
    catalogue = read_catalogue(wanted["sources"] or CATALOGUE)
    speech = []
    for split, names in wanted["splits"].items():
        speech += select(catalogue, names, "speech", f"{SPLITS}.{split}")
    twice = sorted({source.name for source in speech if speech.count(source) > 1})
    if twice:
        raise InputError(SPLITS, f"{', '.join(twice)} listed twice", "each archive in one split", "remove one of them")
    alignments = [source.name for source in catalogue.values() if source.kind == "alignments"]
    setting = "corpus.librispeech.alignments"
    if wanted["alignments"] and not alignments:
        advice = "set it to false, or add the row to the table"
        raise InputError(
            setting, f"no alignments in {wanted['sources'] or CATALOGUE}", "a row of kind alignments", advice
        )
    return [*speech, *select(catalogue, alignments[:1] if wanted["alignments"] else [], "alignments", setting)]


def split_of(settings: Settings) -> dict[str, str]:
    """The split that each archive of speech goes into."""
    splits = settings["corpus"]["librispeech"]["splits"]
    return dict(chain.from_iterable(((name, split) for name in names) for split, names in splits.items()))


def cache(settings: Settings) -> Path:
    """Folder of the cache, with ``~`` and variables of the environment filled in."""
    return Path(os.path.expandvars(settings["corpus"]["librispeech"]["cache"])).expanduser()


def same_disk(settings: Settings) -> float:
    """Bytes that downloads will take from the disk of the folder `results`."""
    pending = _pending(settings)
    if not pending:
        return 0.0
    devices = {_present(folder).stat().st_dev for folder in (cache(settings), Path(settings["results"]))}
    return float(sum(pending.values())) if len(devices) == 1 else 0.0


def require(settings: Settings) -> None:
    """InputError where the disk of the cache lacks room for what is to be downloaded."""
    needed = sum(_pending(settings).values())
    if not needed:
        return
    free = shutil.disk_usage(_present(cache(settings))).free
    if needed > free:
        found = f"{free / 1e9:.1f} GB are free for {cache(settings)}"
        advice = "free room, set a folder on a larger disk, or use smaller splits"
        raise InputError(SETTING, found, f"room for the {needed / 1e9:.1f} GB that are to be downloaded", advice)


def announcement(settings: Settings) -> str:
    """One line on archives, and one on weights, that will be downloaded, into which folder; empty if nothing will."""
    return "\n".join(filter(None, [_announced_archives(settings), _announced_weights(settings)]))


def _announced_weights(settings: Settings) -> str:
    """Nobody states their sizes beforehand."""
    named = models.sources([one.value for one in conditions.resolve(settings).values() if one.kind == "model"])
    missing = [source for source in named if not cached(source, cache(settings)).is_file()]
    names = ", ".join(f"{source.name} ({source.licence})" for source in missing)
    return f"Weights to be downloaded into {cache(settings)}, of a size that the server says: {names}." if names else ""


def _announced_archives(settings: Settings) -> str:
    pending = _pending(settings)
    if not pending:
        return ""
    total = sum(pending.values()) / 1e6
    parts = ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in pending.items())
    minutes = total / MEGABYTES_PER_SECOND / 60
    return (
        f"To be downloaded into {cache(settings)}: {parts}; {total / 1e3:.2f} GB in all "
        f"(about {minutes:.0f} min at {MEGABYTES_PER_SECOND:.0f} MB/s)."
    )


def _pending(settings: Settings) -> dict[str, int]:
    """Bytes to be fetched by archive; an archive that this run once had is not fetched for its own sake again."""
    known = Path(settings["results"]) / "corpus" / settings["corpus"]["name"] / "archives"
    wanted = [source for source in sources(settings) if not (known / f"{source.name}.tsv").exists()]
    sizes = {source.name: missing_bytes(source, cache(settings)) for source in wanted}
    return {name: size for name, size in sizes.items() if size}


def _present(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())
