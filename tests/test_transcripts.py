"""Transcripts become letters of the recogniser, or are refused."""

import pytest

from phonotopy.errors import InputError
from phonotopy.speech.transcripts import LETTERS, normalise, read_transcript


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Six\n", "six"),
        ('  "Well, don\'t!" she said;  why? ', "well don't she said why"),
        ("twenty-one – or so… he’s told", "twenty one or so he's told"),
        ("wait - what", "wait what"),
        ("rock ' roll", "rock roll"),
        ("one:two.", "onetwo"),
    ],
)
def test_normalise(text, expected):
    assert normalise(text) == expected
    assert set(expected) <= set(LETTERS)


@pytest.mark.parametrize(("text", "letters"), [("route 66", "6"), ("déjà vu", "à é"), ("a_b & c", "& _")])
def test_unknown_letters_are_named(text, letters):
    with pytest.raises(InputError) as caught:
        normalise(text)
    assert caught.value.found == f"unknown letters: {letters}"
    assert caught.value.advice


@pytest.mark.parametrize("text", ["", " \n", "...", "'"])
def test_nothing_said_is_refused(text):
    with pytest.raises(InputError, match="empty transcript"):
        normalise(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path, encoding):
    (tmp_path / "x.lab").write_bytes("“She’s here.”".encode(encoding))
    assert read_transcript(tmp_path / "x.lab") == "she's here"


def test_unreadable_transcripts_name_the_file(tmp_path):
    (tmp_path / "latin.lab").write_bytes("caf\xe9 noir".encode("latin-1"))
    (tmp_path / "digits.lab").write_text("7")
    for name, found in [("latin", "unreadable transcript"), ("digits", "unknown letters: 7"), ("absent", "unreadable")]:
        with pytest.raises(InputError) as caught:
            read_transcript(tmp_path / f"{name}.lab")
        assert caught.value.subject == str(tmp_path / f"{name}.lab")
        assert caught.value.found.startswith(found)
