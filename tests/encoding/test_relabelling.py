"""Other labels for the same tokens keep what they are to keep."""

from collections import Counter

import numpy as np
import pytest

from phonotopy.core.inventory import Inventory, Phone
from phonotopy.encoding.relabelling import (
    folds,
    frequent,
    halves,
    manners,
    numbered,
    sampled_labels,
    swapped_within,
    tertiles,
)


def test_folds_never_share_a_sample_and_none_is_empty() -> None:
    sample = np.random.default_rng(1).integers(0, 23, 400)
    found = folds(sample)
    assert set(found.tolist()) == set(range(10))
    for one in range(23):
        assert len(set(found[sample == one].tolist())) == 1
    assert folds(np.array([0, 1, 2, 0])).tolist() == [0, 1, 2, 0]


def test_samples_without_tokens_leave_no_empty_fold() -> None:
    assert folds(np.array([0, 10, 10, 4])).tolist() == [0, 2, 2, 1]
    assert folds(np.array([3, 3])).tolist() == [0, 0]


def test_halves_have_every_speaker_even_where_utterances_take_turns() -> None:
    utterance = np.repeat(np.arange(12), 5)
    for speaker in (utterance % 2, utterance // 6, utterance % 3):
        found = halves(speaker, utterance)
        for one in set(speaker.tolist()):
            of = {u: set(found[utterance == u].tolist()) for u in set(utterance[speaker == one].tolist())}
            assert all(len(half) == 1 for half in of.values())
            counts = Counter(half.pop() for half in of.values())
            assert abs(counts[0] - counts[1]) <= 1 and len(counts) == 2


def test_swapped_labels_keep_counts_by_speaker_and_manner() -> None:
    random = np.random.default_rng(2)
    labels, speaker = random.integers(0, 6, 300), random.integers(0, 4, 300)
    manner = np.array([0, 0, 1, 1, 1, 2])
    found = swapped_within(labels, speaker * 3 + manner[labels], 5, 0)
    assert (manner[found] == manner[labels]).all()
    for one in range(4):
        assert Counter(found[speaker == one].tolist()) == Counter(labels[speaker == one].tolist())
    assert (found[labels == 5] == 5).all(), "the only phone of its manner"
    assert np.mean(found[labels < 5] == labels[labels < 5]) < 0.6
    assert (found == swapped_within(labels, speaker * 3 + manner[labels], 5, 0)).all()
    assert not (found == swapped_within(labels, speaker * 3 + manner[labels], 5, 1)).all()


def test_every_exchange_within_a_group_is_equally_likely() -> None:
    labels, group = np.array([0, 1, 2, 3]), np.array([0, 0, 0, 1])
    counts = Counter(tuple(swapped_within(labels, group, 1, index).tolist()) for index in range(1200))
    assert len(counts) == 6
    assert all(order[3] == 3 for order in counts)
    assert min(counts.values()) > 200 - 5 * np.sqrt(200) and max(counts.values()) < 200 + 5 * np.sqrt(200)


def test_sampled_labels_follow_their_chances() -> None:
    chance = np.array([[0.1, 0.0, 0.9], [0.5, 0.25, 0.25], [0.0, 1.0, 0.0], [1 / 3, 1 / 3, 1 / 3]])
    found = np.stack([sampled_labels(chance, 3, index) for index in range(4000)])
    for token, expected in enumerate(chance):
        share = np.bincount(found[:, token], minlength=3) / len(found)
        assert share == pytest.approx(expected, abs=4 * np.sqrt(0.25 / 4000))
        assert (share[expected == 0] == 0).all()
    assert (sampled_labels(chance, 3, 7) == found[7]).all()
    pairs = np.corrcoef(found[:, 0], found[:, 1])[0, 1]
    assert abs(pairs) < 4 / np.sqrt(4000), "tokens are sampled independently"


def test_chances_that_round_to_less_than_one_name_a_label_nevertheless() -> None:
    chance = np.full((20000, 3), (1 - 1e-3) / 3)
    assert sampled_labels(chance, 0, 0).max() == 2


def test_thirds_are_equal_in_every_group() -> None:
    random = np.random.default_rng(3)
    values, group = random.normal(size=90), np.repeat([0, 1, 2], [30, 33, 27])
    found = tertiles(values, group)
    for one in range(3):
        inside = found[group == one]
        assert np.bincount(inside).tolist() == [len(inside) // 3] * 3
        ordered = inside[np.argsort(values[group == one])]
        assert (np.diff(ordered) >= 0).all()
    assert tertiles(np.zeros(2), np.zeros(2, dtype=int)).tolist() == [0, 1]


def test_frequent_labels_are_numbered_and_others_have_none() -> None:
    names = np.array([*"aaaa", *"bbbb", *[""] * 4, *"cc", *"dddd"])
    sample = np.array([0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1])
    found = frequent(names, sample, tokens=3, samples=2)
    assert found.tolist() == [0] * 4 + [-1] * 4 + [-1] * 4 + [-1] * 2 + [1] * 4
    assert (frequent(np.array(["", ""]), np.array([0, 1]), tokens=1, samples=1) == -1).all(), "no words"


def test_manners_are_numbered_as_in_the_inventory() -> None:
    inventory = Inventory((Phone("P", manner="stop"), Phone("S", manner="fricative"), Phone("T", manner="stop")))
    found = manners(("T", "S", "P"), inventory)
    assert found[0] == found[2] != found[1]
    assert manners(("P", "T"), Inventory((Phone("P"), Phone("T")))).tolist() == [0, 0]
    assert numbered(["b", "a", "b"]).tolist() == [1, 0, 1]
