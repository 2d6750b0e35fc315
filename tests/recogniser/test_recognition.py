"""Error rates by speaker add up to those of the split, under the names that readers know."""

import numpy as np
import pytest

from phonotopy.corpus.speakers import names_of_speakers
from phonotopy.recogniser.recognise import Hypothesis, error_rows
from phonotopy.recogniser.recognition import BY_SPEAKER, speaker_rows

WORDS = ("six", "angry", "boys", "on", "friday")


def hypotheses() -> list[Hypothesis]:
    random = np.random.default_rng(0)
    return [
        Hypothesis(f"{speaker}-{n}", speaker, split, *(" ".join(random.choice(WORDS, size=4)) for _ in range(2)))
        for split, speakers in (("train", "a"), ("dev", "ab"), ("test", "dc"))
        for speaker in speakers
        for n in range(5)
    ]


def found(*, private: bool) -> list[dict]:
    rows = [
        {name: getattr(item, name) for name in ("speaker", "split", "transcript", "letter_edits", "word_edits")}
        for item in hypotheses()
    ]
    return list(speaker_rows("corpus", "control", 3, rows, names_of_speakers(hypotheses(), private=private)))


def test_speakers_of_dev_and_test_add_up_to_their_split() -> None:
    rows = found(private=False)
    assert all(row.keys() == set(BY_SPEAKER.columns) for row in rows)
    assert [(row["split"], row["speaker"]) for row in rows] == [
        ("dev", "a"),
        ("dev", "b"),
        ("test", "c"),
        ("test", "d"),
    ]
    for whole in error_rows(hypotheses(), "corpus", "control", 3):
        own = [row for row in rows if row["split"] == whole["split"]]
        if own:
            assert sum(row["utterances"] for row in own) == whole["utterances"]
            for rate, edits, size in (
                ("letter_error_rate", "letter_edits", "letters"),
                ("word_error_rate", "word_edits", "words"),
            ):
                assert sum(row[edits] for row in own) / sum(row[size] for row in own) == pytest.approx(whole[rate])
                assert [row[rate] for row in own] == [row[edits] / row[size] for row in own]


def test_spaces_are_characters() -> None:
    row = {"speaker": "a", "split": "test", "transcript": "on on", "letter_edits": 1, "word_edits": 1}
    (one,) = speaker_rows("corpus", "control", 0, [row], {"a": "a"})
    assert (one["letters"], one["words"], one["letter_error_rate"]) == (5, 2, 0.2)


def test_private_speakers_are_numbers() -> None:
    assert [row["speaker"] for row in found(private=True)] == ["speaker01", "speaker02", "speaker03", "speaker04"]
    assert all({"a", "b", "c", "d"}.isdisjoint(map(str, row.values())) for row in found(private=True))
