"""From numbers of tokens to rows with an interval and a test over speakers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from phonotopy.core.columns import Column, shared
from phonotopy.core.inventory import MEAN
from phonotopy.inference.bootstrap import COVERAGE
from phonotopy.inference.permutation import Alternative

__all__ = ["FEWEST", "TESTED", "Design", "Row", "compared_rows", "summary"]

Floats = NDArray[np.float64]
Row = dict[str, object]
FEWEST = 3  # speakers
TESTED = {  # columns of such rows
    "value": Column("as the score", "mean over speakers of their tokens' means; in rows `mean` of that over phones"),
    "low": Column("as the score", "end of the 95 % interval of value, by t over speakers"),
    "high": Column("as the score", "other end"),
    "control": Column("as the score", "of the control, over the same tokens; empty where there is none"),
    "speakers": Column("count", "with a value and one of the control"),
    "tokens": Column("count", "of these"),
    "alternative": Column("", "`greater` or `less`: on which side of control p looks for value"),
    "p": Column(
        "",
        "of that difference over speakers, paired t; null: its mean over speakers is 0. Where the null is `labels`, "
        f"{shared('p')['p'].meaning}",
    ),
}


@dataclass(frozen=True)
class Design:
    """Phone and speaker of each token ``(tokens,)``, as indices in `phones` and from 0 to `speakers` − 1."""

    phones: tuple[str, ...]
    speakers: int
    phone: NDArray[np.int64]
    speaker: NDArray[np.int64]

    def cells(self, values: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Means ``(speakers, phones)`` of the tokens that have a value, NaN without one, and how many have."""
        known = np.isfinite(values)
        shape = self.speakers, len(self.phones)
        where = np.ravel_multi_index((self.speaker[known], self.phone[known]), shape)
        size = int(np.prod(shape))
        count = np.bincount(where, minlength=size)
        total = np.bincount(where, weights=values[known], minlength=size)
        means = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return means.reshape(shape), count.reshape(shape)


def summary(values: Floats) -> tuple[float, float, float, int]:
    """Mean of the finite values of speakers, both ends of its interval by t, and how many there are."""
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan"), float("nan"), float("nan"), 0
    mean = float(known.mean())
    if len(known) < FEWEST:
        return mean, float("nan"), float("nan"), len(known)
    reach = float(stdtrit(len(known) - 1, (1 + COVERAGE) / 2) * known.std(ddof=1) / np.sqrt(len(known)))
    return mean, mean - reach, mean + reach, len(known)


def _p(differences: Floats, alternative: Alternative) -> float:
    """Paired t-test of speakers' differences; NaN under three speakers and where nothing varies."""
    known = differences[np.isfinite(differences)]
    if len(known) < FEWEST or not np.ptp(known):
        return float("nan")
    t = known.mean() / (known.std(ddof=1) / np.sqrt(len(known)))
    return float(stdtr(len(known) - 1, -t if alternative == "greater" else t))


def compared_rows(
    design: Design, values: Floats, control: Floats | None, alternative: Alternative | None = None
) -> Iterator[Row]:
    """Rows by phone and of the mean: `values` of tokens ``(tokens,)`` beside those of a control, columns `TESTED`."""
    paired = values if control is None else np.where(np.isfinite(control), values, np.nan)
    below = None if control is None else np.where(np.isfinite(values), control, np.nan)
    own, count = design.cells(paired)
    other = None if below is None else design.cells(below)[0]
    for index, phone in enumerate(design.phones):
        row = _row(own[:, index], None if other is None else other[:, index], alternative)
        yield {"phone": phone, **row, "tokens": int(count[:, index].sum())}
    with_any = np.isfinite(own).any(axis=1)
    means = [np.nanmean(one[with_any], axis=1) for one in (own, other) if one is not None]
    yield {
        "phone": MEAN,
        **_row(means[0], means[1] if len(means) > 1 else None, alternative),
        "tokens": int(count.sum()),
    }


def _row(own: Floats, other: Floats | None, alternative: Alternative | None) -> Row:
    mean, low, high, speakers = summary(own)
    tested = other is not None and alternative is not None
    p = _p(own - other, alternative) if other is not None and alternative is not None else None
    lacking = speakers < FEWEST or (p is not None and np.isnan(p))
    return {
        "value": mean,
        "low": low,
        "high": high,
        "control": None if other is None else summary(other)[0],
        "speakers": speakers,
        "alternative": alternative if tested else None,
        "p": p,
        "status": "not testable" if lacking else "ok",
    }
