"""Phone maps and regions, with and without what acoustics predict."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Cells
from phonotopy.core.grid import Grid
from phonotopy.introspection.measures import Measure
from phonotopy.selectivity.d_prime import Criteria, Selectivity, measure
from phonotopy.spatial.components import largest
from phonotopy.spatial.lattice import Lattice

__all__ = ["CONTROLS", "phone_measures", "phone_rows"]

Floats = NDArray[np.float64]
CONTROLS = ("none", "acoustics")
FEWEST = 9  # units that both maps have


def phone_measures(cells: Sequence[Cells], halves: NDArray[np.int64], criteria: Criteria) -> dict[str, list[Measure]]:
    """d′ of usable phones as measures in the order of units, by control; `cells` without and with it."""
    found = {}
    for control, one in zip(CONTROLS, cells, strict=True):
        whole = measure(one, criteria)
        parts = [measure(one.select(halves == half), criteria) for half in (0, 1)]
        found[control] = [
            Measure("d_prime", phone, whole.d_prime[:, index], np.stack([part.d_prime[:, index] for part in parts]))
            for index, phone in enumerate(whole.phones)
            if whole.usable[index]
        ]
    return found


def phone_rows(
    cells: Sequence[Cells], units: NDArray[np.int64], grid: Grid, criteria: Criteria, status: str
) -> Iterator[dict[str, object]]:
    """Rows by phone and control: responsive units, their largest region, and whether it is where it was."""
    found = [measure(one, criteria) for one in cells]
    regions = [_regions(one, units, grid) for one in found]
    for index, phone in enumerate(found[0].phones):
        for control, one, region in zip(CONTROLS, found, regions, strict=True):
            before, here = regions[0][:, index], region[:, index]
            usable = bool(one.usable[index])
            same = float((before & here).sum() / before.sum()) if before.any() else None
            values = {
                "responsive_units": int(one.responsive[:, index].sum()),
                "region_units": int(here.sum()),
                "same_units": same,
                "agreement": _agreement(found[0].d_prime[:, index], one.d_prime[:, index]),
            }
            known = values if usable else dict.fromkeys(values)
            yield {"phone": phone, "control": control, **known, "status": status if usable else "not testable"}


def _regions(found: Selectivity, units: NDArray[np.int64], grid: Grid) -> NDArray[np.bool_]:
    """Which positions are in the largest region of each phone, ``(positions, phones)``."""
    live = found.live[units]
    inside = np.zeros(found.responsive.shape, dtype=bool)
    if live.any():
        inside[live] = largest(found.responsive[units][live], Lattice.of(grid, "queen", live))
    return inside


def _agreement(one: Floats, other: Floats) -> float | None:
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < FEWEST or not np.ptp(one[known]) or not np.ptp(other[known]):
        return None
    return float(np.corrcoef(one[known], other[known])[0, 1])
