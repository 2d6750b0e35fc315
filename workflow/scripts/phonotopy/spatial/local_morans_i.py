"""Local Moran's I: units among units like themselves, or unlike."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.core.numba_loops import compiled
from phonotopy.core.seeds import key
from phonotopy.inference.permutation import adjust, orders, p_value
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps

__all__ = ["TABLE", "Local", "local_morans_i", "local_rows", "local_test"]

Floats = NDArray[np.float64]
NAME = "local_morans_i"
MEMORY = 32 * 2**20  # bytes of a block of units' null
BATCH = 1024  # permutations at once
QUADRANTS = np.array([["LL", "LH"], ["HL", "HH"]])  # by whether the unit, then its neighbours, are above the mean
TABLE = Table(
    "local_morans_i.tsv",
    rows="one row per layer, usable phone and live unit",
    columns={
        **shared("layer", "phone", "unit", "row", "column"),
        "statistic": Column("", "`local_morans_i`"),
        "weights": Column("", "binary: `queen` (8 neighbours) or `rook` (4), as in `mapping.contiguity`"),
        "observed": Column(
            "",
            "((n − 1) / Σ z²) z times the sum of z over the neighbours, z the deviations of d′ from its mean over n "
            "units",
        ),
        "quadrant": Column(
            "", "`HH`, `LL`, `HL` or `LH`: the unit, then its neighbours, above (H) or below (L) the mean"
        ),
        "null": Column(
            "", "`other positions`: the unit stays, all others are permuted, in the same way for all units and phones"
        ),
        **shared("permutations"),
        "alternative": Column("", "`two-sided`"),
        **shared("null_seed", "p"),
        "q": Column("fraction", "p after Benjamini and Hochberg over the units of the phone's map"),
    },
)


class Local(NamedTuple):
    """Values of each unit and map, ``(units, maps)``; `quadrant` is empty where the rest is NaN.

    H is above the mean of the map, L not: HL is a high unit among low ones.
    """

    observed: Floats
    quadrant: NDArray[np.str_]
    p: Floats
    q: Floats


def local_morans_i(maps: ArrayLike, lattice: Lattice) -> Floats:
    """Local Moran's I (bib key anselin1995) with binary weights of `maps` ``(units, maps)``, in the same shape.

    Iᵢ = ((n − 1) / Σⱼ zⱼ²) zᵢ Σⱼ wᵢⱼ zⱼ, z the deviations from the mean; their sum is (n − 1)/n · S₀ times Moran's I.
    NaN in a constant map, in a map with a missing value, and for a unit without neighbours.
    """
    z = _standardised(maps, lattice)
    return z * _lags(z, lattice)


def local_test(maps: ArrayLike, lattice: Lattice, *, permutations: int, key: int, threads: int = 1) -> Local:
    """Local Moran's I of every unit, two-sided, under permutations that leave the unit itself where it is.

    Its neighbours are then sampled from all other units, the same samples for all units and maps. q is taken over
    the units of a map. A smooth map makes neighbouring units significant together: what is found is a neighbourhood.
    """
    z = _standardised(maps, lattice)
    lags, observed = _lags(z, lattice), local_morans_i(maps, lattice)
    sampled = _sampled_others(lattice, permutations, key)
    step = max(1, MEMORY // (8 * permutations * max(1, z.shape[1])))
    blocks = [np.arange(first, min(first + step, lattice.units)) for first in range(0, lattice.units, step)]

    def tested(units: NDArray[np.int64]) -> Floats:
        return p_value(observed[units], z[units] * _sampled_lags(z, sampled, units, lattice.degrees))

    with ThreadPoolExecutor(threads) as pool:
        p = np.concatenate([np.empty((0, z.shape[1])), *pool.map(tested, blocks)])
    q = np.column_stack([adjust(column) for column in p.T]) if p.size else p
    quadrant = np.where(np.isnan(observed), "", QUADRANTS[(z > 0).astype(int), (lags > 0).astype(int)])
    return Local(observed, quadrant, p, q)


def local_rows(
    layers: Mapping[int, Maps],
    grids: Mapping[int, Grid],
    permutations: int,
    *,
    contiguity: Contiguity,
    training: Sequence[str],
    null_seed: int,
    threads: int = 1,
) -> list[dict[str, object]]:
    """One row per layer, usable phone and live unit; `training` and `null_seed` make the random keys."""
    rows: list[dict[str, object]] = []
    for layer, maps in layers.items():
        lattice, random_key = Lattice.of(grids[layer], contiguity, maps.live), key(NAME, null_seed, *training, layer)
        values = maps.d_prime[maps.live]
        found = local_test(values, lattice, permutations=permutations, key=random_key, threads=threads)
        test = {"null": "other positions", "permutations": permutations, "alternative": "two-sided"}
        about = {"layer": layer, "statistic": NAME, "weights": contiguity, "null_seed": null_seed, **test}
        rows += ({**about, **cell} for cell in maps.cells(grids[layer], found._asdict()))
    return rows


def _standardised(maps: ArrayLike, lattice: Lattice) -> Floats:
    """Deviations from the mean over the standard deviation, ``(units, maps)``."""
    maps = np.asarray(maps, dtype=np.float64)
    if len(maps) != lattice.units:
        raise ValueError(f"maps have {len(maps)} units, the lattice {lattice.units}")
    if len(maps) < 2:
        return np.full_like(maps, np.nan)
    spread = np.where(np.ptp(maps, axis=0) > 0, maps.std(axis=0, ddof=1), np.nan)
    return np.asarray((maps - maps.mean(axis=0)) / spread)


def _lags(z: Floats, lattice: Lattice) -> Floats:
    """Sum over the neighbours of each unit; NaN where it has none."""
    lags = np.zeros_like(z)
    for one, other in (lattice.pairs.T, lattice.pairs.T[::-1]):
        np.add.at(lags, one, z[other])
    return np.where((lattice.degrees > 0)[:, None], lags, np.nan)


def _sampled_others(lattice: Lattice, permutations: int, key: int) -> NDArray[np.int32]:
    """Sampled neighbours of a unit, ``(permutations, most neighbours)``, counted among the other units."""
    most, others = int(lattice.degrees.max(initial=0)), max(0, lattice.units - 1)
    starts = range(0, permutations, BATCH)
    parts = [orders(others, min(BATCH, permutations - start), key=key, start=start)[:, :most] for start in starts]
    return np.ascontiguousarray(np.concatenate(parts))


@compiled
def _sampled_lags(
    z: Floats, sampled: NDArray[np.int32], units: NDArray[np.int64], degrees: NDArray[np.int64]
) -> Floats:
    """Sums over sampled neighbours, ``(permutations, units, maps)``; numbers from the unit's own on move up by one."""
    result = np.zeros((len(sampled), len(units), z.shape[1]))
    for r in range(len(sampled)):
        for index in range(len(units)):
            unit = units[index]
            for k in range(degrees[unit]):
                other = sampled[r, k] + (sampled[r, k] >= unit)
                for m in range(z.shape[1]):
                    result[r, index, m] += z[other, m]
    return result
