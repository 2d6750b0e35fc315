"""The phone inventory and its articulatory features."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phonotopy.errors import InputError
from phonotopy.tables import boolean, read_table

__all__ = ["MEAN", "SILENCES", "Inventory", "Phone", "read_inventory", "split_stress"]

SILENCES = frozenset({"", "sil", "sp", "spn", "<eps>", "SIL", "SPN", "SP", "+SPN+", "+NSN+"})


MEAN = "mean"  # stands in the column `phone` of a table for the mean over phones
VOCALIC = frozenset({"vowel", "diphthong"})
OBSTRUENT = frozenset({"stop", "affricate", "fricative"})
HEIGHTS = ("near-high", "near-low", "high", "mid", "low")  # longer names first
BACKNESSES = ("front", "central", "back")


@dataclass(frozen=True)
class Phone:
    """One phone; `place` is a place of articulation for consonants, height and backness for vowels."""

    label: str
    ipa: str
    manner: str
    place: str
    voiced: bool
    example: str

    @property
    def features(self) -> dict[str, str]:
        """Values by dimension, where the dimension tells such phones apart: voicing of obstruents, place of consonants.

        Vowels have a height and a backness instead; those of a diphthong are where it starts, or, where the table
        names no backness there, ends.
        """
        found = {"manner": self.manner}
        if self.manner in VOCALIC:
            start, _, end = self.place.partition("-to-")
            found |= {"height": _first(HEIGHTS, start), "backness": _first(BACKNESSES, start, end)}
        else:
            found["place"] = self.place
        if self.manner in OBSTRUENT:
            found["voicing"] = "voiced" if self.voiced else "voiceless"
        return {dimension: value for dimension, value in found.items() if value}


@dataclass(frozen=True)
class Inventory:
    """Phones in the order in which tables and figures show them: by manner, from stops to vowels."""

    phones: tuple[Phone, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in order."""
        return tuple(phone.label for phone in self.phones)

    @property
    def manners(self) -> tuple[str, ...]:
        """Manners in order of first appearance."""
        return tuple(dict.fromkeys(phone.manner for phone in self.phones))

    def features_of(self, label: str) -> dict[str, str]:
        """Articulatory features of the phone by dimension; KeyError for a label outside the inventory."""
        return self._by_label[label].features

    def manner_of(self, label: str) -> str:
        """Manner of the phone; KeyError for a label outside the inventory."""
        return self._by_label[label].manner

    @property
    def _by_label(self) -> dict[str, Phone]:
        return {phone.label: phone for phone in self.phones}


def _first(names: Sequence[str], *texts: str) -> str:
    """The first of the names that occurs in the first text that has one."""
    return next((name for text in texts for name in names if name in text), "")


def split_stress(label: str) -> tuple[str, int | None]:
    """Separate ARPABET stress: ``AH0`` is ``AH`` with stress 0, ``T`` has none (None)."""
    return (label[:-1], int(label[-1])) if len(label) > 1 and label[-1] in "012" else (label, None)


def read_inventory(path: str | Path) -> Inventory:
    """Read a phone table with columns label, ipa, manner, place, voiced, example."""
    columns: dict[str, Callable[[str], Any]] = {
        "label": str,
        "ipa": str,
        "manner": str,
        "place": str,
        "voiced": boolean,
        "example": str,
    }
    phones = tuple(Phone(**row) for row in read_table(path, columns))
    labels = [phone.label for phone in phones]
    repeated = sorted({label for label in labels if labels.count(label) > 1})
    if repeated or not labels:
        found = f"label {repeated[0]} twice" if repeated else "no phone"
        raise InputError(str(path), found, "each phone once", "correct the table")
    return Inventory(phones)
