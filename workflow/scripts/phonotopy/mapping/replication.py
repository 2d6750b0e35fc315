"""Regions found on one half of the speakers and tested on the other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from phonotopy.grid import Grid
from phonotopy.mapping.lattice import Lattice
from phonotopy.mapping.permutation import adjust
from phonotopy.mapping.regions import components
from phonotopy.mapping.responses import Cells
from phonotopy.mapping.selectivity import Criteria, Selectivity, contrasts, measure, t_test

__all__ = ["COLUMNS", "Replication", "jaccard", "largest_regions", "replicate", "rows"]

COLUMNS = (
    "layer",
    "phone",
    "found_in",
    "units",
    "speakers",
    "statistic",
    "observed",
    "t",
    "overlap",
    "null",
    "permutations",
    "alternative",
    "p",
    "q",
    "status",
)
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]


class Replication(NamedTuple):
    """The largest region of a phone in one half of the speakers, tested in the other.

    `units` are places on the grid; `contrast` is the mean over speakers of (mean contrast inside − outside the
    region), in standard deviations of the unit; `p` is one-sided over those speakers, `q` over the phones of both
    directions; `overlap` is the Jaccard index with the largest region of the other half.
    """

    phone: str
    found_in: int
    units: tuple[int, ...]
    speakers: int
    contrast: float
    t: float
    p: float
    q: float
    overlap: float


def replicate(cells: Cells, fold: NDArray[np.int64], grid: Grid, criteria: Criteria) -> list[Replication]:
    """Every phone's largest region of half 0 tested in half 1, and the reverse.

    `cells` by speaker, `fold` ``(speakers,)`` their halves, `criteria` those of each half. A region that is given
    beforehand needs no null of positions: other speakers are independent of it, however smooth the maps are.
    """
    halves = [cells.select(fold == half) for half in (0, 1)]
    measured = [measure(half, criteria) for half in halves]
    live = measured[0].live & measured[1].live
    lattice = Lattice.of(grid, "queen", live)
    largest = [_largest(found, live, lattice) for found in measured]
    results = [
        result
        for half in (0, 1)
        for result in _tested(cells.phones, half, largest, halves[1 - half], measured[1 - half], live)
    ]
    q = adjust([result.p for result in results])
    return [result._replace(q=float(value)) for result, value in zip(results, q, strict=True)]


def largest_regions(cells: Cells, grid: Grid, criteria: Criteria) -> Booleans:
    """Members of the largest region of responsive units of each phone, ``(units, phones)``."""
    found = measure(cells, criteria)
    result = np.zeros((grid.units, len(cells.phones)), dtype=bool)
    result[found.live] = _largest(found, found.live, Lattice.of(grid, "queen", found.live))
    return result


def _largest(found: Selectivity, live: Booleans, lattice: Lattice) -> Booleans:
    """Members of the largest region of each phone, ``(live units, phones)``."""
    result = np.zeros((lattice.units, len(found.phones)), dtype=bool)
    for place, members in enumerate(found.responsive[live].T):
        joined = components(members, lattice)
        if len(joined.size):
            result[:, place] = joined.label == 1 + np.argmax(joined.size)
    return result


def _tested(
    phones: tuple[str, ...], half: int, largest: list[Booleans], other: Cells, found: Selectivity, live: Booleans
) -> Iterator[Replication]:
    usable = np.flatnonzero(found.usable)
    spread = np.sqrt(other.pooled().m2.sum(axis=0)[live] / max(float(other.count.sum()) - 1, 1))
    values = contrasts(other.count[:, usable], other.mean[:, usable][..., live]) / np.where(spread > 0, spread, np.nan)
    for place, phone in enumerate(usable):
        inside = largest[half][:, phone]
        if inside.any() and not inside.all():
            difference = values[:, place, inside].mean(axis=1) - values[:, place, ~inside].mean(axis=1)
            test = t_test(difference[:, None])
            n = int(np.isfinite(difference).sum())
            p = float(stdtr(n - 1, -test.t[0])) if n > 1 else 1.0
            units, overlap = np.flatnonzero(live)[inside], jaccard(inside, largest[1 - half][:, phone])
            identity = phones[phone], half, tuple(units.tolist()), n
            yield Replication(*identity, float(test.contrast[0]), float(test.t[0]), p, np.nan, overlap)


def rows(found: Sequence[Replication], layer: int, phones: Sequence[str]) -> Iterator[dict[str, object]]:
    """One row a phone and half: what its region shows in the other half, or why nothing can be said.

    The test is a t-test over the speakers of the other half, so that nothing is permuted.
    """
    test = {"statistic": "contrast", "null": "speakers", "permutations": None, "alternative": "greater"}
    known = {(one.phone, one.found_in): one for one in found}
    for phone in phones:
        for half in (0, 1):
            one = known.get((phone, half))
            row: Mapping[str, object] = {"layer": layer, "phone": phone, "found_in": half, **test}
            if one is None:
                missing = dict.fromkeys(("observed", "t", "overlap", "p", "q"))
                yield {**row, **missing, "units": 0, "speakers": 0, "status": "no region"}
            else:
                testable = one.speakers > 1
                values = {"observed": one.contrast, "t": one.t, "overlap": one.overlap}
                tested = {"p": one.p, "q": one.q} if testable else dict.fromkeys(("p", "q"))
                status = "ok" if testable else "not testable"
                yield {
                    **row,
                    **values,
                    **tested,
                    "units": len(one.units),
                    "speakers": one.speakers,
                    "status": status,
                }


def jaccard(one: Booleans, other: Booleans) -> float:
    """Shared units over units in either; NaN of two empty sets."""
    either = int((one | other).sum())
    return int((one & other).sum()) / either if either else float("nan")
