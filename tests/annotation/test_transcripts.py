"""Transcripts become letters of the recogniser, or are refused."""

import pytest

from phonotopy.annotation.transcripts import normalise, read_transcript
from phonotopy.core.errors import InputError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Six\n", "six"),
        ('  "Well, don\'t!" she said;  why? ', "well don't she said why"),
        ("twenty-one – or so… he’s told", "twenty one or so he's told"),
        ("wait - what", "wait what"),
        ("rock ' roll", "rock roll"),
        ("one:two.", "onetwo"),
        ("‘Twas 'well' said, the dogs' owner’s", "'twas well said the dogs' owner's"),
        ("DE\u0301J\u00c0 vu\u00ad\r\n\u00bfqu\u00e9?", "d\u00e9j\u00e0 vu qu\u00e9"),
        ("Привет, мир! — नमस्ते", "привет мир नमस्ते"),
    ],
)
def test_normalise(text, expected):
    assert normalise(text) == expected
    assert normalise(expected) == expected


@pytest.mark.parametrize(
    ("text", "letters"), [("route 66", "6"), ("٣ ²", "² ٣"), ("a_b & c", "& _"), ("[noise] so", "[ ]"), ("a\0b", "\0")]
)
def test_unknown_letters_are_named(text, letters):
    with pytest.raises(InputError) as caught:
        normalise(text)
    assert caught.value.found == f"unknown letters: {letters}"
    assert caught.value.advice


@pytest.mark.parametrize("text", ["", " \n", "...", "'"])
def test_nothing_said_is_refused(text):
    with pytest.raises(InputError, match="empty transcript"):
        normalise(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings(tmp_path, encoding, newline):
    quote = "'" if encoding == "latin-1" else "’"
    (tmp_path / "x.lab").write_bytes(f"She{quote}s{newline}Zoé.{newline}".encode(encoding))
    assert read_transcript(tmp_path / "x.lab").words == "she's zoé"


def test_latin_is_a_guess_that_is_logged(tmp_path, caplog):
    (tmp_path / "x.lab").write_bytes("Zoé".encode("latin-1"))
    (tmp_path / "y.lab").write_bytes("Zoé".encode())
    assert read_transcript(tmp_path / "x.lab") == read_transcript(tmp_path / "y.lab")
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'x.lab'} is no UTF-8; read as Latin-1 (Windows-1252)"
    ]


def test_unreadable_transcripts_name_the_file(tmp_path):
    (tmp_path / "binary.lab").write_bytes(b"abc\x81\x8d")
    (tmp_path / "odd.lab").write_bytes(b"a\0b")
    (tmp_path / "digits.lab").write_text("7")
    expected = {"binary": "unreadable", "odd": "unreadable", "digits": "unknown letters: 7", "absent": "unreadable"}
    for name, found in expected.items():
        with pytest.raises(InputError) as caught:
            read_transcript(tmp_path / f"{name}.lab")
        assert caught.value.subject == str(tmp_path / f"{name}.lab")
        assert caught.value.found.startswith(found)
