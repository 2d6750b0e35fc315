"""Regions found on one half of the speakers and tested on the other."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from phonotopy.activations.read import Cells
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.inference.permutation import adjust
from phonotopy.selectivity.d_prime import Criteria, Selectivity, contrasts, measure, t_test
from phonotopy.spatial.components import largest
from phonotopy.spatial.lattice import Lattice

__all__ = ["TABLE", "Halves", "Replication", "largest_regions", "replicate", "rows"]

TABLE = Table(
    "replication.tsv",
    rows="one row per layer, phone, half of the speakers and statistic",
    columns={
        **shared("layer"),
        "phone": Column("", "a phone, or `mean` for the mean overlap over phones"),
        "found_in": Column(
            "", "half (0 or 1) on whose speakers the region or core was found; the half of a speaker is `fold` % 2"
        ),
        "units": Column("count", "`contrast` only: of the largest region of responsive units; 0 without one"),
        "speakers": Column("count", "`contrast` only: of the other half, on whom it was tested"),
        "statistic": Column(
            "",
            "`contrast`: contrast of the phone inside minus outside the largest region of one half, mean over the "
            "other half's speakers; `overlap`: units shared by the cores of both halves over units in either (Jaccard "
            "index)",
        ),
        "observed": Column(
            "s.d. of a unit, fraction",
            "of `contrast`, of `overlap`; a core is the largest component of the k units of greatest d′, k the number "
            "of responsive units of that half",
        ),
        "t": Column("", "of `contrast` over those speakers"),
        "null": Column(
            "",
            "`speakers` (one-sample t-test: other speakers are independent of the region, nothing is permuted) or "
            "`surrogates` (the other half's maps turned into equally smooth ones)",
        ),
        "null_mean": Column("fraction", "of `overlap`, mean over surrogates"),
        "null_sd": Column("fraction", "of `overlap`, standard deviation over surrogates"),
        "permutations": Column("count", "surrogates, `mapping.surrogates`; empty for `contrast`"),
        "alternative": Column("", "`greater`"),
        "null_seed": Column("", "the setting `seed`, from which surrogates were sampled; empty for `contrast`"),
        "p": Column(
            "", "of `contrast` by the t-test; of `overlap` (M + 1)/(R + 1), M of R surrogates at least as large"
        ),
        "p_family": Column("", "of `overlap` over phones; empty for `contrast` and in rows `mean`"),
        "q": Column(
            "fraction",
            "of `contrast` over phones and halves of the layer; of `overlap` over its phones, in rows `mean` over the "
            "layers",
        ),
        "status": Column(
            "",
            "`ok`, `no region` (of `contrast`), `no core` (of `overlap`: in either half) or `not testable` (under two "
            "speakers, or surrogates without spread)",
        ),
    },
)
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


class Replication(NamedTuple):
    """The largest region of a phone in one half of the speakers, tested in the other.

    `units` are positions on the grid; `contrast` is the mean over speakers of (mean contrast inside − outside the
    region), in standard deviations of the unit; `p` is one-sided over those speakers, `q` over the phones of both
    directions.
    """

    phone: str
    found_in: int
    units: tuple[int, ...]
    speakers: int
    contrast: float
    t: float
    p: float
    q: float


class Halves(NamedTuple):
    """Cells and selectivity of both halves of the speakers, and the units ``(units,)`` that are live in both."""

    cells: tuple[Cells, Cells]
    measured: tuple[Selectivity, Selectivity]
    live: Booleans
    lattice: Lattice

    @classmethod
    def of(cls, cells: Cells, fold: NDArray[np.int64], grid: Grid, criteria: Criteria) -> "Halves":
        """Halves of `cells` by speaker, where `fold` ``(speakers,)`` is 0 or 1."""
        one, other = cells.select(fold == 0), cells.select(fold == 1)
        measured = measure(one, criteria), measure(other, criteria)
        live = measured[0].live & measured[1].live
        return cls((one, other), measured, live, Lattice.of(grid, "queen", live))


def replicate(cells: Cells, fold: NDArray[np.int64], grid: Grid, criteria: Criteria) -> list[Replication]:
    """Every phone's largest region of half 0 tested in half 1, and the reverse.

    `cells` by speaker, `fold` ``(speakers,)`` their halves, `criteria` those of each half. A region that is given
    beforehand needs no null of positions: other speakers are independent of it, however smooth the maps are.
    """
    halves = Halves.of(cells, fold, grid, criteria)
    regions = [largest(found.responsive[halves.live], halves.lattice) for found in halves.measured]
    results = [
        result
        for half in (0, 1)
        for result in _tested(half, regions[half], halves.cells[1 - half], halves.measured[1 - half], halves.live)
    ]
    q = adjust([result.p for result in results])
    return [result._replace(q=float(value)) for result, value in zip(results, q, strict=True)]


def largest_regions(cells: Cells, grid: Grid, criteria: Criteria) -> Booleans:
    """Members of the largest region of responsive units of each phone, ``(units, phones)``."""
    found = measure(cells, criteria)
    result = np.zeros((grid.units, len(cells.phones)), dtype=bool)
    result[found.live] = largest(found.responsive[found.live], Lattice.of(grid, "queen", found.live))
    return result


def _tested(half: int, regions: Booleans, other: Cells, found: Selectivity, live: Booleans) -> Iterator[Replication]:
    usable = np.flatnonzero(found.usable)
    spread = np.sqrt(other.pooled().m2.sum(axis=0)[live] / max(float(other.count.sum()) - 1, 1))
    values = contrasts(other.count[:, usable], other.mean[:, usable][..., live]) / np.where(spread > 0, spread, np.nan)
    for index, phone in enumerate(usable):
        inside = regions[:, phone]
        if inside.any() and not inside.all():
            difference = values[:, index, inside].mean(axis=1) - values[:, index, ~inside].mean(axis=1)
            test = t_test(difference[:, None])
            n = int(np.isfinite(difference).sum())
            p = float(stdtr(n - 1, -test.t[0])) if n > 1 else 1.0
            identity = found.phones[phone], half, tuple(np.flatnonzero(live)[inside].tolist()), n
            yield Replication(*identity, float(test.contrast[0]), float(test.t[0]), p, np.nan)


def rows(found: Sequence[Replication], layer: int, phones: Sequence[str]) -> Iterator[dict[str, object]]:
    """One row per phone and half: what its region shows in the other half, or why nothing can be said.

    The test is a t-test over the speakers of the other half, so that nothing is permuted.
    """
    test = {"statistic": "contrast", "null": "speakers", "alternative": "greater"}
    known = {(one.phone, one.found_in): one for one in found}
    for phone in phones:
        for half in (0, 1):
            one = known.get((phone, half))
            empty = dict.fromkeys(TABLE.columns)
            yield {**empty, "layer": layer, "phone": phone, "found_in": half, **test, **_cells(one)}


def _cells(one: Replication | None) -> dict[str, object]:
    if one is None:
        return {"units": 0, "speakers": 0, "status": "no region"}
    values: dict[str, object] = {"units": len(one.units), "speakers": one.speakers, "observed": one.contrast}
    if one.speakers < 2:
        return {**values, "status": "not testable"}
    return {**values, "t": one.t, "p": one.p, "q": one.q, "status": "ok"}
