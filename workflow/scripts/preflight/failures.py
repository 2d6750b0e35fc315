"""What stopped a run, said once more when Snakemake has said all that it says."""

import atexit
import sys
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from phonotopy.core.logs import error

__all__ = ["account", "announce"]

Job = Any  # of Snakemake, or a group of them
SKEW_S = 60.0  # by which the clock of a file system may be behind
TRACEBACK = "Traceback"


def announce(failed: Iterable[Job], start: datetime) -> None:
    """Write the `account` of failed jobs to stderr at the very end of this process."""
    text = account(failed, start)
    if text:
        atexit.register(sys.stderr.write, f"\n{text}\n")


def account(failed: Iterable[Job], start: datetime) -> str:
    """Every error in the logs of failed jobs of a run since `start`, once, below the names of its jobs."""
    jobs: dict[str, list[str]] = {}
    for name, log, found in sorted(chain.from_iterable(_members(job, start) for job in failed)):
        jobs.setdefault(found, []).append(f"{name}, see {log}" if log else name)
    parts = [f"Failed: {'; '.join(names)}\n\n{found}".rstrip() for found, names in sorted(jobs.items())]
    return "\n\n".join(parts)


def _members(job: Job, start: datetime) -> list[tuple[str, str, str]]:
    """Name, log and error of a job; of a group, of each job with an error, or of all where none has one."""
    found = [(_name(one), str(next(iter(one.log), "")), _error(one.log, start)) for one in getattr(job, "jobs", [job])]
    return [member for member in found if member[2]] or found


def _name(job: Job) -> str:
    return ", ".join([job.rule.name, *(f"{name} {value}" for name, value in job.wildcards_dict.items())])


def _error(logs: Iterable[str], start: datetime) -> str:
    """Of an error that is no message for a user, the last line of its traceback."""
    new = (Path(log) for log in logs if _is_new(Path(log), start))
    found = next(filter(None, map(error, new)), "")
    return found.splitlines()[-1] if found.startswith(TRACEBACK) else found


def _is_new(log: Path, start: datetime) -> bool:
    """An earlier run may have left one."""
    return log.is_file() and log.stat().st_mtime >= start.timestamp() - SKEW_S
