"""Which utterances the film shows: those that are named, or one of each speaker."""

from collections.abc import Container, Mapping, Sequence
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
    aligned: Container[str],
    *,
    named: Sequence[str],
    splits: Sequence[str],
    speakers: int,
    duration_s: float,
) -> list[Utterance]:
    """The `named` utterances; where none are, of each speaker of the splits the one nearest to a duration.

    At most so many `speakers`, of each of their `kinds` in turn. Only those that are `aligned` have phones to show:
    raises InputError for a name of another one, and for a name that is not among the utterances.
    """
    if named:
        return [_of_name(utterances, aligned, name) for name in named]
    own: dict[str, list[Utterance]] = {}
    for one in utterances:
        if one.split in splits and one.utterance in aligned:
            own.setdefault(one.speaker, []).append(one)
    if not own:
        found, advice = f"no aligned utterance of {', '.join(splits)}", "name splits that have speech"
        raise InputError("activations.splits", found, "at least one utterance", advice)
    nearest = {
        speaker: min(spoken, key=lambda one: (abs(one.duration_s - duration_s), one.utterance))
        for speaker, spoken in own.items()
    }
    return [nearest[speaker] for speaker in _in_turn(sorted(own), kinds)[:speakers]]


def _of_name(utterances: Sequence[Utterance], aligned: Container[str], name: str) -> Utterance:
    named = next((one for one in utterances if one.utterance == name), None)
    if named is None:
        expected = "names in utterances.tsv that were not excluded"
        raise InputError("film.utterances", f"the utterance {name}", expected, "correct it, or leave the list empty")
    if name not in aligned:
        found = f"the utterance {name}, of the split {named.split}, which has no phone intervals"
        advice = (
            f"add {named.split} to alignment.splits, or choose another utterance; where the split is aligned, "
            "coverage.tsv says why this utterance is not"
        )
        raise InputError("film.utterances", found, "utterances that are aligned", advice)
    return named


def _in_turn(speakers: Sequence[str], kinds: Mapping[str, str]) -> list[str]:
    """The first speaker of every kind, then the second of every kind, …; without kinds, as they come."""
    passed: dict[str, int] = {}
    turns: dict[str, int] = {}
    for speaker in speakers:
        kind = kinds.get(speaker, "")
        turns[speaker] = passed[kind] = passed.get(kind, -1) + 1
    return sorted(speakers, key=lambda speaker: turns[speaker])
