"""Remarks in brackets are distinguished from words and from silence."""

import pytest

from phonotopy.annotation.intervals import Span, labelled
from phonotopy.annotation.label_sets import Label, Labels
from phonotopy.annotation.remarks import are_noises, is_pause, is_remark, remarks_in, spoken, token
from phonotopy.annotation.transcripts import Transcript, normalise, transcribed
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import SILENCES

REMARKS = [
    "[laughter]",
    "<unk>",
    "{noise}",
    "(uh)",
    "((unclear word))",
    "<cutoff-he>",
    "[laugh (loud)]",
    "spn",
    "+SPN+",
]
WORDS = ["laughter", "walk(ing)", "(", "[so", "so]", "<a>b", "[a>", "", "sil", "<eps>", "<SIL>", "{SL}", "(...)", "#"]


@pytest.mark.parametrize("label", REMARKS)
def test_what_is_a_remark(label):
    assert is_remark(label)
    assert is_remark(token(label))
    assert len(token(label).split()) == 1
    assert remarks_in(label) == [token(label)]


@pytest.mark.parametrize("label", WORDS)
def test_what_is_none(label):
    assert not is_remark(label)
    assert remarks_in(label) == []


def test_every_name_of_silence_is_a_pause_or_a_noise():
    assert all(is_pause(label) is not is_remark(label) for label in SILENCES)
    assert is_pause("SIL")
    assert is_remark("[NOISE]")


def test_several_remarks_are_one_label():
    assert is_remark("[laughter] <unk>")
    assert remarks_in("[laughter] <unk>") == ["[laughter]", "<unk>"]
    assert not is_remark("[laughter] so")
    assert are_noises("<spn> [noise]")
    assert not are_noises("<spn> so")
    assert not are_noises("<unk>")


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("So, [laughter] he left.", "so he left", "so [laughter] he left"),
        ("<unk> He left (uh).", "he left", "<unk> he left (uh)"),
        ("he [door slams]{NOISE}, left", "he left", "he [door_slams] {noise} left"),
        ("well-known ((very odd)) 'thing'", "well known thing", "well known ((very_odd)) thing"),
        ("he <sil> left [sil]", "he left", ""),
        ("he （笑） left", "he left", "he （笑） left"),
        ("nothing here", "nothing here", ""),
    ],
)
def test_words_are_learned_and_remarks_keep_their_positions(text, words, marked):
    assert transcribed(text, "outside") == Transcript(words, marked)
    assert normalise(words) == words
    if "[" in text or "(" in text or "<" in text:
        with pytest.raises(InputError, match="remarks: ") as caught:
            transcribed(text)
        assert "corpus.recordings.remarks" in caught.value.advice


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[laughter]", "remarks alone: [laughter]"),
        ("<unk> ... (uh)", "remarks alone: <unk> (uh)"),
        ("walk(ing)", "unknown letters: ( )"),
        ("route 66 <unk>", "unknown letters: 6"),
        ("so [laughter he", "unknown letters: ["),
        ("", "empty transcript"),
    ],
)
def test_what_cannot_be_learned_is_excluded_all_the_same(text, found):
    with pytest.raises(InputError) as caught:
        transcribed(text, "outside")
    assert caught.value.found == found


def test_tiers_of_words():
    labels = ["sil", "so", "spn", "[NOISE]", "<unk>", ""]
    assert spoken(labels, "exclude") == "so <unk>"
    assert spoken(labels, "outside") == "so <spn> [noise] <unk>"


LABELS = Labels({"S", "OW", "T"}, {"unk": Label("S")}, remarks="outside")


def intervals(phones, words, labels=LABELS, duration_s=10.0):
    found = labelled(phones, words, duration_s, labels)
    return [(own.onset_s, own.offset_s, own.label, own.word) for own in found]


def test_the_stretch_of_a_remark_is_speech_outside_the_inventory():
    """Whatever the tier of phones has there: phones, noise, names that the inventory lacks, or nothing at all."""
    words = [Span(1, 3, "so"), Span(3, 5, "[laughter]"), Span(6, 7, "to"), Span(7, 8, "<unk>"), Span(8, 9, "so")]
    expected = [
        (0.0, 1, "SIL", ""),
        (1, 2, "S", "so"),
        (2, 3, "OW", "so"),
        (3, 5, "OTHER", ""),
        (5, 6, "SIL", ""),
        (6, 7, "T", "to"),
        (7, 8, "OTHER", ""),
        (8, 9, "S", "so"),
        (9, 10.0, "SIL", ""),
    ]
    sure = [Span(1, 2, "S"), Span(2, 3, "OW"), Span(6, 7, "T"), Span(8, 9, "S")]
    for there in (
        [Span(3, 5, "spn"), Span(7, 8, "spn")],
        [Span(3, 4, "S"), Span(4, 5, "OW"), Span(7, 8, "LAUGH")],
        [Span(3, 6, "sil"), Span(7, 8, "")],
        [],
    ):
        assert intervals(sorted([*sure, *there]), words) == expected


def test_a_remark_takes_nothing_from_the_phones_beside_it():
    """Where the tiers disagree about where it begins and ends."""
    words = [Span(0, 3, "so"), Span(3, 5, "<unk>"), Span(5, 10, "so")]
    phones = [Span(0, 3.5, "S"), Span(3.5, 4.6, "spn"), Span(4.6, 10, "OW")]
    assert intervals(phones, words) == [(0, 3.5, "S", "so"), (3.5, 4.6, "OTHER", ""), (4.6, 10, "OW", "so")]


def test_noises_without_a_tier_of_words():
    phones = [Span(0, 3, "S"), Span(3, 5, "spn"), Span(5, 6, "sil"), Span(6, 10, "OW")]
    assert [row[2] for row in intervals(phones, [])] == ["S", "OTHER", "SIL", "OW"]
    before = Labels({"S", "OW"})
    assert [row[2] for row in intervals(phones, [], before)] == ["S", "SIL", "OW"]


def test_a_table_of_labels_comes_first():
    table = {"spn": Label("SIL"), "<unk>": Label("T")}
    labels = Labels({"S", "T", "[b]"}, table, remarks="outside")
    assert [labels.of(text).name for text in ("spn", "<unk>", "[b]", "SPN", "sp")] == [
        "SIL",
        "T",
        "[b]",
        "OTHER",
        "SIL",
    ]
