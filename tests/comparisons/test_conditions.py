"""Paired tests of conditions, trends over depth, bootstrap intervals."""

import numpy as np
import pytest
from scipy.stats import permutation_test

from phonotopy.activations.read import Cells
from phonotopy.comparisons.conditions import MEASURES, TABLE, conditions, equivalence, sign_flip
from phonotopy.comparisons.depth import STATISTICS, depth
from phonotopy.comparisons.depth import TABLE as DEPTH
from phonotopy.core.moments import Moments
from phonotopy.inference.bootstrap import draws, interval
from phonotopy.selectivity.d_prime import d_prime
from phonotopy.selectivity.d_prime_interval import d_prime_interval


def tables(seeds: int, gap: float, noise: float = 0.002) -> tuple[list[dict], list[dict]]:
    random = np.random.default_rng(1)
    recognition, topography = [], []
    for condition in ("control", "topographic"):
        for seed, error in enumerate(noise * random.normal(size=seeds)):
            named, own = {"condition": condition, "seed": seed}, gap * (condition == "topographic") + error
            recognition += [{**named, "split": "test", "letter_error_rate": 0.14 + own, "word_error_rate": 0.5 + own}]
            topography += [
                {**named, "layer": n, "rows": 8, "columns": 8, **dict.fromkeys(MEASURES, n + own)} for n in range(1, 6)
            ]
    return recognition, topography


def compared(seeds: int, gap: float) -> dict[str, dict]:
    rows = conditions("corpus", *tables(seeds, gap), "control", margin=0.01, bootstraps=199, seed=0)
    assert all(row.keys() == set(TABLE.columns) for row in rows)
    return {row["measure"]: row for row in rows}


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_sign_flips_are_those_of_scipy(alternative: str) -> None:
    values = np.random.default_rng(3).normal(0.4, 1, size=9)
    peer = permutation_test((values,), np.mean, permutation_type="samples", alternative=alternative, n_resamples=np.inf)
    p, patterns = sign_flip(values, alternative, 0)
    assert patterns == 2**9 - 1
    assert p == pytest.approx(peer.pvalue)


def test_many_pairs_are_sampled() -> None:
    values = np.random.default_rng(3).normal(0.5, 1, size=20)
    p, patterns = sign_flip(values, "greater", 0)
    assert patterns == 99_999
    assert p == pytest.approx(
        permutation_test((values,), np.mean, permutation_type="samples", alternative="greater", rng=0).pvalue, abs=0.01
    )


@pytest.mark.slow
@pytest.mark.parametrize("pairs", [6, 8, 12])
def test_sign_flips_and_equivalence_keep_their_level(pairs: int) -> None:
    random, sets = np.random.default_rng(pairs), 1500
    values = random.normal(size=(sets, pairs))
    high = 0.05 + 3 * np.sqrt(0.05 * 0.95 / sets)
    assert np.mean([sign_flip(one, "two-sided", 0)[0] <= 0.05 for one in values]) <= high
    assert np.mean([equivalence(one + 1, 1.0, 0) <= 0.05 for one in values]) <= high


def test_few_seeds_are_not_testable_and_give_their_difference() -> None:
    row = compared(2, 0.03)["letter_error_rate"]
    assert row["difference"] == pytest.approx(0.03, abs=0.005)
    assert (row["status"], row["p"], row["low"], row["p_equivalence"]) == ("not testable", None, None, None)


def test_a_planted_difference_and_an_equivalence_are_found() -> None:
    far = compared(8, 0.03)
    assert far["letter_error_rate"]["p"] == 2 / 256
    assert far["letter_error_rate"]["low"] > 0.02
    assert far["letter_error_rate"]["p_equivalence"] > 0.9
    assert far["morans_i_mean"]["margin"] is None
    near = compared(8, 0.001)["letter_error_rate"]
    assert near["p_equivalence"] == 1 / 256
    assert near["q"] == near["p"], "one row of this measure"
    assert conditions("corpus", *tables(2, 0), None, margin=0.01, bootstraps=19, seed=0) == []


def test_a_seed_without_a_value_is_no_pair() -> None:
    recognition, topography = tables(7, 0.03)
    topography[-1]["effective_rank"] = np.nan
    lost = [row for row in recognition if (row["condition"], row["seed"]) not in {("control", 1), ("topographic", 2)}]
    rows = conditions("corpus", lost, topography, "control", margin=0.01, bootstraps=19, seed=0)
    found = {(row["measure"], row["layer"]): row for row in rows}
    assert (found["effective_rank", 5]["pairs"], found["effective_rank", 5]["p"]) == (6, 2 / 64)
    assert (found["letter_error_rate", None]["pairs"], found["letter_error_rate", None]["status"]) == (
        5,
        "not testable",
    )


def test_identical_trainings_do_not_differ() -> None:
    rows = conditions("corpus", *tables(6, 0, noise=0), "control", margin=0.01, bootstraps=19, seed=0)
    assert {(row["difference"], row["low"], row["high"], row["p"]) for row in rows} == {(0, 0, 0, 1)}
    assert rows[0]["p_equivalence"] == 1 / 64


def test_ties_may_leave_no_order_that_is_significant() -> None:
    rows = [
        {"condition": "m", "seed": 0, "layer": n, **dict.fromkeys(STATISTICS, v)} for n, v in enumerate([1, 1, 1, 1, 2])
    ]
    found = depth("corpus", rows, seed=0)[0]
    assert (found["status"], found["p"]) == ("not testable", None), "the best of 5 different orders: 2 / 5"
    deep = [row | {"layer": n, **dict.fromkeys(STATISTICS, n)} for n, row in enumerate([*rows, *rows])]
    assert depth("corpus", deep, seed=0)[0]["status"] == "not testable", "ten layers have too many orders to list"
    flat = [row | dict.fromkeys(STATISTICS, 1.0) for row in rows]
    assert depth("corpus", flat, seed=0)[0]["status"] == "not testable"


def test_depth_is_tested_over_the_orders_of_layers() -> None:
    rows = [
        {"condition": "m", "seed": s, "layer": n, **dict.fromkeys(STATISTICS, n + 0.1 * s)}
        for s in range(6)
        for n in range(1, 6)
    ]
    found = depth("corpus", rows, seed=0)
    assert all(row.keys() == set(DEPTH.columns) for row in found)
    assert found[0]["p"] == 2 / 120
    assert found[0]["slope"] == pytest.approx(1)
    over = [row for row in found if row["seed"] == "all"]
    assert [row["p"] for row in over] == [2 / 64] * len(STATISTICS)
    few = depth("corpus", [row for row in rows if row["layer"] < 4], seed=0)
    assert {row["status"] for row in few if row["seed"] != "all"} == {"not testable"}


def test_q_of_depth_is_over_the_measures_of_a_training() -> None:
    orders = [(1, 2, 3, 4, 5), (1, 2, 3, 5, 4), (2, 1, 3, 5, 4), (3, 1, 2, 5, 4)]
    rows = [
        {"condition": name, "seed": 0, "layer": n, **{m: order[n] for m, order in zip(STATISTICS, orders, strict=True)}}
        for name, layers in (("deep", 5), ("shallow", 2))
        for n in range(layers)
    ]
    found = [row for row in depth("corpus", rows, seed=0) if row["condition"] == "deep"]
    p = [row["p"] for row in found if row["seed"] == 0]
    assert p[:2] == [2 / 120, 10 / 120]
    expected = [min(p[later] * 4 / (later + 1) for later in range(rank, 4)) for rank in range(4)]
    assert [row["q"] for row in found if row["seed"] == 0] == pytest.approx(expected)
    assert {(row["layers"], row["q"]) for row in found if row["seed"] == "all"} == {(5, None)}


@pytest.mark.parametrize(("samples", "least"), [(8, 0.92), (30, 0.92)])
def test_intervals_cover_the_truth(samples: int, least: float) -> None:
    random, covered = np.random.default_rng(samples), 0
    for index in range(300):
        values = random.normal(size=samples)
        low, high = interval(draws(samples, 499, index) @ values / samples, samples)
        covered += low <= 0 <= high
    assert least <= covered / 300 <= 0.985


def test_draws_keep_every_phone() -> None:
    present = np.array([[1, 0], [1, 1], [1, 0], [1, 0]], dtype=bool)
    found = draws(4, 50, 1, present)
    assert found.shape == (50, 4)
    assert (found.sum(axis=1) == 4).all()
    assert (found[:, 1] > 0).all()
    with pytest.raises(ValueError, match="missing"):
        draws(4, 5, 1, np.zeros((4, 1), bool))
    assert np.isnan(interval(np.zeros((9, 2)), 1)[0]).all()


def test_an_interval_of_d_prime_is_that_of_the_pooled_moments() -> None:
    random = np.random.default_rng(0)
    speaker, phone = np.repeat(np.arange(8), 60), np.tile(np.arange(3), 160)
    values = (
        100 + random.normal(size=(480, 5)) + (phone == 0)[:, None] + 0.3 * random.normal(size=(8, 1, 5))[speaker][:, 0]
    )
    moments = Moments.of(values, speaker * 3 + phone, 24)
    cells = Cells(
        tuple("PST"),
        tuple("abcdefgh"),
        moments.count.reshape(8, 3),
        moments.mean.reshape(8, 3, 5),
        moments.m2.reshape(8, 3, 5),
    )
    low, high = d_prime_interval(cells, np.ones(3, bool), bootstraps=199, key=1)
    observed = d_prime(cells.pooled()).T
    assert (low < observed).all()
    assert (observed < high).all()
    again = np.concatenate([values[speaker == s] for s, n in enumerate(draws(8, 199, 1)[0]) for _ in range(n)])
    labels = np.concatenate([phone[speaker == s] for s, n in enumerate(draws(8, 199, 1)[0]) for _ in range(n)])
    first = d_prime(Moments.of(again, labels, 3)).T
    assert (np.abs(first - observed) < 4 * (high - low)).all()


def test_layers_of_unlike_grids_have_no_difference() -> None:
    recognition, topography = tables(6, 0.1)
    for row in topography:
        if row["condition"] == "topographic" and row["layer"] in (1, 2):
            row["rows"], row["columns"] = 4, 16
    rows = conditions("corpus", recognition, topography, "control", margin=0.01, bootstraps=19, seed=0)
    found = {(row["layer"], row["status"]) for row in rows if row["measure"] == "morans_i_mean"}
    assert found == {(1, "not testable"), (2, "not testable"), (3, "ok"), (4, "ok"), (5, "ok")}
    assert all(row["difference"] is None and row["pairs"] == 0 for row in rows if row["layer"] in (1, 2))


def test_a_layer_that_the_reference_lacks_is_not_testable() -> None:
    recognition, topography = tables(6, 0.1)
    shallow = [row for row in topography if row["condition"] == "topographic" or row["layer"] < 3]
    rows = conditions("corpus", recognition, shallow, "control", margin=0.01, bootstraps=19, seed=0)
    found = {row["layer"]: row["status"] for row in rows if row["measure"] == "effective_rank"}
    assert found == {1: "ok", 2: "ok", **dict.fromkeys((3, 4, 5), "not testable")}
