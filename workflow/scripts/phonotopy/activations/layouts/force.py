"""Units where the springs between those that are most alike pull them."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.layouts.assignment import assigned
from phonotopy.activations.layouts.embedding import embedded
from phonotopy.activations.layouts.optional import imported
from phonotopy.activations.layouts.sites import Sites
from phonotopy.core.seeds import integer

__all__ = ["force", "strongest"]

LINKS = 8  # of each unit to those with which it correlates most, as many as a position has neighbours
STEPS = 200

Floats = NDArray[np.float64]


def strongest(correlation: Floats, links: int) -> Floats:
    """Weights ``(units, units)`` of a graph: (1 + ρ) / 2 for the `links` highest ρ of each unit, either way; else 0."""
    apart = correlation - np.diag(np.full(len(correlation), np.inf))
    order = np.argsort(-apart, axis=1, kind="stable")[:, :links]
    weights = np.zeros_like(correlation)
    np.put_along_axis(weights, order, np.take_along_axis((1 + correlation) / 2, order, axis=1), axis=1)
    return np.asarray(np.maximum(weights, weights.T))


def force(correlation: Floats, sites: Sites, random: np.random.Generator) -> NDArray[np.int64]:
    """The unit at each site ``(sites,)``, from a graph laid out by forces (bib key fruchterman1991)."""
    networkx = imported("force")
    graph = networkx.from_numpy_array(strongest(correlation, min(LINKS, len(correlation) - 1)))
    start = embedded(correlation, 2)
    start /= max(float(np.abs(start).max()), 1e-12)
    found = networkx.spring_layout(
        graph, pos=dict(enumerate(start)), iterations=STEPS, seed=integer(random), method="force"
    )
    return assigned(np.array([found[unit] for unit in range(len(correlation))]), sites)
