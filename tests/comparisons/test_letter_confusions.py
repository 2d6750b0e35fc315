"""Confusions of letters: as many edits as the error rate counts, and planted ones found."""

import numpy as np
import pytest
from torchaudio.functional import edit_distance

from phonotopy.comparisons.letter_confusions import TABLE, aligned, counted, letter_confusions


def row(transcript: str, hypothesis: str, split: str = "test") -> dict[str, str]:
    return {"split": split, "transcript": transcript, "hypothesis": hypothesis}


def test_alignments_hold_both_texts_and_as_few_edits_as_there_can_be() -> None:
    random = np.random.default_rng(0)
    for _ in range(60):
        one, other = ("".join(random.choice([*"abc "], random.integers(0, 12))) for _ in range(2))
        pairs = aligned(one, other)
        assert "".join(letter for letter, _ in pairs) == one
        assert "".join(spelled for _, spelled in pairs) == other
        assert sum(letter != spelled for letter, spelled in pairs) == edit_distance(one, other)


@pytest.mark.parametrize(
    ("transcript", "hypothesis", "expected"),
    [
        ("cat", "kat", [("c", "k"), ("a", "a"), ("t", "t")]),
        ("cat", "ct", [("c", "c"), ("a", ""), ("t", "t")]),
        ("ct", "cat", [("c", "c"), ("", "a"), ("t", "t")]),
        ("a b", "ab", [("a", "a"), (" ", ""), ("b", "b")]),
        ("", "a", [("", "a")]),
        ("a", "", [("a", "")]),
    ],
)
def test_letters_are_replaced_left_out_or_inserted(
    transcript: str, hypothesis: str, expected: list[tuple[str, str]]
) -> None:
    assert aligned(transcript, hypothesis) == expected


def test_planted_confusions_have_their_shares() -> None:
    rows = [row("see", "zee")] * 3 + [row("see", "see"), row("so it", "soit"), row("x", "y", "dev")]
    found = list(letter_confusions("c", {("control", 0): rows, ("control", 1): [row("see", "seex")]}))
    assert {*found[0]} == {*TABLE.columns}

    def share(seed: int | None, letter: str, spelled: str, split: str = "test") -> tuple[int, float] | None:
        key = (seed, split, letter, spelled)
        return next(
            ((r["pairs"], r["share"]) for r in found if (r["seed"], r["split"], r["letter"], r["spelled"]) == key), None
        )

    assert share(0, "s", "z") == (3, 3 / 5)
    assert share(None, "s", "z") == (3, 3 / 6)
    assert share(0, "space", "") == (1, 1)
    assert share(1, "", "x") == (1, 1 / 3), "of all letters of the transcripts"
    assert share(None, "", "x") == (1, 1 / 20)
    assert share(0, "x", "y", "dev") == (1, 1)
    assert share(0, "x", "y") is None


def test_all_pairs_are_counted() -> None:
    assert counted([row("ab", "ab"), row("ab", "b")]) == {("a", "a"): 1, ("b", "b"): 2, ("a", ""): 1}
