"""Synthetic speakers: an accent, a larynx and vocal tract, a pace and a pitch."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from phonotopy.core.errors import InputError
from phonotopy.core.tables import read_table
from phonotopy.corpus.utterances import SPLITS, Split

__all__ = ["Voice", "choose_voices", "read_voices"]

RATES_WPM, PITCHES = range(80, 451), range(100)  # what espeak-ng takes


@dataclass(frozen=True)
class Voice:
    """One speaker: a voice (accent) of espeak-ng, a variant (larynx, vocal tract), words per minute, pitch 0 to 99."""

    speaker: str
    split: Split
    voice: str
    variant: str
    rate_wpm: int
    pitch: int

    @property
    def name(self) -> str:
        """What espeak-ng calls the voice with its variant."""
        return f"{self.voice}+{self.variant}"


def read_voices(path: str | Path) -> list[Voice]:
    """Read speakers with columns speaker, split, voice, variant, rate_wpm, pitch.

    InputError for a row that cannot be spoken as meant: espeak-ng would use a voice without its unknown variant and say
    nothing, and reads English aloud in any language.
    """
    columns = {"speaker": str, "split": str, "voice": str, "variant": str, "rate_wpm": int, "pitch": int}
    accents = {name for file in (_data_folder() / "lang" / "gmw").glob("en*") for name in _names(file.name)}
    variants = {file.name for file in (_data_folder() / "voices" / "!v").iterdir()}
    voices = [Voice(**row) for row in read_table(path, columns)]
    for voice in voices:
        subject = f"{path}, speaker {voice.speaker}"
        _check(subject, voice.split, SPLITS)
        _check(subject, voice.voice, accents)
        _check(subject, voice.variant, variants)
        _check(subject, voice.rate_wpm, RATES_WPM)
        _check(subject, voice.pitch, PITCHES)
    names = [voice.speaker for voice in voices]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated:
        raise InputError(str(path), f"speaker {repeated} twice", "each speaker once", "rename one of them")
    return voices


def _check(subject: str, found: str | int, allowed: Collection[str] | range) -> None:
    if found not in allowed:
        span = f"{allowed[0]} to {allowed[-1]}" if isinstance(allowed, range) else ", ".join(sorted(allowed))
        raise InputError(subject, str(found), f"one of {span}", "correct the row")


def _names(file: str) -> tuple[str, str]:
    """What espeak-ng calls the voice in a file of its folder of West Germanic languages."""
    return file.lower(), f"gmw/{file}"


def _data_folder() -> Path:
    """Where the wheel keeps the data of espeak-ng; found without importing it."""
    loader = find_spec("espeakng_loader")
    if loader is None or loader.origin is None:
        raise InputError("espeakng-loader", "not installed", "the synthesiser", "install the dependencies once more")
    return Path(loader.origin).parent / "espeak-ng-data"


def choose_voices(voices: Iterable[Voice], speakers: Mapping[Split, int]) -> list[Voice]:
    """The first voices of every split; InputError names the setting that asks for more than there are."""
    voices = list(voices)
    chosen: list[Voice] = []
    for split in SPLITS:
        there = [voice for voice in voices if voice.split == split]
        if speakers[split] > len(there):
            setting = f"corpus.synthetic.speakers.{split}"
            advice = "lower the setting or add rows to resources/voices.tsv"
            raise InputError(setting, str(speakers[split]), f"at most {len(there)}", advice)
        chosen += there[: speakers[split]]
    return chosen
