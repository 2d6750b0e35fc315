"""Own intervals instead of an alignment."""

from pathlib import Path

import pytest

from phonotopy.alignment.take_intervals import METHOD, supplied_intervals
from phonotopy.annotation.label_sets import Label, Labels
from phonotopy.core.errors import InputError
from phonotopy.corpus.utterances import Utterance

PHONES = ("T", "IY", "AH")
LABELS = Labels(PHONES, {"IY1": Label("IY", 1), "AH0": Label("AH", 0), "AH1": Label("AH", 1)})


def utterance(name: str, duration_s: float = 1.0) -> Utterance:
    return Utterance(name, "anna", "test", "a.wav", duration_s, 16000, "tea tea")


TABLE = """utterance\tonset_s\toffset_s\tlabel\tstress\tword
u1\t0\t0.2\tSIL\t\t
u1\t0.2\t0.4\tT\t\ttea
u1\t0.4\t0.7\tIY\t1\ttea
u1\t0.7\t0.9\tT\t\t
u2\t0.1\t0.5\tAH0\t\ta
"""


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_intervals_cover_their_utterances(tmp_path: Path) -> None:
    one, two, three = supplied_intervals(table(tmp_path, TABLE), [utterance(f"u{n}") for n in (1, 2, 3)], LABELS)
    assert [(item.label, item.stress, item.word) for item in one.intervals] == [
        ("SIL", None, ""),
        ("T", None, "tea"),
        ("IY", 1, "tea"),
        ("T", None, ""),
        ("SIL", None, ""),
    ]
    assert [(item.onset_s, item.label, item.stress) for item in two.intervals] == [
        (0.0, "SIL", None),
        (0.1, "AH", 0),
        (0.5, "SIL", None),
    ]
    assert [item.text for item in one.words] == ["tea"]
    assert (one.coverage.status, one.coverage.method) == ("aligned", METHOD)
    assert (three.coverage.status, three.coverage.reason, three.intervals) == ("excluded", "no intervals", [])


def test_words_and_stress_may_be_missing(tmp_path: Path) -> None:
    short = "label\tutterance\tonset_s\toffset_s\nAH1\tu1\t0.0\t1.0\n"
    (found,) = supplied_intervals(table(tmp_path, short), [utterance("u1")], LABELS)
    assert [(item.label, item.stress, item.word) for item in found.intervals] == [("AH", 1, "")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("u1\t0.5\t1.5\tT\t\t", "too long"),
        ("u1\t0.5\t0.4\tT\t\t", "overlapping"),
        ("u1\t0.1\t0.4\tXX\t\t", "unknown label 'XX'"),
        ("u1\t0.1\t0.4\tSIL\t\t", "no phones"),
    ],
)
def test_an_utterance_with_impossible_intervals_is_excluded(tmp_path: Path, row: str, reason: str) -> None:
    text = TABLE.splitlines()[0] + f"\n{row}\nu2\t0\t1\tT\t\t\n"
    one, two = supplied_intervals(table(tmp_path, text), [utterance("u1"), utterance("u2")], LABELS)
    assert one.coverage.status == "excluded"
    assert reason in one.coverage.reason
    assert two.coverage.status == "aligned"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TABLE.replace("onset_s", "onset"), "columns"),
        (TABLE.replace("0.4", "four", 1), "line 3"),
        (TABLE.replace("0.4", "nan", 1), "line 3: nan is no time in seconds"),
        (TABLE.replace("0.4", "inf", 1), "line 3: inf is no time in seconds"),
        (TABLE.replace("0.4", "-1", 1), "line 3: -1 is no time in seconds"),
        (TABLE.replace("u1", "v1").replace("u2", "v2"), "has no utterance of the corpus, but v1, v2"),
        (TABLE.splitlines()[0] + "\n", "none at all"),
        (TABLE.replace("\ttea", "", 1), "line 3"),
    ],
)
def test_a_table_that_cannot_be_meant_stops_the_run(tmp_path: Path, text: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        supplied_intervals(table(tmp_path, text), [utterance("u1"), utterance("u2")], LABELS)
    assert found in str(caught.value)
