"""What became of every utterance of a corpus in its alignment, and whether enough of them have been aligned."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from phonotopy.alignment.coverage import NOT_ASKED, Coverage, write_coverage
from phonotopy.core.errors import InputError
from phonotopy.corpus.usable import ADVICE, SETTING, summed_up
from phonotopy.corpus.utterances import Exclusion, Utterance

__all__ = ["check_coverage", "joined"]

LOG = logging.getLogger(__name__)


def joined(
    utterances: Iterable[Utterance], exclusions: Iterable[Exclusion], tried: Iterable[Coverage]
) -> list[Coverage]:
    """The accounts of all utterances: of those that were `tried`, of those that nobody asked for, and of those left out
    before any alignment.
    """
    own = {row.utterance: row for row in tried}
    return [*(own.get(one.utterance) or _not_asked(one) for one in utterances), *map(_left_out, exclusions)]


def _not_asked(utterance: Utterance) -> Coverage:
    return Coverage(utterance.utterance, utterance.speaker, utterance.split, NOT_ASKED, "", "", "")


def _left_out(row: Exclusion) -> Coverage:
    LOG.warning("%s (%s) excluded: %s; %s", row.utterance, row.file, row.reason, row.advice)
    return Coverage(row.utterance, row.speaker, row.split, "excluded", "", row.reason, row.advice)


def check_coverage(
    coverage: Sequence[Coverage], tried: Sequence[Coverage], max_excluded: float, *, listing: str | Path = ""
) -> None:
    """Raise InputError if none of the utterances that were `tried` is aligned, or too many cannot be used.

    That is a larger fraction than `max_excluded` of all utterances: those that were left out before, and of the others
    the fraction that could not be aligned where it was tried. The rows of those that are lost then stay in the file
    `listing`, since a job that fails loses its outputs.
    """
    if not tried:
        found, advice = (
            "none of the corpus is in a split that is aligned",
            "name other splits, or more in alignment.splits",
        )
        raise InputError("activations.splits", found, "at least one utterance", advice)
    if listing:
        Path(listing).unlink(missing_ok=True)
    lost = [row for row in coverage if row.status == "excluded"]
    failed = sum(row.status == "excluded" for row in tried)
    before = len(lost) - failed
    expected = before + (len(coverage) - before) * failed / len(tried)
    if failed < len(tried) and expected <= max_excluded * len(coverage):
        return
    if listing:
        write_coverage(listing, lost)
    found = f"{failed} of {len(tried)} utterances that were asked for cannot be aligned"
    if before:
        found += f", {before} of {len(coverage)} were left out before"
    advice = ADVICE.format(listing=listing or "the log")
    raise InputError(SETTING, summed_up(found, lost), f"at most {max_excluded:.1%} excluded", advice)
