"""Whether maps of what a prediction uses are smoother than maps of responses: change of Moran's I by variant."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from phonotopy.activations.read import Cells
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.core.moments import Moments
from phonotopy.inference.evidence import RESULT, compared
from phonotopy.introspection.saliency.saliency_variants import VARIANTS
from phonotopy.selectivity.d_prime import d_prime
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i, morans_i_null

__all__ = ["TOPOGRAPHY", "Layout", "Variant", "topography_rows"]

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Row = dict[str, object]
FEWEST = 9  # live units
FEWEST_SPEAKERS = 3
TOPOGRAPHY = Table(
    "saliency_topography.tsv",
    rows="one row per layer, variant, null and phone",
    columns={
        **shared("layer"),
        "phone": Column("", "label of the inventory, or `mean` over these"),
        "variant": Column("", "; ".join(f"`{name}`: {text}" for name, text in VARIANTS.items())),
        "morans_i": Column("", "of the d′ map that the values of this variant give, over units live in both maps"),
        "plain": Column("", "of the plain d′ map of the same tokens and units"),
        "difference": Column("", "morans_i − plain"),
        "difference_low": Column("", "lower end of its 95 % interval, from a jackknife over speakers"),
        "difference_high": Column("", "upper end of the same interval; both empty under three speakers"),
        "reliability": Column("", "correlation over units of the d′ maps of the two halves of the speakers"),
        "plain_reliability": Column("", "the same of plain d′"),
        "corrected": Column(
            "",
            "the difference where each Moran's I is divided by the reliability of its map, that of halves after "
            "Spearman and Brown; empty where one is not above 0",
        ),
        "null": Column(
            "",
            "what `morans_i` is set against: `positions` (unit positions permuted, alike for all phones), or "
            "`exchange` (each token with the gradients of a random token of another phone of the same speaker)",
        ),
        **shared("null_mean", "null_sd", "permutations", "alternative", "null_seed", "p"),
        "p_family": RESULT["p_family"],
        **shared("q"),
        "status": Column("", f"`ok`, or `not testable`: under {FEWEST} live units, two phones or a varied map"),
    },
    note="`exchange` keeps how smooth responses and gradients are by themselves and breaks which belong together. "
    "`gradient` has no responses in it and `random_above` no learned layers above: what they show of a map "
    "is not what the prediction uses.",
)


class Layout(NamedTuple):
    """The grid of a layer, which positions are neighbours, and the half, 0 or 1, of each speaker ``(speakers,)``."""

    grid: Grid
    contiguity: Contiguity
    halves: NDArray[np.int64]


class Variant(NamedTuple):
    """Cells of a variant by speaker, and moments by phone of each exchange of gradients, if any."""

    name: str
    cells: Cells
    exchanged: list[Moments]


def topography_rows(
    variant: Variant, plain: Cells, usable: Booleans, layout: Layout, *, permutations: int, key: int
) -> Iterator[Row]:
    """Rows of a variant, without layer, seed and the q of means; phones that are not `usable` have none."""
    maps, reference = _maps(variant.cells.pooled(), usable), _maps(plain.pooled(), usable)
    live = np.asarray(np.isfinite(maps).all(axis=1) & np.isfinite(reference).all(axis=1))
    phones = [phone for phone, kept in zip(plain.phones, usable, strict=True) if kept]
    if len(phones) < 2 or live.sum() < FEWEST or not (np.ptp(maps[live], axis=0) > 0).all():
        yield {**dict.fromkeys(TOPOGRAPHY.columns), "variant": variant.name, "status": "not testable"}
        return
    lattice = Lattice.of(layout.grid, layout.contiguity, live)
    observed = morans_i(maps[live], lattice)
    beside = _beside(variant, plain, usable, layout, lattice, live)
    nulls = {"positions": morans_i_null(maps[live], lattice, permutations=permutations, key=key)}
    if variant.exchanged:
        nulls["exchange"] = np.stack([_exchanged(one, usable, live, lattice) for one in variant.exchanged])
    for null, values in nulls.items():
        given = {"variant": variant.name, "null": null, "status": "ok"}
        for row, more in zip(compared(phones, observed, values, "two-sided", given), beside, strict=True):
            row["morans_i"] = row.pop("observed")
            yield row | more


def _maps(moments: Moments, usable: Booleans) -> Floats:
    """d′ of usable phones, ``(units, phones)``."""
    return d_prime(Moments(moments.count[usable], moments.mean[usable], moments.m2[usable])).T


def _exchanged(moments: Moments, usable: Booleans, live: Booleans, lattice: Lattice) -> Floats:
    return morans_i(np.nan_to_num(_maps(moments, usable)[live]), lattice)


def _beside(
    variant: Variant, plain: Cells, usable: Booleans, layout: Layout, lattice: Lattice, live: Booleans
) -> list[Row]:
    """What stands beside a test, by phone and then for their mean."""
    both = (plain, variant.cells)
    found = [_both_ends(_of(cells, usable, live, lattice)) for cells in both]
    reliable = [_reliability(cells, usable, live, layout.halves) for cells in both]
    difference = found[1] - found[0]
    error = _error(both, usable, live, lattice)
    raised = [np.where(one > 0, 2 * one / (1 + one), np.nan) for one in reliable]
    corrected = found[1][:-1] / raised[1] - found[0][:-1] / raised[0]
    wide = [_both_ends(one) for one in (*reliable, corrected)]
    return [
        {
            "plain": found[0][n],
            "difference": difference[n],
            "difference_low": difference[n] - error[n],
            "difference_high": difference[n] + error[n],
            "plain_reliability": wide[0][n],
            "reliability": wide[1][n],
            "corrected": wide[2][n],
        }
        for n in range(len(difference))
    ]


def _both_ends(values: Floats) -> Floats:
    """Values of phones, and their mean over those that have one."""
    known = np.isfinite(values)
    return np.append(values, values[known].mean() if known.any() else np.nan)


def _of(cells: Cells, usable: Booleans, live: Booleans, lattice: Lattice) -> Floats:
    return morans_i(np.nan_to_num(_maps(cells.pooled(), usable)[live]), lattice)


def _error(both: tuple[Cells, Cells], usable: Booleans, live: Booleans, lattice: Lattice) -> Floats:
    """Half of the width of the 95 % interval of differences, from a jackknife over speakers (bib key tukey1958)."""
    speakers = len(both[0].samples)
    if speakers < FEWEST_SPEAKERS:
        return np.full(int(usable.sum()) + 1, np.nan)
    without = []
    for left in range(speakers):
        kept = np.arange(speakers) != left
        first, second = (_both_ends(_of(cells.select(kept), usable, live, lattice)) for cells in both)
        without.append(second - first)
    spread = np.var(np.array(without), axis=0) * (speakers - 1)
    return np.asarray(np.sqrt(spread) * stdtrit(speakers - 1, 0.975))


def _reliability(cells: Cells, usable: Booleans, live: Booleans, halves: NDArray[np.int64]) -> Floats:
    """Correlation over units of the maps of both halves, ``(phones,)``; NaN where there is none."""
    if len(np.unique(halves)) < 2:
        return np.full(int(usable.sum()), np.nan)
    first, second = (_maps(cells.select(halves == half).pooled(), usable)[live] for half in (0, 1))
    one, two = (values - values.mean(axis=0) for values in (first, second))
    length = np.sqrt((one**2).sum(axis=0) * (two**2).sum(axis=0))
    return np.asarray(np.divide((one * two).sum(axis=0), length, out=np.full(len(length), np.nan), where=length > 0))
