"""The jackknife of a mean over pairs of folds: closed forms, a loop, its level, and what cannot be tested."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

import reference_encoding as reference
from phonotopy.inference.jackknife import jackknife


def pairs(seed: int, folds: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(folds, folds))


@pytest.mark.parametrize("folds", [3, 4, 10])
def test_it_leaves_out_each_fold_in_turn(folds: int) -> None:
    found = jackknife(pairs(1, folds))
    assert (found.mean, found.error) == pytest.approx(reference.jackknife(pairs(1, folds)))


def test_sums_of_two_values_give_the_t_test_of_a_mean() -> None:
    """Pair (a, b) is (x_a + x_b) / 2, whose mean over pairs is that of x and whose jackknife is that of a mean."""
    x = np.random.default_rng(2).normal(0.4, 1, 9)
    found = jackknife((x[:, None] + x) / 2)
    assert found.mean == pytest.approx(x.mean())
    assert found.error == pytest.approx(x.std(ddof=1) / 3)
    assert found.p == pytest.approx(ttest_1samp(x, 0, alternative="greater").pvalue)


def test_the_diagonal_says_nothing() -> None:
    one = pairs(3, 5)
    other = one.copy()
    other[np.diag_indices(5)] = [np.pi, -1e6, 0, 1, 7]
    assert jackknife(one) == pytest.approx(jackknife(other))


def test_folds_that_agree_on_nothing_are_rejected_no_more_often_than_stated() -> None:
    """Products of independent noise of two folds, whose error is over-stated if at all."""
    random = np.random.default_rng(4)
    noise = random.normal(size=(2000, 8, 30))
    rejected = np.mean([jackknife(one @ one.T).p <= 0.05 for one in noise])
    assert rejected <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 2000)
    agreed = np.mean([jackknife(one @ one.T).p <= 0.05 for one in noise[:200] + 0.6])
    assert agreed > 0.9


def test_two_folds_have_a_mean_alone() -> None:
    mean, error, p = jackknife(np.array([[9.0, 1.0], [3.0, 9.0]]))
    assert mean == 2
    assert np.isnan(error) and np.isnan(p)


def test_pairs_without_spread_test_nothing() -> None:
    found = jackknife(np.full((4, 4), 0.5))
    assert (found.mean, found.error) == (0.5, 0)
    assert np.isnan(found.p)
