"""Moran's I of the responses themselves, and how near a layer comes to the largest rank that its order leaves."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigvalsh
from scipy.optimize import brentq

from phonotopy.activations.read import Responses
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.inference import permutation
from phonotopy.organisation.rank import correlation, effective_rank
from phonotopy.spatial.lattice import Lattice

__all__ = ["TABLE", "largest_rank", "layer_rows", "limit_rows", "response_row", "responses_i", "spectrum"]

TABLE = Table(
    "response_autocorrelation.tsv",
    rows="one row a layer and statistic",
    columns={
        **shared("layer"),
        "units": Column("count", "live units"),
        "statistic": Column(
            "", "`morans_i`, or `limit`: a point of the curve above which no responses of these units can be"
        ),
        "observed": Column(
            "",
            "Moran's I of the responses over speech frames, n/S0 · tr(CW)/tr C, where C are their correlations without "
            "the mean of each frame",
        ),
        **shared("null", "null_mean", "null_sd", "permutations", "alternative", "null_seed", "p"),
        "effective_rank": Column("dimensions", "(Σλ)² / Σλ², λ the eigenvalues of C"),
        "limit_rank": Column("dimensions", "the largest effective rank that responses with this Moran's I can have"),
        "limit_share": Column("fraction", "effective_rank over limit_rank"),
    },
    note="Neighbours are queen. I is pooled over frames, each weighing as much as it varies over the grid. Rank and "
    "its limit are those of what varies between units, so that effective_rank is not quite that of rank.tsv.",
)
POINTS = 60  # of the curve of a layer
FEWEST = 3  # live units
Floats = NDArray[np.float64]
Row = dict[str, object]


def _centred(correlations: Floats) -> Floats:
    """HCH: what is left once every frame's mean over units is taken out, as Moran's I does."""
    rows = correlations - correlations.mean(axis=0)
    return np.asarray(rows - rows.mean(axis=1, keepdims=True))


def responses_i(centred: Floats, lattice: Lattice, orders: NDArray[np.int32] | None = None) -> Floats:
    """Moran's I of all frames together, n/S0 · tr(CW)/tr C, with units moved to ``orders[r, unit]``, ``(orders,)``.

    `centred` ``(units, units)`` holds co-moments of standardised responses without the mean over units. It is the mean
    of the frames' I (bib key moran1950), each weighing as much as it varies over the grid.
    """
    orders = lattice.unmoved if orders is None else orders
    first, second = lattice.pairs.T
    standing = np.argsort(orders, axis=1)  # the unit at each position
    pairs = np.stack([centred[units[first], units[second]].sum() for units in standing])
    return np.asarray(lattice.units / len(first) * pairs / np.trace(centred))


def spectrum(lattice: Lattice) -> Floats:
    """Eigenvalues of the centred neighbour matrix HWH over n/S0, but for that of the constant map, descending."""
    weights = np.zeros((lattice.units, lattice.units))
    weights[tuple(lattice.pairs.T)] = 1.0
    values = eigvalsh(_centred(weights + weights.T)) * lattice.units / (2 * len(lattice.pairs))
    constant = int(np.argmin(np.abs(values)))
    return np.delete(values, constant)[::-1]


def largest_rank(eigenvalues: Floats, morans_i: float) -> float:
    """The largest effective rank (Σλ)²/Σλ² of responses with at least this Moran's I: λ ∝ max(0, w − t).

    `eigenvalues` w are those of `spectrum`; whatever the responses are, Σλw/Σλ is their I, and among all λ with a given
    I these have the least Σλ². NaN beyond the largest I of the grid.
    """
    top = float(eigenvalues[0])
    if not morans_i <= top:
        return np.nan
    if morans_i <= eigenvalues.mean():
        return float(len(eigenvalues))

    def excess(threshold: float) -> float:
        shares = np.maximum(eigenvalues - threshold, 0)
        return float(shares @ eigenvalues / shares.sum() - morans_i)

    low = float(eigenvalues[-1])
    while excess(low) > 0:
        low -= top - low
    tie = (top - float(eigenvalues[-1])) * 1e-9
    if excess(top - tie) <= 0:
        return float(np.sum(eigenvalues >= top - tie))
    shares = np.maximum(eigenvalues - brentq(excess, low, top - tie), 0)
    return float(shares.sum() ** 2 / (shares**2).sum())


def response_row(comoment: Floats, grid: Grid, *, permutations: int, key: int, threads: int = 1) -> Row:
    """Moran's I of a layer, from co-moments over speech frames ``(units, units)`` in the order of positions.

    Two-sided against permuted positions. Empty where fewer than three units are live.
    """
    live = np.diagonal(comoment) > 0
    lattice = Lattice.of(grid, live=live)
    row: Row = {**dict.fromkeys(TABLE.columns), "units": lattice.units, "statistic": "morans_i", "null": "positions"}
    row |= {"alternative": "two-sided", "permutations": 0}
    if lattice.units < FEWEST or not len(lattice.pairs):
        return row
    centred = _centred(correlation(comoment))
    observed = float(responses_i(centred, lattice)[0])
    settings = {"permutations": permutations, "key": key, "threads": threads}
    null = permutation.null(lambda orders: responses_i(centred, lattice, orders)[:, None], lattice.units, **settings)
    rank, limit = effective_rank(centred), largest_rank(spectrum(lattice), observed)
    row |= {"observed": observed, "null_mean": null.mean(), "null_sd": null.std(ddof=1), "permutations": permutations}
    row |= {"p": float(permutation.p_value(observed, null[:, 0]))}
    return row | {"effective_rank": rank, "limit_rank": limit, "limit_share": rank / limit}


def limit_rows(live: NDArray[np.bool_], grid: Grid) -> Iterator[Row]:
    """Points of the curve above which no responses of the `live` units ``(units,)`` can be."""
    lattice = Lattice.of(grid, live=live)
    if lattice.units >= FEWEST and len(lattice.pairs):
        eigenvalues = spectrum(lattice)
        for morans_i in np.linspace(eigenvalues.mean(), eigenvalues[0], POINTS).tolist():
            point = {"units": lattice.units, "statistic": "limit", "observed": morans_i}
            yield {**dict.fromkeys(TABLE.columns), **point, "limit_rank": largest_rank(eigenvalues, morans_i)}


def layer_rows(
    responses: Responses, layer: int, *, key: int, threads: int, permutations: int, seed: int
) -> Iterator[Row]:
    """The rows of a layer; `seed` is the setting that `key` comes from."""
    comoment, grid = responses.arrays(layer, "frame_comoment")["frame_comoment"], responses.layers[layer].grid
    own = response_row(comoment, grid, permutations=permutations, key=key, threads=threads)
    for row in (own | {"null_seed": seed}, *limit_rows(np.diagonal(comoment) > 0, grid)):
        yield row | {"layer": layer}
