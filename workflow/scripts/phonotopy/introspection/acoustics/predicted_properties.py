"""How well a layer predicts a property of the sound in speakers it has not learned from, and how well its mean does."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["r_squared"]

Floats = NDArray[np.float64]
PENALTY = 0.01  # of ridge regression, per frame and unit of standardised responses


def r_squared(xx: Floats, xy: Floats, yy: Floats, frames: Floats, weights: Floats) -> Floats:
    """R² in each speaker of ridge regression on combinations of responses, learned from the other speakers.

    `xx` ``(speakers, units, units)``, `xy` ``(speakers, units)`` and `yy` ``(speakers,)`` are sums of products of
    deviations from a speaker's means over `frames` ``(speakers,)``; `weights` ``(units, combinations)`` of them.
    NaN for a speaker without variance, and where no other speaker is.
    """
    products = np.einsum("ua,suv,vb->sab", weights, xx, weights, optimize=True)
    with_y = xy @ weights
    if len(xx) < 2:
        return np.full(len(xx), np.nan)
    return np.array([_of_speaker(products, with_y, yy, frames, one) for one in range(len(xx))])


def _of_speaker(xx: Floats, xy: Floats, yy: Floats, frames: Floats, speaker: int) -> float:
    others = np.arange(len(xx)) != speaker
    taught, aim = xx[others].sum(axis=0), xy[others].sum(axis=0)
    scale = np.sqrt(np.maximum(taught.diagonal() / frames[others].sum(), 1e-12))
    normal = taught / np.outer(scale, scale) + PENALTY * frames[others].sum() * np.eye(len(scale))
    beta = np.linalg.solve(normal, aim / scale) / scale
    error = yy[speaker] - 2 * beta @ xy[speaker] + beta @ xx[speaker] @ beta
    return float(1 - error / yy[speaker]) if yy[speaker] > 0 else float("nan")
