"""Onsets are compared with those of the same word, whatever their distance, or counted as without a match."""

import pytest

from phonotopy.alignment import boundaries
from phonotopy.alignment.boundaries import Boundary, Expected
from phonotopy.annotation.intervals import Interval
from phonotopy.corpus.utterances import Utterance


def spoken(text, step=0.1):
    """Two intervals a word, `step` s each; a word in brackets is a silence."""
    result, now = [], 0.0
    for word in text.split():
        for label in ("AH", "T"):
            silent = word == "()"
            result.append(Interval(now, now + step, "SIL" if silent else label, None, "" if silent else word))
            now += step
    return result


def compared(transcript, recorded, expected):
    own = Utterance("ann-1", "ann", "test", "x.wav", 9.0, 8000, transcript)
    words = [Expected(index, transcript.split()[index], onset) for index, onset in expected]
    return [row.found_s for row in boundaries.from_words(own, "m", spoken(recorded), words, "synthesiser")]


@pytest.mark.parametrize(
    ("transcript", "recorded", "found"),
    [
        ("the cat saw the dog", "the cat saw the dog", [0.0, 0.2, 0.4, 0.6, 0.8]),
        ("the cat saw the dog", "() the cat () saw the dog", [0.2, 0.4, 0.8, 1.0, 1.2]),
        ("cats had had it", "cats had had it", [0.0, None, None, 0.6]),
        ("cats had had it", "cats had () had it", [0.0, None, None, 0.8]),
        ("the cat saw", "the dog saw", [None, None, None]),
        ("the cat saw", "() ()", [None, None, None]),
        ("six", "() six", [0.2]),
    ],
)
def test_words_are_found_by_their_index(transcript, recorded, found):
    expected = [(index, 0.0) for index in range(len(transcript.split()))]
    assert compared(transcript, recorded, expected) == [None if time is None else pytest.approx(time) for time in found]


def test_a_word_without_an_onset_of_its_own_shifts_no_other():
    assert compared("boy of the the", "boy of the the", [(0, 0.0)]) == [0.0]
    assert compared("top of the town saw the boy", "top of the town saw the boy", [(5, 0.9)]) == [pytest.approx(1.0)]


def row(split, expected_s, found_s, method="m"):
    return Boundary("ann-1", split, "synthesiser", method, "word", "six", expected_s, found_s)


def test_summary_counts_and_measures():
    own = [row("train", 1.0, found) for found in (1.0, 1.01, 0.98, 1.05, 1.4)] + [row("test", 1.0, None)]
    everything, train, test = boundaries.summary("digits", own)
    assert (everything["split"], everything["expected"], everything["compared"]) == ("all", 6, 5)
    assert (train["median_ms"], train["bias_ms"]) == (20.0, 10.0)
    assert [train[f"within_{limit}_ms"] for limit in (10, 20, 50)] == [0.4, 0.6, 0.8]
    assert (test["compared"], test["median_ms"], test["within_50_ms"]) == (0, None, None)
    assert all(tuple(found) == tuple(boundaries.SUMMARY.columns) for found in (everything, train, test))


def test_onsets_of_labels_by_two_methods():
    own = Utterance("ann-1", "ann", "test", "x.wav", 9.0, 8000, "a b")
    one = [Interval(0.1 * n, 0.1 * n + 0.1, label, None, "") for n, label in enumerate(["SIL", "T", "UW", "S", "IH"])]
    two = [Interval(0.1 * n, 0.1 * n + 0.1, label, None, "") for n, label in enumerate(["T", "AH", "S", "SIL", "IH"])]
    found = [(row.label, row.found_s) for row in boundaries.between_methods(own, ("a", one), ("b", two))]
    assert found == [("T", 0.0), ("UW", None), ("S", pytest.approx(0.2)), ("IH", pytest.approx(0.4))]


def test_boundaries_read_back(tmp_path):
    own = [row("train", 1.0, 1.25), row("test", 2.0, None)]
    boundaries.write_boundaries(tmp_path / "onsets.tsv", own)
    assert boundaries.read_boundaries(tmp_path / "onsets.tsv") == own
