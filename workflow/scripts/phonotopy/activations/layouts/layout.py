"""Layouts after the fact: positions for the units of a condition whose responses are there already."""

import logging
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.layouts.annealed import annealed, likeness
from phonotopy.activations.layouts.force import force
from phonotopy.activations.layouts.pca import pca
from phonotopy.activations.layouts.sites import Sites
from phonotopy.activations.layouts.som import som
from phonotopy.activations.layouts.swarm import swarm
from phonotopy.activations.layouts.tsne import tsne
from phonotopy.activations.layouts.umap import umap
from phonotopy.core import steps
from phonotopy.core.grid import Grid
from phonotopy.core.seeds import stream

__all__ = ["FITTED", "LAYOUTS", "arranged"]

LOGGER = logging.getLogger("phonotopy")
FEWEST = 5  # units that respond; fewer are not laid out
LEAST_DIFFERENCE = 1e-9  # between correlations; copies of one unit are not laid out either

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Layout = Callable[[Floats, Sites, np.random.Generator], Indices]

# By the names of the setting conditions.<name>.layout: the unit at each free position ``(sites,)``, from correlations
# of responses to training speech ``(sites, sites)``, all of units that respond.
FITTED: Mapping[str, Layout] = {
    "pca": pca,
    "tsne": tsne,
    "umap": umap,
    "som": som,
    "force": force,
    "swarm": swarm,
    "annealed": annealed,
}
LAYOUTS = ("shuffled", *FITTED)  # the first is random: what any map is when its order is taken away and nothing else


def arranged(
    layout: str, grids: Mapping[int, Grid], comoments: Mapping[int, Floats], *parts: str | int
) -> dict[int, Indices]:
    """The unit at each position ``(units,)`` by layer; `parts` name the random stream of the layout.

    `comoments` ``(units, units)`` of responses are needed by `FITTED` alone. InputError where a library is missing.
    """
    randoms = {layer: stream("layout", layout, *parts, layer) for layer in grids}
    if layout not in FITTED:
        return {layer: randoms[layer].permutation(grid.units) for layer, grid in grids.items()}
    return {
        layer: _fitted(FITTED[layout], layer, grids[layer], comoments[layer], randoms[layer])
        for layer in steps.counted(grids.keys(), "layer")
    }


def _fitted(layout: Layout, layer: int, grid: Grid, comoment: Floats, random: np.random.Generator) -> Indices:
    """The unit at each position ``(units,)``; silent units, in order, where `Sites.but` leaves none of the others."""
    deviation = np.sqrt(np.maximum(comoment.diagonal(), 0))
    live = np.flatnonzero(deviation > 0)
    silent = np.setdiff1d(np.arange(grid.units), live)
    sites = Sites.but(grid, len(silent))
    correlation = comoment[np.ix_(live, live)] / np.outer(deviation[live], deviation[live])
    alike = len(live) < FEWEST or float(np.ptp(correlation)) < LEAST_DIFFERENCE
    order = np.arange(len(live)) if alike else layout(correlation, sites, random)
    found = np.empty(grid.units, dtype=np.int64)
    found[sites.free], found[sites.taken] = live[order], silent
    text = "layer %d: mean correlation of neighbours %.3f in training speech, %d silent units farthest from the centre"
    LOGGER.info(text, layer, likeness(correlation, order, sites), len(silent))
    return found
