"""Which layers hold phones and which letters: likeness of profiles that share the one but not the other."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.moments import Moments
from phonotopy.core.seeds import stream
from phonotopy.inference.permutation import p_value

__all__ = ["GROUPS", "Profiles", "group_rows", "grouping_test", "profiles"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Row = dict[str, object]
FEWEST = 5  # tokens of a phone and a symbol, in each half of the speakers
GROUPS = Table(
    "saliency_groups.tsv",
    rows="one row per layer, variant and grouping",
    columns={
        **shared("layer"),
        "variant": Column("", "`plain` or `relevance`, as in `saliency_topography.tsv`"),
        "grouping": Column("", "`phone`, or `letter`: the symbol that is spelled"),
        "profiles": Column(
            "count", f"pairs of phone and letter with {FEWEST} tokens in each half of the speakers: mean over tokens"
        ),
        "comparisons": Column("count", "pairs of groups of the other grouping that have both kinds of likeness"),
        "observed": Column(
            "",
            "correlation over units of profiles of the two halves of the speakers that share the grouping, minus that "
            "of profiles that do not, within pairs of unlike groups of the other grouping; mean over these. Units are "
            "standardised over profiles",
        ),
        "null": Column("", "`labels`: the grouping permuted among profiles that are alike in the other one"),
        **shared("null_mean", "null_sd", "permutations", "alternative", "null_seed", "p"),
        "q": Column("fraction", "p after Benjamini and Hochberg over the layers of a variant and grouping"),
        "status": Column("", "`ok`, or `not testable`: no comparisons, or a null without spread"),
    },
    note="A phone is often spelled by one letter, and profiles of the two are alike for that reason alone. `phone` "
    "therefore compares tokens that are spelled by unlike letters, and `letter` tokens of unlike phones.",
)


class Profiles(NamedTuple):
    """Mean values of both halves of the speakers ``(2, profiles, units)``, their phones and letters ``(profiles,)``."""

    values: Floats
    phone: Indices
    letter: Indices


def profiles(moments: Moments, phones: int, symbols: int) -> Profiles:
    """Profiles from moments by half × phone × symbol."""
    count = moments.count.reshape(2, phones, symbols)
    phone, letter = np.nonzero((count >= FEWEST).all(axis=0))
    mean = moments.mean.reshape(2, phones, symbols, -1)
    return Profiles(mean[:, phone, letter], phone, letter)


def group_rows(found: Profiles, *, permutations: int, key: int) -> Iterator[Row]:
    """Rows of a layer and variant, without these, seed and q."""
    likeness = _likeness(found.values)
    for name, own, other in (("phone", found.phone, found.letter), ("letter", found.letter, found.phone)):
        row = {"grouping": name, "profiles": len(own), "null": "labels", "alternative": "greater"}
        yield row | grouping_test(likeness, own, other, permutations=permutations, key=key)


def grouping_test(likeness: Floats, own: Indices, other: Indices, *, permutations: int, key: int) -> Row:
    """The test of a grouping `own` beyond the `other`; `likeness` ``(profiles, profiles)`` between halves."""
    among = np.equal.outer(np.unique(other), other).astype(np.float64)
    observed, comparisons = _contrast(likeness, own, among)
    if not comparisons:
        return {**dict.fromkeys(("observed", "null_mean", "null_sd", "p")), "comparisons": 0, **_untested(permutations)}
    random = stream("grouping", key)
    null = np.array([_contrast(likeness, _shuffled(own, other, random), among)[0] for _ in range(permutations)])
    row: Row = {"comparisons": comparisons, "observed": observed, "permutations": permutations}
    if not np.isfinite(null).all() or np.ptp(null) <= 0:
        return {**row, **dict.fromkeys(("null_mean", "null_sd", "p")), "status": "not testable"}
    p = float(p_value(observed, null, "greater"))
    return {**row, "null_mean": float(null.mean()), "null_sd": float(null.std(ddof=1)), "p": p, "status": "ok"}


def _untested(permutations: int) -> Row:
    return {"permutations": permutations, "status": "not testable"}


def _likeness(values: Floats) -> Floats:
    """Correlations over units of the profiles of one half with those of the other, both ways, ``(profiles,) * 2``."""
    centred = values - values.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    scaled = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    scaled -= scaled.mean(axis=2, keepdims=True)
    length = np.linalg.norm(scaled, axis=2, keepdims=True)
    first, second = np.divide(scaled, length, out=np.zeros_like(scaled), where=length > 0)
    both = first @ second.T
    return np.asarray((both + both.T) / 2)


def _contrast(likeness: Floats, own: Indices, among: Floats) -> tuple[float, int]:
    """Likeness with `own` alike minus unlike, mean over pairs of unlike groups of the other, and how many these are."""
    alike = np.equal.outer(own, own)
    means, numbers = [], []
    for chosen in (alike, ~alike):
        number = among @ chosen @ among.T
        total = among @ np.where(chosen, likeness, 0.0) @ among.T
        means.append(np.divide(total, number, out=np.zeros_like(total), where=number > 0))
        numbers.append(number)
    pairs = np.triu((numbers[0] > 0) & (numbers[1] > 0), k=1)
    count = int(pairs.sum())
    return (float((means[0] - means[1])[pairs].mean()) if count else float("nan")), count


def _shuffled(own: Indices, other: Indices, random: np.random.Generator) -> Indices:
    """`own` in random order within each group of the other."""
    order = np.lexsort((random.random(len(own)), other))
    found = np.empty_like(own)
    found[np.argsort(other, kind="stable")] = own[order]
    return found
