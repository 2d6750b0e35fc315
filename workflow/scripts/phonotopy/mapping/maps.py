"""The tables of selectivity, and the maps that are drawn from them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.grid import Grid
from phonotopy.mapping.bootstrap import d_prime_interval
from phonotopy.mapping.rank_sum import auc, phoneme_selectivity_index, rank_sums
from phonotopy.mapping.responses import Cells, Tokens
from phonotopy.mapping.selectivity import Selectivity
from phonotopy.phones import Inventory
from phonotopy.tables import boolean, number, read_table, write_table

__all__ = ["Details", "Maps", "details", "read_maps", "write_preferences", "write_selectivity"]

Columns = Mapping[str, Callable[[str], Any]]
COLUMNS = ("d_prime", "contrast", "t", "p", "q", "responsive")
DETAILS = ("d_prime_low", "d_prime_high", "auc", "psi")
SELECTIVITY = ("layer", "unit", "row", "column", "phone", "tokens", "speakers", *COLUMNS, *DETAILS, "status")
PREFERENCES = ("layer", "unit", "row", "column", "dead", "phone", "manner", "d_prime")


@dataclass(frozen=True)
class Maps:
    """The maps of a layer: `d_prime` and `responsive` ``(units, phones)``, `usable` ``(phones,)``, `live` ``(units,)``.

    d′ is NaN outside usable phones and live units.
    """

    phones: tuple[str, ...]
    d_prime: NDArray[np.float64]
    responsive: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    live: NDArray[np.bool_]

    def cells(self, grid: Grid, values: Mapping[str, NDArray[Any]]) -> Iterator[dict[str, object]]:
        """One row a usable phone and live unit: its place on the grid and its `values` ``(live units, phones)``."""
        places: list[list[int]] = grid.positions.tolist()
        units = np.flatnonzero(self.live).tolist()
        for m in np.flatnonzero(self.usable):
            columns = {name: part[:, m].tolist() for name, part in values.items()}
            for n, unit in enumerate(units):
                row, column = places[unit]
                where = {"phone": self.phones[m], "unit": unit, "row": row, "column": column}
                yield {**where, **{name: part[n] for name, part in columns.items()}}


class Details(NamedTuple):
    """What is said of a cell beside its test, ``(units, phones)``.

    Ends of the 95 % interval of d′, the area under the ROC curve, and the number of phones told apart.
    """

    d_prime_low: NDArray[np.float64]
    d_prime_high: NDArray[np.float64]
    auc: NDArray[np.float64]
    psi: NDArray[np.float64]


def details(
    values: NDArray[np.float32], tokens: Tokens, samples: Cells, found: Selectivity, *, bootstraps: int, key: int
) -> Details:
    """Details of a layer from token means `values` ``(tokens, units)`` and cells by sampling unit; NaN as in `found`.

    `tokens` are coded by all phones of `found`.
    """
    known = (tokens.phone >= 0) & found.usable[tokens.phone]
    sums = rank_sums(values, np.where(known, tokens.phone, -1), len(found.phones))
    ends = d_prime_interval(samples, found.usable, bootstraps=bootstraps, key=key)
    defined = found.live[:, None] & found.usable
    parts = (*ends, auc(sums), phoneme_selectivity_index(sums))
    return Details(*(np.where(defined, part, np.nan) for part in parts))


def write_selectivity(
    path: str | Path, layers: Mapping[int, Selectivity], grids: Mapping[int, Grid], found: Mapping[int, Details]
) -> None:
    """Write one row a layer, unit and phone."""
    rows = (row for layer, one in layers.items() for row in _selectivity_rows(layer, one, grids[layer], found[layer]))
    write_table(path, SELECTIVITY, rows)


def _selectivity_rows(layer: int, found: Selectivity, grid: Grid, beside: Details) -> Iterator[dict[str, object]]:
    values = [getattr(found, column).tolist() for column in COLUMNS] + [part.tolist() for part in beside]
    tokens, speakers = found.tokens.astype(int).tolist(), found.speakers.astype(int).tolist()
    for unit, (row, column) in enumerate(grid.positions.tolist()):
        for place, phone in enumerate(found.phones):
            counts = tokens[place], speakers[place]
            status = "dead" if not found.live[unit] else "ok" if found.usable[place] else "too few"
            cells = (layer, unit, row, column, phone, *counts, *(value[unit][place] for value in values), status)
            yield dict(zip(SELECTIVITY, cells, strict=True))


def write_preferences(
    path: str | Path, layers: Mapping[int, Selectivity], grids: Mapping[int, Grid], inventory: Inventory
) -> None:
    """Write one row a layer and unit: the phone of largest d′ and its manner, both empty where there is none."""
    rows = (row for layer, found in layers.items() for row in _preference_rows(layer, found, grids[layer], inventory))
    write_table(path, PREFERENCES, rows)


def _preference_rows(layer: int, found: Selectivity, grid: Grid, inventory: Inventory) -> Iterator[dict[str, object]]:
    manners = {phone: inventory.manner_of(phone) for phone in found.phones if phone in inventory.labels}
    for unit, (row, column) in enumerate(grid.positions.tolist()):
        phone, value = "", None
        if found.live[unit] and found.usable.any():
            place = int(np.nanargmax(found.d_prime[unit]))
            phone, value = found.phones[place], float(found.d_prime[unit, place])
        cells = (layer, unit, row, column, not found.live[unit], phone, manners.get(phone, ""), value)
        yield dict(zip(PREFERENCES, cells, strict=True))


def read_maps(path: str | Path) -> dict[int, Maps]:
    """The maps of each layer from ``selectivity.tsv``."""
    columns: Columns = {
        "layer": int,
        "unit": int,
        "phone": str,
        "d_prime": number,
        "responsive": boolean,
        "status": str,
    }
    layers: dict[int, list[dict[str, object]]] = {}
    for row in read_table(path, columns):
        layers.setdefault(row["layer"], []).append(row)
    return {layer: _maps(rows) for layer, rows in layers.items()}


def _maps(rows: Sequence[Mapping[str, object]]) -> Maps:
    """Rows in the order in which they were written: units, and phones within units."""
    phones = tuple(dict.fromkeys(str(row["phone"]) for row in rows))
    shape = len(rows) // len(phones), len(phones)
    d_prime, responsive, status = (
        np.array([row[column] for row in rows]).reshape(shape) for column in ("d_prime", "responsive", "status")
    )
    return Maps(phones, d_prime, responsive, (status != "too few").all(axis=0), (status != "dead").any(axis=1))
