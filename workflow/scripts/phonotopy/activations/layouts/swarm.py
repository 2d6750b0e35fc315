"""Units as a swarm of particles: first those that are alike meet, then all spread out."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.layouts.assignment import assigned
from phonotopy.activations.layouts.embedding import distances
from phonotopy.activations.layouts.sites import Sites

__all__ = ["swarm"]

STEPS = 600
ATTRACTION, FAR = 1.5, 0.5  # of units that are alike, at any distance; how much less of it others have
REPULSION, REACH = 15.0, 2.0  # of near particles, and the distance over which it falls off

Floats = NDArray[np.float64]


def swarm(correlation: Floats, sites: Sites, random: np.random.Generator) -> NDArray[np.int64]:
    """The unit at each site ``(sites,)``, by global forces that give way to local ones (after bib key krug2023).

    Global: units attract each other by as much as their responses are alike. Local, whatever they respond to: near
    particles repel each other, others attract each other a little.
    """
    points = random.uniform(size=(2, len(correlation)))
    unlike = distances(correlation)
    alike = ATTRACTION * (1 - (unlike / unlike.max()) ** 3) - FAR * np.exp(-unlike / REACH)
    for local in (1 + np.tanh(np.linspace(-3, 6, STEPS))) / 2:
        towards = points[:, None, :] - points[:, :, None]
        near = np.hypot(*towards)
        forces = (1 - local) * alike + local * (ATTRACTION * (1 + near) ** -3 - REPULSION * np.exp(-near / REACH))
        points = points + (forces * towards).mean(axis=2) / 2
    return assigned(points.T, sites)
