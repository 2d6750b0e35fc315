"""The tables of selectivity: what every unit answers to, and what it prefers."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.placement import Positions, placed
from phonotopy.activations.read import Cells, Tokens
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.inventory import Inventory
from phonotopy.core.tables import write_table
from phonotopy.selectivity.auc import auc, phoneme_selectivity_index, rank_sums
from phonotopy.selectivity.d_prime import Selectivity
from phonotopy.selectivity.d_prime_interval import d_prime_interval

__all__ = ["PREFERENCES", "SELECTIVITY", "TABLES", "Details", "details", "write_preferences", "write_selectivity"]

TESTED = ("d_prime", "contrast", "t", "p", "q", "responsive")
SELECTIVITY = Table(
    "selectivity.tsv",
    rows="one row per layer, unit and phone",
    columns={
        **shared("layer", "unit", "row", "column", "phone"),
        "tokens": Column("count", "of the phone in the responses"),
        "speakers": Column("count", "who say the phone in the responses"),
        "d_prime": Column(
            "pooled s.d.",
            "d′: mean response to the phone minus that to the other usable phones, which weigh equally; silence takes "
            "no part. d′ = (m − m_rest) / √((v + v_rest) / 2), with m and v the mean and the sample variance over "
            "tokens of the phone, m_rest the mean of the other phones' means, v_rest the mean of their variances plus "
            "the variance (over their number) of their means",
        ),
        **shared("contrast", "t"),
        "p": Column("", "of the t-test, two-sided"),
        "q": Column("fraction", "p after Benjamini and Hochberg over all units and usable phones of the layer"),
        **shared("responsive"),
        "d_prime_low": Column(
            "pooled s.d.",
            "lower end of the 95 % interval of d_prime: `mapping.bootstraps` draws of resampling units, expanded "
            "percentiles (wider than plain ones, which are too narrow for few units); a draw that lacks a phone is "
            "sampled again",
        ),
        "d_prime_high": Column("pooled s.d.", "upper end of the same interval"),
        "auc": Column(
            "fraction",
            "area under the ROC curve: the chance that a token of the phone evokes more than one of another phone, "
            "ties counted half, other phones weighing equally",
        ),
        "psi": Column(
            "phones",
            "phoneme selectivity index: number of phones that the unit distinguishes from this one (rank-sum tests of "
            "stored tokens, q < .01 over all pairs of the unit); tokens count as independent, so that it describes and "
            "tests nothing",
        ),
        "status": Column(
            "",
            "`ok`, `too few` (tokens or speakers; the phone is left out of both sides) or `dead` (the unit never "
            "varies)",
        ),
    },
)

PREFERENCES = Table(
    "preferences.tsv",
    rows="one row per layer and unit",
    columns={
        **shared("layer", "unit", "row", "column"),
        "dead": Column("", "`true` where the response never varies; the other cells are empty then"),
        "phone": Column("", "phone of the largest d′"),
        "manner": Column("", "its manner of articulation"),
        "d_prime": Column("pooled s.d.", "its d′, as in `selectivity.tsv`"),
    },
)

TABLES = (SELECTIVITY, PREFERENCES)


class Details(NamedTuple):
    """What is said of a cell beside its test, ``(units, phones)``.

    Ends of the 95 % interval of d′, the area under the ROC curve, and the number of phones that are distinguished.
    """

    d_prime_low: NDArray[np.float64]
    d_prime_high: NDArray[np.float64]
    auc: NDArray[np.float64]
    psi: NDArray[np.float64]


def details(
    values: NDArray[np.float32], tokens: Tokens, samples: Cells, found: Selectivity, *, bootstraps: int, key: int
) -> Details:
    """Details of a layer from token means `values` ``(tokens, units)`` and cells by sampling unit; NaN as in `found`.

    `tokens` are coded by all phones of `found`.
    """
    known = (tokens.phone >= 0) & found.usable[tokens.phone]
    sums = rank_sums(values, np.where(known, tokens.phone, -1), len(found.phones))
    ends = d_prime_interval(samples, found.usable, bootstraps=bootstraps, key=key)
    defined = found.live[:, None] & found.usable
    parts = (*ends, auc(sums), phoneme_selectivity_index(sums))
    return Details(*(np.where(defined, part, np.nan) for part in parts))


def write_selectivity(
    path: str | Path,
    layers: Mapping[int, Selectivity],
    positions: Mapping[int, Positions],
    found: Mapping[int, Details],
) -> None:
    """Write one row per layer, unit and phone; units in the order of their positions."""
    write_table(
        path,
        SELECTIVITY.columns,
        (row for layer, one in layers.items() for row in _selectivity_rows(layer, one, positions[layer], found[layer])),
    )


def _selectivity_rows(
    layer: int, found: Selectivity, positions: Positions, beside: Details
) -> Iterator[dict[str, object]]:
    values = [getattr(found, column).tolist() for column in TESTED] + [part.tolist() for part in beside]
    tokens, speakers = found.tokens.astype(int).tolist(), found.speakers.astype(int).tolist()
    for position, unit, row, column in placed(*positions):
        for index, phone in enumerate(found.phones):
            counts = tokens[index], speakers[index]
            status = "dead" if not found.live[position] else "ok" if found.usable[index] else "too few"
            cells = (layer, unit, row, column, phone, *counts, *(value[position][index] for value in values), status)
            yield dict(zip(SELECTIVITY.columns, cells, strict=True))


def write_preferences(
    path: str | Path, layers: Mapping[int, Selectivity], positions: Mapping[int, Positions], inventory: Inventory
) -> None:
    """Write one row per layer and unit: the phone of largest d′ and its manner, both empty where there is none."""
    rows = (
        row for layer, found in layers.items() for row in _preference_rows(layer, found, positions[layer], inventory)
    )
    write_table(path, PREFERENCES.columns, rows)


def _preference_rows(
    layer: int, found: Selectivity, positions: Positions, inventory: Inventory
) -> Iterator[dict[str, object]]:
    manners = {phone: inventory.manner_of(phone) for phone in found.phones if phone in inventory.labels}
    for position, unit, row, column in placed(*positions):
        phone, value = "", None
        if found.live[position] and found.usable.any():
            index = int(np.nanargmax(found.d_prime[position]))
            phone, value = found.phones[index], float(found.d_prime[position, index])
        cells = (layer, unit, row, column, not found.live[position], phone, manners.get(phone, ""), value)
        yield dict(zip(PREFERENCES.columns, cells, strict=True))
