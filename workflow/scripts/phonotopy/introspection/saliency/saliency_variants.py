"""Responses of a token as a prediction sees them: centred where gradients are, weighted by them, times them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.clock import Clock, Spans
from phonotopy.core.numba_loops import compiled
from phonotopy.introspection.saliency.spoken_blocks import SpokenBlock
from phonotopy.introspection.saliency.token_gradients import Patch

__all__ = ["VARIANTS", "Sums", "Windows", "exchanged_sums", "lags", "running", "sums", "window_means"]

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Indices = NDArray[np.int64]
VARIANTS = {
    "plain": "mean response over the interval of a token, as in `selectivity.tsv`",
    "aligned": "the same over a window of the same length, centred where gradients are largest",
    "weighted": "sum over time of response times size of gradient, over the sum of that size, mean over units",
    "relevance": "sum over time of response times gradient, signed: what the response adds to the score",
    "gradient": "sum over time of the gradient alone; in the last layer the weights of the read-out",
    "random_above": "relevance where all layers above, and the read-out, have new random weights",
}
ROUNDING_S = 1e-6


@dataclass(frozen=True)
class Windows:
    """Frames of tokens in a layer: `spans` of their intervals, of an utterance with so many frames ``(tokens,)``.

    `shift` ``(tokens,)`` is from the frame nearest the middle to that of the largest gradient, `lag_s` the same time
    exactly; `found` says where there is one.
    """

    spans: Spans
    ends: Indices
    shift: Indices
    lag_s: Floats
    found: NDArray[np.bool_]

    def shifted(self, shift: Indices) -> tuple[Indices, Indices, NDArray[np.bool_]]:
        """First frames, frames after the last, and which windows lie within their utterance."""
        first, end = self.spans.first + shift, self.spans.end + shift
        return first, end, np.asarray((first >= 0) & (end <= self.ends))


@dataclass(frozen=True)
class Sums:
    """Values of tokens ``(tokens, units)`` from responses and gradients."""

    weighted: Floats
    relevance: Floats


def lags(patch: Patch, block: SpokenBlock, layer: int, clock: Clock) -> Windows:
    """Where gradients, their sizes averaged over units, are largest within half a receptive field of the middle."""
    ends = block.evoked.lengths[layer].cpu().numpy()[block.utterance]
    middle: Floats = (block.onset_s + block.offset_s) / 2
    strength = patch.gradients.abs().mean(dim=2).double().cpu().numpy()
    frames: Indices = patch.start.cpu().numpy()[:, None] + np.arange(strength.shape[1])
    away: Floats = clock.offset_s + frames * clock.stride_s - middle[:, None]
    allowed = (np.abs(away) <= clock.field_s / 2 + ROUNDING_S) & (strength > 0)
    best = np.argmax(np.where(allowed, strength, -1.0), axis=1)[:, None]
    shift = np.take_along_axis(frames, best, axis=1)[:, 0] - clock.nearest(middle)
    lag = np.take_along_axis(away, best, axis=1)[:, 0]
    return Windows(_spans(block, clock, ends), ends, shift, lag, np.asarray(allowed.any(axis=1)))


def _spans(block: SpokenBlock, clock: Clock, ends: Indices) -> Spans:
    parts = []
    for utterance in np.unique(block.utterance):
        own = block.utterance == utterance
        parts.append(clock.spans(block.onset_s[own], block.offset_s[own], int(ends[own][0])))
    return Spans(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def running(block: SpokenBlock, layer: int) -> Floats:
    """Responses added up over time, ``(utterances, frames + 1, units)``."""
    responses = block.evoked.responses[layer].double().cpu().numpy().transpose(0, 2, 1)
    return np.concatenate([np.zeros_like(responses[:, :1]), np.cumsum(responses, axis=1)], axis=1)


def window_means(totals: Floats, utterance: Indices, first: Indices, end: Indices) -> Floats:
    """Mean responses over frames of each token ``(tokens, units)``."""
    return np.asarray((totals[utterance, end] - totals[utterance, first]) / (end - first)[:, None])


def sums(responses: Singles, gradients: Singles) -> Sums:
    """Values of tokens from responses and gradients ``(tokens, frames, units)``."""
    return exchanged_sums(responses, gradients, np.arange(len(responses)))


def exchanged_sums(responses: Singles, gradients: Singles, donor: Indices) -> Sums:
    """The same where each token has the gradients of its `donor` ``(tokens,)``."""
    weighted, relevance = _sums(responses, gradients, donor)
    strength = np.abs(gradients).mean(axis=2, dtype=np.float64).sum(axis=1)[donor, None]
    return Sums(np.divide(weighted, strength, out=np.zeros_like(weighted), where=strength > 0), relevance)


@compiled
def _sums(responses: Singles, gradients: Singles, donor: Indices) -> tuple[Floats, Floats]:
    """Sums over frames of response times size of gradient, and response times gradient, ``(tokens, units)``."""
    tokens, frames, units = responses.shape
    weighted, relevance = np.zeros((tokens, units)), np.zeros((tokens, units))
    for token in range(tokens):
        other = donor[token]
        for frame in range(frames):
            for unit in range(units):
                product = np.float64(responses[token, frame, unit]) * gradients[other, frame, unit]
                relevance[token, unit] += product
                weighted[token, unit] += abs(product)
    return weighted, relevance
