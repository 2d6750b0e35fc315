"""What tokens sound like: known sounds, order and cap, any machine, foreign files, and responses of one's own."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from phonotopy.activations.accumulate import Token
from phonotopy.activations.gather import Spoken
from phonotopy.activations.own import OwnLayer, OwnUtterance, write_responses
from phonotopy.activations.sound.clusterings import joined, matched_clusters
from phonotopy.activations.sound.describe_sound import SAMPLE_RATE_HZ, describe
from phonotopy.activations.sound.sound import Sound
from phonotopy.activations.take_responses import check_sound
from phonotopy.audio.waveform import read_mono
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import Inventory, Phone
from phonotopy.core.tables import read_table

ROOT = Path(__file__).parents[2]
DIGITS = sorted((ROOT / "tests" / "data" / "digits").rglob("*.wav"))
PHONES = ("T", "IY", "AA")
Floats = NDArray[np.float32]
TIME_S = np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
PULSES = sum(np.sin(2 * np.pi * 120 * n * TIME_S) / n for n in range(1, 40))  # the spectrum of a voice, nearly
NOISE = np.random.default_rng(0).standard_normal(SAMPLE_RATE_HZ)


def single(samples: NDArray[np.floating], *times: tuple[float, float]) -> Sound:
    """The description of tokens of one utterance, the middle of a second where none are given."""
    tokens = [Token(n % 3, *time, stored=True) for n, time in enumerate(times or [(0.3, 0.7)])]
    return describe([Spoken("one", "a", "test", tokens)], lambda _: samples.astype(np.float32), PHONES, most=99, seed=0)


def digits(*, only: slice = slice(None)) -> list[Spoken]:
    """Eight recordings with a few tokens each, of which every fourth is not stored."""
    return [
        Spoken(
            str(path),
            path.parent.name,
            "test",
            [Token((n + k) % 3, 0.05 * k, 0.05 * k + 0.06, stored=k % 4 != 3, word=f"w{k}") for k in range(7)],
        )
        for n, path in list(enumerate(DIGITS))[only]
    ]


def read(path: str) -> Floats:
    return read_mono(path, SAMPLE_RATE_HZ)


def test_voices_have_a_pitch_and_noise_has_none() -> None:
    assert single(0.1 * PULSES).voicing[0] > 0.97
    assert single(0.1 * NOISE).voicing[0] < 0.4
    assert single(0.1 * np.sin(2 * np.pi * 20 * TIME_S)).voicing[0] < 0.1, "not below all pitches"
    assert single(0.05 + 0.01 * NOISE).voicing[0] < 0.4, "an offset of the recording is none"


def test_loudness_is_in_decibels_and_the_centroid_in_hertz() -> None:
    tone = np.sin(2 * np.pi * 1000 * TIME_S)
    loud, soft = single(0.5 * tone), single(0.05 * tone)
    assert loud.loudness[0] - soft.loudness[0] == pytest.approx(20, abs=1e-3)
    assert loud.centroid[0] == pytest.approx(1000, rel=1e-3)
    np.testing.assert_allclose(loud.features, soft.features, atol=2e-3)


def test_tokens_are_numbered_as_they_are_stored() -> None:
    sound = describe(digits(), read, PHONES, most=999, seed=0)
    stored = [token for one in digits() for token in one.tokens if token.stored]
    assert sound.token.tolist() == list(range(len(stored)))
    assert sound.phone.tolist() == [PHONES[token.phone] for token in stored]
    assert sound.word.tolist() == [token.word for token in stored]
    alone = describe(digits(only=slice(2, 3)), read, PHONES, most=999, seed=0)
    own = slice(2 * 6, 3 * 6)
    np.testing.assert_allclose(sound.features[own], alone.features, atol=1e-5)
    np.testing.assert_allclose(sound.centroid[own], alone.centroid, rtol=1e-5)


def test_no_more_are_described_than_are_wanted_and_no_other_audio_is_read() -> None:
    asked: list[str] = []

    def reading(path: str) -> Floats:
        asked.append(path)
        return read(path)

    whole, some = (
        describe(digits(), read, PHONES, most=999, seed=0),
        describe(digits(), reading, PHONES, most=4, seed=0),
    )
    assert len(some.token) == 4 and sorted(some.token) == some.token.tolist()
    np.testing.assert_allclose(some.features, whole.features[some.token], atol=1e-5)
    assert asked == list(dict.fromkeys(str(DIGITS[number // 6]) for number in some.token))


@pytest.mark.parametrize("seconds", [0, 0.001, 0.02, 0.1])
@pytest.mark.parametrize("level", [0, 1])
def test_short_and_silent_recordings_are_described(seconds: float, level: int) -> None:
    """Tokens that take no time, or lie where there is no audio, take the nearest frame."""
    samples = level * NOISE[: round(seconds * SAMPLE_RATE_HZ)]
    sound = single(samples, (0.0, 0.0), (0.01, 0.02), (0.0, 0.5), (3.0, 3.1))
    sound.require("sound.npz", np.array(["T", "IY", "AA", "T"]))
    if not level:
        assert (sound.voicing == 0).all() and (sound.loudness == -100).all()


def test_telephone_speech_is_described_like_what_it_came_from(tmp_path: Path) -> None:
    tone = 0.1 * sum(np.sin(2 * np.pi * 150 * n * TIME_S) / n for n in range(1, 20))
    soundfile.write(tmp_path / "low.wav", tone[::2], SAMPLE_RATE_HZ // 2)
    low, full = single(read(str(tmp_path / "low.wav"))), single(tone)
    assert low.voicing[0] == pytest.approx(full.voicing[0], abs=0.01)
    assert low.loudness[0] == pytest.approx(full.loudness[0], abs=0.1)


def test_tokens_are_described_alike_alone_and_among_many() -> None:
    """Means are taken piece by piece."""
    times = [(0.01 * k, 0.05 + 0.01 * k) for k in range(90)]
    many = single(0.1 * PULSES + 0.1 * NOISE, *times)
    for number in (0, 63, 64, 89):
        alone = single(0.1 * PULSES + 0.1 * NOISE, times[number])
        np.testing.assert_allclose(many.features[number], alone.features[0], atol=1e-5)
        np.testing.assert_allclose(many.random_network[number], alone.random_network[0], atol=1e-5)


# Clusters


@pytest.mark.parametrize("sizes", [[60], [30, 20, 10], [1] * 60, [57, 1, 1, 1]])
def test_clusters_are_as_many_and_as_large_as_labels(sizes: list[int]) -> None:
    features = np.random.default_rng(1).standard_normal((60, 5))
    for values in (features, np.zeros((60, 5)), np.repeat(features[:2], 30, axis=0)):
        found = matched_clusters(values, np.array(sizes), 3, np.random.default_rng(0))
        assert all(sorted(np.bincount(row)) == sorted(sizes) for row in found)


def test_groups_that_are_apart_are_found_and_starts_differ() -> None:
    random = np.random.default_rng(2)
    group = np.repeat(np.arange(3), [50, 30, 20])
    features = 20 * np.eye(3)[group] + random.standard_normal((100, 3))
    found = matched_clusters(features, np.array([20, 50, 30]), 5, np.random.default_rng(0))
    pairs = [len(np.unique(np.stack([group, row]), axis=1).T) for row in found]
    assert min(pairs) == 3
    noise = matched_clusters(random.standard_normal((100, 8)), np.array([50, 50]), 2, np.random.default_rng(0))
    assert (noise[0] != noise[1]).any()


def test_pairs_are_joined_in_the_order_of_their_distances() -> None:
    """The same as a sorted list of all pairs, from which one after the other is taken as long as there is room."""
    random = np.random.default_rng(3)
    for sizes in ([20, 5, 5], [10, 10, 10], [1, 1, 28]):
        distance, room = random.random((30, 3)), np.array(sizes)
        expected, left = np.full(30, -1), room.copy()
        for pair in np.argsort(distance, axis=None):
            token, cluster = divmod(int(pair), 3)
            if expected[token] < 0 and left[cluster]:
                expected[token] = cluster
                left[cluster] -= 1
        np.testing.assert_array_equal(joined(distance, room), expected)


# Bytes


def digest(folder: Path) -> str:
    path = folder / "sound.npz"
    describe(digits(), read, PHONES, most=20, seed=0).write(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_bytes_depend_on_neither_threads_nor_what_was_done_before(tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    found = {digest(tmp_path)}
    try:
        torch.set_num_threads(2)
        found.add(digest(tmp_path))
        assert torch.get_num_threads() == 2, "the caller's setting"
    finally:
        torch.set_num_threads(threads)
    assert len(found) == 1
    assert (
        describe(digits(), read, PHONES, most=20, seed=1).token.tolist()
        != Sound.read(tmp_path / "sound.npz").token.tolist()
    )


# Files


@pytest.fixture
def sound() -> Sound:
    return single(0.1 * PULSES, (0.1, 0.2), (0.2, 0.3), (0.3, 0.5))


def test_a_description_is_read_as_it_was_written(tmp_path: Path, sound: Sound) -> None:
    for one in (sound, Sound.empty()):
        one.write(tmp_path / "sound.npz")
        found = Sound.read(tmp_path / "sound.npz")
        assert all(np.array_equal(getattr(found, name), getattr(one, name)) for name in vars(one))
        found.require("sound.npz", np.array(["T", "IY", "AA"]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: replace(one, phone=one.phone[::-1]), "other tokens"),
        (lambda one: replace(one, token=one.token + 1), "other tokens"),
        (lambda one: replace(one, token=one.token - 1), "other tokens"),
        (lambda one: replace(one, token=np.array([0, 1, 1])), "other tokens"),
        (lambda one: replace(one, token=one.token[:2]), "other shapes"),
        (lambda one: replace(one, features=one.features[:2]), "other shapes"),
        (lambda one: replace(one, clusters=one.clusters[:, :2]), "other shapes"),
        (lambda one: replace(one, random_layer=one.random_layer[:2]), "other shapes"),
        (lambda one: replace(one, around=9999), "other shapes"),
        (lambda one: replace(one, voicing=one.voicing * np.nan), "voicing with entries"),
    ],
)
def test_files_of_other_tokens_are_refused(sound: Sound, change: Callable[[Sound], Sound], message: str) -> None:
    with pytest.raises(InputError, match=f"sound.npz: .*{message}"):
        change(sound).require("sound.npz", np.array(["T", "IY", "AA"]))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"no archive"])
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sound.npz").write_bytes(content)
    with pytest.raises(InputError, match="not readable"):
        Sound.read(tmp_path / "sound.npz")
    np.savez(tmp_path / "sound.npz", token=np.arange(3))
    with pytest.raises(InputError, match="not readable"):
        Sound.read(tmp_path / "sound.npz")


# Responses of one's own


def own(path: Path, **changes: object) -> OwnUtterance:
    times = [("T", 0.05, 0.1), ("IY", 0.1, 0.25)]
    responses = {"first": np.random.default_rng(0).random((30, 4))}
    one = OwnUtterance(path.stem, path.parent.name, times, responses, audio=path, words=["me", ""])
    return replace(one, **changes)  # type: ignore[arg-type]


def written(folder: Path, *utterances: OwnUtterance) -> Sound:
    inventory = Inventory(tuple(map(Phone, PHONES)))
    write_responses(folder, [OwnLayer("first", 2, 2, 0.02, 0.1)], utterances, inventory)
    check_sound(folder / "sound.npz", folder / "tokens.tsv")
    return Sound.read(folder / "sound.npz")


def test_responses_with_audio_have_their_sound_described(tmp_path: Path) -> None:
    found = written(tmp_path, *map(own, DIGITS[:3]))
    assert found.phone.tolist() == [row["phone"] for row in read_table(tmp_path / "tokens.tsv")] == ["T", "IY"] * 3
    assert found.word.tolist() == ["me", ""] * 3
    other = written(tmp_path, *(own(path, words=None, phones=[("AA", 0.0, 0.1)]) for path in DIGITS[:3]))
    assert other.word.tolist() == [""] * 3, "what was there before is replaced"


def test_responses_without_audio_have_none(tmp_path: Path) -> None:
    assert written(tmp_path, *map(own, DIGITS[:3])).token.size
    assert not written(tmp_path, *(own(path, audio=None) for path in DIGITS[:3])).token.size


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"audio": None}, "no audio, which others have"),
        ({"words": ["one"]}, "1 words"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_utterance(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=f"{DIGITS[0].stem}: {message}"):
        written(tmp_path, own(DIGITS[0], **changes), own(DIGITS[1]))
    assert list(tmp_path.iterdir()) == []


def test_audio_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.wav: no such file"):
        written(tmp_path, own(DIGITS[0], audio="nowhere.wav"))
    assert list(tmp_path.iterdir()) == []


def test_who_brings_no_audio_imports_no_torch() -> None:
    code = "import sys, phonotopy.activations.own; sys.exit('torch' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "workflow" / "scripts")}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
