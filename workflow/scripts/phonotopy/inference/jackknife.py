"""The jackknife of a mean over pairs of folds."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

__all__ = ["Jackknife", "jackknife"]

Floats = NDArray[np.float64]
FEWEST = 3  # folds, without one of which a pair is left


class Jackknife(NamedTuple):
    """Mean over pairs of different folds, its standard error, and the p of a t-test that it is above 0."""

    mean: float
    error: float
    p: float


def jackknife(pairs: Floats) -> Jackknife:
    """Of `pairs` ``(folds, folds)``, the diagonal left out (bib key tukey1958); NaN but for the mean of few folds."""
    folds = len(pairs)
    apart = pairs - np.diag(np.diag(pairs))
    mean = apart.sum() / (folds * (folds - 1))
    if folds < FEWEST:
        return Jackknife(float(mean), np.nan, np.nan)
    without = (apart.sum() - apart.sum(axis=0) - apart.sum(axis=1)) / ((folds - 1) * (folds - 2))
    pseudo = folds * mean - (folds - 1) * without
    error = float(pseudo.std(ddof=1) / np.sqrt(folds))
    p = float(stdtr(folds - 1, -pseudo.mean() / error)) if error > 0 else np.nan
    return Jackknife(float(mean), error, p)
