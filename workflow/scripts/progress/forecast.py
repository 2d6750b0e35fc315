"""How long a run still takes: by its settings, by the run before, and by how far it is."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from preflight import estimate
from progress.jobs import Job
from progress.run import Run

__all__ = ["Forecast"]

DOUBT_S = 60.0  # of estimated work, by which the pace of a run is held back towards the estimate
LEAST_SHARE = 0.1  # of a job that must be done before others of its rule are judged by it
LATE_SHARE = 0.1  # of its time so far that a job is taken to need still, once it should have ended


class Forecast:
    """Of a run with these settings; `threads` are those of the planned jobs by rule, `cores` None on a cluster."""

    def __init__(self, settings: Mapping[str, Any], threads: Mapping[str, int], cores: int | None) -> None:
        self.settings, self.threads, self.cores = settings, threads, cores
        self.estimated: dict[str, float] = {}

    def left_s(self, run: Run) -> float:
        """Seconds until all planned jobs are done."""
        now, pace = run.clock(), self._pace(run)
        return estimate.wall([*self._at_work(run, now, pace), *self._to_come(run, now, pace)], self.cores)

    def expected_s(self, rule: str, run: Run) -> float:
        """Wall time of a whole job of a rule."""
        return self._work(rule, run, run.clock(), self._pace(run)) / estimate.faster(self._of(rule), self.cores)

    @cached_property
    def measured(self) -> dict[str, float]:
        """Factors by rule from an earlier run."""
        return estimate.factors(Path(self.settings["results"]), self.settings["corpus"]["name"], self.cores)

    def _of(self, rule: str) -> estimate.Job:
        return estimate.Job(rule, self.threads.get(rule, 1))

    def _at_work(self, run: Run, now: float, pace: float) -> Iterator[tuple[estimate.Job, float]]:
        for job in run.jobs():
            one = estimate.Job(job.rule, job.threads)
            yield one, self._rest(job, run, now, pace) * estimate.faster(one, self.cores)

    def _rest(self, job: Job, run: Run, now: float, pace: float) -> float:
        """Wall time that a job at work still takes."""
        left = job.left_s(now)
        if left is not None:
            return left
        passed = now - job.begun if job.begun is not None else 0.0
        whole = self._work(job.rule, run, now, pace) / estimate.faster(self._of(job.rule), self.cores)
        return max(whole - passed, LATE_SHARE * passed)

    def _to_come(self, run: Run, now: float, pace: float) -> Iterator[tuple[estimate.Job, float]]:
        at_work = [job.rule for job in [*run.at_work.values()]]
        for rule, count in [*run.planned.items()]:
            number = count - len(run.took[rule]) - at_work.count(rule)
            yield from [(self._of(rule), self._work(rule, run, now, pace))] * number

    def _work(self, rule: str, run: Run, now: float, pace: float) -> float:
        """What a job of a rule takes on one core: by those of this run, else by the run before, or the settings."""
        seen = [*run.took[rule], *_projected(rule, run, now)]
        if seen:
            return sum(seen) / len(seen) * estimate.faster(self._of(rule), self.cores)
        return self._estimate(rule) * (1.0 if rule in self.measured else pace)

    def _estimate(self, rule: str) -> float:
        if rule not in self.estimated:
            self.estimated[rule] = estimate.work(self.settings, rule, self.measured)
        return self.estimated[rule]

    def _pace(self, run: Run) -> float:
        """How much longer than estimated the jobs of this run take."""
        known = {rule: [*took] for rule, took in [*run.took.items()] if rule not in self.measured}
        took = sum(sum(walls) * estimate.faster(self._of(rule), self.cores) for rule, walls in known.items())
        expected = sum(len(walls) * self._estimate(rule) for rule, walls in known.items())
        return (took + DOUBT_S) / (expected + DOUBT_S)


def _projected(rule: str, run: Run, now: float) -> Iterator[float]:
    """Wall times of whole jobs of a rule, by those at work that are far enough to say."""
    for job in run.jobs():
        left = job.left_s(now)
        if (
            job.rule == rule
            and job.step
            and job.step.share >= LEAST_SHARE
            and left is not None
            and job.begun is not None
        ):
            yield (now - job.begun + left) / (1 - job.before_share)
