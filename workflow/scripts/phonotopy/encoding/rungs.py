"""The rungs of the ladder of nulls: what each tests, and on which other it rests."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from phonotopy.core.inventory import MEAN

__all__ = ["ALL", "LADDER", "LEVEL", "NEIGHBOURS", "Rung"]

ALL = "all"  # in the column `phone` of ladder.tsv: all labels together
LEVEL = 0.05  # of family-wise p, below which a phone counts
NEIGHBOURS = "neighbours"  # the statistic that phones have, too


class Rung(NamedTuple):
    """A claim of what a `labelling` accounts for: all `tests` (statistic, null) reject, and what it rests on holds."""

    labelling: str
    tests: tuple[tuple[str, str], ...]
    rests_on: str = ""

    @property
    def null(self) -> str:
        """The null that is in doubt: the last one of neighbours."""
        return [null for statistic, null in self.tests if statistic == NEIGHBOURS][-1]

    def phones(self, rows: Iterable[Mapping[str, Any]]) -> list[bool]:
        """Of each phone in rows of a layer whether it is beyond all nulls that phones have, by family-wise p."""
        found: dict[str, list[bool]] = {}
        for row in rows:
            tested = row["labelling"] == self.labelling and (row["statistic"], row["null"]) in self.tests
            if tested and row["phone"] not in (ALL, MEAN):
                found.setdefault(row["phone"], []).append(row["p_family"] < LEVEL)
        return [all(beyond) for beyond in found.values()]


POSITIONS = (NEIGHBOURS, "positions")
LADDER: Mapping[str, Rung] = {
    "order": Rung("responses", (POSITIONS,)),
    "sound": Rung("sound", (POSITIONS,), "order"),
    "speech": Rung("phone", (POSITIONS, (NEIGHBOURS, "labels")), "order"),
    "beyond manner": Rung("phone beyond manner", (POSITIONS, (NEIGHBOURS, "manners")), "speech"),
    "beyond clusters": Rung("phone", ((NEIGHBOURS, "clusters"),), "speech"),
    "beyond sound": Rung(
        "phone beyond sound", (POSITIONS, (NEIGHBOURS, "sound"), ("units", "random network")), "beyond manner"
    ),
}
