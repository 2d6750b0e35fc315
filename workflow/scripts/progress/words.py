"""What a run reports, in words."""

from preflight.estimate import duration
from progress.jobs import Job
from progress.run import Run

__all__ = ["ending", "head", "progress", "remaining"]

COARSE_S = 10.0  # to which short times are rounded, upwards


def head(run: Run, left_s: float | None) -> str:
    """How far a run is: ``[12/87] 03:10 passed, about 8 min left``."""
    waiting = sum(job.begun is None for job in run.jobs())
    parts = [f"{_clock(run.passed_s)} passed", *([remaining(left_s)] if left_s is not None else [])]
    return f"[{run.done}/{run.total}] {', '.join(parts)}" + (f" | {waiting} waiting" if waiting else "")


def remaining(left_s: float) -> str:
    """The rest of a time: ``about 8 min left``."""
    return f"about {duration(max(COARSE_S, -(-left_s // COARSE_S) * COARSE_S))} left"


def progress(job: Job) -> str:
    """How far a job is: its last step, or else what its log says."""
    return f"{job.step.unit} {job.step.done}/{job.step.total}" if job.step else job.said


def ending(run: Run, look: str) -> str:
    """The last line of a run that made all that was asked for."""
    done = "" if run.idle else f"{run.done} jobs in {duration(run.passed_s)}. "
    return f"{done}Look first at {look}"


def _clock(passed_s: float) -> str:
    hours, rest = divmod(int(passed_s), 3600)
    return (f"{hours}:" if hours else "") + "{:02d}:{:02d}".format(*divmod(rest, 60))
