"""Runs of the workflow in a copy of the project, as a user starts them."""

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plan_server import plan

ROOT = Path(__file__).parents[2]
SMOKE = "tests/smoke/config.yaml"
NOTHING = "Nothing to be done"
LIBRARY = Path("workflow", "scripts", "phonotopy")
LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", ".snakemake", "results", ".*_cache")
COMPILED = (".pyc", ".nbi", ".nbc")  # of Python and numba; what is being written has other names


def snakemake(
    folder: Path, *arguments: str, preset: str = SMOKE, overlay: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in the folder with a preset and further settings as YAML text; both streams end in stdout.

    A file holds the settings, since --config takes numbers inside braces for text.
    """
    given = [*arguments, *configured(folder, preset, overlay)]
    if "--dry-run" in arguments:
        return plan(folder, given)
    command = [sys.executable, "-m", "snakemake", *given]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(command, cwd=folder, text=True, timeout=900, check=False, **streams)


def configured(folder: Path, preset: str, overlay: str) -> list[str]:
    """The option that names a preset and a file of further settings, which is written."""
    (folder / "overlay.yaml").write_text(overlay, encoding="utf-8")
    files = [name for name in (preset, "overlay.yaml" if overlay else "") if name]
    return ["--configfile", *files] if files else []


def planned(folder: Path, *arguments: str, preset: str = SMOKE, overlay: str = "") -> dict[str, int]:
    """Number of jobs by rule that the next run would execute."""
    found = snakemake(folder, *arguments, "--dry-run", preset=preset, overlay=overlay)
    assert found.returncode == 0, found.stdout
    if NOTHING in found.stdout:
        return {}
    lines = found.stdout.partition("Job stats:")[2].splitlines()
    rows = [line.split() for line in lines if re.fullmatch(r"\w+ +\d+", line)]
    return {rule: int(count) for rule, count in rows if rule != "total"}


@contextmanager
def edited(path: Path, old: str, new: str) -> Iterator[None]:
    """Replace text in a file for a while."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project without results."""
    return copied(tmp_path_factory.mktemp("checkout"))


def copied(folder: Path) -> Path:
    """The project without results, in a folder of its name, with what is compiled, lest every copy compiles anew."""
    return shutil.copytree(ROOT, folder / "phonotopy", ignore=left_behind)


def left_behind(folder: str, names: list[str]) -> set[str]:
    """Names in a folder that no copy gets."""
    unfinished = [name for name in names if not name.endswith(COMPILED)] if folder.endswith("__pycache__") else []
    return LEFT_BEHIND(folder, names) | {*unfinished}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def elsewhere(folder: Path, *arguments: str, overlay: str = "") -> subprocess.CompletedProcess[str]:
    """Run Snakemake in a folder that holds no project; both streams end in stdout."""
    (folder / "overlay.yaml").write_text(overlay or "{}", encoding="utf-8")
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments, "--configfile", "overlay.yaml"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(command, cwd=folder, text=True, timeout=900, check=False, **streams)
