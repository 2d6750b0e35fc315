"""Between letters and what the network puts out."""

from itertools import groupby

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["BLANK", "decode", "encode"]

BLANK = 0


def encode(transcript: str, alphabet: str) -> Tensor:
    """Letters as indices ``(letters,)``; 0 is the blank."""
    return torch.tensor([alphabet.index(letter) + 1 for letter in transcript], dtype=torch.long)


def decode(log_probs: Tensor, lengths: Tensor, alphabet: str) -> list[str]:
    """The best letter of every frame, repetitions and blanks removed: no lexicon, no language model.

    ``log_probs (batch, frames, letters + 1)``, ``lengths (batch,)`` in frames.
    """
    best = log_probs.argmax(dim=2).cpu().numpy()
    ends = lengths.cpu().numpy()
    return [_collapse(path[:end], alphabet) for path, end in zip(best, ends, strict=True)]


def _collapse(path: NDArray[np.int64], alphabet: str) -> str:
    text = "".join(alphabet[symbol - 1] for symbol, _ in groupby(path.tolist()) if symbol != BLANK)
    return " ".join(text.split())
