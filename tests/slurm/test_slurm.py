"""The profile on a real SLURM of one node: whole runs, jobs that end badly, edits and kills in the middle."""

import filecmp
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster import cluster
from running import left_behind
from runs import (
    PROFILE,
    ROOT,
    SUBMITTED,
    critical_path_s,
    queued,
    slurm,
    spans_here,
    spans_on_slurm,
    start,
    stop_all,
    wait_for,
)

SMOKE = ["--configfile", "tests/smoke/config.yaml"]
LONGEST_S = 1200
START_S = 15  # that a job of SLURM may add to the critical path: it starts Snakemake, and again for each of its rules
LARGE_GROUPS = ("--group-components", "data=2", "descriptions=8", "drawings=12")  # since jobs this small mostly wait
VERDICT = re.compile(r"SLURM-job '(\d+)' failed, SLURM status is: '(\w+)'")


@pytest.fixture(scope="module", autouse=True)
def one_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with cluster(tmp_path_factory.mktemp("cluster")):
        try:
            yield
        finally:
            stop_all()


def copied(folder: Path) -> Path:
    """A copy of the project without results."""
    return shutil.copytree(ROOT, folder, ignore=left_behind)


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.Popen[bytes], Path]:
    """A run of tests/slurm/ends.smk that goes on beside the tests that follow, as it mostly waits for a time limit."""
    folder = copied(tmp_path_factory.mktemp("ends") / "phonotopy")
    log = folder / "run.log"
    return folder, start(folder, "--snakefile", "tests/slurm/ends.smk", *PROFILE, log=log), log


# Kills and edits


@pytest.fixture
def halfway(tmp_path: Path) -> tuple[Path, subprocess.Popen[bytes]]:
    """A run of tests/slurm/witness.smk whose second jobs are at work."""
    folder = copied(tmp_path / "phonotopy")
    (folder / "parameters.txt").write_text("old\n", encoding="utf-8")
    run = witness(folder, "one")
    wait_for(lambda: "begin one" in witnessed(folder), LONGEST_S)
    return folder, run


def witness(folder: Path, name: str) -> subprocess.Popen[bytes]:
    return start(folder, "--snakefile", "tests/slurm/witness.smk", *PROFILE, log=folder / f"{name}.log", RUN=name)


def witnessed(folder: Path) -> list[str]:
    path = folder / "witnessed.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@pytest.mark.parametrize("cancelled", [True, False], ids=["make cancel", "unlock alone"])
@pytest.mark.usefixtures("ends")
def test_jobs_left_by_a_kill_never_write_into_the_next_run(
    halfway: tuple[Path, subprocess.Popen[bytes]], cancelled: bool
) -> None:
    folder, run = halfway
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert queued(folder, "RUNNING,PENDING")
    if cancelled:
        command = [sys.executable, "-m", "preflight.leftovers"]
        environment = {"PYTHONPATH": "workflow/scripts", "PATH": "/usr/bin:/bin"}
        answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
        assert re.fullmatch(r"[1-3] jobs cancelled\n", answer.stdout)
        assert not queued(folder, "RUNNING,PENDING,COMPLETING")
    unlocking = ("--snakefile", "tests/slurm/witness.smk", "--unlock")
    assert start(folder, *unlocking, log=folder / "unlock.log").wait(LONGEST_S) == 0
    again = witness(folder, "two")
    assert again.wait(LONGEST_S) == 0, (folder / "two.log").read_text(encoding="utf-8")
    lines = witnessed(folder)
    turn = lines.index("begin two")
    assert not [line for line in lines[turn:] if "one" in line]
    assert lines.count("end two") + lines.count("end one") == 3
    assert not queued(folder, "RUNNING,PENDING,COMPLETING")


@pytest.mark.usefixtures("ends")
def test_an_edit_while_jobs_wait_reruns_nothing_inside_them(halfway: tuple[Path, subprocess.Popen[bytes]]) -> None:
    folder, run = halfway
    (folder / "parameters.txt").write_text("new\n", encoding="utf-8")
    assert run.wait(LONGEST_S) == 0
    assert [line for line in witnessed(folder) if line.startswith("first")] == ["first one old"]
    assert {(folder / f"witness/second.{n}").read_text(encoding="utf-8") for n in (1, 2, 3)} == {"old\n"}
    plan = subprocess.run(
        [sys.executable, "-m", "snakemake", "--snakefile", "tests/slurm/witness.smk", "--dry-run", "--cores", "1"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {("first", "1"), ("second", "3")} <= {*re.findall(r"^(\w+) +(\d)$", plan.stdout, re.MULTILINE)}


# Jobs that end badly


def test_jobs_that_slurm_ends_are_sent_again_and_broken_ones_reported(
    ends: tuple[Path, subprocess.Popen[bytes], Path],
) -> None:
    folder, run, log = ends
    assert run.wait(LONGEST_S) == 1
    text = log.read_text(encoding="utf-8")
    assert {path.name for path in (folder / "ends").iterdir()} == {"cancelled", "hungry", "slow"}, text
    verdicts: dict[str, list[str]] = {}
    for number, verdict in VERDICT.findall(text):
        comment = slurm("squeue", "--noheader", "--states=all", f"--jobs={number}", "--format=%k").strip()
        verdicts.setdefault(comment.removeprefix("rule_"), []).append(verdict)
    assert verdicts["cancelled"] == ["CANCELLED"]
    assert verdicts["slow"] == ["TIMEOUT"]
    assert verdicts["broken"] == ["FAILED"] * 3
    assert set(verdicts["hungry"]) <= {"FAILED", "OUT_OF_MEMORY"} and len(verdicts["hungry"]) in {1, 2}
    logs = [path.read_text(encoding="utf-8") for path in (folder / ".snakemake" / "slurm_logs").glob("rule_hungry/*")]
    assert any(re.search(r"[Ee]xceeded.* memory limit|oom", line) for line in logs), logs


# The whole workflow


def test_the_workflow_ends_with_the_tables_of_a_local_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, there = copied(tmp_path / "here"), copied(tmp_path / "there")
    assert start(here, "--cores", "2", *SMOKE, log=here / "run.log").wait(LONGEST_S) == 0
    sent = start(there, *PROFILE, *LARGE_GROUPS, "--slurm-keep-successful-logs", *SMOKE, log=there / "run.log")
    assert sent.wait(LONGEST_S) == 0, (there / "run.log").read_text(encoding="utf-8")
    tables = sorted(path.relative_to(here) for path in (here / "results" / "smoke" / "tables").glob("*.tsv"))
    assert len(tables) > 4
    assert [name for name in tables if not filecmp.cmp(here / name, there / name, shallow=False)] == []
    local, spans = critical_path_s(spans_here(here)), spans_on_slurm(there / "run.log")
    path, jobs = critical_path_s(spans), len(SUBMITTED.findall((there / "run.log").read_text(encoding="utf-8")))
    waits = max(span.end for span in spans) - min(span.start for span in spans) - path
    with capsys.disabled():
        sys.stdout.write(
            f"\ncritical path: {local:.0f} s here, {path:.0f} s with {jobs} jobs of SLURM: "
            f"{path / local:.2f} times; waits {waits:.0f} s\n"
        )
    assert path < local + START_S * jobs
