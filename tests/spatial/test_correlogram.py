"""Correlograms against Moran's I of each distance, and their null."""

import numpy as np
import pytest

from fabricate import smooth
from phonotopy.core.grid import Grid
from phonotopy.spatial.correlogram import TABLE, correlogram, distance_classes, rows
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i


def noise(grid: Grid, maps: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(grid.units, maps))


def test_distances_reach_half_of_the_shorter_side() -> None:
    assert distance_classes(Grid(6, 9)) == [(0.5, 1.5), (1.5, 2.5), (2.5, 3.5)]
    assert distance_classes(Grid(1, 4)) == [(0.5, 1.5)]


@pytest.mark.parametrize("torus", [False, True])
def test_pairs_are_those_at_the_distance(torus: bool) -> None:
    grid = Grid(5, 6, torus)
    live = np.arange(30) != 8
    lattice = Lattice.between(grid, 1.5, 2.5, live)
    units = np.flatnonzero(live)
    pairs = {tuple(units[pair].tolist()) for pair in lattice.pairs}
    near = {(a, b) for a in units for b in units if a < b and 1.5 < grid.distances[a, b] <= 2.5}
    assert pairs == near
    assert Lattice.between(grid, 0.5, 1.5).pairs.tolist() == Lattice.of(grid, "queen").pairs.tolist()


def test_the_first_class_is_the_queen_lattice_and_distances_are_means() -> None:
    grid, maps = Grid(8, 8), noise(Grid(8, 8), 3)
    found = correlogram(maps, grid, permutations=99, key=1)
    assert found.observed[0, :3] == pytest.approx(morans_i(maps, Lattice.of(grid)))
    straight, diagonal = 2 * 8 * 7, 2 * 7 * 7
    assert found.pairs[0] == straight + diagonal
    assert found.distance[0] == pytest.approx((straight + diagonal * np.sqrt(2)) / (straight + diagonal))
    assert (found.low < found.high).all()
    assert np.abs(found.null_mean + 1 / 63).max() < 0.03


def test_the_band_holds_noise_and_not_a_planted_map() -> None:
    grid = Grid(12, 12)
    white = correlogram(noise(grid, 40), grid, permutations=199, key=1, threads=2)
    inside = (white.low <= white.observed) & (white.observed <= white.high)
    assert 0.88 < inside.mean() < 0.99
    assert (white.p_family.min(axis=0) <= 0.05).mean() < 0.2
    planted = correlogram(smooth(noise(grid, 4), grid, 2.0), grid, permutations=199, key=1)
    assert (planted.observed[:2] > planted.high[:2]).all()
    assert (planted.p_family[0] == 1 / 200).all()
    assert (planted.p[0] == 2 / 200).all()
    assert (planted.observed[0] > planted.observed[2]).all()


def test_there_is_a_row_for_each_phone_and_distance() -> None:
    grid = Grid(6, 6)
    found = correlogram(noise(grid, 2), grid, permutations=19, key=1)
    table = list(rows(found, ["P", "S"], {"layer": 1, "null_seed": 0}, 19))
    named = ["P", "S", "mean"]
    assert [(row["phone"], row["pairs"]) for row in table] == [(p, n) for p in named for n in found.pairs.tolist()]
    assert all(row.keys() == set(TABLE.columns) for row in table)
    assert found.observed[:, 2] == pytest.approx(found.observed[:, :2].mean(axis=1))
    assert table[4]["observed"] == found.observed[1, 1]
    assert table[4]["p_family"] == found.p_family[1, 1]
