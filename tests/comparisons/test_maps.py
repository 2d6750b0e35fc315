"""The table of maps: numbers of other tables side by side, and the front."""

from pathlib import Path

import pytest

from phonotopy.comparisons.agreement import TABLE as AGREEMENT
from phonotopy.comparisons.maps import TABLE, Sources, front, map_rows
from phonotopy.comparisons.topography import TABLE as TOPOGRAPHY
from phonotopy.core.tables import write_table
from phonotopy.organisation.map_quality import MEASURES
from phonotopy.organisation.map_quality import TABLE as QUALITY
from phonotopy.organisation.response_autocorrelation import TABLE as RESPONSES
from phonotopy.recogniser.recognition import TABLES as RECOGNITION

ORIGINS = {"control": "control", "mapped": "mapped", "laid_out": "control", "theirs": "theirs"}
SEEDS, LAYERS = (0, 1), (1, 2)
ERRORS = {"control": 0.13, "mapped": 0.14}
ORDER = {"control": 0.0, "mapped": 0.6, "laid_out": 0.4, "theirs": 0.5}
RANK = {"control": 40.0, "mapped": 30.0, "laid_out": 40.0, "theirs": 20.0}


def value(condition, seed, layer):
    """A number that says where it belongs."""
    return list(ORIGINS).index(condition) + seed / 10 + layer / 100


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """Tables of four conditions, of which one is a layout and one has no recogniser."""
    trainings = [(condition, seed) for condition in ORIGINS for seed in SEEDS]
    errors = [
        {"condition": c, "seed": s, "split": split, "letter_error_rate": rate + s / 1000 + 0.01 * (split == "test")}
        for c, rate in ERRORS.items()
        for s in SEEDS
        for split in ("train", "dev", "test")
    ]
    found = [
        {"condition": c, "seed": s, "layer": layer, "morans_i_mean": ORDER[c], "label_shift_null_mean": ORDER[c] / 2}
        | {"effective_rank": RANK[c] + layer, "effective_rank_share": value(c, s, layer)}
        for c, s in trainings
        for layer in LAYERS
    ]
    pairs = [
        {"condition": c, "layer": layer, "seed_a": 0, "seed_b": 1, "observed": value(c, 0, layer)}
        for c in list(ORIGINS)[:2]
        for layer in LAYERS
    ]
    whole = {"recognition": errors, "topography": found, "agreement": pairs}
    columns = {"recognition": RECOGNITION[0].columns, "topography": TOPOGRAPHY.columns, "agreement": AGREEMENT.columns}
    for name, rows in whole.items():
        write_table(tmp_path / name, columns[name], (dict.fromkeys(columns[name]) | row for row in rows))
    responses, quality = {}, {}
    for c, s in trainings:
        responses[c, s], quality[c, s] = (tmp_path / f"{name}.{c}.{s}" for name in ("responses", "quality"))
        rows = [
            dict.fromkeys(RESPONSES.columns) | {"layer": layer, "statistic": statistic, "observed": one}
            for layer in LAYERS
            for statistic, one in (("morans_i", value(c, s, layer)), ("limit", -1.0))
        ]
        write_table(responses[c, s], RESPONSES.columns, rows)
        rows = [
            dict.fromkeys(QUALITY.columns) | {"layer": layer, "measure": m, "observed": n + value(c, s, layer)}
            for layer in LAYERS
            for n, m in enumerate(MEASURES)
        ]
        write_table(quality[c, s], QUALITY.columns, rows)
    return Sources(*(tmp_path / name for name in whole), responses, quality, ORIGINS)


def test_every_number_is_that_of_its_training_and_layer(sources: Sources) -> None:
    rows = list(map_rows("speech", sources))
    assert [tuple(row[name] for name in ("corpus", "condition", "seed", "layer")) for row in rows] == [
        ("speech", c, s, layer) for c in ORIGINS for s in SEEDS for layer in LAYERS
    ]
    for row in rows:
        assert list(row) == list(TABLE.columns)
        here = value(row["condition"], row["seed"], row["layer"])
        assert (row["effective_rank_share"], row["response_morans_i"]) == (pytest.approx(here), pytest.approx(here))
        assert [row[name] for name in MEASURES] == pytest.approx([n + here for n in range(len(MEASURES))])
        assert row["label_shift_excess"] == pytest.approx(row["morans_i"] / 2)
        if row["condition"] in ("control", "mapped"):
            assert row["agreement"] == pytest.approx(value(row["condition"], 0, row["layer"])), "of either seed"
        else:
            assert row["agreement"] is None, "one training, or none that is compared"


def test_a_layout_has_the_errors_of_what_it_lays_out(sources: Sources) -> None:
    rows = {(row["condition"], row["seed"]): row for row in map_rows("speech", sources)}
    assert rows["laid_out", 1]["letter_error_rate"] == pytest.approx(0.141)
    assert rows["laid_out", 1]["letter_error_rate_dev"] == pytest.approx(0.131)
    assert rows["theirs", 0]["letter_error_rate"] is None


def test_the_front_is_what_nothing_beats(sources: Sources) -> None:
    found = {row["condition"]: row["front"] for row in map_rows("speech", sources)}
    assert found == {"control": False, "mapped": True, "laid_out": True, "theirs": None}


def test_equals_are_both_on_the_front() -> None:
    one = {"letter_error_rate": 0.1, "morans_i": 0.5, "effective_rank": 10.0}
    rows = [{"condition": "a", **one}, {"condition": "b", **one}, {"condition": "c", **one, "morans_i": 0.4}]
    assert front(rows) == {"a": True, "b": True, "c": False}
