"""Differences between conditions, paired by seed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.seeds import key, stream
from phonotopy.inference.bootstrap import draws, interval
from phonotopy.inference.families import adjusted
from phonotopy.inference.permutation import p_value

__all__ = ["ENOUGH", "MEASURES", "RATES", "TABLE", "conditions", "equivalence", "paired", "sign_flip"]

Floats = NDArray[np.float64]
Row = dict[str, Any]
Alternative = Literal["greater", "less", "two-sided"]
ENOUGH = 6  # pairs under which no sign-flip test reaches .05 two-sided: 2 / 2**5 = .0625
EXACT = 16  # pairs up to which all sign patterns are listed
SAMPLED = 99_999  # patterns beyond
MEMORY = 64 * 2**20  # bytes of patterns at once
RATES = ("letter_error_rate", "word_error_rate")
MEASURES = ("morans_i_mean", "responsive_share", "regions", "largest_region", "effective_rank")
TABLE = Table(
    "conditions.tsv",
    rows="one row per measure, split or layer, and condition",
    columns={
        **shared("corpus"),
        "measure": Column(
            "", "a column of `recognition.tsv` (`letter_error_rate` is the character error rate) or of `topography.tsv`"
        ),
        "split": Column("", "in which a measure of recognition was taken"),
        "layer": Column("", "in which a measure of maps was taken"),
        **shared("condition"),
        "reference": Column("", "the condition that it is compared with"),
        "pairs": Column("count", "seeds that both were trained with"),
        "difference": Column("as the measure", "mean over pairs, condition minus reference"),
        "low": Column("as the measure", "lower end of the 95 % bootstrap interval over pairs"),
        "high": Column("as the measure", "upper end of the same"),
        "statistic": Column("", "the mean difference"),
        "null": Column("", "`sign-flip`: flips of the signs of pairs, all of them for up to 16"),
        "permutations": Column("count", "flips"),
        **shared("alternative", "null_seed"),
        "p": Column("", "of the difference"),
        "q": Column("fraction", "p after Benjamini and Hochberg over the rows of the measure"),
        "margin": Column("fraction", "`mapping.equivalence_margin`, for character error rates"),
        "p_equivalence": Column(
            "", "of two one-sided tests; small where the difference is shown to lie within the margin"
        ),
        "status": Column("", "`ok`, or `not testable` with under six pairs: low, high and every p are empty then"),
    },
    note="Such a row speaks of trainings, not of speakers; for those see `compared_recognition.tsv`.",
)


def sign_flip(differences: Floats, alternative: Alternative, seed: int) -> tuple[float, int]:
    """The p of the mean of paired `differences` ``(pairs,)`` under flips of their signs, and the number of flips.

    All 2ⁿ patterns for up to 16 pairs, the observed one among them (bib key fisher1935), else 99,999 at random. Exact
    where differences are symmetric about 0.
    """
    n = len(differences)
    if n <= EXACT:
        signs = 1 - 2 * ((np.arange(1, 2**n)[:, None] >> np.arange(n)) & 1)  # pattern 0 is the observation itself
        null = signs @ differences / n
    else:
        null = _sampled_flips(differences, seed)
    return float(p_value(differences.mean(), null, alternative)), len(null)


def _sampled_flips(differences: Floats, seed: int) -> Floats:
    """Means of `differences` under random flips of their signs, as many patterns at once as memory allows."""
    random, n = stream("sign flips", seed), len(differences)
    step = max(1, MEMORY // (8 * n))
    sizes = (min(step, SAMPLED - first) for first in range(0, SAMPLED, step))
    return np.concatenate([(1 - 2 * random.integers(2, size=(size, n))) @ differences / n for size in sizes])


def equivalence(differences: Floats, margin: float, seed: int) -> float:
    """The p of two one-sided sign-flip tests against ± `margin` (bib key schuirmann1987), the larger one.

    Small where the mean difference is shown to lie within the margin.
    """
    above, _ = sign_flip(differences + margin, "greater", seed)
    below, _ = sign_flip(differences - margin, "less", seed)
    return max(above, below)


def conditions(
    corpus: str,
    recognition: Iterable[Row],
    topography: Iterable[Row],
    control: str | None,
    *,
    margin: float,
    bootstraps: int,
    seed: int,
) -> list[Row]:
    """Every measure of every condition minus that of the condition `control`, seed by seed; q over a measure's rows.

    `recognition` and `topography` are rows of those tables. Nothing is compared without a control. These differences
    generalise over trainings, not over speakers. A seed counts where both conditions have a value, and layers of unlike
    grids have no difference: a row without one says `not testable`.
    `margin` is of character error rates; nobody knows one for the other measures.
    """
    layers = list(topography)
    values = [*_long(recognition, RATES, "split"), *_long(layers, MEASURES, "layer")]
    grids = {(row["condition"], row["seed"], row["layer"]): (row["rows"], row["columns"]) for row in layers}
    names = dict.fromkeys((measure, part, condition) for measure, part, condition, _, _ in values)
    table = {(measure, part, condition, training): value for measure, part, condition, training, value in values}
    seeds = sorted({training for *_, training, _ in values})
    rows = []
    for measure, part, condition in names:
        here, there = ([table.get((measure, part, who, s)) for s in seeds] for who in (condition, str(control)))
        alike = [_alike(grids, part, condition, control, s) or measure in RATES for s in seeds]
        pairs = [(one, other) for one, other, like in zip(here, there, alike, strict=True) if like]
        known = [one - other for one, other in pairs if one is not None and other is not None]
        differences = np.array([value for value in known if np.isfinite(value)])
        if control is not None and condition != control and (len(differences) or not all(alike)):
            scope = {"split": part if measure in RATES else None, "layer": None if measure in RATES else part}
            identity = {"corpus": corpus, "measure": measure, **scope, "condition": condition, "reference": control}
            bound = margin if measure == "letter_error_rate" else None
            rows.append({**identity, **paired(differences, bound, bootstraps, seed)})
    return adjusted(rows, "measure")


def _long(rows: Iterable[Row], measures: Sequence[str], part: str) -> Iterator[tuple[str, Any, str, int, float]]:
    for row in rows:
        for measure in measures:
            yield measure, row[part], row["condition"], row["seed"], row[measure]


def _alike(grids: Mapping[tuple[str, int, Any], object], layer: object, one: str, other: str | None, seed: int) -> bool:
    """Whether a layer of two trainings has grids of one size."""
    return grids.get((one, seed, layer)) == grids.get((str(other), seed, layer))


def paired(differences: Floats, margin: float | None, bootstraps: int, seed: int) -> Row:
    """The columns of `TABLE` that are about `differences` ``(pairs,)``; q is left empty.

    `not testable` with under six of them; of a measure with a `margin` also whether it is equivalent.
    """
    n = len(differences)
    found = {"pairs": n, "difference": differences.mean() if n else None}
    test = {"statistic": "mean difference", "null": "sign-flip", "alternative": "two-sided", "null_seed": seed}
    if n < ENOUGH:
        empty = dict.fromkeys(("low", "high", "p", "q", "p_equivalence"))
        return {**found, **test, **empty, "permutations": 0, "margin": margin, "status": "not testable"}
    low, high = interval(draws(n, bootstraps, key("conditions", seed)) @ differences / n, n)
    p, patterns = sign_flip(differences, "two-sided", seed)
    same = None if margin is None else equivalence(differences, margin, seed)
    tested = {"permutations": patterns, "p": p, "margin": margin, "p_equivalence": same, "status": "ok"}
    return {**found, **test, **tested, "low": float(low), "high": float(high), "q": None}
