"""Measures of units, their maps and their relations: planted maps, shuffled ones, and what cannot be tested."""

from pathlib import Path

import numpy as np
import pytest
from esda import Moran
from libpysal.weights import lat2W

from phonotopy.core.grid import Grid
from phonotopy.introspection.measure_maps import map_rows
from phonotopy.introspection.measures import Measure, columns_of, read_measures, write_measures
from phonotopy.introspection.relations import relation_rows, selective
from phonotopy.introspection.unit_measures import TABLE, unit_measures
from phonotopy.spatial.phone_maps import Maps

GRID = Grid(8, 8)
SETTINGS = {"permutations": 199, "key": 3}


def smooth(seed: int, radius: float = 1.5) -> np.ndarray:
    white = np.random.default_rng(seed).normal(size=GRID.units)
    return np.asarray(np.exp(-((GRID.distances / radius) ** 2) / 2) @ white)


def noisy(value: np.ndarray, seed: int) -> Measure:
    random = np.random.default_rng(seed)
    halves = value + random.normal(size=(2, GRID.units)) * value.std()
    return Measure("window", "", value, halves)


def by_label(rows: list[dict[str, object]]) -> dict[tuple[object, object], dict[str, object]]:
    return {(row["measure"], row["label"]): row for row in rows}


def test_measures_come_back_at_the_positions_of_their_units(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    units = random.permutation(GRID.units)
    value = random.normal(size=GRID.units)
    value[5] = np.nan
    measure = Measure("window", "S", value, random.normal(size=(2, GRID.units)))
    path = tmp_path / "windows_measures.tsv"
    write_measures(path, {2: [measure]}, {2: (GRID, units)})
    (found,) = read_measures([path], {1: GRID, 2: GRID})[2]
    assert (found.name, found.label) == ("window", "S")
    assert found.value == pytest.approx(value[units], nan_ok=True)
    assert found.halves == pytest.approx(measure.halves[:, units])
    assert read_measures([path], {1: GRID, 2: GRID})[1] == []


def test_a_planted_map_is_mapped_and_a_shuffled_one_is_not() -> None:
    value = smooth(1)
    shuffled = np.random.default_rng(2).permutation(value)
    rows = by_label(list(map_rows([noisy(value, 3), Measure.of("other", "", shuffled)], GRID, "queen", **SETTINGS)))
    planted, other = rows["window", ""], rows["other", ""]
    weights = lat2W(GRID.rows, GRID.columns, rook=False)
    assert planted["morans_i"] == pytest.approx(Moran(value, weights, transformation="B", permutations=0).I)
    assert (planted["units"], planted["median"]) == (GRID.units, pytest.approx(np.median(value)))
    assert planted["p"] == 2 / 200 and float(str(other["p"])) > 0.05
    assert planted["reliability"] == pytest.approx(np.corrcoef(noisy(value, 3).halves)[0, 1])
    assert np.isnan(float(str(other["reliability"])))


def test_labels_have_a_family_and_a_mean() -> None:
    measures = [Measure.of("relevance", label, smooth(seed)) for seed, label in enumerate("STK")]
    rows = by_label(list(map_rows(measures, GRID, "queen", **SETTINGS)))
    each = [float(str(rows["relevance", label]["morans_i"])) for label in "STK"]
    assert rows["relevance", "mean"]["morans_i"] == pytest.approx(np.mean(each))
    assert all(float(str(rows["relevance", label]["q"])) <= 0.05 for label in "STK")
    assert float(str(rows["relevance", "mean"]["p"])) <= 0.05


def test_a_unit_without_a_value_leaves_the_map() -> None:
    value = smooth(1)
    value[:8] = np.nan
    (row,) = map_rows([Measure.of("window", "", value)], GRID, "queen", **SETTINGS)
    weights = lat2W(7, 8, rook=False)
    assert row["units"] == 56
    assert row["morans_i"] == pytest.approx(Moran(value[8:], weights, transformation="B", permutations=0).I)


@pytest.mark.parametrize("value", [np.ones(GRID.units), np.full(GRID.units, np.nan)])
def test_a_map_without_spread_or_values_is_not_testable(value: np.ndarray) -> None:
    (row,) = map_rows([Measure.of("window", "", value)], GRID, "queen", **SETTINGS)
    assert (row["status"], row["p"], row["morans_i"]) == ("not testable", None, None)


def maps(d_prime: np.ndarray) -> Maps:
    live = np.isfinite(d_prime).all(axis=1)
    usable = np.ones(d_prime.shape[1], dtype=bool)
    return Maps(("S", "T"), d_prime, d_prime > 1, usable, live, np.arange(GRID.units), {})


def related(second: dict[str, np.ndarray]) -> dict[str, object]:
    first = {"S": smooth(1), "T": smooth(2)}
    measures = [Measure.of(name, key, one) for name, part in (("a", first), ("b", second)) for key, one in part.items()]
    (row,) = relation_rows(measures, GRID, "queen", surrogates=199, key=1)
    return row


def test_maps_that_agree_differ_from_maps_that_are_smooth() -> None:
    noise = np.random.default_rng(7).normal(size=(2, GRID.units))
    alike = related({"S": smooth(1) + noise[0], "T": smooth(2) + noise[1]})
    assert alike["labels"] == 2 and alike["p"] == 2 / 200
    single = [np.corrcoef(smooth(seed), smooth(seed) + noise[seed - 1])[0, 1] for seed in (1, 2)]
    assert alike["observed"] == pytest.approx(np.mean(single))
    swapped = related({"S": smooth(2), "T": smooth(1)})
    assert swapped["other_labels"] == pytest.approx(1.0)
    unrelated = [float(str(related({"S": smooth(10 + n), "T": smooth(50 + n)})["p"])) for n in range(40)]
    assert np.mean(np.array(unrelated) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 40)


def test_measures_with_and_without_labels_are_not_compared() -> None:
    measures = [Measure.of("a", "S", smooth(1)), Measure.of("b", "", smooth(2))]
    assert list(relation_rows(measures, GRID, "queen", surrogates=9, key=1)) == []


def test_selectivity_is_a_measure_of_live_units() -> None:
    d_prime = np.stack([smooth(1), smooth(2)], axis=1)
    d_prime[3] = np.nan
    first, _, largest = selective(maps(d_prime))
    assert first.label == "S" and np.isnan(first.value[3]) and np.isnan(largest.value[3])
    assert largest.value[4] == d_prime[4].max()


def test_a_condition_without_a_recogniser_has_a_row_that_says_so() -> None:
    rows = list(unit_measures("x", [], [("mine", 0)]))
    assert [(row["condition"], row["status"], row["measure"]) for row in rows] == [("mine", "no recogniser", None)]
    assert list(rows[0]) == list(TABLE.columns)


def test_the_table_of_a_method_explains_its_measures() -> None:
    table = columns_of("windows", {"log_window": "ln of the window"})
    assert table.name == "windows_measures.tsv" and "`log_window`" in table.columns["measure"].meaning
