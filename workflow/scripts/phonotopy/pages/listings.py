"""Tables as they are listed on a page: rows of one file, or of the files of several trainings."""

import base64
import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from phonotopy.core.columns import Column, Table
from phonotopy.core.tables import header, number_of_rows, read_table

__all__ = ["FIRST", "MOST", "Listing", "listing"]

MOST = 2_000  # rows of a page, beyond which it would be slow to open; all are in the files that it links
FIRST = 200  # rows that are there without a script
TRAINING = re.compile(r"(?P<condition>[^/]+)/seed(?P<seed>\d+)/[^/]+$")


@dataclass(frozen=True)
class Listing:
    """Rows of a table as text, its name without suffix, and the files that have all `total` rows."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    files: Sequence[str]
    total: int
    meanings: Mapping[str, Column] = field(default_factory=dict)
    about: str = ""

    @property
    def cut(self) -> bool:
        """Whether the files have more rows than the page."""
        return self.total > len(self.rows)

    @property
    def first(self) -> list[list[str]]:
        """The rows that are there without a script, numbers rounded."""
        return [[rounded(cell) for cell in row] for row in islice(self.rows, FIRST)]

    @property
    def packed(self) -> str:
        """All cells, separated by tabs and lines, in gzip and base64."""
        lines = "\n".join("\t".join(row) for row in self.rows)
        return base64.b64encode(gzip.compress(lines.encode(), mtime=0)).decode()


def listing(name: str, files: Iterable[str | Path], *, results: Path, described: Table | None = None) -> Listing:
    """The table of this name; of several trainings, with columns that say which.

    Trainings come seed by seed, and the first `MOST` rows are taken.
    """
    ordered = sorted(map(Path, files), key=_seed)
    columns: dict[str, None] = {}
    rows: list[dict[str, str]] = []
    total = 0
    for path in ordered:
        training = TRAINING.search(path.as_posix())
        own = training.groupdict() if training else {}
        columns |= dict.fromkeys([*own, *header(path)])
        rows += [{**own, **row} for row in read_table(path, most=MOST - len(rows))]
        total += number_of_rows(path)
    names = [path.relative_to(results).as_posix() for path in ordered]
    cells = [[row.get(column, "") for column in columns] for row in rows]
    meanings = described.columns if described else {}
    about = f"{described.rows}. {described.note}".strip() if described else ""
    return Listing(name, [*columns], cells, names, total, meanings, about)


def _seed(path: Path) -> int:
    training = TRAINING.search(path.as_posix())
    return int(training["seed"]) if training else 0


def rounded(cell: str) -> str:
    """A number with four significant digits; any other text, and whole numbers, as they are."""
    if not re.fullmatch(r"-?\d*\.?\d+(e[+-]?\d+)?", cell) or re.fullmatch(r"-?\d+", cell):
        return cell
    return re.sub("^-", "−", f"{float(cell):.4g}")
