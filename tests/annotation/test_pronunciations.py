"""A user's dictionary is read as CMUdict and MFA write it, or refused by its line."""

import pytest

from phonotopy.alignment import pocketsphinx
from phonotopy.annotation.pronunciations import PHONES, read_dictionary, restricted
from phonotopy.core.errors import InputError

TEXT = """\
;;; # CMUdict  --  a comment
## another
ZORGLE  Z AO1 R G AH0 L
ZORGLE(2)  Z AO1 R G L ;;; lazy
zorgle(3) Z AO2 R G AH2 L
O’Malley\t0.99\t0.12\t1.0\t1.4\tOW0 M AE1 L IY0
aalborg AO1 L B AO0 R G # place, danish

!exclamation-point EH2 K S
<unk> spn
[bracketed] spn
uh-huh AH1 HH AH1
déjà 1 D EY1 ZH AA2\r
"""


def dictionary(tmp_path, text, encoding="utf-8"):
    (tmp_path / "own.dict").write_bytes(text.encode(encoding))
    return tmp_path / "own.dict"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_entries_comments_variants_and_probabilities(tmp_path, encoding):
    found = read_dictionary(dictionary(tmp_path, TEXT, encoding))
    assert found == {
        "zorgle": ("Z AO R G AH L", "Z AO R G L"),
        "o'malley": ("OW M AE L IY",),
        "aalborg": ("AO L B AO R G",),
        "déjà": ("D EY ZH AA",),
    }


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("gut ɡ ʊ t", "line 2: unknown phone 'ɡ' in 'gut'"),
        ("six S IH9 K S", "line 2: unknown phone 'IH9' in 'six'"),
        ("six s ih k s", "line 2: unknown phone 's' in 'six'"),
        ("six", "line 2: no phones of 'six'"),
        ("six 0.5", "line 2: no phones of 'six'"),
    ],
)
def test_what_the_aligner_cannot_say_is_refused_by_its_line(tmp_path, line, found):
    with pytest.raises(InputError) as caught:
        read_dictionary(dictionary(tmp_path, f"one W AH N\n{line}\n"))
    assert caught.value.subject == "alignment.dictionary"
    assert caught.value.found == f"{tmp_path / 'own.dict'}, {found}"


@pytest.mark.parametrize("content", [b"", b"<unk> spn\n", b"a\0b"])
def test_files_without_words_are_refused(tmp_path, content):
    (tmp_path / "own.dict").write_bytes(content)
    with pytest.raises(InputError, match=r"alignment\.dictionary"):
        read_dictionary(tmp_path / "own.dict")


def test_an_absent_file_or_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "absent.dict", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_dictionary(path)


def test_only_what_is_said_is_kept():
    assert restricted({"b": ("B IY",), "a": ("EY",), "c": ("S IY",)}, ["c a", "d a"]) == {"a": ("EY",), "c": ("S IY",)}


def test_the_phones_are_those_of_the_model():
    """The model takes each of them and, its silences and noises aside, no other."""
    decoder = pocketsphinx._decoder.__wrapped__(0)
    for phone in PHONES:
        decoder.add_word(f"only{phone}", phone, True)
    for foreign in ("AX", "IH1", "s", "Q"):
        with pytest.raises(RuntimeError):
            decoder.add_word("foreign", foreign, True)
