"""Tiers of words and phones become intervals without gaps."""

import pytest

from phonotopy.annotation.intervals import Interval, Span, fitted, labelled, read_intervals, write_intervals
from phonotopy.annotation.label_sets import Label, Labels
from phonotopy.core.errors import InputError

PHONES = ("S", "IH", "K", "AH")
INVENTORY = Labels(PHONES, {"IH1": Label("IH", 1), "AH0": Label("AH", 0)})


def sil(onset, offset):
    return Interval(onset, offset, "SIL", None, "")


def test_labelled_by_hand():
    words = [Span(0.2, 0.6, "six"), Span(0.6, 0.9, "a"), Span(0.9, 1.0, "")]
    phones = [
        Span(0.0, 0.1, "sil"),
        Span(0.1, 0.2, "sp"),
        Span(0.2, 0.3, "S"),
        Span(0.3, 0.45, "IH1"),
        Span(0.5, 0.61, "K"),
        Span(0.61, 0.9, "AH0"),
    ]
    assert labelled(phones, words, 1.5, INVENTORY) == [
        sil(0.0, 0.2),
        Interval(0.2, 0.3, "S", None, "six"),
        Interval(0.3, 0.45, "IH", 1, "six"),
        sil(0.45, 0.5),
        Interval(0.5, 0.61, "K", None, "six"),
        Interval(0.61, 0.9, "AH", 0, "a"),
        sil(0.9, 1.5),
    ]


@pytest.mark.parametrize("silence", ["", "sil", "sp", "spn", "<eps>", "SIL", "SPN"])
def test_silences_have_one_name(silence):
    phones = [Span(0.0, 0.5, silence), Span(0.5, 1.0, "S")]
    words = [Span(0.0, 0.5, "<eps>"), Span(0.5, 1.0, silence)]
    assert labelled(phones, words, 1.0, INVENTORY) == [sil(0.0, 0.5), Interval(0.5, 1.0, "S", None, "")]


def test_words_may_be_missing():
    assert labelled([Span(0.0, 1.0, "S")], [], 1.0, INVENTORY) == [Interval(0.0, 1.0, "S", None, "")]


@pytest.mark.parametrize(
    ("phones", "found"),
    [([], "no phones"), ([Span(0, 1, "SIL")], "no phones"), ([Span(0, 1, "ɑ")], "unknown label 'ɑ'")],
)
def test_tiers_that_hold_no_phones_of_the_inventory(phones, found):
    with pytest.raises(InputError, match=found):
        labelled(phones, [], 1.0, INVENTORY)


def test_fitted_mends_what_rounding_makes():
    spans = [Span(0.0004, 0.5, "a"), Span(0.4995, 0.8, "b"), Span(0.8, 0.8, "c"), Span(0.8004, 1.04, "d")]
    assert fitted(spans, 1.0) == [Span(0.0, 0.5, "a"), Span(0.5, 0.8, "b"), Span(0.8, 1.0, "d")]
    assert fitted([Span(0.2, 0.9995, "a")], 1.0) == [Span(0.2, 1.0, "a")]
    assert fitted([Span(0.2, 0.9, "a"), Span(1.01, 1.04, "sil")], 1.0) == [Span(0.2, 0.9, "a")]


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([Span(0.0, 0.5, "a"), Span(0.49, 0.8, "b")], "overlapping intervals: 'b' begins at 0.49 s, before 0.5 s"),
        ([Span(0.5, 0.8, "b"), Span(0.0, 0.5, "a")], "overlapping intervals: 'a'"),
        ([Span(0.5, 0.4, "b")], "overlapping intervals: 'b'"),
        ([Span(-0.1, 0.4, "b")], "overlapping intervals: 'b'"),
        ([Span(0.5, 1.06, "b")], "too long: 'b' ends at 1.06 s, the recording at 1 s"),
    ],
)
def test_fitted_refuses_what_is_wrong(spans, found):
    with pytest.raises(InputError) as caught:
        fitted(spans, 1.0)
    assert caught.value.found.startswith(found)


def test_table_gives_back_what_was_written(tmp_path):
    intervals = {
        "ann-1": [sil(0.0, 0.25), Interval(0.25, 1.12345679, "AH", 0, "a")],
        "ben-1": [Interval(0.0, 0.5, "S", None, "is")],
    }
    write_intervals(tmp_path / "intervals.tsv", intervals.items())
    assert read_intervals(tmp_path / "intervals.tsv") == intervals
    write_intervals(tmp_path / "more.tsv", [("cy-1", intervals["ben-1"]), ("none", [])])
    both = read_intervals(tmp_path / "intervals.tsv", tmp_path / "more.tsv")
    assert both == intervals | {"cy-1": intervals["ben-1"]}
    lines = (tmp_path / "intervals.tsv").read_text().splitlines()
    assert lines[0] == "utterance\tonset_s\toffset_s\tlabel\tstress\tword"
    assert lines[2] == "ann-1\t0.25\t1.12345679\tAH\t0\ta"
