"""A second alignment of some utterances, and how well its onsets agree with those that are used."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from phonotopy.alignment import boundaries
from phonotopy.alignment.align import Plan, align_corpus
from phonotopy.alignment.boundaries import DISTANCES, Boundary
from phonotopy.alignment.coverage import Method, read_coverage
from phonotopy.annotation.intervals import Interval, read_intervals
from phonotopy.annotation.label_sets import Labels
from phonotopy.core import seeds
from phonotopy.core.columns import Column, Table, shared
from phonotopy.corpus.utterances import Utterance

__all__ = [
    "COMPARED_ONSETS",
    "SUMMARY",
    "TABLES",
    "Account",
    "Comparison",
    "compare",
    "read_accounts",
    "sample",
    "summary",
]

LOG = logging.getLogger(__name__)

COMPARED_ONSETS = Table(
    "compared_onsets.tsv",
    rows="one row per onset that is used and a second method, in the sample",
    columns={
        **shared("utterance", "split"),
        "reference": Column("", "method by which the utterance was aligned, as in `coverage.tsv`"),
        "method": Column("", "the second method"),
        "kind": Column("", "`word`, or `label` of the tier that is mapped; ctc has no phones, but words"),
        "label": Column(
            "", "the word (neighbours that are the same word are one) or the label, without silence and stress"
        ),
        "expected_s": Column("s", "onset that is used"),
        "found_s": Column(
            "s",
            "onset by the method; empty where the method has no such label in this order, or could not align the "
            "utterance",
        ),
    },
)

SUMMARY = Table(
    "compared_alignments.tsv",
    rows="one row per pair of methods, kind of onset and split (or `all`)",
    columns={
        **shared("corpus"),
        "split": Column("", "`train`, `dev`, `test` or `all`"),
        "reference": Column("", "as in `compared_onsets.tsv`"),
        "method": Column("", "as in `compared_onsets.tsv`"),
        "kind": Column("", "as in `compared_onsets.tsv`"),
        "utterances": Column("count", "of the sample"),
        "failed": Column("count", "of them, those that the method could not align; the log says why"),
        "expected": Column("count", "onsets that are used, those of failed utterances included"),
        "compared": Column("count", "of them, those with a match; nothing is left out for its distance"),
        **DISTANCES,
    },
)

TABLES = (COMPARED_ONSETS, SUMMARY)
WORDS_ALONE = Labels((), outside="leave_out")

Account = tuple[str, Sequence[Interval]]  # a method, and the intervals that it gave an utterance


@dataclass(frozen=True)
class Comparison:
    """Onsets of the accounts that are used and of a second method; in the `failed` utterances it found none."""

    boundaries: list[Boundary]
    failed: set[str]


def read_accounts(coverage: str | Path, intervals: str | Path) -> dict[str, Account]:
    """Method and intervals of each aligned utterance, from the tables of an alignment."""
    own = read_intervals(intervals)
    return {row.utterance: (row.method, own[row.utterance]) for row in read_coverage(coverage) if row.method}


def sample(
    utterances: Sequence[Utterance], used: Mapping[str, Account], method: Method, number: int, seed: int
) -> list[Utterance]:
    """At most `number` utterances, sampled at random from those that another method than `method` has aligned."""
    others = [own for own in utterances if own.utterance in used and used[own.utterance][0] != method]
    if not others:
        LOG.warning("nothing to compare: no utterance was aligned by another method than %s", method)
    random = seeds.stream("compared alignments", seed, method)
    chosen = random.choice(len(others), min(number, len(others)), replace=False)
    return [others[index] for index in sorted(chosen)]


def compare(
    utterances: Sequence[Utterance], used: Mapping[str, Account], plan: Plan, method: Method, processes: int = 1
) -> Comparison:
    """Align utterances again by `method` alone, otherwise as in `plan`; `used` are the accounts to compare it with.

    A recogniser of letters (ctc) has no phones: of it, words alone are compared where phones are mapped.
    """
    kinds = {"word", "label"}
    plan = replace(plan, methods=(method,))
    if method == "ctc" and plan.mapped == "phones":
        plan, kinds = replace(plan, mapped="words", labels=WORDS_ALONE), {"word"}
    result = Comparison([], set())
    for aligned in align_corpus(utterances, plan, processes):
        name = aligned.utterance.utterance
        if aligned.coverage.status == "excluded":
            result.failed.add(name)
        found = boundaries.between_methods(aligned.utterance, used[name], (method, aligned.intervals))
        result.boundaries.extend(boundary for boundary in found if boundary.kind in kinds)
    return result


def summary(corpus: str, comparison: Comparison) -> Iterator[dict[str, object]]:
    """The summary of its onsets, with the number of utterances that the method could not align."""
    lost = [own for own in comparison.boundaries if own.utterance in comparison.failed]
    failed = {_key(row): row["utterances"] for row in boundaries.summary(corpus, lost)}
    for row in boundaries.summary(corpus, comparison.boundaries):
        yield row | {"failed": failed.get(_key(row), 0)}


def _key(row: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in ("split", "reference", "method", "kind"))
