"""What a figure is made from: tables by name, and what belongs to all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from phonotopy.core.inventory import Inventory, read_inventory
from phonotopy.core.tables import read_table
from phonotopy.figures import style
from phonotopy.figures.grids import Layers, read_layers
from phonotopy.figures.trainings import STATISTIC_COLUMNS, Row, Training, read_trainings, seeds_of

__all__ = ["Material"]

Columns = Mapping[str, Callable[[str], Any]]


@dataclass(frozen=True)
class Material:
    """Paths of tables by name, one per training where each has its own, and the settings of the figure.

    `geometry` has a path per condition. Nothing is read before it is asked for.
    """

    tables: Mapping[str, Sequence[str | Path]]
    trainings: Sequence[tuple[str, int]] = ()
    geometry: Mapping[str, str | Path] = field(default_factory=dict)
    inventory_path: str | Path = ""
    conditions: style.Conditions = field(default_factory=lambda: style.Conditions.of((), ()))
    settings: Mapping[str, Any] = field(default_factory=dict)

    def table(self, name: str, columns: Columns) -> list[Row]:
        """Rows of a table that is one for all."""
        (path,) = self.tables[name]
        return read_table(path, columns)

    def by_training(self, name: str, columns: Columns = STATISTIC_COLUMNS) -> dict[Training, list[Row]]:
        """Rows of a table that every training has, by training."""
        return read_trainings(self.tables[name], self.trainings, columns)

    @cached_property
    def layers(self) -> Layers:
        """Layers by condition, in the order in which figures show conditions."""
        return {name: read_layers(self.geometry[name]) for name in self.conditions.names}

    @cached_property
    def inventory(self) -> Inventory:
        """The inventory of labels that are mapped."""
        return read_inventory(self.inventory_path)

    @property
    def seed(self) -> int:
        """The seed of a figure that shows one."""
        (seed,) = seeds_of(Training(condition, int(seed)) for condition, seed in self.trainings)
        return seed
