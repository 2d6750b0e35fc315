"""Threshold-free cluster enhancement: the integral, its maximum under permutations, planted units."""

import numpy as np
import pytest
from scipy import ndimage

import reference_mapping as reference
from phonotopy.core.grid import Grid
from phonotopy.inference.permutation import orders
from phonotopy.spatial.cluster_enhancement import TABLE, enhanced, enhanced_rows, enhancement_test
from phonotopy.spatial.clusters import standardised
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps

GRID = Grid(8, 8)
QUEEN = Lattice.of(GRID)


def noise(maps: int, seed: int = 0, units: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(units, maps))


def test_simple_maps_have_their_closed_forms() -> None:
    alone = np.zeros(64)
    alone[20] = 3.0
    assert enhanced(alone[:, None], QUEEN)[20, 0] == pytest.approx(3**3 / 3)
    flat = np.where(np.isin(np.arange(64), [0, 1, 8, 9]), 2.0, -1.0)  # four units, one cluster
    found = enhanced(flat[:, None], QUEEN)[:, 0]
    assert found[[0, 1, 8, 9]] == pytest.approx(np.sqrt(4) * 2**3 / 3)
    assert (found[flat < 0] == 0).all()
    step = np.zeros(64)
    step[[0, 1]] = 2.0, 1.0  # together up to 1, one alone from 1 to 2
    assert enhanced(step[:, None], QUEEN)[:2, 0] == pytest.approx([np.sqrt(2) / 3 + 7 / 3, np.sqrt(2) / 3])


@pytest.mark.parametrize(("grid", "dead"), [(Grid(6, 6), []), (Grid(4, 8), [9, 10]), (Grid(5, 6, torus=True), [])])
def test_values_are_those_of_flooding_at_every_threshold(grid: Grid, dead: list[int]) -> None:
    live = ~np.isin(np.arange(grid.units), dead)
    maps = noise(5, 1, int(live.sum()))
    maps[:, 4] = np.round(maps[:, 4])  # ties
    w = reference.weights(grid.rows, grid.columns, live.tolist(), queen=True, torus=grid.torus)
    found = enhanced(maps, Lattice.of(grid, "queen", live))
    for m, values in enumerate(maps.T):
        assert found[:, m] == pytest.approx(reference.enhanced(values, w), abs=1e-12)


def test_published_steps_approach_the_integral() -> None:
    values, step = np.abs(noise(1, 2)[:, 0]).reshape(8, 8), 0.001
    total = np.zeros((8, 8))
    for h in np.arange(step / 2, values.max(), step):
        label, number = ndimage.label(values > h, structure=np.ones((3, 3)))
        extent = np.r_[0, ndimage.sum_labels(np.ones((8, 8)), label, range(1, number + 1))]
        total += extent[label] ** 0.5 * h**2 * step
    assert enhanced(values.reshape(64, 1), QUEEN)[:, 0] == pytest.approx(total.ravel(), rel=0.01, abs=0.002)


def test_p_values_count_the_largest_values_under_permutations() -> None:
    maps = noise(3, 3)
    found = enhancement_test(maps, QUEEN, permutations=49, key=5)
    scores = standardised(maps)
    null = np.empty((49, 3))
    for r, order in enumerate(orders(64, 49, key=5)):
        moved = np.empty_like(scores)
        moved[order] = scores
        null[r] = enhanced(moved, QUEEN).max(axis=0)
    assert found.observed == pytest.approx(enhanced(scores, QUEEN))
    together = np.concatenate([found.observed.max(axis=0)[None], null])
    mean, sd = together.mean(axis=0), together.std(axis=0)
    most = ((null - mean) / sd).max(axis=1)
    for m in range(3):
        more = (null[:, m, None] >= found.observed[:, m] - 1e-9).sum(axis=0)
        assert found.p[:, m] == pytest.approx((1 + more) / 50)
        more = (most[:, None] >= (found.observed[:, m] - mean[m]) / sd[m] - 1e-9).sum(axis=0)
        assert found.p_family[:, m] == pytest.approx((1 + more) / 50)
    two = enhancement_test(maps, QUEEN, permutations=49, key=5, threads=2)
    assert all(np.array_equal(a, b) for a, b in zip(found, two, strict=True))


def test_a_planted_patch_is_found_and_a_scattered_one_is_not() -> None:
    """Nine units of d' 0.5 in noise of sd 0.15, as in the figure of power."""
    grid = Grid(16, 16)
    patch = grid.distances[100] < 1.5
    scattered = np.isin(np.arange(256), [0, 5, 10, 80, 85, 90, 160, 165, 170])
    maps = 0.15 * noise(2, 4, 256) + 0.5 * np.stack([patch, scattered], axis=1)
    found = enhancement_test(maps, Lattice.of(grid), permutations=499, key=1).p <= 0.05
    assert found[patch, 0].any()
    assert not found[grid.distances[100] > 3.5, 0].any()
    assert not found[:, 1].any()


def test_null_maps_are_rejected_at_the_level() -> None:
    least = [enhancement_test(noise(3, s), QUEEN, permutations=39, key=s).p_family.min() for s in range(300)]
    rate = np.mean(np.array(least) <= 0.05)
    assert 0.015 <= rate <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_what_is_missing_stays_missing() -> None:
    maps = np.column_stack([noise(1), np.full(64, np.nan), np.zeros(64)])
    found = enhancement_test(maps, QUEEN, permutations=19, key=1)
    alone = enhancement_test(maps[:, :1], QUEEN, permutations=19, key=1)
    assert np.array_equal(found.p_family[:, 0], alone.p_family[:, 0])
    assert np.isnan(found.p[:, 1:]).all()
    none = Lattice.of(Grid(2, 2), "queen", np.zeros(4, bool))
    assert enhancement_test(np.empty((0, 2)), none, permutations=9, key=1).p.shape == (0, 2)


def test_rows_have_their_columns() -> None:
    live = np.ones(64, bool)
    live[3] = False
    values = np.where(live[:, None], noise(2), np.nan)
    maps = Maps(("P", "S"), values, values > 0.5, np.array([True, False]), live, np.arange(len(live)), {})
    rows = enhanced_rows({2: maps}, {2: GRID}, 19, training=("control", "0"), null_seed=1)
    assert len(rows) == 63
    assert all(row.keys() == set(TABLE.columns) for row in rows)
    assert {(row["layer"], row["phone"], row["null_seed"], row["permutations"]) for row in rows} == {(2, "P", 1, 19)}
