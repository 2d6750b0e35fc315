"""The largest region of a phone: its centre, and what else its units respond to."""

import numpy as np
import pytest

import reference_mapping as reference
from phonotopy.core.grid import Grid
from phonotopy.spatial.largest_regions import largest_regions, phones_per_unit
from phonotopy.spatial.phone_maps import Maps


def maps(responsive: np.ndarray, live: np.ndarray | None = None) -> Maps:
    units, phones = responsive.shape
    live = np.ones(units, bool) if live is None else live
    names = tuple("PSTMN"[:phones])
    return Maps(names, responsive.astype(float), responsive, np.ones(phones, bool), live, np.arange(units), {})


def test_a_region_is_exclusive_as_far_as_its_units_respond_to_nothing_else() -> None:
    """Of P's square of four units, one responds to S too and one to S and T: (1 + 1 + 1/2 + 1/3) / 4."""
    grid, responsive = Grid(5, 5), np.zeros((25, 4), bool)
    responsive[[6, 7, 11, 12, 24], 0] = True
    responsive[[11, 12], 1] = True
    responsive[[12], 2] = True
    p, s, t, m = largest_regions(maps(responsive), grid)
    assert p == (4, 1.5, 1.5, pytest.approx((1 + 1 + 1 / 2 + 1 / 3) / 4))
    assert s == (2, 2.0, 1.5, pytest.approx((1 / 2 + 1 / 3) / 2))
    assert t == (1, 2.0, 2.0, pytest.approx(1 / 3))
    assert m.units == 0
    assert np.isnan(m[1:]).all()
    assert phones_per_unit(maps(responsive))[[6, 11, 12, 24, 0]].tolist() == [1, 2, 3, 1, 0]


def test_the_centre_of_a_region_across_the_border_of_a_torus_is_on_it() -> None:
    responsive = np.zeros((25, 1), bool)
    responsive[[20, 0, 5], 0] = True  # rows 4, 0 and 1 of column 0
    (found,) = largest_regions(maps(responsive), Grid(5, 5, torus=True))
    assert found == (3, pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9), 1)
    (plane,) = largest_regions(maps(responsive), Grid(5, 5))
    assert plane == (2, 0.5, 0, 1)


def test_they_are_those_of_flooding_and_dead_units_part_them() -> None:
    grid, random = Grid(7, 6), np.random.default_rng(4)
    responsive, live = random.random((42, 5)) < 0.4, random.random(42) < 0.8
    responsive[~live] = False
    w = reference.weights(7, 6, live.tolist(), queen=True, torus=False)
    for m, found in enumerate(largest_regions(maps(responsive, live), grid)):
        expected = max(reference.regions(responsive[live, m].tolist(), w), key=len)
        units = np.flatnonzero(live)[sorted(expected)]
        assert found.units == len(units)
        assert (found.row, found.column) == pytest.approx((np.mean(units // 6), np.mean(units % 6)))
        assert found.exclusivity == pytest.approx(np.mean([1 / responsive[unit].sum() for unit in units]))


def test_a_dead_layer_has_none() -> None:
    found = largest_regions(maps(np.zeros((9, 2), bool), np.zeros(9, bool)), Grid(3, 3))
    assert [one.units for one in found] == [0, 0]
