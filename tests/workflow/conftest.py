"""What the tests of the whole workflow share."""

from pathlib import Path

import pytest

from running import copied, snakemake


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project after a whole run of the tiny configuration."""
    folder = copied(tmp_path_factory.mktemp("finished"))
    run = snakemake(folder, "--cores", "2")
    assert run.returncode == 0, run.stdout
    return folder
