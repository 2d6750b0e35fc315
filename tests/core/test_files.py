"""Files and folders appear whole or not at all, whatever ends the process that writes them."""

import resource
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from phonotopy.core.files import create_array, replacing, replacing_folder
from phonotopy.core.tables import write_table
from phonotopy.corpus.synthesise import _flac
from phonotopy.figures.saving import save
from phonotopy.recogniser.checkpoint import save_recogniser
from phonotopy.recogniser.network import Recogniser, layers_of


def test_what_a_killed_process_left_is_removed_by_the_next_writer_of_the_same_file_alone(tmp_path: Path) -> None:
    stopped = [replacing(tmp_path / "x.tsv"), replacing(tmp_path / "x.y.tsv"), replacing_folder(tmp_path / "x")]
    kept = [stop.__enter__() for stop in stopped]  # and never left, as by SIGKILL
    for part in kept[:2]:
        part.write_text("half")
    write_table(tmp_path / "x.tsv", ["a"], [])
    assert {path.name for path in tmp_path.iterdir()} == {"x.tsv", kept[1].name, kept[2].parent.name}
    with replacing_folder(tmp_path / "x") as folder:
        (folder / "file").write_text("whole")
    assert {path.name for path in tmp_path.iterdir()} == {"x.tsv", "x", kept[1].name}
    assert (tmp_path / "x" / "file").read_text() == "whole"


def test_a_folder_stays_as_it_was_when_the_block_fails(tmp_path: Path) -> None:
    for content in ("old", "new"):
        with suppress(RuntimeError), replacing_folder(tmp_path / "x") as folder:
            (folder / content).write_text("")
            if content == "new":
                raise RuntimeError
    assert [path.name for path in tmp_path.rglob("*")] == ["x", "old"]


def _table(path: Path) -> None:
    write_table(path, ["a"], [{"a": "x" * 20_000}])


def _array(path: Path) -> None:
    with replacing(path) as part:
        create_array(part, (100, 100))[:] = 1.0


def _moments(path: Path) -> None:
    with replacing(path) as part:
        np.savez(part, a=np.ones(5000))


def _checkpoint(path: Path) -> None:
    save_recogniser(
        path, Recogniser(40, layers_of([{"filters": 16, "kernel": 9, "stride": 1}], torus=False), 9, 0.0), {}
    )


def _figure(path: Path) -> None:
    figure = Figure(figsize=(4, 4))
    figure.subplots().plot(np.random.default_rng(0).normal(size=2000))
    save(figure, [path])


def _speech(path: Path) -> None:
    with replacing_folder(path) as folder:
        (folder / "a.flac").write_bytes(_flac(np.random.default_rng(0).integers(-9000, 9000, 9000).astype(np.int16)))


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (_table, "x.tsv"),
        (_array, "x.npy"),
        (_moments, "x.npz"),
        (_checkpoint, "x.pt"),
        (_figure, "x.png"),
        (_figure, "x.svg"),
        (_speech, "x"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_disk_that_is_full_leaves_what_was_there(tmp_path: Path, write: Callable[[Path], None], name: str) -> None:
    """A limit on the size of files stands in for the disk: what is written beyond it fails at the same points."""
    write(tmp_path / name)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, limits[1]))
    try:
        with pytest.raises((OSError, RuntimeError)):
            write(tmp_path / name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
