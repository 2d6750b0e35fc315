"""The table of topography: what is said of a layer in one row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from phonotopy.activations.geometry import read_grids
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import number, read_table
from phonotopy.spatial.largest_regions import EXCLUSIVE, largest_regions, phones_per_unit
from phonotopy.spatial.phone_maps import Maps, read_maps

__all__ = ["TABLE", "Training", "topography"]

LEVEL = 0.05  # of p_family, from which a phone counts as beyond a null
TABLE = Table(
    "topography.tsv",
    rows="one row per training and hidden layer; means are over usable phones",
    columns={
        **shared("corpus", "condition", "seed", "layer"),
        "rows": Column("grid steps", "of the grid"),
        "columns": Column("grid steps", "of the grid"),
        "phones": Column("count", "usable phones"),
        "morans_i_mean": Column("", "mean Moran's I of d′, weights as in `mapping.contiguity`"),
        "null_mean": Column("", "of morans_i_mean under permuted positions"),
        "null_sd": Column("", "of the same, standard deviation"),
        "p": Column("", "of morans_i_mean against permuted positions, two-sided"),
        "q": Column("fraction", "p after Benjamini and Hochberg over the layers of the training"),
        "label_shift_null_mean": Column("", "of morans_i_mean under label shifts"),
        "label_shift_null_sd": Column("", "of the same, standard deviation"),
        "label_shift_p": Column("", "of morans_i_mean against label shifts, greater"),
        "label_shift_q": Column("fraction", "p after Benjamini and Hochberg over the layers of the training"),
        "phones_beyond_positions": Column(
            "count", "whose own Moran's I has p_family below .05 against permuted positions, two-sided"
        ),
        "phones_beyond_labels": Column("count", "the same against label shifts, greater"),
        "responsive_share": Column("fraction", "of live units"),
        "phones_per_unit": Column("phones", "that a unit responds to, median over units that respond to any"),
        "regions": Column("count", "regions per phone"),
        "regions_null_mean": Column("count", "of regions under permuted positions"),
        "largest_region": Column("units", "of a phone"),
        "largest_region_median": Column("units", "median over phones"),
        "largest_region_minimum": Column("units", "smallest over phones"),
        "largest_region_maximum": Column("units", "largest over phones"),
        "largest_region_null_mean": Column("units", "of largest_region under permuted positions"),
        "largest_region_p": Column("", "of largest_region against permuted positions, greater"),
        "largest_region_label_shift_null_mean": Column(
            "units", "under label shifts, of as many units of greatest d′ as respond under the true labels"
        ),
        "largest_region_label_shift_p": Column("", "of largest_region against those, greater"),
        "exclusivity": Column("fraction", f"of the largest region of a phone: {EXCLUSIVE}; over phones that have one"),
        "effective_rank": Column("dimensions", "as in `rank.tsv`"),
        "effective_rank_share": Column(
            "fraction",
            "effective rank divided by that of the control with the same seed; may exceed 1; empty without a control",
        ),
        "filter_rank_share": Column("fraction", "the same of filter rank; empty without filters too"),
        "permutations": Column("count", "of positions"),
        "label_shifts": Column("count", "of labels"),
        "null_seed": Column("", "the setting `seed`, from which both nulls were sampled"),
    },
)
Row = dict[str, Any]
Columns = Mapping[str, Callable[[str], Any]]
RANKS: Columns = {"layer": int, "effective_rank": number, "filter_rank": number}
STATISTICS: Columns = {
    "layer": int,
    "observed": number,
    "null_mean": number,
    "null_sd": number,
    "p": number,
    "p_family": number,
    "q": number,
    "permutations": int,
    "null_seed": int,
}


@dataclass(frozen=True)
class Training:
    """The mapping tables of one condition and seed."""

    condition: str
    seed: int
    grids: Mapping[int, Grid]
    autocorrelation: Sequence[Row]
    regions: Sequence[Row]
    ranks: Mapping[int, Row]
    maps: Mapping[int, Maps]

    @classmethod
    def read(cls, condition: str, seed: int, paths: Mapping[str, str | Path]) -> "Training":
        """Read the tables of geometry, autocorrelation, regions, rank and selectivity, named by their stems."""
        ranks = read_table(paths["rank"], RANKS)
        return cls(
            condition,
            seed,
            read_grids(paths["geometry"]),
            read_table(paths["autocorrelation"], STATISTICS),
            read_table(paths["regions"], STATISTICS),
            {row["layer"]: row for row in ranks},
            read_maps(paths["selectivity"]),
        )


def topography(
    corpus: str, trainings: Sequence[Training], contiguity: Contiguity, control: str | None
) -> Iterator[Row]:
    """One row per training and layer.

    Moran's I, `responsive_share`, `regions` (number), `largest_region` (units) and `exclusivity` are means over the
    phones with enough tokens. Nulls are permuted unit positions except where a column says `label_shift`. Shares divide
    by the same-seed training of the condition `control`, and are empty without one or where its layer has another grid.
    """
    controls = {training.seed: training for training in trainings if training.condition == control}
    for training in trainings:
        for layer, grid in training.grids.items():
            ranks = training.ranks[layer]
            reference = controls.get(training.seed)
            alike = reference is not None and reference.grids.get(layer) == grid
            against = reference.ranks[layer] if reference and alike else {}
            row: Row = {"corpus": corpus, "condition": training.condition, "seed": training.seed, "layer": layer}
            row |= {"rows": grid.rows, "columns": grid.columns, "effective_rank": ranks["effective_rank"]}
            row |= {f"{name}_share": _share(ranks, against, name) for name in ("effective_rank", "filter_rank")}
            row |= _order(training, layer, contiguity) | _regions(training, layer) | _units(training.maps[layer], grid)
            yield {name: row[name] for name in TABLE.columns}


def _order(training: Training, layer: int, contiguity: Contiguity) -> Row:
    """Moran's I against both nulls."""
    chosen = {"layer": layer, "statistic": "morans_i", "weights": contiguity}
    positions, labels = (
        [row for row in training.autocorrelation if _meets(row, null=null, **chosen)]
        for null in ("positions", "labels")
    )
    mean, shifted = _mean(positions), _mean(labels)
    return {
        "phones": sum(row["phone"] != MEAN and row["observed"] == row["observed"] for row in positions),
        "morans_i_mean": mean["observed"],
        **{name: mean[name] for name in ("null_mean", "null_sd", "p", "q", "permutations")},
        **{f"label_shift_{name}": shifted[name] for name in ("null_mean", "null_sd", "p", "q")},
        "phones_beyond_positions": sum(row["p_family"] < LEVEL for row in positions),
        "phones_beyond_labels": sum(row["p_family"] < LEVEL for row in labels),
        "label_shifts": shifted["permutations"],
        "null_seed": shifted["null_seed"],
    }


def _regions(training: Training, layer: int) -> Row:
    """Regions against both nulls, and how large they are over phones."""
    count, largest, shifted, share = (
        [row for row in training.regions if _meets(row, layer=layer, statistic=statistic, null=null)]
        for statistic, null in (
            ("regions", "positions"),
            ("largest_region", "positions"),
            ("largest_region", "labels"),
            ("responsive_share", "labels"),
        )
    )
    sizes = [row["observed"] for row in largest if row["phone"] != MEAN and row["observed"] == row["observed"]]
    return {
        "responsive_share": _mean(share)["observed"],
        "regions": _mean(count)["observed"],
        "regions_null_mean": _mean(count)["null_mean"],
        "largest_region": _mean(largest)["observed"],
        "largest_region_median": float(np.median(sizes)) if sizes else None,
        "largest_region_minimum": min(sizes, default=None),
        "largest_region_maximum": max(sizes, default=None),
        "largest_region_null_mean": _mean(largest)["null_mean"],
        "largest_region_p": _mean(largest)["p"],
        "largest_region_label_shift_null_mean": _mean(shifted)["null_mean"],
        "largest_region_label_shift_p": _mean(shifted)["p"],
    }


def _units(maps: Maps, grid: Grid) -> Row:
    """How many phones a unit responds to, and how exclusive the largest regions are."""
    phones = phones_per_unit(maps)
    exclusive = [region.exclusivity for region in largest_regions(maps, grid) if region.units]
    return {
        "phones_per_unit": float(np.median(phones[phones > 0])) if phones.any() else None,
        "exclusivity": float(np.mean(exclusive)) if exclusive else None,
    }


def _mean(rows: Sequence[Row]) -> Row:
    return next(row for row in rows if row["phone"] == MEAN)


def _meets(row: Row, **criteria: object) -> bool:
    return all(row[column] == value for column, value in criteria.items())


def _share(ranks: Row, control: Row, name: str) -> float | None:
    return ranks[name] / control[name] if control and ranks[name] is not None else None
