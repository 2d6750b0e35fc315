"""Weights of the filters of the first hidden layer, as patterns over bands and time."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.placement import Positions, placed
from phonotopy.core.columns import Column, Table, shared
from phonotopy.introspection.filters.frequency_response import mel_edges
from phonotopy.recogniser.network import Recogniser
from phonotopy.recogniser.samples.analysis import Waveform, analysis_of

__all__ = ["WEIGHTS", "FilterWeights", "weight_rows"]

Floats = NDArray[np.float64]
MS = 1000.0
DECIMALS = 5
WEIGHTS = Table(
    "filter_weights.tsv",
    rows="one row per unit of the first hidden layer, band and frame of its filter",
    columns={
        **shared("layer", "unit", "row", "column"),
        "frequency_hz": Column("Hz", "centre of the mel band; empty where filters look at samples"),
        "time_ms": Column("ms", "of the frame, or sample, after the middle of the filter"),
        "weight": Column(
            "",
            "of the filter at length 1 (the root of its squared weights), since batch normalisation takes any length "
            "away; its sign is that by which the response of the unit rises. To five decimals; empty of a dead unit, "
            "whose weights are all zero",
        ),
    },
)


class FilterWeights(NamedTuple):
    """Filters at length 1, ``weight (units, bands, frames)``, NaN of dead ones, with the axes of a filter.

    `frequency_hz` ``(bands,)`` is NaN where filters look at samples; `time_ms` ``(frames,)`` is 0 in the middle.
    """

    weight: Floats
    frequency_hz: Floats
    time_ms: Floats

    @classmethod
    def of(cls, network: Recogniser, settings: Mapping[str, Any]) -> Self:
        """Of the first hidden layer; `settings` are those of the checkpoint."""
        block = network.blocks[0]
        weight = block.convolution.weight.detach().double().cpu().numpy()
        gain = np.sign(block.normalisation.weight.detach().double().cpu().numpy())
        length = np.sqrt(np.square(weight).sum(axis=(1, 2)))
        scale = np.divide(gain, length, out=np.full_like(length, np.nan), where=length > 0)
        _, bands, frames = weight.shape
        samples = isinstance(analysis_of(settings), Waveform)
        step_s = 1 / settings["sample_rate_hz"] if samples else settings["hop_s"]
        centres = mel_edges(settings["lowest_hz"], settings["highest_hz"], bands + 1)[1:-1] if not samples else [np.nan]
        time_ms = MS * step_s * (np.arange(frames) - (frames - 1) / 2)
        return cls(weight * scale[:, None, None], np.asarray(centres), time_ms)


def weight_rows(found: FilterWeights, positions: Positions, layer: int) -> Iterator[dict[str, object]]:
    """Rows of ``filter_weights.tsv``, unit by unit in the order of positions."""
    frequencies, times = found.frequency_hz.tolist(), found.time_ms.round(DECIMALS).tolist()
    weights = found.weight.round(DECIMALS).tolist()
    for _, unit, row, column in placed(*positions):
        where = {"layer": layer, "unit": unit, "row": row, "column": column}
        for frequency, own in zip(frequencies, weights[unit], strict=True):
            for time, weight in zip(times, own, strict=True):
                yield {**where, "frequency_hz": frequency, "time_ms": time, "weight": weight}
