"""A corpus is aligned by the first method that can, and nothing disappears silently."""

import itertools
from pathlib import Path

import pytest
import soundfile
import textgrid

from phonotopy.alignment import align
from phonotopy.alignment.align import Plan
from phonotopy.alignment.coverage import Coverage
from phonotopy.annotation.intervals import Span, read_intervals
from phonotopy.annotation.label_sets import Labels
from phonotopy.annotation.textgrid import read_textgrid, write_textgrid
from phonotopy.corpus.utterances import Utterance

DIGITS = Path(__file__).parents[1] / "data" / "digits"
RESOURCES = Path(__file__).parents[2] / "resources"
LABELS = Labels.read(RESOURCES / "phones.tsv", [RESOURCES / "labels" / "arpabet.tsv"], "exclude")
TIERS = {"phones": ["phones"], "words": ["words"]}
BOTH = Plan(("textgrids", "pocketsphinx"), TIERS, LABELS)
PARSE = Plan(("textgrids",), TIERS, LABELS)
ALIGN = Plan(("pocketsphinx",), TIERS, LABELS)


def utterance(name, textgrid=""):
    speaker, word, _ = name.split("-")
    audio = DIGITS / speaker / f"{name}.wav"
    return Utterance(name, speaker, "train", str(audio), soundfile.info(audio).duration, 8000, word, str(textgrid))


@pytest.fixture
def six():
    return utterance("george-six-00")


def grid(path, duration, phones=None, words=None, tiers=("words", "phones")):
    phones = phones or [Span(0.0, 0.2, "sil"), Span(0.2, 0.3, "S"), Span(0.3, duration, "IH1")]
    words = words or [Span(0.2, duration, "six")]
    write_textgrid(path, duration, dict(zip(tiers, (words, phones), strict=True)))
    return path


def test_textgrids_come_first(tmp_path, six):
    given = grid(tmp_path / "x.TextGrid", six.duration_s)
    found = align.align_utterance(BOTH, utterance(six.utterance, given))
    assert found.coverage == Coverage(six.utterance, "george", "train", "aligned", "textgrids", "", "")
    assert [(i.label, i.stress, i.word) for i in found.intervals] == [
        ("SIL", None, ""),
        ("S", None, "six"),
        ("IH", 1, "six"),
    ]
    aligned = align.align_utterance(ALIGN, utterance(six.utterance, given))
    assert aligned.coverage.method == "pocketsphinx"


def test_without_textgrid_the_transcript_is_aligned(six):
    found = align.align_utterance(BOTH, six)
    assert found.coverage == Coverage(six.utterance, "george", "train", "aligned", "pocketsphinx", "", "")
    assert [i.label for i in found.intervals if i.label != "SIL"] == ["S", "IH", "K", "S"]
    assert {i.word for i in found.intervals if i.label != "SIL"} == {"six"}
    assert (found.intervals[0].onset_s, found.intervals[-1].offset_s) == (0.0, six.duration_s)
    lone = align.align_utterance(PARSE, six).coverage
    assert (lone.status, lone.method, lone.reason) == ("excluded", "", "no TextGrid")


FAULTS = {
    "no tier 'phones'": lambda path, d: grid(path, d, tiers=("words", "phone")),
    "unknown label": lambda path, d: grid(path, d, phones=[Span(0.0, d, "ɪ")]),
    "too long": lambda path, d: grid(path, d + 1.0),
    "no phones": lambda path, d: grid(path, d, phones=[Span(0.0, d, "sil")]),
    "unreadable TextGrid": lambda path, d: path.write_text("File type") and path,
}


@pytest.mark.parametrize("reason", FAULTS)
def test_a_textgrid_that_cannot_be_used(tmp_path, six, reason):
    """Excluded where nothing else may be tried; else the next method is, and the row says why."""
    own = utterance(six.utterance, FAULTS[reason](tmp_path / "x.TextGrid", six.duration_s))
    alone = align.align_utterance(PARSE, own)
    assert (alone.coverage.status, alone.intervals, alone.words) == ("excluded", [], [])
    assert alone.coverage.reason.startswith(reason)
    assert alone.coverage.advice
    after = align.align_utterance(BOTH, own)
    assert (after.coverage.status, after.coverage.method) == ("aligned", "pocketsphinx")
    assert after.coverage.reason == alone.coverage.reason
    assert after.intervals == align.align_utterance(ALIGN, six).intervals


def test_names_of_tiers_are_a_setting(tmp_path, six):
    given = grid(tmp_path / "x.TextGrid", six.duration_s, tiers=("Wort", "Laut"))
    plan = Plan(("textgrids",), {"phones": ["phones", "Laut"], "words": ["Wort"]}, LABELS)
    found = align.align_utterance(plan, utterance(six.utterance, given))
    assert {i.word for i in found.intervals} == {"", "six"}


def test_audio_that_changed_after_the_table_was_written(six):
    stale = Utterance(**(vars(six) | {"duration_s": six.duration_s + 0.01}))
    found = align.align_utterance(BOTH, stale).coverage
    assert (found.status, found.reason) == ("excluded", "changed audio: 0.519 s")


def test_all_reasons_are_reported_when_every_method_fails(tmp_path, six):
    given = grid(tmp_path / "x.TextGrid", six.duration_s, tiers=("words", "phone"))
    strange = Utterance(**(vars(six) | {"textgrid": str(given), "transcript": "six zorgle"}))
    found = align.align_utterance(BOTH, strange).coverage
    assert found.reason == "no tier 'phones' in the TextGrid; unknown words: zorgle"
    assert found.advice.count("; ") == 1


def test_processes_and_order_change_no_byte(tmp_path):
    names = sorted(path.stem for path in DIGITS.rglob("*.wav"))
    results = {}
    for label, order, processes in [("one", names, 1), ("two", names, 2), ("back", names[::-1], 2)]:
        aligned = list(align.align_corpus([utterance(name) for name in order], BOTH, processes))
        assert [item.utterance.utterance for item in aligned] == order
        by_name = sorted(aligned, key=lambda item: item.utterance.utterance)
        align.write_aligned(tmp_path / label, tmp_path / f"{label}-grids", by_name)
        results[label] = [(tmp_path / label).read_bytes()]
        results[label] += [path.read_bytes() for path in sorted((tmp_path / f"{label}-grids").iterdir())]
    assert len(results["one"]) == 1 + 8
    assert results["one"] == results["two"] == results["back"]


def test_textgrids_hold_what_the_table_holds(tmp_path, six):
    aligned = [align.align_utterance(BOTH, six), align.align_utterance(PARSE, six)]
    accounts = align.write_aligned(tmp_path / "intervals.tsv", tmp_path / "textgrids", iter(aligned))
    assert accounts == [item.coverage for item in aligned]
    assert [*read_intervals(tmp_path / "intervals.tsv")] == ["george-six-00"]
    (path,) = (tmp_path / "textgrids").iterdir()
    assert path.name == "george-six-00.TextGrid"
    again = utterance(six.utterance, path)
    assert align.align_utterance(PARSE, again).intervals == aligned[0].intervals
    theirs = textgrid.TextGrid.fromFile(str(path))
    assert (theirs.getNames(), theirs.minTime) == (["words", "phones"], 0.0)
    assert theirs.maxTime == pytest.approx(six.duration_s, abs=1e-5)
    tiers = read_textgrid(path)
    for tier in tiers.values():
        assert (tier[0].onset_s, tier[-1].offset_s) == (0.0, six.duration_s)
        assert all(a.offset_s == b.onset_s for a, b in itertools.pairwise(tier))


def test_stress_stays_in_textgrids(tmp_path, six):
    given = utterance(six.utterance, grid(tmp_path / "x.TextGrid", six.duration_s))
    align.write_aligned(tmp_path / "intervals.tsv", tmp_path / "textgrids", [align.align_utterance(PARSE, given)])
    assert read_textgrid(tmp_path / "textgrids" / "george-six-00.TextGrid")["phones"][2].text == "IH1"


def test_intervals_and_textgrids_appear_whole_or_not_at_all(tmp_path, six):
    def broken():
        yield align.align_utterance(BOTH, six)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        align.write_aligned(tmp_path / "intervals.tsv", tmp_path / "textgrids", broken())
    assert not list(tmp_path.iterdir())


def test_any_tier_can_be_mapped(tmp_path, six):
    """Tones from TextGrids, words from either method; words outside the table are on neither side of a contrast."""
    tones = [Span(0.1, 0.3, "˥"), Span(0.3, six.duration_s, "˩")]
    given = grid(tmp_path / "x.TextGrid", six.duration_s, phones=tones, tiers=("anna - words", "george - Tones"))
    tiers, own = TIERS | {"tones": ["tone", "tones"], "words": ["words"]}, utterance(six.utterance, given)
    plan = Plan(("textgrids",), tiers, Labels(("˥", "˩")), mapped="tones")
    found = align.align_utterance(plan, own)
    assert [(item.label, item.word) for item in found.intervals] == [("SIL", ""), ("˥", "six"), ("˩", "six")]
    align.write_aligned(tmp_path / "intervals.tsv", tmp_path / "grids", [found], "tones")
    assert list(read_textgrid(tmp_path / "grids" / f"{six.utterance}.TextGrid")) == ["words", "tones"]
    for table, label in ((("six",), "six"), (("nine",), "OTHER")):
        words = Plan(("textgrids", "pocketsphinx"), TIERS, Labels(table, outside="leave_out"), mapped="words")
        for item in (own, six):
            spoken = align.align_utterance(words, item)
            assert [one.label for one in spoken.intervals if one.label != "SIL"] == [label], spoken.coverage
    aligner = Plan(("pocketsphinx",), tiers, Labels(("˥", "˩")), mapped="tones")
    assert align.align_utterance(aligner, six).coverage.reason == "no tier 'tones'"
