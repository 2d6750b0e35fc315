"""Forced alignment of letters and words by a recogniser trained with CTC (bib key kurzinger2020)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
import torchaudio
from numpy.typing import NDArray
from torch import Tensor
from torchaudio.functional import forced_align, merge_tokens

from phonotopy.annotation.intervals import Span
from phonotopy.core.errors import InputError
from phonotopy.recogniser.checkpoint import load_recogniser
from phonotopy.recogniser.decoding import BLANK
from phonotopy.recogniser.network import Output, timings
from phonotopy.recogniser.samples.analysis import analysis_of

__all__ = ["Letters", "Listener", "align", "of_checkpoint", "of_pipeline"]


class Letters(NamedTuple):
    """Words and letters of an utterance; letters touch within a word, and no phones are known."""

    words: list[Span]
    letters: list[Span]


@dataclass(frozen=True)
class Listener:
    """A recogniser of letters: from samples ``(time,)`` at a rate to log probabilities ``(frames, symbols)``.

    `symbols` has the blank first; frame ``j`` is centred on ``offset_s + j · stride_s``. `separator` is
    the symbol between words, or nothing.
    """

    recognise: Callable[[NDArray[np.float32]], Tensor]
    symbols: Sequence[str]
    sample_rate_hz: int
    stride_s: float
    offset_s: float
    separator: str


def of_checkpoint(path: str) -> Listener:
    """A recogniser that this workflow has trained."""
    network, settings = load_recogniser(path)
    analysis = analysis_of(settings)
    timing = timings(network.layers)[-1]

    @torch.no_grad()
    def recognise(samples: NDArray[np.float32]) -> Tensor:
        features = torch.from_numpy(analysis(samples))[None]
        output: Output = network(features, torch.tensor([features.shape[1]]))
        return output.log_probs[0]

    symbols = ["", *settings["alphabet"]]
    stride_s, offset_s = timing.stride * analysis.hop_s, timing.offset * analysis.hop_s
    return Listener(recognise, symbols, analysis.sample_rate_hz, stride_s, offset_s, " " if " " in symbols else "")


def of_pipeline(name: str) -> Listener:
    """A pipeline of torchaudio, such as MMS_FA or WAV2VEC2_ASR_BASE_960H, whose weights come from its hub."""
    bundle: Any = getattr(torchaudio.pipelines, name, None)
    if not hasattr(bundle, "get_labels"):
        advice = "name MMS_FA, WAV2VEC2_ASR_BASE_960H, or another pipeline of torchaudio with letters"
        raise InputError("alignment.ctc.recogniser", f"no pipeline {name!r}", "a file or a pipeline", advice)
    star = {"star": None} if name == "MMS_FA" else {}
    network = bundle.get_model(**({"with_star": False} if star else {})).eval()
    symbols = ["", *(symbol.lower() for symbol in bundle.get_labels(**star)[1:])]
    second = int(bundle.sample_rate)

    @torch.no_grad()
    def recognise(samples: NDArray[np.float32]) -> Tensor:
        emission, _ = network(torch.from_numpy(samples)[None])
        return torch.log_softmax(emission[0].float(), dim=-1)

    with torch.no_grad():  # frames of ten seconds, within one of the stride
        frames = network(torch.zeros(1, 10 * second))[0].shape[1]
    stride_s = round(10 / frames, 3)
    return Listener(recognise, symbols, second, stride_s, stride_s / 2, "|" if "|" in symbols else "")


def align(listener: Listener, samples: NDArray[np.float32], transcript: str) -> Letters:
    """Align samples ``(time,)`` with lower-case words. InputError: letters that it does not know, or too little speech.

    A CTC recogniser shows where it recognises a letter, not where the sound begins: onsets are those of the letter's
    first frame. A letter lasts until the next of its word, the last one until its last frame.
    """
    words = transcript.split()
    unknown = sorted({letter for word in words for letter in word if letter not in listener.symbols})
    if unknown or not words:
        found = f"letters that the recogniser does not know: {' '.join(unknown)}" if unknown else "no words"
        raise InputError("transcript", found, "its letters", "name another recogniser in alignment.ctc.recogniser")
    targets = [listener.symbols.index(symbol) for symbol in listener.separator.join(words)]
    log_probs = listener.recognise(samples)
    least = len(targets) + sum(first == second for first, second in pairwise(targets))
    if least > len(log_probs):
        found = f"not alignable: {least} letters in {len(log_probs)} frames"
        raise InputError("transcript", found, "a frame a letter", "check that the transcript is what is said")
    path, scores = forced_align(log_probs[None].contiguous(), torch.tensor([targets]), blank=BLANK)
    limits = [(token.start, token.end) for token in merge_tokens(path[0], scores[0].exp(), blank=BLANK)]
    return _tiers(listener, words, limits, len(samples) / listener.sample_rate_hz)


def _tiers(listener: Listener, words: Sequence[str], limits: Sequence[tuple[int, int]], duration_s: float) -> Letters:
    def time(frame: int) -> float:
        """When a frame begins, half a stride before its centre."""
        return min(max(listener.offset_s + (frame - 0.5) * listener.stride_s, 0.0), duration_s)

    spoken, letters, first = [], [], 0
    for word in words:
        own = limits[first : first + len(word)]
        onsets = [time(start) for start, _ in own]
        offsets = [*onsets[1:], time(own[-1][1])]
        letters += [Span(*span) for span in zip(onsets, offsets, word, strict=True)]
        spoken.append(Span(onsets[0], offsets[-1], word))
        first += len(word) + len(listener.separator)
    return Letters(spoken, letters)
