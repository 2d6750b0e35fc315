"""What lesions cost each phone."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Damage"]

Floats = NDArray[np.float64]


class Damage(NamedTuple):
    """Of sets of units: `error` and `loss` ``(sets, halves of the speakers, phones)``, NaN where there are no letters.

    `error` is how much greater the share of letters is that are not the best symbol of their frame, `loss` how much
    smaller the mean log-probability of the letter.
    """

    error: Floats
    loss: Floats
