"""From the labels of tiers to those of the inventory, as its table folds them (bib keys lee1989, mcauliffe2017)."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Self

from phonotopy.annotation.remarks import Remarks, is_remark
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import OTHER, SILENCE, SILENCES, read_inventory
from phonotopy.core.tables import integer, read_table

__all__ = ["Label", "Labels", "Outside", "read_labels"]

Outside = Literal["exclude", "leave_out"]


class Label(NamedTuple):
    """A label of the inventory, SIL for silence or OTHER for speech outside it; `stress` None where none is given."""

    name: str
    stress: int | None = None


@dataclass(frozen=True)
class Labels:
    """How labels of a tier are read: by the `table` first, then as silences, then as they are.

    What is then not in the `inventory` excludes the utterance, or is left out of every contrast (`outside`). Noises are
    silence as well, and remarks are labels like others, unless `remarks` makes both speech outside the inventory.
    """

    inventory: Collection[str]
    table: Mapping[str, Label] = field(default_factory=dict)
    outside: Outside = "exclude"
    remarks: Remarks = "exclude"

    @classmethod
    def read(
        cls, inventory: str | Path, tables: Iterable[str | Path], outside: Outside, remarks: Remarks = "exclude"
    ) -> Self:
        """From the tables of the inventory and of the labels of tiers; where several name a label, the last counts."""
        known, read = read_inventory(inventory).labels, dict[str, Label]()
        for table in tables:
            read |= read_labels(table, known)
        return cls(known, read, outside, remarks)

    def of(self, text: str) -> Label:
        """The label for the text of an interval; InputError for one that is outside the inventory."""
        composed = unicodedata.normalize("NFC", text)
        if known := self.table.get(composed):
            return known
        if composed == OTHER or composed in self.inventory:
            return Label(composed)
        if self.is_remark(composed):
            return Label(OTHER)
        if composed in SILENCES:
            return Label(SILENCE)
        if self.outside == "leave_out":
            return Label(OTHER)
        advice = (
            "add it to the table of alignment.labels or of alignment.inventory, or set alignment.outside to leave_out"
        )
        raise InputError("tier", f"unknown label '{text}'", "labels of the inventory", advice)

    def is_remark(self, text: str) -> bool:
        """Whether the text is a remark, and remarks are speech outside the inventory."""
        return self.remarks == "outside" and is_remark(text)


def read_labels(path: str | Path, inventory: Iterable[str]) -> dict[str, Label]:
    """Read a table with the columns label, phone and, where it has one, stress; other columns are for the eye.

    `phone` is a label of the `inventory`, SIL or OTHER. Labels are composed (Unicode NFC). InputError: a label twice,
    or a phone outside the inventory.
    """
    known, table = {*inventory, SILENCE, OTHER}, dict[str, Label]()
    for row in read_table(path, {"label": str, "phone": str}):
        label, phone = (unicodedata.normalize("NFC", row[column]) for column in ("label", "phone"))
        if label in table:
            raise InputError(str(path), f"label '{label}' twice", "each label once", "correct the table")
        if phone not in known:
            advice = "correct the table, or name another one in alignment.labels (or '' for none)"
            raise InputError(
                str(path), f"label '{label}' as '{phone}'", "a label of the inventory, SIL or OTHER", advice
            )
        table[label] = Label(phone, _stress(path, label, row.get("stress", "")))
    return table


def _stress(path: str | Path, label: str, cell: str) -> int | None:
    try:
        return integer(cell)
    except ValueError as error:
        raise InputError(
            str(path), f"stress '{cell}' of '{label}'", "a whole number or nothing", "correct it"
        ) from error
