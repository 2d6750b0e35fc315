"""The mean covariance of neighbours: loops, closed forms, permuted positions."""

from itertools import permutations

import numpy as np
import pytest

import reference_encoding as reference
import reference_mapping
from fabricate import smooth
from phonotopy.core.grid import Grid
from phonotopy.inference.permutation import orders
from phonotopy.spatial.covariance import neighbour_covariance, neighbour_covariance_null
from phonotopy.spatial.lattice import Lattice


def symmetric(units: int, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).normal(size=(2 * units, units))
    return values.T @ values / len(values)


@pytest.mark.parametrize("grid", [Grid(3, 5), Grid(3, 4, torus=True)], ids=repr)
@pytest.mark.parametrize("queen", [True, False])
@pytest.mark.parametrize("dead", [[], [0, 6]])
def test_it_equals_the_loop_over_pairs(grid: Grid, queen: bool, dead: list[int]) -> None:
    live = ~np.isin(np.arange(grid.units), dead)
    w = reference_mapping.weights(grid.rows, grid.columns, live.tolist(), queen=queen, torus=grid.torus)
    lattice, matrix = Lattice.of(grid, "queen" if queen else "rook", live), symmetric(int(live.sum()))
    assert neighbour_covariance(matrix, lattice) == pytest.approx(reference.neighbours(matrix, w))
    null = neighbour_covariance_null(matrix, lattice, permutations=5, key=8)
    moved = [reference.neighbours(matrix[np.ix_(order, order)], w) for order in orders(len(matrix), 5, key=8)]
    assert null == pytest.approx(moved)


def test_one_common_signal_is_shared_alike_wherever_units_are() -> None:
    gains = np.random.default_rng(1).normal(size=12)
    lattice = Lattice.of(Grid(3, 4))
    assert neighbour_covariance(np.ones((12, 12)), lattice) == 1
    assert neighbour_covariance_null(np.ones((12, 12)), lattice, permutations=9, key=1) == pytest.approx(1)
    first, second = lattice.pairs.T
    assert neighbour_covariance(np.outer(gains, gains), lattice) == pytest.approx(np.mean(gains[first] * gains[second]))


def test_independent_units_share_nothing() -> None:
    assert neighbour_covariance(np.diag(np.arange(1.0, 10)), Lattice.of(Grid(3, 3))) == 0


def test_permutations_average_to_the_mean_over_all_pairs() -> None:
    matrix, lattice = symmetric(5), Lattice.of(Grid(1, 5), "rook")
    apart = matrix[~np.eye(5, dtype=bool)].mean()
    every = [neighbour_covariance(matrix[np.ix_(order, order)], lattice) for order in permutations(range(5))]
    assert np.mean(every) == pytest.approx(apart)
    null = neighbour_covariance_null(matrix, lattice, permutations=4000, key=3)
    assert null.mean() == pytest.approx(apart, abs=4 * null.std() / np.sqrt(4000))
    assert null.min() >= min(every) - 1e-12 and null.max() <= max(every) + 1e-12


def test_smooth_units_share_more_than_permuted_ones() -> None:
    grid = Grid(8, 8)
    maps = smooth(np.random.default_rng(5).normal(size=(64, 40)), grid, 1.5)
    covariance = maps @ maps.T / 40
    assert (
        neighbour_covariance(covariance, Lattice.of(grid))
        > neighbour_covariance_null(covariance, Lattice.of(grid), permutations=99, key=2).max()
    )


def test_without_pairs_there_is_no_mean() -> None:
    lattice = Lattice.of(Grid(1, 3), live=np.array([True, False, True]))
    assert np.isnan(neighbour_covariance(np.eye(2), lattice))
    assert np.isnan(neighbour_covariance_null(np.eye(2), lattice, permutations=3, key=0)).all()
