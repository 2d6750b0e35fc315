"""Moran's I against loops, closed forms and esda."""

import warnings
from itertools import permutations

import numpy as np
import pytest

import reference_mapping as reference
from fabricate import smooth
from phonotopy.core.grid import Grid
from phonotopy.inference.permutation import orders, p_value
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import gearys_c, gearys_c_null, morans_i, morans_i_null

GRIDS = [Grid(5, 7), Grid(5, 7, torus=True), Grid(2, 4), Grid(2, 3, torus=True)]


def noise(units: int, maps: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(units, maps))


@pytest.mark.parametrize("grid", GRIDS, ids=repr)
@pytest.mark.parametrize("contiguity", ["queen", "rook"])
@pytest.mark.parametrize("dead", [[], [0, 3]])
def test_it_equals_the_double_sum(grid: Grid, contiguity: str, dead: list[int]) -> None:
    live = ~np.isin(np.arange(grid.units), dead)
    w = reference.weights(grid.rows, grid.columns, live.tolist(), queen=contiguity == "queen", torus=grid.torus)
    maps = noise(int(live.sum()), 3)
    lattice = Lattice.of(grid, contiguity, live)
    assert morans_i(maps, lattice) == pytest.approx([reference.morans_i(column, w) for column in maps.T], abs=1e-12)
    assert gearys_c(maps, lattice) == pytest.approx([reference.gearys_c(column, w) for column in maps.T], abs=1e-12)


def test_gearys_c_of_a_line_and_a_chessboard_have_closed_forms() -> None:
    n = 9  # squared steps of 1 between neighbours, and Σz² = n (n² − 1) / 12
    line = np.arange(n, dtype=float)[:, None]
    assert gearys_c(line, Lattice.of(Grid(1, n), "rook")) == pytest.approx([6 / (n * (n + 1))])
    row, column = Grid(6, 6).positions.T
    chessboard = np.where((row + column) % 2, 1.0, -1.0)[:, None]
    assert gearys_c(chessboard, Lattice.of(Grid(6, 6), "rook")) == pytest.approx([35 * 4 / (2 * 36)])


def test_gearys_null_is_the_statistic_of_permuted_maps_around_one() -> None:
    lattice, maps = Lattice.of(Grid(6, 6), "queen", np.arange(36) != 7), noise(35, 11)
    expected = [gearys_c(maps[order], lattice) for order in orders(35, 6, key=5)]
    assert gearys_c_null(maps, lattice, permutations=6, key=5) == pytest.approx(np.array(expected), abs=1e-12)
    null = gearys_c_null(maps, lattice, permutations=1500, key=6, threads=2)
    assert (np.abs(null.mean(axis=0) - 1) < 5 * null.std(axis=0) / np.sqrt(1500)).all()
    assert (null == gearys_c_null(maps, lattice, permutations=1500, key=6, batch=77)).all()


def test_every_pair_stands_once_in_the_stars() -> None:
    for grid in (Grid(6, 5, torus=True), Grid(3, 3)):
        lattice = Lattice.of(grid, "queen", np.arange(grid.units) != 4)
        pairs = [(row[0], other) for row in lattice.stars.tolist() for other in row[1:] if other < lattice.units]
        assert sorted(pairs) == sorted(map(tuple, lattice.pairs.tolist()))


@pytest.mark.parametrize(("contiguity", "rook"), [("queen", False), ("rook", True)])
@pytest.mark.parametrize("shape", [(16, 16), (8, 16)])
def test_it_equals_esdas(contiguity: str, rook: bool, shape: tuple[int, int]) -> None:
    esda = pytest.importorskip("esda")
    libpysal = pytest.importorskip("libpysal")
    maps = noise(shape[0] * shape[1], 5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        w = libpysal.weights.lat2W(*shape, rook=rook)
        moran = [esda.Moran(column, w, transformation="b", permutations=0).I for column in maps.T]
        geary = [esda.Geary(column, w, transformation="b", permutations=0).C for column in maps.T]
    assert morans_i(maps, Lattice.of(Grid(*shape), contiguity)) == pytest.approx(moran, abs=1e-10)
    assert gearys_c(maps, Lattice.of(Grid(*shape), contiguity)) == pytest.approx(geary, abs=1e-10)


def test_a_chessboard_and_a_slope_have_their_closed_forms() -> None:
    row, column = Grid(6, 6).positions.T
    chessboard = np.where((row + column) % 2, 1.0, -1.0)[:, None]
    assert morans_i(chessboard, Lattice.of(Grid(6, 6), "rook")) == pytest.approx([-1.0])
    # 60 rook pairs are opposite and 50 diagonal ones equal: (50 - 60) / 110
    assert morans_i(chessboard, Lattice.of(Grid(6, 6), "queen")) == pytest.approx([-1 / 11])
    n = 9  # on a line: I = 1 - sum of squared steps, n - 1, over pairs, and the ends count half
    z = np.arange(n) - (n - 1) / 2
    expected = n / (n - 1) * (np.sum(z**2) - 0.5 * (z[0] ** 2 + z[-1] ** 2) - 0.5 * (n - 1)) / np.sum(z**2)
    assert morans_i(z[:, None], Lattice.of(Grid(1, n), "rook")) == pytest.approx([expected])


def test_it_ignores_offset_and_scale() -> None:
    lattice, maps = Lattice.of(Grid(8, 8)), noise(64, 4)
    assert morans_i(1e6 + 3 * maps, lattice) == pytest.approx(morans_i(maps, lattice), abs=1e-9)


def test_maps_without_an_answer_are_missing_and_disturb_no_other() -> None:
    lattice, maps = Lattice.of(Grid(4, 4)), noise(16, 3)
    expected = morans_i(maps[:, [2]], lattice)[0]
    maps[:, 0], maps[3, 1] = 0.1, np.nan
    assert morans_i(maps, lattice) == pytest.approx([np.nan, np.nan, expected], nan_ok=True, abs=1e-15)
    null = morans_i_null(maps, lattice, permutations=5, key=1)
    assert np.isnan(null[:, :2]).all()
    assert np.isfinite(null[:, 2]).all()


def test_lattices_without_pairs_or_units_have_no_value() -> None:
    apart = Lattice.of(Grid(3, 3), "queen", np.isin(np.arange(9), [0, 8]))
    assert np.isnan(morans_i(noise(2, 3), apart)).all()
    assert np.isnan(morans_i(np.empty((0, 3)), Lattice.of(Grid(3, 3), "queen", np.zeros(9, bool)))).all()
    with pytest.raises(ValueError, match="lattice 16"):
        morans_i(noise(15, 2), Lattice.of(Grid(4, 4)))


def test_the_null_is_the_statistic_of_permuted_maps() -> None:
    lattice, maps = Lattice.of(Grid(6, 6), "queen", np.arange(36) != 7), noise(35, 11)
    expected = [morans_i(maps[order], lattice) for order in orders(35, 6, key=5)]
    assert morans_i_null(maps, lattice, permutations=6, key=5) == pytest.approx(np.array(expected), abs=1e-13)


def test_the_mean_over_all_permutations_is_minus_one_over_n_minus_one() -> None:
    lattice, values = Lattice.of(Grid(2, 3)), noise(6, 1)[:, 0]
    every = np.array(list(permutations(values))).T
    assert morans_i(every, lattice).mean() == pytest.approx(-1 / 5, abs=1e-12)


def test_the_null_mean_of_a_sample_is_near_it() -> None:
    null = morans_i_null(noise(256, 39), Lattice.of(Grid(16, 16)), permutations=2000, key=2)
    error = null.std(axis=0) / np.sqrt(2000)
    assert (np.abs(null.mean(axis=0) + 1 / 255) < 5 * error).all()


def test_threads_and_batches_change_no_bit() -> None:
    lattice, maps = Lattice.of(Grid(16, 16)), noise(256, 13)
    expected = morans_i_null(maps, lattice, permutations=300, key=9)
    assert (morans_i_null(maps, lattice, permutations=300, key=9, threads=2, batch=17) == expected).all()
    assert (morans_i_null(maps[:, :2], lattice, permutations=300, key=9)[:, 0] == expected[:, 0]).all()


def test_a_planted_map_is_found_and_a_shuffled_one_is_not() -> None:
    grid = Grid(16, 16)
    planted = smooth(noise(256, 6), grid, 1.5)
    shuffled = planted[np.random.default_rng(2).permutation(256)]
    lattice = Lattice.of(grid)
    for maps, found in ((planted, True), (shuffled, False)):
        null = morans_i_null(maps, lattice, permutations=999, key=1)
        assert (p_value(morans_i(maps, lattice), null) == 2 / 1000).all() == found
    assert (np.abs(morans_i(shuffled, lattice)) < 0.15).all()


def test_white_noise_is_called_significant_at_the_stated_level() -> None:
    """2,000 maps, each with the same 199 permutations of its own units: 5 % plus or minus three standard deviations."""
    lattice = Lattice.of(Grid(8, 8))
    p = np.concatenate(
        [
            p_value(morans_i(maps, lattice), morans_i_null(maps, lattice, permutations=199, key=part))
            for part, maps in enumerate(np.split(noise(64, 2000), 100, axis=1))
        ]
    )
    assert abs(np.mean(p <= 0.05) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 2000)
