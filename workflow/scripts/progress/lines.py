"""Progress as plain lines, for files and for terminals that can do no more."""

import threading
from collections.abc import Callable

from preflight.estimate import duration
from progress.forecast import Forecast
from progress.jobs import Job
from progress.run import Run
from progress.words import head

__all__ = ["Lines"]

POLL_S = 2.0  # between two looks at logs
EVERY_S = 30.0  # between two lines about one job
LONG_S = 30.0  # that a job is expected to take if its start is worth a line


class Lines:
    """A line for the start of a long job, for its steps, and for the end of every job; or for steps alone."""

    def __init__(self, run: Run, write: Callable[[str], None], *, steps_alone: bool = False) -> None:
        self.run, self.write, self.steps_alone = run, write, steps_alone
        self.forecast: Forecast | None = None
        self.told: dict[Job, tuple[float, str]] = {}
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._watch, name="progress", daemon=True)

    def start(self) -> None:
        """Begin to look at logs."""
        self.thread.start()

    def stop(self) -> None:
        """Look no more."""
        self.ending.set()

    def begun(self, job: Job) -> None:
        """A job was started or sent to a cluster."""
        self.told[job] = (self.run.clock(), "")
        if self.forecast and self.forecast.expected_s(job.rule, self.run) >= LONG_S:
            self._tell(job, f"started: {job.name}")

    def ended(self, job: Job) -> None:
        """A job has made its outputs."""
        self.told.pop(job, None)
        took = f" in {duration((job.ended or self.run.clock()) - job.begun)}" if job.begun is not None else ""
        self._tell(job, f"done: {job.name}{took}")

    def _tell(self, job: Job, text: str) -> None:
        if job.makes and not self.steps_alone:
            left = self.forecast.left_s(self.run) if self.forecast else None
            self.write(f"{head(self.run, left)} | {text}")

    def _watch(self) -> None:
        while not self.ending.wait(POLL_S):
            for job in self.run.jobs():
                job.look(self.run.clock())
                self._tell_step(job)

    def _tell_step(self, job: Job) -> None:
        now, (before, step) = self.run.clock(), self.told.get(job, (0.0, ""))
        if job.step and str(job.step) != step and now - before >= EVERY_S:
            self.told[job] = (now, str(job.step))
            self.write(f"{job.name}: {job.step}")
