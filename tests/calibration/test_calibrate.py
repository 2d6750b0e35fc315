"""Null data sets are rejected as often as stated; the full count is a target of its own."""

from pathlib import Path

import esda
import libpysal
import numpy as np
import pytest

from parsed import rules
from phonotopy.calibration.calibrate import CALIBRATIONS, TABLE, calibrate
from phonotopy.calibration.power import TABLE as POWER
from phonotopy.calibration.power import found, power
from phonotopy.calibration.simulations import folded
from phonotopy.spatial.clusters import Cluster

DATA_SETS = 200


@pytest.mark.slow
@pytest.mark.parametrize("name", CALIBRATIONS)
def test_a_test_keeps_its_level(name: str) -> None:
    row = calibrate(name, data_sets=DATA_SETS)
    assert list(row) == list(TABLE.columns)
    assert row["rate"] == row["rejections"] / row["data_sets"]
    if name != "esda_p_sim":  # a peer that is not meant to keep it
        assert row["rate"] <= row["allowed_high"]
    if CALIBRATIONS[name].exact:
        assert row["rejections"] >= 2, "a chance of 4 in 10,000 where the level is 5 %"


def test_the_bounds_are_the_level_and_three_standard_deviations() -> None:
    row = calibrate("largest_region", data_sets=100)
    assert row["allowed_high"] == pytest.approx(0.05 + 3 * np.sqrt(0.05 * 0.95 / 100))
    assert row["allowed_low"] == 0
    assert calibrate("unit_t", data_sets=1)["allowed_low"] == 0.04


def test_a_data_set_depends_on_its_number_alone() -> None:
    test = CALIBRATIONS["cluster_mass"]
    assert test.p(3) == test.p(3)
    assert len({test.p(index) for index in range(8)}) > 3


def test_the_folded_p_is_that_of_esda() -> None:
    maps = np.random.default_rng(3).normal(size=(16, 25))
    weights = libpysal.weights.lat2W(5, 5, rook=False)
    for values in maps:
        peer = esda.Moran(values, weights, transformation="b", permutations=99)
        assert folded(peer.I, peer.sim) == pytest.approx(peer.p_sim, abs=1e-12)


def test_a_row_of_power_says_what_was_simulated() -> None:
    row = power(4, 0.8, 0.2, simulations=5, permutations=99)
    assert list(row) == list(POWER.columns)
    assert (row["units"], row["d_prime"], row["background_sd"], row["simulations"]) == (4, 0.8, 0.2, 5)
    assert row["power"] in {0, 0.2, 0.4, 0.6, 0.8, 1}
    assert row["outlined"] in {0, 0.2, 0.4, 0.6, 0.8, 1}


def test_a_patch_is_found_by_a_cluster_inside_it_and_outlined_by_one_like_it() -> None:
    patch = np.arange(20) < 8
    cluster = Cluster(0, (), 0.0, 0.0, 1.0, p=0.05, p_family=1.0)

    def of(units: range, p: float = 0.05) -> tuple[bool, bool]:
        return found(patch, [cluster._replace(units=tuple(units), p=p)])

    assert of(range(3)) == (True, False), "a part of it"
    assert of(range(4)) == (True, True)
    assert of(range(8), p=0.06) == (False, False), "not significant"
    assert of(range(7, 10)) == (False, False), "elsewhere, and touching"
    assert of(range(16)) == (True, True)
    assert of(range(17)) == (False, False), "most of the map"
    assert found(patch, []) == (False, False)


def test_larger_patches_are_found_more_often_and_outlined_less_often() -> None:
    small, large = (power(units, 0.5, 0.35, simulations=60, permutations=99) for units in (9, 25))
    assert large["power"] > small["power"] + 0.1
    assert large["outlined"] < small["outlined"]


def test_a_patch_that_is_not_there_is_not_found() -> None:
    assert power(25, 0.0, 0.25, simulations=60, permutations=99)["power"] <= 0.05


def test_the_workflow_calibrates_every_test() -> None:
    assert [Path(part).stem for part in rules()["calibration_table"].inputs] == list(CALIBRATIONS)
