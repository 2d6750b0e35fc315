"""Units where t-SNE puts them."""

from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.layouts.assignment import assigned
from phonotopy.activations.layouts.embedding import distances, embedded
from phonotopy.activations.layouts.optional import imported
from phonotopy.activations.layouts.sites import Sites
from phonotopy.core.seeds import integer

__all__ = ["tsne"]

PERPLEXITY = 30.0  # as is usual; at most a third of the units
START_SD = 1e-4  # of the principal components from which it starts


def tsne(correlation: NDArray[np.float64], sites: Sites, random: np.random.Generator) -> NDArray[np.int64]:
    """The unit at each site ``(sites,)``, from distances of responses (bib key vandermaaten2008)."""
    start = embedded(correlation, 2)
    method = imported("tsne").TSNE(
        perplexity=min(PERPLEXITY, (len(correlation) - 1) / 3),
        metric="precomputed",
        init=start * (START_SD / max(float(start[:, 0].std()), 1e-12)),
        learning_rate="auto",
        random_state=integer(random),
        n_jobs=1,
    )
    with import_module("threadpoolctl").threadpool_limits(1):  # which scikit-learn needs; lest bytes depend on cores
        points = method.fit_transform(distances(correlation))
    return assigned(np.asarray(points, dtype=np.float64), sites)
