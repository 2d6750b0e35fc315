"""Whether neighbours on the sheet prefer phones of one manner."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.mapping.lattice import Lattice

__all__ = ["STATISTICS", "tiling"]

Floats = NDArray[np.float64]
STATISTICS = ("same_manner", "same_manner_other_phone")


def tiling(maps: Floats, manner: NDArray[np.int64], lattice: Lattice) -> Floats:
    """Shares of neighbouring units whose preferred phones have the same manner, ``(..., 2)``.

    `maps` ``(..., units, phones)``, `manner` ``(phones,)``. The first is over all pairs of neighbours; the second over
    pairs that prefer different phones, so that it is the manner that is shared and not the phone. NaN without such
    pairs.
    """
    preferred = np.argmax(maps, axis=-1)
    first, second = (preferred[..., side] for side in lattice.pairs.T)
    same, other = manner[first] == manner[second], first != second
    pairs, differing = other.shape[-1], other.sum(axis=-1)
    share = same.sum(axis=-1) / pairs if pairs else np.full(differing.shape, np.nan)
    among = np.divide((same & other).sum(axis=-1), differing, out=np.full(differing.shape, np.nan), where=differing > 0)
    return np.stack([share, among], axis=-1)
