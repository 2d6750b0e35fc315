"""What a recogniser still spells when cells are taken away, or given, in the order in which a method ranks them."""

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.introspection.attribution.spelled import Spelled
from phonotopy.introspection.attribution.token_stretches import Stretches

__all__ = ["FRACTIONS", "area", "curves", "order"]

Floats = NDArray[np.float64]
FRACTIONS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)  # of the cells
TOGETHER = 32  # tokens in one pass


def order(importance: NDArray[np.float32]) -> NDArray[np.int32]:
    """The position of each cell ``(tokens, cells)`` in descending order of importance, ties in the order of cells."""
    found = np.empty(importance.shape, dtype=np.int32)
    sorted_cells = np.argsort(-importance, axis=1, kind="stable")
    np.put_along_axis(found, sorted_cells, np.arange(importance.shape[1], dtype=np.int32)[None], axis=1)
    return found


@torch.no_grad()
def curves(model: Spelled, stretches: Stretches, ranked: NDArray[np.int32]) -> Floats:
    """Scores ``(2, fractions, tokens)`` when the first cells of an order are set to 0, and when all others are."""
    found = np.empty((2, len(FRACTIONS), len(stretches)))
    ends = torch.tensor([round(part * ranked.shape[1]) for part in FRACTIONS])[:, None, None, None]
    for start in range(0, len(stretches), TOGETHER):
        here = slice(start, start + TOGETHER)
        x = stretches.features[here]
        given = tuple(one[here].repeat(len(FRACTIONS)) for one in stretches.given())
        first = torch.from_numpy(ranked[here]).view(x.shape) < ends
        for side, kept in enumerate((~first, first)):
            scores = model((x * kept.to(x.device)).flatten(0, 1), *given)
            found[side, :, here] = scores.view(len(FRACTIONS), -1).double().cpu().numpy()
    return found


def area(found: Floats) -> Floats:
    """Area ``(2, tokens)`` under curves over the fraction of cells."""
    return np.asarray(np.trapezoid(found, FRACTIONS, axis=1))
