"""The maps of a layer, as the table of selectivity holds them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.grid import Grid
from phonotopy.core.tables import boolean, number, read_columns

__all__ = ["Maps", "read_maps", "tested"]

Columns = Mapping[str, Callable[[str], Any]]


@dataclass(frozen=True)
class Maps:
    """The maps of a layer: `d_prime` and `responsive` ``(units, phones)``, `usable` ``(phones,)``, `live` ``(units,)``.

    Units have the order of positions on the grid; `units` ``(units,)`` says which one is at each.
    `tokens` counts those of every usable phone, `counts` those of every phone.

    d′ is NaN outside usable phones and live units.
    """

    phones: tuple[str, ...]
    d_prime: NDArray[np.float64]
    responsive: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    live: NDArray[np.bool_]
    units: NDArray[np.int64]
    tokens: Mapping[str, int]
    counts: Mapping[str, int] = field(default_factory=dict)

    def cells(self, grid: Grid, values: Mapping[str, NDArray[Any]]) -> Iterator[dict[str, object]]:
        """One row per usable phone and live unit: its position and its `values` ``(live units, phones)``."""
        positions: list[list[int]] = grid.positions.tolist()
        live = np.flatnonzero(self.live).tolist()
        for m in np.flatnonzero(self.usable):
            columns = {name: part[:, m].tolist() for name, part in values.items()}
            for n, position in enumerate(live):
                row, column = positions[position]
                where = {"phone": self.phones[m], "unit": int(self.units[position]), "row": row, "column": column}
                yield {**where, **{name: part[n] for name, part in columns.items()}}


def read_maps(path: str | Path) -> dict[int, Maps]:
    """The maps of each layer from ``selectivity.tsv``."""
    columns: Columns = {
        "layer": int,
        "unit": int,
        "phone": str,
        "tokens": int,
        "d_prime": number,
        "responsive": boolean,
        "status": str,
    }
    table = read_columns(path, columns)
    layers = table.pop("layer")
    return {
        layer: _maps({name: cells[layers == layer] for name, cells in table.items()})
        for layer in np.unique(layers).tolist()
    }


def tested(layers: Mapping[int, Maps]) -> tuple[str, ...]:
    """Phones with enough tokens and speakers, which are the same in all layers of a training."""
    maps = next(iter(layers.values()))
    return tuple(phone for phone, usable in zip(maps.phones, maps.usable, strict=True) if usable)


def _maps(cells: Mapping[str, NDArray[Any]]) -> Maps:
    """Columns in the order in which they were written: positions, and phones within them."""
    phones = tuple(dict.fromkeys(cells["phone"].tolist()))
    d_prime, responsive, status, units = (
        cells[column].reshape(-1, len(phones)) for column in ("d_prime", "responsive", "status", "unit")
    )
    usable, live = (status != "too few").all(axis=0), (status != "dead").any(axis=1)
    counts = dict(zip(phones, cells["tokens"][: len(phones)].tolist(), strict=True))
    tested = {phone: counts[phone] for phone, kept in zip(phones, usable, strict=True) if kept}
    return Maps(phones, d_prime, responsive, usable, live, units[:, 0], tested, counts)
