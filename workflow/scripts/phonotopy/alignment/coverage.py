"""What became of an utterance in its alignment, and the table of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

from phonotopy.core.tables import read_table, write_table

__all__ = ["NOT_ASKED", "Coverage", "Method", "read_coverage", "write_coverage"]

Method = Literal["textgrids", "pocketsphinx", "mfa", "ctc"]
Status = Literal["aligned", "excluded", "not asked"]
NOT_ASKED: Status = "not asked"


@dataclass(frozen=True)
class Coverage:
    """What became of an utterance; an aligned one may carry the reason why an earlier method failed."""

    utterance: str
    speaker: str
    split: str
    status: Status
    method: str
    reason: str
    advice: str


def write_coverage(path: str | Path, coverage: Iterable[Coverage]) -> None:
    """Write one row per utterance."""
    write_table(path, [field.name for field in fields(Coverage)], map(asdict, coverage))


def read_coverage(*paths: str | Path) -> list[Coverage]:
    """Read the accounts of all utterances of the tables."""
    return [Coverage(**row) for path in paths for row in read_table(path)]
