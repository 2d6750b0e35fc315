"""LibriSpeech (Panayotov et al. 2015, bib key panayotov2015): its archives, chapter by chapter, and its alignments."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from phonotopy.annotation.transcripts import normalise
from phonotopy.audio.waveform import probe
from phonotopy.core.errors import InputError
from phonotopy.core.processes import ordered_map
from phonotopy.corpus.utterances import Exclusion, Utterance

__all__ = ["SETTING", "alignment_path", "check_splits", "index", "speech_path", "utterance_names"]

SETTING = "corpus.librispeech.splits"
UTTERANCE = re.compile(r"(?P<speaker>\d+)-(?P<chapter>\d+)-\d+")
CHAPTER = re.compile(r"(?P<speaker>\d+)-(?P<chapter>\d+)\.trans")
AUDIO, TRANSCRIPTS, TEXTGRID = ".flac", ".txt", ".TextGrid"

Row = Utterance | Exclusion


def speech_path(name: str) -> str | None:
    """Where recordings and transcripts of an archive go, ``speaker/chapter/file``; nothing else is unpacked."""
    path = PurePosixPath(name)
    pattern = {AUDIO: UTTERANCE, TRANSCRIPTS: CHAPTER}.get(path.suffix)
    match = pattern.fullmatch(path.stem) if pattern else None
    return f"{match['speaker']}/{match['chapter']}/{path.name}" if match else None


def alignment_path(wanted: Collection[str]) -> Callable[[str], str | None]:
    """Where TextGrids of the wanted utterances go, ``speaker/utterance.TextGrid``, whatever the archive's layout."""

    def path_of(name: str) -> str | None:
        path = PurePosixPath(name)
        match = UTTERANCE.fullmatch(path.stem)
        if path.suffix.lower() != TEXTGRID.lower() or not match or path.stem not in wanted:
            return None
        return f"{match['speaker']}/{path.stem}{TEXTGRID}"

    return path_of


def utterance_names(folder: str | Path) -> set[str]:
    """Utterances that have a recording in the folder of an unpacked archive."""
    return {path.stem for path in Path(folder).glob(f"*/*/*{AUDIO}")}


def index(
    folder: str | Path, split: str, relative_to: str | Path, textgrids: str | Path | None, processes: int = 1
) -> Iterator[Row]:
    """Yield an utterance or an exclusion for each recording and transcript of an unpacked archive, in order of paths.

    Paths are relative to the folder `relative_to`. Chapters are read one by one, and no audio is kept.
    """
    chapters = sorted(path for path in Path(folder).glob("*/*") if path.is_dir())
    if not chapters:
        advice = "make it again: snakemake --forcerun unpack"
        raise InputError(str(folder), "no chapters", "speaker/chapter folders of a LibriSpeech archive", advice)
    read = partial(_chapter, split=split, base=Path(relative_to), textgrids=Path(textgrids) if textgrids else None)
    for rows in ordered_map(read, chapters, processes):
        yield from rows


def check_splits(rows: Iterable[Row]) -> None:
    """InputError where an utterance occurs twice, or a test speaker in another split as well."""
    split_of: dict[str, str] = {}
    speakers: dict[str, set[str]] = {}
    for row in rows:
        if row.utterance in split_of:
            found = f"utterance {row.utterance} is in {split_of[row.utterance]} and again in {row.split}"
            raise InputError(SETTING, found, "archives without common utterances", "name one of the two archives alone")
        split_of[row.utterance] = row.split
        speakers.setdefault(row.split, set()).add(row.speaker)
    seen = speakers.get("test", set()) & (speakers.get("train", set()) | speakers.get("dev", set()))
    if seen:
        found = f"test speakers {', '.join(sorted(seen)[:10])} are in train or dev too"
        advice = "test on another archive, or the error rate is not one of unseen speakers"
        raise InputError(SETTING, found, "test speakers of their own", advice)


def _chapter(folder: Path, *, split: str, base: Path, textgrids: Path | None) -> list[Row]:
    """All rows of one chapter."""
    said = _transcripts(folder)
    names = sorted(said.keys() | {path.stem for path in folder.glob(f"*{AUDIO}")})
    return [_row(folder, name, said.get(name), split, base, textgrids) for name in names]


def _transcripts(folder: Path) -> dict[str, str]:
    """Transcripts by utterance: a line each, the name first."""
    said = {}
    for path in sorted(folder.glob(f"*{TRANSCRIPTS}")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, text = line.strip().partition(" ")
            if name:
                said[name] = text
    return said


def _row(folder: Path, name: str, said: str | None, split: str, base: Path, textgrids: Path | None) -> Row:
    audio = folder / f"{name}{AUDIO}"
    identity = name, folder.parent.name, split
    textgrid = textgrids / folder.parent.name / f"{name}{TEXTGRID}" if textgrids else None
    try:
        if said is None:
            raise InputError(str(audio), "no transcript", "a line in the chapter's .trans.txt", "report it")
        found, transcript = probe(audio), normalise(said)
    except InputError as error:
        return Exclusion(*identity, audio.relative_to(folder.parents[1]).as_posix(), error.found, error.advice)
    aligned = textgrid.relative_to(base).as_posix() if textgrid and textgrid.is_file() else ""
    path = audio.relative_to(base).as_posix()
    return Utterance(*identity, path, found.duration_s, found.sample_rate_hz, transcript, aligned)
