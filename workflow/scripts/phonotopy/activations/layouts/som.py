"""Units at the nodes of a self-organising map that are most like them."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.layouts.assignment import least_cost
from phonotopy.activations.layouts.embedding import embedded
from phonotopy.activations.layouts.optional import imported
from phonotopy.activations.layouts.sites import Sites
from phonotopy.core.seeds import integer

__all__ = ["som"]

DIMENSIONS = 50  # principal components of the units that it is given
EPOCHS = 40  # over all units
LEARNING_RATE = 0.5  # at the beginning


def som(correlation: NDArray[np.float64], sites: Sites, random: np.random.Generator) -> NDArray[np.int64]:
    """The unit at each site ``(sites,)``: a node for each position, trained on responses (bib key kohonen1982).

    The radius falls from a quarter of the longer side to that of direct neighbours. Several units may be most like the
    same node; they are assigned such that the sum of squared distances to nodes is least.
    """
    grid, points = sites.grid, embedded(correlation, min(DIMENSIONS, len(correlation)))
    radius = max(grid.rows, grid.columns) / 4
    method = imported("som").MiniSom(
        grid.rows,
        grid.columns,
        points.shape[1],
        sigma=max(radius, 1.0),
        learning_rate=LEARNING_RATE,
        sigma_decay_function="asymptotic_decay",
        random_seed=integer(random),
    )
    method.random_weights_init(points)
    method.train(points, EPOCHS, random_order=True, use_epochs=True)
    nodes = method.get_weights().reshape(grid.units, -1)[sites.free]
    return least_cost((points**2).sum(axis=1)[:, None] - 2 * points @ nodes.T + (nodes**2).sum(axis=1))
