"""Units where UMAP puts them."""

import warnings

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.layouts.assignment import assigned
from phonotopy.activations.layouts.embedding import distances, embedded
from phonotopy.activations.layouts.optional import imported
from phonotopy.activations.layouts.sites import Sites
from phonotopy.core.seeds import integer

__all__ = ["umap"]

NEIGHBOURS = 15  # as is usual; fewer where there are no more units
EXTENT = 10.0  # of the principal components from which it starts, as the library scales its own


def umap(correlation: NDArray[np.float64], sites: Sites, random: np.random.Generator) -> NDArray[np.int64]:
    """The unit at each site ``(sites,)``, from distances of responses (bib key mcinnes2018)."""
    start = embedded(correlation, 2)
    method = imported("umap").UMAP(
        n_neighbors=min(NEIGHBOURS, len(correlation) - 1),
        metric="precomputed",
        init=(start * (EXTENT / max(float(np.abs(start).max()), 1e-12))).astype(np.float32),
        random_state=integer(random),
        n_jobs=1,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="using precomputed metric")  # new units are not to be placed
        points = method.fit_transform(distances(correlation))
    return assigned(np.asarray(points, dtype=np.float64), sites)
