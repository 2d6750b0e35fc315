"""What of the input a region's response came from: three ways to go back through the network."""

import warnings
from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
import torch
from captum.attr import Deconvolution, GuidedBackprop
from numpy.typing import NDArray
from torch import Tensor, nn

from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Recogniser, timings

__all__ = ["METHODS", "Method", "RegionResponse", "Window", "back_projected", "batch_of", "projected", "window_of"]

Method = Literal["deconvolution", "guided_backpropagation", "gradient_input"]
METHODS: tuple[Method, ...] = get_args(Method)


class Window(NamedTuple):
    """The feature frames ``first … end`` of an utterance that the frames ``from … to`` of a layer depend on.

    `within` holds those frames of the layer, counted from the first one of the window. It begins at a multiple of the
    layer's stride, so that they respond as in the whole utterance.
    """

    segment: Segment
    first: int
    end: int
    within: tuple[int, int]


def window_of(network: Recogniser, layer: int, segment: Segment, begin: int, end: int) -> Window:
    """The window of the frames ``begin … end`` (exclusive) of a layer."""
    timing = timings(network.layers)[layer - 1]
    reach = (timing.field - 1) / 2
    earliest = int(np.floor(timing.offset + begin * timing.stride - reach))
    latest = int(np.ceil(timing.offset + (end - 1) * timing.stride + reach)) + 1
    skipped = max(earliest, 0) // timing.stride
    first = skipped * timing.stride
    return Window(segment, first, min(latest, segment.frames), (begin - skipped, end - skipped))


class RegionResponse(nn.Module):
    """The weighted sum of the responses of a layer, ``(batch,)``; layers above are left out."""

    def __init__(self, network: Recogniser, layer: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(list(network.blocks)[:layer])

    def forward(self, features: Tensor, lengths: Tensor, weights: Tensor) -> Tensor:
        """Of ``features (batch, frames, bands)`` with ``weights (batch, units, frames of the layer)``."""
        signal = features.transpose(1, 2)
        for block in self.blocks:
            lengths = block.shorten(lengths)  # type: ignore[operator]  # a Block
            signal = block(signal, lengths)
        return (signal * weights).sum(dim=(1, 2))

    def frames(self, frames: int) -> int:
        """Frames of the layer that so many feature frames evoke."""
        length = torch.tensor(frames)
        for block in self.blocks:
            length = block.shorten(length)  # type: ignore[operator]  # a Block
        return int(length)


def batch_of(
    index: FeatureIndex,
    windows: Sequence[Window],
    units: Sequence[NDArray[np.int64]],
    model: RegionResponse,
    width: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Features, lengths and weights of windows, for the mean response of `units` of each, of `width` in the layer."""
    lengths = torch.tensor([window.end - window.first for window in windows])
    features = torch.zeros(len(windows), int(lengths.max()), index.frames.shape[1])
    weights = torch.zeros(len(windows), width, model.frames(features.shape[1]))
    for number, (window, chosen) in enumerate(zip(windows, units, strict=True)):
        first, end = window.within
        features[number, : lengths[number]] = torch.from_numpy(
            np.array(index.of(window.segment)[window.first : window.end])
        )
        weights[number, torch.from_numpy(chosen), first:end] = 1 / (len(chosen) * (end - first))
    return features, lengths, weights


def projected(model: RegionResponse, method: Method, features: Tensor, lengths: Tensor, weights: Tensor) -> Tensor:
    """What leads back from the responses of `model` to ``features (batch, frames, width)``, of the same shape.

    Of gradient × input that is the gradient alone.
    """
    device = next(model.parameters()).device
    given, others = features.to(device, copy=True), (lengths.to(device), weights.to(device))
    with warnings.catch_warnings():  # captum says that it sets hooks, and takes them away
        warnings.simplefilter("ignore", UserWarning)
        match method:
            case "deconvolution":
                found = Deconvolution(model).attribute(given, additional_forward_args=others)
            case "guided_backpropagation":
                found = GuidedBackprop(model).attribute(given, additional_forward_args=others)
            case "gradient_input":
                given.requires_grad_()
                (found,) = torch.autograd.grad(model(given, *others).sum(), given)
    result: Tensor = found.detach().cpu()
    return result


def back_projected(model: RegionResponse, method: Method, features: Tensor, lengths: Tensor, weights: Tensor) -> Tensor:
    """Contributions of ``features (batch, frames, width)`` to the responses of `model`, of the same shape."""
    found = projected(model, method, features, lengths, weights)
    return found * features if method == "gradient_input" else found
