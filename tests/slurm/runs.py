"""Runs of Snakemake on the cluster of the tests, and what is kept of when their jobs ran."""

import base64
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
# One core per job, so that two run side by side; no accounting database; jobs this short are not worth long waits.
PROFILE = [
    *("--profile", "profiles/slurm", "--cores", "1", "--latency-wait", "5"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "3"),
]
SUBMITTED = re.compile(r"submitted with SLURM jobid (\d+) \(log: (.*)\)")
FILES = re.compile(r"^    (input|output): (.*)$", re.MULTILINE)
STARTED: list[subprocess.Popen[bytes]] = []


class Span(NamedTuple):
    """What a job made and needed, and when it ran, in seconds."""

    outputs: frozenset[str]
    inputs: frozenset[str]
    start: float
    end: float


def start(folder: Path, *arguments: str, log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Snakemake in the folder, with both streams at the end of the log."""
    command = [sys.executable, "-m", "snakemake", *arguments]
    with log.open("ab") as stream:
        run = subprocess.Popen(
            command, cwd=folder, stdout=stream, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
    STARTED.append(run)
    return run


def stop_all() -> None:
    """Kill what a failed test left at work."""
    for run in STARTED:
        run.kill()
        run.wait()


def slurm(*command: str) -> str:
    """What a command of SLURM prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def queued(folder: Path, state: str) -> list[str]:
    """Numbers of the jobs of the folder in this state."""
    found = slurm("squeue", "--noheader", f"--states={state}", "--format=%i\t%Z")
    return [
        number for number, directory in (line.split("\t") for line in found.splitlines()) if Path(directory) == folder
    ]


def wait_for(condition: Callable[[], object], limit_s: float) -> None:
    """Until the condition holds."""
    limit = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < limit, f"not within {limit_s} s"
        time.sleep(0.2)


def spans_here(folder: Path) -> list[Span]:
    """Jobs of a run in the folder, from Snakemake's records of outputs."""
    made: dict[tuple[str, float], list[tuple[str, Mapping[str, object]]]] = {}
    for path in (folder / ".snakemake" / "metadata").iterdir():
        record = json.loads(path.read_text(encoding="utf-8"))
        output = base64.b64decode(path.name).decode()
        made.setdefault((record["rule"], record["starttime"]), []).append((output, record))
    return [
        Span(
            frozenset(output for output, _ in files),
            frozenset(file for _, record in files for file in record["input"]),  # type: ignore[attr-defined]
            begun,
            max(float(str(record["endtime"])) for _, record in files),
        )
        for (_, begun), files in made.items()
    ]


def spans_on_slurm(log: Path) -> list[Span]:
    """Jobs of SLURM that a log of Snakemake names and that ended well: from SLURM itself, files from their own logs.

    What was made beside them, where Snakemake ran, comes from its records in the folder of the log.
    """
    logs = dict(SUBMITTED.findall(log.read_text(encoding="utf-8")))
    known = slurm("squeue", "--noheader", "--states=COMPLETED", f"--jobs={','.join(logs)}", "--format=%i\t%S\t%e")
    spans = []
    for number, *moments in (line.split("\t") for line in known.splitlines()):
        files = {"input": set[str](), "output": set[str]()}
        for kind, names in FILES.findall(Path(logs[number]).read_text(encoding="utf-8")):
            files[kind].update(names.split(", "))
        begun, ended = (datetime.fromisoformat(moment).timestamp() for moment in moments)
        spans.append(Span(frozenset(files["output"]), frozenset(files["input"] - files["output"]), begun, ended))
    sent = {output for span in spans for output in span.outputs}
    return [*spans, *(span for span in spans_here(log.parent) if not span.outputs & sent)]


def critical_path_s(spans: Iterable[Span]) -> float:
    """Longest time from start to end of jobs that need each other, waits between them left out."""
    makers = {output: span for span in spans for output in span.outputs}

    @cache
    def until(span: Span) -> float:
        before = {makers[file] for file in span.inputs if file in makers}
        return span.end - span.start + max((until(other) for other in before), default=0.0)

    return max(until(span) for span in makers.values())
