"""A convolutional recogniser of letters whose filters are arranged on a grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid, fit
from phonotopy.recogniser.distributed import size, summed

__all__ = ["Layer", "Normalisation", "Output", "Recogniser", "Timing", "layers_of", "timings"]


@dataclass(frozen=True)
class Layer:
    """A hidden layer: 1D convolution over time; `kernel` and `stride` in frames of the layer below.

    A first layer that looks at samples has the `hop`, their number in a frame; its `kernel` is in samples.
    """

    filters: int
    kernel: int
    stride: int
    grid: Grid
    hop: int = 0

    @property
    def padding(self) -> int:
        """Frames of zeros on either side; of a layer that looks at samples, samples of zeros before the first."""
        return (self.kernel - self.hop) // 2 if self.hop else self.kernel // 2

    @property
    def samples_after(self) -> int:
        """Samples of zeros behind the last one, of a layer that looks at samples: a frame for every hop."""
        return self.kernel - self.hop - self.padding


@dataclass(frozen=True)
class Timing:
    """When a layer looks: frame ``j`` is centred on feature frame ``offset + j · stride``, and sees `field` frames.

    Frames of samples count in `field` where any of their samples is seen.
    """

    stride: int
    offset: float
    field: int


class Output(NamedTuple):
    """What a batch evokes: `log_probs (batch, frames, letters + 1)` with the blank first, `lengths (batch,)` in frames.

    ``responses`` and ``response_lengths`` hold one entry per hidden layer: ``(batch, units, frames)`` after the
    nonlinearity, zero beyond the end of an utterance, and ``(batch,)``.
    """

    log_probs: Tensor
    lengths: Tensor
    responses: list[Tensor]
    response_lengths: list[Tensor]


def layers_of(settings: Sequence[Mapping[str, int]], *, torus: bool) -> list[Layer]:
    """Layers from their settings; InputError where filters fill no grid."""
    return [
        Layer(
            layer["filters"],
            layer["kernel"],
            layer["stride"],
            fit(layer["filters"], f"training.network.layers[{index}].filters", torus=torus),
        )
        for index, layer in enumerate(settings)
    ]


def timings(layers: Sequence[Layer]) -> list[Timing]:
    """Timing of each layer, in feature frames, from kernels, strides and padding.

    Frame ``j`` of a layer looks at the frames ``j · stride - padding … + kernel - 1`` of the layer below. Where these
    hold samples, sample ``hop // 2`` of a feature frame lies on its centre.
    """
    result, stride, offset, field = [], 1, 0.0, 1
    for layer in layers:
        if layer.hop:
            offset = ((layer.kernel - 1) / 2 - layer.padding - layer.hop // 2) / layer.hop
            field += -(-layer.padding // layer.hop) - (-layer.samples_after // layer.hop)
        else:
            offset += stride * ((layer.kernel - 1) / 2 - layer.padding)
            field += stride * (layer.kernel - 1)
        stride *= layer.stride
        result.append(Timing(stride, offset, field))
    return result


class Normalisation(nn.BatchNorm1d):
    """Batch normalisation (bib key ioffe2015) over the batches of all processes, as if they were one."""

    def forward(self, values: Tensor) -> Tensor:
        """Normalise ``values (batch, units, frames)``."""
        if not self.training or size() == 1:
            return super().forward(values)
        held = values.float()
        count = float(summed(held.new_tensor(held.shape[0] * held.shape[2])))
        mean = summed(held.sum(dim=(0, 2))) / count
        centred = held - mean[:, None]
        variance = summed(centred.square().sum(dim=(0, 2))) / count
        self._remember(mean.detach(), variance.detach() * count / (count - 1))
        scaled = centred * (variance + self.eps).rsqrt()[:, None] * self.weight[:, None] + self.bias[:, None]
        return scaled.to(values.dtype)

    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        """Let the running statistics follow those of the batch."""
        for running, found in ((self.get_buffer("running_mean"), mean), (self.get_buffer("running_var"), variance)):
            running.lerp_(found, self.momentum or 0.0)
        self.get_buffer("num_batches_tracked").add_(1)


class Logarithm(nn.Module):
    """The logarithm of one more than a response, as log-mel features have one: loud samples do not rule."""

    def forward(self, responses: Tensor) -> Tensor:
        """Compress ``responses``, none of which is negative."""
        return responses.log1p()


class Block(nn.Module):
    """Convolution, batch normalisation, rectification."""

    def __init__(self, below: int, layer: Layer, dropout: float) -> None:
        super().__init__()
        self.layer = layer
        self.convolution = self._convolution(below)
        self.normalisation = Normalisation(layer.filters)
        self.rectification = nn.ReLU()  # a module, since attribution changes what its gradient is
        self.dropout = nn.Dropout1d(dropout)  # whole units: cheap on a CPU, where a random number per frame is not

    def _convolution(self, below: int) -> nn.Conv1d:
        layer = self.layer
        return nn.Conv1d(below, layer.filters, layer.kernel, layer.stride, layer.padding, bias=False)

    def shorten(self, lengths: Tensor) -> Tensor:
        """Lengths in frames of this layer, from those of the layer below."""
        return (lengths + 2 * self.layer.padding - self.layer.kernel) // self.layer.stride + 1

    def forward(self, below: Tensor, lengths: Tensor) -> Tensor:
        """Responses ``(batch, units, frames)``; frames beyond an utterance's end are zero, as its padding is."""
        responses: Tensor = self.rectification(self.normalisation(self.convolution(below)))
        inside = torch.arange(responses.shape[2], device=lengths.device) < lengths[:, None]
        return responses * inside[:, None]


class SampleBlock(Block):
    """A block that looks at samples: its filters are as long as a window, and move on by a hop at each frame."""

    def __init__(self, layer: Layer, dropout: float) -> None:
        super().__init__(1, layer, dropout)
        self.compression = Logarithm()

    def _convolution(self, below: int) -> nn.Conv1d:
        layer = self.layer
        return nn.Conv1d(below, layer.filters, layer.kernel, layer.hop * layer.stride, bias=False)

    def shorten(self, lengths: Tensor) -> Tensor:
        """Lengths in frames of this layer, from those of the samples."""
        return (lengths - 1) // self.layer.stride + 1

    def forward(self, below: Tensor, lengths: Tensor) -> Tensor:
        """Responses ``(batch, units, frames)`` to samples ``(batch, hop, frames)``."""
        samples = below.transpose(1, 2).flatten(1)[:, None]
        padded = nn.functional.pad(samples, (self.layer.padding, self.layer.samples_after))
        compressed: Tensor = self.compression(super().forward(padded, lengths))
        return compressed


class Recogniser(nn.Module):
    """A stack of convolutions after Wav2Letter (bib key collobert2016), read out as letters and a blank.

    `bands` of a feature frame, or nothing that matters where the first layer looks at samples.
    """

    def __init__(self, bands: int, layers: Sequence[Layer], letters: int, dropout: float) -> None:
        super().__init__()
        widths = [bands, *(layer.filters for layer in layers)]
        self.layers = tuple(layers)
        self.blocks: Sequence[Block] = nn.ModuleList(  # type: ignore[assignment]  # iterates over its blocks
            SampleBlock(layer, dropout) if layer.hop else Block(below, layer, dropout)
            for below, layer in zip(widths[:-1], layers, strict=True)
        )
        self.readout = nn.Conv1d(widths[-1], letters + 1, 1)

    def forward(self, features: Tensor, lengths: Tensor) -> Output:
        """Recognise ``features (batch, frames, bands or hop)``, of which ``lengths (batch,)`` frames are speech."""
        signal, responses, response_lengths = features.transpose(1, 2), [], []
        for block in self.blocks:
            lengths = block.shorten(lengths)
            signal = block(signal, lengths)
            responses.append(signal)
            response_lengths.append(lengths)
            signal = block.dropout(signal)
        log_probs = self.readout(signal).float().log_softmax(dim=1).transpose(1, 2)
        return Output(log_probs, lengths, responses, response_lengths)

    @property
    def device(self) -> torch.device:
        """Where its weights lie."""
        return self.readout.weight.device

    def filters(self) -> list[Tensor]:
        """Flattened filters of each layer, ``(units, bands or units below · kernel)``, or ``(units, samples)``."""
        return [block.convolution.weight.flatten(1) for block in self.blocks]
