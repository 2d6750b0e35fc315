"""Responses of a trained recogniser to a corpus, layer by layer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.activations.accumulate import Coding, LayerResponses, Token
from phonotopy.activations.clock import Clock
from phonotopy.activations.gather import Paths, Spoken, gather
from phonotopy.activations.geometry import Layer
from phonotopy.core import steps
from phonotopy.recogniser.batches import Batch, ordered_batches
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Recogniser, Timing, timings

__all__ = ["clocks", "evoked", "filter_cosine", "layers_of", "respond", "stepwise"]

BATCH_FRAMES = 6000  # feature frames, zeros included; bounds memory


def filter_cosine(filters: torch.Tensor) -> NDArray[np.float64]:
    """Cosines between flattened filters ``(units, weights)``, as ``(units, units)``."""
    unit = torch.nn.functional.normalize(filters.detach().double(), dim=1)
    return np.asarray((unit @ unit.T).cpu().numpy())


def evoked(
    network: Recogniser, index: FeatureIndex, segments: Sequence[Segment], alphabet: str
) -> Iterator[list[tuple[str, list[NDArray[np.float32]]]]]:
    """Batches of utterances in their order, each with the responses ``(frames, units)`` of every layer.

    The network is in evaluation mode. Batches from short to long would save a third of its work, but what is kept of
    an utterance lies beside that of the next one, and writing it in pieces costs ten times as much.
    """
    return _evoked(network, ordered_batches(index, segments, BATCH_FRAMES, alphabet)[1])


@torch.no_grad()
def _evoked(network: Recogniser, batches: Iterable[Batch]) -> Iterator[list[tuple[str, list[NDArray[np.float32]]]]]:
    network.eval()
    for batch in batches:
        here = batch.to(network.device)
        output = network(here.features, here.lengths)
        layers = list(zip(output.responses, output.response_lengths, strict=True))
        yield [
            (
                segment.utterance,
                [values[number, :, : int(ends[number])].T.float().cpu().numpy() for values, ends in layers],
            )
            for number, segment in enumerate(batch.segments)
        ]


def stepwise(
    network: Recogniser, index: FeatureIndex, segments: Sequence[Segment], alphabet: str
) -> Iterator[list[tuple[str, list[NDArray[np.float32]]]]]:
    """The same; the log says how many batches have passed."""
    number, batches = ordered_batches(index, segments, BATCH_FRAMES, alphabet)
    return steps.passed(_evoked(network, batches), "batch", number)


def clocks(timings: Sequence[Timing], hop_s: float, window_s: float, frames: int = 1) -> list[Clock]:
    """Clocks of the layers; the receptive field counts the analysis window too, which touches so many `frames`."""
    return [
        Clock(timing.stride * hop_s, timing.offset * hop_s, (timing.field - frames) * hop_s + window_s)
        for timing in timings
    ]


def layers_of(network: Recogniser, settings: Mapping[str, float | str]) -> list[Layer]:
    """The geometry of a network; `settings` are those of its checkpoint."""
    found = timings(network.layers)
    window = found[0].field if network.layers[0].hop else 1  # frames of samples that a filter touches
    times = clocks(found, float(settings["hop_s"]), float(settings["window_s"]), window)
    return [
        Layer(number, f"convolution {number}", layer.grid, time)
        for number, (layer, time) in enumerate(zip(network.layers, times, strict=True), start=1)
    ]


def respond(
    paths: Paths,
    network: Recogniser,
    settings: Mapping[str, float | str],
    index: FeatureIndex,
    tokens: Mapping[str, list[Token]],
    coding: Coding,
    lags_s: tuple[float, float],
) -> list[LayerResponses]:
    """Write the responses to the utterances in `tokens`; `settings` are those of the checkpoint."""
    segments = [segment for segment in index.segments if segment.utterance in tokens]
    spoken = [Spoken(one.utterance, one.speaker, one.split, tokens[one.utterance]) for one in segments]
    batches = stepwise(network, index, segments, str(settings["alphabet"]))
    cosines = [filter_cosine(filters) for filters in network.filters()]
    return gather(paths, layers_of(network, settings), batches, spoken, coding, lags_s, cosines)
