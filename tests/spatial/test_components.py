"""Components against scipy.ndimage and flooding."""

import numpy as np
import pytest
from scipy import ndimage

import reference_mapping as reference
from phonotopy.core.grid import Grid
from phonotopy.inference.permutation import orders, p_value
from phonotopy.spatial.components import components, greatest, largest, measures, measures_null, overlaps
from phonotopy.spatial.lattice import Lattice


def members(units: int, maps: int, share: float = 0.3) -> np.ndarray:
    return np.random.default_rng(int(100 * share)).uniform(size=(units, maps)) < share


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.45, 0.8, 1.0])
def test_they_are_those_of_ndimage(share: float) -> None:
    grid, maps = Grid(16, 16), members(256, 20, share)
    mass = np.random.default_rng(1).exponential(size=maps.shape)
    found = measures(maps, Lattice.of(grid), mass)
    for m, column in enumerate(maps.T):
        label, number = ndimage.label(column.reshape(16, 16), structure=np.ones((3, 3)))
        sizes = np.bincount(label.ravel())[1:]
        masses = ndimage.sum_labels(mass[:, m].reshape(16, 16), label, range(1, number + 1))
        assert found.number[m] == number
        assert found.largest[m] == max(sizes, default=0)
        assert found.mass[m] == pytest.approx(max(masses, default=0))
        single = components(column, Lattice.of(grid), mass[:, m])
        assert (single.label == label.ravel()).all()
        assert (single.size == sizes).all()
        assert single.mass == pytest.approx(np.array(masses))


@pytest.mark.parametrize("torus", [False, True])
@pytest.mark.parametrize("queen", [False, True])
def test_they_are_those_of_flooding_on_any_lattice(torus: bool, queen: bool) -> None:
    live = ~np.isin(np.arange(54), [0, 20, 21, 53])
    w = reference.weights(6, 9, live.tolist(), queen=queen, torus=torus)
    lattice = Lattice.of(Grid(6, 9, torus), "queen" if queen else "rook", live)
    maps = members(50, 15, 0.35)
    found = measures(maps, lattice)
    for m, column in enumerate(maps.T):
        expected = reference.regions(column.tolist(), w)
        assert (found.number[m], found.largest[m]) == (len(expected), max(map(len, expected)))
        label = components(column, lattice).label
        assert {frozenset(np.flatnonzero(label == k).tolist()) for k in range(1, label.max() + 1)} == set(
            map(frozenset, expected)
        )


def test_a_torus_joins_what_a_plane_parts() -> None:
    edges = np.zeros((25, 1), dtype=bool)
    edges[[0, 24]] = True
    assert measures(edges, Lattice.of(Grid(5, 5))).number == 2
    assert measures(edges, Lattice.of(Grid(5, 5, torus=True))).number == 1


def test_the_greatest_units_are_as_many_as_are_wanted_also_among_equal_ones() -> None:
    random = np.random.default_rng(8)
    maps, number = random.integers(4, size=(5, 30, 6)).astype(float), np.array([0, 1, 7, 15, 29, 30])
    found = greatest(maps, number)
    assert (found.sum(axis=1) == number).all()
    for sample in range(5):
        for m, k in enumerate(number.tolist()):
            order = sorted(range(30), key=lambda unit: (-maps[sample, unit, m], unit))
            assert np.flatnonzero(found[sample, :, m]).tolist() == sorted(order[:k])


def test_overlaps_are_those_of_the_largest_components() -> None:
    lattice, random = Lattice.of(Grid(6, 6)), np.random.default_rng(5)
    sets, targets = random.uniform(size=(4, 36, 3)) < 0.3, random.uniform(size=(36, 3)) < 0.3
    found = overlaps(sets, targets, lattice)
    for s, m in np.ndindex(4, 3):
        label, number = ndimage.label(sets[s, :, m].reshape(6, 6), structure=np.ones((3, 3)))
        region = label.ravel() == 1 + np.argmax(np.bincount(label.ravel(), minlength=number + 1)[1:])
        assert (largest(sets[s], lattice)[:, m] == region).all()
        assert found[s, m] == np.sum(region & targets[:, m]) / np.sum(region | targets[:, m])
    empty = np.zeros((1, 36, 1), bool)
    assert np.isnan(overlaps(empty, empty[0], lattice)).all()
    assert overlaps(empty, ~empty[0], lattice) == overlaps(~empty, empty[0], lattice) == 0


def test_the_null_moves_the_members_and_their_mass() -> None:
    lattice, maps = Lattice.of(Grid(6, 6)), members(36, 7)
    mass = np.random.default_rng(3).exponential(size=maps.shape)
    found = measures_null(maps, lattice, mass, permutations=5, key=8)
    for r, order in enumerate(orders(36, 5, key=8)):
        moved, weight = np.empty_like(maps), np.empty_like(mass)
        moved[order], weight[order] = maps, mass
        expected = measures(moved, lattice, weight)
        assert (found.number[r] == expected.number).all()
        assert (found.largest[r] == expected.largest).all()
        assert found.mass[r] == pytest.approx(expected.mass)


def test_threads_and_batches_change_no_bit() -> None:
    lattice, maps = Lattice.of(Grid(16, 16)), members(256, 5)
    mass = np.random.default_rng(3).exponential(size=maps.shape)
    expected = measures_null(maps, lattice, mass, permutations=200, key=8)
    for found, one in zip(
        measures_null(maps, lattice, mass, permutations=200, key=8, threads=2, batch=33), expected, strict=True
    ):
        assert (found == one).all()


def test_a_planted_patch_is_larger_than_chance_and_a_scattered_one_is_not() -> None:
    planted, scattered = np.zeros((256, 1), bool), np.zeros((256, 1), bool)
    row, column = Grid(16, 16).positions.T
    planted[(row < 5) & (column < 5)] = True
    scattered[np.random.default_rng(0).choice(256, 25, replace=False)] = True
    lattice = Lattice.of(Grid(16, 16))
    for maps, p in ((planted, 1 / 1000), (scattered, None)):
        observed = measures(maps, lattice)
        found = measures_null(maps, lattice, permutations=999, key=1)
        greater = p_value(observed.largest, found.largest, "greater")[0]
        assert greater == p if p else greater > 0.05


def test_maps_of_another_lattice_are_refused() -> None:
    with pytest.raises(ValueError, match="lattice 25"):
        measures(members(24, 2), Lattice.of(Grid(5, 5)))
