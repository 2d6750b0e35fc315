"""Long recordings of one or several speakers are cut where tiers say, sample by sample."""

import numpy as np
import pytest
import soundfile

from long_recording import measure
from phonotopy.annotation.intervals import Span
from phonotopy.annotation.textgrid import read_textgrid, write_textgrid
from phonotopy.audio import waveform
from phonotopy.core.errors import InputError
from phonotopy.corpus.collect import Splitting, collect
from phonotopy.corpus.folders import Layout
from phonotopy.corpus.segmentation import cut, find_passages, write_tiers

RATE = 8000
MFA = Layout(utterance_tier="{speaker} - utterances")
TIERS = {  # two speakers, whose second utterances overlap
    "anna - utterances": [Span(0.5, 1.5, "Six seven."), Span(2.0, 3.0, "eight"), Span(3.0, 3.4, "")],
    "anna - words": [Span(0.6, 0.9, "six"), Span(0.9, 1.4, "seven"), Span(2.1, 2.9, "eight")],
    "anna - phones": [Span(0.6, 0.75, "S"), Span(0.75, 0.9, "IH1"), Span(1.4, 1.6, "N"), Span(2.1, 2.9, "EY1")],
    "anna marie - utterances": [Span(2.5, 3.5, "nine")],
    "anna marie - words": [Span(2.6, 3.4, "nine")],
    "noise": [Span(0.0, 4.0, "hum")],
}


def noise(seconds=4.0, rate=RATE, channels=2):
    return np.random.default_rng(0).uniform(-0.5, 0.5, (round(seconds * rate), channels)).astype(np.float32)


def interview(folder, tiers=TIERS, name="interview", end=4.0, **options):
    folder.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / f"{name}.wav", noise(), RATE, **options)
    write_textgrid(folder / f"{name}.TextGrid", end, tiers)
    return folder


def gathered(folder, layout, speakers=("anna marie",)):
    utterances, exclusions = collect(folder, Splitting(speakers, 1.0, 0), folder.parent / "out", layout)
    return {item.utterance: item for item in utterances}, {item.utterance: item for item in exclusions}


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
@pytest.mark.parametrize("block", [333, waveform.BLOCK])
def test_utterances_of_two_speakers_sample_by_sample(tmp_path, monkeypatch, subtype, block):
    monkeypatch.setattr(waveform, "BLOCK", block)
    folder = interview(tmp_path / "corpus", subtype=subtype)
    found, lost = gathered(folder, MFA)
    assert not lost
    assert {name: (item.speaker, item.split, item.transcript) for name, item in found.items()} == {
        "anna-interview-00000500": ("anna", "dev", "six seven"),
        "anna-interview-00002000": ("anna", "dev", "eight"),
        "anna_marie-interview-00002500": ("anna marie", "test", "nine"),
    }
    mono = soundfile.read(folder / "interview.wav", dtype="float32")[0].mean(axis=1)
    for name, onset in [("anna-interview-00000500", 0.5), ("anna_marie-interview-00002500", 2.5)]:
        item = found[name]
        assert item.audio == f"cuts/interview/{name}.flac"
        samples, rate = soundfile.read(tmp_path / "out" / item.audio, dtype="float32")
        assert (item.duration_s, item.sample_rate_hz, rate) == (1.0, RATE, RATE)
        first = round(onset * RATE)
        tolerance = 2**-15 if subtype == "PCM_16" else 2**-23
        np.testing.assert_allclose(samples, mono[first : first + RATE], atol=tolerance)


def test_each_utterance_gets_the_tiers_of_its_speaker(tmp_path):
    found, _ = gathered(interview(tmp_path / "corpus"), MFA)
    tiers = read_textgrid(tmp_path / "out" / found["anna-interview-00000500"].textgrid)
    assert tiers.keys() == {"words", "phones"}
    said = {name: [(*np.round(span[:2], 6), span.text) for span in tier if span.text] for name, tier in tiers.items()}
    assert said["words"] == [(0.1, 0.4, "six"), (0.4, 0.9, "seven")]
    assert said["phones"] == [(0.1, 0.25, "S"), (0.25, 0.4, "IH1"), (0.9, 1.0, "N")], "clipped at the end"
    other = read_textgrid(tmp_path / "out" / found["anna_marie-interview-00002500"].textgrid)
    assert [span.text for span in other["words"] if span.text] == ["nine"]


def test_words_become_utterances_between_pauses(tmp_path):
    layout = Layout(utterance_tier="{speaker} - words", joined_s=0.3)
    tiers = {name: spans for name, spans in TIERS.items() if "utterances" not in name}
    found, lost = gathered(interview(tmp_path / "corpus", tiers), layout)
    assert not lost
    assert {name: item.transcript for name, item in found.items()} == {
        "anna-interview-00000600": "six seven",
        "anna-interview-00002100": "eight",
        "anna_marie-interview-00002600": "nine",
    }
    first = read_textgrid(tmp_path / "out" / found["anna-interview-00000600"].textgrid)
    assert [span.text for span in first["words"]] == ["six", "seven"]
    assert [span.text for span in first["phones"] if span.text] == ["S", "IH1"]


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("{speaker}", ("anna", "ben b.")),
        ("utt@{speaker}", ("utt@anna", "utt@ben b.")),
        ("{speaker}_T", ("anna_T", "ben b._T")),
    ],
)
def test_templates_of_tiers(tmp_path, template, names):
    tiers = {name: [Span(1.0 + n, 2.0 + n, "so")] for n, name in enumerate(names)}
    found, _ = gathered(interview(tmp_path / "corpus", tiers), Layout(utterance_tier=template), ("anna",))
    assert [item.speaker for item in found.values()] == ["anna", "ben b."]
    assert all(not item.textgrid for item in found.values())


def test_a_tier_without_a_speaker_belongs_to_the_folder(tmp_path):
    """A recording with a transcript and without the tier stays whole."""
    tiers = {"text": [Span(0.0, 1.0, "one"), Span(1.0, 2.0, "two")], "phones": [Span(0.0, 1.0, "AH")]}
    for speaker in ("anna", "ben"):
        interview(tmp_path / "corpus" / speaker, tiers)
    interview(tmp_path / "corpus" / "ben", {"phones": [Span(0.0, 1.0, "AH")]}, "short")
    (tmp_path / "corpus" / "ben" / "short.lab").write_text("short")
    found, lost = gathered(tmp_path / "corpus", Layout(utterance_tier="text"), ("ben",))
    assert not lost
    assert {name: (item.speaker, item.transcript, bool(item.textgrid)) for name, item in found.items()} == {
        "anna-interview-00000000": ("anna", "one", True),
        "anna-interview-00001000": ("anna", "two", False),
        "ben-interview-00000000": ("ben", "one", True),
        "ben-interview-00001000": ("ben", "two", False),
        "ben-short": ("ben", "short", True),
    }


def test_what_cannot_be_used_is_reported_passage_by_passage(tmp_path):
    tiers = {
        "anna": [Span(0.0, 1.0, "fine"), Span(1.0, 1.5, "route 66"), Span(2.0, 2.5, "well"), Span(3.5, 5.0, "late")],
        "ben": [Span(0.0, 1.0, "one"), Span(1.5, 2.5, "hush")],
    }
    folder = tmp_path / "corpus"
    interview(folder, tiers, end=5.0)
    samples = noise()
    samples[round(1.5 * RATE) : round(2.5 * RATE)] = 0.0
    soundfile.write(folder / "interview.wav", samples, RATE)
    interview(folder, {"anna": [], "ben": []}, "mute")
    interview(folder, {"anna": [Span(0.0, 1.0, "so")]}, "cut")
    (folder / "cut.wav").write_bytes((folder / "cut.wav").read_bytes()[:-100])
    found, lost = gathered(folder, Layout(utterance_tier="{speaker}"), ("ben",))
    assert found.keys() == {"anna-interview-00000000", "ben-interview-00000000"}
    assert {name: item.reason.partition(":")[0] for name, item in lost.items()} == {
        "anna-interview-00001000": "unknown letters",
        "anna-interview-00002000": "silent audio",
        "anna-interview-00003500": "too long",
        "ben-interview-00001500": "silent audio",
        "mute": "no utterances in the TextGrid",
        "cut": "truncated audio",
    }
    assert lost["anna-interview-00002000"].file == "interview at 2.000 s"
    assert {path.stem for path in (tmp_path / "out").rglob("*.flac")} == set(found)


def test_overlaps_within_a_tier_and_absent_tiers():
    tiers = {"a": [Span(0.0, 2.0, "one"), Span(1.0, 3.0, "two"), Span(3.0, 4.0, "six")]}
    faults = [bool(passage.fault) for passage in find_passages(tiers, Layout(utterance_tier="a"), 4.0)]
    assert faults == [False, True, False]
    with pytest.raises(InputError, match="no tier 'b' in the TextGrid"):
        find_passages(tiers, Layout(utterance_tier="b"), 4.0)


def test_misspelt_speakers_of_tiers_are_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        gathered(interview(tmp_path / "corpus"), MFA, ("Anna",))
    assert (caught.value.subject, caught.value.found) == ("corpus.recordings.test_speakers", "unknown Anna")
    assert "anna, anna marie" in caught.value.expected


def test_a_new_passage_moves_no_other(tmp_path):
    before, _ = gathered(interview(tmp_path / "corpus"), MFA)
    more = TIERS | {"anna - utterances": [Span(0.0, 0.4, "new"), *TIERS["anna - utterances"]]}
    after, _ = gathered(interview(tmp_path / "corpus", more), MFA)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_recording(tmp_path):
    """The largest process, for half a minute and for eight: a tenth of what the samples would take between them."""
    short, long = (measure(tmp_path / str(minutes), minutes) for minutes in (0.5, 8))
    assert (short[:2], long[:2]) == ((6, 0), (96, 0))
    assert long.peak_mb - short.peak_mb < 0.1 * 8 * 60 * 44_100 * 2 * 4 / 2**20


def test_cutting_needs_no_tiers_to_write(tmp_path):
    soundfile.write(tmp_path / "x.wav", noise(), RATE)
    (passage,) = find_passages({"a": [Span(1.0, 2.0, "so")]}, Layout(utterance_tier="a"), 4.0)
    assert cut(tmp_path / "x.wav", [passage], [tmp_path / "y.flac"]) == [(1.0, RATE)]
    assert not write_tiers(tmp_path / "y.TextGrid", {"a": [Span(1.0, 2.0, "so")]}, passage, Layout(utterance_tier="a"))
    assert not (tmp_path / "y.TextGrid").exists()
