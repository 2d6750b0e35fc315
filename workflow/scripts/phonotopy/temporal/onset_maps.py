"""Maps of responses at lags around the onset of a phone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.placement import placed
from phonotopy.activations.read import Responses
from phonotopy.core.columns import Column, Table, shared
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.temporal.timing import OnsetLocked

__all__ = ["TABLE", "layer_rows", "mean_over_groups"]

Floats = NDArray[np.float64]
MS = 1000.0
TABLE = Table(
    "onset_maps.tsv",
    rows="one row per layer, phone of `figures.examples` with enough tokens and speakers, lag and unit",
    columns={
        **shared("layer", "unit", "row", "column", "phone"),
        "lag_ms": Column(
            "ms",
            "after the onset of the phone; the time of a response is that of the centre of its receptive field, no "
            "finer than the stride of the layer",
        ),
        "contrast": Column(
            "s.d. of a unit",
            "mean response to the phone minus that to the other phones, which weigh equally, mean over the groups of "
            "speakers that have it; in standard deviations of the unit over speech. Empty of a unit that never varies",
        ),
        "groups": Column("count", "groups of speakers"),
    },
)


def mean_over_groups(contrast: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Mean over the groups that have a value, ``(lags, units)``, of `contrast` ``(groups, lags, units)``.

    Beside it how many groups have one at a lag, ``(lags,)``.
    """
    known = np.isfinite(contrast)
    number = known.sum(axis=0)
    total = np.sum(contrast, axis=0, where=known)
    mean = np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)
    return mean, number.max(axis=1, initial=0)


def layer_rows(
    responses: Responses, layer: int, *, criteria: Mapping[str, Any], phones: Sequence[str], **_: int
) -> Iterator[dict[str, object]]:
    """The rows of a layer for some `phones`; none of those with too few tokens."""
    cells = responses.cells(layer)
    tested = Criteria(**criteria).tested(cells)
    names = [phone for phone, kept in zip(cells.phones, tested, strict=True) if kept]
    if not {*names} & {*phones}:
        return
    found = OnsetLocked.of(responses, layer, tested)
    for phone in (phone for phone in phones if phone in names):
        mean, groups = mean_over_groups(found.contrast[:, :, names.index(phone)])
        for lag_s, own, number in zip(found.lag_s.tolist(), mean.tolist(), groups.tolist(), strict=True):
            at = {"phone": phone, "lag_ms": MS * lag_s, "groups": number}
            for position, unit, row, column in placed(*responses.positions[layer]):
                where = {"layer": layer, "unit": unit, "row": row, "column": column}
                yield {**where, **at, "contrast": own[position]}
