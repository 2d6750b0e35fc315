"""Files that settings name are looked at before any job starts."""

import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import Any, TypeVar

from phonotopy.annotation import pronunciations
from phonotopy.annotation.label_sets import read_labels
from phonotopy.annotation.transcripts import TABLE
from phonotopy.audio.waveform import SUFFIXES
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import read_inventory
from phonotopy.corpus.folders import TEXTGRID, TRANSCRIPTS
from phonotopy.download import unpack

__all__ = ["find_aligners", "find_dictionary", "find_intervals", "find_inventory", "find_recordings", "free_results"]

Result = TypeVar("Result")
GLANCE = 1 << 28  # bytes of an archive's content that are passed over in search of a recording and a transcript


def find_recordings(path: str | Path) -> None:
    """Raises InputError where the folder or archive is missing or damaged, or holds no recording or no transcript."""
    unpack.check_source(path)
    try:
        missing = _missing(_names(Path(path)))
    except unpack.DAMAGED as error:
        found, advice = f"{path} cannot be read: {error}", "fetch or make it again, or permit reading"
        raise InputError(unpack.SETTING, found, "a whole archive or a readable folder", advice) from error
    if "recording" in missing:
        advice = "check the path, or convert the recordings to WAV or FLAC"
        raise InputError(unpack.SETTING, f"no recordings in {path}", f"files in {', '.join(SUFFIXES)}", advice)
    if missing:
        expected = f"what is said, in {', '.join(TRANSCRIPTS)} or TextGrid files, or {TABLE}"
        advice = "write transcripts beside the recordings; docs/recordings.md says how"
        raise InputError(unpack.SETTING, f"no transcripts in {path}", expected, advice)


def find_aligners(alignment: Mapping[str, Any]) -> None:
    """Raises InputError where a method of the section `alignment` lacks its recogniser or a model that it names."""
    recogniser, methods = alignment["ctc"]["recogniser"], {*alignment["method"], *alignment["compared"]["methods"]}
    if "ctc" in methods and not recogniser:
        expected, advice = "a checkpoint.pt, or a pipeline of torchaudio", "name one, or take ctc out of the methods"
        raise InputError("alignment.ctc.recogniser", "no recogniser", expected, advice)
    named = {"alignment.ctc.recogniser": recogniser} if "ctc" in methods and recogniser.endswith(".pt") else {}
    if "mfa" in methods:
        named |= {f"alignment.mfa.{name}": path for name, path in alignment["mfa"].items() if "/" in path}
    for setting, path in named.items():
        if not Path(path).exists():
            advice = "check the path, which starts at the working directory"
            raise InputError(setting, f"{path} does not exist", "a file", advice)


def find_dictionary(path: str | Path) -> None:
    """Raises InputError where a dictionary is named that cannot be read, or not by the aligner."""
    if path:
        pronunciations.read_dictionary(path)


def find_inventory(path: str | Path, labels: Sequence[str | Path]) -> tuple[str, ...]:
    """Labels of the inventory; InputError where its table, or one of the labels of tiers, cannot be read or used."""
    known = _readable("alignment.inventory", path, read_inventory).labels
    for table in labels:
        _readable("alignment.labels", table, partial(read_labels, inventory=known))
    return known


def find_intervals(path: str) -> None:
    """Raises InputError where the setting names a table of intervals that is not there."""
    if path and not Path(path).is_file():
        expected, advice = "a table with the columns of intervals.tsv", "correct the path, from the working directory"
        raise InputError("alignment.intervals", f"there is no file {path}", expected, advice)


def free_results(path: str | Path) -> None:
    """Raises InputError where something that is no folder, or that may not be written, is where results belong."""
    folder = Path(path).absolute()
    present = next(parent for parent in (folder, *folder.parents) if parent.exists() or parent.is_symlink())
    expected = "a folder, or a path at which one can be made"
    if not present.is_dir():
        found = f"{present} is a file" if present.exists() else f"{present} is a link that leads nowhere"
        raise InputError("results", found, expected, "name another folder, or move the file away")
    if not os.access(present, os.W_OK | os.X_OK):
        raise InputError("results", f"{present} may not be written", expected, "name another folder, or permit writing")


def _readable(setting: str, path: str | Path, read: Callable[[str | Path], Result]) -> Result:
    try:
        return read(path)
    except (OSError, UnicodeDecodeError) as error:
        expected, advice = "a table with tabs between columns", "correct the path, or save the table as UTF-8"
        raise InputError(setting, f"{path} cannot be read: {error}", expected, advice) from error


def _missing(names: Iterator[str]) -> set[str]:
    """What the names lack of a recording and a transcript; they are read until both are met."""
    missing = {"recording", "transcript"}
    for name in names:
        suffix = PurePath(name).suffix.lower()
        if suffix in SUFFIXES:
            missing.discard("recording")
        elif suffix in (*TRANSCRIPTS, TEXTGRID) or PurePath(name).name == TABLE:
            missing.discard("transcript")
        if not missing:
            break
    return missing


def _names(path: Path) -> Iterator[str]:
    """Names of files; those that the search would take long to reach in an archive are taken to be what is wanted."""
    if path.is_dir():
        yield from (name for _, _, files in os.walk(path, onerror=_refuse) for name in files)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from archive.namelist()
    else:
        with tarfile.open(path) as archive:
            for member in archive:
                yield member.name
                if member.offset > GLANCE:
                    yield from (f"x{SUFFIXES[0]}", f"x{TRANSCRIPTS[0]}")


def _refuse(error: OSError) -> None:
    raise error
