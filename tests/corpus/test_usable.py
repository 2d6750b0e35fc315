"""Too little that is usable stops a run before anything else begins; what there is, is counted."""

from dataclasses import replace
from pathlib import Path

import pytest

from phonotopy.core.errors import InputError
from phonotopy.corpus import usable
from phonotopy.corpus.splits import require_splits
from phonotopy.corpus.utterances import Exclusion, Utterance, read_exclusions


def lost(number: int) -> list[Exclusion]:
    return [Exclusion(f"x{n}", "ann", "train", "x.wav", "no transcript: none", "write one") for n in range(number)]


def test_more_than_max_excluded_stops_and_leaves_a_list(tmp_path: Path) -> None:
    listing = tmp_path / "digits.excluded.tsv"
    with pytest.raises(InputError) as caught:
        usable.check(lost(6), 100, 0.05, listing=listing)
    assert caught.value.subject == "corpus.max_excluded"
    assert caught.value.found.startswith(
        "6 of 100 utterances excluded: no transcript 6. First: x0 (no transcript: none"
    )
    assert str(listing) in caught.value.advice
    assert read_exclusions(listing) == lost(6)
    usable.check(lost(5), 100, 0.05, listing=listing)
    assert not listing.exists()


@pytest.mark.parametrize(
    ("exclusions", "total", "found"), [([], 0, "no utterances"), (lost(3), 3, "3 of 3 utterances")]
)
def test_nothing_left_stops_whatever_the_setting(exclusions: list[Exclusion], total: int, found: str) -> None:
    with pytest.raises(InputError, match=found):
        usable.check(exclusions, total, 1.0)


def test_utterances_and_minutes_of_every_split() -> None:
    spoken = [Utterance(f"u{n}", f"s{n % 2}", "test", "x.wav", 20.0, 8000, "six") for n in range(3)]
    train, dev, test = usable.summary(spoken, lost(2))
    assert list(train.values()) == ["train", 0, 2, 0, 2, 0.0]
    assert list(dev.values()) == ["dev", 0, 0, 0, 0, 0.0]
    assert list(test.values()) == ["test", 2, 3, 3, 0, 1.0]
    assert list(train) == list(usable.TABLE.columns)


SETTINGS = {"train": "test_speakers", "dev": "dev_fraction", "test": "test_speakers"}


@pytest.mark.parametrize("split", SETTINGS)
def test_a_training_needs_three_splits(split: str) -> None:
    spoken = {name: Utterance(name, "ann", name, "x.wav", 1.0, 8000, "six") for name in SETTINGS}
    require_splits(spoken.values(), [])
    del spoken[split]
    with pytest.raises(InputError, match=f"no usable utterance in {split}") as caught:
        require_splits(spoken.values(), [])
    assert caught.value.subject == f"corpus.recordings.{SETTINGS[split]}"
    assert caught.value.cause == ""
    assert caught.value.advice
    with pytest.raises(InputError) as caught:
        require_splits(spoken.values(), [replace(one, split=split) for one in lost(2)])
    assert caught.value.cause == f"all 2 utterances of {split} are excluded, the first, x0, for: no transcript: none"
