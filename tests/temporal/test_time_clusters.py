"""Clusters over time and the grid: masses, the null of whole courses, planted episodes."""

import numpy as np
import pytest
from scipy import ndimage

from phonotopy.core.grid import Grid
from phonotopy.inference.permutation import orders
from phonotopy.spatial.clusters import FORMING, standardised
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps
from phonotopy.temporal.time_clusters import TABLE, time_cluster_rows, time_clusters
from phonotopy.temporal.timing import OnsetLocked

GRID, LAGS = Grid(8, 8), 6
LIVE = np.ones(64, bool)
TOUCHING = np.zeros((3, 3, 3))  # time, row, column: eight neighbours at the same lag, itself before and after
TOUCHING[1], TOUCHING[:, 1, 1] = 1, 1


def noise(maps: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(LAGS, 64, maps))


def scores(courses: np.ndarray) -> np.ndarray:
    return standardised(courses.reshape(-1, courses.shape[2])).reshape(courses.shape)


def masses(values: np.ndarray) -> np.ndarray:
    """Masses of the clusters of standardised courses ``(lags, units)``, by scipy.ndimage, heaviest first."""
    grid = values.reshape(LAGS, 8, 8)
    label, number = ndimage.label(grid > FORMING, structure=TOUCHING)
    return np.sort(ndimage.sum_labels(grid, label, range(1, number + 1)))[::-1]


def episode(noise_sd: float) -> np.ndarray:
    """A region of nine units answers at lags 2 to 4 of map 0; in map 1 the same courses stand anywhere."""
    region = GRID.distances[27] < 1.5
    planted = np.zeros((LAGS, 64, 2))
    planted[2:5, region, 0] = planted[2:5, np.random.default_rng(3).permutation(region), 1] = 1
    return planted + noise_sd * noise(2, 1)


def test_masses_and_p_values_are_those_of_ndimage() -> None:
    courses = noise(3)
    found = time_clusters(courses, GRID, LIVE, permutations=49, key=5)
    known = scores(courses)
    null = np.empty((49, 3))
    for r, order in enumerate(orders(64, 49, key=5)):
        moved = np.empty_like(known)
        moved[:, order] = known
        null[r] = [masses(moved[..., m])[0] for m in range(3)]
    for m in range(3):
        mine = [one for one in found if one.map == m]
        assert [one.mass for one in mine] == pytest.approx(masses(known[..., m]))
        for one in mine:
            assert one.mass == pytest.approx(known[..., m].ravel()[one.members].sum())
            assert one.p == (1 + np.sum(null[:, m] >= one.mass - 1e-9)) / 50
            assert one.p_family >= one.p


def test_a_unit_touches_itself_alone_over_time() -> None:
    lattice = Lattice.of(Grid(2, 2)).over(3)
    assert lattice.units == 12
    later = {(u, u + 4) for u in range(8)}
    alike = {(4 * lag + a, 4 * lag + b) for lag in range(3) for a, b in Lattice.of(Grid(2, 2)).pairs.tolist()}
    assert [tuple(pair) for pair in lattice.pairs.tolist()] == sorted(later | alike)
    assert Lattice.of(Grid(2, 2)).over(1).pairs.tolist() == Lattice.of(Grid(2, 2)).pairs.tolist()


def test_a_planted_episode_is_found_and_scattered_courses_are_not() -> None:
    found = time_clusters(episode(0.2), GRID, LIVE, permutations=199, key=1)
    first = found[0]
    assert (first.map, first.p, first.p_family) == (0, 1 / 200, 1 / 200)
    lag, unit = np.divmod(first.members, 64)
    assert set(np.flatnonzero(GRID.distances[27] < 1.5).tolist()) <= set(unit[lag == 3].tolist())
    assert all(one.p > 0.05 for one in found if one.map == 1)


def test_null_courses_are_rejected_at_the_level() -> None:
    """Slow courses at random positions: a long response is no evidence of spatial organisation."""
    slow = [np.cumsum(noise(2, seed), axis=0) for seed in range(200)]
    found = (time_clusters(one, GRID, LIVE, permutations=39, key=s) for s, one in enumerate(slow))
    rate = np.mean([min((one.p_family for one in each), default=1.0) <= 0.05 for each in found])
    assert 0.01 <= rate <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_rows_say_when_and_where() -> None:
    live = LIVE.copy()
    live[0] = False
    maps = Maps(
        ("P", "S", "T"),
        np.zeros((64, 3)),
        np.zeros((64, 3), bool),
        np.array([True, True, False]),
        live,
        np.arange(64),
        {},
    )
    courses = np.moveaxis(episode(0.05), 1, 2)
    groups = np.stack([courses, courses, np.full_like(courses, np.nan)])  # the third group lacks both phones
    groups[..., ~live] = np.nan
    groups[:, :, 1] = 0
    locked = OnsetLocked(0.04 * np.arange(-1, 5), groups)
    rows = time_cluster_rows({1: maps}, {1: GRID}, {1: locked}, 99, forming=6.0, training=("a", "0"), null_seed=3)
    first, *_, last = rows
    assert all(tuple(row) == tuple(TABLE.columns) for row in rows)
    assert (first["phone"], first["cluster"], first["units"], first["size"]) == ("P", 1, 9, 27)
    assert (first["row"], first["column"]) == pytest.approx((3, 3), abs=0.1)
    assert (first["first_ms"], first["last_ms"]) == pytest.approx((40, 120))
    assert first["centre_ms"] == pytest.approx(80, abs=2)
    assert (first["permutations"], first["null_seed"], first["p"]) == (99, 3, 0.01)
    assert (last["phone"], last["cluster"], last["size"], last["p"]) == ("S", 0, 0, None)
    assert {row["phone"] for row in rows} == {"P", "S"}, "a phone with too few tokens has no row"
