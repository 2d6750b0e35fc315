"""Progress at the foot of a terminal: a line for the run, and one for each of the jobs at work."""

from itertools import cycle, islice
from typing import TextIO

from rich.text import Text

from progress.forecast import Forecast
from progress.jobs import Job
from progress.run import Run
from progress.screen import Screen
from progress.words import head, progress, remaining

__all__ = ["Foot"]

ROWS = 8  # jobs at most
LOOKS = 20  # logs that are looked at for one drawing; on a cluster hundreds may be at work
FORECAST_S = 1.0  # between two forecasts


class Foot:
    """Of a run, at the foot of the terminal behind the stream."""

    def __init__(self, run: Run, stream: TextIO) -> None:
        self.run, self.screen = run, Screen(stream, self.view)
        self.forecast: Forecast | None = None
        self.left_s: float | None = None
        self.forecast_at = -FORECAST_S
        self.turn = 0

    def start(self) -> None:
        """Begin to draw."""
        self.screen.start()

    def stop(self) -> None:
        """Wipe the foot."""
        self.screen.stop()

    def begun(self, job: Job) -> None:
        """The next drawing shows it."""

    def ended(self, job: Job) -> None:
        """The next drawing leaves it out."""

    def view(self) -> Text:
        """What is shown; lines that are too long for the terminal end in an ellipsis."""
        jobs = self.run.jobs()
        self._look(jobs)
        at_work = [job for job in jobs if job.begun is not None]
        rows = at_work[: max(1, min(ROWS, self.screen.console.height - 3))]
        width = max((len(job.name) for job in rows), default=0)
        lines = [Text(head(self.run, self._left_s()), style="bold"), *(self._row(job, width) for job in rows)]
        if len(at_work) > len(rows):
            lines.append(Text(f"  and {len(at_work) - len(rows)} more"))
        return Text("\n", no_wrap=True, overflow="ellipsis").join(lines)

    def _row(self, job: Job, width: int) -> Text:
        left = job.left_s(self.run.clock())
        parts = [progress(job), remaining(left) if left is not None else ""]
        row = Text(f"  {job.name:<{width}}  ").append(", ".join(filter(None, parts)), style="cyan")
        return row.append(f"  {job.step.detail}", style="dim") if job.step and job.step.detail else row

    def _look(self, jobs: list[Job]) -> None:
        """At the logs of some, the next time at those of others."""
        if jobs:
            self.turn %= len(jobs)
            for job in islice(cycle(jobs), self.turn, self.turn + min(LOOKS, len(jobs))):
                job.look(self.run.clock())
            self.turn += LOOKS

    def _left_s(self) -> float | None:
        now = self.run.clock()
        if self.forecast and now - self.forecast_at >= FORECAST_S:
            self.left_s, self.forecast_at = self.forecast.left_s(self.run), now
        return self.left_s
