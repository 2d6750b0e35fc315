"""Maps of phones by speaker, and how much the map of each speaker is that of the others."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phonotopy.core.inventory import MEAN, Inventory
from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.blocks import GAP_MM, Block, fitted, map_height, place_blocks
from phonotopy.figures.by_speaker import spread
from phonotopy.figures.colour_scales import colours, symmetric
from phonotopy.figures.grids import NONE, Layers, image, layer_numbers
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables

__all__ = ["AGREEMENT", "MAPS", "MOST_SPEAKERS", "draw", "figure", "named"]

MAPS: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "row": int,
    "column": int,
    "phone": str,
    "speaker": str,
    "d_prime": number,
}
AGREEMENT: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "speaker": str,
    "phone": str,
    "correlation": number,
    "other_phones": number,
}
MOST_SPEAKERS = 8
LEFT_MM, TOP_MM, RIGHT_MM = 22.0, 13.0, 47.0
TALLEST_MM, LEAST_MM, PHONE_MM, FOOT_MM = 200.0, 40.0, 2.2, 13.0  # of all maps; more room between phones; below maps
PANEL_MM, ASIDE_MM, KEY_MM = 33.0, 11.0, 3.6  # of the points: their width, and where they are; of a line of the legend
NAME_MM, LABEL_MM = 12.0, 7.0  # of a speaker, and of a phone, beside the maps, at most
WIDEST = 0.84  # of all conditions in a layer of the panel


def figure(material: Material) -> Figure:
    """The figure of the tables of a run, for one seed."""
    return draw(
        material.by_training("speaker_maps", MAPS),
        material.by_training("speaker_agreement", AGREEMENT),
        material.seed,
        material.layers,
        material.inventory,
        material.conditions,
        private=material.settings["private"],
    )


def named(speakers: Sequence[str], *, private: bool) -> dict[str, str]:
    """Names of speakers for readers: their own, or numbers."""
    return {name: f"{place}" if private else name for place, name in enumerate(sorted(speakers), start=1)}


def draw(
    maps: TrainingTables,
    agreement: TrainingTables,
    seed: int,
    layers: Layers,
    inventory: Inventory,
    conditions: style.Conditions,
    *,
    private: bool,
) -> Figure:
    """Draw maps of each phone, a line per speaker, and beside them correlations with the others' maps, for one seed.

    `maps` and `agreement` hold speaker_maps.tsv and speaker_agreement.tsv of each training; of many speakers the
    first are shown as maps, and all as points.
    """
    with style.styled():
        own = {name: maps[Training(name, seed)] for name in conditions.names if Training(name, seed) in maps}
        every = sorted({row["speaker"] for rows in own.values() for row in rows})
        speakers, phones = every[:MOST_SPEAKERS], list(dict.fromkeys(row["phone"] for r in own.values() for row in r))
        shown = {name: layers[name] for name in own}
        lines = [(phone, speaker) for phone in phones for speaker in speakers]
        spare = PHONE_MM * max(0, len(phones) - 1)
        across = style.WIDTHS_MM["double"] - LEFT_MM - RIGHT_MM
        height = map_height(shown, across, max(1, len(lines)), TALLEST_MM - spare)
        bottom = TOP_MM + max(LEAST_MM, len(lines) * (height + GAP_MM) + spare)
        figure = style.page("double", bottom + FOOT_MM + KEY_MM * len(own))
        if lines:
            blocks = place_blocks(figure, shown, len(lines), height, LEFT_MM, TOP_MM)
            _move(figure, blocks, lines)
            _fill(figure, own, shown, lines, blocks, bottom)
            _names(figure, lines, inventory, height, named(every, private=private))
        _agreement(figure, agreement, seed, shown, conditions, bottom)
        if len(every) > len(speakers):
            text = f"maps of the first {len(speakers)} of {len(every)} speakers; points are all"
            style.note(figure, LEFT_MM, bottom + 10.5, text, color="#595959")
        return figure


def _move(figure: Figure, blocks: Sequence[Block], lines: Sequence[tuple[str, str]]) -> None:
    """Leave more room between the maps of two phones."""
    phones = list(dict.fromkeys(phone for phone, _ in lines))
    down = PHONE_MM * style.MILLIMETRES_PER_INCH**-1 / float(figure.get_size_inches()[1])
    for block in blocks:
        for (line, _), axes in block.axes.items():
            box = axes.get_position()
            axes.set_position((box.x0, box.y0 - down * phones.index(lines[line][0]), box.width, box.height))


def _fill(
    figure: Figure,
    own: Mapping[str, Sequence[Row]],
    layers: Layers,
    lines: Sequence[tuple[str, str]],
    blocks: Sequence[Block],
    bottom: float,
) -> None:
    """Maps, and below each column the colours of its layer, which are those of all conditions."""
    cells: dict[tuple[str, int, str, str], list[Row]] = {}
    for name, rows in own.items():
        for row in rows:
            cells.setdefault((name, row["layer"], row["phone"], row["speaker"]), []).append(row)
    scales = {
        numbered: symmetric([row["d_prime"] for rows in own.values() for row in rows if row["layer"] == numbered])
        for numbered in layer_numbers(layers)
    }
    for (name, several), block in zip(layers.items(), blocks, strict=True):
        left = block.left
        for layer in several:
            for line, key in enumerate(lines):
                axes = block.axes[line, layer.number]
                if (name, layer.number, *key) in cells:
                    style.plain(axes)
                    values = image(cells[name, layer.number, *key], layer.grid, "d_prime")
                    axes.imshow(values, cmap=colours(), norm=scales[layer.number], aspect="auto")
                else:
                    style.faint(axes, NONE)
            width = layer.aspect * block.height
            _bar(figure, scales[layer.number], left, bottom + 0.8, width)
            left += width + GAP_MM
    style.note(figure, LEFT_MM - 2, bottom + 0.4, "d′ (pooled s.d.)", ha="right")


def _bar(figure: Figure, scale: Normalize, left: float, top: float, width: float) -> None:
    axes = style.axes_at(figure, left, top, width, 1.8)
    bar = figure.colorbar(ScalarMappable(scale, colours()), cax=axes, orientation="horizontal")
    bar.outline.set_linewidth(0.4)
    bar.set_ticks([])
    text = f"±{scale.vmax:g}"
    upright = style.text_width(text) > width + GAP_MM
    style.note(figure, left + width / 2, top + 2.4, text, ha="center", rotation=90 if upright else 0)


def _names(
    figure: Figure, lines: Sequence[tuple[str, str]], inventory: Inventory, height: float, names: Mapping[str, str]
) -> None:
    """Speakers beside their maps, as far as there is room, and each phone beside all of its own."""
    phones = list(dict.fromkeys(phone for phone, _ in lines))
    speakers = len(lines) // len(phones)
    known = {item.label: item.ipa for item in inventory.phones}
    for line, (phone, speaker) in enumerate(lines):
        middle = TOP_MM + line * (height + GAP_MM) + PHONE_MM * phones.index(phone) + height / 2
        if height >= 2.8:
            style.note(figure, LEFT_MM - 1.5, middle, fitted(names[speaker], NAME_MM), va="center", ha="right")
    for place, phone in enumerate(phones):
        middle = TOP_MM + place * (speakers * (height + GAP_MM) + PHONE_MM) + speakers * (height + GAP_MM) / 2
        ipa = known.get(phone, "")
        text = f"{phone}\n[{ipa}]" if ipa and ipa != phone else fitted(phone, LABEL_MM)
        style.note(figure, 1.0, middle, text, va="center", fontweight="bold", linespacing=1.3)


def _agreement(
    figure: Figure, tables: TrainingTables, seed: int, layers: Layers, conditions: style.Conditions, bottom: float
) -> None:
    """Correlations of each speaker by layer: filled with the others' map of the same phone, open with other phones."""
    numbers, trainings = layer_numbers(layers), [Training(name, seed) for name in layers]
    left = style.WIDTHS_MM["double"] - RIGHT_MM + ASIDE_MM
    axes = style.axes_at(figure, left, TOP_MM, PANEL_MM, bottom - TOP_MM - GAP_MM)
    step = WIDEST / len(trainings)
    for order, training in enumerate(trainings):
        colour = conditions.colour(training.condition)
        for place, numbered in enumerate(numbers):
            rows = [row for row in tables[training] if row["layer"] == numbered and row["phone"] == MEAN]
            y = place + step * (order - (len(trainings) - 1) / 2 + WIDEST * spread(len(rows)))
            for column, face in (("correlation", colour), ("other_phones", "white")):
                look: dict[str, Any] = {"linestyle": "none", "markersize": 3, "markeredgewidth": 0.6, "color": colour}
                axes.plot([row[column] for row in rows], y, "o", markerfacecolor=face, **look)
    for place in range(1, len(numbers)):
        axes.axhline(place - 0.5, color=style.FAINT, linewidth=0.6, zorder=0)
    axes.axvline(0, color="black", linewidth=0.4, zorder=0)
    axes.set_yticks(range(len(numbers)), [str(numbered) for numbered in numbers])
    low, high = axes.get_xlim()
    axes.set(xlim=(min(low, -0.1), max(high, 1.0)), xticks=[0, 0.5, 1])
    axes.set(ylim=(len(numbers) - 0.5, -0.5), ylabel="layer (a point per speaker)")
    axes.set_xlabel("correlation with the map of\nall other speakers")
    filled = Line2D([], [], linestyle="none", marker="o", markersize=3, color="black", label="same phone")
    hollow = Line2D([], [], linestyle="none", marker="o", markersize=3, color="black", markerfacecolor="white")
    hollow.set_label("other phones")
    style.legend(figure, [filled, hollow], left - 5, 2.0, 1)
    look = {"linestyle": "none", "marker": "o", "markersize": 3}
    who = [Line2D([], [], color=conditions.colour(name), label=name, **look) for name in layers]
    style.legend(figure, who, left - 5, bottom + 11.0, 1)
