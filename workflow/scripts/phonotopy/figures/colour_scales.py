"""Colours of maps that are above and below 0, and what stands for units without a value."""

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from phonotopy.core.inventory import Inventory
from phonotopy.figures import style

__all__ = ["SHOWN_PERCENTILE", "colours", "heading", "swatch", "symmetric"]

SHOWN_PERCENTILE = 99.5  # of the size of values; what is beyond takes the last colour


def colours() -> Colormap:
    """Blue below 0, red above, and grey for a unit without a value."""
    return mpl.colormaps[style.DIVERGING].with_extremes(bad=style.DEAD)


def symmetric(values: ArrayLike) -> Normalize:
    """A scale about 0 that ends at the percentile that is shown, in two digits; ±1 where nothing varies."""
    size = np.abs(np.asarray(values, dtype=np.float64))
    known = size[np.isfinite(size)]
    limit = float(f"{np.percentile(known, SHOWN_PERCENTILE):.2g}") if len(known) else 0.0
    return Normalize(-limit, limit) if limit > 0 else Normalize(-1, 1)


def swatch(figure: Figure, left: float, top: float, text: str) -> None:
    """A legend entry of units without a value, its upper left corner at a position in millimetres."""
    axes = style.axes_at(figure, left, top, 2.5, 2.5)
    style.plain(axes)
    axes.set_facecolor(style.DEAD)
    style.note(figure, left + 4.0, top - 0.4, text)


def heading(figure: Figure, phone: str, inventory: Inventory, left: float, bottom: float) -> None:
    """The label of a phone, with its symbol of the IPA where that is another, above its maps."""
    ipa = {item.label: item.ipa for item in inventory.phones}.get(phone, "")
    text = f"{phone}  [{ipa}]" if ipa and ipa != phone else phone
    style.note(figure, left, bottom, text, va="bottom", fontweight="bold")
