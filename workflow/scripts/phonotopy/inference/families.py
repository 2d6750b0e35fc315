"""q over families of rows."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from phonotopy.inference.permutation import adjust

__all__ = ["adjusted"]

Row = dict[str, Any]


def adjusted(rows: Iterable[Row], *columns: str) -> list[Row]:
    """The rows, each with the `q` of its `p` among the rows that agree with it in the columns; empty where p is."""
    result = list(rows)
    families: dict[tuple[object, ...], list[Row]] = {}
    for row in result:
        families.setdefault(tuple(row[column] for column in columns), []).append(row)
    for members in families.values():
        p = np.array([np.nan if row["p"] is None else row["p"] for row in members], dtype=np.float64)
        for row, q in zip(members, adjust(p).tolist(), strict=True):
            row["q"] = None if row["p"] is None else q
    return result
