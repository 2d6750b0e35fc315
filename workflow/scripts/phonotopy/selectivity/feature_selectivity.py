"""Selectivity of units for articulatory features: manner, place, voicing, height and backness."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.placement import Positions, placed
from phonotopy.activations.read import Cells
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.inventory import Inventory
from phonotopy.inference.permutation import adjust
from phonotopy.selectivity.d_prime import Criteria, Selectivity, t_test

__all__ = ["TABLE", "classes", "feature_distances", "feature_rows"]

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
TABLE = Table(
    "feature_selectivity.tsv",
    rows="one row per layer, unit, articulatory dimension and value",
    columns={
        **shared("layer", "unit", "row", "column"),
        "dimension": Column(
            "",
            "`manner`; `place` (of consonants), `voicing` (of obstruents), `height` and `backness` (of vowels; where a "
            "diphthong starts), from the inventory (`resources/phones.tsv`), and its further columns",
        ),
        "value": Column(
            "",
            "such as `nasal`; set against the phones with another value of the dimension. Of two values one is listed",
        ),
        "phones": Column("count", "usable phones with the value"),
        "d_prime": Column(
            "pooled s.d.",
            "mean response to the phones with the value minus that to the others of the dimension, phones weighing "
            "equally on either side",
        ),
        **shared("contrast", "t"),
        "p": Column("", "of the t-test, two-sided"),
        "q": Column("fraction", "p after Benjamini and Hochberg over units and values of the dimension in the layer"),
        **shared("responsive"),
        "status": Column(
            "",
            "`ok`, `dead`, or `no features` (one row per layer: no two usable phones differ in a feature of the "
            "inventory)",
        ),
    },
)


def classes(inventory: Inventory, phones: Sequence[str]) -> dict[str, dict[str, Booleans]]:
    """Members of each value of each dimension and phones outside it, ``(phones, 2)``.

    A value is set against the phones that have another value of the same dimension: vowels have no place and sonorants
    no voicing. One of two values says all, so that of a pair the first in order of phones is listed.
    """
    features = [inventory.features_of(phone) if phone in inventory.labels else {} for phone in phones]
    dimensions = dict.fromkeys(dimension for found in features for dimension in found)
    result: dict[str, dict[str, Booleans]] = {}
    for dimension in dimensions:
        given = np.array([found.get(dimension, "") for found in features])
        values = [value for value in dict.fromkeys(given.tolist()) if value]
        listed = values[:1] if len(values) == 2 else values
        sides = {value: np.stack([given == value, (given != value) & (given != "")], axis=1) for value in listed}
        result[dimension] = {value: side for value, side in sides.items() if side.any(axis=0).all()}
    return {dimension: values for dimension, values in result.items() if values}


def feature_distances(inventory: Inventory, phones: Sequence[str]) -> Floats:
    """Share of the articulatory dimensions of two phones in which they differ, ``(phones, phones)``.

    A dimension that only one of them has, such as the height of a vowel against a stop, counts as a difference.
    """
    features = [inventory.features_of(phone) for phone in phones]
    return np.array([[_differing(one, other) for other in features] for one in features])


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    dimensions = one.keys() | other.keys()
    return sum(one.get(name) != other.get(name) for name in dimensions) / len(dimensions)


def feature_rows(
    layer: int,
    cells: Cells,
    samples: Cells,
    found: Selectivity,
    positions: Positions,
    inventory: Inventory,
    criteria: Criteria,
) -> Iterator[dict[str, object]]:
    """One row per unit, dimension and value; q within a dimension of the layer. One row alone without such values.

    d′ is taken from `cells` by speaker, the t-test over the sampling units of `samples`. Phones weigh equally on either
    side; unusable ones are left out of both.
    """
    usable = [phone for phone, kept in zip(cells.phones, found.usable, strict=True) if kept]
    pooled = cells.pooled()
    mean, variance = pooled.mean[found.usable], pooled.variance()[found.usable]
    count, means = samples.count[:, found.usable], samples.mean[:, found.usable]
    dimensions = classes(inventory, usable)
    if not dimensions:
        yield {**dict.fromkeys(TABLE.columns), "layer": layer, "responsive": False, "status": "no features"}
    for dimension, values in dimensions.items():
        sides = list(values.values())
        measured = np.stack([_d_prime(mean, variance, side) for side in sides], axis=1)
        tested = [t_test(_contrasts(count, means, side)) for side in sides]
        measured[~found.live] = np.nan
        contrast, t, p = (np.stack(part, axis=1) for part in zip(*tested, strict=True))
        q = adjust(np.where(found.live[:, None], p, np.nan))
        responsive = (measured >= criteria.d_prime) & (q < criteria.false_discovery_rate)
        columns = [part.tolist() for part in (measured, contrast, t, p, q, responsive)]
        members = [int(side[:, 0].sum()) for side in sides]
        for position, unit, row, column in placed(*positions):
            for index, value in enumerate(values):
                live = bool(found.live[position])
                numbers = [part[position][index] if live else None for part in columns[:5]]
                identity = (layer, unit, row, column, dimension, value, members[index])
                cells_of_row = (*identity, *numbers, columns[5][position][index], "ok" if live else "dead")
                yield dict(zip(TABLE.columns, cells_of_row, strict=True))


def _d_prime(mean: Floats, variance: Floats, sides: Booleans) -> Floats:
    """d′ of one side against the other, ``(units,)``; a side is an equal mixture of its phones."""
    (inside, spread), (outside, other) = (_mixture(mean[side], variance[side]) for side in sides.T)
    pooled = np.sqrt((spread + other) / 2)
    return np.divide(inside - outside, pooled, out=np.full_like(pooled, np.nan), where=pooled > 0)


def _mixture(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    return mean.mean(axis=0), variance.mean(axis=0) + mean.var(axis=0)


def _contrasts(count: Floats, mean: Floats, sides: Booleans) -> Floats:
    """Mean of the phones of one side minus that of the other in each sampling unit, ``(samples, units)``."""
    inside, outside = (_present_mean(count[:, side], mean[:, side]) for side in sides.T)
    return np.asarray(inside - outside)


def _present_mean(count: Floats, mean: Floats) -> Floats:
    present = count > 0
    number = present.sum(axis=1)[:, None]
    total = np.sum(mean, axis=1, where=present[..., None])
    return np.asarray(np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0))
