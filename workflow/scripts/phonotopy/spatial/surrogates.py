"""Surrogate maps that are as smooth as the observed ones."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.seeds import stream
from phonotopy.spatial.lattice import Lattice

__all__ = ["Surrogates"]

Floats = NDArray[np.float64]
BATCH = 100  # surrogates in memory at once


class Surrogates:
    """Moran spectral randomisation (bib key wagner2015) of maps on one lattice.

    A map is a sum of the eigenvectors of the doubly centred weight matrix, which are patterns of falling spatial
    autocorrelation. Coefficients of neighbours in this order are rotated among themselves by a random angle: mean and
    variance of a map stay what they are, and Moran's I nearly so, as those patterns are nearly as smooth as each other.
    Rotation, in contrast to random signs, leaves a map of few components more than a handful of surrogates.
    """

    def __init__(self, lattice: Lattice) -> None:
        """Decompose once; the cost grows with the third power of the units."""
        weights = np.zeros((lattice.units, lattice.units))
        weights[tuple(lattice.pairs.T)] = 1
        weights += weights.T
        centred = weights - weights.mean(axis=0) - weights.mean(axis=1)[:, None] + weights.mean()
        vectors = np.linalg.eigh(centred).eigenvectors
        constant = int(np.argmax(np.abs(vectors.sum(axis=0))))
        order = np.delete(np.arange(lattice.units), constant)[::-1]
        self._vectors = vectors[:, order].astype(np.float32)

    def joint(self, maps: Floats, *, number: int, key: int) -> Iterator[NDArray[np.float32]]:
        """Batches of surrogates ``(batch, units, maps)`` in which all maps are rotated alike.

        How similar the maps are to each other stays exactly the same; where on the grid they are does not. Surrogate r
        depends on the key and r alone. A last coefficient without a neighbour changes its sign at most. Single
        precision is far finer than what random angles leave open, and takes a third of the time.
        """
        mean = maps.mean(axis=0)
        coefficients, mean = self._vectors.T @ (maps - mean).astype(np.float32), mean.astype(np.float32)
        pairs = len(coefficients) // 2
        first, second = coefficients[0 : 2 * pairs : 2], coefficients[1 : 2 * pairs : 2]
        for start in range(0, number, BATCH):
            batch = range(start, min(start + BATCH, number))
            angle = np.stack([2 * np.pi * stream("surrogate", key, r).random((pairs + 1, 1)) for r in batch])
            cosine, sine = (part(angle[:, :pairs]).astype(np.float32) for part in (np.cos, np.sin))
            turned = np.empty((len(batch), *coefficients.shape), dtype=np.float32)
            turned[:, 0 : 2 * pairs : 2] = cosine * first - sine * second
            turned[:, 1 : 2 * pairs : 2] = sine * first + cosine * second
            turned[:, 2 * pairs :] = np.where(angle[:, pairs:] < np.pi, 1, -1) * coefficients[2 * pairs :]
            yield self._vectors @ turned + mean
