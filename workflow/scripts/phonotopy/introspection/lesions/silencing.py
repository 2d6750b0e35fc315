"""What a network spells at credited letters while some units of one layer are silent."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import conv1d, pad

from phonotopy.introspection.lesions.credited_letters import Passage
from phonotopy.introspection.lesions.damage import Damage
from phonotopy.recogniser.network import Block, Recogniser

__all__ = ["Silencing"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class _Folded(NamedTuple):
    """A block in evaluation mode as one convolution: normalisation is in its weights."""

    weight: Tensor
    bias: Tensor
    stride: int
    padding: int

    @classmethod
    def of(cls, block: Block) -> Self:
        """Fold mean and variance of the normalisation into filters."""
        norm, convolution = block.normalisation, block.convolution
        scale = norm.weight * (norm.get_buffer("running_var") + norm.eps).rsqrt()
        bias = norm.bias - norm.get_buffer("running_mean") * scale
        return cls(convolution.weight * scale[:, None, None], bias, block.layer.stride, block.layer.padding)

    def __call__(self, below: Tensor) -> Tensor:
        """Responses before rectification."""
        return conv1d(below, self.weight, self.bias, self.stride, self.padding)

    def at(self, below: Tensor, item: Tensor, frame: Tensor) -> Tensor:
        """The same at some frames alone, ``(letters, units)``."""
        width = self.weight.shape[2]
        padded = pad(below.transpose(1, 2), (0, 0, self.padding, self.padding)).contiguous()
        windows = padded[item[:, None], frame[:, None] * self.stride + torch.arange(width, device=frame.device)]
        return windows.flatten(1) @ self.weight.transpose(1, 2).flatten(1).T + self.bias


class _Cache(NamedTuple):
    """A passage as far as no lesion of the layer changes it: its responses, and what they evoke above or read out."""

    responses: Tensor
    inside: Tensor
    evoked: Tensor
    item: Tensor
    frame: Tensor
    symbol: Tensor
    masks: list[Tensor]  # frames inside utterances, of the layers above


class Silencing:
    """Silences units of layer number `layer`; letters are counted by half of the speakers and phone.

    `level` ``(units,)`` is what silent units respond with, 0 where it is not given.
    """

    @torch.no_grad()
    def __init__(
        self,
        network: Recogniser,
        layer: int,
        spoken: Sequence[Passage],
        halves: Ints,
        phones: int,
        level: Tensor | None = None,
    ) -> None:
        self.above = [_Folded.of(block) for block in list(network.blocks)[layer:]]
        self.weight, self.bias = network.readout.weight[:, :, 0], network.readout.get_parameter("bias")
        self.level = level
        self.caches = [self._cached(passage, layer, network.device) for passage in spoken]
        groups = [halves[passage.speaker] * phones + passage.phone for passage in spoken]
        self.group, self.shape = np.concatenate(groups), (2, phones)
        self.count = np.bincount(self.group, minlength=2 * phones).reshape(self.shape)
        self.intact = self._outcome(np.empty(0, np.int64))

    def _cached(self, passage: Passage, layer: int, device: torch.device) -> _Cache:
        responses = passage.responses[layer - 1]
        frames = [one.shape[2] for one in passage.responses[layer - 1 :]]
        masks = [
            (torch.arange(number, device=device) < length[:, None])[:, None].to(responses.dtype)
            for number, length in zip(frames, passage.lengths[layer - 1 :], strict=True)
        ]
        item, frame, symbol = (
            torch.from_numpy(part).to(device) for part in (passage.item, passage.frame, passage.symbol)
        )
        if self.above:
            evoked = self.above[0](responses)
            evoked = evoked if len(self.above) > 1 else evoked[item, :, frame]
        else:
            evoked = responses[item, :, frame] @ self.weight.T + self.bias
        return _Cache(responses, masks[0], evoked, item, frame, symbol, masks[1:])

    @torch.no_grad()
    def _outcome(self, units: Ints) -> tuple[Floats, Floats]:
        """Of each letter: whether another symbol is more probable, and its log-probability, ``(letters,)``."""
        chosen = torch.from_numpy(units).to(self.weight.device)
        found = [self._log_probs(cache, chosen) for cache in self.caches]
        wrong = [
            logs.argmax(dim=1) != cache.symbol if len(logs) else cache.symbol > 0
            for logs, cache in zip(found, self.caches, strict=True)
        ]
        own = [logs.gather(1, cache.symbol[:, None])[:, 0] for logs, cache in zip(found, self.caches, strict=True)]
        return torch.cat(wrong).double().cpu().numpy(), torch.cat(own).double().cpu().numpy()

    def _log_probs(self, cache: _Cache, units: Tensor) -> Tensor:
        taken = cache.responses[:, units]
        if self.level is not None:
            taken = (taken - self.level[units][:, None]) * cache.inside
        if not self.above:
            return (cache.evoked - taken[cache.item, :, cache.frame] @ self.weight[:, units].T).log_softmax(dim=1)
        first = self.above[0]
        change = conv1d(taken, first.weight[:, units], None, first.stride, first.padding) if len(units) else None
        if len(self.above) == 1:
            signal = cache.evoked if change is None else cache.evoked - change[cache.item, :, cache.frame]
            top = signal.relu()
        else:
            signal = cache.evoked if change is None else change.neg_().add_(cache.evoked)
            signal = signal.relu().mul_(cache.masks[0])
            for block, mask in zip(self.above[1:-1], cache.masks[1:-1], strict=True):
                signal = block(signal).relu_().mul_(mask)
            top = self.above[-1].at(signal, cache.item, cache.frame).relu_()
        return (top @ self.weight.T + self.bias).log_softmax(dim=1)

    def _means(self, values: Floats) -> Floats:
        """Mean over the letters of each half and phone, ``(halves, phones)``."""
        sums = np.bincount(self.group, weights=values, minlength=self.count.size).reshape(self.shape)
        return np.asarray(np.where(self.count > 0, sums / np.maximum(self.count, 1), np.nan))

    @property
    def error_intact(self) -> Floats:
        """Share of letters that the intact network has another best symbol for, ``(halves, phones)``."""
        return self._means(self.intact[0])

    def damage(self, sets: Sequence[Ints]) -> Damage:
        """What is lost while each of the sets of units is silent."""
        error, loss = np.full((2, len(sets), *self.shape), np.nan)
        for index, units in enumerate(sets):
            wrong, own = self._outcome(units)
            error[index] = self._means(wrong - self.intact[0])
            loss[index] = self._means(self.intact[1] - own)
        return Damage(error, loss)
