"""Rows beside their null: what is tested, and what cannot be."""

import numpy as np
import pytest

from phonotopy.inference.evidence import RESULT, adjusted, compared
from phonotopy.inference.permutation import varies

P = ("p", "p_family", "q")


def rows(observed: np.ndarray, null: np.ndarray) -> list[dict[str, object]]:
    names = "".join(chr(ord("A") + n) for n in range(len(observed)))
    return list(compared(names, observed, null, "greater", {"layer": 1}))


def test_a_null_without_spread_tests_nothing_and_takes_no_part_in_the_family() -> None:
    """The largest region of a phone that no unit responds to is 0 under every surrogate."""
    random = np.random.default_rng(0)
    observed, null = np.array([2.5, 0.0, 1.0, 5.0]), random.normal(size=(99, 4))
    null[:, 1] = 0.0
    null[:, 3] = 0.3 - 0.1 - 0.1 - 0.1  # a constant with a rounding error is one, however far the observation lies
    found = rows(observed, null)
    for index in (1, 3):
        assert np.isnan([found[index][name] for name in P]).all()
        assert (found[index]["observed"], found[index]["null_sd"]) == (observed[index], pytest.approx(0))
    kept = rows(observed[[0, 2]], null[:, [0, 2]])
    for one, other in ((found[0], kept[0]), (found[2], kept[1])):
        assert [one[name] for name in P] == [other[name] for name in P]
    assert np.isfinite(np.float64(found[-1]["p"])), "the mean over phones varies"
    assert "without spread" in RESULT["p"].meaning


def test_where_no_null_varies_nothing_has_a_p_and_no_layer_a_q() -> None:
    means = [row for row in rows(np.array([0.2, 0.3]), np.zeros((19, 2))) if row["phone"] == "mean"]
    (mean,) = adjusted(means, "layer")
    assert mean["observed"] == pytest.approx(0.25)
    assert np.isnan([mean[name] for name in P]).all()


def test_a_missing_value_is_no_sign_of_a_constant() -> None:
    null = np.array([[1.0, np.nan, 1.0], [1.0, 1.0, 2.0]])
    assert varies(null).tolist() == [False, True, True]
    assert not varies(np.empty((0, 2))).any()
