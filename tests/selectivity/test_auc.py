"""AUC and the phoneme selectivity index against scipy's rank-sum test."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control, mannwhitneyu

from phonotopy.selectivity.auc import auc, phoneme_selectivity_index, rank_sums


def tokens(seed: int = 0, phones: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Responses with many ties, as behind a rectifier, of units from indifferent to selective."""
    random = np.random.default_rng(seed)
    phone = random.integers(-1, phones, size=300)
    values = random.normal(size=(300, 3)) + np.outer(phone == 1, [0, 1, 3]) + np.outer(phone == 2, [0, 0, 1])
    values = np.maximum(values, 0)
    values[:, 1] = values[:, 1].round(1)
    return values.astype(np.float32), phone


def test_areas_and_p_values_are_those_of_scipy() -> None:
    values, phone = tokens()
    found = rank_sums(values, phone, 4, threads=2)
    area, p = found.auc(), found.p()
    for unit in range(3):
        for first in range(4):
            for second in range(4):
                if first == second:
                    assert np.isnan([area[unit, first, second], p[unit, first, second]]).all()
                    continue
                x, y = (
                    values[phone == one, unit].astype(float) for one in (first, second)
                )  # scipy adds ranks in its type
                expected = mannwhitneyu(x, y, method="asymptotic")
                assert area[unit, first, second] == pytest.approx(expected.statistic / (len(x) * len(y)), abs=1e-12)
                assert p[unit, first, second] == pytest.approx(expected.pvalue, rel=1e-6)


def test_the_area_of_a_phone_is_the_mean_over_the_others() -> None:
    values, phone = tokens()
    found = rank_sums(values, phone, 4)
    expected = np.nanmean(found.auc(), axis=2)
    assert auc(found) == pytest.approx(expected)


def test_chance_is_a_half_and_perfect_separation_one() -> None:
    phone = np.repeat([0, 1, 2], 10)
    apart, same = np.repeat([5.0, 0.0, 0.0], 10) + np.tile(np.linspace(0, 1, 10), 3), np.ones(30)
    found = rank_sums(np.stack([apart, same], axis=1).astype(np.float32), phone, 3)
    assert auc(found)[0].tolist() == [1.0, 0.25, 0.25]
    assert auc(found)[1].tolist() == [0.5, 0.5, 0.5]
    assert (found.p()[1][~np.eye(3, dtype=bool)] == 1).all()


def test_the_index_counts_the_phones_that_are_distinguished() -> None:
    values, phone = tokens()
    found = rank_sums(values, phone, 4)
    upper = np.triu_indices(4, k=1)
    for unit, index in enumerate(phoneme_selectivity_index(found)):
        by_phone = [values[phone == p, unit].astype(float) for p in range(4)]
        p = [mannwhitneyu(by_phone[a], by_phone[b], method="asymptotic").pvalue for a, b in zip(*upper, strict=True)]
        distinct = np.zeros((4, 4), dtype=int)
        distinct[upper] = false_discovery_control(p) < 0.01
        assert index.tolist() == (distinct + distinct.T).sum(axis=1).tolist()
    assert phoneme_selectivity_index(found)[0].tolist() == [0, 0, 0, 0]
    assert phoneme_selectivity_index(found)[2, 1] == 3


def test_absent_phones_are_missing() -> None:
    values, phone = tokens()
    found = rank_sums(values, np.where(phone == 3, -1, phone), 4)
    assert np.isnan(auc(found)[:, 3]).all()
    assert auc(found)[:, :3] == pytest.approx(auc(rank_sums(values, np.where(phone == 3, -1, phone), 3)))
    assert (phoneme_selectivity_index(found)[:, 3] == 0).all()


def test_threads_change_nothing() -> None:
    values, phone = tokens()
    assert (rank_sums(values, phone, 4, threads=2).wins == rank_sums(values, phone, 4).wins).all()
