"""From points in a plane to positions of a grid."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from phonotopy.activations.layouts.sites import Sites

__all__ = ["assigned", "least_cost"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def least_cost(cost: Floats) -> Indices:
    """The unit at each site for which the sum of `cost` ``(units, sites)`` is least (bib key crouse2016)."""
    units, sites = linear_sum_assignment(cost)
    return np.asarray(units[np.argsort(sites)], dtype=np.int64)


def assigned(points: Floats, sites: Sites) -> Indices:
    """The unit at each site: least sum of squared distances between `points` ``(units, 2)`` and positions.

    Points are turned to their principal axes, the longer one along the longer side, and spread evenly along each.
    """
    rows, columns = sites.grid.rows, sites.grid.columns
    _, _, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    turned = (points - points.mean(axis=0)) @ axes.T
    along = turned if rows > columns else turned[:, ::-1]
    spread = np.stack([_spread(one, place) for one, place in zip(along.T, sites.coordinates.T, strict=True)], axis=1)
    return least_cost(((spread[:, None] - sites.coordinates[None]) ** 2).sum(axis=2))


def _spread(values: Floats, wanted: Floats) -> Floats:
    """The `wanted` numbers in the order of the values."""
    result = np.empty_like(wanted)
    result[np.argsort(values, kind="stable")] = np.sort(wanted)
    return result
