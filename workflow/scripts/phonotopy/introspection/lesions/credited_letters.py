"""Letters of transcripts, the frames at which a recogniser spells them, and the phones that they are credited to."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchaudio.functional import forced_align

from phonotopy.activations.accumulate import Token
from phonotopy.activations.clock import Clock
from phonotopy.core.seeds import stream
from phonotopy.introspection.subject import Subject
from phonotopy.recogniser.decoding import BLANK
from phonotopy.recogniser.features import Segment

__all__ = ["Passage", "best_delay", "passages", "sampled", "spelled"]

Ints = NDArray[np.int64]
Times = NDArray[np.float64]
DELAYS_S = np.arange(-0.1, 0.301, 0.02)  # by which CTC may spell after the sound
BATCH_FRAMES = 6000  # feature frames of a batch: a minute of speech at 10 ms


class Passage(NamedTuple):
    """A batch of intact speech, and its credited letters.

    `responses` ``(utterances, units, frames)`` and `lengths` ``(utterances,)`` of each hidden layer. Of each letter
    ``(letters,)``: `item` its utterance in the batch, `frame` of the read-out, `symbol`, `phone`, `speaker`.
    """

    responses: list[Tensor]
    lengths: list[Tensor]
    item: Ints
    frame: Ints
    symbol: Ints
    phone: Ints
    speaker: Ints


def sampled(subject: Subject, seconds: float, seed: int) -> list[Segment]:
    """Utterances in random order, about as many seconds of each speaker, `seconds` in all; every speaker has one."""
    frame_s = float(subject.settings["hop_s"])
    share = seconds / max(1, len(subject.coding.speakers))
    found: list[Segment] = []
    for speaker in subject.coding.speakers:
        own = [one for one in subject.segments if one.speaker == speaker]
        order = [own[index] for index in stream("lesioned speech", seed, speaker).permutation(len(own))]
        passed = np.cumsum([0.0, *(one.frames * frame_s for one in order)])[:-1]
        found += [one for one, before in zip(order, passed, strict=True) if before < share]
    return found


def spelled(log_probs: Tensor, symbols: Tensor) -> Ints:
    """Frame at which each of the symbols ``(letters,)`` is most probable within its forced alignment, ``(letters,)``.

    `log_probs` ``(frames, symbols)`` of one utterance; none where it has too few frames for its letters.
    """
    repeated = sum(first == second for first, second in pairwise(symbols.tolist()))
    if not len(symbols) or len(symbols) + repeated > len(log_probs):
        return np.empty(0, np.int64)
    path, scores = forced_align(log_probs[None].contiguous(), symbols[None], blank=BLANK)
    frames, labels = np.arange(len(log_probs)), path[0].numpy()
    begins = np.flatnonzero((labels != BLANK) & (np.diff(labels, prepend=BLANK) != 0))
    ends = np.append(begins[1:], len(labels))
    found = np.where(labels == BLANK, -np.inf, scores[0].numpy())
    return np.array([frames[a:b][found[a:b].argmax()] for a, b in zip(begins, ends, strict=True)], dtype=np.int64)


def covering(tokens: Sequence[Token], times_s: Times) -> Ints:
    """Phone of the token that covers each time, −1 where none does."""
    onsets = np.array([token.onset_s for token in tokens])
    offsets = np.array([token.offset_s for token in tokens])
    phones = np.array([token.phone for token in tokens], dtype=np.int64)
    if not len(tokens):
        return np.full(len(times_s), -1)
    index = np.searchsorted(onsets, times_s, side="right") - 1
    inside = (index >= 0) & (times_s < offsets[index])
    return np.where(inside, phones[index], -1)


class _Spelled(NamedTuple):
    """An utterance of a batch with the frames and symbols of its letters, spaces left out."""

    item: int
    segment: Segment
    frame: Ints
    symbol: Ints


@torch.no_grad()
def passages(subject: Subject, segments: Sequence[Segment], delay_s: float) -> Iterator[Passage]:
    """Batches of the utterances; letters that no phone covers, `delay_s` before their frame, are left out."""
    clock = subject.readout.clock
    code = {speaker: number for number, speaker in enumerate(subject.coding.speakers)}
    for responses, lengths, found in _batches(subject, segments):
        phones = [_credited(one, subject, clock, delay_s) for one in found]
        speakers = [np.full(len(one.frame), code[one.segment.speaker]) for one in found]
        items = [np.full(len(one.frame), one.item) for one in found]
        parts = items, [one.frame for one in found], [one.symbol for one in found], phones, speakers
        columns = np.stack([np.concatenate(part) for part in parts])
        yield Passage(responses, lengths, *columns[:, columns[3] >= 0])


def _credited(one: _Spelled, subject: Subject, clock: Clock, delay_s: float) -> Ints:
    times = np.asarray(clock.offset_s + one.frame * clock.stride_s - delay_s, dtype=np.float64)
    return covering(subject.tokens[one.segment.utterance], times)


def _batches(
    subject: Subject, segments: Sequence[Segment]
) -> Iterator[tuple[list[Tensor], list[Tensor], list[_Spelled]]]:
    space = subject.alphabet.find(" ") + 1
    for batch in subject.batches(BATCH_FRAMES, segments):
        output = subject.network(batch.features, batch.lengths)
        letters = torch.split(batch.letters, batch.letter_lengths.tolist())
        found = []
        for item, (segment, symbols, length) in enumerate(
            zip(batch.segments, letters, output.lengths.tolist(), strict=True)
        ):
            frame = spelled(output.log_probs[item, :length].cpu(), symbols)
            symbol = symbols.numpy()[: len(frame)]
            kept = symbol != space
            found.append(_Spelled(item, segment, frame[kept], symbol[kept]))
        yield output.responses, output.response_lengths, found


@torch.no_grad()
def best_delay(subject: Subject, segments: Sequence[Segment]) -> float:
    """The delay at which letters and the phones that cover them share most information, s."""
    clock = subject.readout.clock
    found = [one for _, _, spoken in _batches(subject, segments) for one in spoken]
    symbols = np.concatenate([one.symbol for one in found])
    shared = []
    for delay in DELAYS_S:
        phones = np.concatenate([_credited(one, subject, clock, float(delay)) for one in found])
        shared.append(_information(symbols, phones + 1))
    return float(round(DELAYS_S[int(np.argmax(shared))], 3))


def _information(first: Ints, second: Ints) -> float:
    """Mutual information of two codes from 0, in nats."""
    joint = np.zeros((first.max(initial=0) + 1, second.max(initial=0) + 1))
    np.add.at(joint, (first, second), 1 / max(1, len(first)))
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    some = joint > 0
    return float(np.sum(joint[some] * np.log(joint[some] / apart[some])))
