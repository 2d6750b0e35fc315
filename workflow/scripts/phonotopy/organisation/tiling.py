"""Whether neighbours on the grid prefer phones of one manner."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.spatial.lattice import Lattice

__all__ = ["STATISTICS", "manners_permuted", "tiling"]

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


def manners_permuted(maps: Floats, manner: NDArray[np.int64], lattice: Lattice, orders: NDArray[np.int64]) -> Floats:
    """`tiling` of one set of maps ``(units, phones)`` with the manners handed to other phones, ``(orders, 2)``.

    The grid stays as it is, with all its smoothness, and classes keep their sizes; `orders` ``(orders, phones)``. Asks
    whether phones of a manner are neighbours more than phones of any classing would be.
    """
    preferred = np.argmax(maps, axis=-1)
    first, second = (preferred[side] for side in lattice.pairs.T)
    touching = np.zeros((len(manner), len(manner)))
    np.add.at(touching, (first, second), 1)
    moved = manner[orders]
    same = moved[:, :, None] == moved[:, None, :]
    between = touching * (1 - np.eye(len(manner)))
    shares = [(same * counts).sum(axis=(1, 2)) / (counts.sum() or np.nan) for counts in (touching, between)]
    return np.stack(shares, axis=-1)
