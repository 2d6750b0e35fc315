"""Gradients of token scores with respect to the responses of each layer, where they are not zero."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from phonotopy.recogniser.decoding import BLANK
from phonotopy.recogniser.network import Block, Recogniser

__all__ = ["Evoked", "Patch", "evoked_from", "patches", "readout_weights"]


class Evoked(NamedTuple):
    """Responses by layer ``(utterances, units, frames)``, and lengths in frames ``(utterances,)``."""

    responses: dict[int, Tensor]
    lengths: dict[int, Tensor]


class Patch(NamedTuple):
    """All frames of a layer that the scores of some tokens depend on.

    The first frame of each token ``start (tokens,)``; `responses` and `gradients` ``(tokens, frames, units)``, both
    zero beyond the ends of an utterance.
    """

    start: Tensor
    responses: Tensor
    gradients: Tensor


def evoked_from(network: Recogniser, layer: int, signal: Tensor, lengths: Tensor) -> Evoked:
    """What the responses `signal` of a layer evoke in it and in the layers above; layer 0 are the features."""
    found = Evoked({layer: signal}, {layer: lengths}) if layer else Evoked({}, {})
    for number, block in enumerate(network.blocks[layer:], start=layer + 1):
        lengths = block.shorten(lengths)
        signal = block(signal, lengths)
        found.responses[number], found.lengths[number] = signal, lengths
    return found


def readout_weights(network: Recogniser, symbols: Tensor) -> Tensor:
    """Weights of symbols minus those of the blank ``(tokens, units)``: gradients of scores in the last layer."""
    weights = network.readout.weight[:, :, 0]
    return weights[symbols] - weights[BLANK]


@torch.no_grad()
def patches(
    network: Recogniser, evoked: Evoked, utterance: Tensor, frame: Tensor, symbol: Tensor, lowest: int = 1
) -> Iterator[tuple[int, Patch]]:
    """Patches of the layers from the last one down to the `lowest`, by number.

    A token's score depends on one frame of the last layer, and in each layer below on the kernels of those frames, so
    that the chain rule is a product of small matrices for all tokens at once: exact, and a fraction of a backward
    pass through whole utterances, however close tokens stand. `utterance`, `frame` (of the read-out) and `symbol`
    ``(tokens,)`` say where a token is spelled.
    """
    start, gradients = frame, readout_weights(network, symbol)[:, None]
    for number in range(len(network.blocks), lowest - 1, -1):
        here = _around(evoked.responses[number], utterance, start, gradients.shape[1])
        inside = _inside(start, gradients.shape[1], evoked.lengths[number][utterance])
        gradients = gradients * inside[:, :, None]
        yield number, Patch(start, here * inside[:, :, None], gradients)
        if number > lowest:
            block = network.blocks[number - 1]
            gradients = _below(block, gradients * (here > 0))
            start = start * block.layer.stride - block.layer.padding


def _frames(start: Tensor, width: int) -> Tensor:
    return start[:, None] + torch.arange(width, device=start.device)


def _inside(start: Tensor, width: int, ends: Tensor) -> Tensor:
    frames = _frames(start, width)
    return (frames >= 0) & (frames < ends[:, None])


def _around(responses: Tensor, utterance: Tensor, start: Tensor, width: int) -> Tensor:
    """Responses of some frames ``(tokens, width, units)``; frames beyond the ends repeat the outermost ones."""
    frames = _frames(start, width).clamp(0, responses.shape[2] - 1)
    return responses.transpose(1, 2)[utterance[:, None], frames]


def _below(block: Block, gradients: Tensor) -> Tensor:
    """Gradients of the frames below ``(tokens, frames below, units below)`` from those before rectification."""
    normalisation, layer = block.normalisation, block.layer
    variance: Tensor = normalisation.get_buffer("running_var")
    scale = normalisation.weight * (variance + normalisation.eps).rsqrt()
    weights = (block.convolution.weight * scale[:, None, None]).transpose(1, 2).flatten(1)  # (units, kernel · below)
    tokens, width, _ = gradients.shape
    parts = (gradients.flatten(0, 1) @ weights).view(tokens, width, layer.kernel, -1)
    reach = (width - 1) * layer.stride
    found = gradients.new_zeros(tokens, reach + layer.kernel, parts.shape[3])
    for tap in range(layer.kernel):
        found[:, tap : tap + reach + 1 : layer.stride] += parts[:, :, tap]
    return found
