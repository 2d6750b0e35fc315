"""The workflow as a user meets it: plans, refusals, a whole tiny run, and what an edit makes again."""

import csv
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from declarations.figures import FIGURES
from declarations.kinds import SEAM
from declarations.statistics import STATISTICS
from declarations.tables import described
from parsed import rules
from phonotopy.activations.layouts.optional import LIBRARIES
from phonotopy.activations.sound.sound import Sound
from phonotopy.calibration.calibrate import CALIBRATIONS
from phonotopy.calibration.calibrate import TABLE as CALIBRATED
from phonotopy.calibration.label_power import TABLE as LABEL_POWER
from phonotopy.calibration.power import TABLE as POWER
from phonotopy.core.tables import header, write_table
from phonotopy.provenance.dictionary import tables_of
from running import LIBRARY, NOTHING, ROOT, SMOKE, checkout, edited, planned, rows, snakemake

pytestmark = pytest.mark.slow

__all__ = ["checkout"]  # a fixture that other modules use too

MADE = [one for one in STATISTICS if not one.on_request]
FROM_RESPONSES = {one.name for one in MADE if {*one.reads} <= {*SEAM}}
STATISTICAL = {one.name for one in MADE} - FROM_RESPONSES
SUMMARIES = {one.name for one in MADE if one.summary} - {"agreement", "compared_recognition", "letter_confusions"}
BY_LAYER = {one.name for one in MADE if one.by_layer}
PERMUTING = {one.name for one in MADE if "mapping.permutations" in one.settings.values()}
DRAWINGS = {
    f"draw_{one.name}" for one in FIGURES if one.stage not in ("calibration", "introspection") and not one.asked
}
OF_THREE = {f"draw_{one.name}" for one in FIGURES if one.fewest == 3}  # conditions, as many as the tiny run has
FILM = {"frames", "film"}
OF_ALIGNMENT = {"align", "account", "describe", "boundaries", "draw_speech", "draw_durations", "draw_boundaries"}
OF_SPEECH = {"usable", *OF_ALIGNMENT}
FROM_ALIGNMENT = {*OF_ALIGNMENT, *FILM, "respond", "layout", "sound"}
ENDING = {"provenance", "pages", "compose_report", "all"}
CLAIMED = {"claims"}
FROM_LADDER = {"ladder", "draw_ladder", "draw_unit_variance", "phones", "explorer", *CLAIMED}
PAGE = {"unit_filters", "explorer"}
AFTER_RESPONSES = {*FROM_RESPONSES, *STATISTICAL, *DRAWINGS, *CLAIMED, *PAGE, *ENDING} - {
    "compared_recognition",
    "letter_confusions",
    "draw_letter_confusions",
    "draw_learning_curves",
    "draw_error_rates",
    "draw_speech",
    "draw_durations",
    "draw_boundaries",
}

WITH_THE_RUN = {  # what follows the dictionary, and what the explorer keeps up to date of what tests before asked for
    *("dictionary", "explorer", "pages", "local_morans_i", "cluster_enhancement"),
}


def rerun(plan: Iterable[str]) -> set[str]:
    """Rules of a plan without those that depend on what else was made."""
    return {*plan} - WITH_THE_RUN


# Plans and refusals


def test_the_default_trains_two_conditions_with_two_seeds_and_lays_the_control_out(checkout: Path) -> None:
    plan = planned(checkout, preset="")
    expected = {
        "synthesise": 1,
        "align": 3,  # the test split, and a sample of each other
        "train": 4,
        "respond": 4,
        "layout": 2,
        "selectivity": 6,
    }
    assert {rule: plan[rule] for rule in expected} == expected
    assert plan.keys() >= AFTER_RESPONSES | DRAWINGS


def test_two_conditions_have_no_figure_of_three(checkout: Path) -> None:
    plan = planned(checkout, preset="", overlay="run: [control, topographic]")
    assert plan.keys() >= (AFTER_RESPONSES | DRAWINGS) - OF_THREE
    assert not OF_THREE & plan.keys()


@pytest.mark.parametrize(
    "preset",
    [*sorted((ROOT / "presets").glob("*.yaml")), *sorted((ROOT / "docs" / "measured").glob("*/settings.yaml"))],
    ids=lambda path: path.relative_to(ROOT).with_suffix("").as_posix(),
)
def test_every_preset_has_a_plan(checkout: Path, tmp_path: Path, preset: Path) -> None:
    archive = tmp_path / "speech.zip"
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("theo/x.wav", "not looked into before a job does")
        members.writestr("theo/x.lab", "one")
    settings = yaml.safe_load(preset.read_text())
    run = [name for name in settings.get("run", ("control", "topographic")) if installed(settings, name)]
    source = settings.get("corpus", {}).get("source", "synthetic")
    needed = {"recordings": "collect", "librispeech": "librispeech", "synthetic": "synthesise"}[source]
    overlay = f"corpus: {{recordings: {{path: {archive}}}}}\nrun: {json.dumps(run)}"
    plan = planned(checkout, preset=str(preset), overlay=overlay)
    assert plan[needed] == 1
    unknown = set() if needed == "synthesise" else {"draw_boundaries"}  # when words begin, only a synthesiser knows
    unfit = {f"draw_{one.name}" for one in FIGURES if not one.fewest <= len(run) <= one.most}
    assert plan.keys() >= (AFTER_RESPONSES | DRAWINGS) - unknown - unfit
    assert not unfit & plan.keys()


def installed(settings: dict[str, dict[str, dict[str, str]]], name: str) -> bool:
    """Whether a condition of a preset is no layout, or one whose library is installed."""
    package = LIBRARIES.get(settings.get("conditions", {}).get(name, {}).get("layout", ""), "")
    return not package or find_spec(package.partition(".")[0]) is not None


COMPARISON = ROOT / "presets" / "comparison.yaml"


def test_the_comparison_is_planned_as_its_comment_says(checkout: Path) -> None:
    """72 trainings and 54 layouts, those among them whose libraries are installed; a map, or a sixth, by itself."""
    settings = yaml.safe_load(COMPARISON.read_text(encoding="utf-8"))
    layouts = [name for name in settings["run"] if "layout" in settings["conditions"].get(name, {})]
    assert 6 * (len(settings["run"]) - len(layouts)) == 72 and 6 * len(layouts) == 54
    assert "72 trainings and 54 layouts: 126 maps" in COMPARISON.read_text(encoding="utf-8")
    run = [name for name in settings["run"] if installed(settings, name)]
    there = sum(name in run for name in layouts)
    given = {"preset": str(COMPARISON), "overlay": f"run: {json.dumps(run)}"}
    plan = planned(checkout, "comparison", "draw_fronts", **given)
    expected = {"train": 72, "respond": 72, "layout": 6 * there, "comoments": 12, "comparison": 1, "draw_fronts": 1}
    assert {rule: plan[rule] for rule in expected} == expected
    assert plan["map_quality"] == 72 + 6 * there
    assert not {"ladder", "clusters", "pages"} & plan.keys(), "nothing that the comparison does not need"
    one = "results/comparison/mapping/synthetic/gaussian_60/seed0/map_quality.tsv"
    alone = {"train": 1, "respond": 1, "selectivity": 1, "map_quality": 1}
    before = {"synthesise": 1, "features": 1, "align": 1}
    assert planned(checkout, one, **given) == {**before, **alone}
    sixth = planned(checkout, "recognition", "--batch", "recognition=1/6", **given)
    assert sixth == {"synthesise": 1, "features": 1, "train": 12, "recognise": 12}


def test_settings_of_a_condition_are_those_of_its_trainings_alone() -> None:
    """What a training is made with changes where its condition is edited, and nowhere else."""

    def made_with(weight: float) -> dict[str, object]:
        own = f"{{objective: response_kernel, settings: {{weight: {weight}}}}}"
        overlay = f"run: [control, topographic, mine]\nconditions: {{mine: {own}}}"
        objective = rules(overlay)["train"].params["objective"]
        return {name: objective(SimpleNamespace(condition=name)) for name in ("control", "topographic", "mine")}

    before, after = made_with(9.0), made_with(10.0)
    assert {name for name in before if before[name] != after[name]} == {"mine"}
    assert after["mine"]["settings"] == {**after["topographic"]["settings"], "weight": 10.0}
    assert after["control"] == {"objective": "none", "settings": {}}


@pytest.mark.parametrize(
    ("setting", "subject"),
    [
        ("mapping: {permutation: 99}", "mapping.permutation: no such setting"),
        ("training: {optimiser: {learning_rate: 1e-3}}", "training.optimiser.learning_rate: the text '1e-3'"),
        ("run: [topografic]", "run[0]: the text 'topografic'"),
        (
            "corpus: {source: recordings, recordings: {path: nowhere, test_speakers: [a]}}",
            "corpus.recordings.path: nowhere does not exist",
        ),
        (
            "corpus: {source: recordings, recordings: {path: docs, test_speakers: [a]}}",
            "corpus.recordings.path: no recordings in docs",
        ),
        ("alignment: {dictionary: README.md}", "alignment.dictionary: README.md, line 3: unknown phone 'teaches'"),
        ("results: LICENSE/runs", "results: "),
    ],
)
def test_a_wrong_setting_ends_in_its_message_alone(checkout: Path, setting: str, subject: str) -> None:
    run = snakemake(checkout, "--cores", "1", overlay=setting)
    assert run.returncode == 1
    message = run.stdout.partition(subject)[2]
    assert message.index("\n  expected: ") < message.index("\n  next step: ")
    assert all(noise not in run.stdout for noise in ("Traceback", "WorkflowError", "Building DAG", ".smk", ".py"))


def test_numbers_in_braces_on_the_command_line_are_explained(checkout: Path) -> None:
    run = snakemake(checkout, "--cores", "1", "--config", "mapping={permutations: 99}")
    assert run.returncode == 1
    assert "mapping.permutations: the text '99'" in run.stdout
    assert "--config reads" in run.stdout


def test_too_little_disk_stops_the_run_before_any_job(checkout: Path) -> None:
    layers = json.dumps([{"filters": 16384, "kernel": 255, "stride": 1}] * 40)  # 64 TB of weights and moments
    run = snakemake(checkout, "--cores", "1", overlay=f"results: huge\ntraining: {{network: {{layers: {layers}}}}}")
    assert run.returncode == 1
    assert "results: " in run.stdout
    assert "GB are free for" in run.stdout
    assert not (checkout / "huge").exists()


def test_a_stage_is_a_target(checkout: Path) -> None:
    plan = planned(checkout, "alignment")
    made = {"synthesise": 1, "usable": 1, "align": 3, "account": 1, "describe": 1, "boundaries": 1, "alignment": 1}
    assert plan == made


@pytest.mark.parametrize(
    ("target", "overlay", "parts"),
    [
        ("all", "", {"test", "train.sample", "dev.sample"}),
        ("alignment", "activations: {splits: [dev, test]}", {"dev", "test", "train.sample"}),
        ("alignment", "alignment: {splits: [train], sample: 0}", {"train", "test"}),
        ("training", "", set()),
        ("introspection", "introspection: {methods: [windows]}", {"test"}),
        ("introspection", "introspection: {methods: [lesions]}", {"test", "dev"}),
    ],
)
def test_what_is_aligned_follows_from_what_is_asked_for(
    checkout: Path, target: str, overlay: str, parts: set[str]
) -> None:
    """Training asks for none; lesions look at dev speech for how late letters come."""
    plan = snakemake(checkout, target, "--cores", "2", "--dry-run", overlay=overlay)
    assert plan.returncode == 0, plan.stdout
    assert {*re.findall(r"wildcards: part=(\S+)", plan.stdout)} == parts


def test_alignments_are_compared_on_request(checkout: Path) -> None:
    plan = planned(checkout, overlay="alignment: {compared: {methods: [pocketsphinx]}}")
    assert (plan["compare_alignments"], plan["draw_boundaries"]) == (1, 1)
    assert "compare_alignments" not in planned(checkout)


# A whole run

PARTS = ("test", "train.sample", "dev.sample")


def test_a_run_leaves_the_tables_of_the_contract(finished: Path) -> None:
    tables = finished / "results" / "smoke" / "tables"
    recognition, topography = rows(tables / "recognition.tsv"), rows(tables / "topography.tsv")
    assert " ".join(recognition[0]) == (
        "corpus condition seed split utterances speakers letter_error_rate word_error_rate"
    )
    assert {(row["condition"], row["split"]) for row in recognition} == {
        (condition, split) for condition in ("control", "topographic") for split in ("train", "dev", "test")
    }
    assert " ".join(topography[0]) == (
        "corpus condition seed layer rows columns phones morans_i_mean null_mean null_sd p q label_shift_null_mean "
        "label_shift_null_sd label_shift_p label_shift_q phones_beyond_positions phones_beyond_labels responsive_share "
        "phones_per_unit regions regions_null_mean largest_region largest_region_median largest_region_minimum "
        "largest_region_maximum largest_region_null_mean largest_region_p largest_region_label_shift_null_mean "
        "largest_region_label_shift_p exclusivity effective_rank effective_rank_share filter_rank_share permutations "
        "label_shifts null_seed"
    )
    assert [(row["condition"], row["layer"]) for row in topography] == [
        (condition, layer) for condition in ("control", "topographic", "shuffled") for layer in ("1", "2")
    ]
    assert {(row["rows"], row["columns"]) for row in topography} == {("4", "4")}
    assert all(float(row["effective_rank_share"]) == 1 for row in topography if row["condition"] == "control")
    assert all(abs(float(row["null_mean"]) + 1 / 15) < 0.05 for row in topography)


def test_errors_of_speakers_add_up_and_are_compared(finished: Path) -> None:
    tables = finished / "results" / "smoke" / "tables"
    spoken, summed = rows(tables / "recognition_by_speaker.tsv"), rows(tables / "recognition.tsv")
    for whole in (row for row in summed if row["split"] != "train"):
        own = [row for row in spoken if all(row[name] == whole[name] for name in ("condition", "seed", "split"))]
        assert len(own) == int(whole["speakers"])
        edits, letters = (sum(int(row[name]) for row in own) for name in ("letter_edits", "letters"))
        assert edits / letters == pytest.approx(float(whole["letter_error_rate"]))
    found = rows(tables / "compared_recognition.tsv")
    assert {(row["condition"], row["reference"], row["seed"]) for row in found} == {("topographic", "control", "0")}
    assert {row["status"] for row in found if row["observations"] == "speakers"} == {"not testable"}
    assert {row["split"] for row in found} == {"dev", "test"}


def test_tables_have_exactly_the_columns_that_are_described(finished: Path) -> None:
    results = finished / "results" / "smoke"
    known = {PurePosixPath(path).name: tables_of(module) for path, module, _ in described()}
    made = [*(results / "tables").glob("*.tsv"), *(results / "mapping").rglob("*.tsv")]
    assert len(made) > len({path.name for path in made}) > 20
    for path in made:
        assert header(path) == list(known[path.name][path.name].columns), path
    page = (results / "dictionary.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`, one row" in page for path in made)


def test_a_shuffled_grid_loses_its_order_and_nothing_else(finished: Path) -> None:
    mapped = finished / "results" / "smoke" / "mapping" / "synthetic"
    trained, shuffled = (mapped / name / "seed0" for name in ("topographic", "shuffled"))
    assert (trained / "rank.tsv").read_bytes() == (shuffled / "rank.tsv").read_bytes()
    for name in ("selectivity", "preferences", "feature_selectivity"):
        own = [rows(folder / f"{name}.tsv") for folder in (trained, shuffled)]
        places = [[(row.pop("row"), row.pop("column")) for row in table] for table in own]
        assert places[0] == places[1], "tables have the order of positions"
        assert own[0] != own[1]
        one, other = (sorted(tuple(row.values()) for row in table) for table in own)
        assert one == other


UNLIKE = """
results: results/unlike
run: [control, deep]
conditions:
  deep:
    objective: none
    network:
      layers:
        - {filters: 36, kernel: 3, stride: 2}
        - {filters: 16, kernel: 3, stride: 2}
        - {filters: 18, kernel: 3, stride: 1}
"""


def test_conditions_of_unlike_layers_and_grids_go_through_to_figures(finished: Path) -> None:
    run = snakemake(finished, "figures", "--cores", "2", overlay=UNLIKE)
    assert run.returncode == 0, run.stdout
    results = finished / "results" / "unlike"
    topography = rows(results / "tables" / "topography.tsv")
    assert [(row["condition"], row["layer"], row["rows"], row["columns"]) for row in topography] == [
        *(("control", "1", "4", "4"), ("control", "2", "4", "4")),
        *(("deep", "1", "6", "6"), ("deep", "2", "4", "4"), ("deep", "3", "3", "6")),
    ]
    shares = [bool(row["effective_rank_share"]) for row in topography]
    assert shares == [True, True, False, True, False], "shares of layers with one grid alone"
    differences = [row for row in rows(results / "tables" / "conditions.tsv") if row["measure"] == "morans_i_mean"]
    assert [(row["layer"], row["pairs"], bool(row["difference"])) for row in differences] == [
        *(("1", "0", False), ("2", "1", True), ("3", "0", False)),
    ]
    assert {row["status"] for row in differences} == {"not testable"}
    assert len(list((results / "figures").glob("*.svg"))) == len(DRAWINGS - OF_THREE)


def test_every_utterance_is_accounted_for(finished: Path) -> None:
    results = finished / "results" / "smoke"
    utterances = {row["utterance"] for row in rows(results / "corpus" / "synthetic" / "utterances.tsv")}
    coverage = rows(results / "alignment" / "synthetic" / "coverage.tsv")
    assert {row["utterance"] for row in coverage} == utterances
    assert {row["status"] for row in coverage} == {"aligned", "not asked"}
    summary = {row["split"]: row for row in rows(results / "tables" / "alignment.tsv")}
    counts = [[int(row[name]) for name in ("aligned", "excluded", "not_asked")] for row in summary.values()]
    assert sum(map(sum, counts)) == len(utterances)
    assert {split: row["aligned"] for split, row in summary.items() if split != "test"} == {"train": "5", "dev": "5"}
    assert summary["test"]["not_asked"] == "0"
    assert summary["train"]["minutes"] > summary["train"]["aligned_minutes"]
    assert {row["utterance"] for row in rows(results / "training" / "synthetic" / "features.tsv")} == utterances
    parts = [rows(results / "alignment" / "synthetic" / part / "intervals.tsv") for part in PARTS]
    assert rows(results / "alignment" / "synthetic" / "intervals.tsv") == [row for part in parts for row in part]


def test_the_corpus_is_described(finished: Path) -> None:
    tables = finished / "results" / "smoke" / "tables"
    spoken = rows(tables / "speakers.tsv")
    assert [row["split"] for row in spoken] == ["train"] * 2 + ["dev"] + ["test"] * 3
    assert sum(int(row["aligned"]) for row in spoken) == sum(
        int(row["aligned"]) for row in rows(tables / "alignment.tsv")
    )
    everything = rows(tables / "boundaries.tsv")[0]
    assert (everything["split"], everything["reference"], everything["method"]) == (
        "all",
        "synthesiser",
        "pocketsphinx",
    )
    assert float(everything["median_ms"]) < 10
    assert float(everything["within_50_ms"]) > 0.95
    assert int(everything["compared"]) > 0.98 * int(everything["expected"])


class Loaded(HTMLParser):
    """Addresses that a page loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source = dict(attrs).get("href" if tag == "link" else "src")
        if tag in ("script", "link", "img", "iframe") and source and not source.startswith("data:"):
            self.addresses.append(source)


def test_figures_and_a_report_that_stands_alone(finished: Path) -> None:
    results = finished / "results" / "smoke"
    shown = {path.name for path in (results / "figures").iterdir()}
    assert {name.rpartition(".")[0] for name in shown if name.endswith(".svg")} == {
        name.rpartition(".")[0] for name in shown if name.endswith(".png")
    }
    assert len(shown) == 2 * len(DRAWINGS)
    page = (results / "report.html").read_text(encoding="utf-8")
    loaded = Loaded()
    loaded.feed(page)
    assert loaded.addresses == []
    assert all(name in page for name in shown if name.endswith(".svg"))


def test_every_job_leaves_a_log_and_nothing_half_written(finished: Path) -> None:
    results = finished / "results" / "smoke"
    assert [path for path in results.rglob("*") if ".part" in path.name] == []
    logs = {path.parts[len(results.parts) + 1] for path in (results / "logs").rglob("*.log")}
    assert logs >= {"corpus", "alignment", "training", "activations", "mapping", "figures", "report"}


def test_costs_are_listed_by_stage(finished: Path) -> None:
    script = finished / "tests" / "programs" / "costs.py"
    command = [sys.executable, str(script), "results/smoke/benchmarks"]
    listed = subprocess.run(command, cwd=finished, text=True, capture_output=True, check=True).stdout
    table = list(csv.DictReader(listed.splitlines(), delimiter="\t"))
    trained = next(row for row in table if (row["stage"], row["rule"]) == ("training", "train"))
    assert trained["jobs"] == "2" and float(trained["seconds"]) > 0


def test_statistics_on_request_state_their_cost_first(finished: Path) -> None:
    assert planned(finished, "extras", overlay="mapping: {extras: [join_counts]}") == {"join_counts": 3, "extras": 1}
    run = snakemake(finished, "extras", "--cores", "2")
    assert run.returncode == 0, run.stdout
    for name in ("join_counts", "local_morans_i", "cluster_enhancement", "time_clusters"):
        assert re.search(rf"^{name} of topographic, seed 0: about \d+ s of CPU for 99 permutations$", run.stdout, re.M)
        assert (finished / "results/smoke/mapping/synthetic/topographic/seed0" / f"{name}.tsv").exists()


def test_introspection_on_request_asks_every_recogniser_and_goes_into_the_report(finished: Path) -> None:
    """Two methods for a condition and its layout, and what becomes of their measures."""
    results = "results/introspected"
    shutil.copytree(finished / "results/smoke", finished / results)
    overlay = f"results: {results}\nrun: [control, topographic, moved]\nreference: control\n"
    overlay += "conditions: {moved: {layout: shuffled, of: topographic}}\n"
    overlay += "introspection: {methods: [filters, lesions]}\n"
    run = snakemake(finished, "introspection", "report", "--cores", "2", "--rerun-triggers", "mtime", overlay=overlay)
    assert run.returncode == 0, run.stdout
    measured = rows(finished / results / "tables" / "unit_measures.tsv")
    assert {row["condition"] for row in measured} == {"control", "topographic", "moved"}
    assert {row["measure"] for row in measured} >= {"best_octave", "damage"}
    wanted = ("measure", "label", "layer", "units", "median")

    def seen(condition: str) -> list[tuple[str, ...]]:
        return [tuple(row[name] for name in wanted) for row in measured if row["condition"] == condition]

    assert sorted(seen("moved")) == sorted(seen("topographic")), "positions differ, units do not"
    assert "best_frequency" in (finished / results / "dictionary.md").read_text(encoding="utf-8")
    assert "mapped_measures.svg" in (finished / results / "report.html").read_text(encoding="utf-8")


# Layouts after the fact


def test_a_layout_is_made_from_a_sample_of_training_speech_without_an_alignment_of_it(finished: Path) -> None:
    overlay = "run: [control, topographic, laid_out]\nalignment: {sample: 0}\n"
    folder = "results/smoke/activations/synthetic"
    wanted = f"{folder}/laid_out/seed0/placement.tsv"
    assert planned(finished, wanted, overlay=overlay) == {"comoments": 1, "layout": 1}
    run = snakemake(finished, wanted, "--cores", "1", overlay=overlay)
    assert run.returncode == 0, run.stdout
    placed = rows(finished / wanted)
    for layer in ("1", "2"):
        assert sorted(int(row["unit"]) for row in placed if row["layer"] == layer) == list(range(16))
    with np.load(finished / folder / "control/seed0/comoments.npz") as found:
        assert found["layer1"].shape == (16, 16)
        assert 60 <= 0.02 * found["frames"][0] < 66, "all of the minute that there is"
    assert planned(finished, wanted, overlay=f"{overlay}activations: {{fitted_s: 5}}") == {"comoments": 1, "layout": 1}
    assert planned(finished, wanted, overlay=overlay) == {}


# Files of one's own

OWN = """
results: results/own
alignment: {intervals: results/smoke/alignment/synthetic/test/intervals.tsv}
run: [mine, theirs]
reference: mine
conditions:
  mine: {checkpoint: "results/smoke/training/synthetic/control/seed{seed}/checkpoint.pt"}
  theirs: {responses: "results/smoke/activations/synthetic/topographic/seed{seed}"}
"""


def test_own_files_replace_stages(finished: Path) -> None:
    plan = planned(finished, overlay=OWN)
    taken = {
        "take_intervals": 1,
        "take_checkpoint": 1,
        "take_responses": 1,
        "recognise": 1,
        "respond": 1,
        "synthesise": 1,
    }
    assert {rule: plan[rule] for rule in taken} == taken
    assert not {"align", "train"} & plan.keys()


def test_own_responses_need_neither_speech_nor_training(finished: Path) -> None:
    own = {name: f"results/smoke/activations/synthetic/{name}/seed{{seed}}" for name in ("control", "topographic")}
    defined = json.dumps({f"my_{name}": {"responses": path} for name, path in own.items()})
    overlay = f"results: results/own\nrun: [my_control, my_topographic]\nconditions: {defined}\n"
    plan = planned(finished, overlay=overlay)
    assert plan["take_responses"] == 2
    assert not {"draw_learning_curves", "draw_error_rates"} & plan.keys(), "nothing was trained or recognised"
    assert not {"synthesise", "align", "features", "train", "recognise", "respond"} & plan.keys()
    assert plan.keys() >= AFTER_RESPONSES - {"unit_filters", *OF_THREE}, "there are no weights"


@contextmanager
def reading_sound(checkout: Path) -> Iterator[None]:
    """A statistic that reads the sound of tokens."""
    declared_in = checkout / "workflow/scripts/declarations/statistics.py"
    with edited(declared_in, '"organisation.rank", RESPONSES,', '"organisation.rank", (*RESPONSES, "sound"),'):
        yield


def test_sound_is_that_of_the_corpus_or_of_own_responses(finished: Path) -> None:
    """One file for all recognisers and what is laid out from them; own responses have theirs, or lack it."""
    folder = finished / "mine"
    shutil.copytree(finished / "results/smoke/activations/synthetic/control/seed0", folder / "seed0")
    target = "results/sounding/mapping/synthetic/{condition}/seed0/rank.tsv"
    overlay = """
results: results/sounding
run: [mine, moved]
reference: mine
conditions: {mine: {responses: "mine/seed{seed}"}, moved: {layout: shuffled, of: mine}}
"""
    with reading_sound(finished):
        plan = planned(finished, "results/smoke/mapping/synthetic/shuffled/seed0/rank.tsv", "--forcerun", "rank")
        assert plan["rank"] == 1
        assert "sound" in snakemake(finished, "activations", "--forceall", "--dry-run").stdout
        wanted = [target.format(condition=condition) for condition in ("mine", "moved")]
        plan = planned(finished, *wanted, overlay=overlay)
        assert plan == {"take_responses": 1, "layout": 1, "rank": 2}
        run = snakemake(finished, *wanted, "--cores", "1", overlay=overlay)
        assert run.returncode == 0, run.stdout
        own = finished / "results/sounding/activations/synthetic/mine/seed0"
        assert not len(Sound.read(own / "sound.npz").token)
        assert planned(finished, *wanted, overlay=overlay) == {}
        Sound.empty().write(folder / "seed0" / "sound.npz")
        assert planned(finished, *wanted, overlay=overlay)["take_responses"] == 1, "what is added later is taken"
        (folder / "seed0" / "sound.npz").write_bytes(b"damaged")
        run = snakemake(finished, *wanted, "--cores", "1", overlay=overlay)
        assert "mine/seed0/sound.npz: not readable" in run.stdout


def test_sound_is_described_once_for_all_recognisers(finished: Path) -> None:
    run = snakemake(finished, "activations", "--cores", "2")
    assert run.returncode == 0, run.stdout
    folder = finished / "results/smoke/activations/synthetic"
    sound = Sound.read(folder / "sound.npz")
    for condition in ("control", "topographic"):
        tokens = rows(folder / condition / "seed0" / "tokens.tsv")
        sound.require("sound.npz", np.array([row["phone"] for row in tokens]))
        assert len(sound.token) == len(tokens)
    assert all(sound.word)
    for module in ("activations/sound/describe_sound.py", "activations/sound/clusterings.py"):
        with edited(finished / LIBRARY / module, '"""\n', '"""\n\n# Edited.\n'):
            assert planned(finished, "activations") == {"sound": 1, "activations": 1}
    assert planned(finished, "activations", overlay="mapping: {relabellings: 29}") == {}
    assert planned(finished, "activations", overlay="activations: {described_tokens: 100}") == {
        "sound": 1,
        "activations": 1,
    }


def test_own_files_are_taken_as_they_are(finished: Path) -> None:
    wanted = [
        "alignment/synthetic/test/intervals.tsv",
        "training/synthetic/mine/seed0/checkpoint.pt",
        "activations/synthetic/theirs/seed0/responses.nc",
    ]
    taken = {"mine": "control", "theirs": "topographic"}
    run = snakemake(finished, *[f"results/own/{file}" for file in wanted], "--cores", "2", overlay=OWN)
    assert run.returncode == 0, run.stdout
    assert re.search(r"^Estimate for \d+ jobs on 2 cores: about \d+ s \(by the settings", run.stdout, re.MULTILINE)
    for file in wanted:
        there = "/".join(taken.get(part, part) for part in file.split("/"))
        assert (finished / "results/own" / file).read_bytes() == (finished / "results/smoke" / there).read_bytes()
    assert planned(finished, *[f"results/own/{file}" for file in wanted], overlay=OWN) == {}


def test_an_archive_holds_what_goes_with_a_paper(finished: Path) -> None:
    run = snakemake(finished, "archive", "--cores", "2")
    assert run.returncode == 0, run.stdout
    with tarfile.open(finished / "results" / "smoke" / "archive.tar.gz") as tar:
        names = {name.removeprefix("archive/") for name in tar.getnames()}
    assert names >= {"SHA256SUMS", "report.html", "provenance.json", "settings.yaml", "pyproject.toml", "CITATION.cff"}
    assert names >= {"dictionary.md", "tables/topography.tsv", "figures/morans_i.svg", "figures/morans_i.png"}
    assert "docs/licences.tsv" in names
    assert not [name for name in names if name.endswith((".flac", ".wav", ".pt", ".nc"))]


# What is made again


def test_a_finished_run_has_nothing_to_do(finished: Path) -> None:
    again = snakemake(finished, "--cores", "2")
    assert again.returncode == 0
    assert NOTHING in again.stdout


def test_touching_sources_reruns_nothing(finished: Path) -> None:
    for path in [*(finished / "workflow").rglob("*.*"), *(finished / "resources").iterdir(), finished / "config.yaml"]:
        path.touch()
    assert planned(finished) == {}


def test_a_moved_checkout_is_the_same_checkout(finished: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(finished, tmp_path / "elsewhere", symlinks=True)
    assert planned(moved) == {}


@pytest.fixture(scope="module")
def everything(finished: Path) -> set[str]:
    """All rules of the plan but that of the dictionary, which changes with columns alone."""
    return {*planned(finished, "--forceall")} - {"dictionary"}


@pytest.mark.parametrize(
    ("file", "rules"),
    [
        ("figures/statistics/rank_against_morans_i.py", {"draw_rank_against_morans_i"}),
        ("spatial/correlogram.py", {"correlogram", "draw_correlogram"}),
        ("organisation/tiling.py", {"organisation", "draw_organisation"}),
        ("comparisons/depth.py", {"depth"}),
        ("activations/respond.py", {"respond", "layout", *FILM, *AFTER_RESPONSES}),
        ("activations/layouts/layout.py", {"layout", "film", *AFTER_RESPONSES}),
        ("activations/frames.py", FILM),
        ("film/payload.py", {"film"}),
        ("corpus/collect.py", set()),
        ("corpus/usable.py", {"usable", *OF_ALIGNMENT} - {"align"}),
        ("alignment/pocketsphinx.py", {*FROM_ALIGNMENT, *AFTER_RESPONSES}),
        ("activations/sound/describe_sound.py", {"sound", *FROM_LADDER}),
    ],
)
def test_an_edit_of_a_module_reruns_exactly_what_uses_it(finished: Path, file: str, rules: set[str]) -> None:
    with edited(finished / LIBRARY / file, '"""\n', '"""\n\n# Edited.\n'):
        assert rerun(planned(finished)) == rerun(rules | ENDING if rules else rules)


def test_an_edit_of_the_answer_rewrites_its_page(finished: Path) -> None:
    with edited(finished / LIBRARY / "comparisons/answer.py", '"""\n', '"""\n\n# Edited.\n'):
        assert planned(finished) == {"pages": 1, "compose_report": 1, "all": 1}


@pytest.mark.parametrize("file", ["page.css", "explorer/maps.js", "explorer/explorer.html"])
def test_an_edit_of_what_a_page_is_made_of_makes_the_page_again(finished: Path, file: str) -> None:
    with edited(finished / "resources" / "web" / file, "\n", "\n\n"):
        assert planned(finished)["explorer"] == 1
    with edited(finished / LIBRARY / "explorer/packing.py", '"""\n', '"""\n\n# Edited.\n'):
        assert planned(finished) == {"explorer": 1, "all": 1}


def test_an_edit_beside_a_running_job_is_seen_by_the_next_run(finished: Path) -> None:
    """Though what the job leaves is newer than the edit."""
    options = ["--cores", "1", "--forcerun", "rank", "--until", "rank", "--printshellcmds", "--configfile", SMOKE]
    command = [sys.executable, "-m", "snakemake", *options]
    run = subprocess.Popen(command, cwd=finished, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert run.stdout
    while "rule rank:" not in run.stdout.readline():
        assert run.poll() is None
    with edited(finished / LIBRARY / "organisation/rank.py", '"""\n', '"""\n\n# Edited.\n'):
        run.communicate(timeout=300)
        assert run.returncode == 0
        assert planned(finished)["rank"] == 3


@pytest.mark.parametrize(
    ("file", "spared"),
    [
        ("recogniser/objectives/response_kernel.py", {"synthesise", "features", "sound", *OF_SPEECH}),
        ("corpus/synthesise.py", set()),
        ("core/errors.py", set()),
    ],
)
def test_an_edit_of_a_module_spares_what_comes_before(
    finished: Path, everything: set[str], file: str, spared: set[str]
) -> None:
    with edited(finished / LIBRARY / file, '"""\n', '"""\n\n# Edited.\n'):
        assert rerun(planned(finished)) == rerun(everything - spared)


def test_an_edit_of_a_column_rewrites_the_dictionary(finished: Path) -> None:
    with edited(finished / LIBRARY / "organisation/rank.py", "on the grid", "of the grid"):
        assert planned(finished)["dictionary"] == 1
    with edited(finished / LIBRARY / "organisation/tiling.py", '"""\n', '"""\n\n# Edited.\n'):
        assert "dictionary" not in planned(finished)


@pytest.mark.parametrize(
    ("file", "old", "new", "rules"),
    [
        (
            "workflow/scripts/by_layer.py",
            '"""\n',
            '"""\n\n# Edited.\n',
            {*BY_LAYER, *SUMMARIES, "draw_rank_against_morans_i", "draw_conditions", "draw_onset_maps", "draw_fronts"}
            - {"phones"},
        ),
        ("workflow/report/method.rst", "\n", "\n\n", set()),
        ("resources/web/film/maps.js", "\n", "\n\n", {"film"}),
    ],
)
def test_an_edit_of_a_script_or_text_reruns_exactly_what_reads_it(
    finished: Path, file: str, old: str, new: str, rules: set[str]
) -> None:
    with edited(finished / file, old, new):
        assert rerun(planned(finished)) == rerun(rules | ENDING if rules else ENDING - {"provenance"})


def test_an_edit_of_a_resource_reruns_what_reads_it(finished: Path, everything: set[str]) -> None:
    with edited(finished / "resources" / "phones.tsv", "\ttrue\t", "\tfalse\t"):
        assert rerun(planned(finished)) == rerun({*FROM_ALIGNMENT, *AFTER_RESPONSES})
    with edited(finished / "resources" / "grammar.tsv", "\n", "\n\n"):
        assert rerun(planned(finished)) == rerun(everything)


FROM_TRAINING = {
    *("train", "recognise", "recognition", "compared_recognition", "respond", "layout"),
    *("letter_confusions", "draw_letter_confusions"),
    *("draw_learning_curves", "draw_error_rates"),
    *FILM,
    *AFTER_RESPONSES,
}
COMPARED = {"comparison", "draw_fronts"}
FROM_MORANS_I = {*SUMMARIES, "draw_morans_i", "draw_rank_against_morans_i", "draw_conditions", *COMPARED}
FROM_PERMUTATIONS = {*PERMUTING, "draw_clusters", "draw_regions", *FROM_MORANS_I}
FROM_SURROGATES = {
    *("correlogram", "organisation", "replication", "agreement", "map_quality", "maps", *COMPARED),
    *("phone_similarity", "draw_phone_similarity", "draw_phone_trees"),
    *("draw_correlogram", "draw_organisation", "draw_replication"),
    *FROM_LADDER,
}
OF_EXAMPLES = {"onset_maps", "speaker_maps", "draw_onset_maps", "draw_speaker_maps"}
NAMED = {
    "describe",
    "film",
    "recognition",
    "conditions",
    "maps",
    *COMPARED,
    "draw_speech",
    "draw_durations",
    "draw_error_rates",
    "draw_conditions",
    "draw_speaker_maps",
}
SIMILAR = "conditions: {similar: {objective: filter_similarity}}"


@pytest.mark.parametrize(
    ("setting", "rules"),
    [
        ("figures: {phones: [T, S]}", {"draw_activation_maps", "draw_regions", *OF_EXAMPLES}),
        ("figures: {examples: [T]}", OF_EXAMPLES),
        ("figures: {interpolated: true}", {"draw_interpolated_maps"}),
        ("mapping: {permutations: 199}", FROM_PERMUTATIONS),
        ("mapping: {surrogates: 49}", FROM_SURROGATES),
        ("mapping: {equivalence_margin: 0.02}", {"conditions", "draw_conditions", *COMPARED}),
        ("mapping: {contiguity: rook}", {*FROM_MORANS_I, *FROM_LADDER}),
        ("mapping: {relabellings: 29}", FROM_LADDER),
        ("training: {objectives: {filter_similarity: {weight: 9.0}}}", set()),
        (SIMILAR, set()),
        ("training: {objectives: {response_kernel: {weight: 9.0}}}", FROM_TRAINING),
        ("conditions: {topographic: {settings: {weight: 9.0}}}", FROM_TRAINING),
        ("training: {optimiser: {epochs: 3}}", FROM_TRAINING),
        ("activations: {lags_s: [-0.1, 0.1]}", {"respond", "layout", "film", *AFTER_RESPONSES}),
        ("film: {duration_s: 2.0}", FILM),
        ("film: {utterances: [one]}", FILM),
        ("film: {utterances: [one]}\nalignment: {splits: [dev]}", {*OF_ALIGNMENT, *FILM}),
        ("film: {animation: {speed: 0.5}}", set()),
        ("report: {private: true}", NAMED),
        ("alignment: {tiers: {phones: [phone]}}", {*FROM_ALIGNMENT, *AFTER_RESPONSES}),
        ("alignment: {sample: 6}", OF_ALIGNMENT),
        ("alignment: {splits: [dev]}", OF_ALIGNMENT),
        ("activations: {splits: [dev, test]}", {*FROM_ALIGNMENT, *AFTER_RESPONSES}),
        ("corpus: {max_excluded: 0.1}", {"usable", *OF_ALIGNMENT} - {"align"}),
    ],
)
def test_a_changed_setting_reruns_exactly_what_reads_it(finished: Path, setting: str, rules: set[str]) -> None:
    assert rerun(planned(finished, overlay=setting)) == rerun(rules | ENDING)


def test_a_setting_of_the_beginning_reruns_all_that_follows(finished: Path, everything: set[str]) -> None:
    assert rerun(planned(finished, overlay="seed: 3")) == rerun(everything)


def test_a_split_that_is_mapped_later_is_aligned_alone(finished: Path) -> None:
    """What has been aligned and trained stays."""
    plan = planned(finished, overlay="activations: {splits: [dev, test]}")
    assert (plan["align"], plan["respond"]) == (1, 2)
    asked = planned(finished, "introspection", overlay="introspection: {methods: [filters, lesions]}")
    assert (asked["align"], asked["lesions"]) == (1, 3)
    assert "train" not in asked


@pytest.mark.parametrize(
    ("setting", "trainings", "maps"),
    [
        ("training: {objectives: {response_kernel: {weight: 9.0}}}", 1, 2),
        ("conditions: {topographic: {settings: {weight: 9.0}}}", 1, 2),
        (f"run: [control, topographic, shuffled, similar]\n{SIMILAR}", 1, 1),
        ("training: {seeds: [0, 1]}", 2, 3),
        ("training: {optimiser: {epochs: 3}}", 2, 3),
        ("training: {seeds: [0, 1, 2]}", 4, 6),
    ],
)
def test_only_new_trainings_are_made_and_mapped(finished: Path, setting: str, trainings: int, maps: int) -> None:
    """One of each condition where a seed is added, a layout with what it lays out; figures of all are made once."""
    plan = planned(finished, overlay=setting)
    trained = ("train", "recognise", "respond")
    mapped = (*FROM_RESPONSES, "label_shift", "autocorrelation", "regions", "clusters")
    expected = dict.fromkeys(trained, trainings) | dict.fromkeys(mapped, maps)
    assert {rule: plan.get(rule) for rule in expected} == expected
    assert not {"synthesise", "align", "features"} & plan.keys()


@contextmanager
def deleted(path: Path) -> Iterator[None]:
    """Without the file for a while, with its date afterwards."""
    aside = path.rename(path.with_name(f"{path.name}.aside"))
    try:
        yield
    finally:
        aside.rename(path)


@pytest.mark.parametrize(
    ("target", "file", "rules"),
    [
        ("all", "figures/morans_i.svg", {"draw_morans_i", *ENDING}),
        ("all", "tables/depth.tsv", {"depth", *ENDING}),
        ("all", "mapping/synthetic/control/seed0/timing.tsv", set()),
        ("mapping", "mapping/synthetic/control/seed0/timing.tsv", {"timing", "mapping"}),
    ],
)
def test_a_deleted_result_is_made_again_where_it_is_asked_for(
    finished: Path, target: str, file: str, rules: set[str]
) -> None:
    """A figure without training, and nothing for what only goes between stages and has been used already."""
    with deleted(finished / "results" / "smoke" / file):
        assert {*planned(finished, target)} == rules
    assert planned(finished) == {}


def test_a_changed_recording_is_collected_again(checkout: Path) -> None:
    """Recordings are identified by size and date: the content of a whole corpus is too much to read for every plan."""
    speech = shutil.copytree(ROOT / "tests" / "data" / "digits", checkout / "digits")
    split = "test_speakers: [theo], dev_fraction: 0.5"
    settings = f"results: results/collected\ncorpus: {{source: recordings, recordings: {{path: digits, {split}}}}}"
    run = snakemake(checkout, "corpus", "--cores", "2", overlay=settings)
    assert run.returncode == 0, run.stdout
    assert planned(checkout, "corpus", overlay=settings) == {}
    (speech / "theo" / "theo-zero-44.lab").write_text("zero zero", encoding="utf-8")
    assert planned(checkout, "corpus", overlay=settings) == {"collect": 1, "usable": 1, "corpus": 1}


# What is made on request, last of all: the report of the finished run has it from then on

FEW = ("morans_i", "sign_flip")


def test_calibration_on_request_goes_into_the_report(finished: Path) -> None:
    """Two of its tests run here, each of which has a test of its own; of the others, a row lies there already."""
    results = finished / "results" / "smoke"
    (results / "calibration").mkdir()
    for name in CALIBRATIONS.keys() - {*FEW}:
        row = dict(zip(CALIBRATED.columns, (name, "positions", 1000, 50, 0.05, 0.03, 0.07), strict=True))
        write_table(results / "calibration" / f"{name}.tsv", CALIBRATED.columns, [row])
    assert "calibration.svg" not in (results / "report.html").read_text(encoding="utf-8")
    run = snakemake(finished, "calibration", "--cores", "2")
    assert run.returncode == 0, run.stdout
    calibrated = rows(results / "tables" / "calibration.tsv")
    assert [row["test"] for row in calibrated] == list(CALIBRATIONS)
    assert list(calibrated[0]) == list(CALIBRATED.columns)
    assert {row["test"] for row in calibrated if row["data_sets"] == "40"} == {*FEW}
    simulated = rows(results / "tables" / "power.tsv")
    assert list(simulated[0]) == list(POWER.columns)
    assert {row["simulations"] for row in simulated} == {"2"}
    of_labels = rows(results / "tables" / "label_power.tsv")
    assert (list(of_labels[0]), {row["simulations"] for row in of_labels}) == (list(LABEL_POWER.columns), {"1"})
    assert planned(finished) == {"provenance": 1, "pages": 1, "compose_report": 1, "all": 1}
    again = snakemake(finished, "--cores", "2")
    assert again.returncode == 0, again.stdout
    page = (results / "report.html").read_text(encoding="utf-8")
    assert all(name in page for name in ("tables/calibration.tsv", "tables/power.tsv", "figures/calibration.svg"))
