"""Rows that set an observed statistic against its null."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, shared
from phonotopy.core.inventory import MEAN
from phonotopy.inference import families
from phonotopy.inference.label_null import LabelNull
from phonotopy.inference.permutation import Alternative, adjust, family_p_value, p_value, varies

__all__ = ["RESULT", "Row", "adjusted", "against_labels", "compared", "counted"]

Floats = NDArray[np.float64]
Row = dict[str, object]
RESULT = {  # columns of such rows
    **shared("observed"),
    "null": Column(
        "",
        "`positions` (unit positions permuted, the same permutation for all phones) or `labels` (label sequences "
        "shifted between utterances of a speaker)",
    ),
    **shared("null_mean", "null_sd", "permutations", "alternative", "null_seed"),
    "p": Column(
        "",
        f"{shared('p')['p'].meaning}; empty, as p_family and q, where all surrogates are equal: a null without spread "
        "tests nothing",
    ),
    **shared("p_family", "q"),
    "tokens": Column(
        "count",
        "that `observed` rests on: under `positions` all of the phone, under `labels` those that are stored; in rows "
        "`mean` the sum over phones",
    ),
}


def compared(
    names: Sequence[str], observed: Floats, null: Floats, alternative: Alternative, description: Mapping[str, object]
) -> Iterator[Row]:
    """One row per name, with p_family and q over all of them, and one for their mean, where both are empty.

    `observed` ``(names,)``, `null` ``(permutations, names)``. The mean leaves out what is NaN; since every permutation
    is shared by all names, its null keeps their dependence. `description` gives the other columns. Where a null has no
    spread, p, p_family and q are NaN, and those of the others are over the others.
    """
    valid = np.isfinite(observed)
    wide = np.append(observed, observed[valid].mean() if valid.any() else np.nan)
    values = np.column_stack([null, null[:, valid].mean(axis=1) if valid.any() else np.full(len(null), np.nan)])
    tested = np.where(varies(values), wide, np.nan)
    p = p_value(tested, values, alternative)
    mean, sd = values.mean(axis=0), values.std(axis=0, ddof=1)
    q = np.append(adjust(p[:-1]), np.nan)
    p_family = np.append(family_p_value(tested[:-1], null, alternative, axis=0), np.nan)
    for index, name in enumerate([*names, MEAN]):
        known = np.isfinite(wide[index])
        yield {
            **description,
            "phone": name,
            "observed": wide[index],
            "null_mean": mean[index] if known else np.nan,
            "null_sd": sd[index] if known else np.nan,
            "permutations": len(null),
            "alternative": alternative,
            "p": p[index],
            "p_family": p_family[index],
            "q": q[index],
        }


def counted(rows: Iterable[Row], tokens: Mapping[str, int]) -> Iterator[Row]:
    """The rows with the number of tokens that `observed` rests on; that of the mean is the sum over its phones.

    What is streamed rests on all tokens, what is computed anew for every label shift on those that are stored.
    """
    for row in rows:
        yield {**row, "tokens": sum(tokens.values()) if row["phone"] == MEAN else tokens.get(str(row["phone"]), 0)}


def adjusted(rows: Iterable[Row], *family: str) -> list[Row]:
    """The rows, where q of each mean is taken over the means that agree in the columns `family`."""
    result = list(rows)
    families.adjusted((row for row in result if row["phone"] == MEAN), *family)
    return result


def against_labels(
    phones: Sequence[str],
    labels: LabelNull,
    statistic: str,
    alternative: Alternative,
    description: Mapping[str, object],
) -> Iterator[Row]:
    """The first row of a label null is the observation."""
    values = np.full((len(labels.statistics[statistic]), len(phones)), np.nan)
    values[:, [phones.index(phone) for phone in labels.phones]] = labels.statistics[statistic]
    rows = compared(phones, values[0], values[1:], alternative, {**description, "null": "labels"})
    yield from counted(rows, dict(zip(labels.phones, labels.tokens, strict=True)))
