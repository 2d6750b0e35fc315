"""Join counts: agreement with esda, closed forms, planted classes."""

from pathlib import Path

import esda
import libpysal
import numpy as np
import pytest

from phonotopy.core.grid import Grid
from phonotopy.core.tables import write_table
from phonotopy.spatial.join_counts import TABLE, join_counts, join_counts_null, join_rows, read_preferences
from phonotopy.spatial.lattice import Lattice

GRID = Grid(8, 8)
QUEEN = Lattice.of(GRID)


@pytest.mark.parametrize("contiguity", ["queen", "rook"])
def test_counts_of_two_classes_are_those_of_esda(contiguity: str) -> None:
    weights = libpysal.weights.lat2W(8, 8, rook=contiguity == "rook")
    for seed in range(5):
        codes = np.random.default_rng(seed).integers(2, size=64)
        peer = esda.Join_Counts(codes, weights, permutations=0)
        assert join_counts(codes, 2, Lattice.of(GRID, contiguity)).tolist() == [peer.ww, peer.bb]


def test_counts_of_many_classes_are_those_of_a_loop() -> None:
    codes = np.random.default_rng(2).integers(-1, 5, size=64)
    expected = [sum(codes[a] == codes[b] == c for a, b in GRID.neighbours()) for c in range(5)]
    assert join_counts(codes, 5, QUEEN).tolist() == expected


def test_the_null_has_the_mean_of_sampling_without_replacement() -> None:
    codes = np.repeat([0, 1, 2, -1], [20, 5, 1, 38])
    null = join_counts_null(codes, 3, QUEEN, permutations=4000, key=1)
    expected = [len(QUEEN.pairs) * m * (m - 1) / (64 * 63) for m in (20, 5, 1)]
    error = null.std(axis=0) / np.sqrt(4000)
    assert (np.abs(null.mean(axis=0) - expected) <= 4 * error).all()
    assert np.array_equal(null, join_counts_null(codes, 3, QUEEN, permutations=4000, key=1, threads=2))


def table(folder: Path) -> Path:
    """Manners in stripes, phones at random, a dead unit, a phone that one unit prefers."""
    random, rows = np.random.default_rng(4), []
    for unit in range(64):
        manner, dead = ("stop", "vowel", "nasal", "glide")[unit // 16], unit == 9
        phone = "ZH" if unit == 0 else str(random.choice(["P", "T", "K"]))
        names = {"phone": "" if dead else phone, "manner": "" if dead else manner}
        rows.append({"layer": 1, "unit": unit, "dead": dead, **names})
    write_table(folder / "preferences.tsv", list(rows[0]), rows)
    return folder / "preferences.tsv"


def test_planted_classes_are_found_and_scattered_ones_are_not(tmp_path: Path) -> None:
    settings = {"contiguity": "queen", "training": ("control", "0"), "null_seed": 1}
    rows = join_rows(read_preferences(table(tmp_path)), {1: GRID}, 999, **settings)
    assert all(list(row) == list(TABLE.columns) for row in rows)
    manners = [row for row in rows if row["dimension"] == "manner"]
    assert {row["value"] for row in manners} == {"stop", "vowel", "nasal", "glide", "mean"}
    assert all(row["p"] == 2 / 1000 for row in manners)
    assert sum(row["units"] for row in manners if row["value"] != "mean") == manners[-1]["units"] == 63
    phones = {row["value"]: row for row in rows if row["dimension"] == "phone"}
    assert all(phones[name]["q"] > 0.05 and phones[name]["status"] == "ok" for name in ("P", "T", "K", "mean"))
    assert (phones["ZH"]["status"], phones["ZH"]["units"]) == ("not testable", 1)
    assert np.isnan([phones["ZH"][name] for name in ("observed", "p", "q", "p_family")]).all()


def test_null_classes_are_rejected_at_the_level() -> None:
    random, p = np.random.default_rng(6), []
    for index in range(300):
        codes = random.permutation(np.repeat([0, 1], 32))
        observed, null = (
            join_counts(codes, 2, QUEEN)[0],
            join_counts_null(codes, 2, QUEEN, permutations=39, key=index),
        )
        p.append(min(1, 2 * min((1 + (null[:, 0] >= observed).sum()) / 40, (1 + (null[:, 0] <= observed).sum()) / 40)))
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_a_wrong_number_of_units_is_refused() -> None:
    with pytest.raises(ValueError, match="63 units have a class, the lattice has 64"):
        join_counts(np.zeros(63, dtype=np.int64), 1, QUEEN)
