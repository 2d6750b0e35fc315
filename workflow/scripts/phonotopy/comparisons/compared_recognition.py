"""Error rates of two trainings of one seed, paired by speaker and by utterance."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from phonotopy.comparisons.conditions import ENOUGH, sign_flip
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.seeds import key
from phonotopy.inference.bootstrap import draws, interval
from phonotopy.inference.families import adjusted

__all__ = ["EDITS", "TABLE", "Observation", "Pairs", "compared_recognition", "pairs"]

Floats = NDArray[np.float64]
Row = dict[str, Any]
Observation = Literal["speakers", "utterances"]
SPLITS = ("dev", "test")
EDITS = {"letter_error_rate": "letter_edits", "word_error_rate": "word_edits"}  # the edits that each rate counts
TABLE = Table(
    "compared_recognition.tsv",
    rows="one row per measure, split, condition, seed, and kind of observation",
    columns={
        **shared("corpus"),
        "measure": Column("", "`letter_error_rate` (the character error rate) or `word_error_rate`"),
        "split": Column("", "`dev` or `test`"),
        **shared("condition"),
        "reference": Column("", "the condition that it is compared with"),
        "seed": Column("", "of both trainings"),
        "observations": Column(
            "", "`speakers` or `utterances`: what is paired, and what the row generalises over; never trainings"
        ),
        "pairs": Column("count", "of observations, each recognised by both trainings"),
        "rises": Column("count", "of them, those with more errors under the condition"),
        "falls": Column("count", "of them, those with fewer"),
        "difference": Column(
            "fraction", "of the error rates of the split as in `recognition.tsv`, condition minus reference"
        ),
        "statistic": Column(
            "", "`mean difference`: over speakers, whose rates weigh equally; over utterances, by their length"
        ),
        "observed": Column("fraction", "its value; over utterances the same as difference"),
        "low": Column("fraction", "lower end of the 95 % bootstrap interval of observed over the observations"),
        "high": Column("fraction", "upper end of the same"),
        "null": Column("", "`sign-flip`: which training is which, for each observation; all patterns for up to 16"),
        "permutations": Column("count", "patterns"),
        **shared("alternative", "null_seed"),
        "p": Column("", "of observed"),
        "q": Column("fraction", "p after Benjamini and Hochberg over the rows of the measure with such observations"),
        "status": Column("", "`ok`, or `not testable` with under six pairs: low, high, p and q are empty then"),
    },
    note="A row compares two trainings. It generalises over speakers, or utterances, that these two recognise, not "
    "over other trainings; for those see `conditions.tsv`. Synthetic voices are no population of speakers.",
)


class Pairs(NamedTuple):
    """What two trainings differ by in each observation: the numerator and denominator of a mean difference."""

    gap: Floats
    weight: Floats

    def mean(self) -> float:
        """The mean difference."""
        return float(self.gap.sum() / self.weight.sum())

    def ends(self, bootstraps: int, random_key: int) -> tuple[float, float]:
        """Its 95 % bootstrap interval over observations."""
        counts = draws(len(self.gap), bootstraps, random_key)
        low, high = interval((counts @ self.gap) / (counts @ self.weight), len(self.gap))
        return float(low), float(high)


def pairs(here: Sequence[Row], there: Sequence[Row], measure: str, observation: Observation) -> Pairs:
    """The pairs of a measure in rows of two `transcripts.tsv`: the utterances that both have, or their speakers.

    The difference of two rates for each speaker, all of one weight; the difference of edits for each utterance, weighed
    by its length.
    """
    others = {row["utterance"]: row for row in there}
    both = [(row, others[row["utterance"]]) for row in here if row["utterance"] in others]
    edits = np.array([one[EDITS[measure]] - other[EDITS[measure]] for one, other in both], dtype=np.float64)
    size = np.array([_size(row["transcript"], measure) for row, _ in both], dtype=np.float64)
    if observation == "utterances":
        return Pairs(edits, size)
    names, of = np.unique([row["speaker"] for row, _ in both], return_inverse=True)
    gap = np.bincount(of, edits, len(names)) / np.bincount(of, size, len(names))
    return Pairs(gap, np.ones(len(names)))


def _size(transcript: str, measure: str) -> int:
    """Characters (letters and spaces) or words."""
    return len(transcript) if measure == "letter_error_rate" else len(transcript.split())


def compared_recognition(
    corpus: str,
    trainings: Mapping[tuple[str, int], Sequence[Row]],
    reference: str | None,
    *,
    bootstraps: int,
    seed: int,
) -> list[Row]:
    """Error rates of every training minus those of the reference with its seed, over speakers and over utterances.

    `trainings` holds the rows of transcripts.tsv by condition and seed. Nothing is compared without a `reference` among
    them.
    """
    rows = [
        {"corpus": corpus, **row}
        for (condition, training), here in trainings.items()
        if condition != reference and (str(reference), training) in trainings
        for row in _of_training(condition, str(reference), training, here, trainings, bootstraps, seed)
    ]
    order = {name: place for place, name in enumerate(EDITS)}
    return adjusted(sorted(rows, key=lambda row: order[row["measure"]]), "measure", "observations")


def _of_training(
    condition: str,
    reference: str,
    training: int,
    here: Sequence[Row],
    trainings: Mapping[tuple[str, int], Sequence[Row]],
    bootstraps: int,
    seed: int,
) -> Iterator[Row]:
    for measure in EDITS:
        for split in SPLITS:
            own, other = (
                [row for row in rows if row["split"] == split] for rows in (here, trainings[reference, training])
            )
            identity = {"measure": measure, "split": split, "condition": condition, "reference": reference}
            for observation in get_args(Observation):
                found = pairs(own, other, measure, observation)
                if len(found.gap):
                    random_key = key("compared_recognition", seed, condition, training, split, measure, observation)
                    whole = {"difference": pairs(own, other, measure, "utterances").mean(), "null_seed": seed}
                    named = {**identity, "seed": training, "observations": observation}
                    yield {**named, **whole, **_tested(found, bootstraps, random_key)}


def _tested(found: Pairs, bootstraps: int, random_key: int) -> Row:
    n = len(found.gap)
    counts = {"pairs": n, "rises": int(np.sum(found.gap > 0)), "falls": int(np.sum(found.gap < 0))}
    test = {"statistic": "mean difference", "null": "sign-flip", "alternative": "two-sided"}
    described = {**counts, **test, "observed": found.mean()}
    if n < ENOUGH:
        empty = dict.fromkeys(("low", "high", "p", "q"))
        return {**described, **empty, "permutations": 0, "status": "not testable"}
    low, high = found.ends(bootstraps, random_key)
    p, patterns = sign_flip(found.gap, "two-sided", random_key)
    return {**described, "low": low, "high": high, "permutations": patterns, "p": p, "q": None, "status": "ok"}
