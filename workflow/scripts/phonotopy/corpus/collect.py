"""One's own recordings become utterances: found, examined, and cut where they are long."""

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from phonotopy.annotation.intervals import Span
from phonotopy.annotation.remarks import spoken
from phonotopy.annotation.textgrid import read_textgrid
from phonotopy.annotation.tiers import find_tier
from phonotopy.annotation.transcripts import TABLE, Transcript, read_transcript, transcribed
from phonotopy.audio.waveform import MEND, probe
from phonotopy.core.errors import InputError
from phonotopy.core.processes import surviving_map
from phonotopy.core.seeds import key
from phonotopy.corpus.folders import TRANSCRIPTS, Layout, Recording, find_recordings, writable
from phonotopy.corpus.segmentation import Passage, cut, find_passages, write_tiers
from phonotopy.corpus.utterances import SPLITS, Exclusion, Split, Utterance, surviving

__all__ = ["CUTS", "Splitting", "collect"]

LOG = logging.getLogger(__name__)

CUTS = "cuts"  # the folder, beside the tables, of utterances cut out of longer recordings
LONGEST_S = 600.0  # of an utterance, whose features lie in memory as a whole; alignment drifts long before
PATIENCE_S, PATIENCE_S_PER_BYTE = 120.0, 1e-5  # for a file, and for its size; decoding takes about a thousandth

Row = Utterance | Exclusion


@dataclass(frozen=True)
class Splitting:
    """Who is held out: `test_speakers` by name, and a fraction of the other speakers' utterances for dev."""

    test_speakers: tuple[str, ...]
    dev_fraction: float
    seed: int

    def split(self, speaker: str, utterance: str) -> Split:
        """The split of an utterance depends on nothing but its own name, so that a new recording moves no other."""
        if speaker in self.test_speakers:
            return "test"
        return "dev" if key("dev", self.seed, utterance) < self.dev_fraction * 2.0**64 else "train"


@dataclass(frozen=True)
class Task:
    """What the examination of a recording needs to know of the whole: the corpus, and the folder for what is cut."""

    root: Path
    layout: Layout
    splitting: Splitting
    cuts: Path

    def excluded(self, recording: Recording, reason: str, advice: str, file: str = "") -> Exclusion:
        """The row that says why a recording is left out."""
        split = self.splitting.split(recording.speaker, recording.name)
        return Exclusion(recording.name, recording.speaker, split, file or recording.path, reason, advice)


def collect(
    source: str | Path,
    splitting: Splitting,
    folder: str | Path,
    layout: Layout | None = None,
    processes: int = 1,
    listing: str | Path = "",
) -> tuple[list[Utterance], list[Exclusion]]:
    """Find and check all recordings below `source`, in order of their paths; `folder` is that of the tables.

    Long recordings are cut into `folder` / cuts. Paths of utterances are relative to `folder` where they lie below it,
    else absolute. Files are decoded in processes that may die of them. InputError, naming the setting: no speaker
    folders, no or unknown test speakers; where recordings have been examined by then, `listing` has all exclusions.
    """
    layout = layout or Layout()
    root, recordings = find_recordings(Path(source), layout)
    if not layout.speakers_in_tiers:
        _check_speakers({recording.speaker for recording in recordings}, splitting)
    task = Task(root, layout, splitting, Path(folder) / CUTS)
    examined = surviving_map(
        partial(_examined, task),
        _without_twins(recordings, task),
        processes,
        lost=partial(_lost, task),
        limit_s=_patience_s,
    )
    rows = list(_without_namesakes([row for own in examined for row in own]))
    utterances = [_relocated(row, Path(folder).absolute()) for row in rows if isinstance(row, Utterance)]
    exclusions = [row for row in rows if isinstance(row, Exclusion)]
    with surviving(listing, exclusions):
        if layout.speakers_in_tiers:
            _check_speakers({row.speaker for row in rows}, splitting)
    _warn_of_splits(utterances)
    return utterances, exclusions


def _without_twins(recordings: Iterable[Recording], task: Task) -> list[Recording | Exclusion]:
    """Exclude recordings whose name is already taken, since no table could distinguish them."""
    taken: dict[str, Recording] = {}
    kept: list[Recording | Exclusion] = []
    for recording in recordings:
        first = taken.setdefault(recording.name, recording)
        twin = f"name taken: {first.path} has the same utterance id"
        kept.append(recording if first is recording else task.excluded(recording, twin, "rename one of the two"))
    return kept


def _without_namesakes(rows: Iterable[Row]) -> Iterator[Row]:
    """Exclude utterances whose id is already taken: those of tiers may meet where recordings do not."""
    taken: set[str] = set()
    for row in rows:
        if isinstance(row, Utterance) and row.utterance in taken:
            identity = row.utterance, row.speaker, row.split, row.audio
            yield Exclusion(*identity, "name taken: another utterance has the same id", "rename the recording")
        else:
            yield row
            taken.add(row.utterance)


def _patience_s(recording: Recording | Exclusion) -> float:
    """Seconds that a recording may take."""
    files = recording.audio if isinstance(recording, Recording) else ()
    return PATIENCE_S + PATIENCE_S_PER_BYTE * sum(file.stat().st_size for file in files if file.exists())


def _lost(task: Task, recording: Recording | Exclusion) -> list[Row]:
    if isinstance(recording, Exclusion):
        return [recording]
    return [task.excluded(recording, "fatal audio: its decoder crashed or did not come to an end", MEND)]


def _examined(task: Task, recording: Recording | Exclusion) -> list[Row]:
    """The utterances of a recording, or why there are none."""
    if isinstance(recording, Exclusion):
        return [recording]
    if fault := _fault(recording):
        return [task.excluded(recording, *fault)]
    try:
        tiers = read_textgrid(recording.textgrids[0]) if _marked(recording, task.layout) else {}
        if any(task.layout.owner(name) is not None for name in tiers) or (tiers and not recording.transcribed):
            return _cut(task, recording, tiers)
        return [_whole(task, recording)]
    except InputError as error:
        path = Path(error.subject)
        file = path.relative_to(task.root).as_posix() if path.is_relative_to(task.root) else ""
        return [task.excluded(recording, error.found, error.advice, writable(file))]


def _marked(recording: Recording, layout: Layout) -> bool:
    """Whether a tier may mark utterances in the recording."""
    return bool(layout.utterance_tier and recording.textgrids)


def _fault(recording: Recording) -> tuple[str, str] | None:
    """What is wrong with the set of files of a recording, and what to do."""
    if any(writable(str(file)) != str(file) for file in recording.files):
        return "name that is no UTF-8", "rename the file or folder, with letters that are UTF-8"
    if not recording.audio:
        return "no recording", f"add the recording, or remove its transcript, TextGrid or line in {TABLE}"
    if len(recording.audio) > 1 or len(recording.transcripts) > 1:
        return "two files of one kind", "keep one recording and one transcript of this name"
    return None


def _whole(task: Task, recording: Recording) -> Utterance:
    """The recording as one utterance."""
    if not recording.speaker:
        advice = f"move it into the folder of its speaker, or name the speaker in {TABLE}"
        raise InputError("recording", "outside a speaker folder", "a speaker", advice)
    audio, transcript = probe(recording.audio[0]), _transcript(recording, task.layout)
    if audio.duration_s > LONGEST_S:
        raise _too_long(str(recording.audio[0]), audio.duration_s)
    textgrid = str(recording.textgrids[0]) if recording.textgrids else ""
    identity = recording.name, recording.speaker, task.splitting.split(recording.speaker, recording.name)
    sound = str(recording.audio[0]), audio.duration_s, audio.sample_rate_hz
    return Utterance(*identity, *sound, transcript.words, textgrid, transcript.marked)


def _transcript(recording: Recording, layout: Layout) -> Transcript:
    """What the table says, else a file, else the words of the TextGrid."""
    if recording.transcript:
        return transcribed(recording.transcript, layout.remarks)
    if recording.transcripts:
        return read_transcript(recording.transcripts[0], layout.remarks)
    tiers = read_textgrid(recording.textgrids[0]) if recording.textgrids else {}
    words = find_tier(tiers, layout.words, recording.speaker)
    if words is None:
        found = "no transcript" + (f", and no tier of words among {', '.join(tiers)}" if tiers else "")
        advice = f"write what is said into {recording.path}{TRANSCRIPTS[0]}"
        raise InputError("recording", found, "a transcript", advice)
    return transcribed(spoken((span.text for span in tiers[words]), layout.remarks), layout.remarks)


def _too_long(subject: str, duration_s: float) -> InputError:
    found, expected = f"too long: {duration_s:.0f} s in one utterance", f"at most {LONGEST_S:.0f} s"
    advice = "cut it by the intervals of a tier of its TextGrid: corpus.recordings.utterance_tier"
    return InputError(subject, found, expected, advice)


def _cut(task: Task, recording: Recording, tiers: Mapping[str, Sequence[Span]]) -> list[Row]:
    """The utterances that tiers mark in the recording, in order of time; each in a file of its own."""
    passages = find_passages(tiers, task.layout, probe(recording.audio[0]).duration_s)
    if not passages:
        advice = "mark utterances in Praat, or remove the recording"
        raise InputError(str(recording.textgrids[0]), "no utterances in the TextGrid", "an interval with text", advice)
    folder = task.cuts / recording.name
    folder.mkdir(parents=True, exist_ok=True)
    rows = [_draft(task, recording, passage, folder) for passage in passages]
    drafts = {index: row for index, row in enumerate(rows) if isinstance(row, Utterance)}
    results = cut(recording.audio[0], [passages[n] for n in drafts], [Path(row.audio) for row in drafts.values()])
    for (index, draft), result in zip(drafts.items(), results, strict=True):
        if isinstance(result, InputError):
            rows[index] = _passed_over(task, recording, passages[index], result)
        else:
            whole = replace(draft, duration_s=result[0], sample_rate_hz=result[1])
            rows[index] = _finished(whole, passages[index], tiers, task)
    return rows


def _identity(task: Task, recording: Recording, passage: Passage) -> tuple[str, str, Split]:
    """Id, speaker and split of a passage; its onset makes the id, so that a new one moves no other."""
    speaker = writable(passage.speaker) or recording.speaker
    stem = recording.name if recording.name.startswith(f"{speaker}-") else f"{speaker}-{recording.name}"
    utterance = re.sub(r"[^\w.-]+", "_", f"{stem}-{round(1000 * passage.onset_s):08d}")
    return utterance, speaker, task.splitting.split(speaker, utterance)


def _draft(task: Task, recording: Recording, passage: Passage, folder: Path) -> Row:
    """The passage as an utterance that has still to be cut."""
    identity = _identity(task, recording, passage)
    try:
        if passage.fault:
            raise passage.fault
        if passage.offset_s - passage.onset_s > LONGEST_S:
            raise _too_long("tier", passage.offset_s - passage.onset_s)
        words, marked = transcribed(passage.text, task.layout.remarks)
        return Utterance(*identity, str(folder / f"{identity[0]}.flac"), 0.0, 0, words, remarks=marked)
    except InputError as error:
        return _passed_over(task, recording, passage, error)


def _passed_over(task: Task, recording: Recording, passage: Passage, error: InputError) -> Exclusion:
    file = f"{recording.path} at {passage.onset_s:.3f} s"
    return Exclusion(*_identity(task, recording, passage), file, error.found, error.advice)


def _finished(utterance: Utterance, passage: Passage, tiers: Mapping[str, Sequence[Span]], task: Task) -> Utterance:
    """The utterance with a TextGrid of what the speaker's other tiers hold of it."""
    path = Path(utterance.audio).with_suffix(".TextGrid")
    return replace(utterance, textgrid=str(path)) if write_tiers(path, tiers, passage, task.layout) else utterance


def _relocated(utterance: Utterance, base: Path) -> Utterance:
    """Paths below `base` become relative, so that a moved results folder stays whole; those elsewhere are absolute."""
    audio, textgrid = (
        "" if not path else str(full.relative_to(base) if full.is_relative_to(base) else full)
        for path, full in ((path, Path(path).absolute()) for path in (utterance.audio, utterance.textgrid))
    )
    return replace(utterance, audio=audio, textgrid=textgrid)


def _check_speakers(speakers: Collection[str], splitting: Splitting) -> None:
    setting = "corpus.recordings.test_speakers"
    present = sorted(filter(None, speakers))
    shown = ", ".join(present[:40]) + (" …" if len(present) > 40 else "")
    unknown = sorted(set(splitting.test_speakers) - set(present))
    if unknown:
        raise InputError(setting, f"unknown {', '.join(unknown)}", f"some of {shown}", "correct the names")
    if not splitting.test_speakers:
        raise InputError(setting, "no speaker", f"at least one of {shown}", "name the speakers to be held out")


def _warn_of_splits(utterances: Sequence[Utterance]) -> None:
    """Name the splits that a training will miss; an alignment needs none."""
    present = {utterance.split for utterance in utterances}
    for split in SPLITS:
        if split not in present:
            LOG.warning("no usable utterance falls into %s: enough for an alignment, not for a training", split)
