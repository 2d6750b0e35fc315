"""What the tests of the whole workflow share."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from running import copied, snakemake


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A copy of the project after a whole run of the tiny configuration, which all processes of the tests share."""
    own = tmp_path_factory.mktemp("finished")
    if worker_id == "master":  # there is one process
        return run_whole(own)
    shared = tmp_path_factory.getbasetemp().parent / "finished"
    with FileLock(shared.with_suffix(".lock")):
        if not shared.exists():
            run_whole(own).parent.rename(shared)
    return shutil.copytree(shared, own, symlinks=True, dirs_exist_ok=True) / "phonotopy"


def run_whole(folder: Path) -> Path:
    """The project in the folder, after a whole run."""
    project = copied(folder)
    run = snakemake(project, "--cores", "2")
    assert run.returncode == 0, run.stdout
    return project
