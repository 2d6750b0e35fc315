"""How many directions the responses and the filters of a layer span."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Responses
from phonotopy.core.columns import Column, Table, shared

__all__ = ["TABLE", "correlation", "effective_rank", "layer_rows", "rank_row"]

Floats = NDArray[np.float64]
TABLE = Table(
    "rank.tsv",
    rows="one row per layer",
    columns={
        **shared("layer"),
        "units": Column("count", "on the grid"),
        "effective_rank": Column(
            "dimensions", "(Σλ)² / Σλ², λ the eigenvalues of the correlation matrix of live units over speech frames"
        ),
        "filter_rank": Column("dimensions", "the same for the cosines between filters; empty without filters"),
    },
)


def correlation(comoment: Floats) -> Floats:
    """Correlations of the live units from co-moments ``(units, units)``; a unit without variance is left out."""
    live = np.diagonal(comoment) > 0
    scale = np.sqrt(np.diagonal(comoment)[live])
    return np.asarray(comoment[np.ix_(live, live)] / np.outer(scale, scale))


def effective_rank(gram: Floats) -> float:
    """Participation ratio (Σλ)² / Σλ² of the eigenvalues of a symmetric matrix; NaN of an empty or zero one.

    Between 1 (copies of one direction) and the number of units (all orthogonal). Σλ is the trace and Σλ² the sum of
    squared entries, so that nothing is decomposed. The same for correlations of responses and cosines of filters
    (`filter_rank`).
    """
    squares = float(np.sum(gram**2))
    return float(np.trace(gram)) ** 2 / squares if squares > 0 else math.nan


def rank_row(layer: int, comoment: Floats, filter_cosine: Floats | None) -> dict[str, object]:
    """The row of a layer: effective rank of the correlations of live units, and of the cosines of filters if any."""
    filters = None if filter_cosine is None else effective_rank(filter_cosine)
    return dict(zip(TABLE.columns, (layer, len(comoment), effective_rank(correlation(comoment)), filters), strict=True))


def layer_rows(responses: Responses, layer: int, *, key: int, threads: int) -> Iterator[dict[str, object]]:  # noqa: ARG001
    """The one row of a layer; nothing is random."""
    found = responses.arrays(layer, "frame_comoment", "filter_cosine")
    yield rank_row(layer, found["frame_comoment"], found.get("filter_cosine"))
