"""A run by the records of Snakemake: what is planned, at work and done."""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from snakemake.logging import LogEvent

from progress.jobs import Job, name

__all__ = ["Run"]

NOTHING = "Nothing to be done"


class Run:
    """State of a run; `take` is for the thread of Snakemake, the others look."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.start = clock, clock()
        self.planned = Counter[str]()
        self.took: dict[str, list[float]] = defaultdict(list)  # wall times of finished jobs by rule, in s
        self.at_work: dict[int, Job] = {}
        self.done = self.total = 0
        self.failed = self.idle = self.remote = False

    @property
    def complete(self) -> bool:
        """Whether all that was asked for is there."""
        return self.idle or 0 < self.total == self.done

    @property
    def passed_s(self) -> float:
        """Seconds since the start."""
        return self.clock() - self.start

    def take(self, record: logging.LogRecord) -> Job | None:
        """Follow a record of Snakemake; returns the job that it starts or ends."""
        given: dict[str, Any] = vars(record)
        match given.get("event"):
            case LogEvent.RUN_INFO:
                self.planned = Counter({rule: count for rule, count in given["stats"].items() if rule != "total"})
                self.total = self.planned.total()
            case LogEvent.RESOURCES_INFO:
                self.remote |= "nodes" in given
            case LogEvent.JOB_INFO:
                return self._begun(given)
            case LogEvent.JOB_FINISHED:
                return self._ended(given["job_id"])
            case LogEvent.JOB_ERROR:
                self.failed = True
                self.at_work.pop(given["jobid"], None)
            case LogEvent.PROGRESS:
                self.done, self.total = given["done"], given["total"]
            case None:
                self.idle |= str(record.msg).startswith(NOTHING)
        return None

    def _begun(self, given: dict[str, Any]) -> Job:
        rule, log = given["rule_name"], next(map(Path, given["log"]), None)
        makes, own = bool(given["output"]), name(rule, given["wildcards"])
        queued = self.remote and not given["local"]
        job = Job(rule, own, given["threads"], log, self.clock(), makes=makes, queued=queued)
        self.at_work[given["jobid"]] = job
        return job

    def _ended(self, number: int) -> Job | None:
        job = self.at_work.pop(number, None)
        self.done += 1
        if job:
            job.look(self.clock())
            if job.begun is not None:
                self.took[job.rule].append((job.ended or self.clock()) - job.begun)
        return job

    def jobs(self) -> list[Job]:
        """Jobs at work or waiting in a queue, in the order of their start."""
        return [job for job in [*self.at_work.values()] if job.ended is None]
