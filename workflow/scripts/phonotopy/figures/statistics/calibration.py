"""How often tests call chance significant, and how often they find a planted patch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row

__all__ = ["POWER", "RATES", "draw", "figure"]

RATES: Mapping[str, Callable[[str], Any]] = {
    "test": str,
    "null": str,
    "data_sets": int,
    "rate": number,
    "allowed_low": number,
    "allowed_high": number,
}
POWER: Mapping[str, Callable[[str], Any]] = {
    "units": int,
    "d_prime": number,
    "background_sd": number,
    "simulations": int,
    "power": number,
    "outlined": number,
}
KEPT, BROKEN = "o", "X"  # markers of rates within and outside of what is allowed
SPREAD = 2.0  # of an interval, in binomial standard deviations
COLOURS, LIGHTEST = "viridis", 0.85
ROW_MM, FRAME_MM = 4.2, 26.0
OUTLINED = (0, (1, 1))  # of patches whose outline is found too


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    return draw(material.table("calibration", RATES), material.table("power", POWER))


def draw(rates: Sequence[Row], power: Sequence[Row]) -> Figure:
    """Draw the rejection rate of each test with the rates that are allowed, and found patches over the background.

    `rates` are rows of calibration.tsv, `power` those of power.tsv, with the columns of this module.
    """
    with style.styled():
        figure = style.page("double", FRAME_MM + ROW_MM * len(rates), arranged=True)
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        _rates(left, rates)
        _power(right, power)
        style.letter(left, "a")
        style.letter(right, "b")
        page_legend(figure, _handles(power))
        return figure


def _handles(power: Sequence[Row]) -> list[Line2D | Patch]:
    """Legend entries of both panels."""
    marks: dict[str, Any] = {"linestyle": "none", "color": "black"}
    sizes = sorted({row["units"] for row in power})
    return [
        Line2D([], [], marker=KEPT, label="within what is allowed", **marks),
        Line2D([], [], marker=BROKEN, markersize=6, label="outside", **marks),
        Patch(color=style.FAINT, label="allowed"),
        *(
            Line2D([], [], marker=style.MARKERS[n], color=_colour(n, sizes), label=f"{units} units")
            for n, units in enumerate(sizes)
        ),
        Line2D([], [], color="black", linestyle=OUTLINED, label="with its outline"),
    ]


def _colour(order: int, sizes: Sequence[int]) -> Any:
    return mpl.colormaps[COLOURS](LIGHTEST * order / max(1, len(sizes) - 1))


def _rates(axes: Axes, rows: Sequence[Row]) -> None:
    positions = np.arange(len(rows))[::-1]
    for position, row in zip(positions, rows, strict=True):
        rate, sets = row["rate"], row["data_sets"]
        kept = row["allowed_low"] <= rate <= row["allowed_high"]
        axes.barh(
            position, row["allowed_high"] - row["allowed_low"], 0.8, row["allowed_low"], color=style.FAINT, zorder=0
        )
        axes.hlines(
            position, *(rate + sign * SPREAD * np.sqrt(rate * (1 - rate) / sets) for sign in (-1, 1)), color="black"
        )
        axes.plot(rate, position, KEPT if kept else BROKEN, color="black", markersize=4 if kept else 6)
    axes.axvline(0.05, color="black", linewidth=0.5, linestyle=(0, (4, 3)))
    axes.set_yticks(positions, [f"{_words(row['test'])} ({row['null']})" for row in rows])
    axes.set_ylabel("Test (null)")
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.set_xlim(0, max(0.1, *(1.1 * row["rate"] for row in rows)))
    axes.set_xlabel(f"Share of null data sets rejected at .05 (± {SPREAD:g} s.d.)")


def _words(test: str) -> str:
    """The name of a test as people write it."""
    return {"esda_p_sim": "Moran’s I, p_sim of esda"}.get(
        test, test.replace("_", " ").replace("morans i", "Moran’s I").replace("gearys c", "Geary’s C")
    )


def _power(axes: Axes, rows: Sequence[Row]) -> None:
    sizes = sorted({row["units"] for row in rows})
    for order, units in enumerate(sizes):
        curve = sorted((row for row in rows if row["units"] == units), key=lambda row: float(row["background_sd"]))
        colour = _colour(order, sizes)
        x, found, outlined = np.array([(row["background_sd"], row["power"], row["outlined"]) for row in curve]).T
        error = SPREAD * np.sqrt(found * (1 - found) / [row["simulations"] for row in curve])
        symbol = style.MARKERS[order]
        axes.errorbar(x, found, error, marker=symbol, color=colour, clip_on=False)
        axes.plot(x, outlined, color=colour, linestyle=OUTLINED, zorder=1)
    axes.axhline(0.9, color="black", linewidth=0.5, linestyle=(0, (4, 3)))
    axes.set_ylim(0, 1)
    measured = sorted({row["background_sd"] for row in rows})
    axes.set_xticks(measured)
    axes.set_xlabel(f"Background s.d. (patch of d′ = {rows[0]['d_prime']:g})")
    axes.set_ylabel("Share of planted patches found")
