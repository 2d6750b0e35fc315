"""Which utterances are shown: of every kind of speaker, the same in every run."""

from pathlib import Path

import pytest

from phonotopy.core.errors import InputError
from phonotopy.corpus.utterances import Utterance
from phonotopy.film.choice import chosen, read_kinds

ROOT = Path(__file__).parents[2]
DURATIONS = (2.0, 3.4, 3.6, 9.0)
SPOKEN = [
    Utterance(f"{speaker}-{n}", speaker, "train" if speaker == "z" else "test", "", duration, 8000, "words")
    for speaker in "zdcba"
    for n, duration in enumerate(DURATIONS)
]
KINDS = {"a": "north", "b": "north", "c": "north", "d": "south"}


ALIGNED = {one.utterance for one in SPOKEN}


def names(kinds, *, aligned=ALIGNED, named=(), speakers=9, splits=("test",)):
    found = chosen(SPOKEN, kinds, aligned, named=named, splits=splits, speakers=speakers, duration_s=3.5)
    return [one.utterance for one in found]


def test_each_speaker_says_what_is_nearest_to_the_duration_and_kinds_take_turns() -> None:
    assert names({}) == ["a-1", "b-1", "c-1", "d-1"]
    assert names(KINDS) == ["a-1", "d-1", "b-1", "c-1"]
    assert names(KINDS, speakers=2) == ["a-1", "d-1"]
    assert names(KINDS, splits=("train",)) == ["z-1"]


def test_named_utterances_are_shown_in_their_order_of_any_split() -> None:
    assert names(KINDS, named=("z-3", "a-0")) == ["z-3", "a-0"]


@pytest.mark.parametrize(
    ("asked", "subject"),
    [({"named": ("a-9",)}, "film.utterances"), ({"splits": ("dev",)}, "activations.splits")],
)
def test_what_is_not_there_is_named(asked, subject: str) -> None:
    with pytest.raises(InputError, match=subject):
        names(KINDS, **asked)


def test_a_named_utterance_without_phone_intervals_is_refused_by_name_and_split() -> None:
    found = r"film\.utterances: the utterance z-3, of the split train"
    with pytest.raises(InputError, match=rf"(?s){found}.*add train to alignment\.splits"):
        names(KINDS, aligned=ALIGNED - {"z-3"}, named=("a-0", "z-3"))


def test_what_is_not_aligned_is_not_chosen() -> None:
    assert names({}, aligned=ALIGNED - {"a-1"}) == ["a-2", "b-1", "c-1", "d-1"]
    with pytest.raises(InputError, match=r"activations\.splits: no aligned utterance"):
        names({}, aligned=set())


def test_synthetic_speakers_have_an_accent_and_others_no_kind() -> None:
    assert read_kinds(ROOT / "resources" / "voices.tsv")["test02"] == "en-gb-x-rp"
    assert read_kinds("") == {}
