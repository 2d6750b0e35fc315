"""Synthetic speech: the same samples in every order, true to its tables, refused where it is of no use."""

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from phonotopy.core.errors import InputError
from phonotopy.core.tables import read_table
from phonotopy.corpus import espeak
from phonotopy.corpus import synthesise as synthesise_module
from phonotopy.corpus.sentences import read_grammar
from phonotopy.corpus.synthesise import synthesise, write_words
from phonotopy.corpus.voices import Voice, choose_voices, read_voices

RESOURCES = Path(__file__).parents[2] / "resources"
MINUTES = {"train": 0.2, "dev": 0.05, "test": 0.05}
SEED = 1988
VOICE = Voice("one", "train", "en-us", "m3", 170, 50)


@pytest.fixture(scope="module")
def grammar():
    return read_grammar(RESOURCES / "grammar.tsv")


@pytest.fixture(scope="module")
def voices():
    return choose_voices(read_voices(RESOURCES / "voices.tsv"), {"train": 2, "dev": 1, "test": 2})


@pytest.fixture(scope="module")
def corpus(grammar, voices, tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "audio"
    return folder, synthesise(grammar, voices, folder, MINUTES, SEED)


@pytest.fixture(scope="module")
def synthesiser():
    with synthesise_module._Synthesiser() as running:
        yield running


def audio(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.flac")}


def test_the_number_of_processes_changes_nothing(corpus, grammar, voices, tmp_path):
    folder, speeches = corpus
    again = synthesise(grammar, voices, tmp_path / "audio", MINUTES, SEED, processes=3)
    assert again == speeches
    assert audio(tmp_path / "audio") == audio(folder)


def test_more_minutes_of_one_split_extend_it_and_leave_the_others(corpus, grammar, voices, tmp_path):
    folder, speeches = corpus
    longer = synthesise(grammar, voices, tmp_path / "audio", {**MINUTES, "test": 0.2}, SEED, processes=2)
    assert {speech.utterance.utterance for speech in speeches} < {speech.utterance.utterance for speech in longer}
    assert audio(folder).items() <= audio(tmp_path / "audio").items()
    added = [speech for speech in longer if speech not in speeches]
    assert {speech.utterance.split for speech in added} == {"test"}


def test_files_are_what_the_table_says(corpus):
    folder, speeches = corpus
    assert {folder.parent / speech.utterance.audio for speech in speeches} == set(folder.rglob("*.flac"))
    for utterance in (speech.utterance for speech in speeches):
        file = soundfile.info(folder.parent / utterance.audio)
        assert (file.format, file.subtype, file.channels, file.samplerate) == ("FLAC", "PCM_16", 1, 16000)
        assert utterance.sample_rate_hz == 16000
        assert file.frames / 16000 == utterance.duration_s
        assert utterance.utterance.startswith(f"{utterance.speaker}-")
        assert utterance.split == utterance.speaker.rstrip("0123456789")


def test_minutes_are_shared_evenly(corpus, voices):
    _, speeches = corpus
    for voice in voices:
        durations = [speech.utterance.duration_s for speech in speeches if speech.utterance.speaker == voice.speaker]
        budget = 60 * MINUTES[voice.split] / sum(other.split == voice.split for other in voices)
        assert sum(durations[:-1]) < budget <= sum(durations)


def test_sound_is_loud_enough_and_never_clipped(corpus):
    folder, _ = corpus
    for path in folder.rglob("*.flac"):
        samples = soundfile.read(path)[0]
        assert np.abs(samples).max() < 0.99
        assert 0.01 < np.sqrt(np.mean(samples**2)) < 0.3


def test_resampling_keeps_level_and_band():
    seconds = np.arange(22050) / 22050
    low, high = (10000 * np.sin(2 * np.pi * hertz * seconds) for hertz in (1000, 9500))
    for tone, amplitude in (
        (low, 10000),
        (low + high, 10000),
    ):  # 9.5 kHz is beyond the half of 16 kHz: gone, not folded
        pcm = synthesise_module._pcm(synthesise_module._Sound(tone.astype(np.int16), 22050, ()))
        assert (pcm.dtype, len(pcm)) == (np.int16, 16000)
        expected = amplitude * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
        np.testing.assert_allclose(pcm[800:-800], expected[800:-800], atol=10)  # a thousandth of the amplitude


def test_word_onsets_follow_the_sentence(corpus):
    _, speeches = corpus
    spoken = sum(len(speech.words) for speech in speeches)
    assert spoken > 0.75 * sum(len(speech.utterance.transcript.split()) for speech in speeches)
    for speech in speeches:
        said = speech.utterance.transcript.split()
        assert all(said[word.word_index] == word.word for word in speech.words)
        onsets = [word.onset_s for word in speech.words]
        assert all(first < second for first, second in pairwise(onsets))
        assert onsets[-1] < speech.utterance.duration_s - 0.1


def test_words_that_are_spoken_as_one_have_no_onset(synthesiser):
    sentence = "the boy of the town had been in the garden"
    onsets = synthesise_module._word_onsets("one-0001", sentence, synthesiser.say(sentence, VOICE))
    assert [word.word for word in onsets] == ["the", "boy", "town", "garden"]


def test_an_onset_is_where_a_voice_begins_after_a_closure(synthesiser):
    """Within the pause that the word's own stop makes: a wrong unit or offset would miss it by far."""
    sound = synthesiser.say("she saw seven tall cats", VOICE)
    onset = {word.word: word.onset_s for word in synthesise_module._word_onsets("x", "she saw seven tall cats", sound)}[
        "tall"
    ]
    start = round(onset * sound.rate_hz)
    closure = sound.samples[start : start + round(0.02 * sound.rate_hz)].astype(float)
    before = sound.samples[start - round(0.06 * sound.rate_hz) : start - round(0.02 * sound.rate_hz)].astype(float)
    assert np.sqrt(np.mean(closure**2)) < 0.2 * np.sqrt(np.mean(before**2))


def test_word_table_reads_back(corpus, tmp_path):
    _, speeches = corpus
    write_words(tmp_path / "words.tsv", speeches)
    rows = read_table(tmp_path / "words.tsv", {"onset_s": float})
    expected = [word for speech in speeches for word in speech.words]
    assert [(row["utterance"], row["word"]) for row in rows] == [(word.utterance, word.word) for word in expected]
    np.testing.assert_allclose([row["onset_s"] for row in rows], [word.onset_s for word in expected], atol=1e-8)


def test_sound_does_not_depend_on_what_was_said_before(synthesiser):
    synthesiser.say("the furious clown threw another bottle", replace(VOICE, variant="f1", rate_wpm=200, pitch=90))
    later = synthesiser.say("my brother was asleep", VOICE)
    with synthesise_module._Synthesiser() as fresh:
        assert np.array_equal(fresh.say("my brother was asleep", VOICE).samples, later.samples)


@pytest.mark.slow
def test_the_noise_of_a_breathy_voice_does_not_depend_on_the_time(synthesiser):
    breathy = replace(VOICE, variant="victor")
    sound = synthesiser.say("my brother was asleep", breathy)
    time.sleep(1.1)  # espeak-ng seeds its noise with the second at which it starts
    with synthesise_module._Synthesiser() as later:
        assert np.array_equal(later.say("my brother was asleep", breathy).samples, sound.samples)


@pytest.mark.parametrize("change", [{"voice": "en-gb-x-rp"}, {"variant": "f1"}, {"pitch": 80}, {"rate_wpm": 200}])
def test_every_column_of_a_voice_changes_the_sound(synthesiser, change):
    plain = synthesiser.say("the girl can follow her father", VOICE).samples
    other = synthesiser.say("the girl can follow her father", replace(VOICE, **change)).samples
    assert not np.array_equal(plain, other)
    if "rate_wpm" in change:
        assert 0.75 < len(other) / len(plain) < 0.95  # 170 to 200 words per minute


def test_espeak_is_never_loaded_into_this_process(corpus):
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("no list of loaded libraries on this system")
    assert "libespeak" not in maps.read_text(encoding="utf-8")
    assert "espeakng_loader" not in sys.modules


@pytest.mark.parametrize(("volume", "found"), [(0, "silence"), (180, "clipped sound")])
def test_silent_and_clipped_sound_is_refused(synthesiser, monkeypatch, volume, found):
    monkeypatch.setattr(synthesise_module, "VOLUME", volume)
    with pytest.raises(InputError) as refusal:
        synthesiser.say("the angry captain shouted loudly", VOICE)
    assert refusal.value.found == found
    assert refusal.value.subject.startswith("speaker one (en-us+m3) saying 'the angry captain")


def test_short_sound_is_refused(synthesiser):
    with pytest.raises(InputError, match="s of sound"):
        synthesiser.say("a", replace(VOICE, rate_wpm=450))


def test_an_unknown_accent_is_refused(synthesiser):
    with pytest.raises(InputError, match="espeak-ng has no voice xx"):
        synthesiser.say("the girl can follow her father", replace(VOICE, voice="xx"))
    assert len(synthesiser.say("the girl can follow her father", VOICE).samples) > 22050  # and it goes on


def test_a_synthesiser_that_ended_is_reported():
    with synthesise_module._Synthesiser() as running:
        running._process.kill()
        running._process.wait()
        with pytest.raises(InputError, match="the synthesiser ended"):
            running.say("the girl can follow her father", VOICE)


def test_failure_leaves_the_old_folder_and_success_replaces_it(grammar, voices, tmp_path):
    folder = tmp_path / "audio"
    folder.mkdir()
    (folder / "stale.flac").write_bytes(b"old")
    with pytest.raises(InputError, match="xx"):
        synthesise(grammar, [voices[0], replace(voices[1], voice="xx")], folder, MINUTES, SEED, processes=2)
    assert [path.name for path in tmp_path.rglob("*")] == ["audio", "stale.flac"]
    synthesise(grammar, voices[:1], folder, {**MINUTES, "train": 0.01}, SEED)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["audio", "train01", "train01-0001.flac"]


def test_too_little_disk_is_refused_before_anything_is_made(grammar, voices, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=575_999))
    with pytest.raises(InputError) as refusal:  # 0.3 minutes of 32,000 bytes per second are 576,000
        synthesise(grammar, voices, tmp_path / "new" / "audio", MINUTES, SEED)
    assert refusal.value.subject == str(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_long_path_to_the_data_is_no_obstacle(tmp_path):
    """espeak-ng cuts a path off at 160 characters, and environments lie deep."""
    script = """
import sys, runpy, tempfile, pathlib, espeakng_loader
long = pathlib.Path(sys.argv[1], "x" * 200)
long.symlink_to(espeakng_loader.get_data_path())
espeakng_loader.get_data_path = lambda: str(long)
program = runpy.run_path(sys.argv[2])
with tempfile.TemporaryDirectory() as folder:
    print(program["load"](folder)[1])
"""
    command = [sys.executable, "-c", script, str(tmp_path), espeak.__file__]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "22050"
