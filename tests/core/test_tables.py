"""What is written into a table is read again, whole or by columns; what cannot be read is named with its line."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phonotopy.core.errors import InputError
from phonotopy.core.tables import boolean, integer, number, read_columns, read_table, write_table

TYPES: dict[str, Callable[[str], Any]] = {"layer": int, "d_prime": number, "responsive": boolean, "region": integer}


class Name(str):
    """Text of a type of its own."""

    __slots__ = ()


READERS = pytest.mark.parametrize("read", [read_table, read_columns])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 3, "0.333333333"),
        (np.float64(1 / 3), "0.333333333"),
        (np.float32(0.25), "0.25"),
        (-0.0, "-0"),
        (math.inf, "inf"),
        (math.nan, ""),
        (np.float64("nan"), ""),
        (None, ""),
        (True, "true"),
        (np.bool_(False), "false"),
        (10**12, "1000000000000"),
        (np.int64(7), "7"),
        ("two \t words\n", "two words"),
        (np.str_("of  NumPy"), "of NumPy"),
        (np.array(2.5), "2.5"),
        (Path("a\tb"), "a b"),
        (Name("two  words"), "two words"),
    ],
)
def test_a_cell_has_the_text_of_its_value(tmp_path: Path, value: object, text: str) -> None:
    write_table(tmp_path / "t.tsv", ["unit", "cell"], [{"unit": 1, "cell": value}])
    assert (tmp_path / "t.tsv").read_text(encoding="utf-8") == f"unit\tcell\n1\t{text}\n"


def test_columns_are_those_of_the_rows(tmp_path: Path) -> None:
    cells = [(n % 3, (n / 7) if n % 5 else math.nan, n % 2 == 0, n if n % 4 else None) for n in range(40)]
    rows = [dict(zip(TYPES, row, strict=True)) | {"phone": "AA"} for row in cells]
    write_table(tmp_path / "t.tsv", [*TYPES, "phone"], rows)
    columns = read_columns(tmp_path / "t.tsv", TYPES)
    assert list(columns) == list(TYPES)
    whole = read_table(tmp_path / "t.tsv", TYPES)
    assert [repr(row[name]) for row in whole for name in TYPES] == [
        repr(columns[name].tolist()[n]) for n in range(40) for name in TYPES
    ]


@READERS
@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("layer\td_prime\tresponsive\n1\t2\ttrue\n", "t.tsv"),
        ("layer\td_prime\tresponsive\tregion\n1\t2\ttrue\t\n1\t2\ttrue\n", "t.tsv, line 3"),
        ("layer\td_prime\tresponsive\tregion\n1\t2\ttrue\t\t\n", "t.tsv, line 2"),
        ("layer\td_prime\tresponsive\tregion\n1\t2\tyes\t\n", "t.tsv, line 2"),
        ("layer\td_prime\tresponsive\tregion\n1\t2\ttrue\t\n\t2\ttrue\t\n", "t.tsv, line 3"),
        ("", "t.tsv"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, read: Callable[..., object], text: str, where: str) -> None:
    (tmp_path / "t.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=where):
        read(tmp_path / "t.tsv", TYPES)
