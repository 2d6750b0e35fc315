"""Tables as pages list them."""

import base64
import gzip
from pathlib import Path

import pytest

from phonotopy.core.columns import Column, Table
from phonotopy.core.tables import write_table
from phonotopy.pages import listings
from phonotopy.pages.listings import FIRST, listing, rounded


def training(results: Path, condition: str, seed: int, values: list[float]) -> Path:
    path = results / "mapping" / "synthetic" / condition / f"seed{seed}" / "rank.tsv"
    write_table(path, ["layer", "rank"], [{"layer": n, "rank": value} for n, value in enumerate(values, start=1)])
    return path


def unpacked(packed: str) -> list[list[str]]:
    return [line.split("\t") for line in gzip.decompress(base64.b64decode(packed)).decode().split("\n")]


def test_trainings_are_listed_seed_by_seed_and_say_which_they_are(tmp_path: Path) -> None:
    files = [training(tmp_path, name, seed, [seed + 0.5]) for name in ("control", "map") for seed in (10, 2)]
    found = listing("rank", files, results=tmp_path)
    assert found.columns == ["condition", "seed", "layer", "rank"]
    assert [row[:2] for row in found.rows] == [["control", "2"], ["map", "2"], ["control", "10"], ["map", "10"]]
    assert found.files[0] == "mapping/synthetic/control/seed2/rank.tsv" and not found.cut


def test_a_long_table_is_cut_and_names_the_files_that_have_all_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [training(tmp_path, name, seed, [1.0, 2.0, 3.0]) for seed in (0, 1) for name in ("control", "map")]
    monkeypatch.setattr(listings, "MOST", 7)
    found = listing("rank", files, results=tmp_path)
    assert (len(found.rows), found.total, len(found.files), found.cut) == (7, 12, 4, True)
    assert found.rows[-1] == ["control", "1", "1", "1"]
    monkeypatch.setattr(listings, "MOST", 12)
    assert not listing("rank", files, results=tmp_path).cut


def test_all_cells_are_in_the_page_as_they_are_in_the_file(tmp_path: Path) -> None:
    values = [0.123456789, 1e-7, -2.5, float("nan")] * 100
    found = listing("rank", [training(tmp_path, "map", 0, values)], results=tmp_path)
    assert unpacked(found.packed) == found.rows
    assert found.rows[0][-1] == "0.123456789" and found.rows[3][-1] == ""
    assert len(found.first) == FIRST and found.first[0][-1] == "0.1235"
    assert found.packed == listing("rank", found.files and [tmp_path / found.files[0]], results=tmp_path).packed


def test_a_table_of_readers_keeps_its_columns_and_what_they_mean(tmp_path: Path) -> None:
    path = tmp_path / "tables" / "rank.tsv"
    write_table(path, ["layer"], [])
    described = Table("rank.tsv", "one row per layer", {"layer": Column("", "from 1")}, "Ranks only.")
    found = listing("rank", [path], results=tmp_path, described=described)
    assert (found.columns, found.rows, found.files) == (["layer"], [], ["tables/rank.tsv"])
    assert found.about == "one row per layer. Ranks only." and found.meanings["layer"].meaning == "from 1"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("0.123456789", "0.1235"),
        ("-0.000012345678", "−1.235e-05"),
        ("12", "12"),
        ("-3", "-3"),
        ("", ""),
        ("1.5e-07", "1.5e-07"),
        ("AA", "AA"),
        ("seed0", "seed0"),
        ("1988", "1988"),
        ("0 1", "0 1"),
    ],
)
def test_numbers_are_rounded_and_nothing_else_is(cell: str, shown: str) -> None:
    assert rounded(cell) == shown
