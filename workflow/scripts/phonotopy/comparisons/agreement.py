"""Whether two trainings have the same phones at the same positions, up to the symmetries of the grid."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.core.seeds import key
from phonotopy.inference.families import adjusted
from phonotopy.inference.permutation import p_value
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps
from phonotopy.spatial.surrogates import Surrogates

__all__ = ["TABLE", "agreement", "agreement_null", "agreement_rows", "symmetries"]

TABLE = Table(
    "agreement.tsv",
    rows="one row per condition, layer and pair of seeds",
    columns={
        **shared("corpus", "condition", "layer"),
        "seed_a": Column("", "one training"),
        "seed_b": Column("", "the other"),
        "symmetry": Column("", "flip and turn of the grid of seed_b that suits best"),
        "statistic": Column("", "`map_correlation`: mean over phones of the correlation of d′ maps after it"),
        **shared("observed"),
        "null": Column("", "`surrogates`: joint smooth surrogates of seed_b, through the same search"),
        **shared("null_mean", "null_sd", "permutations", "alternative", "null_seed", "p"),
        "q": Column("fraction", "p after Benjamini and Hochberg over the layers of the pair"),
        "status": Column("", "`ok` or `not testable` (no phone, or a constant map)"),
    },
)

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
MEMORY = 64 * 2**20  # bytes of turned maps at once


def symmetries(grid: Grid) -> dict[str, Indices]:
    """Orders of the units ``(units,)`` that leave all neighbourhoods as they are.

    Flips and half turns of a plane, quarter turns of a square one too; on a torus each after every shift.
    """
    units = np.arange(grid.units).reshape(grid.rows, grid.columns)
    turns = range(4) if grid.rows == grid.columns else (0, 2)
    shifts = [(r, c) for r in range(grid.rows) for c in range(grid.columns)] if grid.torus else [(0, 0)]
    return {
        f"turn {90 * turn}{', flipped' if flipped else ''}{f', shifted {shift}' if grid.torus else ''}": np.rot90(
            np.fliplr(np.roll(units, shift, (0, 1))) if flipped else np.roll(units, shift, (0, 1)), turn
        ).ravel()
        for shift in shifts
        for flipped in (False, True)
        for turn in turns
    }


def agreement(one: Floats, other: NDArray[np.floating], orders: Indices) -> tuple[Floats, Indices]:
    """The largest mean over phones of the correlation of maps over all orders of the other's units, and which it was.

    `one` ``(units, phones)``, `other` ``(..., units, phones)``, `orders` ``(orders, units)``.
    """
    one, standard = _standardised(one), _standardised(other)
    flat, step = standard.reshape(*standard.shape[:-2], -1), max(1, MEMORY // (8 * one.size))
    back = np.argsort(orders, axis=1)  # to turn one grid once is less than to turn all of the other's
    turned = (one[back[first : first + step]] for first in range(0, len(orders), step))
    found = np.concatenate([flat @ part.reshape(len(part), -1).T for part in turned], axis=-1) / one.size
    return found.max(axis=-1), found.argmax(axis=-1)


def _standardised(maps: NDArray[np.floating]) -> Floats:
    centred = maps - maps.mean(axis=-2, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(axis=-2, keepdims=True)))


def agreement_null(one: Floats, other: Floats, grid: Grid, orders: Indices, *, number: int, key: int) -> Floats:
    """The same for joint smooth surrogates of the other's maps, ``(number,)``: layouts that know nothing of each other.

    The surrogates keep how smooth and how similar to each other the maps of a training are, and go through the same
    search over symmetries.
    """
    surrogates = Surrogates(Lattice.of(grid)).joint(other, number=number, key=key)
    return np.concatenate([agreement(one, batch, orders)[0] for batch in surrogates])


def agreement_rows(
    corpus: str,
    maps: Mapping[tuple[str, int], Mapping[int, Maps]],
    grids: Mapping[tuple[str, int], Mapping[int, Grid]],
    *,
    number: int,
    seed: int,
) -> list[dict[str, object]]:
    """One row per layer and pair of trainings of the same condition, from the maps of each (condition, seed) and layer.

    `grids` are those of each (condition, seed); trainings on unlike ones are not testable. Phones that both can test
    take part; a dead unit distinguishes none from another, d′ is 0. `number` surrogates from the
    setting `seed`; q over the layers of a pair.
    """
    rows = []
    for (condition, first), (other, second) in combinations(maps, 2):
        if condition == other:
            pair = {"corpus": corpus, "condition": condition, "seed_a": first, "seed_b": second, "null_seed": seed}
            for layer, grid in grids[condition, first].items():
                random_key = key("agreement", seed, condition, first, second, layer)
                alike = grids[condition, second].get(layer) == grid
                both = maps[condition, first][layer], maps[condition, second][layer] if alike else None
                rows.append({**pair, "layer": layer, **_compared(*both, grid, number, random_key)})
    return adjusted(rows, "condition", "seed_a", "seed_b")


def _compared(one: Maps, other: Maps | None, grid: Grid, number: int, key: int) -> dict[str, object]:
    described = {"statistic": "map_correlation", "null": "surrogates", "alternative": "greater"}
    empty = dict.fromkeys(("symmetry", "observed", "null_mean", "null_sd", "p"))
    untested = {**described, **empty, "permutations": 0, "status": "not testable"}
    if other is None:
        return untested
    both = one.usable & other.usable
    first, second = (np.nan_to_num(found.d_prime[:, both]) for found in (one, other))
    if not both.any() or min(np.ptp(first, axis=0).min(), np.ptp(second, axis=0).min()) == 0:
        return untested
    orders = symmetries(grid)
    observed, best = agreement(first, second, np.stack(list(orders.values())))
    null = agreement_null(first, second, grid, np.stack(list(orders.values())), number=number, key=key)
    return {
        **described,
        "symmetry": list(orders)[int(best)],
        "observed": float(observed),
        "null_mean": null.mean(),
        "null_sd": null.std(ddof=1),
        "permutations": number,
        "p": float(p_value(observed, null, "greater")),
        "status": "ok",
    }
