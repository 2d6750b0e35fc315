"""Whether maps of different measures agree, beyond two unrelated maps that are as smooth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.core.seeds import key as key_of
from phonotopy.inference.permutation import p_value, varies
from phonotopy.introspection.measures import Measure
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps
from phonotopy.spatial.surrogates import Surrogates

__all__ = ["TABLE", "relation_rows", "selective"]

Floats = NDArray[np.float64]
Row = dict[str, object]
FEWEST = 9  # units with a value in both maps
TABLE = Table(
    "relations.tsv",
    rows="one row per layer and pair of measures that have a label in common, or are both about none",
    columns={
        **shared("layer"),
        "first": Column("", "a measure; `d_prime` is of `selectivity.tsv`, `largest_d_prime` its maximum over phones"),
        "second": Column("", "another one"),
        "labels": Column("count", "that both have maps of; empty for measures without labels"),
        "units": Column("count", "with a value in all these maps"),
        "observed": Column("", "correlation over units of the two maps of a label, mean over labels"),
        "other_labels": Column("", "the same of maps of unlike labels: what has nothing to do with the label"),
        "null": Column("", "`surrogates`: all maps of the second measure rotated alike, as smooth as they are"),
        **shared("null_mean", "null_sd", "permutations", "alternative", "null_seed", "p"),
        "q": Column("fraction", "p after Benjamini and Hochberg over the layers of a pair"),
        "status": Column("", f"`ok`, or `not testable`: under {FEWEST} units, or maps without spread"),
    },
)


@dataclass(frozen=True)
class _Stack:
    """Maps of a measure by label, ``(units,)`` each."""

    name: str
    maps: Mapping[str, Floats]

    @property
    def labelled(self) -> bool:
        return any(self.maps)


def selective(maps: Maps) -> list[Measure]:
    """d′ of every usable phone as measures, and its maximum over phones; dead units have no value."""
    found = [
        Measure.of("d_prime", phone, np.where(maps.live, maps.d_prime[:, index], np.nan))
        for index, phone in enumerate(maps.phones)
        if maps.usable[index]
    ]
    largest = np.max([one.value for one in found], axis=0) if found else np.full(len(maps.live), np.nan)
    return [*found, Measure.of("largest_d_prime", "", largest)]


def relation_rows(
    measures: Sequence[Measure], grid: Grid, contiguity: Contiguity, *, surrogates: int, key: int
) -> Iterator[Row]:
    """Rows of a layer, without its number, seed and q; values in the order of positions. Two-sided."""
    names = dict.fromkeys(one.name for one in measures)
    stacks = [_Stack(name, {one.label: one.value for one in measures if one.name == name}) for name in names]
    for first, second in combinations(stacks, 2):
        if first.maps.keys() & second.maps.keys():
            yield _related(
                first, second, grid, contiguity, surrogates, key_of("relation", key, first.name, second.name)
            )


def _related(first: _Stack, second: _Stack, grid: Grid, contiguity: Contiguity, surrogates: int, key: int) -> Row:
    labels = [label for label in first.maps if label in second.maps]
    labels = [label for label in labels if np.isfinite(first.maps[label] + second.maps[label]).any()]
    pair = [np.stack([one.maps[label] for label in labels], axis=1) for one in (first, second) if labels]
    live = np.asarray(np.isfinite(np.hstack(pair)).all(axis=1) if pair else np.zeros(grid.units, dtype=bool))
    row: Row = {**dict.fromkeys(TABLE.columns), "first": first.name, "second": second.name, "units": int(live.sum())}
    row |= {"labels": len(labels) if first.labelled else None, "status": "not testable"}
    if live.sum() < FEWEST or not all(np.ptp(maps[live], axis=0).all() for maps in pair):
        return row
    one, other = (_standard(maps[live]) for maps in pair)
    turned = Surrogates(Lattice.of(grid, contiguity, live)).joint(other, number=surrogates, key=key)
    null = np.concatenate([np.einsum("ul,bul->b", one, batch) for batch in turned]) / len(labels)
    both = one.T @ other
    observed = float(np.trace(both)) / len(labels)
    unlike = both[~np.eye(len(labels), dtype=bool)]
    p = float(p_value(observed, null)) if varies(null) else float("nan")
    found = {"observed": observed, "other_labels": float(unlike.mean()) if len(unlike) else None}
    test = {"null": "surrogates", "null_mean": float(null.mean()), "null_sd": float(null.std(ddof=1)), "p": p}
    return row | found | test | {"permutations": surrogates, "alternative": "two-sided", "status": "ok"}


def _standard(maps: Floats) -> Floats:
    """Maps ``(units, maps)`` with mean 0 and length 1; rotations keep both."""
    centred = maps - maps.mean(axis=0)
    return np.asarray(centred / np.linalg.norm(centred, axis=0))
