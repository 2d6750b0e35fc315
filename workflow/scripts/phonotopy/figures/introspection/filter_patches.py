"""The filters of the first hidden layer as patches of bands and time, each at the position of its unit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from phonotopy.core.grid import Grid
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.colour_scales import swatch, symmetric
from phonotopy.figures.grids import Layers
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["COLUMNS", "Patches", "draw", "figure"]

Floats = NDArray[np.float64]
COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "row": int,
    "column": int,
    "frequency_hz": number,
    "time_ms": number,
    "weight": number,
}
LEFT_MM, TOP_MM, GAP_MM, BOTTOM_MM = 1.0, 6.0, 5.0, 42.0
TALLEST_MM, UPRIGHT, MARGIN = 165.0, 1.7, 0.12  # of the grids; height over width of a patch; its white share
KEY_MM, KEY_HEIGHT_MM, BAR_MM = 22.0, 26.0, 50.0  # of the enlarged patch, and of the colour bar
MOST_ENLARGED = 4  # trainings of which a patch is enlarged
TICKS_HZ = (125, 250, 500, 1000, 2000, 4000, 8000)
LINE_PT = 0.35
WEIGHTS = style.DIVERGING
FRAME: Mapping[str, Any] = {"fill": False, "edgecolor": "black", "linewidth": 0.9}


class Patches(NamedTuple):
    """Filters of one training at their positions, ``weight (rows, columns, bands, frames)``, NaN of dead units."""

    weight: Floats
    frequency_hz: Floats
    time_ms: Floats

    @classmethod
    def of(cls, rows: Sequence[Row], grid: Grid) -> Self:
        """From rows of filter_weights.tsv, which go through bands and frames unit by unit."""
        frames = len(dict.fromkeys(row["time_ms"] for row in rows))
        bands = len(rows) // (grid.units * frames)
        columns = {name: np.array([row[name] for row in rows]) for name in COLUMNS}
        weight = np.full((grid.units, bands, frames), np.nan)
        weight[columns["row"][:: bands * frames] * grid.columns + columns["column"][:: bands * frames]] = columns[
            "weight"
        ].reshape(-1, bands, frames)
        frequencies = columns["frequency_hz"][: bands * frames : frames]
        return cls(weight.reshape(grid.rows, grid.columns, bands, frames), frequencies, columns["time_ms"][:frames])

    @property
    def banded(self) -> bool:
        """Whether filters look at bands, not at samples."""
        return bool(np.isfinite(self.frequency_hz).all())

    @property
    def dead(self) -> NDArray[np.bool_]:
        """Positions of units without weights, ``(rows, columns)``."""
        return np.asarray(np.isnan(self.weight).all(axis=(2, 3)))

    @property
    def middle(self) -> tuple[int, int]:
        """The position in the middle of the grid, or the first one behind it that is not dead."""
        rows, columns = self.dead.shape
        start = (rows // 2) * columns + columns // 2
        order = np.roll(np.arange(rows * columns), -start)
        alive = order[~self.dead.ravel()[order]]
        row, column = divmod(int(alive[0] if len(alive) else start), columns)
        return row, column


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    return draw(material.by_training("filter_weights", COLUMNS), material.seed, material.layers, material.conditions)


def draw(tables: TrainingTables, seed: int, layers: Layers, conditions: style.Conditions) -> Figure:
    """Draw the filters of one seed on the grid, conditions side by side, with one patch enlarged.

    `tables` holds filter_weights.tsv of each training.
    """
    with style.styled():
        names = [name for name in conditions.names if Training(name, seed) in tables]
        found = {name: Patches.of(tables[Training(name, seed)], layers[name][0].grid) for name in names}
        across = style.WIDTHS_MM["double"] - 2 * LEFT_MM - GAP_MM * (len(names) - 1)
        width = across / len(names)
        heights = {
            name: min(TALLEST_MM, UPRIGHT * width * patches.dead.shape[0] / patches.dead.shape[1])
            for name, patches in found.items()
        }
        bottom = TOP_MM + max(heights.values()) + 3
        figure = style.page("double", bottom + BOTTOM_MM)
        limit = float(symmetric(np.concatenate([one.weight.ravel() for one in found.values()])).vmax or 1.0)
        for place, (name, patches) in enumerate(found.items()):
            left = LEFT_MM + place * (width + GAP_MM)
            style.note(figure, left + width / 2, 1.0, name, ha="center", fontweight="bold")
            _grid(style.axes_at(figure, left, TOP_MM, width, heights[name]), patches, limit)
        _keys(figure, found, limit, bottom)
        return figure


def _grid(axes: Axes, patches: Patches, limit: float) -> None:
    """All patches of a training in one picture, and a frame around the one that is enlarged."""
    rows, columns = patches.dead.shape
    axes.set(xlim=(0, columns), ylim=(rows, 0), xticks=[], yticks=[])
    axes.axis("off")
    for row, column in np.argwhere(patches.dead):
        inside = 1 - MARGIN
        axes.add_patch(
            Rectangle((column + MARGIN / 2, row + MARGIN / 2), inside, inside, color=style.DEAD, linewidth=0)
        )
    if patches.banded:
        picture = mosaic(patches.weight[:, :, ::-1])  # the lowest band is at the bottom
        axes.imshow(picture, cmap=WEIGHTS, norm=Normalize(-limit, limit), aspect="auto", extent=(0, columns, rows, 0))
    else:
        axes.add_collection(LineCollection(_curves(patches, limit), colors="black", linewidths=LINE_PT), autolim=False)
    row, column = patches.middle
    axes.add_patch(Rectangle((column, row), 1, 1, clip_on=False, **FRAME))


def mosaic(weight: Floats) -> Floats:
    """Patches ``(rows, columns, bands, frames)`` beside each other in one image, with NaN between them."""
    rows, columns, bands, frames = weight.shape
    down, across = (max(1, round(MARGIN * size / (1 - MARGIN) / 2)) for size in (bands, frames))
    padded = np.pad(weight, ((0, 0), (0, 0), (down, down), (across, across)), constant_values=np.nan)
    return padded.swapaxes(1, 2).reshape(rows * (bands + 2 * down), columns * (frames + 2 * across))


def _curves(patches: Patches, limit: float) -> list[Floats]:
    """Filters of samples as curves in their cells, whose height is from −limit to limit."""
    frames = patches.weight.shape[3]
    time = np.linspace(MARGIN / 2, 1 - MARGIN / 2, frames)
    height = np.clip(patches.weight[:, :, 0] / limit, -1, 1) * (1 - MARGIN) / 2
    alive = np.argwhere(~patches.dead)
    return [np.column_stack([column + time, row + 0.5 - height[row, column]]) for row, column in alive]


def _keys(figure: Figure, found: Mapping[str, Patches], limit: float, top: float) -> None:
    """An enlarged patch of each training with its axes, and the colours, as far as there are any."""
    banded = any(patches.banded for patches in found.values())
    room = (style.WIDTHS_MM["double"] - (BAR_MM + 10 if banded else 5)) / min(len(found), MOST_ENLARGED)
    for place, (name, patches) in enumerate(list(found.items())[:MOST_ENLARGED]):
        left = LEFT_MM + 14 + place * room
        width = min(KEY_MM, room - 17)
        _enlarged(style.axes_at(figure, left, top + 4.5, width, KEY_HEIGHT_MM), patches, limit)
        style.note(figure, left + width / 2, top + 0.5, f"framed: {name}", ha="center")
    left = style.WIDTHS_MM["double"] - BAR_MM - 7
    if banded:
        bar = style.axes_at(figure, left, top + 5, BAR_MM, 2.5)
        key = figure.colorbar(ScalarMappable(Normalize(-limit, limit), WEIGHTS), cax=bar, orientation="horizontal")
        key.set_ticks([-limit, 0, limit], labels=[f"≤ −{limit:g}", "0", f"≥ {limit:g}"])
        bar.set_xlabel("weight (every filter has length 1)")
    if any(patches.dead.any() for patches in found.values()):
        swatch(figure, left, top + 18, "dead unit: all weights are zero")


def _ticks(frequency_hz: Floats) -> dict[float, int]:
    """Round frequencies by their position among the bands, a line of text apart; the highest first."""
    apart = len(frequency_hz) * style.TEXT_PT / style.POINTS_PER_INCH * style.MILLIMETRES_PER_INCH / KEY_HEIGHT_MM
    found: dict[float, int] = {}
    for hertz in (hertz for hertz in TICKS_HZ[::-1] if frequency_hz[0] <= hertz <= frequency_hz[-1]):
        place = float(np.interp(hertz, frequency_hz, np.arange(len(frequency_hz))))
        if not found or min(found) - place >= 1.2 * apart:
            found[place] = hertz
    return found


def _enlarged(axes: Axes, patches: Patches, limit: float) -> None:
    own, time = patches.weight[patches.middle], patches.time_ms
    half = (time[1] - time[0]) / 2 if len(time) > 1 else 0.5
    axes.set_xlabel("time (ms)")
    if patches.banded:
        extent = (time[0] - half, time[-1] + half, len(own) - 0.5, -0.5)
        axes.imshow(own[::-1], cmap=WEIGHTS, norm=Normalize(-limit, limit), aspect="auto", extent=extent)
        ticks = _ticks(patches.frequency_hz)
        axes.set_yticks([len(own) - 1 - place for place in ticks], [f"{hertz:,}" for hertz in ticks.values()])
        axes.set_ylabel("frequency (Hz)")
    else:
        axes.plot(time, own[0], color="black", linewidth=0.6)
        axes.set(ylim=(-limit, limit), xlim=(time[0], time[-1]), ylabel="weight (length 1)")
