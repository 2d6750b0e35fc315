"""Maps around phone onset are means over groups of what timing follows."""

from pathlib import Path

import numpy as np
import pytest

from fabricate import activations, opened
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.temporal.onset_maps import TABLE, layer_rows, mean_over_groups
from phonotopy.temporal.timing import OnsetLocked

PHONES = ("P", "S", "N", "IY")
CRITERIA = {"minimum_tokens": 20, "minimum_speakers": 2, "d_prime": 0.5, "false_discovery_rate": 0.05}


def test_groups_without_the_phone_are_left_out_of_the_mean() -> None:
    contrast = np.array([[[1.0, 2.0], [3.0, np.nan]], [[np.nan, 4.0], [5.0, np.nan]]])
    mean, groups = mean_over_groups(contrast)
    np.testing.assert_array_equal(mean, [[1, 3], [4, np.nan]])
    assert groups.tolist() == [2, 2]


def test_rows_are_the_maps_of_the_phones_that_are_asked_for(tmp_path: Path) -> None:
    activations(tmp_path, PHONES)
    responses = opened(tmp_path)
    rows = list(layer_rows(responses, 2, key=1, threads=1, criteria=CRITERIA, phones=["N", "ZH", "P"]))
    assert {*rows[0]} == {*TABLE.columns}
    cells = responses.cells(2)
    found = OnsetLocked.of(responses, 2, Criteria(**CRITERIA).tested(cells))
    lags = len(found.lag_s)
    assert len(rows) == 2 * lags * 64
    assert [row["phone"] for row in rows[:: 64 * lags]] == ["N", "P"]
    expected = np.nanmean(found.contrast[:, :, PHONES.index("N"), 9], axis=0)
    own = [row for row in rows if (row["phone"], row["unit"]) == ("N", 9)]
    np.testing.assert_allclose([float(str(row["contrast"])) for row in own], expected)
    assert [row["lag_ms"] for row in own] == pytest.approx((1000 * found.lag_s).tolist())
    assert {(row["row"], row["column"]) for row in own} == {(1, 1)}
    dead = [row["contrast"] for row in rows if row["unit"] == 0]
    assert np.isnan(np.array(dead, dtype=float)).all()


def test_phones_of_too_few_tokens_have_no_rows(tmp_path: Path) -> None:
    activations(tmp_path, PHONES)
    strict = {**CRITERIA, "minimum_tokens": 10**6}
    assert not list(layer_rows(opened(tmp_path), 1, key=1, threads=1, criteria=strict, phones=PHONES))
