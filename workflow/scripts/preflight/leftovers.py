"""Jobs in SLURM's queue that an earlier run left behind: they are cancelled before they can write into the next one."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from phonotopy.core.errors import InputError

__all__ = ["at_work", "cancel", "find"]

LOGS = Path(".snakemake", "slurm_logs")  # made with the first job that goes to SLURM from a folder
RUN = re.compile(r"(?:[\w-]+_)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # names of the jobs of a run: its UUID
PATIENCE_S, POLL_S = 300, 0.5


def find(folder: Path) -> list[str]:
    """Numbers of all jobs, waiting, running or ending, that a run of Snakemake in the folder sent to SLURM."""
    if not (folder / LOGS).is_dir():
        return []
    queue = _ask("squeue", "--me", "--noheader", "--format=%i\t%j\t%Z")
    jobs = [line.split("\t") for line in queue.splitlines()]
    return [number for number, name, directory in jobs if RUN.fullmatch(name) and Path(directory) == folder.resolve()]


def cancel(folder: Path) -> int:
    """Cancel the jobs of the folder and wait for their end; returns how many there were.

    To be called while no run is at work in the folder. Raises InputError where SLURM does not answer or a job stays.
    """
    earlier = left = find(folder)
    limit = time.monotonic() + PATIENCE_S
    while left:
        if time.monotonic() > limit:
            found = f"jobs {' '.join(left)} after {PATIENCE_S} s"
            advice = "ask the administrator of the cluster to end them, then run again"
            raise InputError("SLURM", found, "their end, once cancelled", advice)
        _ask("scancel", *left)
        time.sleep(POLL_S)
        left = find(folder)
    return len(earlier)


def at_work(folder: Path) -> list[int]:
    """Processes of this machine that work for a run in the folder, jobs of SLURM aside."""
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and _runs_in(path, folder)]


def _runs_in(process: Path, folder: Path) -> bool:
    try:
        here = (process / "cwd").resolve() == folder.resolve()
        words = (process / "cmdline").read_bytes().split(b"\0") if here else []
        outside = b"SLURM_JOB_ID=" not in (process / "environ").read_bytes() if here else False
    except OSError:  # ended meanwhile, or another user's
        return False
    return outside and any(Path(word.decode(errors="replace")).name == "snakemake" for word in words)


def _ask(*command: str) -> str:
    """What a command of SLURM answers. Cancelling a job that has just ended is no mistake."""
    advice = "run on a machine of the cluster; if no job of an earlier run can be left, delete the folder"
    if shutil.which(command[0]) is None:
        raise InputError(str(LOGS), f"earlier jobs of SLURM, but no command {command[0]}", "a way to end them", advice)
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)  # noqa: S603
    if answer.returncode and "Invalid job id" not in answer.stderr:
        raise InputError("SLURM", f"{command[0]}: {answer.stderr.strip()}", "an answer", advice)
    return answer.stdout


def _main(arguments: Sequence[str]) -> None:
    folder = Path(*arguments)
    busy = at_work(folder)
    if busy:
        advice = "let it end, or stop it with Control-C, which cancels its jobs too"
        raise InputError(str(folder.resolve()), f"a run at work (process {busy[0]})", "none", advice)
    sys.stdout.write(f"{cancel(folder)} jobs cancelled\n")


if __name__ == "__main__":
    try:
        _main(sys.argv[1:])
    except InputError as error:
        sys.exit(str(error))
