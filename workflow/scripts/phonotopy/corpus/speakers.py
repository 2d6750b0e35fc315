"""Names of speakers, as readers know them."""

from collections.abc import Iterable
from typing import Protocol

__all__ = ["names_of_speakers"]


class Spoken(Protocol):
    """An utterance, or what became of it."""

    @property
    def speaker(self) -> str:
        """Who speaks."""


def names_of_speakers(found: Iterable[Spoken], *, private: bool) -> dict[str, str]:
    """The name by which readers know each speaker: the own, or a number in the order of the names.

    `found` are all utterances of a corpus, those that were left out included.
    """
    own = sorted({row.speaker for row in found})
    return {name: f"speaker{index:02d}" if private else name for index, name in enumerate(own, start=1)}
