"""What jobs ask for, what the profiles say about them, and jobs that a killed run left in a queue."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from declarations.introspection import METHODS
from declarations.statistics import STATISTICS
from parsed import every_rule
from phonotopy.core.errors import InputError
from preflight import leftovers

ROOT = Path(__file__).parents[2]
RUN = "454252cf-8bc9-43bd-b0bf-231ce73b93a9"
ASKED_FOR = ("all", "extras", "introspection")
# Jobs of a group are indented.
ASKED = re.compile(r"^( *)rule (\w+):\n(?:\1    .*\n)*?\1    resources: (.*)$", re.MULTILINE)


def profile(name: str) -> dict[str, Any]:
    settings: dict[str, Any] = yaml.safe_load((ROOT / "profiles" / name / "config.yaml").read_text(encoding="utf-8"))
    return settings


def resources(folder: Path, *arguments: str, overlay: str = "") -> dict[str, dict[str, int]]:
    """Whole numbers that the jobs of each rule ask for in a dry run of the tiny configuration."""
    (folder / "overlay.yaml").write_text(f"results: {folder}/results\n{overlay}", encoding="utf-8")
    files = [ROOT / "config.yaml", ROOT / "tests" / "smoke" / "config.yaml", folder / "overlay.yaml"]
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "all",
        "extras",
        "introspection",
        "--dry-run",
        "--cores",
        "2",
        *arguments,
    ]
    run = subprocess.run(
        [*command, "--snakefile", ROOT / "Snakefile", "--directory", folder, "--configfile", *files],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return {
        rule: {name: int(value) for name, value in re.findall(r"(mem_mb|runtime|gpu)=(\d+)", asked)}
        for _, rule, asked in ASKED.findall(run.stdout + run.stderr)
    }


# What jobs ask for


@pytest.mark.slow
def test_memory_and_time_of_every_job_grow_with_its_attempts(tmp_path: Path) -> None:
    first, third = resources(tmp_path), resources(tmp_path, "--attempt", "3")
    assert len(first) > 30
    assert third == {rule: {name: 3 * value for name, value in asked.items()} for rule, asked in first.items()}
    assert {rule for rule, asked in first.items() if asked.keys() != {"mem_mb", "runtime"}} == {
        "all",
        "extras",
        "introspection",
    }


@pytest.mark.slow
def test_gpus_are_asked_for_where_the_configuration_says_so(tmp_path: Path) -> None:
    asked = resources(
        tmp_path, "--profile", str(ROOT / "profiles" / "gpu"), overlay="training: {device: cuda, processes: 1}"
    )
    computing = {"train", "recognise", "respond", "frames", *(one.name for one in METHODS if "compute" in one.settings)}
    assert {rule for rule, found in asked.items() if found.get("gpu") == 1} == computing
    assert {rule for rule, found in asked.items() if "gpu" in found} == computing


# Profiles


def test_groups_name_rules_that_exist_and_spare_heavy_ones() -> None:
    listed = profile("slurm").get("groups", {})
    groups = {rule.name: listed.get(rule.name, rule.group) for rule in every_rule()}
    assert listed.keys() <= groups.keys()
    heavy = ("train", "recognise", "selectivity", "ladder", "calibrate", "power", "label_power")
    assert {name for name in heavy if groups[name]} == set()
    assert {name for name in groups if name.startswith("draw_") and not groups[name]} == set()
    assert profile("slurm")["group-components"].keys() <= set(groups.values())


def test_tables_of_all_trainings_are_made_where_snakemake_runs_but_for_long_ones() -> None:
    made = {rule.name: rule.parsed.ruleinfo.localrule for rule in every_rule()}
    brief = {one.name: one.brief for one in STATISTICS if one.summary}
    assert {name: made[name] is True for name in brief} == brief
    assert [name for name, kept in brief.items() if not kept] == ["agreement"]
    assert made["recognition"] is True


def test_site_settings_stand_in_the_profile_alone() -> None:
    assert {name for rule in every_rule() for name in rule.resources} <= {"mem_mb", "runtime", "gpu", "tmpdir"}


# Jobs of a run that was killed


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A queue in a file, with commands that list it and take jobs from it; the third job never goes."""
    listed = tmp_path / "queue.tsv"
    commands = {
        "squeue": f'#!/bin/sh\ncat "{listed}"\n',
        "scancel": f'#!/bin/sh\necho "$@" >> "{tmp_path}/cancelled"\n'
        f'grep "^3\t" "{listed}" > "{listed}.new"; mv "{listed}.new" "{listed}"\n',
    }
    for name, text in commands.items():
        (tmp_path / "bin" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(text, encoding="utf-8")
        (tmp_path / "bin" / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(leftovers, "POLL_S", 0.01)
    (tmp_path / ".snakemake" / "slurm_logs").mkdir(parents=True)
    return listed


def test_jobs_of_this_folder_are_cancelled_and_no_others(tmp_path: Path, queue: Path) -> None:
    queue.write_text(
        f"1\t{RUN}\t{tmp_path}\n2\tmine_{RUN}\t{tmp_path}\n4\t{RUN}\t/elsewhere\n5\tsnakemake.sh\t{tmp_path}\n",
        encoding="utf-8",
    )
    assert leftovers.cancel(tmp_path) == 2
    assert (tmp_path / "cancelled").read_text(encoding="utf-8") == "1 2\n"
    assert leftovers.cancel(tmp_path) == 0


def test_a_job_that_stays_stops_the_next_run(tmp_path: Path, queue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.write_text(f"3\t{RUN}\t{tmp_path}\n", encoding="utf-8")
    monkeypatch.setattr(leftovers, "PATIENCE_S", 0.2)
    with pytest.raises(InputError, match="SLURM: jobs 3 after"):
        leftovers.cancel(tmp_path)


def test_a_folder_that_never_met_slurm_asks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert leftovers.cancel(tmp_path) == 0
    (tmp_path / ".snakemake" / "slurm_logs").mkdir(parents=True)
    with pytest.raises(InputError, match="no command squeue"):
        leftovers.cancel(tmp_path)


def test_a_run_at_work_is_seen(tmp_path: Path) -> None:
    assert leftovers.at_work(tmp_path) == []
    program = tmp_path / "snakemake"
    program.write_text("import sys; print('here', flush=True); sys.stdin.read()\n", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, program], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stdout.readline() == "here\n"
        assert leftovers.at_work(tmp_path) == [process.pid]
        process.communicate("")
