"""Representational similarity: whether units respond alike to phones that are articulated alike."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from phonotopy.activations.read import Cells
from phonotopy.organisation.mantel import correlations, permuted_correlations, upper
from phonotopy.selectivity.d_prime import contrasts

__all__ = ["Similarity", "dissimilarities", "similarity"]

Floats = NDArray[np.float64]


class Similarity(NamedTuple):
    """Mean over speakers of the rank correlation with the model, its null under permuted phones, and the noise ceiling.

    No model can be expected to reach more than between `ceiling_low`, the mean correlation of a speaker with the mean
    of the others, and `ceiling_high`, with the mean of all (bib key nili2014).
    """

    observed: float
    null: Floats
    ceiling_low: float
    ceiling_high: float


def dissimilarities(cells: Cells, phones: NDArray[np.bool_], live: NDArray[np.bool_]) -> Floats:
    """1 − correlation over live units of the contrasts of two phones in each speaker, ``(speakers, pairs)``."""
    spread = np.sqrt(cells.pooled().m2.sum(axis=0)[live] / max(float(cells.count.sum()) - 1, 1))
    values = contrasts(cells.count[:, phones], cells.mean[:, phones][..., live]) / spread
    return np.stack([upper(1 - np.corrcoef(one)) for one in values])


def similarity(found: Floats, model: Floats, orders: NDArray[np.int64]) -> Similarity:
    """Compare `found` ``(speakers, pairs)`` with `model` distances ``(phones, phones)``; `orders` permute phones."""
    observed = float(correlations(upper(model), found).mean())
    ranks = rankdata(found, axis=1)
    null = permuted_correlations(found, model, orders).mean(axis=1)
    if len(found) < 2:
        return Similarity(observed, null, np.nan, np.nan)
    total = ranks.sum(axis=0)
    low = np.mean([correlations((total - one) / (len(found) - 1), one) for one in ranks])
    high = np.mean([correlations(total / len(found), one) for one in ranks])
    return Similarity(observed, null, float(low), float(high))
