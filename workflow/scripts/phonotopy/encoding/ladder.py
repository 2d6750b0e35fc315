"""The ladder of nulls: what units, and neighbours together, owe to sound, to phones, and to phones beyond sound."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.core import steps
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.inventory import MEAN
from phonotopy.core.seeds import key
from phonotopy.encoding import unit_variance
from phonotopy.encoding.accounts import LabelAccount, LayerAccounts
from phonotopy.encoding.explained import Labelling
from phonotopy.encoding.rungs import ALL
from phonotopy.inference import families
from phonotopy.inference.evidence import RESULT, compared
from phonotopy.inference.permutation import Alternative

__all__ = ["LABEL_NULLS", "TABLE", "TABLES", "Row", "label_key", "ladder_rows", "layers_rows"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Row = dict[str, Any]
TABLE = Table(
    "ladder.tsv",
    rows="one row per layer, labelling, null, statistic and phone",
    columns={
        **shared("layer"),
        "labelling": Column(
            "",
            "what is accounted for: `responses` (all that units do), `sound` (what the sound predicts), `phone`, "
            "`phone beyond manner`, `phone beyond sound` (what phones beyond the sound explain of responses beyond the "
            "sound), `loudness`, `voicing`, `centroid` (thirds, by speaker), `word`, "
            "`word beyond phone`, `speaker`",
        ),
        "phone": Column("", "a phone (against all others), `all` for all labels together, or `mean` over phones"),
        "statistic": Column(
            "",
            "`units`: share of the variance of units (mean over units) that labels explain alike in different folds "
            "of speakers; `neighbours`: the same of the covariance of neighbouring units, as a share of the variance "
            "of units; `morans_i`: of d′",
        ),
        **{name: column for name, column in RESULT.items() if name not in ("tokens", "null")},
        "null": Column(
            "",
            "`positions` (units permuted), `labels` (label sequences shifted between utterances of a speaker), "
            "`manners` (labels exchanged within speaker and manner), `clusters` (instead of phones, clusters of the "
            "sound of equal number and sizes), `sound` (labels sampled from the chances that the sound gives them), "
            "`random network` (units of random weights, which know no phones: null_mean is that of their layer that "
            "explains most, null_sd the jackknife error of the difference, p a t-test over folds of speakers); "
            "empty: none",
        ),
        "status": Column(
            "",
            "`ok`, `not tested` (no null) or `not testable` (no p: no spread, too few folds, or, for `sound` and "
            "`random network`, fewer than two tokens per feature of the sound)",
        ),
    },
    note="`phone beyond sound` compares what units do beyond the sound with phones beyond it, so that an error in "
    "either prediction alone raises nothing; `random network` shows what errors in both leave. Shares are means over "
    "pairs of folds of speakers: noise adds nothing to them, however smooth, and they may be negative. At most "
    "`activations.described_tokens` tokens take part; without a description of the sound the table is empty.",
)

TABLES = (TABLE, unit_variance.TABLE)  # of one job


POSITIONS = {"statistic": "neighbours", "null": "positions"}
LABEL_NULLS = {  # of the labellings that are of phones
    "phone": "labels",
    "phone beyond manner": "manners",
    "phone beyond sound": "sound",
}
BEYOND_SOUND = ("sound", "random network")  # nulls that rest on predictions from the sound


def label_key(names: Sequence[str | int]) -> int:
    """The random key of other labels of the training that has these names, whatever its layout."""
    return key("labels of the ladder", *names)


def ladder_rows(
    identity: Mapping[str, object], layer: LayerAccounts, *, relabellings: int, permutations: int, key: int
) -> Iterator[Row]:
    """Rows of a layer; `identity` gives the columns `layer` and `null_seed`.

    `relabellings` of each null of labels, `permutations` of positions; `key` is that of labels, the same for every
    layer and layout of a training, so that they meet the same labels.
    """
    rows: list[Row] = []
    for name, account in layer.accounts.items():
        described = {**identity, "labelling": name}
        null = account.positions(permutations)
        rows += _compared([ALL], account.together.neighbours, null[:, None], "greater", described | POSITIONS)
        if name not in LABEL_NULLS:
            rows.append(_untested(described, "units", float(account.together.units[0])))
    for name, of_phones in layer.of_phones.items():
        described = {**identity, "labelling": name}
        null = of_phones.positions_by_label(permutations)
        rows += _compared(layer.phones, of_phones.shares.neighbours[1:], null, "greater", described | POSITIONS)
        labels = layer.spoken.relabelled(LABEL_NULLS[name], relabellings, key)
        rows += _relabelled(described | {"null": LABEL_NULLS[name]}, layer, of_phones, labels)
    rows += [*_clusters(identity, layer), *_random_network(identity, layer), *_smoothness(identity, layer)]
    for row in rows:
        if row["null"] in BEYOND_SOUND and not layer.spoken.enough:
            row.update(dict.fromkeys(("p", "p_family", "q")))
        tested = row["p"] is not None and np.isfinite(row["p"])
        row["status"] = "ok" if tested else "not tested" if not row["null"] else "not testable"
    yield from rows


def layers_rows(
    layers: Mapping[int, LayerAccounts], *, relabellings: int, permutations: int, names: Sequence[str | int]
) -> list[Row]:
    """Rows of all layers of the training that has these names, the first of which is the setting `seed`.

    q of all labels together, and of means, is over the layers.
    """
    settings = {"relabellings": relabellings, "permutations": permutations, "key": label_key(names)}
    identities = ({"layer": number, "null_seed": names[0]} for number in layers)
    parts = zip(identities, layers.values(), strict=True)
    counted = steps.passed(parts, "layer", len(layers))
    rows = [row for identity, layer in counted for row in ladder_rows(identity, layer, **settings)]
    together = (row for row in rows if row["phone"] in (ALL, MEAN))
    families.adjusted(together, "labelling", "phone", "statistic", "null")
    return rows


def _compared(
    names: list[str] | tuple[str, ...], observed: Floats, null: Floats, alternative: Alternative, described: Row
) -> Iterator[Row]:
    """Rows of phones, with their families, or of all together."""
    yield from (row for row in compared(names, observed, null, alternative, described) if row["phone"] != MEAN)


def _relabelled(described: Row, layer: LayerAccounts, account: LabelAccount, labels: Indices) -> Iterator[Row]:
    """Shares, and Moran's I of d′, under other `labels` ``(relabellings, tokens)``."""
    found = [account.shares_of(one) for one in labels]
    for statistic in ("units", "neighbours"):
        observed, null = getattr(account.shares, statistic), np.stack([getattr(one, statistic) for one in found])
        row = {**described, "statistic": statistic}
        yield from _compared([ALL], observed[:1], null[:, :1], "greater", row)
        yield from _compared(layer.phones, observed[1:], null[:, 1:], "greater", row)
    if described["null"] == "labels":  # autocorrelation.tsv has Moran's I under label shifts
        return
    smooth = layer.morans_i(np.concatenate([layer.spoken.tokens.phone[None], labels]))
    yield from compared(layer.phones, smooth[0], smooth[1:], "greater", {**described, "statistic": "morans_i"})


def _clusters(identity: Mapping[str, object], layer: LayerAccounts) -> Iterator[Row]:
    """Shares of phones, and the mean Moran's I of their d′, among those of clusterings of the sound."""
    row, clusterings = {**identity, "labelling": "phone", "null": "clusters"}, layer.spoken.clusters
    others = [layer.together(Labelling.within(one)) for one in clusterings]
    for statistic in ("units", "neighbours"):
        observed = getattr(layer.of_phones["phone"].together, statistic)
        null = np.stack([getattr(one, statistic) for one in others])
        yield from _compared([ALL], observed, null, "greater", {**row, "statistic": statistic})
    smooth = _mean_morans_i(layer, np.stack([layer.spoken.tokens.phone, *clusterings]))
    found = _compared([ALL], smooth[:1], smooth[1:, None], "greater", {**row, "statistic": "morans_i"})
    yield from (one | {"phone": MEAN} for one in found)


def _mean_morans_i(layer: LayerAccounts, labels: Indices) -> Floats:
    """Mean over labels of Moran's I of d′, ``(labellings,)``; those with as many labels are passed over together."""
    number, found = labels.max(axis=1), np.empty(len(labels))
    for size in np.unique(number):
        found[number == size] = layer.morans_i(labels[number == size]).mean(axis=1)
    return found


def _untested(described: Row, statistic: str, observed: float, phone: str = ALL) -> Row:
    empty = dict.fromkeys(("null_mean", "null_sd", "p", "p_family", "q"))
    row = {**described, "phone": phone, "statistic": statistic, "null": "", "observed": observed}
    return {**row, **empty, "permutations": 0, "alternative": ""}


def _random_network(identity: Mapping[str, object], layer: LayerAccounts) -> Iterator[Row]:
    """Whether units follow phones beyond their sound more than units of random weights appear to."""
    expected, test = layer.against_random_network()
    row = {**identity, "labelling": "phone beyond sound", "phone": ALL, "statistic": "units", "null": "random network"}
    values = {
        "observed": layer.of_phones["phone beyond sound"].together.units[0],
        "null_mean": expected,
        "null_sd": test.error,
    }
    tested = {"permutations": 0, "alternative": "greater", "p": test.p, "p_family": None, "q": None}
    yield {**row, **values, **tested}


def _smoothness(identity: Mapping[str, object], layer: LayerAccounts) -> Iterator[Row]:
    """Moran's I of d′ for labels that are no phones: what smoothness alone is worth."""
    for name, labels in layer.spoken.labels.items():
        if labels.max() > 0:
            mean = float(np.nanmean(layer.morans_i(labels[None])))
            yield _untested({**identity, "labelling": name}, "morans_i", mean, MEAN)
