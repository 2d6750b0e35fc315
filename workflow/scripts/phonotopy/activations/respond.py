"""The activations stage: responses of all layers to a corpus, written layer by layer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.activations.accumulate import Coding, LayerResponses, Token
from phonotopy.activations.clock import clocks
from phonotopy.core.files import create_array, replacing
from phonotopy.core.tables import write_table
from phonotopy.recogniser.batches import evaluation_batches
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Layer, Recogniser, timings

__all__ = ["Paths", "evoked", "filter_gram", "write_activations"]

BATCH_FRAMES = 6000  # feature frames; bounds memory
TOKEN_COLUMNS = ("token", "utterance", "speaker", "split", "phone", "onset_s", "offset_s")
LAYER_COLUMNS = (
    "layer",
    "rows",
    "columns",
    "torus",
    "units",
    "dead_units",
    "stride_s",
    "receptive_field_s",
    "frames",
    "tokens",
    "tokens_without_centre",
)


class Paths(NamedTuple):
    """Where the results go: two tables, and two files a layer."""

    tokens: Path
    layers: Path
    means: Sequence[Path]
    moments: Sequence[Path]


class Recording(NamedTuple):
    """What is kept of one utterance, and the first of its rows in the arrays of token means."""

    segment: Segment
    tokens: list[Token]
    first_row: int


def filter_gram(filters: torch.Tensor) -> NDArray[np.float64]:
    """Cosines between flattened filters ``(units, weights)``, as ``(units, units)``."""
    unit = torch.nn.functional.normalize(filters.detach().double(), dim=1)
    return np.asarray((unit @ unit.T).cpu().numpy())


@torch.no_grad()
def evoked(
    network: Recogniser, index: FeatureIndex, segments: Sequence[Segment], alphabet: str
) -> Iterator[list[tuple[str, list[NDArray[np.float32]]]]]:
    """Batches of utterances, each with the responses ``(frames, units)`` of every layer, in evaluation mode."""
    network.eval()
    for batch in evaluation_batches(index, segments, BATCH_FRAMES, alphabet):
        here = batch.to(network.device)
        output = network(here.features, here.lengths)
        layers = list(zip(output.responses, output.response_lengths, strict=True))
        yield [
            (
                segment.utterance,
                [values[place, :, : int(ends[place])].T.float().cpu().numpy() for values, ends in layers],
            )
            for place, segment in enumerate(batch.segments)
        ]


def write_activations(
    paths: Paths,
    network: Recogniser,
    settings: Mapping[str, float | str],
    index: FeatureIndex,
    tokens: Mapping[str, list[Token]],
    coding: Coding,
    lags_s: tuple[float, float],
) -> list[LayerResponses]:
    """Write the activations of the utterances in `tokens`; `settings` are those of the checkpoint."""
    layers = network.layers
    recordings = _recordings(index, tokens)
    rows = sum(token.stored for found in tokens.values() for token in found)
    times = clocks(timings(layers), float(settings["hop_s"]), float(settings["window_s"]))
    kept = [LayerResponses(layer.filters, time, coding, lags_s) for layer, time in zip(layers, times, strict=True)]
    segments = [recording.segment for recording in recordings.values()]
    with ExitStack() as stack:
        arrays = [
            create_array(stack.enter_context(replacing(path)), (rows, layer.filters))
            for path, layer in zip(paths.means, layers, strict=True)
        ]
        for batch in evoked(network, index, segments, str(settings["alphabet"])):
            _take_in(batch, recordings, coding, kept, arrays)
        for array in arrays:
            array.flush()
    _write_moments(paths, network, layers, kept)
    write_table(paths.tokens, TOKEN_COLUMNS, _token_rows(recordings, coding))
    write_table(paths.layers, LAYER_COLUMNS, map(_layer_row, range(1, len(layers) + 1), layers, kept))
    return kept


def _recordings(index: FeatureIndex, tokens: Mapping[str, list[Token]]) -> dict[str, Recording]:
    result, row = dict[str, Recording](), 0
    for segment in index.segments:
        if segment.utterance in tokens:
            result[segment.utterance] = Recording(segment, tokens[segment.utterance], row)
            row += sum(token.stored for token in tokens[segment.utterance])
    return result


def _take_in(
    batch: Sequence[tuple[str, list[NDArray[np.float32]]]],
    recordings: Mapping[str, Recording],
    coding: Coding,
    kept: Sequence[LayerResponses],
    arrays: Sequence[NDArray[np.float32]],
) -> None:
    found = [recordings[utterance] for utterance, _ in batch]
    speakers = [coding.speakers.index(recording.segment.speaker) for recording in found]
    target = np.concatenate([r.first_row + np.arange(sum(token.stored for token in r.tokens)) for r in found])
    for place, (layer, array) in enumerate(zip(kept, arrays, strict=True)):
        responses = [layers[place] for _, layers in batch]
        array[target] = layer.add(
            [(s, r.tokens, values) for s, r, values in zip(speakers, found, responses, strict=True)]
        )


def _write_moments(paths: Paths, network: Recogniser, layers: Sequence[Layer], kept: Sequence[LayerResponses]) -> None:
    for path, layer, filters, responses in zip(paths.moments, layers, network.filters(), kept, strict=True):
        grid = {"rows": layer.grid.rows, "columns": layer.grid.columns, "torus": layer.grid.torus}
        with replacing(path) as part:
            np.savez(part, filter_gram=filter_gram(filters), **responses.arrays(), **grid)  # type: ignore[arg-type]


def _token_rows(recordings: Mapping[str, Recording], coding: Coding) -> Iterator[dict[str, object]]:
    stored = ((r.segment, token) for r in recordings.values() for token in r.tokens if token.stored)
    for number, (segment, token) in enumerate(stored):
        values = (coding.phones[token.phone], token.onset_s, token.offset_s)
        yield dict(
            zip(TOKEN_COLUMNS, (number, segment.utterance, segment.speaker, segment.split, *values), strict=True)
        )


def _layer_row(number: int, layer: Layer, kept: LayerResponses) -> dict[str, object]:
    return {
        "layer": number,
        "rows": layer.grid.rows,
        "columns": layer.grid.columns,
        "torus": layer.grid.torus,
        "units": layer.filters,
        "dead_units": int((kept.frame_comoment.diagonal() <= 0).sum()),
        "stride_s": kept.clock.stride_s,
        "receptive_field_s": kept.clock.field_s,
        "frames": kept.frame_count,
        "tokens": int(kept.cells.count.sum()),
        "tokens_without_centre": kept.bare,
    }
