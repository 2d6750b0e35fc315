"""Snakemake's own limit of jobs a second is taken away, one that the user named is not."""

from dataclasses import dataclass

import pytest
from snakemake.cli import get_argument_parser
from snakemake.scheduling.job_scheduler import JobRateLimiter
from snakemake.settings.types import MaxJobsPerTimespan

from preflight import pace


@dataclass
class Waiting:
    job_rate_limiter: pace.Limit | None


def test_the_limit_of_snakemake_is_the_one_that_is_known() -> None:
    given = get_argument_parser().get_default("max_jobs_per_timespan")
    limit = MaxJobsPerTimespan.parse_choice(given)
    assert (limit.max_jobs, limit.timespan) == pace.DEFAULT


@pytest.mark.parametrize(("named", "stays"), [("100/1s", False), ("50/1m", True), ("100/1m", True), (None, False)])
def test_a_limit_that_was_named_stays(named: str | None, stays: bool) -> None:
    scheduler = Waiting(JobRateLimiter(MaxJobsPerTimespan.parse_choice(named)) if named else None)
    pace.unlimit(scheduler)
    assert (scheduler.job_rate_limiter is not None) == stays
