"""How the mean response of each layer runs through phones."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, layer_numbers
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "series": str,
    "phone": str,
    **dict.fromkeys(("time", "value", "low", "high"), number),
}
SERIES = "standardised"
ROW_MM, LEFT_MM, RIGHT_MM, TOP_MM, BOTTOM_MM = 19.0, 18.0, 2.5, 15.0, 11.0


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    tables, settings = material.by_training("contours", COLUMNS), material.settings
    return draw(tables, material.seed, material.layers, material.conditions, settings["phones"])


def draw(
    tables: TrainingTables, seed: int, layers: Layers, conditions: style.Conditions, phones: Sequence[str]
) -> Figure:
    """Draw a panel per layer and phone, a line with its interval over speakers per condition."""
    with style.styled():
        numbers = layer_numbers(layers)
        known = {row["phone"] for rows in tables.values() for row in rows if np.isfinite(row["value"])}
        shown = [phone for phone in phones if phone in known] or sorted(known)[:16]
        height = TOP_MM + ROW_MM * len(numbers) + BOTTOM_MM
        figure = style.page("double", height)
        panels = figure.subplots(len(numbers), max(len(shown), 1), sharex=True, sharey="row", squeeze=False)
        # Placed here: to arrange a hundred panels takes matplotlib longer than to draw them.
        figure.subplots_adjust(
            left=LEFT_MM / style.WIDTHS_MM["double"], right=1 - RIGHT_MM / style.WIDTHS_MM["double"],
            bottom=BOTTOM_MM / height, top=1 - TOP_MM / height, wspace=0.25, hspace=0.25,
        )  # fmt: skip
        cells = {name: _by_panel(tables.get(Training(name, seed), [])) for name in conditions.names}
        for line, layer in enumerate(numbers):
            for axes, phone in zip(panels[line], shown, strict=False):
                for name, own in cells.items():
                    _course(axes, own.get((layer, phone), []), conditions.colour(name))
                axes.tick_params(length=1.5)
                if line == 0:
                    axes.set_title(phone)
            panels[line, 0].set_ylabel(f"layer {layer}")
        figure.align_ylabels(panels[:, 0])
        panels[0, 0].set(xlim=(0, 1), xticks=[0, 1], xticklabels=["0", "1"])
        for label in (one for axes in panels[-1] for one in axes.get_xticklabels()):
            label.set_horizontalalignment("left" if label.get_text() == "0" else "right")
        figure.supxlabel("Time (fraction of the duration of the phone)", y=1.5 / height, va="bottom")
        figure.supylabel("Mean response (s.d. of units)", x=1.5 / style.WIDTHS_MM["double"], ha="left")
        known_names = [name for name, own in cells.items() if own]
        who = [handle for handle in conditions.handles() if handle.get_label() in known_names]
        look: dict[str, Any] = {"ncols": 6, "columnspacing": 1.4, "title": "lines: means; bands: 95 % over speakers"}
        corner = (1 - RIGHT_MM / style.WIDTHS_MM["double"], 1.0)
        figure.legend(handles=who, loc="upper right", bbox_to_anchor=corner, **look)
        return figure


def _by_panel(rows: Sequence[Row]) -> dict[tuple[int, str], list[Row]]:
    found: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        if row["series"] == SERIES and np.isfinite(row["value"]):
            found.setdefault((row["layer"], row["phone"]), []).append(row)
    return found


def _course(axes: Axes, rows: Sequence[Row], colour: str) -> None:
    time, value, low, high = (np.array([row[name] for row in rows]) for name in ("time", "value", "low", "high"))
    axes.fill_between(time, low, high, color=colour, alpha=0.25, linewidth=0)
    axes.plot(time, value, color=colour, linewidth=0.8)
