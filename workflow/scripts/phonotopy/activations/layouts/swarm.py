"""Units as a swarm of particles: first those that are alike meet, then all spread out."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.layouts.assignment import assigned
from phonotopy.activations.layouts.sites import Sites

__all__ = ["swarm"]

STEPS = 600
STEP = 0.1  # of a particle in the direction of its mean force
REPULSION = 10.0  # of particles at one point, beside an attraction of 1
REACH = 2.0  # of repulsion

Floats = NDArray[np.float64]


def swarm(correlation: Floats, sites: Sites, random: np.random.Generator) -> NDArray[np.int64]:
    """The unit at each site ``(sites,)``, by global forces that give way to local ones (after bib key krug2023).

    Global: two units are attracted, at any distance, by as much as they correlate above the mean of all pairs, and
    repelled below it. Local, whatever they respond to: attraction of near particles, and repulsion of nearer ones.
    """
    points = random.uniform(size=(len(correlation), 2))
    apart = ~np.eye(len(correlation), dtype=bool)
    wanted = np.where(apart, correlation - correlation[apart].mean(), 0)
    wanted /= max(float(np.abs(wanted).max()), 1e-12)
    for local in (1 + np.tanh(np.linspace(-3, 6, STEPS))) / 2:
        towards = points[None] - points[:, None]
        forces = (1 - local) * wanted + local * _local(np.hypot(towards[..., 0], towards[..., 1]))
        points = points + STEP * np.einsum("ij,ijk->ik", forces, towards)
        points -= points.mean(axis=0)
    return assigned(points, sites)


def _local(distance: Floats) -> Floats:
    return np.asarray((1 + distance) ** -3 - REPULSION * np.exp(-distance / REACH))
