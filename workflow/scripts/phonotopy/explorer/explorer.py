"""What the page of the explorer holds: every measure of every unit of all trainings, within the size of a page."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from phonotopy.core.inventory import Inventory
from phonotopy.explorer.meanings import Meanings, plain, title_of
from phonotopy.explorer.packing import Packed, half, shares, whole
from phonotopy.explorer.trainings_shown import Measure, Shown
from phonotopy.explorer.unit_courses import unit_courses
from phonotopy.selectivity.d_prime import Criteria

__all__ = ["LARGEST_DATA", "Contents", "explored"]

Entry = dict[str, Any]
LARGEST_DATA = 14_000_000  # bytes of arrays in a page
MOST_CATEGORIES = 255
FIGURES = "{:.4g}"
RESPONSIVE = "responsive"  # the column by which maps are outlined


@dataclass
class Contents:
    """What a page holds: `about`, and arrays as texts, which entries of `about` name by their number.

    What would make the page larger than `room` bytes is left out, and named in `about`.
    """

    about: Entry
    room: int
    texts: list[str] = field(default_factory=list)

    def add(self, kind: str, entry: Entry, packed: Packed, name: str) -> None:
        """Add an array, if there is room."""
        if len(packed.text) > self.room:
            left: dict[str, int] = self.about["left_out"]
            left[name] = left.get(name, 0) + 1
            return
        self.room -= len(packed.text)
        self.about[kind].append({**entry, "dtype": packed.dtype, "scale": packed.scale, "text": len(self.texts)})
        self.texts.append(packed.text)

    @property
    def json(self) -> str:
        """What the page holds, as a page may hold it."""
        return json.dumps(self.about, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def explored(
    shown: Sequence[Shown],
    measures: Sequence[Measure],
    inventory: Inventory,
    meanings: Meanings,
    criteria: Criteria,
    *,
    about: Mapping[str, Any],
    room: int = LARGEST_DATA,
) -> Contents:
    """Everything about the trainings: first what every view needs, then courses and filters, then the other measures.

    `about` is what the page says of the run: its corpus and its controls.
    """
    found = Contents(
        {
            **about,
            "phones": [_phone(one, inventory) for one in inventory.labels],
            "trainings": [_training(training) for training in shown],
            "measures": [_measure(measure, meanings) for measure in measures],
            "begin": _most_responsive(measures),
            **{kind: [] for kind in ("maps", "courses", "filters")},
            "left_out": {},
        },
        room,
    )
    first = [n for n, one in enumerate(measures) if n == 0 or one.name == RESPONSIVE]
    for number in first:
        _add_maps(found, number, measures[number], shown)
    for index, training in enumerate(shown):
        _add_courses(found, index, training, criteria)
        _add_filters(found, index, training)
    for number in range(len(measures)):
        if number not in first:
            _add_maps(found, number, measures[number], shown)
    return found


def _most_responsive(measures: Sequence[Measure]) -> str:
    """The label that most units respond to, which a view begins with; the first one where there is no more to say."""
    counts: Counter[str] = Counter()
    for measure in measures:
        for column in measure.columns.values() if measure.name == RESPONSIVE and measure.over == "phone" else ():
            for values in column.values.values():
                counts.update(dict(zip(column.labels, np.nansum(values, axis=1).tolist(), strict=True)))
    return max(counts, key=lambda label: counts[label], default="")


def _phone(label: str, inventory: Inventory) -> Entry:
    phone = next(one for one in inventory.phones if one.label == label)
    return {"label": label, "ipa": phone.ipa, "manner": phone.manner, "example": phone.example}


def _training(training: Shown) -> Entry:
    layers = [
        {
            "number": layer.number,
            "name": layer.name,
            "rows": layer.grid.rows,
            "columns": layer.grid.columns,
            "torus": layer.grid.torus,
            "field_ms": _rounded(1000 * layer.clock.field_s),
            "stride_ms": _rounded(1000 * layer.clock.stride_s),
            "units": None if _in_order(training.units[number]) else training.units[number].tolist(),
        }
        for number, layer in training.layers.items()
    ]
    return {"condition": training.condition, "seed": training.seed, "layers": layers}


def _in_order(units: np.ndarray[Any, Any]) -> bool:
    return bool((units == np.arange(len(units))).all())


def _rounded(value: float) -> float | None:
    return float(FIGURES.format(value)) if np.isfinite(value) else None


def _measure(measure: Measure, meanings: Meanings) -> Entry:
    file = f"{measure.table}.tsv"
    meaning = meanings.of(file, measure.name)
    if not meaning.text:
        meaning = meanings.of_measure(file, measure.name)
    return {
        "id": f"{measure.table}.{measure.name}",
        "table": measure.table,
        "title": title_of(measure.name, measure.table),
        "unit": meaning.unit,
        "meaning": plain(meaning.text),
        "kind": measure.kind,
        "outlines": measure.name == RESPONSIVE,
        "over": measure.over,
        "labels": measure.labels,
        "categories": measure.categories,
    }


def _add_maps(found: Contents, number: int, measure: Measure, shown: Sequence[Shown]) -> None:
    for index in measure.columns:
        values = measure.values(index, shown[index].layers)
        coded = measure.kind == "boolean" or 0 < len(measure.categories) <= MOST_CATEGORIES
        entry = {"training": index, "measure": number}
        name = f"{title_of(measure.name)} ({measure.table})"
        found.add("maps", entry, whole(values) if coded else half(values), name)


def _add_courses(found: Contents, index: int, training: Shown, criteria: Criteria) -> None:
    for one in unit_courses(training.files, criteria):
        packed, largest = shares(one.contrast)
        entry = {"training": index, "layer": one.layer, "phones": one.phones}
        entry |= {"lag_ms": [*map(_rounded, one.lag_ms)], "largest": [*map(_rounded, largest)]}
        found.add("courses", entry, packed, "courses of units")


def _add_filters(found: Contents, index: int, training: Shown) -> None:
    for layer, weights in _filters(training):
        packed, largest = shares(weights)
        entry = {"training": index, "layer": layer, "shape": weights.shape[1:], "largest": [*map(_rounded, largest)]}
        found.add("filters", entry, packed, "filters")


def _filters(training: Shown) -> Iterator[tuple[int, np.ndarray[Any, Any]]]:
    """Weights by layer, if there are any."""
    if training.filters is None:
        return
    with np.load(training.filters, allow_pickle=False) as arrays:
        for layer in training.layers:
            yield layer, arrays[f"layer{layer}"].astype(np.float64)
