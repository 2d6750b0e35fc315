"""What is known of a run: its jobs, by their logs, and the time that is left."""

import logging
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.logging import LogEvent

from phonotopy.core import logs, steps
from progress import words
from progress.forecast import Forecast
from progress.jobs import Job, name
from progress.run import Run
from running import ROOT

DEFAULTS = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


class Clock:
    """A clock that tests set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def record(event: LogEvent | None, msg: str = "", **given: Any) -> logging.LogRecord:
    return logging.makeLogRecord({"event": event, "msg": msg, **given})


def begun(run: Run, number: int, rule: str, log: Path | None = None, **given: Any) -> Job:
    about = {"jobid": number, "rule_name": rule, "log": [str(log)] if log else [], "output": ["a"], "threads": 1}
    job = run.take(record(LogEvent.JOB_INFO, **{"wildcards": {}, "local": False, **about, **given}))
    assert job
    return job


def planned(clock: Clock, **rules: int) -> Run:
    run = Run(clock)
    run.take(record(LogEvent.RUN_INFO, stats={**rules, "total": sum(rules.values())}))
    return run


def test_a_name_says_what_tells_jobs_apart() -> None:
    assert name("train", {"corpus": "synthetic", "condition": "topographic", "seed": "1"}) == "train topographic seed 1"
    assert name("align", {"corpus": "synthetic"}) == "align"


def test_a_job_is_as_far_as_its_log_says(tmp_path: Path) -> None:
    log, clock = tmp_path / "a.log", Clock()
    with logs.opened(log):  # of an earlier run
        steps.log("epoch", 9, 9)
    job = begun(planned(clock, train=1), 1, "train", log)
    job.look(1.0)
    assert (job.step, job.left_s(1.0)) == (None, None)
    with logs.opened(log) as logger:
        job.look(2.0)
        logger.info("begun")
        job.look(3.0)
        assert (words.progress(job), job.left_s(3.0)) == ("begun", None)
        steps.log("epoch", 1, 4, "loss 2")
        job.look(12.0)
        logger.warning("strange")
        job.look(13.0)
        assert words.progress(job) == "epoch 1/4"
        assert job.left_s(13.0) == pytest.approx(29.0), "10 s for a quarter, a second of which has passed since"
        assert job.ended is None
    job.look(50.0)
    assert job.ended == 50.0


def test_what_an_earlier_attempt_did_is_not_taken_for_speed(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    job = begun(planned(Clock(), train=1), 1, "train", log)
    with logs.opened(log):
        job.look(1.0)
        steps.log("epoch", 6, 9, steps.RESUMED)
        job.look(2.0)
        assert job.left_s(2.0) is None
        steps.log("epoch", 7, 9, "loss 1")
        job.look(11.0)
        assert job.left_s(11.0) == pytest.approx(20.0)


@pytest.mark.parametrize("damage", [b"\xff\xfe\x00 no text", b"", b"2026-01-01 00:00:00 INFO epoch 1/"])
def test_a_log_of_another_form_says_nothing(tmp_path: Path, damage: bytes) -> None:
    job = begun(planned(Clock(), a=1), 1, "a", tmp_path / "a.log")
    (tmp_path / "a.log").write_bytes(damage)
    job.look(1.0)
    assert job.step is None
    (tmp_path / "a.log").unlink()
    job.look(2.0)


def test_a_job_in_a_queue_waits_until_it_has_a_log_of_its_own(tmp_path: Path) -> None:
    log, run = tmp_path / "a.log", planned(Clock(), a=2)
    log.write_text("of an earlier run")
    run.take(record(LogEvent.RESOURCES_INFO, nodes=100))
    job, local = begun(run, 1, "a", log), begun(run, 2, "a", local=True)
    job.look(5.0)
    assert (job.begun, local.begun) == (None, 0.0)
    assert "| 1 waiting" in words.head(run, None)
    log.write_text("of this one")
    job.look(6.0)
    assert job.begun == 6.0
    assert "waiting" not in words.head(run, None)


def test_a_run_counts_what_is_done_and_forgets_what_failed() -> None:
    clock = Clock()
    run = planned(clock, a=3)
    jobs = [begun(run, number, "a") for number in (1, 2, 3)]
    clock.now = 65.0
    assert run.take(record(LogEvent.JOB_FINISHED, job_id=1)) is jobs[0]
    run.take(record(LogEvent.JOB_ERROR, jobid=2))
    assert (run.done, run.took, run.failed, run.complete) == (1, {"a": [65.0]}, True, False)
    assert run.jobs() == [jobs[2]]
    assert words.head(run, 61.0) == "[1/3] 01:05 passed, about 70 s left"
    run.take(record(LogEvent.JOB_FINISHED, job_id=3))
    run.take(record(LogEvent.PROGRESS, done=3, total=3))
    assert run.complete
    assert words.ending(run, "page.html") == "3 jobs in 65 s. Look first at page.html"


def test_a_run_with_nothing_to_do_is_complete() -> None:
    run = Run(Clock())
    assert not run.complete
    run.take(record(None, "Nothing to be done (all requested files are present and up to date)."))
    assert (run.complete, words.ending(run, "page.html")) == (True, "Look first at page.html")


# The time left


def forecast(tmp_path: Path, cores: int = 2) -> Forecast:
    return Forecast({**DEFAULTS, "results": str(tmp_path)}, {"train": 1, "align": 8}, cores)


def test_the_time_left_is_at_first_that_of_the_settings(tmp_path: Path) -> None:
    of = forecast(tmp_path)
    one = of.expected_s("train", planned(Clock(), train=1))
    assert of.left_s(planned(Clock(), train=4)) == pytest.approx(2 * one)
    assert of.left_s(planned(Clock(), train=1)) == pytest.approx(one)
    assert of.left_s(planned(Clock())) == 0


def test_jobs_of_this_run_correct_it(tmp_path: Path) -> None:
    """Finished ones, and those at work that are far enough."""
    of, clock = forecast(tmp_path), Clock()
    run = planned(clock, train=4)
    begun(run, 1, "train")
    clock.now = 100.0
    run.take(record(LogEvent.JOB_FINISHED, job_id=1))
    assert of.left_s(run) == pytest.approx(150.0)
    job = begun(run, 2, "train", tmp_path / "a.log")
    with logs.opened(tmp_path / "a.log"):
        job.look(100.0)
        steps.log("epoch", 1, 4)
        clock.now = 150.0
        job.look(150.0)
    assert of.left_s(run) == pytest.approx((150 + 2 * (100 + 200) / 2) / 2)


def test_it_shrinks_while_a_job_without_steps_is_at_work_and_never_ends_before_it(tmp_path: Path) -> None:
    of, clock = forecast(tmp_path), Clock()
    run, left = planned(clock, align=1), []
    whole = of.left_s(run)
    begun(run, 1, "align", threads=2)
    for share in (0.0, 0.5, 0.9, 2.0):
        clock.now = share * whole
        left.append(of.left_s(run))
    assert left[0] == pytest.approx(whole)
    assert left[0] > left[1] > left[2] > 0
    assert left[3] == pytest.approx(0.2 * whole)


def test_a_slow_machine_slows_what_it_has_not_done_yet(tmp_path: Path) -> None:
    of, clock = forecast(tmp_path, 1), Clock()
    run = planned(clock, features=1, train=1)
    before = of.expected_s("train", run)
    begun(run, 1, "features")
    clock.now = 3000.0
    run.take(record(LogEvent.JOB_FINISHED, job_id=1))
    assert of.left_s(run) > 10 * before
