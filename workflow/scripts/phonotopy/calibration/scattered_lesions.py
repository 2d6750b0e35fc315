"""Null data sets of lesions: units that phones need more or less, wherever they are on the grid."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.calibration.simulations import SMALL
from phonotopy.core.seeds import key, stream
from phonotopy.inference.permutation import p_value
from phonotopy.introspection.lesions.damage import Damage
from phonotopy.introspection.lesions.own_discs import own_value
from phonotopy.introspection.lesions.sets_of_units import discs, scattering, tiles

__all__ = ["scattered_units"]

RADIUS, PHONES, FAMILIES = 1.5, 6, 39
NOISE = 0.5  # of a half of the speakers, in standard deviations over units of what they do in both
SETS = discs(SMALL, RADIUS)[tiles(SMALL, RADIUS)]


def scattered_units(index: int) -> float:
    """P of the mean over phones, where a few units matter much, their activity says so, and a lesion adds them up."""
    random = stream("calibration", "lesions", index)
    needed = random.exponential(size=(SMALL.units, 1, PHONES)) ** 2
    needed = needed / needed.std() + NOISE * random.normal(size=(SMALL.units, 2, PHONES))
    activity = needed.mean(axis=(1, 2)) + random.normal(size=SMALL.units)
    orders = [scattering(activity, key("calibration", "lesions", index, family)) for family in range(FAMILIES)]
    observed, *null = (_value(needed, order) for order in [np.arange(SMALL.units), *orders])
    return float(p_value(observed, np.array(null), "greater"))


def _value(needed: NDArray[np.float64], units: NDArray[np.int64]) -> float:
    lost = needed[units[SETS]].sum(axis=1)
    return float(own_value(Damage(lost, lost), "loss").mean())
