"""Tokens that attribution is compared on, each with the stretch of features that its spelling depends on."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phonotopy.activations.accumulate import Token
from phonotopy.core.errors import InputError
from phonotopy.core.seeds import stream
from phonotopy.introspection.attribution.spelled import begins, seen
from phonotopy.introspection.subject import Subject
from phonotopy.introspection.token_scores import AROUND_S, targets
from phonotopy.recogniser.features import Segment

__all__ = ["Chosen", "Stretches", "choose", "cut", "silence"]

SPEAKERS = 8  # at most, sampled at random


class Chosen(NamedTuple):
    """A token of an utterance; `rank` numbers those of its phone and speaker."""

    segment: Segment
    token: Token
    speaker: int
    rank: int


def choose(subject: Subject, phones: Sequence[str], number: int, key: int) -> list[Chosen]:
    """`number` tokens of each phone and of each of at most eight speakers, or all there are; by utterance.

    Raises InputError where no token of these phones is there.
    """
    random = stream("attribution", key)
    speakers = set(random.permutation(len(subject.coding.speakers))[:SPEAKERS].tolist())
    asked = {subject.coding.phones.index(phone) for phone in phones if phone in subject.coding.phones}
    found = [
        (segment, token, speaker)
        for segment in subject.segments
        for speaker in [subject.coding.speakers.index(segment.speaker)]
        for token in subject.tokens[segment.utterance]
        if speaker in speakers and token.phone in asked
    ]
    taken: Counter[tuple[int, int]] = Counter()
    kept = []
    for index in random.permutation(len(found)).tolist():
        segment, token, speaker = found[index]
        if taken[speaker, token.phone] < number:
            kept.append(Chosen(segment, token, speaker, taken[speaker, token.phone]))
            taken[speaker, token.phone] += 1
    if not kept:
        expected = f"tokens of {' '.join(phones)}"
        raise InputError("introspection.phones", "none in the speech of activations.splits", expected, "name others")
    return sorted(kept, key=lambda one: (one.segment.utterance, one.token.onset_s))


def cut(features: Tensor, first: int, frames: int) -> Tensor:
    """So many frames of an utterance ``(frames, bands)`` from frame `first` on, zero beyond its ends."""
    found = features.new_zeros(frames, features.shape[1])
    low, high = max(first, 0), min(first + frames, len(features))
    found[low - first : high - first] = features[low:high]
    return found


class _Piece(NamedTuple):
    """What one token gives: its stretch, and as in `Stretches`."""

    features: Tensor
    first: int
    length: int
    symbol: int
    spoken: NDArray[np.bool_]


@dataclass(frozen=True)
class Stretches:
    """Stretches of features ``(tokens, frames, bands)``; see `Spelled` for `first`, `lengths` and `symbol`.

    `spoken` ``(tokens, frames)``: frames in which the token may be spelled; `within`: those of the utterance. `phone`
    and `speaker` are indices in the coding, `probe` marks one token of each phone and speaker, for what is costly.
    """

    features: Tensor
    first: Tensor
    lengths: Tensor
    symbol: Tensor
    spoken: NDArray[np.bool_]
    within: Tensor
    phone: NDArray[np.int64]
    speaker: NDArray[np.int64]
    probe: NDArray[np.bool_]

    @classmethod
    @torch.no_grad()
    def of(cls, subject: Subject, chosen: Sequence[Chosen]) -> Self:
        """Stretches around the frames at which the recogniser spells the tokens, in their order."""
        blocks = list(subject.network.blocks)
        clock, hop_s = subject.readout.clock, float(subject.settings["hop_s"])
        rows: list[_Piece] = []
        for segment, tokens in _by_utterance(chosen):
            features = subject.features(segment)
            length = torch.tensor([segment.frames], device=features.device)
            spelled = targets(subject.network(features, length).log_probs[0], tokens, clock)
            for token, target in zip(tokens, spelled, strict=True):
                first = begins(blocks, target.frame)
                time_s = (first + np.arange(seen(blocks))) * hop_s
                spoken = (time_s >= token.onset_s - AROUND_S) & (time_s < token.offset_s + AROUND_S)
                piece = cut(features[0], first, seen(blocks))
                rows.append(_Piece(piece, first, segment.frames, target.symbol, spoken))
        device = subject.network.device
        first_frames = torch.tensor([row.first for row in rows], device=device)
        lengths = torch.tensor([row.length for row in rows], device=device)
        frames = first_frames[:, None] + torch.arange(seen(blocks), device=device)
        return cls(
            torch.stack([row.features for row in rows]),
            first_frames,
            lengths,
            torch.tensor([row.symbol for row in rows], device=device),
            np.stack([row.spoken for row in rows]),
            (frames >= 0) & (frames < lengths[:, None]),
            np.array([one.token.phone for one in chosen]),
            np.array([one.speaker for one in chosen]),
            np.array([one.rank == 0 for one in chosen]),
        )

    def __len__(self) -> int:
        return len(self.features)

    def part(self, chosen: NDArray[np.bool_]) -> Self:
        """Some of the tokens ``(tokens,)``."""
        here = torch.from_numpy(chosen).to(self.features.device)
        own: dict[str, Any] = vars(self)
        return replace(self, **{name: one[here if isinstance(one, Tensor) else chosen] for name, one in own.items()})

    def given(self) -> tuple[Tensor, Tensor, Tensor]:
        """What `Spelled` takes beside the features."""
        return self.first, self.lengths, self.symbol


def _by_utterance(chosen: Sequence[Chosen]) -> Iterator[tuple[Segment, list[Token]]]:
    for segment in dict.fromkeys(one.segment for one in chosen):
        yield segment, [one.token for one in chosen if one.segment == segment]


def silence(subject: Subject, segments: Sequence[Segment]) -> Tensor | None:
    """The mean frame ``(bands,)`` of utterances outside all phones; None where there is no such frame."""
    hop_s, parts = float(subject.settings["hop_s"]), []
    for segment in segments:
        time_s = np.arange(segment.frames) * hop_s
        quiet = np.ones(segment.frames, dtype=bool)
        for token in subject.tokens[segment.utterance]:
            quiet[(time_s >= token.onset_s) & (time_s < token.offset_s)] = False
        found = subject.features(segment)[0, torch.from_numpy(quiet)].double()
        parts.append((found.sum(dim=0), len(found)))
    count = sum(number for _, number in parts)
    return (torch.stack([total for total, _ in parts]).sum(dim=0) / count).float() if count else None
