"""Methods of attribution: how much each phone suffers, how the score falls, and how alike methods are."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.legends import page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.palette import METHODS
from phonotopy.figures.trainings import Row, TrainingTables

__all__ = ["AGREEMENT", "COLUMNS", "CURVES", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "method": str,
    "phone": str,
    "score": str,
    "against": str,
    "value": number,
    "control": number,
    "q": number,
}
AGREEMENT: Mapping[str, Callable[[str], Any]] = {"first": str, "second": str, "value": number, "control": number}
CURVES: Mapping[str, Callable[[str], Any]] = {
    "method": str,
    "curve": str,
    "fraction": number,
    "value": number,
    "low": number,
    "high": number,
}
NAMES = {
    "saliency": "saliency",
    "input_x_gradient": "input × gradient",
    "guided_backpropagation": "guided backprop.",
    "deconvolution": "deconvolution",
    "integrated_gradients": "integrated grad.",
    "deep_lift": "DeepLIFT",
    "occlusion": "occlusion",
    "integrated_gradients_silence": "int. grad. (silence)",
    "deep_lift_silence": "DeepLIFT (silence)",
    "energy": "energy",
    "random": "random",
}
CONTROLS = {"energy": "--", "random": ":"}
DASHES = (0, (4, 1, 1, 1))  # of methods beyond the palette
MISSING = style.FAINT
LEGEND_MM, LINE_MM, TALLEST_MM = 18.0, 70.0, 228.0


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, of one seed."""
    tables = (
        material.by_training("attribution", COLUMNS),
        material.by_training("attribution_curves", CURVES),
        material.by_training("attribution_agreement", AGREEMENT),
    )
    return draw(*tables, material.conditions)


def draw(
    scores: TrainingTables, curves: TrainingTables, agreement: TrainingTables, conditions: style.Conditions
) -> Figure:
    """Draw a line of three panels per condition, in the order of conditions; tables hold one seed."""
    trainings = sorted(scores, key=lambda training: conditions.names.index(training.condition))
    with style.styled():
        figure = style.page(
            "double", LEGEND_MM + min(LINE_MM, TALLEST_MM / len(trainings)) * len(trainings), arranged=True
        )
        panels = figure.subplots(len(trainings), 3, squeeze=False, gridspec_kw={"width_ratios": [1.2, 1, 1.2]})
        for line, training in zip(panels, trainings, strict=True):
            _phones(line[0], scores[training])
            _curves(line[1], curves[training])
            _matrix(line[2], agreement[training])
            line[0].set_ylabel(training.condition, fontweight="bold")
        for axes, text in zip(panels.flat, "abcdefghijklmnopqrstuvwxyz", strict=False):
            style.letter(axes, text)
        page_legend(figure, _handles(curves))
        return figure


def _names(rows: Sequence[Row], *columns: str) -> list[str]:
    """Methods that rows are about, in the order of figures."""
    found = {row[column] for row in rows for column in columns}
    return [name for name in NAMES if name in found]


def _phones(axes: Axes, rows: Sequence[Row]) -> None:
    shown = [row for row in rows if row["score"] == "deletion" and row["against"] == "random"]
    methods = [name for name in _names(shown, "method") if name not in CONTROLS] + [
        name for name in CONTROLS if name in _names(shown, "method")
    ]
    phones = list(dict.fromkeys(row["phone"] for row in shown))
    phones = [phone for phone in phones if phone != MEAN] + [MEAN]
    gains = np.full((len(phones), len(methods)), np.nan)
    for row in shown:
        gains[phones.index(row["phone"]), methods.index(row["method"])] = row["control"] - row["value"]
    image = _image(axes, gains, "viridis", None)
    axes.set_xticks(range(len(methods)), [NAMES[name] for name in methods], rotation=90)
    axes.set_yticks(range(len(phones)), phones)
    axes.set_xlabel("Method")
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.7, pad=0.02)
    bar.set_label("area under deletion,\nrandom − method")


def _image(axes: Axes, values: np.ndarray, colours: str, limits: tuple[float, float] | None) -> Any:
    axes.set_facecolor(MISSING)
    low, high = limits or (None, None)
    return axes.imshow(np.ma.masked_invalid(values), cmap=colours, vmin=low, vmax=high, aspect="auto")


def _curves(axes: Axes, rows: Sequence[Row]) -> None:
    for name in _names(rows, "method"):
        shown = [row for row in rows if row["method"] == name and row["curve"] == "deletion"]
        x = [100 * row["fraction"] for row in shown]
        look = _look(name)
        axes.plot(x, [row["value"] for row in shown], **look)
        low, high = ([row[end] for row in shown] for end in ("low", "high"))
        axes.fill_between(x, low, high, color=look["color"], alpha=0.15, linewidth=0)
    axes.axhline(0, color="black", linewidth=0.4, zorder=0)
    axes.set_xscale("symlog", linthresh=1)
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 1, 10, 100], ["0", "1", "10", "100"])
    axes.set(xlabel="Cells deleted (%, log scale from 1)", ylabel="Score (share of that of all cells)")


def _look(name: str) -> dict[str, Any]:
    if name in CONTROLS:
        return {"color": "black", "linestyle": CONTROLS[name]}
    order = [one for one in NAMES if one not in CONTROLS].index(name)
    turn, order = divmod(order, len(METHODS))
    return {"color": METHODS[order], "linestyle": ("-", DASHES)[turn]}


def _matrix(axes: Axes, rows: Sequence[Row]) -> None:
    methods = _names(rows, "first", "second")
    values = np.full((len(methods), len(methods)), np.nan)
    for row in rows:
        one, other = sorted((methods.index(row["first"]), methods.index(row["second"])))
        values[other, one], values[one, other] = row["value"], row["control"]
    image = _image(axes, values, "viridis", (0.0, 1.0))
    labels = [NAMES[name] for name in methods]
    axes.set_xticks(range(len(methods)), labels, rotation=90)
    axes.set_yticks(range(len(methods)), labels)
    axes.set(xlabel="Method", ylabel="Method")
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.7, pad=0.02)
    bar.set_label("Rank correlation: same token (lower),\nanother token (upper triangle)")


def _handles(curves: TrainingTables) -> list[Line2D]:
    rows = [row for table in curves.values() for row in table]
    return [Line2D([], [], label=NAMES[name], **_look(name)) for name in _names(rows, "method")]
