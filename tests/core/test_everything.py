"""Tables, files, seeds, moments and the inventory: what every stage stands on."""

import math
import pickle
from pathlib import Path

import numpy as np
import pytest

from phonotopy.core.errors import InputError
from phonotopy.core.files import digest, replacing
from phonotopy.core.inventory import SILENCES, read_inventory, split_stress
from phonotopy.core.logs import opened
from phonotopy.core.moments import Moments
from phonotopy.core.running_moments import take
from phonotopy.core.seeds import key, stream
from phonotopy.core.tables import boolean, integer, number, read_table, write_table

PHONES = Path(__file__).parents[2] / "resources" / "phones.tsv"


def test_table_round_trip(tmp_path: Path) -> None:
    rows = [
        {"name": "a b", "share": 0.1, "count": np.int64(3), "flag": True},
        {"name": "", "share": math.nan, "count": None, "flag": np.bool_(False)},
    ]
    write_table(tmp_path / "t.tsv", ["name", "share", "count", "flag"], rows)
    back = read_table(tmp_path / "t.tsv", {"share": number, "count": integer, "flag": boolean})
    assert back[0] == {"name": "a b", "share": 0.1, "count": 3, "flag": True}
    assert math.isnan(back[1]["share"]) and back[1]["count"] is None and back[1]["flag"] is False


def test_table_keeps_its_shape_whatever_a_cell_holds(tmp_path: Path) -> None:
    write_table(tmp_path / "t.tsv", ["text"], [{"text": 'tab\there "and"\na new line'}])
    assert read_table(tmp_path / "t.tsv") == [{"text": 'tab here "and" a new line'}]


@pytest.mark.parametrize("row", [{"a": 1}, {"a": 1, "c": 2}, {"a": 1, "b": 2, "c": 3}])
def test_table_refuses_rows_with_other_columns(tmp_path: Path, row: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        write_table(tmp_path / "t.tsv", ["a", "b"], [row])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("text", "found"), [("a\tb\n1\n", "line 2"), ("a\tb\n1\tx\n", "line 2"), ("", "columns")])
def test_table_names_the_damaged_line(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "t.tsv").write_text(text)
    with pytest.raises(InputError, match=found):
        read_table(tmp_path / "t.tsv", {"a": int, "b": int})


def test_replacing_leaves_the_old_file_when_the_block_fails(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old" and [file.name for file in tmp_path.iterdir()] == ["x.txt"]
    with replacing(path) as part:
        part.write_text("new")
    assert path.read_text() == "new" and [file.name for file in tmp_path.iterdir()] == ["x.txt"]


def test_digest_depends_on_content_and_order(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_text("a")
    second.write_text("b")
    assert digest(first, second) == digest(first, second) != digest(second, first)


def test_streams_differ_by_every_part() -> None:
    keys = {key("a", 1, 2), key("a", 12), key("a", "1", 2), key("a1", 2), key("a", 1, 3)}
    assert len(keys) == 5
    assert stream("x", 1).integers(1 << 40) == stream("x", 1).integers(1 << 40) != stream("x", 2).integers(1 << 40)


def test_key_is_the_same_on_every_machine() -> None:
    assert key("permutation", "control", 0) == 404830220733006692


def test_moments_in_parts_equal_the_whole() -> None:
    random = np.random.default_rng(0)
    values, group = 1e4 + random.normal(size=(50, 3)), random.integers(-1, 4, 50)
    total = Moments.empty(5, 3)
    for part in np.array_split(np.arange(50), 7):
        total.add(Moments.of(values[part], group[part], 5))
    for number_ in range(4):
        inside = values[group == number_]
        assert total.count[number_] == len(inside)
        np.testing.assert_allclose(total.mean[number_], inside.mean(axis=0), rtol=1e-13)
        np.testing.assert_allclose(total.variance()[number_], inside.var(axis=0, ddof=1), rtol=1e-10)
    assert total.count[4] == 0 and np.isnan(total.variance()[4]).all()


def test_moments_taken_one_by_one_are_those_of_the_whole_however_far_from_zero() -> None:
    random = np.random.default_rng(1)
    values, group = random.normal(size=(200, 3)).astype(np.float32) + np.float32(4096), random.integers(-1, 4, 200)
    values[:, 2] = 0.1  # never varies
    found, whole = Moments.empty(5, 3), Moments.of(values, group, 5)
    for part in (slice(0, 1), slice(1, 120), slice(120, 120), slice(120, 200)):
        take(found, values[part], group[part])
    for name in ("count", "mean", "m2"):
        assert getattr(found, name) == pytest.approx(getattr(whole, name), rel=1e-9, abs=1e-12), name
    assert (found.m2[:, 2] == 0).all() and found.count[4] == 0


def test_inventory_holds_the_39_phones_of_arpabet() -> None:
    inventory = read_inventory(PHONES)
    assert len(inventory.labels) == 39
    assert inventory.manner_of("ZH") == "fricative" and inventory.manner_of("OY") == "diphthong"
    assert len({phone.ipa for phone in inventory.phones}) == 39
    assert not SILENCES & set(inventory.labels)


def test_stress_is_split_from_vowels_alone() -> None:
    assert [split_stress(label) for label in ("AH0", "ER2", "T", "2")] == [
        ("AH", 0),
        ("ER", 2),
        ("T", None),
        ("2", None),
    ]


def test_input_error_says_all_and_travels_between_processes() -> None:
    error = InputError("a.wav", "0 samples", "speech", "record it again", "an interrupted copy")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    for word in ("a.wav", "0 samples", "speech", "interrupted", "record it again"):
        assert word in str(error)


def test_log_holds_what_went_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), opened(tmp_path / "user.log"):
        raise InputError("seed", "-1", "0 or more", "change it")
    assert "seed: -1" in (tmp_path / "user.log").read_text() and "seed: -1" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError), opened(tmp_path / "defect.log"):
        raise ZeroDivisionError
    assert "Traceback" in (tmp_path / "defect.log").read_text()
