"""The inventory of labels that are mapped, phones as a rule, and their features."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from phonotopy.core.errors import InputError
from phonotopy.core.tables import read_table

__all__ = ["MEAN", "OTHER", "SILENCE", "SILENCES", "Inventory", "Phone", "examples", "read_inventory", "split_stress"]

SILENCE = "SIL"
OTHER = "OTHER"  # speech that is no label of the inventory: like silence on neither side of a contrast

# What aligners and corpora write where nothing is said, or a noise stands: MFA, Kaldi, CMU Sphinx, WebMAUS, FAVE and
# P2FA, Buckeye, Festival, SPPAS and EasyAlign. A table of labels (alignment.labels) comes first, and may say otherwise.
SILENCES = frozenset(
    {
        *("", SILENCE, "sil", "SP", "sp", "SPN", "spn", "<eps>", "<sil>", "<SIL>", "<sp>", "<spn>", "[sil]", "[SIL]"),
        *(
            "+SPN+",
            "+NSN+",
            "NSN",
            "nsn",
            "[NOISE]",
            "[COUGH]",
            "++NOISE++",
            "+NOISE+",
            "+BREATH+",
            "+COUGH+",
            "+SMACK+",
        ),
        *("<p:>", "<p>", "<usb>", "<nib>", "{SL}", "{NS}", "{BR}", "{LG}", "{CG}", "{LS}", "{sl}", "{ns}", "{br}"),
        *("{B_TRANS}", "{E_TRANS}", "NOISE", "VOCNOISE", "<NOISE>", "<noise>", "pau", "#", "_", "...", "(...)", "xxx"),
    }
)

MEAN = "mean"  # in the column `phone` of a table: the mean over phones
VOCALIC = frozenset({"vowel", "diphthong"})
OBSTRUENT = frozenset({"stop", "affricate", "fricative"})
HEIGHTS = ("near-high", "near-low", "high", "mid", "low")  # longer names first
BACKNESSES = ("front", "central", "back")
VOICING = {"true": True, "false": False, "": None}


@dataclass(frozen=True)
class Phone:
    """One phone, or another label; `place` is a place of articulation for consonants, height and backness for vowels.

    What the table does not state is empty or None; `others` are the columns that a table has beyond these.
    """

    label: str
    ipa: str = ""
    manner: str = ""
    place: str = ""
    voiced: bool | None = None
    example: str = ""
    others: tuple[tuple[str, str], ...] = ()

    @property
    def features(self) -> dict[str, str]:
        """Values by dimension, where the dimension is contrastive: voicing of obstruents, place of consonants.

        Vowels have a height and a backness instead; those of a diphthong are where it starts, or, where the table
        names no backness there, ends. Other columns of the table are dimensions as they are.
        """
        found = {"manner": self.manner}
        if self.manner in VOCALIC:
            start, _, end = self.place.partition("-to-")
            found |= {"height": _first(HEIGHTS, start), "backness": _first(BACKNESSES, start, end)}
        else:
            found["place"] = self.place
        if self.manner in OBSTRUENT and self.voiced is not None:
            found["voicing"] = "voiced" if self.voiced else "voiceless"
        return {dimension: value for dimension, value in (*found.items(), *self.others) if value}


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
        """Manners in order of first appearance; none where the table has none."""
        return tuple(dict.fromkeys(phone.manner for phone in self.phones if phone.manner))

    @property
    def described(self) -> frozenset[str]:
        """Labels that the table gives any feature of; statistics of features are about these alone."""
        return frozenset(phone.label for phone in self.phones if phone.features)

    def features_of(self, label: str) -> dict[str, str]:
        """Features of the phone by dimension, as far as the table has any; KeyError outside the inventory."""
        return self._by_label[label].features

    def manner_of(self, label: str) -> str:
        """Manner of the phone, empty where the table has none; KeyError for a label outside the inventory."""
        return self._by_label[label].manner

    @property
    def _by_label(self) -> dict[str, Phone]:
        return {phone.label: phone for phone in self.phones}


def _first(names: Sequence[str], *texts: str) -> str:
    """The first of the names that occurs in the first text that has one."""
    return next((name for text in texts for name in names if name in text), "")


def examples(chosen: Sequence[str], phones: Sequence[str]) -> list[str]:
    """The labels that are `chosen`; where none is, those at a quarter and at three quarters of `phones`."""
    return list(chosen or dict.fromkeys(phones[share * len(phones) // 4] for share in (1, 3)))


def split_stress(label: str) -> tuple[str, int | None]:
    """Separate ARPABET stress: ``AH0`` is ``AH`` with stress 0, ``T`` has none (None)."""
    return (label[:-1], int(label[-1])) if len(label) > 1 and label[-1] in "012" else (label, None)


def read_inventory(path: str | Path) -> Inventory:
    """Read a table of labels; but for `label` it may lack any of the columns ipa, manner, place, voiced, example.

    Labels are composed (Unicode NFC). InputError: no label, one twice, or one that stands for silence.
    """
    phones = tuple(_phone(path, row) for row in read_table(path, {"label": str}))
    labels = [phone.label for phone in phones]
    advice = "correct the table"
    if repeated := sorted({label for label in labels if labels.count(label) > 1}):
        raise InputError(str(path), f"label {repeated[0]} twice", "each label once", advice)
    if not labels:
        raise InputError(str(path), "no label", "at least one label", advice)
    if reserved := [label for label in labels if label in {*SILENCES, OTHER}]:
        raise InputError(str(path), f"label '{reserved[0]}'", "names that do not stand for silence", "rename it")
    return Inventory(phones)


def _phone(path: str | Path, row: Mapping[str, str]) -> Phone:
    known = {field.name for field in fields(Phone)} - {"voiced", "others"}
    voicing = row.get("voiced", "")
    if voicing not in VOICING:
        found = f"voiced '{voicing}' of label {row['label']}"
        raise InputError(str(path), found, "true, false or nothing", "correct the table")
    others = tuple((name, cell) for name, cell in row.items() if name not in {*known, "voiced"})
    given = {name: unicodedata.normalize("NFC", cell) for name, cell in row.items() if name in known}
    return Phone(**given, voiced=VOICING[voicing], others=others)
