"""A trained recogniser as the subject of an experiment, and the speech that it is given."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.activations.accumulate import Coding, Token, aligned, tokens_of
from phonotopy.activations.geometry import Layer
from phonotopy.activations.placement import Positions, read_placement
from phonotopy.activations.respond import layers_of
from phonotopy.annotation.intervals import read_intervals
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import Inventory
from phonotopy.recogniser.batches import Batch, evaluation_batches
from phonotopy.recogniser.checkpoint import load_recogniser
from phonotopy.recogniser.device import prepare
from phonotopy.recogniser.features import FeatureIndex, Segment, open_features
from phonotopy.recogniser.network import Recogniser
from phonotopy.recogniser.samples.analysis import kind_of

__all__ = ["Paths", "Subject"]


@dataclass(frozen=True)
class Paths:
    """Files of a recogniser, of where its units stand, and of the speech; `intervals` are tables, one per split."""

    checkpoint: str | Path
    features: str | Path
    index: str | Path
    intervals: Sequence[str | Path]
    placement: str | Path


@dataclass(frozen=True)
class Subject:
    """A recogniser in evaluation mode, and utterances with all their tokens, in the order of time.

    `settings` are those of its checkpoint. `layers` are the hidden layers that are asked about, by number from 1, and
    `units` the unit at each position of their grids ``(units,)``: responses of the network have the order of units.
    """

    network: Recogniser
    settings: Mapping[str, Any]
    index: FeatureIndex
    segments: tuple[Segment, ...]
    tokens: Mapping[str, Sequence[Token]]
    coding: Coding
    layers: Mapping[int, Layer]
    units: Mapping[int, NDArray[np.int64]]

    @classmethod
    def open(
        cls,
        paths: Paths,
        inventory: Inventory,
        *,
        splits: Sequence[str],
        compute: Mapping[str, Any],
        layers: Sequence[int] = (),
    ) -> Self:
        """Read a recogniser; `layers` are the numbers of those asked about, all where there are none.

        Raises InputError for a layer that it does not have.
        """
        device = prepare(compute["device"], compute["threads"])
        network, settings = load_recogniser(paths.checkpoint)
        index = open_features(paths.features, paths.index)
        intervals = read_intervals(*paths.intervals)
        segments = tuple(aligned(index.segments, splits, intervals))
        coding = Coding.of(inventory, segments)
        tokens = tokens_of(intervals, segments, coding, cap=index.frames.shape[0])
        own = {layer.number: layer for layer in layers_of(network, settings)}
        asked = _asked(layers, own)
        units = read_placement(paths.placement, {number: layer.grid for number, layer in own.items()})
        here = {number: units[number] for number in asked}
        return cls(network.to(device), settings, index, segments, tokens, coding, asked, here)

    def with_bands(self, method: str) -> Self:
        """The subject, if its features are bands of frequency; InputError where they are samples."""
        if (kind := kind_of(self.settings)) != "log_mel":
            advice = "leave the method out, or train with log-mel features"
            raise InputError("introspection.methods", f"{method} of features of kind {kind}", "log_mel", advice)
        return self

    @property
    def alphabet(self) -> str:
        """Letters of the read-out, whose symbol 0 is the blank."""
        return str(self.settings["alphabet"])

    @property
    def positions(self) -> dict[int, Positions]:
        """The grid of each layer asked about, and the unit at each of its positions."""
        return {number: (layer.grid, self.units[number]) for number, layer in self.layers.items()}

    @property
    def readout(self) -> Layer:
        """The last hidden layer, which the read-out shares its frames with."""
        return layers_of(self.network, self.settings)[-1]

    def given(self, network: Recogniser) -> Self:
        """The same speech given to another network of the same shape."""
        return replace(self, network=network)

    def batches(self, frames: int, segments: Sequence[Segment] = ()) -> Iterator[Batch]:
        """Utterances (all, or the given ones) in batches of at most `frames` feature frames, from short to long."""
        for batch in evaluation_batches(self.index, segments or self.segments, frames, self.alphabet):
            yield batch.to(self.network.device)

    def features(self, segment: Segment) -> torch.Tensor:
        """Features of an utterance, ``(1, frames, bands)``."""
        return torch.from_numpy(np.array(self.index.of(segment)))[None].to(self.network.device)


def _asked(numbers: Sequence[int], layers: Mapping[int, Layer]) -> dict[int, Layer]:
    for number in numbers:
        if number not in layers:
            expected = f"hidden layers from 1 to {len(layers)}"
            raise InputError("introspection.layers", f"layer {number}", expected, "name others, or none for all")
    return {number: layer for number, layer in layers.items() if number in numbers or not numbers}
