"""Files of the trainings that a page shows, and the measures that these have between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.geometry import Layer, read_geometry
from phonotopy.activations.placement import read_placement
from phonotopy.explorer.unit_courses import ResponseFiles
from phonotopy.explorer.unit_tables import Kind, UnitColumn, is_of_units, read_columns

__all__ = ["Measure", "Shown", "measures_of", "shown_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shown:
    """One training: where its results are. `filters` is None where there are no weights."""

    condition: str
    seed: int
    files: ResponseFiles
    tables: tuple[Path, ...]
    filters: Path | None

    @cached_property
    def layers(self) -> Mapping[int, Layer]:
        """Its layers by number."""
        return read_geometry(self.files.geometry)

    @cached_property
    def units(self) -> dict[int, NDArray[np.int64]]:
        """The unit at each position, by layer."""
        return read_placement(self.files.placement, {number: layer.grid for number, layer in self.layers.items()})

    @cached_property
    def columns(self) -> list[UnitColumn]:
        """What its tables say of every unit."""
        grids = {number: layer.grid for number, layer in self.layers.items()}
        return [column for table in self.tables if is_of_units(table) for column in read_columns(table, grids)]


@dataclass(frozen=True)
class Measure:
    """What units of several trainings have under one name, with the labels and categories of all of them."""

    table: str
    name: str
    kind: Kind
    over: str
    labels: tuple[str, ...]
    categories: tuple[str, ...]
    columns: Mapping[int, UnitColumn]  # by the number of the training

    def values(self, training: int, layers: Mapping[int, Layer]) -> Floats:
        """All maps of a training, layer by layer and label by label, one after the other."""
        column = self.columns[training]
        codes = np.array([self.categories.index(name) for name in column.categories], dtype=np.float64)
        parts = []
        for number, layer in layers.items():
            found = np.full((len(self.labels), layer.grid.units), np.nan)
            if number in column.values:
                values = column.values[number]
                known = np.isfinite(values)
                coded = np.where(known, codes[np.where(known, values, 0).astype(int)], np.nan) if len(codes) else values
                found[[self.labels.index(label) for label in column.labels]] = coded
            parts.append(found.ravel())
        return np.concatenate(parts)


def shown_of(
    runs: Sequence[tuple[str, int]], files: Mapping[str, Iterable[str]], origins: Sequence[str]
) -> list[Shown]:
    """The trainings of these conditions and seeds: `files` by kind, each below ``{condition}/seed{seed}/``.

    `origins` are the files of responses in the order of trainings, which layouts have from other conditions.
    """
    by_kind = {kind: _by_training(paths) for kind, paths in files.items()}
    found = []
    for (condition, seed), responses in zip(runs, origins, strict=True):
        own = {kind: paths.get((condition, f"seed{seed}"), []) for kind, paths in by_kind.items()}
        located = ResponseFiles(responses, own["geometry"][0], own["placement"][0])
        filters = own["filters"][0] if own["filters"] else None
        found.append(Shown(condition, int(seed), located, tuple(own["tables"]), filters))
    return found


def _by_training(paths: Iterable[str]) -> dict[tuple[str, str], list[Path]]:
    found: dict[tuple[str, str], list[Path]] = {}
    for path in map(Path, paths):
        found.setdefault((path.parent.parent.name, path.parent.name), []).append(path)
    return found


def measures_of(shown: Sequence[Shown], order: Sequence[str]) -> list[Measure]:
    """Measures in the order of tables and columns; labels and categories in `order`, or as they come."""
    grouped: dict[tuple[str, str, Kind], dict[int, UnitColumn]] = {}
    for number, training in enumerate(shown):
        for column in training.columns:
            grouped.setdefault((column.table, column.name, column.kind), {})[number] = column
    return [
        Measure(
            table,
            name,
            kind,
            next(iter(columns.values())).over,
            _ordered((label for column in columns.values() for label in column.labels), order),
            _ordered((one for column in columns.values() for one in column.categories), order),
            columns,
        )
        for (table, name, kind), columns in grouped.items()
    ]


def _ordered(names: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    rank: Mapping[Any, int] = {name: index for index, name in enumerate(order)}
    return tuple(sorted(dict.fromkeys(names), key=lambda name: rank.get(name, len(rank))))
