"""Alignment of a corpus: each utterance by the first method that can, and the account of it."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from phonotopy.alignment import pocketsphinx
from phonotopy.annotation.intervals import ROUNDING_S, Interval, Span, fitted, labelled
from phonotopy.annotation.label_sets import Labels
from phonotopy.annotation.pronunciations import Pronunciations
from phonotopy.annotation.remarks import is_remark, remarks_in
from phonotopy.annotation.textgrid import read_textgrid, write_textgrid
from phonotopy.annotation.tiers import find_tier
from phonotopy.audio.waveform import read_mono
from phonotopy.core import steps
from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing_folder
from phonotopy.core.processes import ordered_map
from phonotopy.core.tables import read_table, write_table
from phonotopy.corpus.utterances import Exclusion, Utterance

__all__ = [
    "Aligned",
    "Coverage",
    "Method",
    "Plan",
    "align_corpus",
    "align_utterance",
    "check_coverage",
    "excluded_before",
    "read_coverage",
    "write_coverage",
    "write_textgrids",
]

LOG = logging.getLogger(__name__)

Method = Literal["textgrids", "pocketsphinx", "mfa", "ctc"]
UNKNOWN = "spn"  # how MFA writes a word that its dictionary lacks


@dataclass(frozen=True)
class Plan:
    """How utterances are aligned: `methods` in the order of trial, `tiers` with the names they may have in TextGrids.

    `labels` are those of the tier that is mapped: `phones`, `words`, or another of the tiers, found in TextGrids alone.
    `pronunciations` are the user's own, of words that are said in the corpus. `folders` hold TextGrids of the methods
    that have aligned the whole corpus before, alone or in folders of speakers.
    """

    methods: tuple[Method, ...]
    tiers: Mapping[str, Sequence[str]]
    labels: Labels
    pronunciations: Pronunciations = field(default_factory=dict)
    mapped: str = "phones"
    folders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Coverage:
    """What became of an utterance; an aligned one may carry the reason why an earlier method failed."""

    utterance: str
    speaker: str
    split: str
    status: Literal["aligned", "excluded"]
    method: str
    reason: str
    advice: str


@dataclass(frozen=True)
class Aligned:
    """An utterance with its account; words and intervals are empty if it is excluded."""

    utterance: Utterance
    coverage: Coverage
    words: list[Span]
    intervals: list[Interval]


def align_corpus(utterances: Sequence[Utterance], plan: Plan, processes: int = 1) -> Iterator[Aligned]:
    """Align utterances on several processes, in order; the log states the progress."""
    found = ordered_map(partial(align_utterance, plan), utterances, processes)
    for aligned in steps.passed(found, "utterance", len(utterances)):
        if aligned.coverage.status == "excluded" or aligned.coverage.reason:
            coverage = aligned.coverage
            reported = "; ".join(filter(None, [coverage.reason, coverage.advice]))
            LOG.warning("%s %s: %s", coverage.utterance, coverage.status, reported)
        yield aligned


def align_utterance(plan: Plan, utterance: Utterance) -> Aligned:
    """Align one utterance by the first method that can; what others found is in its account."""
    failures: list[InputError] = []
    for method in plan.methods:
        if method == "textgrids" and not utterance.textgrid:
            continue
        try:
            words, intervals = _intervals(method, plan, utterance)
        except InputError as error:
            failures.append(error)
        else:
            account = _account(utterance, "aligned", method, failures)
            return Aligned(utterance, _with_remarks(account, plan, utterance, words), words, intervals)
    if not failures:
        advice = "add a TextGrid, or name another method in alignment.method"
        failures.append(InputError(utterance.audio, "no TextGrid", "a TextGrid beside the recording", advice))
    return Aligned(utterance, _account(utterance, "excluded", "", failures), [], [])


def _intervals(method: Method, plan: Plan, utterance: Utterance) -> tuple[list[Span], list[Interval]]:
    match method:
        case "textgrids":
            words, tier = _parsed(plan, utterance)
        case "mfa":
            words, tier = _parsed(plan, _found(plan, method, utterance))
        case "ctc":
            words, tier = _parsed(plan, _found(plan, method, utterance))
            words = _between(words, utterance)
        case "pocketsphinx":
            words, tier = _mapped(plan, pocketsphinx.align(_samples(utterance), utterance.marked, plan.pronunciations))
    words, tier = (fitted(spans, utterance.duration_s) for spans in (words, tier))
    return words, labelled(tier, words, utterance.duration_s, plan.labels)


def _found(plan: Plan, method: Method, utterance: Utterance) -> Utterance:
    """The utterance with the TextGrid that an aligner of whole corpora has made."""
    name = f"{utterance.utterance}.TextGrid"
    candidates = [Path(plan.folders[method], *folder, name) for folder in ((), (utterance.speaker,))]
    path = next((one for one in candidates if one.is_file()), None)
    if path is None:
        advice = f"see the log of {method}, or name another method after it in alignment.method"
        raise InputError(utterance.audio, f"not aligned by {method}", "a TextGrid", advice)
    unknown = [span.text for span in read_textgrid(path).get("phones", []) if span.text == UNKNOWN]
    if method == "mfa" and len(unknown) > sum(map(is_remark, utterance.remarks.split())):
        advice = "add them to a dictionary of your own, and name its path in alignment.mfa.dictionary"
        found = f"unknown words: {len(unknown)} stretches marked {UNKNOWN} by mfa"
        raise InputError(str(path), found, "words of the dictionary", advice)
    return replace(utterance, textgrid=str(path))


def _between(words: Sequence[Span], utterance: Utterance) -> list[Span]:
    """Words of an aligner that knows no remarks, with remarks in what it has left free where they stand."""
    said = [span for span in words if span.text and not span.text.isspace()]
    if len(said) != len(utterance.transcript.split()):
        return list(words)
    result, index = list[Span](), 0
    for remark, run in groupby(utterance.remarks.split(), key=is_remark):
        texts = list(run)
        if remark:
            onset_s = said[index - 1].offset_s if index else 0.0
            offset_s = said[index].onset_s if index < len(said) else utterance.duration_s
            result += [Span(onset_s, offset_s, " ".join(texts))] if onset_s < offset_s else []
        else:
            result += said[index : index + len(texts)]
            index += len(texts)
    return result or list(words)


def _mapped(plan: Plan, tiers: pocketsphinx.Tiers) -> tuple[list[Span], list[Span]]:
    """Words and the tier that is mapped, from an aligner, which knows of words and phones alone."""
    if plan.mapped not in tiers._fields:
        expected = f"one of {', '.join(tiers._fields)} from an aligner"
        raise InputError("alignment.mapped", f"no tier '{plan.mapped}'", expected, "add a TextGrid that has the tier")
    return tiers.words, getattr(tiers, plan.mapped)


def _samples(utterance: Utterance) -> NDArray[np.float32]:
    """Samples for the aligner; InputError if the file is no longer the one that the table of utterances describes."""
    samples = read_mono(utterance.audio, pocketsphinx.SAMPLE_RATE_HZ)
    duration_s = len(samples) / pocketsphinx.SAMPLE_RATE_HZ
    if abs(duration_s - utterance.duration_s) > ROUNDING_S:
        found, expected = f"changed audio: {duration_s:.3f} s", f"{utterance.duration_s:.3f} s, as in the table"
        raise InputError(utterance.audio, found, expected, "make the corpus again: snakemake --forcerun corpus")
    return samples


def _parsed(plan: Plan, utterance: Utterance) -> tuple[list[Span], list[Span]]:
    """Words and the tier that is mapped, from a TextGrid; words may be missing."""
    tiers = read_textgrid(utterance.textgrid)
    mapped, words = (find_tier(tiers, plan.tiers[name], utterance.speaker) for name in (plan.mapped, "words"))
    if mapped is None:
        found = f"no tier '{' or '.join(plan.tiers[plan.mapped])}' in the TextGrid"
        expected = f"one of its interval tiers {', '.join(tiers) or '(none)'}"
        raise InputError(utterance.textgrid, found, expected, "add the name in your TextGrids to alignment.tiers")
    return tiers[words] if words is not None else [], tiers[mapped]


def _account(
    utterance: Utterance, status: Literal["aligned", "excluded"], method: str, failures: Sequence[InputError]
) -> Coverage:
    reason = "; ".join(failure.found for failure in failures)
    advice = "; ".join(dict.fromkeys(failure.advice for failure in failures))
    return Coverage(utterance.utterance, utterance.speaker, utterance.split, status, method, reason, advice)


def _with_remarks(account: Coverage, plan: Plan, utterance: Utterance, words: Sequence[Span]) -> Coverage:
    """The account with the remarks of an utterance, those of a tier of words before those of the transcript."""
    if plan.labels.remarks == "exclude":
        return account
    tier = [remark for span in words for remark in remarks_in(span.text)]
    found = tier or [remark for word in utterance.remarks.split() for remark in remarks_in(word)]
    if not found:
        return account
    names = " ".join(dict.fromkeys(found))
    reason = f"remarks: {len(found)} outside the inventory, {names}"
    return replace(account, reason="; ".join(filter(None, [account.reason, reason])))


def excluded_before(exclusions: Iterable[Exclusion]) -> list[Coverage]:
    """The accounts of utterances that were left out before the alignment; all go to the log."""
    accounts = []
    for row in exclusions:
        LOG.warning("%s (%s) excluded: %s; %s", row.utterance, row.file, row.reason, row.advice)
        accounts.append(Coverage(row.utterance, row.speaker, row.split, "excluded", "", row.reason, row.advice))
    return accounts


def check_coverage(
    coverage: Sequence[Coverage], max_excluded: float, *, total: int | None = None, listing: str | Path = ""
) -> None:
    """Raise InputError if no utterance is left, or a larger fraction than `max_excluded` is excluded.

    `total` is the number of utterances where `coverage` does not hold all of them yet. The rows of those that are lost
    then stay in the file `listing`, since a job that fails loses its outputs.
    """
    lost = [row for row in coverage if row.status == "excluded"]
    total = len(coverage) if total is None else total
    if len(lost) > max_excluded * total or len(lost) == total:
        kinds = Counter(row.reason.partition(":")[0] for row in lost)
        counts = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
        examples = "; ".join(f"{row.utterance} ({row.reason}: {row.advice})" for row in lost[:3])
        found = f"{len(lost)} of {total} utterances excluded: {counts}. First: {examples}" if lost else "no utterances"
        if listing:
            write_coverage(listing, lost)
        advice = f"mend or remove these files (all are listed in {listing or 'the log'}), or raise corpus.max_excluded"
        raise InputError("corpus.max_excluded", found, f"at most {max_excluded:.1%}", advice)
    if listing:
        Path(listing).unlink(missing_ok=True)


def write_coverage(path: str | Path, coverage: Iterable[Coverage]) -> None:
    """Write one row per utterance."""
    write_table(path, [field.name for field in fields(Coverage)], map(asdict, coverage))


def read_coverage(path: str | Path) -> list[Coverage]:
    """Read the accounts of all utterances."""
    return [Coverage(**row) for row in read_table(path)]


def write_textgrids(folder: str | Path, aligned: Iterable[Aligned], mapped: str = "phones") -> None:
    """Write a TextGrid with words and the tier that is mapped for each aligned utterance; the folder appears whole."""
    with replacing_folder(folder) as part:
        for item in aligned:
            if item.coverage.status == "aligned":
                _write_textgrid(part / f"{item.utterance.utterance}.TextGrid", item, mapped)


def _write_textgrid(path: Path, item: Aligned, mapped: str) -> None:
    tier = [
        Span(own.onset_s, own.offset_s, own.label if own.stress is None else f"{own.label}{own.stress}")
        for own in item.intervals
    ]
    write_textgrid(path, item.utterance.duration_s, {"words": item.words, mapped: tier})
