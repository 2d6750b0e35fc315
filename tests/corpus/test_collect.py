"""A folder of recordings becomes utterances, and everything left out is listed with its reason."""

import os
import signal
import time

import numpy as np
import pytest
import soundfile

from phonotopy.annotation.intervals import Span
from phonotopy.annotation.textgrid import write_textgrid
from phonotopy.core.errors import InputError
from phonotopy.corpus import collect as collect_module
from phonotopy.corpus.collect import Splitting, collect
from phonotopy.corpus.folders import Layout
from phonotopy.corpus.utterances import read_exclusions
from phonotopy.download.unpack import fingerprint

RATE = 8000
SPLITTING = Splitting(("zoe",), 0.25, 7)


def record(path, seconds=0.1, level=0.3, text="one"):
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(len(path.name))
    soundfile.write(path, level * rng.uniform(-1, 1, round(seconds * RATE)), RATE)
    if text is not None:
        path.with_suffix(".lab").write_text(text)
    return path


@pytest.fixture
def corpus(tmp_path):
    """Two speakers, 40 recordings each, and one that is held out."""
    for speaker in ("ann", "ben", "zoe"):
        for index in range(40):
            record(tmp_path / "corpus" / speaker / f"{index:02}.wav")
    return tmp_path / "corpus"


def gathered(folder, splitting=SPLITTING, **options):
    return collect(folder, splitting, folder.parent, **options)


def test_utterances_in_order_with_id_split_and_relative_paths(corpus):
    (corpus / "ann" / "00.TextGrid").touch()
    utterances, exclusions = gathered(corpus)
    assert not exclusions
    names = [utterance.utterance for utterance in utterances]
    assert names == [f"{speaker}-{index:02}" for speaker in ("ann", "ben", "zoe") for index in range(40)]
    first = utterances[0]
    assert (first.audio, first.textgrid) == ("corpus/ann/00.wav", "corpus/ann/00.TextGrid")
    assert (first.duration_s, first.sample_rate_hz, first.transcript) == (0.1, RATE, "one")
    assert {item.split for item in utterances if item.speaker == "zoe"} == {"test"}
    assert {item.split for item in utterances if item.speaker != "zoe"} == {"train", "dev"}


def test_paths_outside_of_the_results_are_absolute(corpus, tmp_path):
    utterances, _ = collect(corpus, SPLITTING, tmp_path / "results")
    assert utterances[0].audio == str(corpus / "ann" / "00.wav")


def test_processes_change_nothing(corpus):
    (corpus / "ben" / "03.wav").write_bytes(b"")
    assert gathered(corpus, processes=2) == gathered(corpus, processes=1)


def test_a_new_recording_moves_no_other(corpus):
    before = {item.utterance: item.split for item in gathered(corpus)[0]}
    record(corpus / "ann" / "005.wav")
    after = {item.utterance: item.split for item in gathered(corpus)[0]}
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"ann-005"}


def test_dev_fraction_is_kept_and_seeded():
    names = [f"ann-{index}" for index in range(10_000)]
    share = np.mean([SPLITTING.split("ann", name) == "dev" for name in names])
    assert abs(share - 0.25) < 4 * np.sqrt(0.25 * 0.75 / len(names))
    other = Splitting(("zoe",), 0.25, 8)
    assert [SPLITTING.split("ann", name) for name in names] != [other.split("ann", name) for name in names]


def test_layouts_of_folders(tmp_path):
    """A lone top folder is passed through; deeper folders belong to the speaker above them."""
    for name in ("ann/84/1.flac", "ann/85/1.FLAC", "ann/ann-9.wav", "zoe/2 b/c.wav"):
        record(tmp_path / "top" / "corpus" / name)
    (tmp_path / "top" / "corpus" / "LICENSE.txt").write_text("of no speaker")
    (tmp_path / "top" / "corpus" / ".cache").mkdir()
    record(tmp_path / "top" / "corpus" / ".cache" / "x.wav")
    record(tmp_path / "top" / "corpus" / "ann" / "._1.wav")
    utterances, exclusions = gathered(tmp_path / "top", Splitting(("zoe",), 1.0, 0))
    found = {item.utterance: item.speaker for item in utterances}
    assert found == {"ann-84-1": "ann", "ann-85-1": "ann", "ann-9": "ann", "zoe-2_b-c": "zoe"}
    assert not exclusions


def test_a_table_states_speakers_and_transcripts(tmp_path):
    """In a flat folder; what it leaves empty follows from folders and files, and further columns are passed over."""
    folder = tmp_path / "corpus"
    for name in ("a1.wav", "a2.wav", "sub/b1.flac", "zoe/c1.wav"):
        record(folder / name, text=None)
    (folder / "a2.lab").write_text("two")
    (folder / "README.txt").write_text("of no recording")
    table = 'File\tlength\tspeaker\ttranscript\r\na1.wav\t3\tann\tOne, "one"!\r\na2\t\tann\t\r\n\r\n'
    table += "./sub/b1.flac\t\tbén\tthree\r\nzoe/c1.wav\t\t\tfour\r\ngone.wav\t\tann\tfive\r\n"
    (folder / "transcripts.tsv").write_bytes(table.encode("utf-16"))
    utterances, exclusions = gathered(folder, Splitting(("zoe",), 1.0, 0))
    assert {item.utterance: (item.speaker, item.transcript) for item in utterances} == {
        "a1": ("ann", "one one"),
        "a2": ("ann", "two"),
        "sub-b1": ("bén", "three"),
        "zoe-c1": ("zoe", "four"),
    }
    assert [(item.utterance, item.reason) for item in exclusions] == [("gone", "no recording")]


@pytest.mark.parametrize(
    ("table", "line", "found"),
    [
        ("name\ttext\n", "", "columns name, text"),
        ("file\ttext\n", "", "columns file, text"),
        ("", "", "columns "),
        ("file\tspeaker\nx.wav\n", ", line 2", "1 values"),
        ("file\tspeaker\nx.wav\ta\n\nx\tb\n", ", line 4", "x again"),
        ("file\tspeaker\n../x.wav\ta\n", ", line 2", "file '../x.wav'"),
        ("file\tspeaker\n\ta\n", ", line 2", "file ''"),
        ("file\tspeaker\nx\ta\0\x81".encode("latin-1"), "", "unreadable table"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_by_its_line(tmp_path, table, line, found):
    record(tmp_path / "corpus" / "x.wav")
    path = tmp_path / "corpus" / "transcripts.tsv"
    path.write_bytes(table if isinstance(table, bytes) else table.encode())
    with pytest.raises(InputError) as caught:
        gathered(tmp_path / "corpus")
    assert caught.value.subject == f"{path}{line}"
    assert caught.value.found.startswith(found)


def test_names_of_files_state_the_speaker(tmp_path):
    for name in ("ann_1.wav", "ann-2.wav", "day 2/ben_1.wav", "zoe.wav", "_x.wav"):
        record(tmp_path / "corpus" / name)
    utterances, exclusions = gathered(tmp_path / "corpus", Splitting(("zoe",), 1.0, 0), layout=Layout("names"))
    found = {item.utterance: item.speaker for item in utterances}
    assert found == {"ann-2": "ann", "ann_1": "ann", "day_2-ben_1": "ben", "zoe": "zoe"}
    assert [(item.utterance, item.reason) for item in exclusions] == [("_x", "outside a speaker folder")]


def test_words_of_a_textgrid_stand_in_for_a_transcript(corpus):
    said = {"01": [Span(0.0, 0.02, "sil"), Span(0.02, 0.05, "Six"), Span(0.05, 0.1, "seven")], "02": []}
    for name, spans in said.items():
        (corpus / "ann" / f"{name}.lab").unlink()
        write_textgrid(corpus / "ann" / f"{name}.TextGrid", 0.1, {"words": spans})
    (corpus / "ann" / "03.lab").unlink()
    write_textgrid(corpus / "ann" / "03.TextGrid", 0.1, {"Wort": said["01"]})
    utterances, exclusions = gathered(corpus)
    assert {item.utterance: item.transcript for item in utterances}["ann-01"] == "six seven"
    assert {item.utterance: item.reason for item in exclusions} == {
        "ann-02": "empty transcript",
        "ann-03": "no transcript, and no tier of words among Wort",
    }


def test_an_hour_is_no_utterance(corpus, monkeypatch):
    monkeypatch.setattr(collect_module, "LONGEST_S", 0.15)
    record(corpus / "ann" / "01.wav", seconds=0.2)
    (lost,) = gathered(corpus)[1]
    assert (lost.utterance, lost.reason) == ("ann-01", "too long: 0 s in one utterance")
    assert "utterance_tier" in lost.advice


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_a_recording_that_kills_or_stalls_its_decoder_is_excluded(corpus, monkeypatch, processes):
    """As a damaged file might do in a decoder in C."""
    whole = collect_module.probe

    def fatal(path):
        if path == corpus / "ann" / "07.wav":
            os.kill(os.getpid(), signal.SIGKILL)
        if path == corpus / "ben" / "08.wav":
            time.sleep(60)
        return whole(path)

    monkeypatch.setattr(collect_module, "probe", fatal)
    monkeypatch.setattr(collect_module, "PATIENCE_S", 1.0)
    utterances, exclusions = gathered(corpus, processes=processes)
    assert len(utterances) == 118
    assert [(item.utterance, item.reason.partition(":")[0]) for item in exclusions] == [
        ("ann-07", "fatal audio"),
        ("ben-08", "fatal audio"),
    ]


def damage(corpus):
    """One fault a recording; returns what must be found, by utterance."""
    ann = corpus / "ann"
    (ann / "00.lab").unlink()
    (ann / "01.wav").unlink()
    (ann / "02.wav").write_bytes(b"")
    (ann / "03.wav").write_bytes((ann / "03.wav").read_bytes()[:-100])
    record(ann / "04.wav", level=0.0)
    (ann / "05.wav").write_bytes(b"RIFF, but nothing that follows is audio of any kind")
    (ann / "06.lab").write_text("route 66")
    (ann / "07.lab").write_text("  ")
    (ann / "08.lab").write_bytes(b"a\0b")
    record(ann / "09.flac")
    record(ann / "10" / "a.wav")
    record(ann / "10-a.wav")
    record(corpus / "stray.wav")
    (ann / "solo.TextGrid").touch()
    return {
        "ann-00": "no transcript",
        "ann-01": "no recording",
        "ann-02": "empty file",
        "ann-03": "truncated audio",
        "ann-04": "silent audio",
        "ann-05": "corrupt audio",
        "ann-06": "unknown letters: 6",
        "ann-07": "empty transcript",
        "ann-08": "unreadable transcript",
        "ann-09": "two files of one kind",
        "ann-10-a": "name taken",
        "ann-solo": "no recording",
        "stray": "outside a speaker folder",
    }


def test_every_fault_is_listed_with_reason_and_advice(corpus):
    expected = damage(corpus)
    utterances, exclusions = gathered(corpus)
    found = {item.utterance: item.reason for item in exclusions}
    assert found.keys() == expected.keys()
    assert all(found[name].startswith(reason) for name, reason in expected.items()), found
    assert all(item.advice and item.file for item in exclusions)
    assert {item.utterance: item.file for item in exclusions}["ann-06"] == "ann/06.lab"
    assert len(utterances) == 120 - 10 + 1


@pytest.mark.parametrize(
    ("splitting", "setting", "found"),
    [
        (Splitting(("zoe", "zeo"), 0.1, 0), "test_speakers", "unknown zeo"),
        (Splitting((), 0.1, 0), "test_speakers", "no speaker"),
    ],
)
def test_impossible_splits_are_refused_by_name(corpus, splitting, setting, found):
    with pytest.raises(InputError) as caught:
        gathered(corpus, splitting)
    assert caught.value.subject == f"corpus.recordings.{setting}"
    assert caught.value.found == found
    assert ("ann, ben, zoe" in caught.value.expected) == (found in ("unknown zeo", "no speaker"))


@pytest.mark.parametrize(
    ("splitting", "missing"),
    [
        (Splitting(("zoe",), 0.0, 0), ["dev"]),
        (Splitting(("ann", "ben", "zoe"), 0.1, 0), ["train", "dev"]),
        (Splitting(("ben",), 1.0, 0), ["train"]),
    ],
)
def test_a_corpus_for_an_alignment_needs_no_split(corpus, splitting, missing, caplog):
    """What a training will miss is in the log."""
    utterances, exclusions = gathered(corpus, splitting)
    assert (len(utterances), exclusions) == (120, [])
    said = [record.getMessage() for record in caplog.records]
    expected = "no usable utterance falls into {}: enough for an alignment, not for a training"
    assert said == [expected.format(split) for split in missing]


def test_exclusions_survive_a_collection_that_stops(tmp_path):
    """Speakers are known from tiers alone, which are read after all recordings have been examined."""
    for name in ("a", "b"):
        record(tmp_path / "corpus" / f"{name}.wav", seconds=1.0, text=None)
        (tmp_path / "corpus" / f"{name}.TextGrid").write_text("File type")
    record(tmp_path / "corpus" / "c.wav", seconds=1.0, text=None)
    write_textgrid(tmp_path / "corpus" / "c.TextGrid", 1.0, {"ann": [Span(0.2, 0.5, "so")]})
    listing = tmp_path / "logs" / "x.excluded.tsv"
    listing.parent.mkdir()
    with pytest.raises(InputError, match="unknown zoe") as caught:
        gathered(tmp_path / "corpus", layout=Layout(utterance_tier="{speaker}"), listing=listing)
    assert caught.value.advice == f"correct the names; {listing} lists all 2 exclusions"
    assert [item.file for item in read_exclusions(listing)] == ["a.TextGrid", "b.TextGrid"]
    assert all(item.reason.startswith("unreadable TextGrid") for item in read_exclusions(listing))
    found, lost = gathered(
        tmp_path / "corpus", Splitting(("ann",), 0.1, 0), layout=Layout(utterance_tier="{speaker}"), listing=listing
    )
    assert (len(found), len(lost), listing.exists()) == (1, 2, False)


REMARKED = {
    "01": ("so [laughter] he <unk>, left", "so he left", "so [laughter] he <unk> left"),
    "02": ("[Door  slams] {noise}.", None, "remarks alone: [door_slams] {noise}"),
    "03": ("walk(ing) home", None, "unknown letters: ( )"),
    "04": ("<sil> six (...)", "six", ""),
    "05": ("seven", "seven", ""),
}


def test_remarks_exclude_an_utterance_or_are_left_out(corpus):
    for name, (text, _, _) in REMARKED.items():
        (corpus / "ann" / f"{name}.lab").write_text(text)
    table = "file\tspeaker\ttranscript\nann/06.wav\tann\tone (uh) two\n"
    (corpus / "transcripts.tsv").write_text(table)
    lost = {item.utterance: item for item in gathered(corpus)[1]}
    assert {name: item.reason for name, item in lost.items()} == {
        "ann-01": "remarks: [laughter] <unk>",
        "ann-02": "remarks: [door_slams] {noise}",
        "ann-03": "unknown letters: ( )",
        "ann-04": "remarks: <sil> (...)",
        "ann-06": "remarks: (uh)",
    }
    assert "corpus.recordings.remarks" in lost["ann-01"].advice
    utterances, exclusions = gathered(corpus, layout=Layout(remarks="outside"))
    found = {item.utterance: (item.transcript, item.remarks) for item in utterances}
    assert {name: item.reason for name, item in {item.utterance: item for item in exclusions}.items()} == {
        f"ann-{name}": reason for name, (_, words, reason) in REMARKED.items() if words is None
    }
    for name, (_, words, marked) in REMARKED.items():
        if words:
            assert found[f"ann-{name}"] == (words, marked)
    assert found["ann-06"] == ("one two", "one (uh) two")


def test_remarks_in_tiers_of_words_stand_in_for_a_transcript(corpus):
    """As MFA writes them; noises without brackets are remarks too, where remarks are known."""
    labels = ["sil", "six", "<unk>", "[bracketed]", "spn", "<cutoff>", "[laughter]", "seven", ""]
    spans = [Span(0.01 * n, 0.01 * (n + 1), label) for n, label in enumerate(labels)]
    (corpus / "ann" / "01.lab").unlink()
    write_textgrid(corpus / "ann" / "01.TextGrid", 0.1, {"words": spans})
    (lost,) = gathered(corpus)[1]
    assert lost.reason == "remarks: <unk> [bracketed] <cutoff> [laughter]"
    found = {item.utterance: item for item in gathered(corpus, layout=Layout(remarks="outside"))[0]}["ann-01"]
    assert found.transcript == "six seven"
    assert found.remarks == "six <unk> [bracketed] <spn> <cutoff> [laughter] seven"


def test_remarks_in_what_is_cut_out_of_a_long_recording(tmp_path):
    record(tmp_path / "corpus" / "day.wav", seconds=4.0, text=None)
    words = [Span(0.1, 0.5, "so"), Span(0.5, 0.8, "spn"), Span(0.8, 1.2, "he"), Span(1.6, 2.0, "<NOISE>")]
    words += [Span(2.5, 2.8, "<unk>"), Span(3.4, 3.6, "left")]
    write_textgrid(tmp_path / "corpus" / "day.TextGrid", 4.0, {"ann": words})
    splitting = Splitting(("ann",), 0.1, 0)
    layout = Layout(utterance_tier="{speaker}", joined_s=0.3, remarks="outside")
    utterances, exclusions = gathered(tmp_path / "corpus", splitting, layout=layout)
    assert [(item.transcript, item.remarks) for item in utterances] == [("so he", "so <spn> he"), ("left", "")]
    assert [item.reason for item in exclusions] == ["remarks alone: <unk>"]
    before = gathered(tmp_path / "corpus", splitting, layout=Layout(utterance_tier="{speaker}", joined_s=0.3))
    assert [item.transcript for item in before[0]] == ["so", "he", "left"]
    assert [item.reason for item in before[1]] == ["remarks: <unk>"]


def test_a_name_that_is_no_text_is_excluded(corpus):
    (corpus / "ann" / os.fsdecode(b"caf\xe9.wav")).touch()
    utterances, exclusions = gathered(corpus)
    assert len(utterances) == 120
    assert [(item.utterance, item.file) for item in exclusions] == [("ann-caf_", "ann/caf?")]
    assert exclusions[0].reason == "name that is no UTF-8"
    assert fingerprint(corpus)


def test_folders_without_speakers_are_refused_by_name(tmp_path):
    record(tmp_path / "flat" / "a.wav")
    (tmp_path / "bare" / "ann").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    expected = {"flat": "no speaker folders", "bare": "no recordings", "empty": "is empty"}
    for name, found in expected.items():
        with pytest.raises(InputError, match=found) as caught:
            gathered(tmp_path / name)
        assert caught.value.subject == "corpus.recordings.path"
