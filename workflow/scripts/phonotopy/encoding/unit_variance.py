"""The share of each unit's variance that sound, phones, articulation, words and speakers explain."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.geometry import Layer
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.encoding.accounts import LayerAccounts
from phonotopy.spatial.phone_maps import Maps

__all__ = ["MEASURES", "TABLE", "layers_rows", "unit_rows", "variances"]

Floats = NDArray[np.float64]
MEASURES: Mapping[str, str] = {  # columns, and the labelling of ladder.tsv that each is of
    "sound": "sound",
    "phone": "phone",
    "phone_beyond_manner": "phone beyond manner",
    "phone_beyond_sound": "phone beyond sound",
    "word": "word",
    "word_beyond_phone": "word beyond phone",
    "speaker": "speaker",
}
TABLE = Table(
    "unit_variance.tsv",
    rows="one row per layer and unit",
    columns={
        **shared("layer", "unit", "row", "column"),
        "sound": Column(
            "fraction", "of variance within speakers, predicted by the sound for speakers that taught nothing"
        ),
        "phone": Column("fraction", "explained by phones in the same way in different folds of speakers"),
        "phone_beyond_manner": Column("fraction", "the same beyond the manner of phones"),
        "phone_beyond_sound": Column("fraction", "the same of phones beyond the sound: unique variance of phones"),
        "articulation_beyond_sound": Column("fraction", "the part of it that articulatory features explain"),
        "word": Column("fraction", "explained by words, those that are frequent enough"),
        "word_beyond_phone": Column("fraction", "the same beyond sound and phones; empty without words"),
        "speaker": Column(
            "fraction", "of all variance, explained by speakers in the same way in both halves of their speech"
        ),
    },
    note="Shares are means over pairs of folds, to which noise adds nothing: they may be negative. Cells of units that "
    "never vary are empty. Means over units are in `ladder.tsv`, statistic `units`.",
)


def variances(layer: LayerAccounts) -> dict[str, Floats]:
    """Shares of the variance of live units, ``(units,)`` each, by column."""
    found = {
        column: np.diag(layer.accounts[name].covariance) for column, name in MEASURES.items() if name in layer.accounts
    }
    return found | {"articulation_beyond_sound": np.diag(layer.articulation)}


def unit_rows(number: int, layer: LayerAccounts, maps: Maps, grid: Grid) -> Iterator[dict[str, object]]:
    """Rows of a layer, unit by unit in the order of positions."""
    found = {name: np.full(grid.units, np.nan) for name in (*MEASURES, "articulation_beyond_sound")}
    for name, values in variances(layer).items():
        found[name][layer.live] = values
    for position, (row, column) in enumerate(grid.positions.tolist()):
        where = {"layer": number, "unit": int(maps.units[position]), "row": row, "column": column}
        yield where | {name: float(values[position]) for name, values in found.items()}


def layers_rows(
    layers: Mapping[int, LayerAccounts], maps: Mapping[int, Maps], geometry: Mapping[int, Layer]
) -> Iterator[dict[str, object]]:
    """Rows of all layers."""
    for number, layer in layers.items():
        yield from unit_rows(number, layer, maps[number], geometry[number].grid)
