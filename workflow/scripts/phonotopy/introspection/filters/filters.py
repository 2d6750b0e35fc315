"""Filters of the first hidden layer by their frequency response, whose best frequencies may be mapped (tonotopy)."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from phonotopy.activations.placement import Positions, placed
from phonotopy.core.columns import Column, Table, shared
from phonotopy.introspection.filters.filter_weights import WEIGHTS
from phonotopy.introspection.filters.frequency_response import FrequencyResponse, mel_edges, of_bands, of_samples
from phonotopy.introspection.measures import Measure, columns_of
from phonotopy.recogniser.network import Recogniser
from phonotopy.recogniser.samples.analysis import Waveform, analysis_of

__all__ = ["FIRST", "TABLES", "frequency_response", "measures_of", "rows_of"]

FIRST = 1  # number of the layer that looks at the features
SHOWN = 64  # bands of equal width in mel, where filters look at samples
MEANINGS = {
    "best_frequency": "Hz at which the filter of a unit of the first hidden layer has its largest gain",
    "best_octave": "the same in octaves above 1 kHz, in which the ear has its map",
    "centroid": "mean frequency of the filter in Hz, weighted by gain²; steadier than the peak where a filter is wide",
    "bandwidth": "equivalent rectangular bandwidth of the filter in Hz: ∫ gain² df / max gain²",
}
TABLES = (
    Table(
        "filters.tsv",
        rows="one row per unit of the first hidden layer and band of frequencies",
        columns={
            **shared("layer", "unit", "row", "column"),
            "frequency_hz": Column("Hz", "middle of the band; of log-mel features the centre of a mel band"),
            "gain": Column(
                "",
                "largest magnitude of the Fourier transform of the filter in the band; of log-mel features the root of "
                "its squared weights, summed over time; as a share of the largest of the unit",
            ),
            "status": Column("", "`ok`, or `dead`: all weights of the unit are zero"),
        },
        note="Filters are weights: no speech is read, and there are no halves of speakers. Those of samples are the "
        "learned impulse responses; of log-mel features a filter is a pattern of bands and frames.",
    ),
    columns_of("filters", MEANINGS, "Of the first hidden layer alone."),
    WEIGHTS,
)


def frequency_response(network: Recogniser, settings: Mapping[str, Any]) -> FrequencyResponse:
    """Of the first hidden layer; `settings` are those of the checkpoint."""
    weights = network.blocks[0].convolution.weight.detach().double().cpu().numpy()
    if isinstance(analysis_of(settings), Waveform):
        return of_samples(weights[:, 0], settings["sample_rate_hz"])
    return of_bands(weights, settings["lowest_hz"], settings["highest_hz"])


def measures_of(response: FrequencyResponse) -> list[Measure]:
    """A number per unit, in the order of units."""
    return [Measure.of(name, "", getattr(response, name)) for name in MEANINGS]


def rows_of(response: FrequencyResponse, positions: Positions, settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of ``filters.tsv``, unit by unit in the order of positions."""
    shown = response
    if isinstance(analysis_of(settings), Waveform):
        shown = response.banded(mel_edges(0.0, settings["sample_rate_hz"] / 2, SHOWN))
    gain = shown.gain / np.where(shown.alive, shown.gain.max(axis=1), 1.0)[:, None]
    for _, unit, row, column in placed(*positions):
        where = {"layer": FIRST, "unit": unit, "row": row, "column": column}
        status = "ok" if shown.alive[unit] else "dead"
        for frequency, value in zip(shown.frequencies.tolist(), gain[unit].tolist(), strict=True):
            yield {**where, "frequency_hz": frequency, "gain": value, "status": status}
