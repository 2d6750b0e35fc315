"""Kills of a run at random moments: python tests/programs/torture.py [kills] [seed].

Prints `30 of 30` if none left a trace; 30 kills take ten minutes on two cores.

A run of the smallest configuration on one core, never disturbed, is the reference. Others run on two cores. SIGKILL
meets all their processes at once, several times in a run, at moments spread over all its jobs; each time the way to go
on that docs/running.md names follows: snakemake --unlock, then the same command. A kill counts as survived if all files
that it left in sight are those of the reference to the byte, and so are all files at the end of its run.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

from phonotopy.core.files import checksum

ROOT = Path(__file__).parents[2]
SMOKE = "tests/smoke/config.yaml"
RESULTS = Path("results", "smoke")
COPIED = shutil.ignore_patterns(".git", ".venv", ".snakemake", "results", "__pycache__", ".*_cache")
# They state when and how a run went, or belong to work in progress.
OF_THE_RUN = re.compile(
    r"(logs|benchmarks)/|report\.html|provenance\.|.*/resume(\.previous)?\.pt|(.*/)?\.(snakemake|.*\.part)"
)
FOLDERS = ("audio", "textgrids")  # appear whole
KILLS_A_RUN = 6
STARTED, STEPS = re.compile(r"^(?:local)?rule (\w+):"), re.compile(r"^(\d+) of (\d+) steps")


@dataclass
class Progress:
    """What the output of Snakemake says so far; `at_work` are the rules of unfinished jobs."""

    done: int = 0
    steps: int = 0
    at_work: list[str] = field(default_factory=list)

    def read(self, line: str) -> None:
        if found := STARTED.match(line):
            self.at_work.append(found[1])
        elif found := re.search(r"Finished jobid: \d+ \(Rule: (\w+)\)", line):
            self.at_work.remove(found[1])
            self.done += 1
        elif found := STEPS.match(line):
            self.steps = int(found[2])
        elif found := re.match(r"total +(\d+)$", line):
            self.steps = int(found[1])


def copy(target: Path) -> Path:
    """The project without results."""
    return shutil.copytree(ROOT, target, ignore=COPIED)


def command(cores: int, *targets: str) -> list[str]:
    blocks = "--printshellcmds"  # for every job, by which a run is followed
    return [sys.executable, "-m", "snakemake", *targets, "--cores", str(cores), blocks, "--configfile", SMOKE]


def run(folder: Path, *arguments: str, cores: int = 2) -> None:
    subprocess.run(command(cores, *arguments), cwd=folder, check=True, capture_output=True)


def contents(folder: Path) -> dict[str, str]:
    """Checksums by the path of all results but those that differ between any two runs."""
    results = folder / RESULTS
    files = {path.relative_to(results).as_posix(): path for path in results.rglob("*") if path.is_file()}
    return {name: checksum(path) for name, path in sorted(files.items()) if not OF_THE_RUN.match(name)}


def differences(found: dict[str, str], reference: dict[str, str]) -> list[str]:
    """Names of the files in sight that are not those of the reference, and of folders of which a part is there."""
    files = [name for name, content in found.items() if reference.get(name) != content]
    whole = [{name for name in reference if folder in Path(name).parts} for folder in FOLDERS]
    return files + [min(missing) for names in whole if names & found.keys() and (missing := names - found.keys())]


def kill(folder: Path, chance: random.Random, left: int, targets: Sequence[str]) -> Progress | None:
    """Start or go on with a run and kill it at one of the moments that `left` kills share; None if it ended before."""
    process = subprocess.Popen(
        command(2, *targets),
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    progress, begun, share = Progress(), time.monotonic(), chance.random()
    for line in process.stdout or ():
        progress.read(line)
        if progress.at_work and progress.done >= int(share * 2 * progress.steps / (left + 1)):
            break
    typical_s = (time.monotonic() - begun) / (progress.done + 1)
    try:
        process.wait(timeout=chance.uniform(0, typical_s))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for line in process.stdout or ():
        progress.read(line)
    return progress if process.returncode == -signal.SIGKILL else None


def disturbed(
    folder: Path, reference: dict[str, str], chance: random.Random, kills: int, targets: Sequence[str]
) -> Iterator[bool]:
    """Kill a run that often and let it end; returns for each kill whether it left no trace."""
    clean: list[bool] = []
    while len(clean) < kills and (progress := kill(folder, chance, kills - len(clean), targets)):
        traces = differences(contents(folder), reference)
        clean.append(not traces)
        at_work = ", ".join(progress.at_work) or "no job"
        print(f"killed after {progress.done} of {progress.steps} jobs, at work: {at_work}", *traces, flush=True)
        run(folder, "--unlock")
    run(folder, *targets)
    same = contents(folder) == reference
    print("run to its end:", "the same files" if same else "OTHER FILES", flush=True)
    yield from (one and same for one in clean)


def torture(parent: Path, reference: dict[str, str], kills: int, seed: int, *targets: str) -> list[bool]:
    """Whether each of that many kills left no trace."""
    chance, survived = random.Random(seed), list[bool]()
    while len(survived) < kills:
        folder = copy(parent / f"run{len(survived)}")
        survived += disturbed(folder, reference, chance, min(KILLS_A_RUN, kills - len(survived)), targets)
        shutil.rmtree(folder)
    return survived


def main(kills: int = 30, seed: int = 0) -> None:
    with TemporaryDirectory() as parent:
        undisturbed = copy(Path(parent, "undisturbed"))
        run(undisturbed, cores=1)
        survived = torture(Path(parent), contents(undisturbed), kills, seed)
    print(f"{sum(survived)} of {kills}")
    sys.exit(not all(survived))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
