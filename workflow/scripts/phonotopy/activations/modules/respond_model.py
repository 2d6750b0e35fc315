"""Responses of a network of others to a corpus, utterance by utterance, as those of a recogniser are gathered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from phonotopy.activations.accumulate import Coding, LayerResponses, Token
from phonotopy.activations.clock import Clock
from phonotopy.activations.gather import Paths, Spoken, gather
from phonotopy.activations.geometry import Layer
from phonotopy.activations.modules.dependence import Measured
from phonotopy.activations.modules.given_speech import Given
from phonotopy.activations.modules.load_module import Loaded
from phonotopy.activations.modules.measure_model import load_model, read_measured
from phonotopy.activations.modules.submodules import responses_of
from phonotopy.activations.respond import clocks, filter_cosine
from phonotopy.core import steps
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.recogniser.features import Segment

__all__ = ["Network", "open_network", "respond_model"]

SLACK = 2.0  # frames by which a recording may have more or fewer than its length says


@dataclass(frozen=True)
class Network:
    """A network that is ready to respond: what it is given, and its layers as they were named, measured."""

    loaded: Loaded
    given: Given
    layers: Sequence[Measured]
    grids: Sequence[Grid]
    device: torch.device

    @property
    def cosines(self) -> list[NDArray[np.float64] | None]:
        """Between the filters of each layer ``(units, units)``; None where it is no one-dimensional convolution."""
        found = [self.loaded.root.get_submodule(layer.name) for layer in self.layers]
        return [filter_cosine(one.weight.flatten(1)) if isinstance(one, nn.Conv1d) else None for one in found]

    def geometry(self, longest_s: float) -> list[Layer]:
        """Layers with their clocks; of those that see the whole recording, as wide as the longest one."""
        times = clocks([one.timing for one in self.layers], self.given.step_s, self.given.window_s)
        return [
            Layer(number, f"{one.name} (sees the whole recording)", grid, _widened(time, longest_s))
            if one.whole
            else Layer(number, one.name, grid, time)
            for number, (one, grid, time) in enumerate(zip(self.layers, self.grids, times, strict=True), start=1)
        ]

    def evoked(
        self, segments: Sequence[Segment], audio: Mapping[str, str]
    ) -> Iterator[list[tuple[str, list[NDArray[np.float32]]]]]:
        """Utterances one by one, each with the responses ``(frames, units)`` of every layer; `audio` has their paths.

        Raises InputError that names the utterance where the network fails on it, where a response is no finite number,
        or where frames times stride is not the length of the recording.
        """
        for segment in steps.counted(segments, "utterance"):
            inputs = self.given(audio[segment.utterance]).to(self.device)
            layers = [(layer.name, layer.axes) for layer in self.layers]
            found = responses_of(self.loaded, layers, inputs, segment.utterance)
            for layer, values in zip(self.layers, found, strict=True):
                _check(segment.utterance, layer, values, inputs.shape[1])
            yield [(segment.utterance, found)]


def open_network(
    settings: Mapping[str, Any],
    weights: str | Path,
    features: Mapping[str, Any],
    measured: str | Path,
    device: torch.device,
) -> Network:
    """The network that `load_model` loads, on a device, with its layers as they were `measured`."""
    loaded, speech = load_model(settings, weights, features)
    layers, grids = zip(*read_measured(measured), strict=True)
    return Network(loaded.to(device), speech, layers, grids, device)


def respond_model(
    paths: Paths,
    network: Network,
    segments: Sequence[Segment],
    audio: Mapping[str, str],
    tokens: Mapping[str, list[Token]],
    coding: Coding,
    lags_s: tuple[float, float],
    longest_s: float,
) -> list[LayerResponses]:
    """Write the responses to the `segments`, the longest of which takes `longest_s` seconds."""
    spoken = [Spoken(one.utterance, one.speaker, one.split, tokens[one.utterance]) for one in segments]
    batches = network.evoked(segments, audio)
    return gather(paths, network.geometry(longest_s), batches, spoken, coding, lags_s, network.cosines)


def _widened(clock: Clock, longest_s: float) -> Clock:
    return replace(clock, field_s=longest_s)


def _check(utterance: str, layer: Measured, values: NDArray[np.float32], length: int) -> None:
    expected = layer.expected(length)
    if not len(values) or abs(len(values) - expected) > SLACK:
        found, cause = f"{len(values)} frames of {layer.name}", "the network pads or cuts what it is given"
        wanted = f"{max(expected, 1):.0f}, of its length and the stride that was measured on noise"
        raise InputError(utterance, found, wanted, "name another layer, or let the network take any length", cause)
    if not np.isfinite(values).all():
        found = f"{layer.name} with numbers that are not finite"
        raise InputError(utterance, found, "finite numbers", "see whether the weights are whole")
