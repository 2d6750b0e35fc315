"""What may be claimed, from tables whose verdicts are known, and sentences that say no more."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phonotopy.comparisons.answer import answer, read_claims
from phonotopy.comparisons.answer import verdicts as answered
from phonotopy.comparisons.beyond_layouts import CLAIM as BEYOND_LAYOUTS
from phonotopy.comparisons.claims import CLAIMS, TABLE, claims
from phonotopy.core.tables import write_table
from phonotopy.encoding.rungs import LADDER

Row = dict[str, Any]
PHONES = ("AA", "S", "T")
SMALL, LARGE = 0.01, 0.6


def ladder(failing: tuple[str, str, str] | None = None, *, phones: int = 2, layers: int = 2) -> list[Row]:
    """Rows in which all is significant but one labelling, statistic and null, and `phones` pass each family."""
    tests = {(rung.labelling, *test) for rung in LADDER.values() for test in rung.tests}
    rows: list[Row] = []
    for layer in range(1, layers + 1):
        for labelling, statistic, null in sorted(tests):
            q = LARGE if (labelling, statistic, null) == failing else SMALL
            row = {"layer": layer, "labelling": labelling, "statistic": statistic, "null": null}
            row |= {"observed": 0.4, "null_mean": 0.1}
            rows.append({**row, "phone": "all", "p": q / 2, "q": q, "p_family": np.nan})
            if labelling.startswith("phone") and statistic == "neighbours" and null != "clusters":
                rows += [
                    {**row, "phone": phone, "p": SMALL, "q": SMALL, "p_family": SMALL if number < phones else LARGE}
                    for number, phone in enumerate(PHONES)
                ]
    return rows


def topography(condition: str, seed: int, layer: int, q: float = SMALL) -> Row:
    numbers = {
        "rows": 4.0,
        "columns": 4.0,
        "phones": 3.0,
        "morans_i_mean": 0.5,
        "label_shift_null_mean": 0.4,
        "phones_beyond_labels": 1.0,
    }
    tests = {"label_shift_p": q, "label_shift_q": q, "largest_region_label_shift_p": q, "effective_rank_share": 0.8}
    regions = {"largest_region": 12.0, "largest_region_label_shift_null_mean": 9.0}
    return {"condition": condition, "seed": seed, "layer": layer, **numbers, **tests, **regions}


def made(ladders: Mapping[tuple[str, int], list[Row]], differences: tuple[float, ...] = (0.01, 0.02)) -> list[Row]:
    """Claims of trainings, with an error rate that rises in every seed unless said."""
    errors = [
        {"measure": measure, "split": "test", "observations": "speakers", "condition": "map", "seed": seed}
        | {"difference": difference, "p": SMALL, "q": SMALL}
        for measure in ("letter_error_rate", "word_error_rate")
        for seed, difference in enumerate(differences)
    ]
    agreement = [
        {"condition": "map", "layer": layer, "seed_a": "0", "seed_b": "1", "observed": 0.2, "null_mean": 0.1}
        | {"p": SMALL, "q": SMALL if layer == 2 else LARGE}
        for layer in (1, 2)
    ]
    tables = {
        "ladder": ladders,
        "topography": [topography(condition, seed, layer) for condition, seed in ladders for layer in (1, 2)],
        "agreement": agreement,
        "compared_recognition": errors,
    }
    return list(claims("speech", tables, "control", [], 0.05, 0))


def verdicts(rows: list[Row], condition: str = "map") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        if row["condition"] == condition:
            found.setdefault(row["claim"], []).append(row["holds"])
    return found


def both(map_ladder: list[Row], second: list[Row] | None = None) -> dict[tuple[str, int], list[Row]]:
    control = ladder(("responses", "neighbours", "positions"))
    return {("control", 0): control, ("control", 1): control, ("map", 0): map_ladder, ("map", 1): second or map_ladder}


def test_all_claims_hold_where_every_null_is_rejected() -> None:
    rows = made(both(ladder()))
    assert {*verdicts(rows)} == {*CLAIMS} - {BEYOND_LAYOUTS}, "nothing was laid out"
    assert all(holds == ["yes", "yes"] for name, holds in verdicts(rows).items() if name in LADDER)
    assert verdicts(rows)["agreement"] == ["no", "yes"]
    assert verdicts(rows)["rank"] == ["not testable"] * 2
    assert verdicts(rows)["character errors"] == ["yes"]
    assert [list(row) for row in rows] == [list(TABLE.columns)] * len(rows)


@pytest.mark.parametrize(
    ("failing", "lost"),
    [
        (("responses", "neighbours", "positions"), {*LADDER}),
        (("phone", "neighbours", "labels"), {"speech", "beyond manner", "beyond clusters", "beyond sound"}),
        (("phone", "neighbours", "positions"), {"speech", "beyond manner", "beyond clusters", "beyond sound"}),
        (("phone", "neighbours", "clusters"), {"beyond clusters"}),
        (("phone beyond manner", "neighbours", "manners"), {"beyond manner", "beyond sound"}),
        (("phone beyond sound", "neighbours", "sound"), {"beyond sound"}),
        (("phone beyond sound", "neighbours", "positions"), {"beyond sound"}),
        (("phone beyond sound", "units", "random network"), {"beyond sound"}),
        (("sound", "neighbours", "positions"), {"sound"}),
    ],
)
def test_a_claim_rests_on_all_its_nulls_and_on_lower_rungs(failing: tuple[str, str, str], lost: set[str]) -> None:
    found = verdicts(made(both(ladder(failing))))
    assert {name for name in LADDER if found[name] == ["no", "no"]} == lost
    assert {name for name in LADDER if found[name] == ["yes", "yes"]} == {*LADDER} - lost


def test_a_claim_must_hold_in_every_seed() -> None:
    rows = made(both(ladder(phones=3), ladder(("phone beyond sound", "units", "random network"), phones=1)))
    (first, _) = (row for row in rows if (row["claim"], row["condition"]) == ("beyond sound", "map"))
    assert (first["holds"], first["q"], first["phones"], first["of_phones"]) == ("no", LARGE, 1, 3)
    assert first["seeds"] == "0 1" and first["effect"] == pytest.approx(0.4)


def test_what_was_not_tested_is_no_verdict() -> None:
    rows = [row for row in ladder() if row["null"] != "random network"]
    found = verdicts(made(both(rows)))
    assert found["beyond sound"] == ["not testable"] * 2
    assert found["speech"] == ["yes", "yes"]


def test_fewer_errors_are_no_more_errors() -> None:
    assert verdicts(made(both(ladder()), (0.01, -0.02)))["character errors"] == ["no"]


def test_runs_without_sound_claim_what_maps_allow() -> None:
    found = verdicts(made({("control", 0): [], ("map", 0): []}))
    assert found["smooth maps"] == ["yes", "yes"] and not {*found} & {*LADDER}


def against_layouts(seeds: int, gains: tuple[float, float] = (0.2, -0.3), grid: float = 4.0) -> list[Row]:
    """Claims of a map whose Moran's I is greater than that of the best of two layouts by so much, by layer."""
    values = {"map": gains, "annealed": (0.0, 0.0), "shuffled": (-0.4, -0.4), "control": (-0.5, -0.5)}
    rows = [
        topography(name, seed, layer) | {"morans_i_mean": 0.5 + by_layer[layer - 1] + 0.001 * seed * (name == "map")}
        for name, by_layer in values.items()
        for seed in range(seeds)
        for layer in (1, 2)
    ]
    rows = [row | ({"rows": grid} if row["condition"] == "map" else {}) for row in rows]
    tables: dict[str, Any] = {"ladder": {}, "topography": rows, "agreement": [], "compared_recognition": []}
    return list(claims("speech", tables, "control", ["annealed", "shuffled"], 0.05, 0))


def test_a_learned_map_is_compared_with_the_best_layout_of_the_reference(tmp_path: Path) -> None:
    """Six seeds with one sign have p 1 / 2⁶."""
    rows = against_layouts(6)
    first, second = [row for row in rows if row["claim"] == BEYOND_LAYOUTS]
    assert first["condition"] == second["condition"] == "map"
    assert first["effect"] == pytest.approx(0.2025) and first["null"] == pytest.approx(0.5)
    assert first["p"] == pytest.approx(1 / 64) and first["holds"] == "yes"
    assert second["p"] == pytest.approx(1) and second["holds"] == "no"
    read = saved(rows, tmp_path / "claims.tsv")
    assert {one.condition for one in answered(read, "control")} == {"map"}, "layouts stand beside the map"
    (verdict,) = [one for one in answered(read, "control") if one.question.startswith("Would control do")]
    assert verdict.short == "At most in layer 2"
    (sentence,) = [one for one in answer(read, "control") if one.startswith("Layouts:")]
    assert "reach .50 .50; map has .20 −.30 more (holds in layer 1)" in sentence


def test_two_seeds_and_other_grids_are_not_compared_with_layouts(tmp_path: Path) -> None:
    rows = saved(against_layouts(2), tmp_path / "claims.tsv")
    assert verdicts(rows)[BEYOND_LAYOUTS] == ["not testable", "not testable"]
    assert "Not testable, 2 of 6 seeds" in {one.short for one in answered(rows, "control")}
    (sentence,) = [one for one in answer(rows, "control") if one.startswith("Layouts:")]
    assert sentence.endswith("more (not testable).")
    rows = saved(against_layouts(2) + made(both(ladder(phones=3))), tmp_path / "claims.tsv")
    (first,) = [one for one in answer(rows, "control") if one.startswith("In short")]
    assert first.endswith("maps smoother than any layout of control: not testable, 2 of 6 seeds.")
    assert BEYOND_LAYOUTS not in verdicts(against_layouts(6, grid=2.0))


def numbers(text: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in re.findall(r"(?<![\w.])−?\d*\.?\d+", text)]


def saved(rows: list[Row], path: Path) -> list[Row]:
    write_table(path, TABLE.columns, rows)
    return read_claims(path)


def test_every_number_of_the_answer_is_in_the_table(tmp_path: Path) -> None:
    rows = saved(made(both(ladder(phones=3), ladder(("phone", "neighbours", "clusters")))), tmp_path / "claims.tsv")
    known = {float(row[name]) for row in rows for name in ("effect", "null", "q", "phones", "of_phones", "layer")
             if row[name] is not None}  # fmt: skip
    known |= {100 * value for value in known} | {0.0, 1.0}  # error rates in points; numbers of seeds
    for sentence in answer(rows, "control")[1:]:
        assert numbers(sentence), sentence
        for number in numbers(sentence):
            assert min(abs(number - value) for value in known) < 0.05 * max(abs(number), 0.01), (number, sentence)


def test_the_answer_says_what_holds_and_no_more(tmp_path: Path) -> None:
    rows = saved(made(both(ladder(("phone beyond sound", "neighbours", "sound")))), tmp_path / "claims.tsv")
    short, order, _, clusters, beyond, regions, price = answer(rows, "control")
    assert "sound in all layers, phones in all layers, phones beyond manner in all layers" in short
    assert "phones beyond sound in no layer (at most .40 of variance)" in short
    assert "holds in all layers; control: in no layer" in order
    assert "phones for more in all layers" in clusters
    assert "in no layer" in beyond
    assert "in all layers" in regions
    assert "agree in layer 2" in price and "+1.5 points (shown)" in price


def test_without_described_sound_the_answer_is_about_maps(tmp_path: Path) -> None:
    rows = saved(made({("control", 0): [], ("map", 0): []}), tmp_path / "claims.tsv")
    assert [sentence.partition(" ")[0] for sentence in answer(rows, "control")] == ["Maps:", "Price:"]


def test_verdicts_answer_the_question_in_a_few_words(tmp_path: Path) -> None:
    rows = saved(made(both(ladder(("phone beyond sound", "neighbours", "sound")))), tmp_path / "claims.tsv")
    regions, beyond, price = answered(rows, "control")
    assert {one.condition for one in (regions, beyond, price)} == {"map"}
    assert (regions.short, beyond.short) == ("Yes, in all layers", "No, in no layer")
    assert price.short.startswith("More character errors") and price.question.endswith("against control?")
    known = {float(row[name]) for row in rows for name in ("effect", "null") if row[name] is not None}
    known |= {100 * value for value in known}
    for one in (regions, beyond, price):
        assert numbers(one.numbers), one
        for number in numbers(one.numbers):
            assert min(abs(number - value) for value in known) < 0.05 * max(abs(number), 0.01), (number, one)


def test_what_holds_in_some_layers_is_said_of_these(tmp_path: Path) -> None:
    rows = saved(made({("control", 0): [], ("map", 0): []}), tmp_path / "claims.tsv")
    held = [row for row in rows if row["claim"] == "regions" and row["condition"] == "map"]
    held[0]["holds"] = "no"
    assert answered(rows, "control")[0].short == "In layer 2"
    held[1]["holds"] = "not testable"
    held[0]["holds"] = "not testable"
    assert answered(rows, "control")[0].short == "Not testable"
    assert len(answered(rows, "control")) == 2, "without sound nothing is said of what is beyond it"
    assert {one.condition for one in answered(rows, None)} == {"control", "map"}


ROOT = Path(__file__).parents[2]


def test_the_readme_says_what_the_default_run_found() -> None:
    """docs/claims.tsv is tables/claims.tsv of the default run; the README has the sentences made from it."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"<!-- answer -->\n(.*?)\n<!-- end of answer -->", readme, re.DOTALL)
    expected = [f"- {sentence}" for sentence in answer(read_claims(ROOT / "docs" / "claims.tsv"), "control")]
    assert " ".join(found.split()) == " ".join(" ".join(expected).split())
