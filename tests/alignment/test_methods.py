"""Aligners of whole corpora: their TextGrids are read, and what they lack falls to the next method."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from phonotopy.alignment.coverage import read_coverage
from phonotopy.core.errors import InputError
from preflight.inputs import find_aligners

ROOT = Path(__file__).parents[2]
SETTINGS = """
alignment: {method: [mfa, pocketsphinx]}
corpus: {synthetic: {minutes: {train: 0.05, dev: 0.05, test: 0.05}, speakers: {train: 1, dev: 1, test: 1}}}
"""


@pytest.mark.slow
def test_mfa_aligns_what_it_can_and_the_next_method_the_rest(tmp_path):
    """By a program that stands for it: conda alone brings the real one."""
    program = tmp_path / "bin" / "mfa"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "tests" / "support" / "fake_mfa.py"}" "$@"\n')
    program.chmod(0o755)
    library = str(ROOT / "workflow" / "scripts")
    environment = os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": library}
    environment["MFA_ROOT_DIR"] = str(tmp_path / "models")
    left_behind = shutil.ignore_patterns(".git", ".venv", ".snakemake", "results", "__pycache__", ".*_cache")
    folder = shutil.copytree(ROOT, tmp_path / "phonotopy", ignore=left_behind)
    (folder / "overlay.yaml").write_text(SETTINGS)
    configs = ["--configfile", "tests/smoke/config.yaml", "overlay.yaml"]
    command = [sys.executable, "-m", "snakemake", "alignment", "--cores", "2", *configs]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    run = subprocess.run(command, cwd=folder, env=environment, check=False, timeout=600, **streams)
    results = folder / "results" / "smoke"
    logs = sorted((results / "logs" / "alignment" / "synthetic").glob("*.align_mfa.log"))
    assert run.returncode == 0, run.stdout + "".join(log.read_text() for log in logs)
    assert [log.name.partition(".align")[0] for log in logs] == ["dev.sample", "test", "train.sample"]
    for kind in ("dictionary", "acoustic"):
        assert all(f"download {kind} english_us_arpa\n" in log.read_text() for log in logs)
    coverage = read_coverage(results / "alignment" / "synthetic" / "coverage.tsv")
    assert Counter(row.method for row in coverage) == {"mfa": len(coverage) - 2, "pocketsphinx": 2}
    names = sorted(coverage, key=lambda row: row.utterance)
    assert sorted(row.reason for row in names if row.reason) == [
        "not aligned by mfa",
        next(row.reason for row in names if row.reason.startswith("unknown words: ")),
    ]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"method": ["ctc"]}, "alignment.ctc.recogniser: no recogniser"),
        ({"method": ["ctc"], "ctc": {"recogniser": "no/checkpoint.pt"}}, "no/checkpoint.pt does not exist"),
        ({"method": ["mfa"], "mfa": {"acoustic_model": "x", "dictionary": "no/x.dict"}}, "no/x.dict does not exist"),
    ],
)
def test_aligners_that_lack_something_are_refused_before_any_job(changes, found):
    settings = yaml.safe_load((ROOT / "config.yaml").read_text())["alignment"]
    find_aligners(settings)
    with pytest.raises(InputError, match=found):
        find_aligners(settings | changes)
