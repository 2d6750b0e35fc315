"""Tables that describe a corpus count what is there, and keep names where they are asked to."""

import pytest

from phonotopy.alignment import describe
from phonotopy.alignment.coverage import Coverage
from phonotopy.annotation.intervals import Interval
from phonotopy.corpus.speakers import names_of_speakers
from phonotopy.corpus.utterances import Utterance


def coverage(name, speaker, split, reason="", method="pocketsphinx"):
    status = "aligned" if method else "excluded"
    return Coverage(name, speaker, split, status, method, reason, "mend it" if reason else "")


COVERAGE = [
    coverage("ann-1", "ann", "train"),
    coverage("ann-2", "ann", "train", "no tier 'phones': or so"),
    Coverage("ann-0", "ann", "train", "not asked", "", "", ""),
    coverage("ann-3", "ann", "dev"),
    coverage("ben-1", "ben", "test", "unknown words: zorgle; silent audio: peak -70 dB", method=""),
    coverage("ben-2", "ben", "test", "unknown words: frimble", method=""),
    coverage("ben-3", "ben", "test"),
]
UTTERANCES = [
    Utterance(row.utterance, row.speaker, row.split, "x.wav", 30.0, 8000, "six")
    for row in COVERAGE
    if row.status != "excluded"
]


@pytest.mark.parametrize(("private", "names"), [(False, ("ann", "ben")), (True, ("speaker01", "speaker02"))])
def test_minutes_and_utterances_of_every_speaker(private, names):
    known = names_of_speakers(COVERAGE, private=private)
    rows = [list(row.values()) for row in describe.speakers("digits", COVERAGE, UTTERANCES, known)]
    assert rows == [
        ["digits", "train", names[0], 3, 2, 0, 1, 1.5, 1.0],
        ["digits", "dev", names[0], 1, 1, 0, 0, 0.5, 0.5],
        ["digits", "test", names[1], 3, 1, 2, 0, 0.5, 0.5],
    ]


def test_durations_by_split_and_label():
    spans = [Interval(0.0, 0.1, "SIL", None, ""), *(Interval(0.1, 0.1 + 0.01 * n, "S", None, "six") for n in range(21))]
    intervals = {"ann-1": spans, "ann-3": spans[:1], "ben-3": spans[:1]}
    rows = list(describe.durations("digits", COVERAGE, intervals))
    assert [(row["split"], row["label"], row["tokens"], row["speakers"]) for row in rows] == [
        ("train", "S", 21, 1),
        ("train", "SIL", 1, 1),
        ("dev", "SIL", 1, 1),
        ("test", "SIL", 1, 1),
    ]
    quantiles = [rows[0][column] for column in ("median_ms", "percentile_5_ms", "percentile_95_ms")]
    assert quantiles == pytest.approx([100.0, 10.0, 190.0])


def test_reasons_are_counted_by_kind():
    rows = [tuple(row.values()) for row in describe.reasons("digits", COVERAGE)]
    assert rows == [
        ("digits", "train", "aligned", "no tier 'phones'", 1),
        ("digits", "test", "excluded", "unknown words", 2),
        ("digits", "test", "excluded", "silent audio", 1),
    ]
