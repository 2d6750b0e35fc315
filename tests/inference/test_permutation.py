"""Permutations, p-values and the false discovery rate."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare, false_discovery_control

from phonotopy.inference.permutation import adjust, family_p_value, null, orders, p_value


def test_p_counts_the_observation_in() -> None:
    nulls = np.array([1.0, 2.0, 3.0, 4.0])
    assert p_value(3.5, nulls, "greater") == 2 / 5
    assert p_value(3.5, nulls, "less") == 4 / 5
    assert p_value(3.5, nulls) == 4 / 5
    assert p_value(9.0, nulls, "greater") == 1 / 5
    assert p_value(2.5, nulls) == 1.0


def test_two_sided_p_is_the_same_for_both_tails_and_at_most_one() -> None:
    nulls = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    assert p_value(1.5, nulls) == p_value(-1.5, nulls) == 4 / 6
    assert p_value(0.0, nulls) == 1.0


def test_a_tie_up_to_rounding_counts_for_both_sides() -> None:
    nulls = np.array([0.1 + 0.2, 0.0, 0.0])
    assert p_value(0.3, nulls, "greater") == p_value(0.1 + 0.2, nulls, "greater") == 2 / 4
    assert p_value(0.3, nulls, "less") == 1.0


def test_p_goes_by_column_and_a_missing_observation_has_none() -> None:
    nulls = np.array([[1.0, 5.0, 1.0], [2.0, 6.0, 2.0]])
    assert p_value([0.0, 7.0, np.nan], nulls, "greater") == pytest.approx([1.0, 1 / 3, np.nan], nan_ok=True)


def test_a_permutation_without_a_value_never_makes_a_p_smaller() -> None:
    nulls = np.array([1.0, 2.0, np.nan, 4.0])
    for alternative, p in (("greater", 2 / 5), ("less", 5 / 5), ("two-sided", 4 / 5)):
        assert p_value(9.0, nulls, alternative) == pytest.approx(p), alternative
    assert p_value(np.inf, np.array([1.0, 2.0]), "greater") == 1 / 3
    random = np.random.default_rng(8)
    null, observed = random.normal(size=(99, 3)), np.array([9.0, 0.5, 0.0])
    null[7, 1] = np.nan
    found = family_p_value(observed, null, axis=0)
    assert found[0] == 2 / 100, "the permutation without a value is the most extreme one of its family"
    assert found[1] >= p_value(observed, null)[1]


def test_q_equals_scipys_and_leaves_missing_tests_out() -> None:
    p = np.random.default_rng(0).uniform(size=(20, 7)) ** 3
    p[3, 4] = p[5, 6]
    assert adjust(p) == pytest.approx(false_discovery_control(p.ravel()).reshape(p.shape), rel=1e-12)
    p[0, :3] = np.nan
    assert np.isnan(adjust(p)).sum() == 3
    assert adjust(p)[np.isfinite(p)] == pytest.approx(false_discovery_control(p[np.isfinite(p)]), rel=1e-12)
    assert np.isnan(adjust([np.nan, np.nan])).all()


def test_all_orders_are_equally_frequent() -> None:
    sampled = Counter(map(tuple, orders(4, 24_000, key=7).tolist()))
    assert set(sampled) == set(permutations(range(4)))
    assert chisquare(list(sampled.values())).pvalue > 1e-4


def test_every_unit_goes_to_every_position_equally_often() -> None:
    sampled = orders(16, 16_000, key=3)
    assert (np.sort(sampled, axis=1) == np.arange(16)).all()
    counts = np.stack([np.bincount(column, minlength=16) for column in sampled.T])
    assert chisquare(counts.ravel(), ddof=31).pvalue > 1e-4


def test_neighbouring_indices_and_keys_give_unrelated_orders() -> None:
    sampled = orders(256, 400, key=0).astype(float)
    near = [np.corrcoef(sampled[r], sampled[r + 1])[0, 1] for r in range(399)]
    other = orders(256, 400, key=1)
    across = [np.corrcoef(sampled[r], other[r])[0, 1] for r in range(400)]
    assert abs(np.mean(near)) < 4 / np.sqrt(256 * 399)
    assert abs(np.mean(across)) < 4 / np.sqrt(256 * 400)


def test_a_permutation_depends_on_its_index_alone() -> None:
    whole = orders(50, 40, key=2**63 + 5)
    assert (whole[13:20] == orders(50, 7, key=2**63 + 5, start=13)).all()
    assert not (whole[0] == whole[1]).all()


@pytest.mark.parametrize(("batch", "threads"), [(1, 1), (7, 2), (1000, 2)])
def test_a_null_is_the_same_for_any_batch_and_number_of_threads(batch: int, threads: int) -> None:
    weights = np.random.default_rng(1).normal(size=30)

    def statistic(sampled: np.ndarray) -> np.ndarray:
        return np.stack([weights[:15] @ weights[row[:15]] for row in sampled])

    expected = null(statistic, 30, permutations=101, key=4, threads=1, batch=10)
    assert (null(statistic, 30, permutations=101, key=4, threads=threads, batch=batch) == expected).all()


def test_a_family_is_as_extreme_as_its_most_extreme_member() -> None:
    """Three permutations and the observation, two statistics of equal mean and spread: maxima 3, 2, 2."""
    null = np.array([[3.0, 0.0], [0.0, 2.0], [2.0, 1.0]])
    observed = np.array([1.0, 3.0])
    assert family_p_value(observed, null, "greater", axis=0) == pytest.approx([1.0, 2 / 4])
    assert family_p_value([1.0], null[:, :1], "greater", axis=0) == p_value([1.0], null[:, :1], "greater")


def test_a_family_ignores_scales_missing_and_constant_statistics() -> None:
    random = np.random.default_rng(5)
    null, observed = random.normal(size=(99, 3)), random.normal(size=3)
    expected = family_p_value(observed, null, axis=0)
    assert family_p_value(5 + observed * [1, 10, 0.1], 5 + null * [1, 10, 0.1], axis=0) == pytest.approx(expected)
    wide, values = np.append(observed, [np.nan, 7.0]), np.column_stack([null, np.full(99, np.nan), np.full(99, 7.0)])
    assert family_p_value(wide, values, axis=0)[:3] == pytest.approx(expected)
    assert np.isnan(family_p_value(wide, values, axis=0)[3])
    assert family_p_value(wide, values, axis=0)[4] == 1.0
    assert (expected >= p_value(observed, null)).any()


def test_families_are_kept_apart() -> None:
    random = np.random.default_rng(6)
    null, observed = random.normal(size=(50, 4, 3)), random.normal(size=(4, 3))
    expected = np.stack([family_p_value(observed[:, m], null[..., m], "less", axis=0) for m in range(3)], axis=1)
    assert family_p_value(observed, null, "less", axis=0) == pytest.approx(expected)
    whole = family_p_value(observed.ravel(), null.reshape(50, 12), axis=0).reshape(4, 3)
    assert family_p_value(observed, null, axis=(0, 1)) == pytest.approx(whole)


def test_a_family_of_true_nulls_is_rejected_at_the_level() -> None:
    """1,000 families of four correlated statistics; 19 permutations make 5 % the least possible p."""
    random = np.random.default_rng(7)
    rejected = 0
    for _ in range(1000):
        values = random.normal(size=(20, 4)) + random.normal(size=(20, 1))
        rejected += family_p_value(values[0], values[1:], axis=0).min() <= 0.05
    assert abs(rejected / 1000 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 1000)
