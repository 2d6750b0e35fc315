"""The table of topography: what is said of a layer in one row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phonotopy.activations.geometry import read_grids
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.core.inventory import MEAN
from phonotopy.core.tables import number, read_table

__all__ = ["TABLE", "Training", "topography"]

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
        "label_shift_p": Column("", "of morans_i_mean against label shifts, greater"),
        "responsive_share": Column("fraction", "of live units"),
        "regions": Column("count", "regions per phone"),
        "regions_null_mean": Column("count", "of regions under permuted positions"),
        "largest_region": Column("units", "of a phone"),
        "largest_region_null_mean": Column("units", "of largest_region under permuted positions"),
        "largest_region_p": Column("", "of largest_region against permuted positions, greater"),
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

    @classmethod
    def read(cls, condition: str, seed: int, paths: Mapping[str, str | Path]) -> "Training":
        """Read ``geometry.tsv``, ``autocorrelation.tsv``, ``regions.tsv`` and ``rank.tsv``, named by their stems."""
        ranks = read_table(paths["rank"], RANKS)
        return cls(
            condition,
            seed,
            read_grids(paths["geometry"]),
            read_table(paths["autocorrelation"], STATISTICS),
            read_table(paths["regions"], STATISTICS),
            {row["layer"]: row for row in ranks},
        )


def topography(
    corpus: str, trainings: Sequence[Training], contiguity: Contiguity, control: str | None
) -> Iterator[Row]:
    """One row per training and layer.

    Moran's I, `responsive_share`, `regions` (number) and `largest_region` (units) are means over the phones with
    enough tokens. Nulls are permuted unit positions except where a column says `label_shift`. Shares divide by the
    same-seed training of the condition `control`, and are empty without one or where its layer has another grid.
    """
    controls = {training.seed: training for training in trainings if training.condition == control}
    for training in trainings:
        for layer, grid in training.grids.items():
            identity = (corpus, training.condition, training.seed, layer, grid.rows, grid.columns)
            ranks = training.ranks[layer]
            reference = controls.get(training.seed)
            alike = reference is not None and reference.grids.get(layer) == grid
            against = reference.ranks[layer] if reference and alike else {}
            shares = (_share(ranks, against, name) for name in ("effective_rank", "filter_rank"))
            found = _statistics(training, layer, contiguity)
            cells = (*identity, *found, ranks["effective_rank"], *shares, *_surrogates(training, layer, contiguity))
            yield dict(zip(TABLE.columns, cells, strict=True))


def _statistics(training: Training, layer: int, contiguity: Contiguity) -> Iterator[object]:
    criteria = {"layer": layer, "statistic": "morans_i", "weights": contiguity}
    positions = [row for row in training.autocorrelation if _meets(row, null="positions", **criteria)]
    yield sum(row["phone"] != MEAN and row["observed"] == row["observed"] for row in positions)
    mean = next(row for row in positions if row["phone"] == MEAN)
    yield from (mean[column] for column in ("observed", "null_mean", "null_sd", "p", "q"))
    labels = _mean(training.autocorrelation, null="labels", **criteria)
    yield from (labels["null_mean"], labels["p"])
    yield _mean(training.regions, layer=layer, statistic="responsive_share", null="labels")["observed"]
    count = _mean(training.regions, layer=layer, statistic="regions", null="positions")
    yield from (count["observed"], count["null_mean"])
    largest = _mean(training.regions, layer=layer, statistic="largest_region", null="positions")
    yield from (largest["observed"], largest["null_mean"], largest["p"])


def _surrogates(training: Training, layer: int, contiguity: Contiguity) -> Iterator[object]:
    """Permutations of positions, shifts of labels, and the seed of both."""
    criteria = {"layer": layer, "statistic": "morans_i", "weights": contiguity}
    found = [_mean(training.autocorrelation, null=null, **criteria) for null in ("positions", "labels")]
    yield from (*(row["permutations"] for row in found), found[1]["null_seed"])


def _mean(rows: Sequence[Row], **criteria: object) -> Row:
    return next(row for row in rows if row["phone"] == MEAN and _meets(row, **criteria))


def _meets(row: Row, **criteria: object) -> bool:
    return all(row[column] == value for column, value in criteria.items())


def _share(ranks: Row, control: Row, name: str) -> float | None:
    return ranks[name] / control[name] if control and ranks[name] is not None else None
