"""Every rule as Snakemake reads it: what it runs, what it leaves beside its results, what its content depends on."""

from pathlib import Path

import pytest

from parsed import ROOT, SCRIPTS, Rule, every_rule, rules
from preflight.sources import closure, imports

WORKING = [rule for rule in every_rule() if rule.script]
IDS = [rule.name for rule in WORKING]
NO_MODULE = {  # of the same name in the library
    "calibration_table",  # a few lines that put tables together
    "align_mfa",  # a program of others
    "compose_report",  # Snakemake
    "unpack_alignments",  # unpacked as other archives are
}
OTHER_TABLE = {"account", "calibration_table", "compare_alignments", "describe"}
OF_A_MOMENT = {"recognition", "calibration_table", "mfa_corpus", "usable"}  # too short for a benchmark


def drawing(rule: Rule) -> str:
    """The figure that a rule makes, if it does."""
    return rule.name.removeprefix("draw_") if rule.name.startswith("draw_") else ""


def modules(rule: Rule) -> set[str]:
    """Names of the library modules that a script imports; of a figure, of all that its script may use."""
    if drawing(rule):
        return {path.stem for path in rule.covered if "figures" in path.parts}
    if rule.script and rule.script.stem == "by_layer":
        return {str(rule.params["module"]).rpartition(".")[2]}
    return {name.rpartition(".")[2] for name in imports(rule.script.stem, SCRIPTS)} if is_python(rule) else set()


def is_python(rule: Rule) -> bool:
    return rule.script is not None and rule.script.suffix == ".py"


def tables(rule: Rule) -> set[str]:
    """Tables that a rule leaves for readers or of a training."""
    files = [Path(file) for file in rule.outputs if file.endswith(".tsv")]
    return {file.stem for file in files if {"tables", "mapping"} & {*file.parts}}


# Names


@pytest.mark.parametrize("rule", WORKING, ids=IDS)
def test_a_rule_and_its_script_have_one_name(rule: Rule) -> None:
    """Figures share one, and so do statistics of nothing but the responses of a layer."""
    allowed = (
        {"draw", rule.name} if drawing(rule) else {rule.name, "by_layer" if "module" in rule.params else rule.name}
    )
    assert rule.script is not None and rule.script.stem in allowed


def test_a_rule_and_its_module_have_one_name() -> None:
    assert {rule.name for rule in WORKING if (drawing(rule) or rule.name) not in modules(rule)} == NO_MODULE


def test_a_rule_and_its_table_have_one_name() -> None:
    assert {rule.name for rule in WORKING if tables(rule) and rule.name not in tables(rule)} == OTHER_TABLE


def test_every_script_is_run() -> None:
    """But one, which compares two runs."""
    scripts = {path for path in SCRIPTS.iterdir() if path.suffix in (".py", ".sh")}
    assert {rule.script for rule in WORKING} == scripts - {SCRIPTS / "compare.py"}


# What stands beside results


@pytest.mark.parametrize("rule", WORKING, ids=IDS)
def test_a_job_leaves_a_log_and_its_cost_and_has_an_environment(rule: Rule) -> None:
    assert [Path(log).parts[2] for log in rule.logs] == ["logs"]
    costs = Path(rule.benchmark).parts[2:3]
    assert costs == (() if rule.name in OF_A_MOMENT else ("benchmarks",))
    name = "mfa" if rule.name == "align_mfa" else "phonotopy"
    assert rule.environment == ROOT / "envs" / f"{name}.yaml"


def test_no_two_rules_share_a_log_or_a_benchmark() -> None:
    found = [file for rule in rules().values() for file in (*rule.logs, rule.benchmark) if file]
    alike = {file for file in found if found.count(file) > 1}
    assert alike == set()


# What reruns them


@pytest.mark.parametrize("rule", WORKING, ids=IDS)
def test_a_digest_covers_the_script_all_that_it_imports_and_what_it_reads_of_this_project(rule: Rule) -> None:
    assert rule.script is not None
    assert rule.params["library"].split()[0] == rule.script.name
    imported = closure([rule.script.stem], SCRIPTS) if is_python(rule) else []
    read = [(ROOT / file).resolve() for file in rule.inputs]
    own = {path for path in read if {ROOT / "resources", ROOT / "workflow"} & {*path.parents}}
    assert {rule.script, *imported, *own} <= rule.covered


def test_a_resource_that_no_digest_covered_would_be_seen() -> None:
    """The test above is worth nothing if it finds no resources."""
    read = {Path(file).name for file in rules()["synthesise"].inputs}
    assert read == {"grammar.tsv", "voices.tsv"} <= {path.name for path in rules()["synthesise"].covered}
    assert "phones.tsv" in {path.name for path in rules()["selectivity"].covered}
