"""What columns mean, as the dictionary of the results says it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

__all__ = ["Meaning", "Meanings", "plain", "read_meanings", "title_of"]

SECTION = re.compile(r"^### `([^`]+)`")
ROW = re.compile(r"^\| (?P<names>[^|]+) \|(?P<unit>[^|]*)\| (?P<text>.*) \|$")
OF_MEASURE = re.compile(r"`(\w+)`: (.+?)(?=; `\w+`: |$)")
SYMBOLS = {  # names that are symbols or letters
    "d_prime": "d′",
    "auc": "AUC",
    "psi": "phoneme selectivity index",
    "local_morans_i": "local Moran's I",
}
OBSERVED = "observed"  # the column of a table that is named after its statistic
TITLES = {  # where the name of a column says too little without that of its table
    "preferences.phone": "preferred phone",
    "preferences.manner": "preferred manner",
    "preferences.d_prime": "largest d′",
}
OF_TABLES = {"feature_selectivity": "{} of features", "unit_variance": "variance by {}"}
CODE = re.compile(r"`(\w+)`")


class Meaning(NamedTuple):
    """The unit of a column or measure, if it has one, and what it says."""

    unit: str
    text: str


NOTHING = Meaning("", "")


class Meanings:
    """Meanings by file and column."""

    def __init__(self, found: Mapping[tuple[str, str], Meaning]) -> None:
        self._found = found

    def of(self, file: str, column: str) -> Meaning:
        """Of a column; empty where the dictionary has none."""
        return self._found.get((file, column), NOTHING)

    def of_measure(self, file: str, measure: str) -> Meaning:
        """Of one of the measures of a table that has a row per unit, measure and label."""
        return Meaning("", dict(OF_MEASURE.findall(self.of(file, "measure").text)).get(measure, ""))


def read_meanings(path: str | Path) -> Meanings:
    """From ``dictionary.md``: sections named after files, with a row for every column or several alike."""
    return Meanings(dict(_rows(Path(path).read_text(encoding="utf-8"))))


def _rows(text: str) -> Iterator[tuple[tuple[str, str], Meaning]]:
    file = ""
    for line in text.splitlines():
        if section := SECTION.match(line):
            file = section[1]
        elif row := ROW.match(line):
            meaning = Meaning(row["unit"].strip(), row["text"].strip())
            yield from (((file, name.strip()), meaning) for name in row["names"].split(","))


def title_of(name: str, table: str = "") -> str:
    """A name of a column or measure for the eye."""
    if name == OBSERVED and table:
        return title_of(table)
    plainer = SYMBOLS.get(name) or name.replace("d_prime", SYMBOLS["d_prime"]).replace("_", " ")
    return TITLES.get(f"{table}.{name}") or OF_TABLES.get(table, "{}").format(plainer)


def plain(text: str) -> str:
    """A meaning without marks of code."""
    return CODE.sub(lambda found: title_of(found[1]), text)
