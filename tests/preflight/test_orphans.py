"""Scripts that outlived their Snakemake."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from preflight import orphans

SLEEPER = "import time; time.sleep(600)"
# Starts the script of a job, which starts a process of its own, prints both numbers, and lives until its input ends.
SNAKEMAKE = """import subprocess, sys
script = subprocess.Popen([sys.executable, ".snakemake/scripts/tmp.train.py"], stdout=subprocess.PIPE, text=True)
print(script.pid, script.stdout.readline().strip(), flush=True)
sys.stdin.read()
"""
JOB = f"""import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", {SLEEPER!r}]).pid, flush=True)
time.sleep(600)
"""


def lives(number: int) -> bool:
    """A zombie, which nobody waits for here, lives no more."""
    try:
        return Path("/proc", str(number), "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def started(tmp_path: Path):
    """A process called snakemake in a folder, and the numbers of its job's two processes."""
    (tmp_path / ".snakemake" / "scripts").mkdir(parents=True)
    (tmp_path / ".snakemake" / "scripts" / "tmp.train.py").write_text(JOB)
    (tmp_path / "snakemake").write_text(SNAKEMAKE)
    command = [sys.executable, "snakemake"]
    process = subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    jobs = [int(number) for number in process.stdout.readline().split()]
    yield process, jobs
    process.kill()
    orphans.end(tmp_path)


def test_jobs_of_a_dead_run_are_ended_with_all_they_started_and_those_of_a_living_one_are_not(
    tmp_path: Path, started: tuple[subprocess.Popen[str], list[int]]
) -> None:
    process, jobs = started
    assert len(jobs) == 2
    assert orphans.end(tmp_path) == 0
    process.send_signal(signal.SIGKILL)
    process.wait()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert orphans.end(elsewhere) == 0
    assert all(map(lives, jobs))
    assert orphans.end(tmp_path) == 2
    limit = time.monotonic() + 10
    while any(map(lives, jobs)) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not any(map(lives, jobs))
