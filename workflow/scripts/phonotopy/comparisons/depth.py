"""Whether organisation grows with depth."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

from phonotopy.comparisons.conditions import ENOUGH, sign_flip
from phonotopy.core.columns import Column, Table, shared
from phonotopy.inference.families import adjusted
from phonotopy.inference.permutation import p_value

__all__ = ["STATISTICS", "TABLE", "depth"]

Floats = NDArray[np.float64]
Row = dict[str, Any]
ALL = "all"  # in the column `seed`: for the mean over the trainings of a condition
STATISTICS = ("morans_i_mean", "responsive_share", "largest_region", "effective_rank")
MOST = 8  # layers, of which all 8! orders are listed at once
LEVEL = 0.05  # that the most ordered values must be able to reach: 2 / 4! = .083 does not, 2 / 5! = .017 does
TABLE = Table(
    "depth.tsv",
    rows="one row per condition, seed (or `all`) and measure",
    columns={
        **shared("corpus", "condition"),
        "seed": Column("", "of the training, or `all`"),
        "measure": Column("", "a column of `topography.tsv`"),
        "layers": Column("count", "of the training; in rows `all` of the first one"),
        "slope": Column("per layer", "by least squares"),
        "statistic": Column("", "Kendall's tau with the layer"),
        "observed": Column("", "its value; in rows `all` the mean over seeds"),
        "null": Column("", "`layers` (all other orders of the layers) or `sign-flip` (over seeds)"),
        "permutations": Column("count", "orders or flips"),
        **shared("alternative", "null_seed", "p"),
        "q": Column(
            "fraction",
            "p after Benjamini and Hochberg over the measures of the training; in rows `all` of the condition",
        ),
        "status": Column(
            "",
            "`ok`, or `not testable` with under five or over eight layers, so many ties that no order could be "
            "significant, or under six seeds",
        ),
    },
)


def depth(corpus: str, rows: Iterable[Row], *, seed: int) -> list[Row]:
    """Kendall's tau of each measure with the layer, for every training and over the trainings of a condition.

    `rows` have condition, seed, layer and the `STATISTICS`, as topography.tsv. Within a training the orders of its
    layers are the null; over trainings the signs of their tau. `slope` is per layer, by least squares. q is over the
    measures of a training, or of a condition.
    """
    return adjusted(_trends(corpus, rows, seed), "condition", "seed")


def _trends(corpus: str, rows: Iterable[Row], seed: int) -> Iterator[Row]:
    trainings: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        trainings.setdefault((row["condition"], row["seed"]), []).append(row)
    for measure in STATISTICS:
        found: dict[str, list[tuple[float, float, int]]] = {}
        for (condition, training), layers in trainings.items():
            ordered = sorted(layers, key=lambda row: int(row["layer"]))
            values = np.array([row[measure] for row in ordered], dtype=np.float64)
            identity = {
                "corpus": corpus,
                "condition": condition,
                "seed": training,
                "measure": measure,
                "layers": len(values),
            }
            row = {**identity, **_trend(values), "null_seed": seed}
            found.setdefault(condition, []).append((row["slope"], row["observed"], len(values)))
            yield row
        for condition, both in found.items():
            identity = {
                "corpus": corpus,
                "condition": condition,
                "seed": ALL,
                "measure": measure,
                "layers": both[0][2],
            }
            yield {**identity, **_over_trainings(both, seed), "null_seed": seed}


def _trend(values: Floats) -> Row:
    layers = np.arange(len(values), dtype=np.float64)
    described = {"statistic": "kendalls_tau", "null": "layers", "alternative": "two-sided"}
    if len(values) < 2 or not np.isfinite(values).all():
        return {**described, **dict.fromkeys(("slope", "observed", "p")), "permutations": 0, "status": "not testable"}
    slope = float(np.polyfit(layers, values, 1)[0])
    observed = float(kendalltau(layers, values).statistic)
    orders = permutations(range(len(values))) if len(values) <= MOST else ()
    taus = np.array([_tau(values[list(order)]) for order in orders])  # the first one is the observation
    if not len(taus) or 2 * np.mean(taus == taus.max()) > LEVEL:
        tested: Mapping[str, object] = {"permutations": 0, "p": None, "status": "not testable"}
        return {**described, "slope": slope, "observed": observed, **tested}
    p = float(p_value(taus[0], taus[1:]))
    return {**described, "slope": slope, "observed": observed, "permutations": len(taus) - 1, "p": p, "status": "ok"}


def _tau(values: Floats) -> float:
    """Concordant minus discordant pairs; ties of the values change its scale alone, the same in every order."""
    first, second = np.triu_indices(len(values), k=1)
    return float(np.sign(values[second] - values[first]).sum())


def _over_trainings(found: Sequence[tuple[float, float, int]], seed: int) -> Row:
    slopes, taus, _ = np.array(found, dtype=np.float64).T
    described = {"statistic": "mean kendalls_tau", "null": "sign-flip", "alternative": "two-sided"}
    values: Row = {"slope": slopes.mean(), "observed": taus.mean()}
    if len(taus) < ENOUGH or not np.isfinite(taus).all():
        return {**described, **values, "permutations": 0, "p": None, "status": "not testable"}
    p, patterns = sign_flip(taus, "two-sided", seed)
    return {**described, **values, "permutations": patterns, "p": p, "status": "ok"}
