"""The table of phones: what is said of one phone's map in one row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from phonotopy.activations.geometry import read_grids
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.core.tables import integer, number, read_table
from phonotopy.spatial.largest_regions import EXCLUSIVE, LargestRegion, largest_regions
from phonotopy.spatial.phone_maps import Maps, read_maps

__all__ = ["JOINED", "TABLE", "Joined", "Training", "phones"]

Row = dict[str, Any]
READ: Mapping[str, Callable[[str], Any]] = {
    "layer": int,
    "permutations": integer,
    "null_seed": integer,
    **dict.fromkeys(("observed", "null_mean", "null_sd", "p", "p_family"), number),
}
TEST = {
    "null_mean": "mean over surrogates",
    "null_sd": "standard deviation over surrogates",
    "p": "by itself; empty where all surrogates are equal",
    "p_family": "against the most extreme phone of the layer under each surrogate; empty as p",
}


def _tested(prefix: str, about: str) -> dict[str, Column]:
    """Columns of a test."""
    unit = {"null_mean": "as the statistic", "null_sd": "as the statistic"}
    return {f"{prefix}_{name}": Column(unit.get(name, ""), f"{about}: {meaning}") for name, meaning in TEST.items()}


LADDER = {  # labelling of the ladder: the prefix of its columns, its null of labels, and what it is
    "phone": ("phone", "labels", "the phone against all others"),
    "phone beyond manner": ("beyond_manner", "manners", "the phone beyond its manner"),
    "phone beyond sound": ("beyond_sound", "sound", "the phone beyond what its sound predicts"),
}


def _ladder_columns() -> dict[str, Column]:
    """Columns of the ladder; empty without a description of the sound."""
    found: dict[str, Column] = {}
    for prefix, null, about in LADDER.values():
        family = f"family-wise p of {prefix}_share against"
        found |= {
            f"{prefix}_share": Column(
                "fraction", f"of the variance of units that neighbours share on account of {about}"
            ),
            f"{prefix}_share_positions_p_family": Column("", f"{family} permuted positions"),
            f"{prefix}_share_{null}_p_family": Column("", f"{family} the null `{null}` of `ladder.tsv`"),
        }
        if null != "labels":
            found[f"{null}_null_mean"] = Column("", f"mean Moran's I of d′ under the null `{null}`")
            found[f"{null}_p_family"] = Column(
                "", f"morans_i of the described tokens against the null `{null}`, greater"
            )
    return found


STORED = "over the tokens that are stored, on which label shifts rest"
TABLE = Table(
    "phones.tsv",
    rows="one row per training, hidden layer and phone",
    columns={
        **shared("corpus", "condition", "seed", "layer", "phone"),
        "tokens": Column("count", "of the phone in the responses"),
        "morans_i": Column("", "Moran's I of d′, weights as in `mapping.contiguity`"),
        **_tested("positions", "morans_i against permuted positions, two-sided"),
        "labels_observed": Column("", f"morans_i {STORED}"),
        **_tested("labels", "labels_observed against label shifts, greater"),
        **_ladder_columns(),
        "responsive_units": Column("units", "that respond to the phone"),
        "regions": Column("count", "components of those, corners touch"),
        "largest_region": Column("units", "in the largest"),
        **_tested("largest_region_positions", "largest_region against permuted positions, greater"),
        "largest_region_labels_observed": Column("units", f"largest_region {STORED}"),
        **_tested("largest_region_labels", "the same against label shifts, of as many units, greater"),
        "region_row": Column(
            "grid steps",
            "centre of the largest region, the mean over its units; on a torus the circular mean, empty where all "
            "directions cancel; of regions of one size that of the first in the order of the grid",
        ),
        "region_column": Column("grid steps", "of the same centre"),
        "exclusivity": Column("fraction", f"of the largest region: {EXCLUSIVE}"),
        "preferred_units": Column("units", "whose largest d′ is that of the phone"),
        "permutations": Column("count", "of positions"),
        "label_shifts": Column("count", "of labels"),
        "null_seed": Column("", "the setting `seed`, from which both nulls were sampled"),
        "status": Column("", "`ok`, `too few` (tokens or speakers) or `dead` (no unit of the layer varies)"),
    },
    note="A phone is beyond a null where its p_family is below .05; `topography.tsv` counts such phones by layer.",
)


@dataclass(frozen=True)
class Joined:
    """A table by layer and phone of every training: which of its `rows`, and which of its columns become which here."""

    table: str
    rows: Mapping[str, str]
    columns: Mapping[str, str]

    def cells(self, rows: Sequence[Row], contiguity: Contiguity) -> dict[tuple[int, str], Row]:
        """Cells by layer and phone; where the table has weights, those of the setting."""
        wanted = {"weights": contiguity, **self.rows}
        matching = (row for row in rows if all(row.get(name, cell) == cell for name, cell in wanted.items()))
        return {
            (row["layer"], row["phone"]): {own: row[other] for own, other in self.columns.items()} for row in matching
        }


def _named(prefix: str) -> dict[str, str]:
    return {f"{prefix}_{name}": name for name in TEST}


def _ladder_joined() -> Iterator[Joined]:
    for labelling, (prefix, null, _) in LADDER.items():
        shares = {"labelling": labelling, "statistic": "neighbours"}
        family = {f"{prefix}_share_positions_p_family": "p_family"}
        yield Joined("ladder", {**shares, "null": "positions"}, {f"{prefix}_share": "observed", **family})
        yield Joined("ladder", {**shares, "null": null}, {f"{prefix}_share_{null}_p_family": "p_family"})
        if null != "labels":
            smooth = {"labelling": labelling, "statistic": "morans_i", "null": null}
            columns = {f"{null}_null_mean": "null_mean", f"{null}_p_family": "p_family"}
            yield Joined("ladder", smooth, columns)


JOINED = (
    Joined(
        "autocorrelation",
        {"statistic": "morans_i", "null": "positions"},
        {"morans_i": "observed", **_named("positions"), "permutations": "permutations", "null_seed": "null_seed"},
    ),
    Joined(
        "autocorrelation",
        {"statistic": "morans_i", "null": "labels"},
        {"labels_observed": "observed", **_named("labels"), "label_shifts": "permutations"},
    ),
    Joined("regions", {"statistic": "regions", "null": "positions"}, {"regions": "observed"}),
    Joined(
        "regions",
        {"statistic": "largest_region", "null": "positions"},
        {"largest_region": "observed", **_named("largest_region_positions")},
    ),
    Joined(
        "regions",
        {"statistic": "largest_region", "null": "labels"},
        {"largest_region_labels_observed": "observed", **_named("largest_region_labels")},
    ),
    *_ladder_joined(),
)


@dataclass(frozen=True)
class Training:
    """The mapping tables of one condition and seed: grids and maps by layer, and those that are `JOINED` by name.

    `preferred` is the number of units of a layer that prefer a phone.
    """

    condition: str
    seed: int
    grids: Mapping[int, Grid]
    maps: Mapping[int, Maps]
    preferred: Mapping[tuple[int, str], int]
    tables: Mapping[str, Sequence[Row]]

    @classmethod
    def read(cls, condition: str, seed: int, paths: Mapping[str, str | Path]) -> Self:
        """Read ``geometry.tsv``, ``selectivity.tsv``, ``preferences.tsv`` and what is `JOINED`, by their stems."""
        preferred: dict[tuple[int, str], int] = {}
        for row in read_table(paths["preferences"], {"layer": int, "phone": str}):
            preferred[row["layer"], row["phone"]] = preferred.get((row["layer"], row["phone"]), 0) + 1
        tables = {name: read_table(paths[name], READ) for name in dict.fromkeys(joined.table for joined in JOINED)}
        grids, maps = read_grids(paths["geometry"]), read_maps(paths["selectivity"])
        return cls(condition, seed, grids, maps, preferred, tables)


def phones(corpus: str, trainings: Sequence[Training], contiguity: Contiguity) -> Iterator[Row]:
    """One row per training, layer and phone that occurs, also where it has too few tokens."""
    for training in trainings:
        joined = [one.cells(training.tables[one.table], contiguity) for one in JOINED]
        for layer, maps in training.maps.items():
            regions = largest_regions(maps, training.grids[layer])
            for index, phone in enumerate(maps.phones):
                row: Row = {"corpus": corpus, "condition": training.condition, "seed": training.seed, "layer": layer}
                row |= {"phone": phone, **_own(maps, index, regions[index], training.preferred.get((layer, phone), 0))}
                for one, cells in zip(JOINED, joined, strict=True):  # the ladder has tested phones alone
                    row |= cells.get((layer, phone), dict.fromkeys(one.columns))
                yield {name: row[name] for name in TABLE.columns}


def _own(maps: Maps, index: int, region: LargestRegion, preferred: int) -> Row:
    """What follows from the maps alone."""
    status = "too few" if not maps.usable[index] else "ok" if maps.live.any() else "dead"
    tested = status == "ok"
    return {
        "tokens": maps.counts[maps.phones[index]],
        "responsive_units": int(maps.responsive[:, index].sum()) if tested else None,
        "region_row": region.row,
        "region_column": region.column,
        "exclusivity": region.exclusivity,
        "preferred_units": preferred if tested else None,
        "status": status,
    }
