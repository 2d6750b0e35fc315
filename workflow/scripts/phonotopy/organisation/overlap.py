"""Overlap of the cores of two halves of the speakers, against smooth surrogates."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from phonotopy.inference.evidence import compared
from phonotopy.organisation.replication import TABLE, Halves
from phonotopy.spatial.components import greatest, largest, overlaps
from phonotopy.spatial.surrogates import Surrogates

__all__ = ["overlap_null", "rows"]

Floats = NDArray[np.float64]


def rows(halves: Halves, identity: Mapping[str, object], *, surrogates: int, key: int) -> Iterator[dict[str, object]]:
    """One row per phone and half, and one for the mean; `identity` gives the columns `layer` and `null_seed`."""
    phones = halves.measured[0].phones
    for half in (0, 1):
        values = overlap_null(halves, half, surrogates=surrogates, key=key)
        test = {**identity, "found_in": half, "statistic": "overlap", "null": "surrogates"}
        for row in compared(phones, values[0], values[1:], "greater", test):
            observed, p = np.float64(row["observed"]), np.float64(row["p"])  # type: ignore[arg-type]
            status = "no core" if np.isnan(observed) else "not testable" if np.isnan(p) else "ok"
            yield {**dict.fromkeys(TABLE.columns), **row, "status": status}


def overlap_null(halves: Halves, half: int, *, surrogates: int, key: int) -> Floats:
    """Jaccard index of a half's core with that of the other half, and with surrogates', ``(1 + surrogates, phones)``.

    The core of a map is the largest component of its k units of greatest d′, k the number of units that respond
    in that half. The other half's maps, all rotated alike, keep their smoothness and their k, but know nothing of this
    half (bib key wagner2015). NaN where a half has no responsive unit.
    """
    live, lattice, found = halves.live, halves.lattice, (halves.measured[half], halves.measured[1 - half])
    count = [one.responsive[live].sum(axis=0) for one in found]
    known = (count[0] > 0) & (count[1] > 0)
    result = np.full((1 + surrogates, len(known)), np.nan)
    if known.any():
        own, other = (one.d_prime[live][:, known] for one in found)
        core = largest(greatest(own, count[0][known]), lattice)
        turned = Surrogates(lattice).joint(other, number=surrogates, key=key)
        members = (greatest(maps, count[1][known]) for maps in turned)
        observed = greatest(other[None], count[1][known])
        result[:, known] = np.concatenate([overlaps(batch, core, lattice) for batch in (observed, *members)])
    return result
