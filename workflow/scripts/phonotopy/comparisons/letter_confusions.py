"""What recognisers spell for each letter, from the alignment of transcripts with what was recognised."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.numba_loops import compiled

__all__ = ["NOTHING", "SPACE", "TABLE", "aligned", "counted", "letter_confusions"]

Row = dict[str, Any]
Codes = NDArray[np.int32]
SPLITS = ("dev", "test")
SPACE, NOTHING = "space", ""
TABLE = Table(
    "letter_confusions.tsv",
    rows="one row per training (and one per condition for all of its seeds), split, letter, and what is spelled for it",
    columns={
        **shared("corpus", "condition"),
        "seed": Column("", "of the training; empty: all seeds of the condition together"),
        "split": Column("", "`dev` or `test`"),
        "letter": Column("", "of the transcript, or `space`; empty: none, what is spelled was inserted"),
        "spelled": Column("", "what is spelled for it, or `space`; empty: none, the letter was left out"),
        "pairs": Column("count", "of such letters"),
        "share": Column(
            "fraction",
            "pairs over all occurrences of the letter in the transcripts; of insertions over the length of all of them",
        ),
    },
    note="Letters, not phones: the recogniser spells, and a letter stands for several phones. Transcripts are aligned "
    "with what was recognised by the fewest edits, as in error rates; where several alignments have as few, a letter "
    "is rather replaced than left out or inserted, from the end of the utterance on.",
)


@compiled
def _alignment(one: Codes, other: Codes) -> Codes:
    """Pairs of indices ``(pairs, 2)`` of an alignment of fewest edits, from the end; −1 where there is no partner."""
    rows, columns = len(one), len(other)
    cost = np.zeros((rows + 1, columns + 1), dtype=np.int32)
    for i in range(rows + 1):
        cost[i, 0] = i
    for j in range(columns + 1):
        cost[0, j] = j
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            replaced = cost[i - 1, j - 1] + (one[i - 1] != other[j - 1])
            cost[i, j] = min(replaced, cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    pairs = np.full((rows + columns, 2), -1, dtype=np.int32)
    i, j, number = rows, columns, 0
    while i > 0 or j > 0:
        if i > 0 and j > 0 and cost[i, j] == cost[i - 1, j - 1] + (one[i - 1] != other[j - 1]):
            i, j = i - 1, j - 1
            pairs[number, 0], pairs[number, 1] = i, j
        elif i > 0 and cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
            pairs[number, 0] = i
        else:
            j -= 1
            pairs[number, 1] = j
        number += 1
    return pairs[:number]


def aligned(transcript: str, spelled: str) -> list[tuple[str, str]]:
    """Letters of the transcript with what is spelled for them, in order; `NOTHING` where one has no partner."""
    codes = [np.array([ord(letter) for letter in text], dtype=np.int32) for text in (transcript, spelled)]
    pairs = _alignment(*codes)[::-1].tolist()
    return [(transcript[i] if i >= 0 else NOTHING, spelled[j] if j >= 0 else NOTHING) for i, j in pairs]


def counted(rows: Iterable[Mapping[str, str]]) -> Counter[tuple[str, str]]:
    """Pairs of letter and what is spelled for it, in rows of transcripts.tsv."""
    return Counter(pair for row in rows for pair in aligned(row["transcript"], row["hypothesis"]))


def letter_confusions(corpus: str, trainings: Mapping[tuple[str, int], Sequence[Row]]) -> Iterator[Row]:
    """Rows of the table, from rows of transcripts.tsv by condition and seed; all seeds together last."""
    for split in SPLITS:
        together: dict[str, Counter[tuple[str, str]]] = {}
        for (condition, seed), rows in trainings.items():
            found = counted(row for row in rows if row["split"] == split)
            together.setdefault(condition, Counter()).update(found)
            yield from _rows({"corpus": corpus, "condition": condition, "seed": seed, "split": split}, found)
        for condition, found in together.items():
            yield from _rows({"corpus": corpus, "condition": condition, "seed": None, "split": split}, found)


def _rows(identity: Row, found: Counter[tuple[str, str]]) -> Iterator[Row]:
    letters: Counter[str] = Counter()
    for (letter, _), pairs in found.items():
        letters[letter] += pairs
    length = letters.total() - letters[NOTHING]
    for (letter, spelled), pairs in sorted(found.items()):
        whole = letters[letter] if letter else length
        named = {"letter": _named(letter), "spelled": _named(spelled), "pairs": pairs}
        yield {**identity, **named, "share": pairs / whole if whole else None}


def _named(letter: str) -> str:
    return SPACE if letter == " " else letter
