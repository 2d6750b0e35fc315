"""Simulated speech has the structure that it is made for, and its responses follow what they are said to follow."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from phonotopy.calibration.simulated_speech import Design, noise, of_acoustics, of_phones, smoothed, speech
from phonotopy.core.grid import Grid
from phonotopy.core.seeds import stream
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i

GRID = Grid(8, 8)
LONG = Design(utterances=40)


def random(name="simulated speech"):
    return stream("test", name)


def explained(values, groups):
    """Share of the variance ``(units,)`` that group means explain."""
    means = np.array([values[groups == one].mean(axis=0) for one in range(groups.max() + 1)])
    return means[groups].var(axis=0) / values.var(axis=0)


def test_words_come_from_a_small_lexicon() -> None:
    found = speech(random(), LONG)
    phone, word, utterance = found.tokens.phone, found.word, found.tokens.utterance
    assert len(set(word.tolist())) == LONG.lexicon
    assert set(phone.tolist()) == set(range(LONG.phones))
    pairs = Counter(zip(phone[:-1].tolist(), phone[1:].tolist(), strict=True))
    expected = len(phone) / LONG.phones**2
    assert max(pairs.values()) > 2 * expected, "phones follow one another as in words"
    assert (np.diff(utterance) >= 0).all() and len(set(utterance.tolist())) == LONG.speakers * LONG.utterances
    assert (found.tokens.speaker == utterance // LONG.utterances).all()
    assert found.tokens.count.sum() == len(phone) == len(word) == len(found.acoustics)


def test_every_phone_is_said_by_every_speaker_often_enough() -> None:
    counts = [speech(stream("test", "counts", index)).tokens.count for index in range(50)]
    assert min(count.sum(axis=0).min() for count in counts) >= 15
    assert min((count > 0).sum(axis=0).min() for count in counts) >= 2


def test_acoustics_follow_phone_neighbours_speaker_and_chance() -> None:
    found = speech(random(), LONG)
    phone, within = found.tokens.phone, np.diff(found.tokens.utterance) == 0
    centres = np.array([found.acoustics[phone == one].mean(axis=0) for one in range(LONG.phones)])
    nearest = np.argmin(np.linalg.norm(found.acoustics[:, None] - centres, axis=2), axis=1)
    assert 2 / LONG.phones < np.mean(nearest == phone) < 0.9, "phones overlap"
    rest = found.acoustics - centres[phone]
    assert explained(rest, found.tokens.speaker).min() > 0.1
    coupling = np.sum(rest[1:][within] * (centres - centres.mean(axis=0))[phone[:-1][within]])
    assert coupling > 0, "a phone sounds like the one before"
    silent = speech(random(), LONG._replace(overlap=0.0, coarticulation=0.0))
    assert explained(silent.acoustics, silent.tokens.phone) == pytest.approx(1)


def test_noise_is_smooth_over_the_grid_and_along_utterances_alone() -> None:
    found = speech(random(), LONG)
    values = noise(random("noise"), found, GRID, radius=1.0, memory=0.7)
    assert values.var() == pytest.approx(1, abs=0.1)
    assert abs(values.mean()) < 0.1
    within = np.diff(found.tokens.utterance) == 0
    assert np.mean(values[1:][within] * values[:-1][within]) == pytest.approx(0.7, abs=0.06)
    assert abs(np.mean(values[1:][~within] * values[:-1][~within])) < 0.1
    lattice = Lattice.of(GRID)
    assert morans_i(values.T, lattice).mean() > 0.4
    assert abs(morans_i(noise(random("noise"), found, GRID, radius=0.0).T, lattice).mean()) < 0.05
    assert explained(values, found.tokens.phone).max() < 0.05


def test_responses_follow_what_they_are_said_to_follow() -> None:
    found = speech(random(), LONG)
    by_phone, by_sound = (make(random("maps"), found, GRID) for make in (of_phones, of_acoustics))
    assert explained(by_phone, found.tokens.phone) == pytest.approx(1)
    renamed = found._replace(tokens=replace(found.tokens, phone=np.roll(found.tokens.phone, 1)))
    assert np.array_equal(of_acoustics(random("maps"), renamed, GRID), by_sound)
    linear = np.column_stack([found.acoustics, np.ones(len(by_phone))])
    left = [v - linear @ np.linalg.lstsq(linear, v, rcond=None)[0] for v in (by_phone, by_sound)]
    assert left[0].var(axis=0).mean() > left[1].var(axis=0).mean()
    for values in (by_phone, by_sound):
        assert values.std(axis=0) == pytest.approx(1)
        assert morans_i(values.T, Lattice.of(GRID)).mean() > 0.3


def test_smoothing_keeps_the_variance() -> None:
    white = random().normal(size=(2000, GRID.units))
    assert smoothed(white, GRID, 1.5).var(axis=0) == pytest.approx(1, abs=0.2)
    assert np.array_equal(smoothed(white, GRID, 0.0), white)
