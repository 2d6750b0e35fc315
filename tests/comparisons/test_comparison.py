"""The comparison of all ways to get a map, on fabricated maps whose answers are known."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phonotopy.comparisons.comparison import ALL, MEASURES, TABLE, comparison, read_grids_of, read_maps_table
from phonotopy.comparisons.maps import TABLE as MAPS
from phonotopy.comparisons.topography import TABLE as TOPOGRAPHY
from phonotopy.core.tables import write_table

Row = dict[str, Any]
LAYERS = (1, 2)
WAYS = {
    "control": ("objective", "none"),
    "kernel": ("objective", "response_kernel gaussian"),
    "worse": ("objective", "filter_similarity"),
    "moved": ("layout", "annealed"),
}
ORIGINS = {"control": "control", "kernel": "kernel", "worse": "worse", "moved": "kernel"}
GAIN, COST = 0.5, 0.004
NAMES = ("letter_error_rate_dev", "letter_error_rate", "morans_i", "effective_rank")
FIXED = {  # error rates, order and rank: worse is beaten by kernel in all three
    "control": (0.11, 0.13, 0.0, 40.0),
    "kernel": (0.11 + COST, 0.13 + COST, GAIN, 30.0),
    "worse": (0.15, 0.16, 0.3, 20.0),
    "moved": (0.11 + COST, 0.13 + COST, 0.4, 30.0),
}


def maps(seeds: int, conditions: tuple[str, ...] = tuple(WAYS)) -> list[Row]:
    """Rows of maps.tsv, with a deviation of each seed that all conditions share, and a little of each alone."""
    random, rows = np.random.default_rng(5), []
    shared = 0.01 * random.normal(size=seeds)
    for condition in conditions:
        for seed in range(seeds):
            own = shared[seed] + 0.0005 * random.normal()
            for layer in LAYERS:
                row = dict.fromkeys(MAPS.columns) | {"condition": condition, "seed": seed, "layer": layer}
                row |= {name: value + own for name, value in zip(NAMES, FIXED[condition], strict=True)}
                if condition == "moved":  # the recogniser and the units of what it lays out
                    first = next(r for r in rows if (r["condition"], r["seed"]) == ("kernel", seed))
                    row |= {name: first[name] for name in NAMES if name != "morans_i"}
                row |= {"effective_rank_share": FIXED[condition][3] / 40, "limit_rank": 80.0, "limit_share": 0.5}
                row |= {"response_morans_i": 0.3 + layer, "label_shift_excess": 0.1, "trustworthiness": 0.7}
                rows.append(row | {"far_correlation": 0.02, "agreement": 0.1 * layer, "front": condition != "worse"})
    return rows


def ranked(rows: list[Row]) -> list[Row]:
    """With what reading adds."""
    return [row | {"response_rank": row["limit_share"] * row["limit_rank"]} for row in rows]


def grids(seeds: int, **unlike: tuple[int, int]) -> dict[tuple[str, int, int], tuple[int, int]]:
    return {(c, s, layer): unlike.get(c, (8, 8)) for c in WAYS for s in range(seeds) for layer in LAYERS}


def compared(
    rows: list[Row], reference: str | None = "control", **unlike: tuple[int, int]
) -> dict[tuple[str, str, Any], Row]:
    seeds = len({row["seed"] for row in rows})
    found = comparison(
        "speech", ranked(rows), grids(seeds, **unlike), WAYS, ORIGINS, reference, margin=0.01, bootstraps=199, seed=1
    )
    assert all(list(row) == list(TABLE.columns) for row in found)
    return {(row["condition"], row["measure"], row["layer"]): row for row in found}


def test_there_is_a_row_for_every_condition_measure_and_layer() -> None:
    found = compared(maps(6))
    parts = [("letter_error_rate_dev", None), ("letter_error_rate", None)]
    parts += [(measure, layer) for measure in MEASURES for layer in (*LAYERS, ALL)]
    assert [*found] == [(condition, *part) for condition in WAYS for part in parts]


def test_six_seeds_with_a_planted_difference_are_significant() -> None:
    row = compared(maps(6))["kernel", "morans_i", 1]
    assert (row["p"], row["status"], row["permutations"]) == (2 / 64, "ok", 63)
    assert row["difference"] == pytest.approx(GAIN, abs=0.002)
    assert row["difference_low"] < row["difference"] < row["difference_high"]
    assert row["difference_high"] - row["difference_low"] < 0.01 < row["high"] - row["low"], "pairs share their seed"
    values = [r["morans_i"] for r in maps(6) if (r["condition"], r["layer"]) == ("kernel", 1)]
    assert (row["mean"], row["sd"]) == (pytest.approx(np.mean(values)), pytest.approx(np.std(values, ddof=1)))


def test_two_seeds_are_not_testable_and_give_what_there_is() -> None:
    row = compared(maps(2))["kernel", "morans_i", ALL]
    assert row["difference"] == pytest.approx(GAIN, abs=0.002)
    assert (row["seeds"], row["pairs"], row["status"]) == (2, 2, "not testable")
    assert row["sd"] is not None
    assert {row[name] for name in ("p", "q", "low", "high", "difference_low", "p_equivalence")} == {None}
    assert compared(maps(1))["kernel", "morans_i", ALL]["sd"] is None


def test_error_rates_are_equivalent_within_the_margin_and_others_have_none() -> None:
    found = compared(maps(6))
    kernel, worse = (found[name, "letter_error_rate", None] for name in ("kernel", "worse"))
    assert (kernel["margin"], kernel["p_equivalence"], kernel["p"]) == (0.01, 1 / 64, 2 / 64)
    assert worse["p_equivalence"] > 0.9
    assert found["kernel", "morans_i", 1]["margin"] is None


def test_a_mean_over_layers_is_that_of_each_seed() -> None:
    rows = maps(6)
    for row in rows:
        row["morans_i"] += row["layer"] * (row["seed"] + 1)
    found = compared(rows)
    one, two, whole = (found["kernel", "morans_i", layer] for layer in (*LAYERS, ALL))
    assert whole["mean"] == pytest.approx((one["mean"] + two["mean"]) / 2)
    assert whole["sd"] == pytest.approx(np.std([1.5 * (s + 1) for s in range(6)], ddof=1), abs=0.05)
    rows[0]["morans_i"] = np.nan
    assert compared(rows)["control", "morans_i", ALL]["seeds"] == 5, "a layer without a value leaves no mean"


def test_a_dominated_condition_is_off_the_front() -> None:
    found = compared(maps(6))
    assert {name: found[name, "morans_i", ALL]["front"] for name in WAYS} == {
        "control": True, "kernel": True, "worse": False, "moved": False,
    }  # fmt: skip
    assert found["worse", "letter_error_rate", None]["front"] is False, "error rates have that of all layers"
    assert found["moved", "morans_i", 2]["front"] is True, "as maps.tsv says of the layer"


def test_what_positions_do_not_change_is_tested_once() -> None:
    """A layout has the recogniser of what it lays out, and so its errors and its rank."""
    found = compared(maps(6))
    for measure in ("letter_error_rate", "letter_error_rate_dev"):
        kernel, moved = (found[name, measure, None] for name in ("kernel", "moved"))
        assert (moved["status"], moved["p"], moved["q"], moved["p_equivalence"]) == ("as its origin", None, None, None)
        assert (moved["difference"], moved["difference_low"]) == (kernel["difference"], kernel["difference_low"])
    assert found["moved", "effective_rank_share", 1]["status"] == "as its origin"
    assert found["moved", "morans_i", 1]["status"] == "ok"
    alone = compared(maps(6, ("control", "kernel", "worse")))
    for other in ("kernel", "worse"):
        part = (other, "letter_error_rate", None)
        assert found[part]["q"] == alone[part]["q"], "q is over what is tested"


def test_q_is_over_conditions_and_layers_of_a_measure() -> None:
    rows = maps(6)
    for row in rows:
        if row["condition"] in ("kernel", "moved") and row["seed"] == 0:
            row["trustworthiness"] -= 0.2
        if row["condition"] == "worse":
            row["trustworthiness"] += 0.1
    found = compared(rows)
    p = [found[name, "trustworthiness", ALL]["p"] for name in ("kernel", "worse", "moved")]
    assert p == [1.0, 2 / 64, 1.0], "one seed of six, all seeds, one seed"
    assert found["worse", "trustworthiness", ALL]["q"] == pytest.approx(3 * 2 / 64), "of three conditions"
    assert found["worse", "trustworthiness", 1]["q"] == pytest.approx(6 / 2 * 2 / 64), "of three in two layers"


def test_pairs_of_seeds_are_no_observations() -> None:
    row = compared(maps(6))["kernel", "agreement", 1]
    assert row["mean"] == pytest.approx(0.1) and row["difference"] == pytest.approx(0)
    assert (row["status"], row["p"], row["low"], row["difference_low"]) == ("not testable", None, None, None)


def test_the_reference_is_compared_with_nothing_and_without_one_nothing_is() -> None:
    found = compared(maps(6))
    assert {row["status"] for (name, *_), row in found.items() if name == "control"} == {"reference"}
    alone = compared(maps(6), None)
    assert {(row["reference"], row["difference"], row["status"]) for row in alone.values()} == {
        (None, None, "not testable")
    }
    assert alone["kernel", "morans_i", 1]["low"] is not None


def test_layers_of_unlike_grids_have_no_difference() -> None:
    found = compared(maps(6), kernel=(4, 16))
    for layer in (1, ALL):
        row = found["kernel", "morans_i", layer]
        assert (row["pairs"], row["difference"], row["status"]) == (0, None, "not testable")
    assert found["kernel", "letter_error_rate", None]["status"] == "ok"
    assert found["worse", "morans_i", ALL]["status"] == "ok"


def test_without_a_recogniser_there_are_neither_errors_nor_a_front() -> None:
    rows = maps(6)
    for row in rows:
        if row["condition"] == "worse":
            row |= {"letter_error_rate": np.nan, "letter_error_rate_dev": np.nan, "front": None}
    found = compared(rows)
    row = found["worse", "letter_error_rate", None]
    assert (row["seeds"], row["mean"], row["difference"], row["status"]) == (0, None, None, "not testable")
    assert {r["front"] for (name, *_), r in found.items() if name == "worse"} == {None}
    assert found["worse", "morans_i", ALL]["status"] == "ok"
    assert found["kernel", "morans_i", ALL]["front"] is True


def test_tables_are_read_as_they_are_written(tmp_path: Path) -> None:
    """Rank of responses is its share of the limit times the limit; a front that is not known stays so."""
    rows = maps(2)
    rows[0]["front"] = None
    write_table(tmp_path / "maps.tsv", MAPS.columns, rows)
    read = read_maps_table(tmp_path / "maps.tsv")
    assert [row["front"] for row in read[:3]] == [None, True, True]
    assert {row["response_rank"] for row in read} == {40.0}
    known = [
        dict.fromkeys(TOPOGRAPHY.columns)
        | {"condition": c, "seed": s, "layer": layer, "rows": size[0], "columns": size[1]}
        for (c, s, layer), size in grids(2, kernel=(4, 16)).items()
    ]
    write_table(tmp_path / "topography.tsv", TOPOGRAPHY.columns, known)
    assert read_grids_of(tmp_path / "topography.tsv") == grids(2, kernel=(4, 16))


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        settings: dict[str, Any] = {"margin": 0.01, "bootstraps": 199, "seed": 1}
        rows = comparison("speech", ranked(maps(6)), grids(6), WAYS, ORIGINS, "control", **settings)
        write_table(tmp_path / name, TABLE.columns, rows)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
