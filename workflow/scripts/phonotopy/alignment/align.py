"""Alignment of utterances: each by the first method that can, and the account of it."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from phonotopy.alignment import pocketsphinx
from phonotopy.alignment.coverage import Coverage, Method
from phonotopy.annotation.intervals import ROUNDING_S, Interval, Span, fitted, labelled, write_intervals
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
from phonotopy.corpus.utterances import Utterance

__all__ = ["Aligned", "Plan", "align_corpus", "align_utterance", "write_aligned"]

LOG = logging.getLogger(__name__)

UNKNOWN = "spn"  # how MFA writes a word that its dictionary lacks


@dataclass(frozen=True)
class Plan:
    """How utterances are aligned: `methods` in the order of trial, `tiers` with the names they may have in TextGrids.

    `labels` are those of the tier that is mapped: `phones`, `words`, or another of the tiers, found in TextGrids alone.
    `pronunciations` are the user's own, of words that are said in the corpus. `folders` hold TextGrids of the methods
    that align many utterances at once and have done so before, alone or in folders of speakers.
    """

    methods: tuple[Method, ...]
    tiers: Mapping[str, Sequence[str]]
    labels: Labels
    pronunciations: Pronunciations = field(default_factory=dict)
    mapped: str = "phones"
    folders: Mapping[str, Sequence[str]] = field(default_factory=dict)


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
    """The utterance with the TextGrid that an aligner of many at once has made."""
    name = f"{utterance.utterance}.TextGrid"
    candidates = [Path(folder, *own, name) for folder in plan.folders[method] for own in ((), (utterance.speaker,))]
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


def write_aligned(
    intervals: str | Path, textgrids: str | Path, aligned: Iterable[Aligned], mapped: str = "phones"
) -> list[Coverage]:
    """Write the table of intervals, and a TextGrid with words and the tier that is mapped for each aligned utterance.

    Utterances are written as they come, so that memory holds their accounts alone, which are returned. Table and folder
    appear whole.
    """
    accounts: list[Coverage] = []

    def written(folder: Path) -> Iterator[tuple[str, list[Interval]]]:
        for item in aligned:
            accounts.append(item.coverage)
            if item.coverage.status == "aligned":
                _write_textgrid(folder / f"{item.utterance.utterance}.TextGrid", item, mapped)
            yield item.utterance.utterance, item.intervals

    with replacing_folder(textgrids) as part:
        write_intervals(intervals, written(part))
    return accounts


def _write_textgrid(path: Path, item: Aligned, mapped: str) -> None:
    tier = [
        Span(own.onset_s, own.offset_s, own.label if own.stress is None else f"{own.label}{own.stress}")
        for own in item.intervals
    ]
    write_textgrid(path, item.utterance.duration_s, {"words": item.words, mapped: tier})
