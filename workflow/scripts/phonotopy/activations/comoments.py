"""Co-moments of units over frames, added up in any number of parts; layouts are made from those of training speech."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table
from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing
from phonotopy.core.grid import Grid

__all__ = ["TABLE", "Comoments", "gathered", "read_comoments", "write_comoments"]

TABLE = Table(
    "comoments.npz",
    rows="co-moments of the units over frames of training speech, an array per hidden layer",
    columns={
        "frames": Column("layers", "number of frames of each layer, silence included"),
        "layer1": Column("units × units", "sums of products of deviations from the mean response, of the first layer"),
        "layer2": Column("units × units", "and so on for the layers above"),
    },
    note="Of a random sample of the train split (`activations.fitted_s`), which needs no alignment. Layouts are made "
    "from their correlations. Units are in the order of their numbers.",
)

Floats = NDArray[np.float64]


class Comoments:
    """The `count` of frames, their `mean` ``(units,)`` and their `comoment` ``(units, units)`` so far."""

    def __init__(self, units: int) -> None:
        self.count = 0
        self.mean = np.zeros(units)
        self.comoment = np.zeros((units, units))

    def add(self, frames: Floats) -> None:
        """Take in ``frames (frames, units)``, at least one, by the pairwise rule (bib key chan1983)."""
        count, mean = len(frames), frames.mean(axis=0)
        total = self.count + count
        delta = mean - self.mean
        centred = frames - mean
        self.comoment += centred.T @ centred + np.outer(delta, delta) * (self.count * count / total)
        self.mean += delta * (count / total)
        self.count = total


def gathered(
    batches: Iterable[Iterable[tuple[str, Sequence[NDArray[np.float32]]]]], grids: Mapping[int, Grid]
) -> dict[int, Comoments]:
    """By layer, of batches of utterances, each with responses ``(frames, units)`` of the layers in order."""
    found = {layer: Comoments(grid.units) for layer, grid in grids.items()}
    for batch in batches:
        for one, values in zip(found.values(), zip(*(responses for _, responses in batch), strict=True), strict=True):
            one.add(np.concatenate(values).astype(np.float64))
    return found


def write_comoments(path: str | Path, found: Mapping[int, Comoments]) -> None:
    """Write what `TABLE` describes, whole or not at all."""
    frames = np.array([one.count for one in found.values()])
    with replacing(path) as part:
        arrays = {f"layer{layer}": one.comoment for layer, one in found.items()}
        np.savez(part, frames=frames, **arrays)  # type: ignore[arg-type]


def read_comoments(path: str | Path, grids: Mapping[int, Grid]) -> dict[int, Floats]:
    """Co-moments ``(units, units)`` by layer; InputError where they are not those of the grids."""
    with np.load(path, allow_pickle=False) as file:
        found = {layer: np.asarray(file[f"layer{layer}"]) for layer in grids if f"layer{layer}" in file.files}
    for layer, grid in grids.items():
        if layer not in found or len(found[layer]) != grid.units:
            units = f"layer {layer} of {len(found[layer])} units" if layer in found else f"no layer {layer}"
            raise InputError(str(path), units, f"{grid.units}, as geometry.tsv says", "run the activations stage again")
    return found
