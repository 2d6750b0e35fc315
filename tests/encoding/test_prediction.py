"""Predictions from sound: the ridge solution, and folds that teach nothing about themselves."""

import numpy as np
import pytest
from scipy.special import softmax

import reference_encoding as reference
from phonotopy.encoding.prediction import FOURIER, PENALTY, Prediction, centred, chances, expanded

FOLD = np.random.default_rng(0).permutation(np.arange(90) % 3)


def random(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_it_is_the_ridge_solution_of_the_other_folds() -> None:
    features, targets = random(90, 7), random(90, 4, seed=2)
    found = Prediction.of(features, FOLD)(targets)
    assert found.dtype == np.float32
    assert found == pytest.approx(reference.ridge(features, targets, FOLD.tolist(), PENALTY), abs=1e-4)


def test_a_fold_says_nothing_about_its_own_predictions() -> None:
    features, targets = random(90, 7), random(90, 4, seed=2)
    prediction = Prediction.of(features, FOLD)
    before = prediction(targets)
    for one in range(3):
        changed = targets.copy()
        changed[one == FOLD] = 100 * random(int((one == FOLD).sum()), 4, seed=3)
        after = prediction(changed)
        assert after[one == FOLD] == pytest.approx(before[one == FOLD], rel=1e-3, abs=1e-3)
        assert not np.allclose(after[one != FOLD], before[one != FOLD], atol=0.1)


def test_what_the_sound_determines_is_predicted_and_noise_is_not() -> None:
    features = random(3000, 3)
    fold = np.arange(3000) % 5
    known = np.stack([features[:, 0], np.maximum(features[:, 1], 0) * features[:, 2]], axis=1)
    targets = centred(np.concatenate([known, random(3000, 1, seed=4)], axis=1), np.zeros(3000, dtype=int))
    left = (targets - Prediction.of(expanded(features, 3), fold)(targets)).var(axis=0)
    assert left[0] < 0.02 and left[1] < 0.2
    assert left[2] > 0.99


def test_constant_features_and_targets_do_no_harm() -> None:
    features = np.concatenate([random(90, 2), np.zeros((90, 1), np.float32), np.ones((90, 1), np.float32)], axis=1)
    found = Prediction.of(features, FOLD)(
        np.concatenate([np.zeros((90, 1)), np.ones((90, 1))], axis=1, dtype=np.float32)
    )
    assert (found[:, 0] == 0).all()
    assert found[:, 1] == pytest.approx(1, abs=2 * PENALTY)


def test_features_are_expanded_by_the_last_ones_alone() -> None:
    features = random(20, 5)
    found = expanded(features, 2)
    assert found.shape == (20, 5 + FOURIER + 1)
    assert (found[:, :5] == features).all() and (found[:, -1] == 1).all()
    other = features.copy()
    other[:, :3] += 1
    assert (expanded(other, 2)[:, 5:] == found[:, 5:]).all()


def test_fourier_features_give_a_kernel_that_falls_with_distance() -> None:
    points = np.linspace(0, 4, 9, dtype=np.float32)[:, None]
    waves = expanded(points, 1)[:, 1:-1]
    kernel = waves @ waves.T / FOURIER
    expected = np.exp(-((0.8 * (points - points.T)) ** 2) / 2)
    assert kernel == pytest.approx(expected, abs=0.15)


def test_centred_columns_have_mean_zero_in_every_group_and_variance_one() -> None:
    values, group = 5 + 3 * random(60, 4), np.arange(60) % 3
    values[:, 2] = 7
    values[:, 3] = group
    found = centred(values + 10 * group[:, None], group)
    for one in range(3):
        assert found[group == one].mean(axis=0) == pytest.approx(0, abs=1e-6)
    assert found.std(axis=0) == pytest.approx([1, 1, 0, 0], abs=1e-5), "constant ones, and those of groups, are 0"
    assert np.isfinite(centred(np.zeros((4, 2)), np.array([0, 0, 2, 2]))).all(), "a group without tokens"


def test_chances_are_those_that_labels_were_sampled_from() -> None:
    """Scores as of a regression on the labels: the softmax finds their scale, and chances are frequencies."""
    generator = np.random.default_rng(5)
    true = softmax(1.5 * generator.normal(size=(20000, 4)) + np.log([0.4, 0.3, 0.2, 0.1]), axis=1)
    labels = (generator.random(len(true))[:, None] > np.cumsum(true, axis=1)).sum(axis=1)
    frequency = np.bincount(labels) / len(labels)
    found = chances(0.2 * (np.log(true) - np.log(frequency)) + 0.05, labels)
    assert found.sum(axis=1) == pytest.approx(1)
    assert np.abs(found - true).max() < 0.05
    assert found.mean(axis=0) == pytest.approx(frequency, abs=0.01)


def test_scores_that_say_nothing_give_frequencies() -> None:
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    found = chances(np.zeros((100, 3)), labels)
    assert found == pytest.approx(np.tile([0.6, 0.3, 0.1], (100, 1)), abs=0.02)


def test_one_phone_is_certain() -> None:
    assert chances(np.zeros((5, 1)), np.zeros(5, dtype=int)) == pytest.approx(1)
