"""Tests of labels on simulated speech: data sets by their number, and what each test gives of known responses."""

import numpy as np
import pytest

from phonotopy.calibration import label_power
from phonotopy.calibration.calibrate import CALIBRATIONS, calibrate
from phonotopy.calibration.label_power import FOLLOWED, TABLE, TESTS, UNORDERED, Followed, curve, of_noise, simulated


def test_a_data_set_depends_on_its_number_and_on_what_is_followed_alone() -> None:
    one, again, other = simulated(3), simulated(3), simulated(4)
    assert np.array_equal(one.values, again.values) and one.key == again.key
    assert one.key != other.key
    assert simulated(3, Followed("phones", 0.1, 1.0)).key != one.key
    assert all(of_noise(name)(3) == of_noise(name)(3) for name in TESTS)


def test_tests_of_one_data_set_share_its_label_null() -> None:
    data = simulated(0)
    assert data.label_null is data.label_null
    assert {test.p(data) <= 1 for test in TESTS.values()} == {True}


@pytest.mark.parametrize("statistic", ["morans_i_rook", "regions", "largest_region", "responsive_share"])
def test_any_statistic_of_the_label_null_may_be_tested(statistic: str) -> None:
    data = simulated(1)
    for p in (label_power._mean(data, statistic), label_power._family(data, statistic)):
        assert 1 / 40 <= p <= 1


def test_regions_are_calibrated_where_units_respond_in_no_order() -> None:
    found = simulated(0, UNORDERED).label_null.statistics
    assert (found["responsive_share"][0] > 0).all() and (found["responsive_share"][1:] == 0).mean() > 0.9
    p = [of_noise("label_shift_region", UNORDERED)(index) for index in range(20)]
    assert len(set(p)) > 5 and np.mean(np.array(p) <= 0.05) <= 0.2
    smooth = [of_noise("label_shift_region", Followed("phones", 0.4, 1.0, 0.0))(index) for index in range(20)]
    assert np.mean(np.array(smooth) <= 0.05) >= 0.4, "regions are larger where maps are smooth"


def test_every_test_is_calibrated_on_a_share_of_the_data_sets() -> None:
    assert TESTS.keys() <= CALIBRATIONS.keys()
    assert {CALIBRATIONS[name].null for name in TESTS} == {test.null for test in TESTS.values()}
    row = calibrate("label_shift_speech", data_sets=30)
    assert row["data_sets"] == 3
    assert row["allowed_high"] == pytest.approx(0.05 + 3 * np.sqrt(0.05 * 0.95 / 3))


@pytest.mark.slow
def test_label_shifts_find_order_that_nothing_else_has() -> None:
    """Moran's I compares smoothness: in white noise every map of phones stands out, in noise as smooth as they none."""

    def power(noise_radius: float) -> float:
        followed = Followed("phones", 0.4, 1.0, noise_radius)
        return float(
            np.mean([TESTS["label_shift_speech"].p(simulated(index, followed)) <= 0.05 for index in range(20)])
        )

    assert power(0.0) == 1
    assert power(1.0) <= 0.2


def test_the_table_has_every_test_of_everything_that_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_power, "FOLLOWED", FOLLOWED[:2])
    rows = list(curve(simulations=10))
    assert [row["test"] for row in rows] == [*TESTS] * 2
    assert {tuple(row) for row in rows} == {tuple(TABLE.columns)}
    assert {row["simulations"] for row in rows} == {2}
    assert {row["power"] for row in rows} <= {0, 0.5, 1}
