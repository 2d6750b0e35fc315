"""Remarks, through every method of alignment: their stretches are no phone, and the account names them."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonotopy.alignment import align, pocketsphinx
from phonotopy.alignment.align import Plan
from phonotopy.alignment.mfa_corpus import lay_out
from phonotopy.annotation.intervals import Span
from phonotopy.annotation.label_sets import Labels
from phonotopy.annotation.textgrid import write_textgrid
from phonotopy.audio.waveform import read_mono
from phonotopy.corpus.utterances import Utterance, read_utterances, write_utterances

DIGITS = Path(__file__).parents[1] / "data" / "digits"
RESOURCES = Path(__file__).parents[2] / "resources"
LABELS = Labels.read(RESOURCES / "phones.tsv", [RESOURCES / "labels" / "arpabet.tsv"], "exclude", "outside")
TIERS = {"phones": ["phones"], "words": ["words"]}
PAUSE_S = 0.1
SAID = ("jackson-four-07", "george-six-00", "jackson-nine-03")


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    """Three digits with pauses between, of which the transcript knows the middle one as <unk>; and their bounds."""
    pieces, bounds, now = [], [], 0.0
    for name in SAID:
        samples, rate = soundfile.read(DIGITS / name.split("-")[0] / f"{name}.wav")
        pieces += [samples, np.random.default_rng(0).normal(0, 1e-3, round(PAUSE_S * rate))]
        bounds.append((now, now + len(samples) / rate))
        now += len(samples) / rate + PAUSE_S
    path = tmp_path_factory.mktemp("talk") / "x.wav"
    soundfile.write(path, np.concatenate(pieces), rate)
    own = Utterance("ann-x", "ann", "train", str(path), soundfile.info(path).duration, rate, "four nine")
    return replace(own, remarks="four <unk> nine"), bounds


def aligned(method, utterance, labels=LABELS, **options):
    found = align.align_utterance(Plan((method,), TIERS, labels, **options), utterance)
    intervals = found.intervals
    assert all(before.offset_s == after.onset_s for before, after in pairwise(intervals))
    return found, [(own.onset_s, own.offset_s, own.label, own.word) for own in intervals]


def test_any_sounds_may_stand_between_words(talk):
    """The word that is not known is left out whole, and neither neighbour grows into it."""
    own, ((_, four_s), (onset_s, offset_s), (nine_s, _)) = talk
    found, rows = aligned("pocketsphinx", own)
    assert [row[2] for row in rows if row[2] != "SIL"] == ["F", "AO", "R", "OTHER", "N", "AY", "N"]
    ((first, last, _, word),) = [row for row in rows if row[2] == "OTHER"]
    assert word == ""
    assert four_s - 0.05 <= first <= onset_s + 0.05, "it may hold the pauses around it"
    assert offset_s - 0.05 <= last <= nine_s + 0.05
    assert max(row[1] for row in rows if row[3] == "four") < onset_s + 0.05
    assert min(row[0] for row in rows if row[3] == "nine") == pytest.approx(nine_s, abs=0.05)
    assert [span.text for span in found.words if span.text] == ["four", "<unk>", "nine"]
    assert (found.coverage.status, found.coverage.method) == ("aligned", "pocketsphinx")
    assert found.coverage.reason == "remarks: 1 outside the inventory, <unk>"


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("[noise] four <unk> nine (uh)", ["[noise]", "four", "<unk>", "nine", "(uh)"]),
        ("four [laughter] <unk> nine", ["four", "[laughter] <unk>", "nine"]),
        ("<unk> six nine", ["<unk>", "six", "nine"]),
    ],
)
def test_remarks_at_the_ends_and_side_by_side(talk, marked, expected):
    own, _ = talk
    samples = read_mono(own.audio, pocketsphinx.SAMPLE_RATE_HZ)
    words, phones = pocketsphinx.align(samples, marked)
    assert [span.text for span in words if span.text] == expected
    assert sum(span.text == "OTHER" for span in phones) == sum(text[0] in "[<(" for text in expected)
    assert (phones[0].onset_s, phones[-1].offset_s) == (0.0, len(samples) / pocketsphinx.SAMPLE_RATE_HZ)


def test_utterances_without_remarks_are_aligned_as_before(talk):
    """By decoders of their own, whatever was aligned in between."""
    own, _ = talk
    samples = read_mono(own.audio, pocketsphinx.SAMPLE_RATE_HZ)
    before = pocketsphinx.align(samples, "four six nine")
    pocketsphinx.align(samples, own.remarks)
    assert pocketsphinx.align(samples, "four six nine") == before
    first = pocketsphinx.align(samples, own.remarks)
    pocketsphinx.align(samples, "<unk> nine")
    assert pocketsphinx.align(samples, own.remarks) == first


def grid(path, own, words, phones):
    write_textgrid(path, own.duration_s, {"words": words, "phones": phones})
    return path


def mfa(own):
    """Tiers as MFA writes them."""
    words = [Span(0.0, 0.4, "four"), Span(0.5, 0.9, "<unk>"), Span(1.0, 1.4, "nine")]
    phones = [Span(0.0, 0.2, "F"), Span(0.2, 0.4, "AO1"), Span(0.5, 0.9, "spn"), Span(1.0, 1.4, "AY1")]
    return words, phones


def test_textgrids_with_remarks(talk, tmp_path):
    own, _ = talk
    given = replace(own, textgrid=str(grid(tmp_path / "x.TextGrid", own, *mfa(own))), remarks="")
    found, rows = aligned("textgrids", given)
    labels = ["F", "AO", "SIL", "OTHER", "SIL", "AY", "SIL"]
    assert [row[2] for row in rows] == labels
    assert found.coverage.reason == "remarks: 1 outside the inventory, <unk>"
    found, rows = aligned("textgrids", given, replace(LABELS, remarks="exclude"))
    assert [row[2] for row in rows] == ["F", "AO", "SIL", "AY", "SIL"]
    assert found.coverage.reason == ""


def test_mfa_is_given_remarks_and_its_unknown_words_stay_apart_from_them(talk, tmp_path):
    own, _ = talk
    lay_out(tmp_path / "corpus", [own, replace(own, utterance="ann-y", remarks="")])
    assert (tmp_path / "corpus" / "ann" / "ann-x.lab").read_text() == "four <unk> nine\n"
    assert (tmp_path / "corpus" / "ann" / "ann-y.lab").read_text() == "four nine\n"
    grid(tmp_path / "ann-x.TextGrid", own, *mfa(own))
    _, rows = aligned("mfa", own, folders={"mfa": [str(tmp_path)]})
    assert [row[2] for row in rows if row[2] != "SIL"] == ["F", "AO", "OTHER", "AY"]
    found, _ = aligned("mfa", replace(own, remarks=""), folders={"mfa": [str(tmp_path)]})
    assert found.coverage.reason == "unknown words: 1 stretches marked spn by mfa"


def test_an_aligner_of_letters_leaves_gaps(talk, tmp_path):
    own, _ = talk
    words = [Span(0.0, 0.4, "four"), Span(1.0, 1.4, "nine")]
    grid(tmp_path / "ann-x.TextGrid", own, words, [])
    labels = Labels({"four", "nine"}, remarks="outside")
    found, rows = aligned("ctc", own, labels, mapped="words", folders={"ctc": [str(tmp_path)]})
    assert [row[:2] for row in rows if row[2] == "OTHER"] == [(0.4, 1.0)]
    assert [(span.onset_s, span.offset_s, span.text) for span in found.words] == [
        (0.0, 0.4, "four"),
        (0.4, 1.0, "<unk>"),
        (1.0, 1.4, "nine"),
    ]


def test_the_table_of_utterances_keeps_remarks(talk, tmp_path):
    own, _ = talk
    write_utterances(tmp_path / "utterances.tsv", [own, replace(own, utterance="b", remarks="")])
    assert [item.marked for item in read_utterances(tmp_path / "utterances.tsv")] == ["four <unk> nine", "four nine"]
