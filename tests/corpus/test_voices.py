"""Speakers: the table keeps its promises, and what espeak-ng would swallow is refused."""

import importlib.util
from pathlib import Path

import pytest

from phonotopy.core.errors import InputError
from phonotopy.corpus.voices import choose_voices, read_voices

TABLE = Path(__file__).parents[2] / "resources" / "voices.tsv"
VARIANTS = Path(importlib.util.find_spec("espeakng_loader").origin).parent / "espeak-ng-data" / "voices" / "!v"
ROW = {"speaker": "one", "split": "train", "voice": "en-us", "variant": "m3", "rate_wpm": "170", "pitch": "50"}


@pytest.fixture(scope="module")
def voices():
    return read_voices(TABLE)


def of(voices, split, attribute):
    return {getattr(voice, attribute) for voice in voices if voice.split == split}


def write(path, *rows):
    lines = ["\t".join(ROW), *("\t".join({**ROW, **row}.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_there_are_speakers_to_spare(voices):
    count = {split: len(of(voices, split, "speaker")) for split in ("train", "dev", "test")}
    assert count["train"] >= 24
    assert count["dev"] >= 6
    assert count["test"] >= 12


def test_accents_and_variants_of_a_split_are_new_to_it(voices):
    for attribute in ("voice", "variant"):
        train, dev, test = (of(voices, split, attribute) for split in ("train", "dev", "test"))
        assert test.isdisjoint(train | dev)
        assert dev.isdisjoint(train)


def test_no_variant_has_an_echo_that_would_smear_closures(voices):
    lines = {voice.variant: (VARIANTS / voice.variant).read_text(encoding="latin-1").split("\n") for voice in voices}
    assert [name for name, text in lines.items() if any(line.startswith("echo") for line in text)] == []


def test_training_speakers_differ_in_everything(voices):
    train = choose_voices(voices, {"train": 20, "dev": 1, "test": 1})[:20]
    assert len({(voice.name, voice.rate_wpm, voice.pitch) for voice in train}) == 20
    assert len({voice.voice for voice in train}) >= 3
    assert len({voice.variant for voice in train}) >= 12
    assert max(voice.rate_wpm for voice in train) - min(voice.rate_wpm for voice in train) >= 30
    assert max(voice.pitch for voice in train) - min(voice.pitch for voice in train) >= 50


def test_the_first_rows_of_a_split_are_taken(voices):
    chosen = choose_voices(voices, {"train": 2, "dev": 1, "test": 3})
    assert [voice.speaker for voice in chosen] == ["train01", "train02", "dev01", "test01", "test02", "test03"]


def test_more_speakers_than_the_table_has_are_refused_by_the_setting(voices):
    with pytest.raises(InputError) as refusal:
        choose_voices(voices, {"train": 1, "dev": 1, "test": 99})
    assert refusal.value.subject == "corpus.synthetic.speakers.test"
    assert refusal.value.found == "99"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"variant": "nobody"}, "nobody"),
        ({"variant": ""}, ""),
        ({"voice": "de"}, "de"),
        ({"voice": "en-us-boston"}, "en-us-boston"),
        ({"split": "valid"}, "valid"),
        ({"pitch": "100"}, "100"),
        ({"rate_wpm": "20"}, "20"),
    ],
)
def test_what_espeak_would_swallow_is_refused(tmp_path, row, found):
    path = write(tmp_path / "voices.tsv", {}, {"speaker": "two", **row})
    with pytest.raises(InputError) as refusal:
        read_voices(path)
    assert refusal.value.subject == f"{path}, speaker two"
    assert refusal.value.found == found


def test_a_speaker_twice_is_refused(tmp_path):
    with pytest.raises(InputError, match="speaker one twice"):
        read_voices(write(tmp_path / "voices.tsv", {}, {"pitch": "60"}))
