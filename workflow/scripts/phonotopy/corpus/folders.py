"""Where recordings, their transcripts and their speakers' names are in a folder."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from phonotopy.annotation.remarks import Remarks
from phonotopy.annotation.transcripts import TABLE, Entry, read_transcript_table
from phonotopy.audio.waveform import SUFFIXES
from phonotopy.core.errors import InputError
from phonotopy.download.unpack import SETTING

__all__ = ["TEXTGRID", "TRANSCRIPTS", "Layout", "Recording", "find_recordings", "writable"]

TRANSCRIPTS = (".lab", ".txt")
TEXTGRID = ".textgrid"
SPEAKER = "{speaker}"  # in the name of a tier

Speakers = Literal["folders", "names"]


@dataclass(frozen=True)
class Layout:
    """How a folder of recordings is to be read.

    `speakers` are the names of folders, or the beginnings of the names of files, up to the first hyphen or underscore.
    Intervals of the tier `utterance_tier`, in which ``{speaker}`` stands for the name of a speaker, become utterances;
    intervals with pauses shorter than `joined_s` become one. `words` are the names of the tier that replaces a
    transcript. `remarks` in a transcript exclude its utterance, or are left out of it.
    """

    speakers: Speakers = "folders"
    utterance_tier: str = ""
    joined_s: float = 0.0
    words: Sequence[str] = ("words",)
    remarks: Remarks = "exclude"

    @property
    def speakers_in_tiers(self) -> bool:
        """Whether a recording may have several speakers, named by tiers."""
        return SPEAKER in self.utterance_tier

    def owner(self, tier: str) -> str | None:
        """The speaker whose utterances the tier holds, empty where it names none; None for any other tier."""
        pattern = re.escape(self.utterance_tier).replace(re.escape(SPEAKER), "(.+)")
        match = re.fullmatch(pattern, tier) if self.utterance_tier else None
        return None if match is None else "".join(match.groups())

    def speaker(self, path: Path) -> str:
        """The speaker of a recording by its path below the corpus; empty where that names none."""
        if self.speakers == "names":
            return writable(re.split("[-_]", path.name)[0])
        return writable(path.parts[0]) if len(path.parts) > 1 else ""


@dataclass(frozen=True)
class Recording:
    """The files of one recording; `path` is its path below the corpus without suffix, all files share it.

    `transcript` is that of the table of transcripts; None where it has none.
    """

    name: str
    speaker: str
    path: str
    audio: tuple[Path, ...]
    transcripts: tuple[Path, ...]
    textgrids: tuple[Path, ...]
    transcript: str | None = None

    @property
    def transcribed(self) -> bool:
        """Whether there is a transcript of the whole."""
        return bool(self.transcript or self.transcripts)

    @property
    def files(self) -> tuple[Path, ...]:
        """All files."""
        return (*self.audio, *self.transcripts, *self.textgrids)


def find_recordings(source: Path, layout: Layout) -> tuple[Path, list[Recording]]:
    """The folder that holds the corpus, and its recordings, in order of their paths.

    Among them are transcripts, TextGrids and entries of the table that miss a recording. InputError, naming the
    setting: no recordings, or no folders where these name the speakers.
    """
    root = _corpus_folder(source, layout)
    table = read_transcript_table(root / TABLE) if (root / TABLE).is_file() else {}
    if not (table or _folders(root) or layout.speakers == "names" or layout.speakers_in_tiers):
        found = f"no speaker folders in {source}" if any(source.iterdir()) else f"{source} is empty"
        advice = f"move the recordings of each speaker into a folder, or name the speakers in {TABLE}"
        raise InputError(SETTING, found, "one folder per speaker", advice)
    groups: dict[Path, list[Path]] = defaultdict(list)
    for file in _files_below(root):
        groups[file.relative_to(root).with_suffix("")].append(file)
    if not any(_of(files, SUFFIXES) for files in groups.values()):
        found = f"no recordings in the folders of {root}"
        raise InputError(SETTING, found, "WAV, FLAC or OGG files", "check the path and the suffixes")
    paths = sorted({*groups, *table})
    return root, [_recording(path, groups[path], layout, table.get(path, Entry())) for path in paths]


def writable(name: str) -> str:
    """A name with a question mark for every byte that is no UTF-8, since tables and logs hold nothing else."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _corpus_folder(source: Path, layout: Layout) -> Path:
    """The source itself, or what is below lone folders in it, as archives have them."""
    inner = _folders(source)
    if len(inner) != 1 or _files(source, SUFFIXES) or (source / TABLE).is_file():
        return source
    flat = layout.speakers == "names" or layout.speakers_in_tiers or (inner[0] / TABLE).is_file()
    if flat or (_folders(inner[0]) and not _files(inner[0], SUFFIXES)):
        return _corpus_folder(inner[0], layout)
    return source


def _visible(path: Path) -> bool:
    """Folders and files that a system keeps for itself are no part of a corpus."""
    return not path.name.startswith((".", "__MACOSX"))


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and _visible(path))


def _files(folder: Path, suffixes: Iterable[str]) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes and _visible(path))


def _files_below(root: Path) -> Iterator[Path]:
    """Files of the kinds that matter. Text in the root itself matters only beside a recording: it may be a licence."""
    wanted = (*SUFFIXES, *TRANSCRIPTS, TEXTGRID)
    recorded = {file.stem for file in _files(root, SUFFIXES)}
    yield from (file for file in _files(root, wanted) if file.stem in recorded)
    for folder in _folders(root):
        for file in sorted(folder.rglob("*")):
            if file.suffix.lower() in wanted and all(map(_visible, (file, *file.relative_to(root).parents))):
                yield file


def _of(files: Sequence[Path], suffixes: Sequence[str]) -> tuple[Path, ...]:
    return tuple(file for file in files if file.suffix.lower() in suffixes)


def _recording(path: Path, files: Sequence[Path], layout: Layout, entry: Entry) -> Recording:
    speaker = entry.speaker or layout.speaker(path)
    name = path.name if path.name.startswith(f"{speaker}-") else "-".join(path.parts)
    kinds = _of(files, SUFFIXES), _of(files, TRANSCRIPTS), _of(files, (TEXTGRID,))
    identity = re.sub(r"[^\w.-]+", "_", name), speaker, writable(path.as_posix())
    return Recording(*identity, *kinds, entry.transcript or None)
