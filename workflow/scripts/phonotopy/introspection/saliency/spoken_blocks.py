"""Utterances of one speaker at a time, with what they evoke and where each of their tokens is spelled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phonotopy.activations.accumulate import Token
from phonotopy.introspection.saliency.token_gradients import Evoked, evoked_from
from phonotopy.introspection.subject import Subject
from phonotopy.introspection.token_scores import targets

__all__ = ["BLOCK_FRAMES", "SpokenBlock", "blocks"]

BLOCK_FRAMES = 4000  # feature frames; bounds memory
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class SpokenBlock:
    """Some utterances of a speaker; every array has an entry per token.

    `number` is that of the speaker, `frame` the frame of the read-out at which a token is spelled, and `symbol` what
    is spelled there.
    """

    number: int
    evoked: Evoked
    utterance: Indices
    phone: Indices
    onset_s: NDArray[np.float64]
    offset_s: NDArray[np.float64]
    frame: Indices
    symbol: Indices

    def tensors(self) -> tuple[Tensor, Tensor, Tensor]:
        """Utterance, frame and symbol of the tokens."""
        device = self.evoked.lengths[1].device
        found = [torch.from_numpy(values).to(device) for values in (self.utterance, self.frame, self.symbol)]
        return found[0], found[1], found[2]


@torch.no_grad()
def blocks(subject: Subject) -> Iterator[SpokenBlock]:
    """All utterances that have tokens, speaker by speaker."""
    for number, speaker in enumerate(subject.coding.speakers):
        own = [one for one in subject.segments if one.speaker == speaker and subject.tokens.get(one.utterance)]
        for batch in subject.batches(BLOCK_FRAMES, own) if own else ():
            evoked = evoked_from(subject.network, 0, batch.features.transpose(1, 2), batch.lengths)
            tokens = [subject.tokens[segment.utterance] for segment in batch.segments]
            yield _block(subject, number, evoked, tokens)


def _block(subject: Subject, number: int, evoked: Evoked, tokens: Sequence[Sequence[Token]]) -> SpokenBlock:
    last = len(subject.network.blocks)
    log_probs = subject.network.readout(evoked.responses[last]).float().log_softmax(dim=1).transpose(1, 2).cpu()
    ends = evoked.lengths[last].tolist()
    found = [
        target
        for index, own in enumerate(tokens)
        for target in targets(log_probs[index, : ends[index]], own, subject.readout.clock)
    ]
    flat = [token for own in tokens for token in own]
    return SpokenBlock(
        number,
        evoked,
        np.repeat(np.arange(len(tokens)), [len(own) for own in tokens]),
        np.array([token.phone for token in flat]),
        np.array([token.onset_s for token in flat]),
        np.array([token.offset_s for token in flat]),
        np.array([target.frame for target in found]),
        np.array([target.symbol for target in found]),
    )
