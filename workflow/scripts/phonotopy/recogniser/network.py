"""A convolutional recogniser of letters whose filters are arranged on a grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid, fit
from phonotopy.recogniser.distributed import size, summed

__all__ = ["Layer", "Normalisation", "Output", "Recogniser", "Spacing", "Timing", "layers_of", "spacing", "timings"]


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


class Spacing(NamedTuple):
    """Frames of zeros `before` and `behind` each of the utterances in a row; starts are multiples of `multiple`."""

    before: int
    behind: int
    multiple: int

    def __call__(self, frames: Sequence[int]) -> tuple[list[int], int]:
        """Where utterances of so many `frames` start, and how long their row is."""
        starts, end = list[int](), 0
        for length in frames:
            starts.append(end + self._whole(self.before))
            end = self._whole(starts[-1] + length + self.behind)
        return starts, end

    def _whole(self, frames: int) -> int:
        return -(-frames // self.multiple) * self.multiple


class Output(NamedTuple):
    """What a batch evokes: `log_probs (batch, frames, letters + 1)` with the blank first, `lengths (batch,)` in frames.

    ``responses`` and ``response_lengths`` hold one entry per hidden layer: ``(batch, units, frames)`` after the
    nonlinearity, zero beyond the end of an utterance, and ``(batch,)``. Responses to utterances in one row are in one
    row, too.
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


def spacing(layers: Sequence[Layer]) -> Spacing:
    """That of utterances in one row, in feature frames: none feels another.

    Every layer sees around an utterance the zeros that its padding would give it, and no frame depends on two
    utterances. Starts are those of frames that objectives look at: of every second one of the last layer.
    """
    before, behind, stride, overhang = 0, 0, 1, 0  # overhang: of the last frames of a layer, beyond those of features
    for layer in layers:
        padding = -(-max(layer.padding, layer.samples_after) // layer.hop) if layer.hop else layer.padding
        before, behind = max(before, padding * stride), max(behind, padding * stride + overhang)
        even = not layer.hop and layer.kernel % 2 == 0  # such a layer has a frame more than its padding asks for
        overhang += (layer.stride - (not even)) * stride
        stride *= layer.stride
    return Spacing(before, behind, 2 * stride)


def _inside(frames: int, lengths: Tensor, starts: Tensor | None) -> Tensor:
    """Whether frames are speech, ``(rows, frames)``."""
    at = torch.arange(frames, device=lengths.device)
    if starts is None:
        return at < lengths[:, None]
    return ((at >= starts[:, None]) & (at < (starts + lengths)[:, None])).any(dim=0, keepdim=True)


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


def _by_utterance(row: Tensor, lengths: Tensor, starts: Tensor | None) -> Tensor:
    """Utterances ``(utterances, frames, …)`` out of the row ``(1, frames, …)``; what follows an end is arbitrary."""
    if starts is None:
        return row
    at = starts[:, None] + torch.arange(int(lengths.max()), device=row.device)
    return row[0][at.clamp(max=row.shape[1] - 1)]


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

    def forward(self, below: Tensor, lengths: Tensor, starts: Tensor | None = None) -> Tensor:
        """Responses ``(batch, units, frames)``; frames beyond an utterance's end are zero, as its padding is.

        Utterances ``(utterances,)`` in one row have `starts`, in frames of this layer.
        """
        responses: Tensor = self.rectification(self.normalisation(self.convolution(below)))
        return responses * _inside(responses.shape[2], lengths, starts)[:, None]


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

    def forward(self, below: Tensor, lengths: Tensor, starts: Tensor | None = None) -> Tensor:
        """Responses ``(batch, units, frames)`` to samples ``(batch, hop, frames)``."""
        samples = below.transpose(1, 2).flatten(1)[:, None]
        padded = nn.functional.pad(samples, (self.layer.padding, self.layer.samples_after))
        compressed: Tensor = self.compression(super().forward(padded, lengths, starts))
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

    def forward(self, features: Tensor, lengths: Tensor, starts: Tensor | None = None) -> Output:
        """Recognise ``features (batch, frames, bands or hop)``, of which ``lengths (batch,)`` frames are speech.

        With `starts (utterances,)`, `features` are one row of utterances apart by `spacing`.
        """
        signal, responses, response_lengths = features.transpose(1, 2), [], []
        for block in self.blocks:
            lengths, starts = block.shorten(lengths), None if starts is None else starts // block.layer.stride
            signal = block(signal, lengths, starts)
            responses.append(signal)
            response_lengths.append(lengths)
            signal = block.dropout(signal)
        log_probs = self.readout(signal).float().log_softmax(dim=1).transpose(1, 2)
        return Output(_by_utterance(log_probs, lengths, starts), lengths, responses, response_lengths)

    @property
    def device(self) -> torch.device:
        """Where its weights lie."""
        return self.readout.weight.device

    def filters(self) -> list[Tensor]:
        """Flattened filters of each layer, ``(units, bands or units below · kernel)``, or ``(units, samples)``."""
        return [block.convolution.weight.flatten(1) for block in self.blocks]
