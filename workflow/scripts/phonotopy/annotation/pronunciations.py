"""A pronouncing dictionary of one's own, for words that the aligner's lacks."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from phonotopy.annotation.transcripts import decoded, normalise
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import SILENCES, split_stress

__all__ = ["PHONES", "Pronunciations", "read_dictionary", "read_said", "restricted"]

# The phones of pocketsphinx's English model: ARPABET without stress, as in the CMU dictionary.
VOWELS = frozenset({"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"})
CONSONANTS = frozenset({*"BDFGKLMNPRSTVWYZ", "CH", "DH", "HH", "JH", "NG", "SH", "TH", "ZH"})
PHONES = VOWELS | CONSONANTS
SETTING = "alignment.dictionary"
COMMENT = re.compile(r";;;.*|(?:^|\s)##?.*")  # of a line (CMUdict 0.7), or behind a pronunciation (cmudict.dict)
VARIANT = re.compile(r"\(\d+\)$")
PROBABILITY = re.compile(r"\d*\.\d+(?:[eE][-+]?\d+)?|[01]")

Pronunciations = Mapping[str, tuple[str, ...]]  # of a lower-case word, each with spaces between its phones


def read_dictionary(path: str | Path) -> dict[str, tuple[str, ...]]:
    """Pronunciations by word, of a text file in the style of CMUdict or the Montreal Forced Aligner.

    A line holds a word and its phones, ARPABET with or without stress. Comments, numbers of variants (``word(2)``) and
    MFA's columns of probabilities are passed over, and so are entries that are no words (``<unk>``). InputError that
    names the line: a word without phones, or a phone that the aligner's acoustic model lacks.
    """
    found: dict[str, dict[str, None]] = {}
    for number, line in enumerate(_text(Path(path)).splitlines(), start=1):
        word, *phones = COMMENT.sub("", line).split() or [""]
        if spelling := _spelling(word):
            pronunciation = " ".join(_phones(f"{path}, line {number}", word, phones))
            found.setdefault(spelling, {})[pronunciation] = None
    if not found:
        advice = f"name a dictionary, or leave {SETTING} empty"
        raise InputError(SETTING, f"{path} holds no word", "a word and its phones in each line", advice)
    return {word: tuple(pronunciations) for word, pronunciations in found.items()}


def read_said(path: str | Path, transcripts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The entries of a file, if one is named, of words that are said."""
    return restricted(read_dictionary(path), transcripts) if path else {}


def restricted(pronunciations: Pronunciations, transcripts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The entries of words that are said, in order of the alphabet."""
    said = {word for transcript in transcripts for word in transcript.split()}
    return {word: pronunciations[word] for word in sorted(said & pronunciations.keys())}


def _text(path: Path) -> str:
    try:
        return decoded(path.read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        found = f"{path} cannot be read: {error}"
        raise InputError(SETTING, found, "a text file", "correct the path, from the working directory") from error


def _spelling(word: str) -> str:
    """The word as transcripts spell it; empty for what cannot be in one."""
    try:
        spelling = normalise(VARIANT.sub("", word)) if word and word not in SILENCES else ""
    except InputError:
        return ""
    return spelling if " " not in spelling else ""


def _phones(source: str, word: str, entries: Collection[str]) -> Iterator[str]:
    """Phones without stress; numbers before them are probabilities."""
    phones = [entry for entry in entries if not PROBABILITY.fullmatch(entry)]
    expected = f"phones of the aligner's model: {', '.join(sorted(PHONES))}"
    if not phones:
        raise InputError(SETTING, f"{source}: no phones of '{word}'", expected, "complete or remove the line")
    for phone in phones:
        label, _ = split_stress(phone)
        if label not in PHONES:
            found = f"{source}: unknown phone '{phone}' in '{word}'"
            advice = "spell the word in ARPABET, or align it yourself and add TextGrids"
            raise InputError(SETTING, found, expected, advice, "the dictionary is in another phone set, such as IPA")
        yield label
