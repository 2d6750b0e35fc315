"""Local Moran's I: agreement with esda, conditional permutations, planted patches."""

import esda
import libpysal
import numpy as np
import pytest

import reference_mapping as reference
from phonotopy.core.grid import Grid
from phonotopy.inference.permutation import adjust
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.local_morans_i import TABLE, local_morans_i, local_rows, local_test
from phonotopy.spatial.moran import morans_i
from phonotopy.spatial.phone_maps import Maps

GRID = Grid(8, 8)
QUEEN = Lattice.of(GRID)


def noise(maps: int, seed: int = 0, units: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(units, maps))


@pytest.mark.parametrize("contiguity", ["queen", "rook"])
def test_observed_values_and_quadrants_are_those_of_esda(contiguity: str) -> None:
    maps, lattice = noise(4), Lattice.of(GRID, contiguity)
    weights = libpysal.weights.lat2W(8, 8, rook=contiguity == "rook")
    found = local_test(maps, lattice, permutations=9, key=1)
    for m, values in enumerate(maps.T):
        peer = esda.Moran_Local(values, weights, transformation="b", permutations=0)
        assert found.observed[:, m] == pytest.approx(peer.Is, abs=1e-10)
        assert [("HH", "LH", "LL", "HL")[q - 1] for q in peer.q] == found.quadrant[:, m].tolist()


def test_p_values_are_those_of_drawing_neighbours_from_all_others() -> None:
    """Simulated anew for each unit with another generator; those of esda take half a minute to compile."""
    values = noise(1) + 2 * (GRID.distances[27] < 2)[:, None]
    z, random, number = values[:, 0] - values.mean(), np.random.default_rng(1), 4999
    found, expected = local_test(values, QUEEN, permutations=number, key=1), []
    for unit, degree in enumerate(QUEEN.degrees):
        others = np.delete(z, unit)
        sampled = others[np.argsort(random.random((number, 63)), axis=1)[:, :degree]].sum(axis=1) * z[unit]
        observed = found.observed[unit, 0] * z.var(ddof=1)
        sides = [(1 + (sampled >= observed).sum()) / (number + 1), (1 + (sampled <= observed).sum()) / (number + 1)]
        expected.append(min(1, 2 * min(sides)))
    error = 2 * np.sqrt(2 * np.array(expected) * (1 - np.array(expected)) / number)
    assert (np.abs(found.p[:, 0] - expected) <= 4 * error + 0.002).all()


def test_values_are_those_of_the_definition_and_sum_to_morans_i() -> None:
    for grid, dead in ((Grid(4, 6), [3]), (Grid(4, 5, torus=True), [])):
        live = ~np.isin(np.arange(grid.units), dead)
        lattice, maps = Lattice.of(grid, "queen", live), noise(2, 3, int(live.sum()))
        w = reference.weights(grid.rows, grid.columns, live.tolist(), queen=True, torus=grid.torus)
        found = local_morans_i(maps, lattice)
        for m, values in enumerate(maps.T):
            assert found[:, m] == pytest.approx(reference.local_morans_i(values, w), abs=1e-12)
        n = lattice.units
        assert found.sum(axis=0) == pytest.approx((n - 1) / n * w.sum() * morans_i(maps, lattice))


def test_a_unit_never_becomes_its_own_neighbour() -> None:
    """With one map value apart, its unit's null is constant, and every other unit's null meets it now and then."""
    values = np.zeros((16, 1))
    values[5] = 1
    found = local_test(values, Lattice.of(Grid(4, 4), "rook"), permutations=999, key=3)
    assert found.p[5, 0] == 1, "all around it are alike whatever the order"
    beside = found.p[6, 0]  # one of 15 others, 4 positions: the high one is there in 4 of 15 orders
    assert beside == pytest.approx(2 * 4 / 15, abs=0.09)
    assert found.quadrant[:, 0][[5, 6, 15]].tolist() == ["HL", "LH", "LL"]


def test_a_planted_patch_is_found_and_noise_is_not() -> None:
    region = GRID.distances[27] < 1.5
    maps = noise(2, 5) + 4 * np.stack([region, np.zeros(64)], axis=1)
    found = local_test(maps, QUEEN, permutations=1999, key=1)
    high = (found.q < 0.05) & (found.quadrant == "HH")
    assert high[27, 0]
    assert (region & high[:, 0]).sum() >= 5
    assert (high[:, 0] & (GRID.distances[27] > 3)).sum() == 0
    assert not (found.q[:, 1] < 0.05).any()
    assert found.q[:, 0] == pytest.approx(adjust(found.p[:, 0]))


def test_a_null_map_is_rejected_at_the_level() -> None:
    maps = noise(60, 7)
    rate = (local_test(maps, QUEEN, permutations=199, key=2).p[36] <= 0.05).mean()
    more = np.mean([(local_test(noise(60, s), QUEEN, permutations=99, key=s).p[36] <= 0.05) for s in range(8, 20)])
    assert rate <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 60)
    assert 0.02 <= more <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 720)


def test_results_do_not_depend_on_threads_and_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    maps = noise(3)
    one = local_test(maps, QUEEN, permutations=150, key=1)
    monkeypatch.setattr("phonotopy.spatial.local_morans_i.MEMORY", 1)
    monkeypatch.setattr("phonotopy.spatial.local_morans_i.BATCH", 7)
    other = local_test(maps, QUEEN, permutations=150, key=1, threads=2)
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_what_is_missing_stays_missing() -> None:
    live = np.ones(9, bool)
    live[[1, 3, 4]] = False  # cuts off unit 0
    lattice = Lattice.of(Grid(3, 3), "queen", live)
    maps = np.column_stack([noise(1, 1, 6), np.ones(6), np.full(6, np.nan)])
    found = local_test(maps, lattice, permutations=19, key=1)
    assert np.isnan(found.p[0, 0]) and np.isnan(found.q[0, 0]) and found.quadrant[0, 0] == ""
    assert np.isfinite(found.p[1:, 0]).all()
    assert np.isnan(found.p[:, 1:]).all() and (found.quadrant[:, 1:] == "").all()
    empty = local_test(np.empty((0, 2)), Lattice.of(Grid(2, 2), "queen", np.zeros(4, bool)), permutations=9, key=1)
    assert empty.p.shape == (0, 2)


def test_rows_have_their_columns() -> None:
    live = np.ones(64, bool)
    live[3] = False
    values = np.where(live[:, None], noise(2), np.nan)
    maps = Maps(("P", "S"), values, values > 0.5, np.array([True, False]), live, np.arange(len(live)), {})
    settings = {"contiguity": "queen", "training": ("control", "0"), "null_seed": 1}
    rows = local_rows({2: maps}, {2: GRID}, 19, **settings)
    assert len(rows) == 63
    assert all(row.keys() == set(TABLE.columns) for row in rows)
    assert [row["unit"] for row in rows] == np.flatnonzero(live).tolist()
    assert (rows[10]["row"], rows[10]["column"]) == (1, 3)
    assert rows[0]["observed"] == local_morans_i(values[live], Lattice.of(GRID, "queen", live))[0, 0]
