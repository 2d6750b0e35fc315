"""Which utterances the film shows: those that are named, or one of each speaker."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from phonotopy.core.errors import InputError
from phonotopy.corpus.utterances import Utterance
from phonotopy.corpus.voices import read_voices

__all__ = ["chosen", "read_kinds"]


def read_kinds(voices: str | Path) -> dict[str, str]:
    """The kind of every synthetic speaker, the accent, from a table of voices; none where there is no table."""
    return {voice.speaker: voice.voice for voice in read_voices(voices)} if voices else {}


def chosen(
    utterances: Sequence[Utterance],
    kinds: Mapping[str, str],
    *,
    named: Sequence[str],
    splits: Sequence[str],
    speakers: int,
    duration_s: float,
) -> list[Utterance]:
    """The `named` utterances; where none are, of each speaker of the splits the one nearest to a duration.

    At most so many `speakers`, of each of their `kinds` in turn. Raises InputError for a name that is not among them.
    """
    if named:
        return [_of_name(utterances, name) for name in named]
    own: dict[str, list[Utterance]] = {}
    for one in utterances:
        if one.split in splits:
            own.setdefault(one.speaker, []).append(one)
    if not own:
        found, advice = f"no utterance of {', '.join(splits)}", "name splits that have speech"
        raise InputError("activations.splits", found, "at least one utterance", advice)
    nearest = {
        speaker: min(spoken, key=lambda one: (abs(one.duration_s - duration_s), one.utterance))
        for speaker, spoken in own.items()
    }
    return [nearest[speaker] for speaker in _in_turn(sorted(own), kinds)[:speakers]]


def _of_name(utterances: Sequence[Utterance], name: str) -> Utterance:
    for one in utterances:
        if one.utterance == name:
            return one
    expected = "names in utterances.tsv that were not excluded"
    raise InputError("film.utterances", f"the utterance {name}", expected, "correct it, or leave the list empty")


def _in_turn(speakers: Sequence[str], kinds: Mapping[str, str]) -> list[str]:
    """The first speaker of every kind, then the second of every kind, …; without kinds, as they come."""
    passed: dict[str, int] = {}
    turns: dict[str, int] = {}
    for speaker in speakers:
        kind = kinds.get(speaker, "")
        turns[speaker] = passed[kind] = passed.get(kind, -1) + 1
    return sorted(speakers, key=lambda speaker: turns[speaker])
