"""Geometry, placement and responses: all that later stages know of a condition."""

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from fabricate import activations, opened
from phonotopy.activations import store
from phonotopy.activations.gather import Paths
from phonotopy.activations.geometry import read_geometry, read_grids
from phonotopy.activations.layouts.layout import LAYOUTS, arranged
from phonotopy.activations.placement import identity, read_placement, write_placement
from phonotopy.activations.read import Tokens
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.selectivity.d_prime import Criteria, measure
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i

PHONES = ("P", "S", "IY", "M", "AA")
CRITERIA = Criteria(minimum_tokens=10, minimum_speakers=3, d_prime=0.5, false_discovery_rate=0.05)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    activations(folder, PHONES, layers=2, filters=64, speakers=4, utterances=12, tokens=20, radius=2.0)
    return folder


@pytest.fixture
def shuffled(trained: Path, tmp_path: Path) -> Path:
    """The same responses, with units at shuffled positions."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    grids = read_grids(tmp_path / "geometry.tsv")
    write_placement(tmp_path / "placement.tsv", arranged("shuffled", grids, {}, 0, "shuffled", 0), grids)
    return tmp_path


def test_a_shuffled_layout_loses_the_map_and_nothing_else(trained: Path, shuffled: Path) -> None:
    whole, moved = opened(trained), opened(shuffled)
    tokens = Tokens.read(trained / "tokens.tsv", PHONES, "speaker")
    for layer, (grid, units) in moved.positions.items():
        found, again = measure(whole.cells(layer), CRITERIA), measure(moved.cells(layer), CRITERIA)
        np.testing.assert_array_equal(again.d_prime, found.d_prime[units])
        np.testing.assert_array_equal(moved.token_means(layer, tokens), whole.token_means(layer, tokens)[:, units])
        comoment, there = (one.arrays(layer, "frame_comoment")["frame_comoment"] for one in (whole, moved))
        np.testing.assert_array_equal(there, comoment[np.ix_(units, units)])
        before, after = (
            morans_i(one.d_prime[one.live], Lattice.of(grid, "queen", one.live)).mean() for one in (found, again)
        )
        assert before > 0.5
        assert abs(after) < 0.15


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_puts_every_unit_somewhere_once_and_is_the_same_again(layout: str) -> None:
    grids = {1: Grid(4, 4), 2: Grid(8, 16)}
    values = np.random.default_rng(0).normal(size=(500, 128))
    comoments = {layer: np.cov(values[:, : grid.units].T) for layer, grid in grids.items()}
    found = arranged(layout, grids, comoments, 5, "name", 0)
    assert all(sorted(units.tolist()) == list(range(grids[layer].units)) for layer, units in found.items())
    again = arranged(layout, dict(reversed(grids.items())), comoments, 5, "name", 0)
    assert all((found[layer] == again[layer]).all() for layer in grids)


def test_a_random_layout_is_another_one_for_another_seed() -> None:
    grids = {1: Grid(4, 4), 2: Grid(8, 16)}
    one, other = (arranged("shuffled", grids, {}, 5, "name", seed) for seed in (0, 1))
    assert all((one[layer] != other[layer]).any() for layer in grids)


def test_a_placement_is_read_back_in_any_order_of_rows(tmp_path: Path) -> None:
    grids = {1: Grid(2, 3), 2: Grid(2, 2)}
    placement = arranged("shuffled", grids, {}, 1)
    write_placement(tmp_path / "p.tsv", placement, grids)
    header, *lines = (tmp_path / "p.tsv").read_text().splitlines()
    (tmp_path / "p.tsv").write_text("\n".join([header, *reversed(lines)]) + "\n")
    found = read_placement(tmp_path / "p.tsv", grids)
    assert all((found[layer] == placement[layer]).all() for layer in grids)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1\t0\t0\t0\n", ""),
        ("1\t0\t0\t0\n", "1\t1\t0\t0\n"),
        ("1\t0\t0\t0\n", "1\t0\t0\t1\n"),
        ("1\t0\t0\t0\n", "3\t0\t0\t0\n"),
    ],
    ids=["missing", "unit twice", "position twice", "unknown layer"],
)
def test_a_placement_that_is_none_is_refused(tmp_path: Path, old: str, new: str) -> None:
    grids = {1: Grid(2, 3)}
    write_placement(tmp_path / "p.tsv", identity(grids), grids)
    text = (tmp_path / "p.tsv").read_text()
    assert old in text
    (tmp_path / "p.tsv").write_text(text.replace(old, new))
    with pytest.raises(InputError, match=r"p\.tsv"):
        read_placement(tmp_path / "p.tsv", grids)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("\t64\t", "\t63\t", "63 units on 8 × 8"), ("\n2\t", "\n3\t", "layers 1, 3")],
)
def test_a_geometry_that_contradicts_itself_is_refused(
    trained: Path, tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = (trained / "geometry.tsv").read_text()
    (tmp_path / "geometry.tsv").write_text(text.replace(old, new))
    with pytest.raises(InputError, match=message):
        read_geometry(tmp_path / "geometry.tsv")


def test_the_same_responses_are_the_same_bytes(trained: Path, tmp_path: Path) -> None:
    activations(tmp_path, PHONES, layers=2, filters=64, speakers=4, utterances=12, tokens=20, radius=2.0)
    for one, other in zip(Paths.of(trained), Paths.of(tmp_path), strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_a_packed_file_is_read_as_well(trained: Path, tmp_path: Path) -> None:
    """What others write may be compressed, which cannot be mapped into memory."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    with h5py.File(tmp_path / "responses.nc", "a") as file:
        values = file["layer1"]["token_mean"][...]
        del file["layer1"]["token_mean"]
        file["layer1"].create_dataset("token_mean", data=values, compression="gzip")
    assert (store.token_means(tmp_path / "responses.nc", "layer1") == values).all()


def test_files_of_different_runs_are_distinguished(trained: Path, tmp_path: Path) -> None:
    activations(tmp_path, PHONES, layers=2, filters=36, speakers=4, utterances=12, tokens=10)
    shutil.copyfile(trained / "responses.nc", tmp_path / "responses.nc")
    tokens = Tokens.read(tmp_path / "tokens.tsv", PHONES, "speaker")
    with pytest.raises(InputError, match="layer 1 of 64 units"):
        opened(tmp_path).cells(1)
    with pytest.raises(InputError, match="64 units"):
        opened(tmp_path).token_means(1, tokens)
    for name in ("geometry.tsv", "placement.tsv"):
        shutil.copyfile(trained / name, tmp_path / name)
    with pytest.raises(InputError, match="960 tokens"):
        opened(tmp_path).token_means(1, tokens)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "responses.nc").write_text("nothing")
    with pytest.raises(InputError, match=r"responses\.nc: not readable"):
        store.shared_arrays(tmp_path / "responses.nc")
