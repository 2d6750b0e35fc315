"""A corpus of synthetic speech: sentences, spoken by espeak-ng in processes of its own."""

import io
import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from queue import SimpleQueue
from typing import Self

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from phonotopy.core import steps
from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing_folder
from phonotopy.core.tables import write_table
from phonotopy.corpus import espeak
from phonotopy.corpus.sentences import Grammar, sentences
from phonotopy.corpus.utterances import Split, Utterance
from phonotopy.corpus.voices import Voice

__all__ = ["Speech", "WordOnset", "synthesise", "write_words"]

SAMPLE_RATE_HZ = 16000  # of the corpus; espeak-ng itself speaks at 22,050 Hz
VOLUME = 40  # of 0 to 200; the loudest voice of the table then stays below the largest sample
QUIETEST = 0.003  # root mean square of an utterance whose full scale is 1
OVERDRIVEN = 32000  # of 32,768: the limiter of espeak-ng holds what is too loud just below a full scale
SHORTEST_S = 0.5  # of a sentence of four words
BYTES_PER_S = 2 * SAMPLE_RATE_HZ  # before compression

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WordOnset:
    """Where the synthesiser itself says that a word begins; `word_index` counts the words of the transcript from 0."""

    utterance: str
    word_index: int
    word: str
    onset_s: float


@dataclass(frozen=True)
class Speech:
    """One utterance and the onsets of those of its words that the synthesiser spoke on their own."""

    utterance: Utterance
    words: tuple[WordOnset, ...]


@dataclass(frozen=True)
class _Sound:
    """What the synthesiser answers: `samples` in 16 bit, and events (offset in the text, characters, sample)."""

    samples: NDArray[np.int16]
    rate_hz: int
    events: Sequence[tuple[int, int, int]]


class _Synthesiser:
    """The program of `espeak`, running."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", espeak.__file__]  # -P: its neighbours must not hide modules of the same name
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def say(self, sentence: str, voice: Voice) -> _Sound:
        """Speak; InputError where espeak-ng cannot, or the sound is of no use."""
        settings = {"rate_wpm": voice.rate_wpm, "pitch": voice.pitch, "volume": VOLUME}
        requests, answers = self._process.stdin, self._process.stdout
        if requests is None or answers is None:
            raise RuntimeError("the synthesiser has no pipes")
        try:
            requests.write(json.dumps({"text": sentence, "voice": voice.name, **settings}).encode() + b"\n")
            requests.flush()
            header = json.loads(answers.readline())
        except (BrokenPipeError, json.JSONDecodeError) as error:
            raise _unusable(voice, sentence, "the synthesiser ended") from error
        samples = np.frombuffer(answers.read(2 * header["samples"]), "<i2")
        fault = header["error"] or _fault(samples, header["sample_rate_hz"])
        if fault:
            raise _unusable(voice, sentence, fault)
        return _Sound(samples, header["sample_rate_hz"], header["words"])


def _unusable(voice: Voice, sentence: str, found: str) -> InputError:
    subject = f"speaker {voice.speaker} ({voice.name}) saying {sentence!r}"
    return InputError(subject, found, "clear speech", "replace the row of the speaker in resources/voices.tsv")


def _fault(samples: NDArray[np.int16], rate_hz: int) -> str:
    """What would spoil a corpus without a sign, or nothing."""
    if len(samples) < SHORTEST_S * rate_hz:
        return f"{len(samples) / rate_hz:.2f} s of sound"
    if np.sqrt(np.mean(samples.astype(np.float64) ** 2)) < QUIETEST * 32768:
        return "silence"
    return "clipped sound" if max(samples.max(), -int(samples.min())) >= OVERDRIVEN else ""


def _word_onsets(utterance: str, sentence: str, sound: _Sound) -> tuple[WordOnset, ...]:
    """Onsets of words with an event of their own; words that are spoken as one, such as `of the`, have none."""
    starts = [start for start, _, _ in sound.events]
    ends = [*starts[1:], len(sentence)]
    parts = [sentence[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    return tuple(
        WordOnset(utterance, len(sentence[:start].split()), word, sample / sound.rate_hz)
        for word, (start, characters, sample) in zip(parts, sound.events, strict=True)
        if " " not in word and len(word) == characters
    )


def _pcm(sound: _Sound) -> NDArray[np.int16]:
    """Samples of the corpus; `clip` holds what the filter overshoots."""
    scaled = sound.samples.astype(np.float32) / 32768
    resampled = np.asarray(soxr.resample(scaled, sound.rate_hz, SAMPLE_RATE_HZ, quality="HQ"))
    pcm: NDArray[np.int16] = np.clip(np.rint(resampled * 32767), -32768, 32767).astype(np.int16)
    return pcm


def _flac(pcm: NDArray[np.int16]) -> bytes:
    """A whole FLAC file, made in memory: libsndfile does not report whether its last bytes reached a full disk."""
    content = io.BytesIO()
    soundfile.write(content, pcm, SAMPLE_RATE_HZ, subtype="PCM_16", format="FLAC")
    return content.getvalue()


def _speak(
    synthesiser: _Synthesiser, voice: Voice, lines: Iterable[str], folder: Path, budget_s: float
) -> list[Speech]:
    """Utterances of one speaker until the budget is spent; a larger budget begins with the same ones."""
    said: list[Speech] = []
    spent_s = 0.0
    (folder / voice.speaker).mkdir()
    for number, sentence in enumerate(lines, start=1):
        sound = synthesiser.say(sentence, voice)
        pcm = _pcm(sound)
        name = f"{voice.speaker}-{number:04d}"
        audio = Path(folder.name, voice.speaker, f"{name}.flac")
        (folder.parent / audio).write_bytes(_flac(pcm))
        duration_s = len(pcm) / SAMPLE_RATE_HZ
        utterance = Utterance(name, voice.speaker, voice.split, audio.as_posix(), duration_s, SAMPLE_RATE_HZ, sentence)
        said.append(Speech(utterance, _word_onsets(name, sentence, sound)))
        spent_s += duration_s
        if spent_s >= budget_s:
            break
    logger.info("%s: %d utterances, %.1f minutes", voice.speaker, len(said), spent_s / 60)
    return said


def _require_disk(folder: Path, minutes: float) -> None:
    existing = next(parent for parent in folder.absolute().parents if parent.exists())
    needed, free = 60 * BYTES_PER_S * minutes, shutil.disk_usage(existing).free
    if needed > free:
        found, expected = f"{free / 1e6:.0f} MB free", f"{needed / 1e6:.0f} MB for the synthetic corpus"
        raise InputError(str(existing), found, expected, "free some disk or lower corpus.synthetic.minutes")


def synthesise(
    grammar: Grammar,
    voices: Sequence[Voice],
    folder: str | Path,
    minutes: Mapping[Split, float],
    seed: int,
    processes: int = 1,
) -> list[Speech]:
    """Let every voice speak an even share of its split's minutes into ``folder/speaker/utterance.flac``.

    16 kHz, 16 bit, mono. The folder appears whole; audio paths are relative to its parent, where the tables belong.
    Speakers are independent of each other, and an utterance of those before it, so that neither the number of processes
    nor the minutes of another split change a sample. InputError for sound of no use and for too little disk.
    """
    folder = Path(folder)
    splits = [voice.split for voice in voices]
    _require_disk(folder, sum(minutes[split] for split in set(splits)))
    idle: SimpleQueue[_Synthesiser] = SimpleQueue()

    def work(voice: Voice) -> list[Speech]:
        synthesiser = idle.get()
        try:
            budget_s = 60 * minutes[voice.split] / splits.count(voice.split)
            lines = sentences(grammar, voice.split, voice.speaker, seed)
            return _speak(synthesiser, voice, lines, part, budget_s)
        finally:
            idle.put(synthesiser)

    with replacing_folder(folder) as part, ExitStack() as stack:
        for _ in range(processes):
            idle.put(stack.enter_context(_Synthesiser()))
        pool = stack.enter_context(ThreadPoolExecutor(processes))
        spoken = steps.passed(pool.map(work, voices), "speaker", len(voices))
        return [speech for one in spoken for speech in one]


def write_words(path: str | Path, speeches: Iterable[Speech]) -> None:
    """Write one row per word onset: utterance, word_index, word, onset_s."""
    columns = [column.name for column in fields(WordOnset)]
    write_table(path, columns, (asdict(word) for speech in speeches for word in speech.words))
