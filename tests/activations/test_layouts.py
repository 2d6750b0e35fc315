"""Layouts after the fact: a planted map is found again from responses, and other responses say so."""

import itertools
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from phonotopy.activations import comoments
from phonotopy.activations.comoments import Comoments, gathered, read_comoments, write_comoments
from phonotopy.activations.layouts import annealed as annealing
from phonotopy.activations.layouts import optional
from phonotopy.activations.layouts.annealed import annealed, likeness
from phonotopy.activations.layouts.assignment import assigned, least_cost
from phonotopy.activations.layouts.embedding import distances, embedded
from phonotopy.activations.layouts.force import strongest
from phonotopy.activations.layouts.layout import FITTED, LAYOUTS, arranged
from phonotopy.activations.layouts.sites import Sites
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from reference_recogniser import correlation as slow_correlation
from reference_recogniser import neighbours_on_torus

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
GRID = Grid(8, 12)


def responses(grid: Grid, samples: int, seed: int, *, features: int = 10, radius: float = 2.0) -> Floats:
    """``(samples, units)`` of units whose tuning is a smooth function of their position, and noise as large.

    The seed samples responses; the map is the same for all.
    """
    kernel = np.exp(-((grid.distances / radius) ** 2) / 2)
    tuning = kernel @ np.random.default_rng(0).normal(size=(grid.units, features))
    tuning /= np.sqrt((tuning**2).sum(axis=1, keepdims=True))
    random = np.random.default_rng(seed)
    return random.normal(size=(samples, features)) @ tuning.T + 0.7 * random.normal(size=(samples, grid.units))


def comoment(values: Floats) -> Floats:
    centred = values - values.mean(axis=0)
    return centred.T @ centred


def planted(grid: Grid, silent: tuple[int, ...] = ()) -> tuple[Floats, Floats, Indices]:
    """Co-moments to fit to and to score with, of units in random order, and the unit planted at each position."""
    order = np.random.default_rng(5).permutation(grid.units)
    both = []
    for seed in (1, 2):
        values = responses(grid, 3000, seed)[:, order]
        values[:, list(silent)] = 0.3
        both.append(comoment(values))
    return both[0], both[1], np.argsort(order)


def score(comoments_: Floats, units: Indices, grid: Grid) -> float:
    """Mean correlation of neighbours of which none is silent, pair by pair."""
    pairs = [(units[a], units[b]) for a, b in grid.neighbours("queen")]
    spread = np.sqrt(comoments_.diagonal())
    return float(np.mean([comoments_[a, b] / (spread[a] * spread[b]) for a, b in pairs if spread[a] and spread[b]]))


# All layouts


@pytest.mark.slow
@pytest.mark.parametrize("layout", FITTED)
@pytest.mark.parametrize("grid", [GRID, Grid(10, 8), Grid(8, 8, torus=True)], ids=["wide", "high", "torus"])
def test_a_planted_map_is_found_again(layout: str, grid: Grid) -> None:
    fit, test, true = planted(grid)
    (units,) = arranged(layout, {1: grid}, {1: fit}, 3).values()
    assert sorted(units.tolist()) == list(range(grid.units))
    shuffled = [score(test, arranged("shuffled", {1: grid}, {}, n)[1], grid) for n in range(20)]
    found, best = score(test, units, grid), score(test, true, grid)
    assert found > max(shuffled) + 0.2 * (best - np.mean(shuffled))
    if layout == "annealed":
        assert found > best - 0.03


@pytest.mark.slow
def test_nothing_is_better_than_annealing() -> None:
    fit, test, _ = planted(GRID)
    found = {name: score(test, arranged(name, {1: GRID}, {1: fit}, 3)[1], GRID) for name in FITTED}
    assert max(found, key=lambda name: found[name]) == "annealed"


@pytest.mark.slow
@pytest.mark.parametrize("layout", FITTED)
def test_silent_units_are_farthest_from_the_centre_and_move_no_others(layout: str) -> None:
    silent = (3, 17, 40, 41, 90, 95)
    fit, test, _ = planted(GRID, silent)
    assert np.count_nonzero(fit.diagonal() == 0) == len(silent)
    (units,) = arranged(layout, {1: GRID}, {1: fit}, 3).values()
    assert sorted(units.tolist()) == list(range(GRID.units))
    assert [unit for unit in units.tolist() if unit in silent] == list(silent), "in order"
    corners = [0, GRID.columns - 1, GRID.units - GRID.columns, GRID.units - 1]
    assert set(units[corners].tolist()) < set(silent)
    assert score(test, units, GRID) > 0.15


@pytest.mark.slow
@pytest.mark.parametrize("layout", FITTED)
@pytest.mark.parametrize("live", [0, 1, 4, 5, 16])
def test_a_layer_of_few_units_that_respond_has_a_layout_too(layout: str, live: int) -> None:
    grid = Grid(4, 4)
    values = np.random.default_rng(0).normal(size=(50, 16)) * (np.arange(16) < live)
    (units,) = arranged(layout, {1: grid}, {1: comoment(values)}, 3).values()
    assert sorted(units.tolist()) == list(range(16))


@pytest.mark.parametrize("layout", FITTED)
def test_copies_of_one_unit_have_a_layout_too(layout: str) -> None:
    values = np.random.default_rng(0).normal(size=(50, 1)) * np.ones(16)
    (units,) = arranged(layout, {1: Grid(4, 4)}, {1: comoment(values)}, 3).values()
    assert sorted(units.tolist()) == list(range(16))


PROGRAM = """
import sys
import numpy as np
from phonotopy.activations.layouts.layout import arranged
from phonotopy.core.grid import Grid
fit = np.load(sys.argv[1])
for name in sys.argv[2].split():
    print(name, *arranged(name, {1: Grid(8, 12)}, {1: fit}, 3)[1])
"""


@pytest.mark.slow
def test_layouts_are_the_same_again_in_another_process(tmp_path: Path) -> None:
    """And with as many threads as the machine has, though a job has one."""
    fit, _, _ = planted(GRID)
    np.save(tmp_path / "fit.npy", fit)
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(tmp_path / "fit.npy"), " ".join(LAYOUTS[1:])]
    paths = {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, env=os.environ | paths, capture_output=True, text=True, check=True)
    found = {name: [int(unit) for unit in units] for name, *units in map(str.split, run.stdout.splitlines())}
    assert found == {name: arranged(name, {1: GRID}, {1: fit}, 3)[1].tolist() for name in FITTED}


@pytest.mark.parametrize("layout", ["som", "swarm", "annealed"])
def test_seeds_decide_what_is_random(layout: str) -> None:
    fit, _, _ = planted(GRID)
    one, other = (arranged(layout, {1: GRID}, {1: fit}, seed)[1] for seed in (3, 4))
    assert (one != other).any()


@pytest.mark.parametrize("layout", optional.LIBRARIES)
def test_a_missing_library_is_named_with_the_command_that_installs_it(
    layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optional, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=rf"layout {layout}: the Python package \w+ is not.*(?s:.*)make layouts"):
        arranged(layout, {1: Grid(4, 4)}, {1: np.eye(16)}, 3)


@pytest.mark.parametrize("layout", [name for name in FITTED if name not in optional.LIBRARIES])
def test_others_need_no_further_library(layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optional, "find_spec", lambda _: None)
    optional.require(layout)
    arranged(layout, {1: Grid(4, 4)}, {1: np.eye(16)}, 3)


# Annealing


def slow_likeness(values: Floats, units: Indices, rows: int, columns: int, torus: bool) -> float:
    """The same from responses, pair by pair."""
    total, pairs = 0.0, 0
    for a, b in itertools.combinations(range(len(units)), 2):
        near = max(abs(a // columns - b // columns), abs(a % columns - b % columns)) == 1
        if neighbours_on_torus(a, b, rows, columns) if torus else near:
            total += slow_correlation(values[:, units[a]].tolist(), values[:, units[b]].tolist())
            pairs += 1
    return total / pairs


@pytest.mark.parametrize("torus", [False, True])
def test_likeness_is_the_mean_correlation_of_neighbours(torus: bool) -> None:
    grid = Grid(4, 5, torus)
    values = responses(grid, 40, 1)
    units = np.random.default_rng(3).permutation(20)
    found = likeness(np.corrcoef(values.T), units, Sites.but(grid, 0))
    assert found == pytest.approx(slow_likeness(values, units, 4, 5, torus))


@pytest.mark.parametrize("torus", [False, True])
def test_a_gain_is_the_difference_that_an_exchange_makes(torus: bool) -> None:
    sites = Sites.but(Grid(4, 5, torus), 3)
    correlation = np.corrcoef(np.random.default_rng(0).normal(size=(17, 30)))
    order = np.random.default_rng(1).permutation(17)
    before = likeness(correlation, order, sites)
    for here, there in itertools.product(range(17), repeat=2):
        moved = order.copy()
        moved[[here, there]] = order[[there, here]]
        gain = (likeness(correlation, moved, sites) - before) * len(sites.pairs)
        assert annealing._gain(correlation, order, *sites.touching, here, there) == pytest.approx(gain, abs=1e-12)


def test_annealing_finds_the_best_of_all_orders_of_six_units() -> None:
    sites = Sites.but(Grid(2, 3), 0)
    correlation = np.corrcoef(np.random.default_rng(7).normal(size=(6, 9)))
    every = [likeness(correlation, np.array(order), sites) for order in itertools.permutations(range(6))]
    found = annealed(correlation, sites, np.random.default_rng(0))
    assert likeness(correlation, found, sites) == pytest.approx(max(every))


def test_no_exchange_of_two_units_makes_an_annealed_map_better() -> None:
    grid = Grid(6, 6)
    correlation, sites = np.corrcoef(responses(grid, 300, 1).T), Sites.but(grid, 0)
    order = annealed(correlation, sites, np.random.default_rng(0))
    pairs = itertools.combinations(range(36), 2)
    assert max(annealing._gain(correlation, order, *sites.touching, *pair) for pair in pairs) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("radius", [1.4, 2.25])
def test_annealing_finds_nearly_all_of_an_order_that_reaches_no_farther_than_neighbours(radius: float) -> None:
    """As learned maps are: what neighbours have in common says little of where in the map they are."""
    grid, random = Grid(16, 16), np.random.default_rng(1)
    variance, axes = np.linalg.eigh(np.exp(-(grid.distances**2) / (2 * radius**2)))
    mixed = random.normal(size=(800, 256)) @ (axes * np.sqrt(np.maximum(variance, 0))).T
    order, sites = random.permutation(256), Sites.but(grid, 0)
    correlation = np.corrcoef((mixed + 0.5 * random.normal(size=mixed.shape))[:, order].T)
    true = likeness(correlation, np.argsort(order), sites)
    assert likeness(correlation, annealed(correlation, sites, np.random.default_rng(0)), sites) > 0.93 * true


# Sites, points, positions


def test_sites_are_what_silent_units_leave() -> None:
    sites = Sites.but(Grid(3, 4), 4)
    assert sites.taken.tolist() == [0, 3, 8, 11]
    assert sites.free.tolist() == [1, 2, 4, 5, 6, 7, 9, 10]
    near = [
        (a, b)
        for a, b in itertools.combinations(range(8), 2)
        if abs(sites.coordinates[a] - sites.coordinates[b]).max() == 1
    ]
    assert sorted(map(tuple, sites.pairs.tolist())) == near
    for site, found in enumerate(sites.touching.sites):
        beside = {b for a, b in near if a == site} | {a for a, b in near if b == site}
        assert {*found[found >= 0].tolist()} == beside


def test_points_on_a_turned_and_stretched_grid_are_assigned_to_their_positions() -> None:
    grid = Grid(4, 8)
    turn = np.array([[math.cos(0.7), -math.sin(0.7)], [math.sin(0.7), math.cos(0.7)]])
    order = np.random.default_rng(0).permutation(32)
    points = ((grid.positions * [2.0, 3.0]) @ turn.T)[order]
    units = assigned(points, Sites.but(grid, 0))
    row, column = grid.positions[order[units]].T.reshape(2, 4, 8)
    expected = np.indices((4, 8))
    for found, wanted in ((row, expected[0]), (column, expected[1])):
        assert any((flipped == wanted).all() for flipped in (found, found[::-1, ::-1], found[::-1], found[:, ::-1]))


def test_the_cost_of_an_assignment_is_least() -> None:
    cost = np.random.default_rng(0).normal(size=(6, 6))
    units = least_cost(cost)
    every = min(sum(cost[order[site], site] for site in range(6)) for order in itertools.permutations(range(6)))
    assert sum(cost[units[site], site] for site in range(6)) == pytest.approx(every)


def test_embedded_units_are_as_far_apart_as_their_responses() -> None:
    values = np.random.default_rng(0).normal(size=(30, 8))
    unit = (values - values.mean(axis=0)) / (values.std(axis=0) * math.sqrt(30))
    correlation = np.corrcoef(values.T)
    points = embedded(correlation, 10)
    apart = np.linalg.norm(unit.T[:, None] - unit.T[None], axis=2)
    assert points.shape == (8, 10)
    np.testing.assert_allclose(distances(correlation), apart, atol=1e-7)
    np.testing.assert_allclose(np.linalg.norm(points[:, None] - points[None], axis=2), apart, atol=1e-7)
    centred = unit.T - unit.T.mean(axis=0)
    np.testing.assert_allclose(
        np.abs(points[:, 0]), np.abs(np.linalg.svd(centred)[0][:, 0] * np.linalg.svd(centred)[1][0])
    )


def test_a_graph_joins_each_unit_to_those_that_are_most_like_it() -> None:
    correlation = np.corrcoef(np.random.default_rng(0).normal(size=(12, 20)))
    weights = strongest(correlation, 3)
    for unit in range(12):
        best = sorted((other for other in range(12) if other != unit), key=lambda other: -correlation[unit, other])[:3]
        np.testing.assert_allclose(weights[unit, best], (1 + correlation[unit, best]) / 2)
        np.testing.assert_array_equal(weights[unit], weights[:, unit])
    assert (weights > 0).sum(axis=1).min() >= 3 and not weights.diagonal().any()


# Co-moments


def batches(values: Floats) -> Callable[[int], list[list[tuple[str, list[NDArray[np.float32]]]]]]:
    """Frames ``(frames, units)`` of two layers, the second one half as long, as batches of two utterances."""

    def cut(number: int) -> list[list[tuple[str, list[NDArray[np.float32]]]]]:
        parts = np.array_split(values.astype(np.float32), number)
        spoken = [(str(n), [part, part[: len(part) // 2, :6]]) for n, part in enumerate(parts)]
        return [spoken[n : n + 2] for n in range(0, number, 2)]

    return cut


def test_comoments_are_those_of_all_frames_however_they_are_cut(tmp_path: Path) -> None:
    values = 100 + np.random.default_rng(0).normal(size=(64, 12))
    grids = {1: Grid(3, 4), 2: Grid(2, 3)}
    for number in (1, 3, 8):
        cut = batches(values)(number)
        write_comoments(tmp_path / "c.npz", gathered(cut, grids))
        found = read_comoments(tmp_path / "c.npz", grids)
        for layer in grids:
            frames = np.concatenate([spoken[layer - 1] for batch in cut for _, spoken in batch]).astype(np.float64)
            np.testing.assert_allclose(found[layer], comoment(frames), rtol=1e-9, atol=1e-9)
            assert np.load(tmp_path / "c.npz")["frames"][layer - 1] == len(frames)


def test_comoments_are_the_same_bytes_again_and_as_described(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(64, 12))
    grids = {1: Grid(3, 4), 2: Grid(2, 3)}
    for name in ("a.npz", "b.npz"):
        write_comoments(tmp_path / name, gathered(batches(values)(4), grids))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert set(np.load(tmp_path / "a.npz").files) == set(comoments.TABLE.columns)


@pytest.mark.parametrize(
    ("grids", "message"),
    [({1: Grid(4, 4), 2: Grid(2, 3)}, "layer 1 of 12 units"), ({3: Grid(3, 4)}, "no layer 3")],
)
def test_comoments_of_another_run_are_refused(tmp_path: Path, grids: dict[int, Grid], message: str) -> None:
    write_comoments(tmp_path / "c.npz", {1: Comoments(12), 2: Comoments(6)})
    with pytest.raises(InputError, match=message):
        read_comoments(tmp_path / "c.npz", grids)
