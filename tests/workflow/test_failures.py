"""What a user reads last of a run that failed: the messages of its jobs."""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from phonotopy.core import logs
from phonotopy.core.errors import InputError
from preflight import failures
from running import ROOT, elsewhere

EARLIER = datetime.now() - timedelta(hours=1)


def job(log: Path, rule: str = "rule", **wildcards: str) -> Any:
    return SimpleNamespace(rule=SimpleNamespace(name=rule), wildcards_dict=wildcards, log=[str(log)])


def group(*members: Any) -> Any:
    return SimpleNamespace(jobs=list(members))


@pytest.fixture
def written(tmp_path: Path) -> Mapping[str, Path]:
    """Logs of jobs that ended in several ways."""
    found = {name: tmp_path / f"{name}.log" for name in ("refused", "defect", "done", "killed", "program", "silent")}
    for name, error in {"refused": InputError("a.wav", "noise", "speech", "speak"), "defect": KeyError("x")}.items():
        with pytest.raises((SystemExit, KeyError)), logs.opened(found[name]) as log:
            log.info("begun")
            raise error
    with logs.opened(found["done"]) as log:
        log.error("only said")
    found["killed"].write_text("2026-01-01 00:00:00 INFO begun\n")
    found["program"].write_text("ERROR of a program of others\n")
    return found


def test_the_error_of_a_log_is_what_it_ends_with(written: Mapping[str, Path]) -> None:
    assert logs.error(written["refused"]) == "a.wav: noise\n  expected: speech\n  next step: speak"
    assert logs.error(written["defect"]).startswith("Traceback")
    assert [logs.error(written[name]) for name in ("done", "killed", "program")] == ["", "", ""]


def test_a_message_stands_last_below_its_job(written: Mapping[str, Path]) -> None:
    text = failures.account([job(written["refused"], "train", condition="control", seed="0")], EARLIER)
    assert text == (
        f"Failed: train, condition control, seed 0, see {written['refused']}\n\n"
        "a.wav: noise\n  expected: speech\n  next step: speak"
    )


def test_a_message_of_several_jobs_is_said_once(written: Mapping[str, Path]) -> None:
    text = failures.account([job(written["refused"], "b"), job(written["refused"], "a")], EARLIER)
    assert text.count("a.wav: noise") == 1
    assert text.startswith(f"Failed: a, see {written['refused']}; b, see {written['refused']}\n")


def test_every_message_of_a_run_is_said(written: Mapping[str, Path]) -> None:
    failed = [job(written[name], name) for name in ("killed", "refused", "defect", "program", "silent")]
    first, *others = failures.account(failed, EARLIER).split("Failed: ")[1:]
    assert [name for name in ("killed", "program", "silent") if f"{name}, see" in first] == [
        "killed",
        "program",
        "silent",
    ]
    assert [text.partition(",")[0] for text in others] == ["defect", "refused"]
    assert others[0].endswith("KeyError: 'x'\n\n")


def test_of_a_group_only_those_that_failed_are_named(written: Mapping[str, Path]) -> None:
    members = [job(written[name], name) for name in ("done", "refused", "silent")]
    assert failures.account([group(*members)], EARLIER).startswith("Failed: refused, see")
    text = failures.account([group(members[0], members[2])], EARLIER)
    assert text.startswith("Failed: done, see")
    assert "silent, see" in text


def test_the_log_of_an_earlier_run_says_nothing(written: Mapping[str, Path]) -> None:
    os.utime(written["refused"], (0, 0))
    assert failures.account([job(written["refused"], "train")], EARLIER) == f"Failed: train, see {written['refused']}"
    assert failures.account([], EARLIER) == ""


# Real jobs

REFUSED = f"""
import sys

sys.path.insert(0, "{ROOT}/workflow/scripts")

from phonotopy.core import logs
from phonotopy.core.errors import InputError

with logs.opened(snakemake.log[0]):
    raise InputError(snakemake.wildcards.file[0], "noise", "speech", "speak")
"""
WORKFLOW = f"""
configfile: "{ROOT}/config.yaml"
include: "{ROOT}/workflow/rules/common.smk"

rule all:
    input: expand("{{file}}.txt", file=["a1", "a2", "b1"])

rule read:
    output: "{{file}}.txt"
    log: "{{file}}.log"
    script: "refused.py"
"""


@pytest.mark.slow
def test_messages_of_all_refused_jobs_are_the_last_lines(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text(WORKFLOW, encoding="utf-8")
    (tmp_path / "refused.py").write_text(REFUSED, encoding="utf-8")
    run = elsewhere(tmp_path, "--keep-going")
    assert run.returncode == 1
    heads = ("Failed: read, file a1, see a1.log; read, file a2, see a2.log", "Failed: read, file b1, see b1.log")
    messages = [f"{name}: noise\n  expected: speech\n  next step: speak" for name in "ab"]
    end = "\n\n".join(f"{head}\n\n{message}" for head, message in zip(heads, messages, strict=True))
    assert run.stdout.endswith(f"\n\n{end}\n")
    assert run.stdout.count(messages[0]) == 3, "as the jobs end, and at the end of the run"
