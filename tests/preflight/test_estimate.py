"""Time of a run, estimated before it starts."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from preflight.estimate import COSTS, Job, announcement, factors, seconds

ROOT = Path(__file__).parents[2]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
OPTIMISER = DEFAULTS["training"]["optimiser"]
MEASURED_S = 10 * 60  # of the default run on two cores of the machine that COSTS were fitted to
PER_TRAINING = (
    *("train", "recognise", "respond", "selectivity", "label_shift", "autocorrelation", "regions", "clusters"),
    *("organisation", "correlogram", "feature_selectivity", "rank", "replication", "timing"),
)


def plan(trainings: int = 4) -> list[Job]:
    """The jobs of a whole run."""
    first = [Job("synthesise", 4), *[Job("align", 1)] * 3, Job("features", 1)]
    return [*first, *[Job(rule, 1) for rule in PER_TRAINING for _ in range(trainings)], *[Job("draw", 1)] * 20]


def changed(section: str, **values: Any) -> dict[str, Any]:
    settings = copy.deepcopy(DEFAULTS)
    settings[section] |= values
    return settings


def test_the_default_is_estimated_within_a_factor_of_three() -> None:
    assert MEASURED_S / 3 < seconds(DEFAULTS, plan(), 2, {}) < MEASURED_S * 3


def test_one_core_takes_the_sum_of_all_jobs_and_many_the_longest_chain() -> None:
    one, two, many, unlimited = (seconds(DEFAULTS, plan(), cores, {}) for cores in (1, 2, 1000, None))
    assert one == pytest.approx(2 * two)
    assert many == unlimited < two
    assert unlimited > seconds(DEFAULTS, [Job("train", 1)], None, {})
    assert seconds(DEFAULTS, [], 2, {}) == 0


@pytest.mark.parametrize(
    ("settings", "rule", "ratio"),
    [
        (changed("training", optimiser={**OPTIMISER, "epochs": 10 * OPTIMISER["epochs"]}), "train", 10),
        (changed("mapping", permutations=99990), "regions", 10),
        (changed("mapping", label_shifts=4990), "label_shift", 10),
    ],
)
def test_time_grows_with_what_drives_it(settings: dict[str, Any], rule: str, ratio: float) -> None:
    start = COSTS[rule].start_s
    before, after = (seconds(chosen, [Job(rule, 1)], 1, {}) - start for chosen in (DEFAULTS, settings))
    assert after == pytest.approx(ratio * before)


def test_multiply_adds_are_those_of_the_network() -> None:
    network = {"torus": False, "dropout": 0.0, "layers": [{"filters": 4, "kernel": 3, "stride": 2}]}
    settings = changed("training", network=network, threads=1, device="cpu") | {"run": ["control"]}
    frames = 50 * 60 * settings["corpus"]["synthetic"]["minutes"]["train"] * settings["training"]["optimiser"]["epochs"]
    expected = COSTS["train"].start_s + COSTS["train"].rate_s * 3 * frames * 4 * 3 * 64
    assert seconds(settings, [Job("train", 1)], 1, {}) == pytest.approx(expected)


def finished(folder: Path, settings: dict[str, Any], walls: dict[str, float]) -> Path:
    """Benchmarks and record of a run."""
    for name, wall_s in walls.items():
        path = folder / "benchmarks" / f"{name}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"s\tmax_rss\n{wall_s}\t-\n")
    (folder / "provenance.json").write_text(json.dumps({"settings": settings}))
    return folder


def test_an_earlier_run_corrects_the_estimate(tmp_path: Path) -> None:
    train, align = (seconds(DEFAULTS, [job], 1, {}) for job in (Job("train", 1), Job("align", 1)))
    walls = {"training/synthetic/control/seed0/train": 3 * train, "figures/regions": 9.0}
    walls |= {"alignment/synthetic/test.align": align, "alignment/synthetic/train.sample.align": align}
    found = factors(finished(tmp_path, DEFAULTS, walls), "synthetic", 8)
    assert found == {"train": pytest.approx(3), "align": pytest.approx((4 + 1) / 2)}  # on half the cores, and on one
    longer = changed("training", optimiser={**DEFAULTS["training"]["optimiser"], "epochs": 90})
    assert seconds(longer, [Job("train", 1)], 1, found) == pytest.approx(3 * seconds(longer, [Job("train", 1)], 1, {}))


def test_benchmarks_of_unknown_settings_correct_nothing(tmp_path: Path) -> None:
    finished(tmp_path, DEFAULTS, {"alignment/synthetic/test.align": 1.0})
    assert factors(tmp_path, "synthetic", 2).keys() == {"align"}
    older = {**DEFAULTS, "alignment": {"method": ["pocketsphinx"]}}
    assert factors(finished(tmp_path, older, {}), "synthetic", 2) == {}
    (tmp_path / "provenance.json").unlink()
    assert factors(tmp_path, "synthetic", 2) == {}


@pytest.mark.parametrize(
    ("changes", "seconds_of_speech"),
    [
        ({}, 16 * 60 + 2 * 150),
        ({"sample": 0}, 16 * 60),
        ({"splits": ["dev"]}, 24 * 60 + 150),
        ({"splits": ["train", "dev"]}, 136 * 60),
        ({"intervals": "own.tsv"}, 16 * 60),
    ],
)
def test_an_alignment_takes_time_for_what_is_asked_for(changes: dict[str, Any], seconds_of_speech: float) -> None:
    settings, cost = changed("alignment", **changes), COSTS["align"]
    whole = len({"test", *settings["alignment"]["splits"]})
    parts = whole if not settings["alignment"]["sample"] or settings["alignment"]["intervals"] else 3
    taken = seconds(settings, [Job("align", 1)] * parts, 1, {})
    assert taken == pytest.approx(parts * cost.start_s + cost.rate_s * seconds_of_speech)


def test_the_announcement_says_what_it_is_and_what_it_stands_on(tmp_path: Path) -> None:
    settings = {**DEFAULTS, "results": str(tmp_path)}
    text = announcement(settings, plan(), 2)
    assert text.startswith("Estimate for 81 jobs on 2 cores: about 8 min (by the settings")
    assert text.endswith("GB of disk.")
    finished(tmp_path, settings, {"alignment/synthetic/test.align": 1.0})
    assert "by the run before" in announcement(settings, plan(), 2)
    assert "on 1 core:" in announcement(settings, plan(), 1)
    assert "if no job waits" in announcement(settings, plan(), None)
