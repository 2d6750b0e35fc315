"""Effective rank against eigenvalues and closed forms."""

import numpy as np
import pytest

from phonotopy.organisation.rank import correlation, effective_rank, rank_row


def test_it_is_the_participation_ratio_of_eigenvalues() -> None:
    x = np.random.default_rng(0).normal(size=(200, 12)) @ np.random.default_rng(1).normal(size=(12, 12))
    comoment = (x - x.mean(0)).T @ (x - x.mean(0))
    values = np.linalg.eigvalsh(np.corrcoef(x.T))
    assert correlation(comoment) == pytest.approx(np.corrcoef(x.T), abs=1e-12)
    assert effective_rank(correlation(comoment)) == pytest.approx(values.sum() ** 2 / (values**2).sum(), rel=1e-10)


def test_orthogonal_units_span_all_directions_and_copies_one() -> None:
    assert effective_rank(np.eye(7)) == pytest.approx(7)
    assert effective_rank(np.ones((7, 7))) == pytest.approx(1)
    assert effective_rank(np.kron(np.eye(3), np.ones((2, 2)))) == pytest.approx(3)


def test_a_dead_unit_is_left_out() -> None:
    comoment = np.diag([4.0, 0.0, 9.0])
    assert effective_rank(correlation(comoment)) == pytest.approx(2)
    assert rank_row(3, comoment, np.eye(3)) == {"layer": 3, "units": 3, "effective_rank": 2.0, "filter_rank": 3.0}
    assert np.isnan(effective_rank(correlation(np.zeros((3, 3)))))
