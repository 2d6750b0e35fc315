"""How well layers predict properties of the sound, and whether what units follow is mapped."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, layer_numbers, layer_ticks
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables, seeds_of

__all__ = ["CONTROLS", "MAPS", "PREDICTION", "PROPERTIES", "draw", "figure"]

PROPERTIES = {  # and how titles name them
    "f0": "pitch",
    "intensity": "intensity",
    "harmonicity": "harmonicity",
    "f1": "F1",
    "f2": "F2",
    "f3": "F3",
    "centroid": "centroid",
}
CONTROLS = {"none": "-", "phone": "--", "shifted": ":"}  # of maps, with styles of lines
PREDICTION: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    **dict.fromkeys(("property", "network", "predictor"), str),
    "r_squared": number,
}
MAPS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    **dict.fromkeys(("measure", "label", "control"), str),
    "morans_i": number,
}
MISSING = "not\ntestable"


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    prediction = material.by_training("acoustic_prediction", PREDICTION)
    maps = material.by_training("acoustic_maps", MAPS)
    return draw(prediction, maps, material.layers, material.conditions)


def draw(prediction: TrainingTables, maps: TrainingTables, layers: Layers, conditions: style.Conditions) -> Figure:
    """Draw a column per property: prediction from a layer and its mean above, Moran's I of correlations below."""
    with style.styled():
        figure = style.page("double", 100, arranged=True)
        shown = {name: title for name, title in PROPERTIES.items() if _known(prediction, maps, name)}
        if not shown:
            style.faint(figure.subplots(), "no property can be tested")
            return figure
        panels = figure.subplots(2, len(shown), sharex=True, sharey="row", squeeze=False)
        for (name, title), (above, below) in zip(shown.items(), panels.T, strict=True):
            above.set_title(title)
            for axes in (above, below):
                axes.axhline(0, color="black", linewidth=0.4, zorder=0)
            some = [
                _predicted(above, prediction, layers, conditions, name),
                _mapped(below, maps, layers, conditions, name),
            ]
            for axes, known in zip((above, below), some, strict=True):
                if not known:
                    axes.text(0.5, 0.5, MISSING, transform=axes.transAxes, ha="center", va="center", color="#595959")
            layer_ticks(below, layers, fields=False)
            below.set_xlabel("")
        panels[0, 0].set_ylabel("Predicted variance\n(R², unseen speakers)")
        panels[1, 0].set_ylabel("Moran's I of\ncorrelations")
        figure.align_ylabels()
        panels[1, len(shown) // 2].set_xlabel("Layer")
        who = [*conditions.handles(), *style.seed_handles(seeds_of(prediction))]
        style.letter(panels[0, 0], "a")
        style.letter(panels[1, 0], "b")
        page_legend(figure, who)
        left_out = [title for name, title in PROPERTIES.items() if name not in shown]
        told = f"not testable: {', '.join(left_out)}" if left_out else None
        look: dict[str, Any] = {"ncols": 3, "columnspacing": 1.6, "title": told, "alignment": "left"}
        figure.legend(handles=_handles(), loc="outside lower left", **look)
        return figure


def _known(prediction: TrainingTables, maps: TrainingTables, name: str) -> bool:
    """Whether anything is known of a property."""
    return any(
        row["property"] == name and np.isfinite(row["r_squared"]) for own in prediction.values() for row in own
    ) or any(row["label"] == name and np.isfinite(row["morans_i"]) for own in maps.values() for row in own)


def _predicted(axes: Axes, tables: TrainingTables, layers: Layers, conditions: style.Conditions, name: str) -> bool:
    """Draw predictions of a property; whether there are any."""
    own = {training: [row for row in rows if row["property"] == name] for training, rows in tables.items()}
    for training, rows in own.items():
        chosen = {
            ("layer", "trained"): {"linestyle": "-"},
            ("layer", "untrained"): {"linestyle": "--"},
            ("standardised", "trained"): {"linestyle": ":"},
        }
        for (predictor, network), given in chosen.items():
            shown = [row for row in rows if (row["predictor"], row["network"]) == (predictor, network)]
            marked = (predictor, network) == ("layer", "trained")
            _line(axes, shown, "r_squared", layers, conditions, training, seeds_of(tables), marked=marked, **given)
    return any(np.isfinite(row["r_squared"]) for rows in own.values() for row in rows)


def _mapped(axes: Axes, tables: TrainingTables, layers: Layers, conditions: style.Conditions, name: str) -> bool:
    """Draw Moran's I of the correlations with a property; whether there is any."""
    given = {"measure": "correlation", "label": name}
    own = {t: [row for row in rows if all(row[n] == v for n, v in given.items())] for t, rows in tables.items()}
    for training, rows in own.items():
        for control, line in CONTROLS.items():
            shown = [row for row in rows if row["control"] == control]
            marked, seeds = control == "none", seeds_of(tables)
            _line(axes, shown, "morans_i", layers, conditions, training, seeds, marked=marked, linestyle=line)
    return any(np.isfinite(row["morans_i"]) for rows in own.values() for row in rows)


def _line(
    axes: Axes,
    rows: Sequence[Row],
    column: str,
    layers: Layers,
    conditions: style.Conditions,
    training: Training,
    seeds: Sequence[int],
    *,
    marked: bool,
    linestyle: Any,
) -> None:
    numbers, colour = layer_numbers(layers), conditions.colour(training.condition)
    x, y = [numbers.index(row["layer"]) for row in rows], [row[column] for row in rows]
    symbol = style.marker(seeds, training.seed) if marked else ""
    face: dict[str, Any] = {"markerfacecolor": "white", "markersize": 3}
    axes.plot(x, y, linestyle, marker=symbol, color=colour, linewidth=0.8, **face)


def _handles() -> list[Line2D]:
    """Legend entries of lines, which differ between rows of panels."""
    texts: dict[Any, str] = {
        "-": "a: trained layer\nb: with the property",
        "--": "a: layer before training\nb: given the phone",
        ":": "a: mean of the trained layer\nb: contours of other utterances",
    }
    return [Line2D([], [], color="black", linewidth=0.8, ls=line, label=text) for line, text in texts.items()]
