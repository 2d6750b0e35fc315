"""The 2D grid on which the units of a layer are arranged."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.errors import InputError

__all__ = ["Contiguity", "Grid", "fit"]

Contiguity = Literal["queen", "rook"]
LARGEST_ASPECT = 2.0


@dataclass(frozen=True)
class Grid:
    """Positions in row-major order: position ``u`` is at row ``u // columns``, column ``u % columns``.

    On a torus the last row and column touch the first ones.
    """

    rows: int
    columns: int
    torus: bool = False

    @property
    def units(self) -> int:
        """Number of positions."""
        return self.rows * self.columns

    @cached_property
    def positions(self) -> NDArray[np.int64]:
        """Row and column of each unit, ``(units, 2)``, in grid steps."""
        return np.stack(np.divmod(np.arange(self.units), self.columns), axis=1)

    @cached_property
    def distances(self) -> NDArray[np.float64]:
        """Euclidean distance between units, ``(units, units)``, in grid steps; the shorter way round on a torus."""
        steps = np.abs(self.positions[:, None] - self.positions[None])
        if self.torus:
            steps = np.minimum(steps, np.array([self.rows, self.columns]) - steps)
        return np.asarray(np.hypot(steps[..., 0], steps[..., 1]))

    def neighbours(self, contiguity: Contiguity = "queen") -> NDArray[np.int64]:
        """Pairs of touching units, each once with the smaller index first, ``(pairs, 2)``, in ascending order."""
        reach = 1.5 if contiguity == "queen" else 1.0
        first, second = np.nonzero(np.triu(self.distances <= reach, k=1))
        return np.stack([first, second], axis=1)


def fit(filters: int, subject: str = "filters", *, torus: bool = False) -> Grid:
    """The squarest grid that holds exactly `filters` units, at most twice as wide as high.

    Raises InputError, naming `subject`, where no such rectangle exists.
    """
    if filters >= 1:
        rows = next(r for r in range(math.isqrt(filters), 0, -1) if filters % r == 0)
        if filters // rows <= LARGEST_ASPECT * rows:
            return Grid(rows, filters // rows, torus)
    raise InputError(
        subject,
        f"{filters} filters fill no rectangle of aspect {LARGEST_ASPECT:g} or less",
        "a number such as 64 (8 x 8), 128 (8 x 16), 256 (16 x 16), 512 (16 x 32), 2048 (32 x 64)",
        "change the number of filters of this layer",
    )
