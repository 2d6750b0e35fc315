"""What each way to get a map gives, and what it costs: one row per layer, with all measures beside each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.tables import number, read_table
from phonotopy.organisation.map_quality import MEASURES

__all__ = ["TABLE", "Sources", "front", "map_rows"]

Row = dict[str, Any]
Columns = Mapping[str, Callable[[str], Any]]
Floats = NDArray[np.float64]
TABLE = Table(
    "maps.tsv",
    rows="one row per training and hidden layer",
    columns={
        **shared("corpus", "condition", "seed", "layer"),
        "letter_error_rate_dev": Column(
            "fraction",
            "character error rate of dev speakers; of a layout that of what it lays out; empty without a recogniser",
        ),
        "letter_error_rate": Column("fraction", "the same of test speakers"),
        "morans_i": Column("", "mean Moran's I of d′ over phones, as `morans_i_mean` in `topography.tsv`"),
        "label_shift_excess": Column("", "morans_i minus its mean under label shifts"),
        "response_morans_i": Column("", "Moran's I of the responses, as in `response_autocorrelation.tsv`"),
        "effective_rank": Column("dimensions", "of responses, as in `rank.tsv`"),
        "effective_rank_share": Column("fraction", "of the control's, as in `topography.tsv`"),
        "limit_rank": Column("dimensions", "the largest rank that this response_morans_i leaves"),
        "limit_share": Column("fraction", "of it that is reached, as in `response_autocorrelation.tsv`"),
        **{name: Column("", "as in `map_quality.tsv`") for name in MEASURES},
        "agreement": Column(
            "", "correlation of d′ maps with those of the other seeds, mean over them, as in `agreement.tsv`"
        ),
        "front": Column(
            "",
            "`true` where no other condition has fewer character errors, higher Moran's I of d′ and higher effective "
            "rank in this layer, or the same in two and better in the third; means over seeds, test speakers; empty "
            "without a recogniser",
        ),
    },
    note="No single column says which map is best: several objectives are themselves correlations of neighbours, and "
    "copies of one unit are the smoothest map. What was measured on test speakers chooses no setting.",
)
PRICES = ("letter_error_rate", "morans_i", "effective_rank")
SIGNS = np.array([-1.0, 1.0, 1.0])  # of better


class Sources:
    """The tables that the rows are made of; each is read once."""

    def __init__(
        self,
        recognition: str | Path,
        topography: str | Path,
        agreement: str | Path,
        responses: Mapping[tuple[str, int], str | Path],
        quality: Mapping[tuple[str, int], str | Path],
        origins: Mapping[str, str],
    ) -> None:
        """Of all trainings: `recognition`, `topography` and `agreement`; of each, its other tables by its names.

        `origins` names the condition that recognises for each: a layout has the recogniser of what it lays out.
        """
        self.origins = origins
        errors = read_table(recognition, {"seed": int, "letter_error_rate": number})
        self.errors = {(r["condition"], r["seed"], r["split"]): r["letter_error_rate"] for r in errors}
        wanted = ("morans_i_mean", "label_shift_null_mean", "effective_rank", "effective_rank_share")
        columns: Columns = {"seed": int, "layer": int, **dict.fromkeys(wanted, number)}
        self.topography: list[Row] = read_table(topography, columns)
        pairs = read_table(agreement, {"layer": int, "seed_a": int, "seed_b": int, "observed": number})
        self.pairs: list[Row] = pairs
        self.responses = {names: _by_layer(path) for names, path in responses.items()}
        self.quality = {names: _measures(path) for names, path in quality.items()}

    def agreement(self, condition: str, seed: int, layer: int) -> float | None:
        """Mean over the other seeds of the condition; None without any."""
        here = [row for row in self.pairs if (row["condition"], row["layer"]) == (condition, layer)]
        found = [row["observed"] for row in here if seed in (row["seed_a"], row["seed_b"])]
        known = [value for value in found if np.isfinite(value)]
        return float(np.mean(known)) if known else None


def _by_layer(path: str | Path) -> dict[int, Row]:
    columns: Columns = {"layer": int, "observed": number, "limit_rank": number, "limit_share": number}
    rows = read_table(path, columns)
    return {row["layer"]: row for row in rows if row["statistic"] == "morans_i"}


def _measures(path: str | Path) -> dict[tuple[int, str], float]:
    rows = read_table(path, {"layer": int, "observed": number})
    return {(row["layer"], row["measure"]): row["observed"] for row in rows}


def map_rows(corpus: str, sources: Sources) -> Iterator[Row]:
    """One row per row of topography.tsv."""
    rows = [_row(corpus, row, sources) for row in sources.topography]
    for layer in dict.fromkeys(row["layer"] for row in rows):
        here = [row for row in rows if row["layer"] == layer]
        best = front(here)
        for row in here:
            row["front"] = best.get(row["condition"])
    yield from rows


def _row(corpus: str, row: Row, sources: Sources) -> Row:
    condition, seed, layer = row["condition"], row["seed"], row["layer"]
    responses = sources.responses[condition, seed][layer]
    dev, test = (sources.errors.get((sources.origins[condition], seed, split)) for split in ("dev", "test"))
    return {
        "corpus": corpus,
        "condition": condition,
        "seed": seed,
        "layer": layer,
        "letter_error_rate_dev": dev,
        "letter_error_rate": test,
        "morans_i": row["morans_i_mean"],
        "label_shift_excess": row["morans_i_mean"] - row["label_shift_null_mean"],
        "response_morans_i": responses["observed"],
        **{name: row[name] for name in ("effective_rank", "effective_rank_share")},
        **{name: responses[name] for name in ("limit_rank", "limit_share")},
        **{name: sources.quality[condition, seed][layer, name] for name in MEASURES},
        "agreement": sources.agreement(condition, seed, layer),
    }


def front(rows: Sequence[Row]) -> dict[str, bool]:
    """Whether each condition is on the front of a layer's rows; conditions without all values are left out."""
    means: dict[str, Floats] = {}
    for condition in dict.fromkeys(row["condition"] for row in rows):
        own = [[row[name] for name in PRICES] for row in rows if row["condition"] == condition]
        values = np.array(own, dtype=np.float64).mean(axis=0)
        if np.isfinite(values).all():
            means[condition] = values * SIGNS
    return {name: not _beaten(values, means.values()) for name, values in means.items()}


def _beaten(values: Floats, others: Iterable[Floats]) -> bool:
    return any(bool((other >= values).all() and (other > values).any()) for other in others)
