"""Utterances of a corpus, and those that had to be left out."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal

from phonotopy.core.errors import InputError
from phonotopy.core.tables import read_table, write_table

__all__ = [
    "SPLITS",
    "Exclusion",
    "Split",
    "Utterance",
    "read_exclusions",
    "read_utterances",
    "surviving",
    "write_exclusions",
    "write_utterances",
]

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")


@dataclass(frozen=True)
class Utterance:
    """One recording of one speaker; `transcript` holds lower-case words, `textgrid` is empty where there is none.

    `remarks` is the transcript with remarks in their positions; empty where there are none.
    Paths are absolute or relative to the folder of the table.
    """

    utterance: str
    speaker: str
    split: str
    audio: str
    duration_s: float
    sample_rate_hz: int
    transcript: str
    textgrid: str = ""
    remarks: str = ""

    @property
    def marked(self) -> str:
        """Words, and remarks where there are any."""
        return self.remarks or self.transcript


@dataclass(frozen=True)
class Exclusion:
    """An utterance that cannot be used: which file, what was found, what to do."""

    utterance: str
    speaker: str
    split: str
    file: str
    reason: str
    advice: str


def write_utterances(path: str | Path, utterances: Iterable[Utterance]) -> None:
    """Write one row per utterance."""
    write_table(path, [field.name for field in fields(Utterance)], map(asdict, utterances))


def read_utterances(path: str | Path) -> list[Utterance]:
    """Read utterances; their paths come back joined to the folder of the table."""
    rows = read_table(path, {"duration_s": float, "sample_rate_hz": int})
    folder = Path(path).parent
    for row in rows:
        row["audio"] = str(folder / row["audio"])
        row["textgrid"] = str(folder / row["textgrid"]) if row["textgrid"] else ""
    return [Utterance(**row) for row in rows]


def write_exclusions(path: str | Path, exclusions: Iterable[Exclusion]) -> None:
    """Write one row per excluded utterance."""
    write_table(path, [field.name for field in fields(Exclusion)], map(asdict, exclusions))


@contextmanager
def surviving(path: str | Path, exclusions: Iterable[Exclusion]) -> Iterator[None]:
    """Leave the exclusions in a file of their own where the block refuses, and name it in the error; '' leaves none.

    A job that fails loses its outputs. What an earlier one has left is removed.
    """
    if path:
        Path(path).unlink(missing_ok=True)
    try:
        yield
    except InputError as error:
        rows = list(exclusions)
        if not (path and rows):
            raise
        write_exclusions(path, rows)
        raise replace(error, advice=f"{error.advice}; {path} lists all {len(rows)} exclusions") from error


def read_exclusions(path: str | Path) -> list[Exclusion]:
    """Read excluded utterances."""
    return [Exclusion(**row) for row in read_table(path)]
