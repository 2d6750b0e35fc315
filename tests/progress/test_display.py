"""What a person sees of a run: on terminals of several kinds, and in a file."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from running import ROOT, elsewhere
from terminal import resize, watched

pytestmark = pytest.mark.slow

WORKFLOW = f"""
configfile: "{ROOT}/config.yaml"
include: "{ROOT}/workflow/rules/common.smk"

rule all:
    input: expand("{{file}}.txt", file=config["corpus"]["name"].split("_"))

rule work:
    output: "{{file}}.txt"
    log: "{{file}}.log"
    script: "work.py"
"""
# Quick jobs do nothing; others take steps, say something, fail, or wait for a sign.
WORK = f"""
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, "{ROOT}/workflow/scripts")

from phonotopy.core import logs, steps
from phonotopy.core.errors import InputError


def wait_for(name):
    while os.environ.get("SEEN") and not Path(name).exists():
        time.sleep(0.05)

with logs.opened(snakemake.log[0]):
    kind = snakemake.wildcards.file
    if kind == "steps":
        for number in range(1, 4):
            steps.log("epoch", number, 4, "loss 1.5")
            wait_for(f"seen{{number}}")
    if kind == "loud":
        wait_for("seen1")
        for number in range(500):
            os.write(2, f"line {{number}} of a job\\n".encode())
        os.write(1, b"\\x1b[31mred\\x1b[0m and no end")
        wait_for("seen3")
    if kind == "refused":
        time.sleep(1.5)
        raise InputError("a.wav", "noise", "speech", "speak")
    if kind == "waits":
        Path("waiting").touch()
        time.sleep(60)
    if kind == "ends":
        Path("waiting").touch()
        time.sleep(4)
    Path(snakemake.output[0]).touch()
"""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
FOOT = re.compile(r"^\[\d+/\d+\] \d\d:\d\d passed", re.MULTILINE)
LAST = "Look first at results"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Snakefile").write_text(WORKFLOW, encoding="utf-8")
    (tmp_path / "work.py").write_text(WORK, encoding="utf-8")
    return tmp_path


def asked(kinds: str) -> str:
    """Settings with which the jobs of these kinds are wanted; their names are that of the corpus."""
    return f"corpus: {{name: {kinds}}}\n"


def command(folder: Path, kinds: str, *arguments: str) -> list[str]:
    (folder / "overlay.yaml").write_text(asked(kinds), encoding="utf-8")
    return [sys.executable, "-m", "snakemake", "--cores", "2", *arguments, "--configfile", "overlay.yaml"]


def test_lines_at_the_foot_of_a_terminal_are_renewed_below_all_that_jobs_write(folder: Path) -> None:
    """Also while it is resized; every step is seen before the next."""
    sizes = {"epoch 1/4": (60, 12), "epoch 2/4": (40, 8), "epoch 3/4": (100, 30)}

    def act(process: subprocess.Popen[bytes], screen: str, terminal: int) -> None:
        for step in [step for step in sizes if step in screen]:
            resize(terminal, sizes.pop(step))
            (folder / f"seen{step[6]}").touch()

    seen = watched(command(folder, "steps_loud_quick"), folder, act=act, environment={"SEEN": "waited for"})
    assert seen.status == 0, seen.text
    foots = [frame for frame in seen.frames if FOOT.search(frame)]
    assert any(re.search(r"^  work steps +epoch 1/4, about \d+ s left  loss 1.5$", one, re.M) for one in foots)
    assert not FOOT.search(seen.text)
    assert [int(number) for number in re.findall(r"^line (\d+) of a job$", seen.text, re.MULTILINE)] == [*range(500)]
    assert "red and no end" in seen.text
    assert re.fullmatch(rf"4 jobs in \d+ s\. {LAST}", seen.text.splitlines()[-1])
    assert not any(block in seen.text for block in ("rule work:", "Finished jobid", "Job stats", "Select jobs"))
    assert seen.text.count("Estimate for 4 jobs on 2 cores") == 1


@pytest.mark.parametrize(("size", "environment"), [((24, 5), {}), ((100, 30), {"LC_ALL": "C", "PYTHONUTF8": "0"})])
def test_the_message_of_a_failed_job_stands_last_on_any_terminal(
    folder: Path, size: tuple[int, int], environment: dict[str, str]
) -> None:
    seen = watched(command(folder, "refused_quick"), folder, size=size, environment=environment)
    assert seen.status == 1
    text = "".join(seen.text.split())  # narrow terminals break lines anywhere
    for said in ("Error in rule work:", "WorkflowError: At least one job did not complete successfully."):
        assert said.replace(" ", "") in text
    assert text.endswith("Failed:work,filerefused,seerefused.loga.wav:noiseexpected:speechnextstep:speak")
    assert "Lookfirst" not in text
    assert not FOOT.search(seen.text)


def test_a_file_gets_a_line_for_each_event_and_no_control_character(folder: Path) -> None:
    run = elsewhere(folder, overlay=asked("steps_loud_quick"))
    assert run.returncode == 0, run.stdout
    own = run.stdout.replace("\x1b[31mred\x1b[0m and no end", "")  # of the loud job
    assert not CONTROL.search(own)
    assert (
        len(re.findall(r"^\[[1-3]/4\] \d\d:\d\d passed, about \d+ s left \| done: work \w+ in \d+ s$", own, re.M)) == 3
    )
    assert not any(block in own for block in ("rule work:", "Finished jobid", "Job stats", "Select jobs"))
    assert re.fullmatch(rf"4 jobs in \d+ s\. {LAST}", own.splitlines()[-1])
    again = elsewhere(folder, overlay=asked("steps_loud_quick"))
    assert "Nothing to be done" in again.stdout
    assert again.stdout.splitlines()[-1] == LAST


@pytest.mark.parametrize("environment", [{"CI": "true", "NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["CI", "dumb"])
def test_a_terminal_that_nobody_looks_at_gets_plain_lines(folder: Path, environment: dict[str, str]) -> None:
    seen = watched(command(folder, "steps_quick"), folder, environment=environment)
    assert seen.status == 0
    assert b"\x1b" not in seen.raw.partition(b"Estimate")[2]  # before, Snakemake has colours of its own
    assert "done: work steps" in seen.text


def test_blocks_of_snakemake_are_shown_on_request(folder: Path) -> None:
    seen = watched(command(folder, "steps_quick", "--printshellcmds"), folder)
    assert seen.status == 0
    for block in (
        "rule work:",
        "Finished jobid: ",
        "Job stats:",
        "Select jobs to execute...",
        "2 of 3 steps (67%) done",
    ):
        assert block in seen.text
    assert not any(map(FOOT.search, seen.frames))
    assert seen.text.splitlines()[-1].endswith(LAST)


@pytest.mark.parametrize("quiet", [["--quiet"], ["--dry-run"], ["--unlock"]])
def test_nothing_is_reported_of_what_is_no_run_or_is_to_be_silent(folder: Path, quiet: list[str]) -> None:
    seen = watched([*command(folder, "quick"), *quiet], folder)
    assert not FOOT.search("\n".join(seen.frames))
    assert LAST not in seen.text


@pytest.mark.parametrize(
    ("sign", "kind", "said"),
    [
        (signal.SIGINT, "waits", "Terminating processes on user request"),
        (signal.SIGTERM, "ends", "Will exit after finishing currently running jobs"),
    ],
    ids=["Control-C", "SIGTERM"],
)
def test_a_run_that_is_stopped_leaves_a_clean_terminal(folder: Path, sign: int, kind: str, said: str) -> None:
    sent: list[int] = []

    def act(process: subprocess.Popen[bytes], screen: str, terminal: int) -> None:
        if not sent and FOOT.search(screen) and (folder / "waiting").exists():
            sent.append(sign)
            os.killpg(process.pid, sign) if sign == signal.SIGINT else process.send_signal(sign)

    seen = watched(command(folder, f"{kind}_quick"), folder, act=act)
    assert sent and seen.status == 1
    assert said in seen.text
    assert not FOOT.search(seen.text)
    assert LAST not in seen.text
    assert seen.raw.rfind(b"\x1b[?25h") > seen.raw.rfind(b"\x1b[?25l"), "the cursor is there"
