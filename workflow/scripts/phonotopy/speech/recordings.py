"""One's own recordings, in the layout of the Montreal Forced Aligner: a folder a speaker, transcripts beside audio."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from phonotopy.errors import InputError
from phonotopy.seeds import key
from phonotopy.speech.archives import SETTING
from phonotopy.speech.audio import SUFFIXES, probe
from phonotopy.speech.corpus import Exclusion, Utterance
from phonotopy.speech.transcripts import read_transcript
from phonotopy.speech.workers import ordered_map

__all__ = ["TABLE", "TEXTGRID", "TRANSCRIPTS", "Splitting", "collect"]

TRANSCRIPTS = (".lab", ".txt")
TEXTGRID = ".textgrid"
TABLE = "transcripts.tsv"


@dataclass(frozen=True)
class Splitting:
    """Who is held out: `test_speakers` by name, and a fraction of the other speakers' utterances for dev."""

    test_speakers: tuple[str, ...]
    dev_fraction: float
    seed: int

    def split(self, speaker: str, utterance: str) -> str:
        """The split of an utterance hangs on nothing but its own name, so that a new recording moves no other."""
        if speaker in self.test_speakers:
            return "test"
        return "dev" if key("dev", self.seed, utterance) < self.dev_fraction * 2.0**64 else "train"


@dataclass(frozen=True)
class Recording:
    """The files of one recording; `place` is its path below the corpus without suffix, all files share it."""

    utterance: str
    speaker: str
    split: str
    place: str
    audio: tuple[Path, ...]
    transcripts: tuple[Path, ...]
    textgrids: tuple[Path, ...]

    def excluded(self, reason: str, advice: str, file: str = "") -> Exclusion:
        """The row that says why this recording is left out."""
        return Exclusion(self.utterance, self.speaker, self.split, file or self.place, reason, advice)


def collect(
    source: str | Path, splitting: Splitting, relative_to: str | Path, processes: int = 1
) -> tuple[list[Utterance], list[Exclusion]]:
    """Find and check all recordings below a folder; in order of their paths.

    Paths of utterances are relative to the folder `relative_to` where they lie below it, else absolute. InputError,
    naming the setting: no speaker folders, unknown test speakers, or a split without utterances.
    """
    root = _corpus_folder(Path(source))
    recordings = _recordings(root, splitting)
    _check_speakers(sorted({recording.speaker for recording in recordings if recording.speaker}), splitting)
    examined = list(ordered_map(partial(_examined, root), _without_twins(recordings), processes))
    base = Path(relative_to).absolute()
    utterances = [_relocated(item, base) for item in examined if isinstance(item, Utterance)]
    exclusions = [item for item in examined if isinstance(item, Exclusion)]
    _check_splits(utterances, exclusions)
    return utterances, exclusions


def _corpus_folder(source: Path) -> Path:
    """The folder that holds the speakers' folders: the source itself, or a lone folder of folders in it."""
    inner = _folders(source)
    if len(inner) == 1 and not _files(source, SUFFIXES) and _folders(inner[0]) and not _files(inner[0], SUFFIXES):
        return _corpus_folder(inner[0])
    if not inner:
        found = f"no speaker folders in {source}" if any(source.iterdir()) else f"{source} is empty"
        raise InputError(SETTING, found, "one folder a speaker", "move the recordings of each speaker into a folder")
    return source


def _visible(path: Path) -> bool:
    """Folders and files that a system keeps for itself are no part of a corpus."""
    return not path.name.startswith((".", "__MACOSX"))


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and _visible(path))


def _files(folder: Path, suffixes: Iterable[str]) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes and _visible(path))


def _recordings(root: Path, splitting: Splitting) -> list[Recording]:
    """All recordings, and transcripts and TextGrids that miss one."""
    groups: dict[Path, list[Path]] = defaultdict(list)
    wanted = (*SUFFIXES, *TRANSCRIPTS, TEXTGRID)
    for file in _files(root, SUFFIXES):
        groups[file.relative_to(root).with_suffix("")].append(file)
    for folder in _folders(root):
        for file in sorted(folder.rglob("*")):
            if file.suffix.lower() in wanted and all(map(_visible, (file, *file.relative_to(root).parents))):
                groups[file.relative_to(root).with_suffix("")].append(file)
    if not any(file.suffix.lower() in SUFFIXES for files in groups.values() for file in files):
        found = f"no recordings in the folders of {root}"
        raise InputError(SETTING, found, "WAV, FLAC or OGG files in speaker folders", "check the path and the suffixes")
    return [_recording(place, groups[place], splitting) for place in sorted(groups)]


def _recording(place: Path, files: Sequence[Path], splitting: Splitting) -> Recording:
    speaker = _writable(place.parts[0]) if len(place.parts) > 1 else ""
    name = place.name if place.name.startswith(f"{speaker}-") else "-".join(place.parts)
    utterance = re.sub(r"[^\w.-]+", "_", name)

    def of(*suffixes: str) -> tuple[Path, ...]:
        return tuple(file for file in files if file.suffix.lower() in suffixes)

    split = splitting.split(speaker, utterance)
    kinds = of(*SUFFIXES), of(*TRANSCRIPTS), of(TEXTGRID)
    return Recording(utterance, speaker, split, _writable(place.as_posix()), *kinds)


def _writable(name: str) -> str:
    """A name with a question mark for every byte that is no UTF-8, since tables and logs hold nothing else."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _without_twins(recordings: Iterable[Recording]) -> list[Recording | Exclusion]:
    """Exclude recordings whose utterance id is already taken, since no table could tell them apart."""
    taken: dict[str, Recording] = {}
    kept: list[Recording | Exclusion] = []
    for recording in recordings:
        first = taken.setdefault(recording.utterance, recording)
        twin = f"name taken: {first.place} has the same utterance id"
        kept.append(recording if first is recording else recording.excluded(twin, "rename one of the two"))
    return kept


def _examined(root: Path, recording: Recording | Exclusion) -> Utterance | Exclusion:
    """The utterance, if audio and transcript can be used."""
    if isinstance(recording, Exclusion):
        return recording
    if fault := _fault(recording):
        return recording.excluded(*fault)
    try:
        audio, transcript = probe(recording.audio[0]), read_transcript(recording.transcripts[0])
    except InputError as error:
        file = Path(error.subject).relative_to(root).as_posix()
        return recording.excluded(error.found, error.advice, file)
    textgrid = str(recording.textgrids[0]) if recording.textgrids else ""
    identity = recording.utterance, recording.speaker, recording.split
    return Utterance(*identity, str(recording.audio[0]), audio.duration_s, audio.sample_rate_hz, transcript, textgrid)


def _fault(recording: Recording) -> tuple[str, str] | None:
    """What is wrong with the set of files of a recording, and what to do."""
    if not recording.speaker:
        return "outside a speaker folder", "move it into the folder of its speaker"
    files = (*recording.audio, *recording.transcripts, *recording.textgrids)
    if any(_writable(str(file)) != str(file) for file in files):
        return "name that is no UTF-8", "rename the file or folder, with letters that are UTF-8"
    if not recording.audio:
        return "no recording", "add the recording, or remove its transcript and TextGrid"
    if not recording.transcripts:
        return "no transcript", f"write what is said into {recording.place}.lab"
    if len(recording.audio) > 1 or len(recording.transcripts) > 1:
        return "two files of one kind", "keep one recording and one transcript of this name"
    return None


def _relocated(utterance: Utterance, base: Path) -> Utterance:
    """Paths below `base` become relative, so that a moved results folder stays whole; those elsewhere are absolute."""
    audio, textgrid = (
        "" if not path else str(full.relative_to(base) if full.is_relative_to(base) else full)
        for path, full in ((path, Path(path).absolute()) for path in (utterance.audio, utterance.textgrid))
    )
    return replace(utterance, audio=audio, textgrid=textgrid)


def _check_speakers(present: Sequence[str], splitting: Splitting) -> None:
    setting = "corpus.recordings.test_speakers"
    shown = ", ".join(present[:40]) + (" …" if len(present) > 40 else "")
    unknown = sorted(set(splitting.test_speakers) - set(present))
    if unknown:
        raise InputError(setting, f"unknown {', '.join(unknown)}", f"some of {shown}", "correct the names")
    if not splitting.test_speakers:
        raise InputError(setting, "no speaker", f"at least one of {shown}", "name the speakers to be held out")
    if not set(present) - set(splitting.test_speakers):
        raise InputError(setting, "every speaker", "speakers left to train on", "hold out fewer speakers")


def _check_splits(utterances: Sequence[Utterance], exclusions: Sequence[Exclusion]) -> None:
    """A training could not be judged without dev utterances, nor its result without test utterances."""
    present = {utterance.split for utterance in utterances}
    lost = ""
    if exclusions:
        first = exclusions[0]
        lost = f"{len(exclusions)} recordings cannot be used, the first, {first.file}, for: {first.reason}"
    checks = [
        ("dev", "dev_fraction", "at least one utterance of the training speakers", "raise the fraction"),
        ("test", "test_speakers", "at least one utterance of the test speakers", "mend theirs, or name others"),
    ]
    for split, setting, expected, advice in checks:
        if utterances and split not in present:
            found = f"no usable utterance falls into {split}"
            raise InputError(f"corpus.recordings.{setting}", found, expected, advice, lost)
