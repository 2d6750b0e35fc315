"""What one frame of a recogniser depends on, computed alone: exact, and cheap enough to be asked many times."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from phonotopy.recogniser.decoding import BLANK
from phonotopy.recogniser.network import Block, Recogniser

__all__ = ["Spelled", "begins", "responses", "seen"]


def seen(blocks: Sequence[Block]) -> int:
    """Feature frames that one response of the last block depends on."""
    frames = 1
    for block in reversed(blocks):
        frames = (frames - 1) * block.layer.stride + block.layer.kernel
    return frames


def begins(blocks: Sequence[Block], frame: int) -> int:
    """The first feature frame that a frame of the last block depends on; negative before the utterance."""
    for block in reversed(blocks):
        frame = frame * block.layer.stride - block.layer.padding
    return frame


def responses(blocks: Sequence[Block], features: Tensor, first: Tensor, lengths: Tensor) -> Tensor:
    """Responses ``(stretches, units)`` of the last block to stretches of just the frames that they depend on.

    `features` ``(stretches, frames, bands)`` begin at frame `first` ``(stretches,)`` of utterances of `lengths`
    ``(stretches,)`` frames, beyond whose ends everything is zero in every layer, as it is in the network.
    """
    signal = features.transpose(1, 2)
    for block in blocks:
        layer = block.layer
        lengths, first = block.shorten(lengths), (first + layer.padding) // layer.stride
        summed = functional.conv1d(signal, block.convolution.weight, stride=layer.stride)
        rectified = block.rectification(block.normalisation(summed))
        frames = first[:, None] + torch.arange(rectified.shape[2], device=first.device)
        inside = (frames >= 0) & (frames < lengths[:, None])
        signal = rectified * inside[:, None]
    return signal[:, :, 0]


class Spelled(nn.Module):
    """How much the logit of a symbol exceeds that of the blank, at the one frame that a stretch belongs to."""

    def __init__(self, network: Recogniser) -> None:
        super().__init__()
        self.network = network.eval()

    def forward(self, features: Tensor, first: Tensor, lengths: Tensor, symbol: Tensor) -> Tensor:
        """Scores ``(stretches,)``; `symbol` ``(stretches,)``, the others as in `responses`."""
        found = responses(list(self.network.blocks), features, first, lengths)
        logits: Tensor = self.network.readout(found[:, :, None])[:, :, 0]
        return logits.gather(1, symbol[:, None])[:, 0] - logits[:, BLANK]
