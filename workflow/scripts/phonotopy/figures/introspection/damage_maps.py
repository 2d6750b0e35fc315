"""What phones lose where a disc of the map is silent, beside what units respond to."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from phonotopy.core.tables import integer, number
from phonotopy.figures import style
from phonotopy.figures.grids import Layer, Layers, image
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["LESIONS", "SELECTIVITY", "draw", "figure"]

Columns = Mapping[str, Callable[[str], Any]]
POSITION: Columns = {"layer": int, "row": integer, "column": integer, "phone": str}
LESIONS: Columns = {**POSITION, "set": str, "loss": number}
SELECTIVITY: Columns = {**POSITION, "d_prime": number}
LINES = {"d_prime": "d′", "loss": "loss by disc"}
KEYS = {"d_prime": "d′ of the unit (s.d.)", "loss": "loss of log-probability by the disc around it (nats)"}
MOST_PHONES = 8
LINE_MM, FOOT_MM, TALLEST_MM = 25.0, 16.0, 220.0
PERCENTILE = 99.5  # of the values of a measure, at which its colours end
Maps = Mapping[tuple[str, str, str], NDArray[np.float64]]  # by condition, measure and phone


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    lesions = material.by_training("lesion_map", LESIONS)
    selectivity = material.by_training("selectivity", SELECTIVITY)
    phones = material.settings["phones"]
    return draw(lesions, selectivity, material.seed, material.layers, material.conditions, phones)


def draw(
    lesions: TrainingTables,
    selectivity: TrainingTables,
    seed: int,
    layers: Layers,
    conditions: style.Conditions,
    phones: Sequence[str],
) -> Figure:
    """Draw two lines of maps per condition, of the last layer that was lesioned, and a column per phone with letters.

    `lesions` holds lesion_map.tsv and `selectivity` selectivity.tsv of each training.
    """
    with style.styled():
        names = [name for name in conditions.names if Training(name, seed) in lesions]
        discs = {name: [row for row in lesions[Training(name, seed)] if row["set"] == "disc"] for name in names}
        shown = _shown(discs, phones)
        height = min(LINE_MM, TALLEST_MM / (2 * max(1, len(names))))
        page = style.page("double", 2 * height * max(1, len(names)) + FOOT_MM, arranged=True)
        if not shown:
            style.faint(page.subplots(), "no phone has letters in all conditions")
            return page
        chosen = {name: _last(discs[name], layers[name]) for name in names}
        cells = {(name, "loss"): discs[name] for name in names}
        cells |= {(name, "d_prime"): list(selectivity[Training(name, seed)]) for name in names}
        maps = _maps(cells, chosen, shown)
        _draw(page, maps, chosen, shown)
        return page


def _last(rows: Sequence[Row], layers: Sequence[Layer]) -> Layer:
    deepest = max(row["layer"] for row in rows)
    return next(layer for layer in layers if layer.number == deepest)


def _shown(discs: Mapping[str, Sequence[Row]], phones: Sequence[str]) -> list[str]:
    """Phones that have a loss in every condition, spread over the given ones."""
    known = [{row["phone"] for row in rows if np.isfinite(row["loss"])} for rows in discs.values()]
    found = [phone for phone in phones if known and all(phone in own for own in known)]
    return found[:: max(1, -(-len(found) // MOST_PHONES))]


def _maps(cells: Mapping[tuple[str, str], Sequence[Row]], chosen: Mapping[str, Layer], phones: Sequence[str]) -> Maps:
    return {
        (name, measure, phone): image(
            [row for row in rows if (row["layer"], row["phone"]) == (chosen[name].number, phone)],
            chosen[name].grid,
            measure,
        )
        for (name, measure), rows in cells.items()
        for phone in phones
    }


def _draw(page: Figure, maps: Maps, chosen: Mapping[str, Layer], phones: Sequence[str]) -> None:
    axes = page.subplots(2 * len(chosen), len(phones), squeeze=False)
    scales = {measure: _scale(maps, measure) for measure in LINES}
    colours = mpl.colormaps[style.DIVERGING].with_extremes(bad=style.DEAD)
    for first, (name, layer) in enumerate(chosen.items()):
        for line, (measure, title) in enumerate(LINES.items(), start=2 * first):
            for here, phone in zip(axes[line], phones, strict=True):
                style.plain(here)
                here.imshow(maps[name, measure, phone], cmap=colours, norm=scales[measure])
                if line == 0:
                    here.set_title(phone)
            axes[line, 0].set_ylabel(f"{name}, layer {layer.number}\n{title}" if measure == "d_prime" else f"\n{title}")
    for column, (measure, text) in enumerate(KEYS.items()):
        half = axes[:, : len(phones) // 2] if column == 0 else axes[:, len(phones) // 2 :]
        mappable = ScalarMappable(scales[measure], colours)
        bar = page.colorbar(mappable, ax=half, orientation="horizontal", shrink=0.6, aspect=30, pad=0.02)
        bar.set_label(text)
        bar.outline.set_linewidth(0.4)


def _scale(maps: Maps, measure: str) -> Normalize:
    """Symmetric about 0, the same for all maps of a measure."""
    values = np.abs(np.concatenate([found.ravel() for (_, own, _), found in maps.items() if own == measure]))
    known = values[np.isfinite(values)]
    limit = float(f"{np.percentile(known, PERCENTILE):.2g}") if len(known) else 1.0
    return Normalize(-limit, limit) if limit > 0 else Normalize(-1, 1)
