"""Saliency-adjusted profiles: which responses of which units the prediction of a phone uses (bib key krug2021)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.placement import Positions, placed
from phonotopy.activations.read import Cells
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity
from phonotopy.core.inventory import MEAN
from phonotopy.core.moments import Moments
from phonotopy.core.seeds import key as key_of
from phonotopy.core.tables import write_table
from phonotopy.inference.families import adjusted
from phonotopy.introspection.measures import Measure, columns_of, write_measures
from phonotopy.introspection.saliency.gather_saliency import gathered
from phonotopy.introspection.saliency.saliency_cells import EXCHANGED, LAG_MS, SPELLED, LayerCells
from phonotopy.introspection.saliency.saliency_maps import TOPOGRAPHY, Layout, Variant, topography_rows
from phonotopy.introspection.saliency.saliency_variants import VARIANTS
from phonotopy.introspection.saliency.spelled_groups import GROUPS, group_rows, profiles
from phonotopy.introspection.subject import Subject
from phonotopy.selectivity.d_prime import Criteria, d_prime, measure

__all__ = ["TABLES", "Outputs", "saliency"]

Floats = NDArray[np.float64]
Row = dict[str, object]
SHOWN = ("plain", "aligned", "weighted", "relevance")
SALIENCY = Table(
    "saliency.tsv",
    rows="one row per layer, unit, variant and phone",
    columns={
        **shared("layer", "unit", "row", "column", "phone"),
        "variant": Column("", "; ".join(f"`{name}`: {VARIANTS[name]}" for name in SHOWN)),
        "d_prime": Column("pooled s.d.", "d′ as in `selectivity.tsv`, of the values of this variant"),
        "q": Column("fraction", "as in `selectivity.tsv`: t over speakers, all units and phones of layer and variant"),
        "status": Column("", "`ok`, `too few` (tokens or speakers) or `dead` (the unit never varies)"),
    },
    note="All variants are of the same tokens: those whose aligned window lies within their utterance.",
)
LAGS = Table(
    "alignment_lags.tsv",
    rows="one row per layer and phone",
    columns={
        **shared("layer", "phone"),
        "tokens": Column("count", "of the phone, whose aligned window lies within the utterance"),
        "median_ms": Column(
            "ms", "median over tokens of the time from a token's middle to the response of the largest gradient in size"
        ),
        "low_ms": Column("ms", "lower quartile of the same"),
        "high_ms": Column("ms", "upper quartile of the same"),
    },
)
MEASURES = columns_of(
    "saliency",
    {
        "relevance": "mean over tokens of a phone of what the unit adds to the score",
        "total_relevance": "mean size of that over all tokens, speakers together",
        "letter_relevance": "as `relevance`, over the tokens that are spelled by a letter",
        "letter_d_prime": "d′ of plain responses for the tokens that are spelled by a letter against those of others",
    },
)
TABLES = (SALIENCY, TOPOGRAPHY, LAGS, GROUPS, MEASURES)


class Outputs(NamedTuple):
    """Paths of the tables, by the stems of their names."""

    saliency: str | Path
    saliency_topography: str | Path
    alignment_lags: str | Path
    saliency_groups: str | Path
    saliency_measures: str | Path


def saliency(
    paths: Outputs, subject: Subject, criteria: Criteria, contiguity: Contiguity, params: Mapping[str, Any], key: int
) -> None:
    """Write all tables; `params` are ``phones``, ``exchanges``, ``permutations``, ``surrogates`` and ``seed``."""
    layers = gathered(subject, exchanges=params["exchanges"], key=key)
    phones = params["phones"] or subject.coding.phones
    write_table(paths.saliency, SALIENCY.columns, _saliency_rows(layers, subject.positions, criteria, phones))
    write_table(paths.alignment_lags, LAGS.columns, _lag_rows(layers))
    halves = subject.coding.folds % 2
    rows: list[Row] = []
    for number, kept in layers.items():
        grid, units = subject.positions[number]
        layout = Layout(grid, contiguity, halves)
        found = _topography(kept, units, criteria, layout, params["permutations"], key_of("saliency", key, number))
        rows += [row | {"layer": number, "null_seed": params["seed"]} for row in found]
    adjusted((row for row in rows if row["phone"] in (MEAN, None)), "variant", "null")
    write_table(paths.saliency_topography, TOPOGRAPHY.columns, rows)
    write_table(paths.saliency_groups, GROUPS.columns, _group_rows(layers, params, key))
    measures = {number: list(_measures(kept, subject.alphabet, criteria)) for number, kept in layers.items()}
    write_measures(paths.saliency_measures, measures, subject.positions)


def _saliency_rows(
    layers: Mapping[int, LayerCells], positions: Mapping[int, Positions], criteria: Criteria, phones: tuple[str, ...]
) -> Iterator[Row]:
    for number, kept in layers.items():
        for variant in SHOWN:
            found = measure(kept.cells(variant, positions[number][1]), criteria)
            height, q = found.d_prime.tolist(), found.q.tolist()
            for position, unit, row, column in placed(*positions[number]):
                where = {"layer": number, "unit": unit, "row": row, "column": column, "variant": variant}
                for index, phone in enumerate(found.phones):
                    if phone in phones:
                        status = "dead" if not found.live[position] else "ok" if found.usable[index] else "too few"
                        values = {"d_prime": height[position][index], "q": q[position][index]}
                        yield {**where, "phone": phone, **values, "status": status}


def _lag_rows(layers: Mapping[int, LayerCells]) -> Iterator[Row]:
    for number, kept in layers.items():
        for phone, counts in zip(kept.coding.phones, kept.lags, strict=True):
            ends = dict.fromkeys(("median_ms", "low_ms", "high_ms"))
            if counts.sum():
                quartiles = np.searchsorted(np.cumsum(counts) / counts.sum(), [0.5, 0.25, 0.75])
                ends = dict(zip(ends, ((quartiles - kept.reach) * LAG_MS).tolist(), strict=True))
            yield {"layer": number, "phone": phone, "tokens": int(counts.sum()), **ends}


def _topography(
    kept: LayerCells, units: NDArray[np.int64], criteria: Criteria, layout: Layout, permutations: int, key: int
) -> Iterator[Row]:
    plain = kept.cells("plain", units)
    usable = criteria.tested(plain)
    for name in VARIANTS:
        exchanged = kept.exchanged_moments(name, units) if name in EXCHANGED else []
        variant = Variant(name, kept.cells(name, units), exchanged)
        yield from topography_rows(variant, plain, usable, layout, permutations=permutations, key=key)


def _group_rows(layers: Mapping[int, LayerCells], params: Mapping[str, Any], key: int) -> list[Row]:
    rows: list[Row] = []
    for number, kept in layers.items():
        for variant in SPELLED:
            found = profiles(kept.spelled[variant], len(kept.coding.phones), kept.symbols)
            own = key_of("groups", key, number, variant)
            given = {"layer": number, "variant": variant, "null_seed": params["seed"]}
            rows += [given | row for row in group_rows(found, permutations=params["surrogates"], key=own)]
    return adjusted(rows, "variant", "grouping")


def _measures(kept: LayerCells, alphabet: str, criteria: Criteria) -> Iterator[Measure]:
    """Measures of a layer, units in their own order; letters are labelled so that they are no phones."""
    units = np.arange(kept.used.mean.shape[1])
    names = ("blank", *(f"letter {'space' if letter == ' ' else letter}" for letter in alphabet))
    cells, fold = kept.cells("relevance", units), kept.coding.folds % 2
    yield from _means("relevance", cells, [fold == half for half in (0, 1)], criteria.tested(cells))
    letters = [kept.letters(variant, names, units) for variant in SPELLED]
    enough = np.asarray((letters[0].count >= criteria.minimum_tokens).all(axis=0))
    yield from _means("letter_relevance", letters[1], [np.array([True, False]), np.array([False, True])], enough)
    whole = _d_prime(letters[0], enough)
    parts = [_d_prime(letters[0].select(np.arange(2) == half), enough) for half in (0, 1)]
    for index, name in enumerate(np.array(names)[enough].tolist()):
        yield Measure.of("letter_d_prime", name, whole[index], np.stack([part[index] for part in parts]))
    count = kept.used.count[:, None]
    halves = np.where(count > 0, kept.used.mean, np.nan)
    total = (kept.used.mean * count).sum(axis=0) / max(float(count.sum()), 1.0)
    yield Measure.of("total_relevance", "", total, halves)


def _means(name: str, cells: Cells, halves: list[NDArray[np.bool_]], usable: NDArray[np.bool_]) -> Iterator[Measure]:
    """Means over tokens by group, where there are enough."""
    whole, parts = cells.pooled(), [cells.select(half).pooled() for half in halves]
    for index in np.flatnonzero(usable):
        split = [np.where(part.count[index] > 0, part.mean[index], np.nan) for part in parts]
        yield Measure.of(name, cells.phones[index], whole.mean[index], np.stack(split))


def _d_prime(cells: Cells, usable: NDArray[np.bool_]) -> Floats:
    """d′ of usable groups, ``(groups, units)``."""
    pooled = cells.pooled()
    return d_prime(Moments(pooled.count[usable], pooled.mean[usable], pooled.m2[usable]))
