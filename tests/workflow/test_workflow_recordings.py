"""A long recording of several speakers goes through the workflow to phone intervals."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonotopy.annotation.intervals import Span
from phonotopy.annotation.textgrid import write_textgrid
from running import NOTHING, ROOT, copied, rows, snakemake

pytestmark = pytest.mark.slow

SETTINGS = """\
results: results/talks
corpus:
  name: talks
  source: recordings
  recordings: {path: talks, utterance_tier: "{speaker} - said", test_speakers: [theo], dev_fraction: 0.5}
alignment: {dictionary: own.dict}
"""


@pytest.fixture
def checkout(tmp_path):
    """The project beside a talk of four speakers, each of whose digits is said three times, and one odd word."""
    folder = copied(tmp_path)
    tiers, samples, now = {}, [], 0.0
    for file in sorted((ROOT / "tests" / "data" / "digits").rglob("*.wav")) * 3:
        speaker, word, _ = file.stem.split("-")
        digit, rate = soundfile.read(file)
        samples += [np.random.default_rng(0).normal(0, 1e-3, rate // 4), digit]
        onset, now = now + 0.25, now + 0.25 + len(digit) / rate
        said = "zorgle" if word == "six" else f"{word.title()}."
        tiers.setdefault(f"{speaker} - said", []).append(Span(onset, now, said))
    (folder / "talks").mkdir()
    soundfile.write(folder / "talks" / "day.ogg", np.concatenate(samples), rate)
    write_textgrid(folder / "talks" / "day.TextGrid", now, tiers)
    (folder / "own.dict").write_text("zorgle S IH1 K S\n")
    return folder


UNSPLIT = """\
results: results/talks
corpus:
  name: talks
  source: recordings
  max_excluded: 0.2
  recordings:
    path: talks
    utterance_tier: "{speaker} - said"
    remarks: outside
    test_speakers: [george, theo, lucas, jackson]
alignment: {dictionary: own.dict}
"""


def test_an_alignment_needs_no_split_and_a_training_says_which(checkout: Path) -> None:
    """All speakers are held out here, and one digit in eight is unknown; then nothing can be used."""
    grid = checkout / "talks" / "day.TextGrid"
    grid.write_text(grid.read_text().replace("Three.", "<unk>").replace("Four.", "Four [laughter]"))
    run = snakemake(checkout, "alignment", "--cores", "2", preset="", overlay=UNSPLIT)
    assert run.returncode == 0, run.stdout
    results = checkout / "results" / "talks"
    coverage = rows(results / "alignment" / "talks" / "coverage.tsv")
    reasons = sorted({row["reason"] for row in coverage if row["reason"]})
    assert reasons == ["remarks alone: <unk>", "remarks: 1 outside the inventory, [laughter]"]
    counted = {(row["status"], row["reason"]): row["utterances"] for row in rows(results / "tables" / "reasons.tsv")}
    assert counted == {("aligned", "remarks"): "3", ("excluded", "remarks alone"): "3"}
    labels = {row["label"] for row in rows(results / "alignment" / "talks" / "intervals.tsv")}
    assert "OTHER" in labels
    run = snakemake(checkout, "training", "--cores", "2", preset="", overlay=UNSPLIT)
    assert run.returncode != 0
    assert "corpus.recordings.test_speakers: no usable utterance in train" in run.stdout
    strict = UNSPLIT.replace("0.2", "0.1")
    run = snakemake(checkout, "alignment", "--cores", "2", preset="", overlay=strict)
    listing = "results/talks/logs/corpus/talks.excluded.tsv"
    assert f"all are listed in {listing}" in run.stdout
    assert [row["reason"] for row in rows(checkout / listing)] == ["remarks alone: <unk>"] * 3


def test_a_talk_of_four_becomes_intervals_of_each(checkout: Path) -> None:
    run = snakemake(checkout, "alignment", "--cores", "2", preset="", overlay=SETTINGS)
    assert run.returncode == 0, run.stdout
    results = checkout / "results" / "talks"
    utterances = rows(results / "corpus" / "talks" / "utterances.tsv")
    assert len(utterances) == 24
    assert {row["speaker"] for row in utterances if row["split"] == "test"} == {"theo"}
    assert {row["speaker"] for row in utterances} == {"george", "jackson", "lucas", "theo"}
    assert all((results / "corpus" / "talks" / row["audio"]).is_file() for row in utterances)
    assert {row["status"] for row in rows(results / "alignment" / "talks" / "coverage.tsv")} == {"aligned"}
    intervals = rows(results / "alignment" / "talks" / "intervals.tsv")
    assert [row["label"] for row in intervals if row["word"] == "zorgle"] == ["S", "IH", "K", "S"] * 3
    assert NOTHING in snakemake(checkout, "alignment", "--cores", "2", preset="", overlay=SETTINGS).stdout
    (checkout / "own.dict").write_text("zorgle S IH1 K S\nanother AH0 N AH1 DH ER0\n")
    plan = snakemake(checkout, "alignment", "--dry-run", preset="", overlay=SETTINGS).stdout
    assert ("align " in plan, "collect " in plan) == (True, False)
