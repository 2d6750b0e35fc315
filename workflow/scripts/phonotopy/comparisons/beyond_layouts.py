"""Whether maps that were learned are smoother than those that a layout makes of the reference, at no price."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from phonotopy.comparisons.conditions import ENOUGH, sign_flip
from phonotopy.inference.families import adjusted

__all__ = ["CLAIM", "beyond_layouts"]

Row = dict[str, Any]
Trainings = Mapping[int, Row]  # rows of topography.tsv by seed
CLAIM = "beyond layouts"


def beyond_layouts(topography: Sequence[Row], reference: str, layouts: Sequence[str], seed: int) -> Iterator[Row]:
    """Rows of the claim, for every condition that is neither the `reference` nor one of its `layouts`.

    Rows of topography.tsv are compared layer by layer with the layout whose mean Moran's I over seeds is greatest,
    by flips of the signs of differences over seeds; q is over the layers of a condition. A layer of another grid is not
    compared.
    """
    found: dict[tuple[str, int], dict[int, Row]] = {}
    for row in topography:
        found.setdefault((row["condition"], row["layer"]), {})[row["seed"]] = row
    rows = []
    for (condition, layer), own in found.items():
        if condition != reference and condition not in layouts:
            best = _best([found[name, layer] for name in layouts if (name, layer) in found])
            pairs = [s for s, row in own.items() if s in best and _grid(row) == _grid(best[s])]
            if pairs:
                rows.append(_row(condition, layer, own, best, pairs, seed))
    yield from adjusted(rows, "condition")


def _best(layouts: Sequence[Trainings]) -> Trainings:
    return max(layouts, key=lambda trainings: np.mean([row["morans_i_mean"] for row in trainings.values()]), default={})


def _grid(row: Row) -> tuple[float, float]:
    return row["rows"], row["columns"]


def _row(condition: str, layer: int, own: Trainings, best: Trainings, pairs: Sequence[int], seed: int) -> Row:
    values, others = (np.array([one[s]["morans_i_mean"] for s in pairs]) for one in (own, best))
    p = sign_flip(values - others, "greater", seed)[0] if len(pairs) >= ENOUGH else None
    identity = {"claim": CLAIM, "condition": condition, "layer": layer, "seeds": " ".join(map(str, pairs))}
    means = {"effect": float(np.mean(values - others)), "null": float(np.mean(others))}
    return {**identity, **means, "p": p, "phones": None, "of_phones": None}
