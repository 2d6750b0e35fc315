"""The weights of every unit, as one looks at them: of features over time, or of the units of the layer below."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.placement import Positions
from phonotopy.core.columns import Column, Table
from phonotopy.core.files import replacing
from phonotopy.recogniser.network import Recogniser

__all__ = ["TABLE", "unit_filters", "write_unit_filters"]

Floats = NDArray[np.float32]
TABLE = Table(
    "unit_filters.npz",
    rows="weights of the convolutions, an array per hidden layer",
    columns={
        "layer1": Column("units × bands × frames", "weights of the first hidden layer; of samples units × 1 × samples"),
        "layer2": Column(
            "units × units of the layer below",
            "and so on for the layers above: sum of weights over the frames of the kernel, which is what a steady "
            "response below adds before batch normalisation",
        ),
    },
    note="Units, and those of the layer below, are in the order of their positions on the grid.",
)


def unit_filters(network: Recogniser, positions: Mapping[int, Positions]) -> dict[int, Floats]:
    """Weights by layer, as `TABLE` says."""
    found: dict[int, Floats] = {}
    for number, block in enumerate(network.blocks, start=1):
        weights = block.convolution.weight.detach().cpu().numpy()[positions[number][1]]
        below = positions.get(number - 1)
        found[number] = weights if below is None else weights.sum(axis=2)[:, below[1]]
    return found


def write_unit_filters(path: str | Path, filters: Mapping[int, Floats]) -> None:
    """Write them, whole or not at all."""
    with replacing(path) as part:
        np.savez(part, **{f"layer{number}": weights for number, weights in filters.items()})  # type: ignore[arg-type]
