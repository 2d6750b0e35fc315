"""Join counts: neighbouring units that belong to one class."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.core.numba_loops import compiled
from phonotopy.core.seeds import key
from phonotopy.core.tables import boolean, read_table
from phonotopy.inference import permutation
from phonotopy.inference.evidence import adjusted, compared
from phonotopy.spatial.lattice import Lattice

__all__ = ["TABLE", "Preferences", "join_counts", "join_counts_null", "join_rows", "read_preferences"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
NAME = "join_counts"
DIMENSIONS = ("phone", "manner")  # columns of preferences.tsv that class the units
TABLE = Table(
    "join_counts.tsv",
    rows="one row per layer, dimension and class",
    columns={
        **shared("layer"),
        "dimension": Column(
            "", "what classes the units: the preferred `phone` or its `manner`, as in `preferences.tsv`"
        ),
        "value": Column("", "a class, or `mean` for the mean over classes"),
        "units": Column("count", "of the class; in rows `mean` of all"),
        "statistic": Column("", "`join_counts`"),
        **shared("weights"),
        "observed": Column("pairs", "neighbours that are both of the class, neighbours as in `mapping.contiguity`"),
        **shared("null"),
        "null_mean": Column("pairs", "mean over surrogates"),
        "null_sd": Column("pairs", "standard deviation over surrogates"),
        **shared("permutations"),
        "alternative": Column("", "`two-sided`"),
        **shared("null_seed", "p"),
        "p_family": Column(
            "",
            "p against the most extreme class of the dimension under each surrogate (standardised); empty in rows "
            "`mean`",
        ),
        "q": Column(
            "fraction",
            "p after Benjamini and Hochberg over the classes of the dimension; in rows `mean` over the layers",
        ),
        "status": Column("", "`ok`, or `not testable` for a class of one unit or of all: nothing changes their joins"),
    },
)


@dataclass(frozen=True)
class Preferences:
    """Units that are `live` ``(units,)``, and `values` by dimension, the class of each unit, empty for none."""

    live: NDArray[np.bool_]
    values: Mapping[str, NDArray[np.str_]]


def read_preferences(path: str | Path) -> dict[int, Preferences]:
    """Preferred phones and manners of each layer from ``preferences.tsv``."""
    layers: dict[int, list[dict[str, str]]] = {}
    for row in read_table(path, {"layer": int, "dead": boolean, **dict.fromkeys(DIMENSIONS, str)}):
        layers.setdefault(row["layer"], []).append(row)
    return {
        layer: Preferences(
            np.array([not row["dead"] for row in rows]),
            {dimension: np.array([row[dimension] for row in rows], dtype=str) for dimension in DIMENSIONS},
        )
        for layer, rows in layers.items()
    }


def join_counts(codes: Codes, classes: int, lattice: Lattice) -> Floats:
    """Pairs of neighbours that are both of a class (BB; bib key cliff1981), ``(classes,)``.

    `codes` ``(units,)`` number the class of each unit, −1 for none. The mean over permutations of a class of m units
    among n is pairs · m(m − 1) / (n(n − 1)).
    """
    return np.asarray(_joins(_checked(codes, lattice), lattice.pairs, classes, lattice.unmoved)[0])


def join_counts_null(
    codes: Codes, classes: int, lattice: Lattice, *, permutations: int, key: int, threads: int = 1
) -> Floats:
    """Join counts under permutations of the units, ``(permutations, classes)``."""
    codes = _checked(codes, lattice)

    def statistic(orders: NDArray[np.int32]) -> Floats:
        return _joins(codes, lattice.pairs, classes, orders)

    return permutation.null(statistic, lattice.units, permutations=permutations, key=key, threads=threads)


def join_rows(
    layers: Mapping[int, Preferences],
    grids: Mapping[int, Grid],
    permutations: int,
    *,
    contiguity: Contiguity,
    training: Sequence[str],
    null_seed: int,
    threads: int = 1,
) -> list[dict[str, object]]:
    """One row per layer, dimension and class, and one for the mean over classes, whose q is taken over layers.

    Two-sided against permuted positions; `training` and `null_seed` make the random keys of permutations. A class of
    one unit has no joins: `not testable`.
    """
    rows: list[dict[str, object]] = []
    for layer, found in layers.items():
        lattice, random_key = Lattice.of(grids[layer], contiguity, found.live), key(NAME, null_seed, *training, layer)
        about = {"layer": layer, "statistic": NAME, "weights": contiguity, "null": "positions", "null_seed": null_seed}
        for dimension, labels in found.values.items():
            settings = {"permutations": permutations, "key": random_key, "threads": threads}
            rows += _classes({**about, "dimension": dimension}, labels[found.live], lattice, **settings)
    return [{name: row[name] for name in TABLE.columns} for row in adjusted(rows, "dimension")]


def _classes(
    about: Mapping[str, object],
    labels: NDArray[np.str_],
    lattice: Lattice,
    *,
    permutations: int,
    key: int,
    threads: int,
) -> Iterator[dict[str, object]]:
    values = sorted({*labels.tolist()} - {""})
    codes = np.array([values.index(label) if label else -1 for label in labels.tolist()], dtype=np.int64)
    units = np.bincount(codes[codes >= 0], minlength=len(values))
    null = join_counts_null(codes, len(values), lattice, permutations=permutations, key=key, threads=threads)
    observed = np.where(units > 1, join_counts(codes, len(values), lattice), np.nan)
    for row, number in zip(compared(values, observed, null, "two-sided", about), [*units, units.sum()], strict=True):
        tested = np.isfinite(np.float64(row["p"]))  # type: ignore[arg-type]
        yield {**row, "value": row["phone"], "units": int(number), "status": "ok" if tested else "not testable"}


def _checked(codes: Codes, lattice: Lattice) -> Codes:
    if len(codes) != lattice.units:
        raise ValueError(f"{len(codes)} units have a class, the lattice has {lattice.units}")
    return codes


@compiled
def _joins(codes: Codes, pairs: Codes, classes: int, orders: NDArray[np.int32]) -> Floats:
    counts = np.zeros((len(orders), classes))
    for r in range(len(orders)):
        for k in range(len(pairs)):
            code = codes[orders[r, pairs[k, 0]]]
            if code >= 0 and code == codes[orders[r, pairs[k, 1]]]:
                counts[r, code] += 1
    return counts
