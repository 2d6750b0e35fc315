"""Layouts after the fact: positions for the units of a condition whose responses are there already."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.grid import Grid
from phonotopy.core.seeds import stream

__all__ = ["LAYOUTS", "arranged"]

Indices = NDArray[np.int64]
Layout = Callable[[Grid, np.random.Generator], Indices]


def shuffled(grid: Grid, random: np.random.Generator) -> Indices:
    """Random positions: what any map is when its order is taken away and nothing else."""
    return random.permutation(grid.units)


LAYOUTS: Mapping[str, Layout] = {"shuffled": shuffled}  # by the names of the setting conditions.<name>.layout


def arranged(layout: str, grids: Mapping[int, Grid], *parts: str | int) -> dict[int, Indices]:
    """The unit at each position ``(units,)`` by layer; `parts` name the random stream of the layout."""
    return {layer: LAYOUTS[layout](grid, stream("layout", layout, *parts, layer)) for layer, grid in grids.items()}
