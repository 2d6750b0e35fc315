"""The cluster-mass test: masses, centroids, families, power."""

import numpy as np
import pytest
from scipy import ndimage

from phonotopy.calibration.power import planted, power
from phonotopy.core.grid import Grid
from phonotopy.inference.permutation import orders
from phonotopy.spatial.clusters import FORMING, TABLE, centroid, cluster_test, rows, standardised

GRID = Grid(16, 16)


def noise(maps: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(256, maps))


def masses(values: np.ndarray) -> np.ndarray:
    """Masses of the clusters of a standardised map, by scipy.ndimage, heaviest first."""
    grid = values.reshape(16, 16)
    label, number = ndimage.label(grid > FORMING, structure=np.ones((3, 3)))
    return np.sort(ndimage.sum_labels(grid, label, range(1, number + 1)))[::-1]


def test_a_region_does_not_hide_itself_by_its_own_spread() -> None:
    values = noise(1)
    inflated = values + 20 * planted(GRID, 9, 100)[:, None]
    assert standardised(inflated)[200] == pytest.approx(standardised(values)[200], abs=0.15)
    assert np.std(standardised(noise(1, 3))) == pytest.approx(1, abs=0.1)
    assert np.isnan(standardised(np.r_[np.zeros(200), np.ones(56)][:, None])).all()


def test_masses_and_p_values_are_those_of_ndimage() -> None:
    maps = noise(3)
    found = cluster_test(maps, GRID, permutations=99, key=5)
    scores = standardised(maps)
    null = np.empty((99, 3))
    for r, order in enumerate(orders(256, 99, key=5)):
        moved = np.empty_like(scores)
        moved[order] = scores
        null[r] = [masses(column)[0] for column in moved.T]
    together = np.vstack([null, [masses(column)[0] for column in scores.T]])
    most = ((null - together.mean(axis=0)) / together.std(axis=0)).max(axis=1)
    for m in range(3):
        mine = [cluster for cluster in found if cluster.map == m]
        assert [cluster.mass for cluster in mine] == pytest.approx(masses(scores[:, m]))
        for cluster in mine:
            assert cluster.mass == pytest.approx(scores[list(cluster.units), m].sum())
            assert cluster.p == (1 + np.sum(null[:, m] >= cluster.mass - 1e-9)) / 100
            score = (cluster.mass - together[:, m].mean()) / together[:, m].std()
            assert cluster.p_family == (1 + np.sum(most >= score - 1e-9)) / 100
            assert cluster.p_family >= cluster.p


def test_a_planted_patch_is_found_where_it_is_and_a_scattered_one_is_not() -> None:
    patch = planted(GRID, 9, 5 * 16 + 7)
    maps = 0.15 * noise(2) + 0.5 * np.stack([patch, patch[np.random.default_rng(1).permutation(256)]], axis=1)
    found = cluster_test(maps, GRID, permutations=499, key=1)
    first, *others = [cluster for cluster in found if cluster.map == 0]
    assert first.p == first.p_family == 1 / 500
    assert set(np.flatnonzero(patch).tolist()) <= set(first.units)
    assert (first.row, first.column) == pytest.approx((5, 7), abs=0.6)
    assert all(cluster.p > 0.05 for cluster in others)
    assert all(cluster.p > 0.05 for cluster in found if cluster.map == 1)


def test_a_map_of_heavy_clusters_does_not_rule_the_family() -> None:
    skewed = np.random.default_rng(4).exponential(size=256) ** 3
    patch = 0.15 * noise(1)[:, 0] + 0.5 * planted(GRID, 9, 5 * 16 + 7)
    found = cluster_test(np.stack([skewed, patch], axis=1), GRID, permutations=199, key=1)
    heavy, first = (next(cluster for cluster in found if cluster.map == m) for m in (0, 1))
    assert heavy.mass > first.mass
    assert heavy.p_family > 0.05
    assert first.p_family == 1 / 200


def test_dead_units_part_clusters_and_keep_their_positions() -> None:
    values = np.random.default_rng(2).normal(scale=0.01, size=25)
    values[[10, 11, 13, 14]] = 1
    live = ~np.isin(np.arange(25), [2, 7, 12, 17, 22])  # the middle column
    found = cluster_test(values[live, None], Grid(5, 5), live, permutations=19, key=1)
    assert {frozenset(cluster.units) for cluster in found if cluster.mass > 50} == {
        frozenset({10, 11}),
        frozenset({13, 14}),
    }


def test_a_centroid_goes_round_a_torus() -> None:
    units, weights = np.array([0, 4]), np.array([1.0, 1.0])
    assert centroid(units, weights, Grid(5, 5)) == (0, 2)
    assert centroid(units, weights, Grid(5, 5, torus=True)) == pytest.approx((0, 4.5))
    assert centroid(np.array([6, 8]), np.array([1.0, 3.0]), Grid(5, 5)) == (1, 2.5)
    opposite = centroid(np.array([0, 2]), weights, Grid(4, 4, torus=True))
    assert opposite[0] == pytest.approx(0)
    assert np.isnan(opposite[1]), "halfway round there is no middle"


def test_a_centroid_at_the_seam_of_a_torus_stays_on_the_grid() -> None:
    torus = Grid(16, 16, torus=True)
    for first in range(16):
        around = np.array([first, (first + 1) % 16, (first + 2) % 16])
        for units in (around, 16 * around, np.roll(around, 1)):
            row, column = centroid(units, np.array([0.1, 0.3, 0.1]), torus)
            assert 0 <= row < 16
            assert 0 <= column < 16


def test_maps_without_clusters_or_values_have_no_rows() -> None:
    maps = np.column_stack([np.full(256, np.nan), np.zeros(256), noise(1)])
    found = cluster_test(maps, GRID, permutations=19, key=1)
    assert {cluster.map for cluster in found} == {2}
    alone = cluster_test(maps[:, 2:], GRID, permutations=19, key=1)
    assert [cluster.p_family for cluster in found] == [cluster.p for cluster in alone]
    assert cluster_test(np.empty((0, 2)), Grid(2, 2), np.zeros(4, bool), permutations=19, key=1) == []


def test_rows_count_regions_by_phone() -> None:
    found = cluster_test(noise(2), GRID, permutations=19, key=1)
    table = list(rows(found, {"P": True, "S": True, "T": True, "ZH": False}, {"layer": 1, "null_seed": 0}, 19))
    assert all(row.keys() == set(TABLE.columns) for row in table)
    assert [(row["phone"], row["cluster"], row["size"], row["p"], row["status"]) for row in table[-2:]] == [
        ("T", 0, 0, None, "no cluster"),
        ("ZH", 0, 0, None, "too few"),
    ]
    assert [row["cluster"] for row in table if row["phone"] == "S"] == list(
        range(1, 1 + sum(cluster.map == 1 for cluster in found))
    )
    assert {row["permutations"] for row in table} == {19}
    assert table[0]["size"] == len(found[0].units)


def test_planted_patches_are_compact() -> None:
    assert np.flatnonzero(planted(GRID, 9, 17)).tolist() == [0, 1, 2, 16, 17, 18, 32, 33, 34]
    assert planted(GRID, 5, 0).sum() == 5


def test_power_falls_with_the_background() -> None:
    found = [power(9, 0.5, sd, simulations=60, permutations=199, threads=2)["power"] for sd in (0.15, 0.3, 1.0)]
    assert found[0] >= 0.9
    assert found[0] > found[1] > found[2]
    assert found[2] < 0.1
