"""Remarks in transcripts and tiers, as [laughter], <unk>, {noise} or (uh): something sounds that no word stands for."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from phonotopy.core.inventory import SILENCES

__all__ = ["Remarks", "are_noises", "find_remarks", "is_pause", "is_remark", "remarks_in", "spoken", "token"]

Remarks = Literal["exclude", "outside"]

# Labels of SILENCES that stand for silence itself, or for the bounds of what was transcribed; the others name a noise.
PAUSES = frozenset(
    {
        *("", "sil", "sp", "<eps>", "<sil>", "<sp>", "[sil]", "[sp]", "<p:>", "<p>", "{sl}", "{b_trans}", "{e_trans}"),
        *("pau", "#", "_", "...", "(...)", "<s>", "</s>"),
    }
)
NOISES = frozenset(label for label in SILENCES if label.lower() not in PAUSES)
OPENING, CLOSING = "[<{(\uff08\uff3b", "]>})\uff09\uff3d"  # the last two as East Asian keyboards have them
PAIRS = zip(OPENING, CLOSING, strict=True)
BRACKETED = "|".join(rf"\{one}+[^\{one}\{other}]*\{other}+" for one, other in PAIRS)
REMARK = re.compile(rf"(?<!\w)(?:{BRACKETED})(?!\w)")  # within a word, as in walk(ing), brackets mean something else
SEVERAL = re.compile(rf"(?:{BRACKETED})(?:\s+(?:{BRACKETED}))*")


def find_remarks(text: str) -> Iterator[tuple[int, int]]:
    """Where remarks are in a transcript, brackets included."""
    yield from (match.span() for match in REMARK.finditer(text))


def is_pause(label: str) -> bool:
    """Whether the label stands for silence alone."""
    return label.lower() in PAUSES


def is_remark(label: str) -> bool:
    """Whether the label of an interval, or a word of a transcript, is a remark or several; silence is none."""
    return not is_pause(label) and (label in NOISES or SEVERAL.fullmatch(label) is not None)


def are_noises(text: str) -> bool:
    """Whether a text holds nothing but noises, by the names that tiers have for them."""
    return {*text.split()} <= NOISE_TOKENS


def token(remark: str) -> str:
    """The remark as one word, in brackets: ``[door slams]`` is ``[door_slams]``, ``spn`` is ``<spn>``."""
    word = "_".join(remark.lower().split())
    return word if REMARK.fullmatch(word) else f"<{word}>"


NOISE_TOKENS = frozenset(map(token, NOISES))


def remarks_in(label: str) -> list[str]:
    """The remarks of a label, each as one word; none where it is no remark."""
    bracketed = [token(label[start:end]) for start, end in find_remarks(label)]
    return (bracketed or [token(label)]) if is_remark(label) else []


def spoken(labels: Iterable[str], remarks: Remarks) -> str:
    """The labels of a tier of words as a transcript; noises without brackets are remarks if these are to be known."""
    if remarks == "exclude":
        return " ".join(label for label in labels if label not in SILENCES)
    return " ".join(token(label) if label in NOISES else label for label in labels if not is_pause(label))
