"""How strongly a recogniser spells something at a token: a number that gradients can be taken of."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from phonotopy.activations.accumulate import Token
from phonotopy.activations.clock import Clock
from phonotopy.recogniser.decoding import BLANK

__all__ = ["AROUND_S", "Target", "score", "targets"]

AROUND_S = 0.04  # of a token's interval, in which the read-out may spell it: CTC spells late


class Target(NamedTuple):
    """Where a token is spelled: frame of the read-out, and symbol, of which 0 is the blank."""

    frame: int
    symbol: int


def targets(log_probs: Tensor, tokens: Sequence[Token], clock: Clock) -> list[Target]:
    """Frame and symbol of each token at which a symbol most exceeds the blank.

    `log_probs` ``(frames, symbols)`` of one utterance; frames are those whose centres lie in the interval ± `AROUND_S`,
    or the nearest one.
    """
    onset = np.array([token.onset_s - AROUND_S for token in tokens])
    spans = clock.spans(onset, np.array([token.offset_s + AROUND_S for token in tokens]), len(log_probs))
    excess = (log_probs - log_probs[:, BLANK : BLANK + 1]).detach().clone()
    excess[:, BLANK] = -torch.inf
    return [_best(excess, int(first), int(end)) for first, end in zip(spans.first, spans.end, strict=True)]


def _best(excess: Tensor, first: int, end: int) -> Target:
    frame, symbol = divmod(int(excess[first:end].argmax()), excess.shape[1])
    return Target(first + frame, symbol)


def score(log_probs: Tensor, target: Target) -> Tensor:
    """Logit of the symbol minus that of the blank at the frame of a target, a scalar."""
    return log_probs[target.frame, target.symbol] - log_probs[target.frame, BLANK]
