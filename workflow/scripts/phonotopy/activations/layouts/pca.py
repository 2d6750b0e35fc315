"""Units at their first two principal components."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.layouts.assignment import assigned
from phonotopy.activations.layouts.embedding import embedded
from phonotopy.activations.layouts.sites import Sites

__all__ = ["pca"]


def pca(correlation: NDArray[np.float64], sites: Sites, random: np.random.Generator) -> NDArray[np.int64]:  # noqa: ARG001
    """The unit at each site ``(sites,)``; nothing is random."""
    return assigned(embedded(correlation, 2), sites)
