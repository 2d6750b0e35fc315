"""How much of a corpus is usable, whether it will be aligned or not, and whether that is enough."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.errors import InputError
from phonotopy.corpus.utterances import SPLITS, Exclusion, Utterance, write_exclusions

__all__ = ["ADVICE", "SETTING", "TABLE", "check", "summary", "summed_up"]

TABLE = Table(
    "usable.tsv",
    rows="one row per split",
    columns={
        **shared("split"),
        "speakers": Column("count", "of usable utterances"),
        "utterances": Column("count", "found"),
        "usable": Column("count", "of them, those of `utterances.tsv`"),
        "excluded": Column("count", "of them, those of `exclusions.tsv`"),
        "minutes": Column("min", "of usable recordings"),
    },
)
SETTING = "corpus.max_excluded"
ADVICE = "mend or remove these files (all are listed in {listing}), or raise corpus.max_excluded"


class Lost(Protocol):
    """An utterance that cannot be used: its name, what was found, what to do."""

    @property
    def utterance(self) -> str:
        """Its name."""

    @property
    def reason(self) -> str:
        """What was found."""

    @property
    def advice(self) -> str:
        """What to do."""


def check(exclusions: Sequence[Exclusion], total: int, max_excluded: float, *, listing: str | Path = "") -> None:
    """Raise InputError if none of `total` utterances is left, or a larger fraction than `max_excluded` is excluded.

    The rows of those that are lost then stay in the file `listing`, since a job that fails loses its outputs.
    """
    if listing:
        Path(listing).unlink(missing_ok=True)
    if len(exclusions) < total and len(exclusions) <= max_excluded * total:
        return
    if listing:
        write_exclusions(listing, exclusions)
    found = summed_up(f"{len(exclusions)} of {total} utterances excluded", exclusions)
    raise InputError(SETTING, found, f"at most {max_excluded:.1%}", ADVICE.format(listing=listing or "the log"))


def summed_up(found: str, lost: Sequence[Lost]) -> str:
    """The finding with kinds of reasons (the text before a colon), their numbers, and the first examples."""
    if not lost:
        return "no utterances"
    kinds = Counter(row.reason.partition(":")[0] for row in lost)
    counts = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    examples = "; ".join(f"{row.utterance} ({row.reason}: {row.advice})" for row in lost[:3])
    return f"{found}: {counts}. First: {examples}"


def summary(utterances: Iterable[Utterance], exclusions: Iterable[Exclusion]) -> Iterator[dict[str, object]]:
    """One row per split."""
    usable, excluded = list(utterances), Counter(row.split for row in exclusions)
    for split in SPLITS:
        own = [row for row in usable if row.split == split]
        counts = {"utterances": len(own) + excluded[split], "usable": len(own), "excluded": excluded[split]}
        speakers = len({row.speaker for row in own})
        yield {"split": split, "speakers": speakers, **counts, "minutes": sum(row.duration_s for row in own) / 60}
