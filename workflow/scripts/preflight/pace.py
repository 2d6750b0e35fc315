"""How often Snakemake looks for jobs that it can start."""

from typing import Protocol

__all__ = ["Limit", "Scheduler", "unlimit"]

DEFAULT = (100, 1)  # jobs, and seconds: Snakemake's own --max-jobs-per-timespan


class Limit(Protocol):
    """So many jobs in so many seconds."""

    @property
    def max_jobs(self) -> int:
        """Jobs."""

    @property
    def timespan(self) -> float:
        """Seconds."""


class Scheduler(Protocol):
    """What starts jobs, as Snakemake's does."""

    job_rate_limiter: Limit | None


def unlimit(scheduler: Scheduler) -> None:
    """Take Snakemake's own limit of jobs a second away; another one, which the user named, stays.

    With a limit, each pass over the jobs that wait asks for one more a second later, and each end of a job begins such
    a chain anew (seen in Snakemake 9.27). While jobs wait for a core, chains add up: after 200 jobs, to half a core. A
    limit protects clusters; on one machine, its cores are the limit.
    """
    limit = scheduler.job_rate_limiter
    if limit and (limit.max_jobs, limit.timespan) == DEFAULT:
        scheduler.job_rate_limiter = None
