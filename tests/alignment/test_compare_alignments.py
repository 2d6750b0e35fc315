"""A second alignment of a sample is compared with the one in use; what it could not align is counted."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from phonotopy.alignment import compare_alignments, pocketsphinx
from phonotopy.alignment.align import Plan
from phonotopy.annotation.intervals import Interval, Span
from phonotopy.annotation.label_sets import Labels
from phonotopy.annotation.textgrid import write_textgrid
from phonotopy.audio.waveform import read_mono
from phonotopy.corpus.utterances import Utterance
from running import ROOT, copied, rows, snakemake

DIGITS = ROOT / "tests" / "data" / "digits"
RESOURCES = ROOT / "resources"
LABELS = Labels.read(RESOURCES / "phones.tsv", [RESOURCES / "labels" / "arpabet.tsv"], "exclude")
PLAN = Plan((), {"phones": ["phones"], "words": ["words"]}, LABELS)
PHONES = [("S", 0.1), ("IH", 0.2), ("K", 0.3), ("S", 0.4)]
USED = [
    Interval(0.0, 0.1, "SIL", None, ""),
    *(Interval(onset, onset + 0.1, label, None, "six") for label, onset in PHONES),
    Interval(0.5, 1.0, "SIL", None, ""),
]


def utterance(name, split="test", textgrid=""):
    return Utterance(name, "ann", split, "none.wav", 1.0, 8000, "six", str(textgrid))


def later(spans, shift_s, duration_s):
    """The same spans later, to the microsecond, up to the end."""
    return [
        Span(round(span.onset_s + shift_s, 6), min(round(span.offset_s + shift_s, 6), duration_s), span.text)
        for span in spans
    ]


def six(path, shift_s):
    """A TextGrid of `six` whose boundaries are later, with stress and a pause in the word."""
    phones = [Span(onset, onset + 0.1, f"{label}1" if label == "IH" else label) for label, onset in PHONES]
    phones[2] = phones[2]._replace(offset_s=phones[2].offset_s - 0.03)
    tiers = {"phones": phones, "words": [Span(0.1, 0.5, "six")]}
    write_textgrid(path, 1.0, {name: later(spans, shift_s, 1.0) for name, spans in tiers.items()})
    return path


@pytest.fixture
def compared(tmp_path):
    """Three utterances, 15 ms later by TextGrids, and one that has no TextGrid."""
    own = [utterance(f"u{n}", textgrid=six(tmp_path / f"u{n}.TextGrid", 0.015)) for n in range(3)]
    own.append(utterance("u3", "train"))
    used = {item.utterance: ("pocketsphinx", USED) for item in own}
    return compare_alignments.compare(own, used, PLAN, "textgrids")


def test_a_shift_is_found_as_it_is(compared):
    found = {(row["kind"], row["split"]): row for row in compare_alignments.summary("talks", compared)}
    assert all(tuple(sorted(row)) == tuple(sorted(compare_alignments.SUMMARY.columns)) for row in found.values())
    for kind, onsets in (("word", 3), ("label", 12)):
        row = found[kind, "test"]
        assert (row["reference"], row["method"]) == ("pocketsphinx", "textgrids")
        assert (row["utterances"], row["failed"], row["expected"], row["compared"]) == (3, 0, onsets, onsets)
        assert (row["median_ms"], row["bias_ms"]) == (15.0, 15.0)
        assert [row[f"within_{limit}_ms"] for limit in (10, 20, 50)] == [0.0, 1.0, 1.0]


def test_what_the_method_could_not_align_is_counted(compared):
    found = {(row["kind"], row["split"]): row for row in compare_alignments.summary("talks", compared)}
    assert compared.failed == {"u3"}
    everything, failed = found["label", "all"], found["label", "train"]
    assert (everything["utterances"], everything["failed"]) == (4, 1)
    assert (everything["expected"], everything["compared"]) == (16, 12)
    assert (failed["utterances"], failed["failed"], failed["compared"], failed["median_ms"]) == (1, 1, 0, None)


def test_of_a_recogniser_of_letters_words_are_compared(tmp_path):
    write_textgrid(tmp_path / "u.TextGrid", 1.0, {"words": [Span(0.13, 0.5, "six")], "letters": [Span(0.13, 0.2, "s")]})
    plan = replace(PLAN, folders={"ctc": [str(tmp_path / "none"), str(tmp_path)]})
    found = compare_alignments.compare([utterance("u")], {"u": ("pocketsphinx", USED)}, plan, "ctc")
    assert [(row.kind, row.label, row.error_ms) for row in found.boundaries] == [("word", "six", 30.0)]
    assert not found.failed


def test_the_sample_is_random_the_same_again_and_of_other_methods():
    own = [utterance(f"u{n:02d}") for n in range(40)]
    used = {item.utterance: ("textgrids" if n % 2 else "ctc", USED) for n, item in enumerate(own[:30])}
    first, again, other = (compare_alignments.sample(own, used, "ctc", 6, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert first == sorted(set(first), key=own.index)
    assert {used[item.utterance][0] for item in first} == {"textgrids"}
    assert len(first) == 6
    assert len(compare_alignments.sample(own, used, "ctc", 99, 1)) == 15
    assert compare_alignments.sample(own[1:30:2], used, "textgrids", 6, 1) == []


FIGURE = "figures/boundaries.svg"
SETTINGS = """\
results: results/compared
corpus: {name: compared, source: recordings, recordings: {path: compared, test_speakers: [theo], dev_fraction: 0.5}}
alignment: {compared: {methods: [pocketsphinx], utterances: 5}}
"""


@pytest.fixture
def checkout(tmp_path):
    """The project beside digits with TextGrids by pocketsphinx, later by 15 ms."""
    folder = copied(tmp_path)
    for file in sorted(DIGITS.rglob("*.wav")):
        speaker, word, _ = file.stem.split("-")
        own = Path(folder, "compared", speaker)
        own.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, own)
        (own / f"{file.stem}.lab").write_text(word)
        duration = soundfile.info(file).duration
        tiers = pocketsphinx.align(read_mono(file, pocketsphinx.SAMPLE_RATE_HZ), word)._asdict()
        moved = {name: later(spans, 0.015, duration) for name, spans in tiers.items()}
        write_textgrid(own / f"{file.stem}.TextGrid", duration, moved)
    return folder


@pytest.mark.slow
def test_the_report_states_how_well_two_methods_agree(checkout):
    results = checkout / "results" / "compared"
    asked = [str((results / name).relative_to(checkout)) for name in ("tables/compared_alignments.tsv", FIGURE)]
    run = snakemake(checkout, "--cores", "2", *asked, preset="", overlay=SETTINGS)
    assert run.returncode == 0, run.stdout
    found = {row["kind"]: row for row in rows(results / "tables" / "compared_alignments.tsv") if row["split"] == "all"}
    for row in found.values():
        assert (row["reference"], row["method"]) == ("textgrids", "pocketsphinx")
        assert (row["utterances"], row["failed"]) == ("5", "0")
        assert (float(row["median_ms"]), float(row["bias_ms"])) == pytest.approx((15.0, -15.0), abs=0.01)
        assert row["expected"] == row["compared"]
    assert found.keys() == {"word", "label"}
    assert (results / FIGURE).stat().st_size > 1000
    log = results / "logs" / "alignment" / "compared.compare_alignments.log"
    assert "utterance 5/5" in log.read_text()
