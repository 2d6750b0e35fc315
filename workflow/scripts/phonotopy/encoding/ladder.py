"""The ladder of nulls: what units, and neighbours together, owe to sound, to phones, and to phones beyond sound."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.inventory import MEAN
from phonotopy.core.seeds import key
from phonotopy.encoding import unit_variance
from phonotopy.encoding.accounts import Account, Layer
from phonotopy.encoding.explained import Labelling
from phonotopy.encoding.relabelling import sampled_labels, swapped_within
from phonotopy.inference import families
from phonotopy.inference.evidence import RESULT, compared
from phonotopy.inference.permutation import Alternative
from phonotopy.selectivity.label_shift import Sequences

__all__ = ["ALL", "RUNGS", "TABLE", "TABLES", "Row", "label_key", "ladder_rows", "layers_rows"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Row = dict[str, Any]
ALL = "all"  # in the column `phone`: all labels together
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


class _Draws:
    """Other labels for the same tokens, by the null that they follow."""

    def __init__(self, layer: Layer, number: int, key: int) -> None:
        spoken = layer.spoken
        group = spoken.tokens.speaker * (int(spoken.manner.max()) + 1) + spoken.manner[spoken.tokens.phone]
        sequences, chance = Sequences(spoken.tokens), spoken.phone.chance
        self.of: Mapping[str, Callable[[int], Indices]] = {
            "labels": lambda index: sequences.shifted(key, index),
            "manners": lambda index: swapped_within(spoken.tokens.phone, group, key, index),
            "sound": lambda index: sampled_labels(chance, key, index),
        }
        self.number = number

    def __call__(self, null: str) -> Indices:
        """Labels ``(relabellings, tokens)``."""
        return np.stack([self.of[null](index) for index in range(self.number)])


RUNGS = {
    "phone": "labels",
    "phone beyond manner": "manners",
    "phone beyond sound": "sound",
}  # and the null of labels of each


BEYOND_SOUND = ("sound", "random network")  # nulls that rest on predictions from the sound


def label_key(names: Sequence[str | int]) -> int:
    """The random key of other labels of the training that has these names, whatever its layout."""
    return key("labels of the ladder", *names)


def ladder_rows(
    identity: Mapping[str, object], layer: Layer, *, relabellings: int, permutations: int, key: int
) -> Iterator[Row]:
    """Rows of a layer; `identity` gives the columns `layer` and `null_seed`.

    `relabellings` of each null of labels, `permutations` of positions; `key` is that of labels, the same for every
    layer and layout of a training, so that they meet the same labels.
    """
    draws = _Draws(layer, relabellings, key)
    rows: list[Row] = []
    for name, account in layer.accounts.items():
        described = {**identity, "labelling": name}
        observed = account.shares
        positions = {**described, "statistic": "neighbours", "null": "positions"}
        null = account.positions(permutations)
        rows += _compared([ALL], np.array([observed.neighbours[0]]), null[:, None], "greater", positions)
        if name in RUNGS:
            by_phone = account.positions_by_label(permutations)
            rows += _compared(layer.phones, observed.neighbours[1:], by_phone, "greater", positions)
            rows += _relabelled(described | {"null": RUNGS[name]}, layer, account, draws(RUNGS[name]))
        else:
            rows.append(_untested(described, "units", float(observed.units[0])))
    rows += [*_clusters(identity, layer), *_random_network(identity, layer), *_smoothness(identity, layer)]
    for row in rows:
        if row["null"] in BEYOND_SOUND and not layer.spoken.enough:
            row.update(dict.fromkeys(("p", "p_family", "q")))
        tested = row["p"] is not None and np.isfinite(row["p"])
        row["status"] = "ok" if tested else "not tested" if not row["null"] else "not testable"
    yield from rows


def layers_rows(
    layers: Mapping[int, Layer], *, relabellings: int, permutations: int, names: Sequence[str | int]
) -> list[Row]:
    """Rows of all layers of the training that has these names, the first of which is the setting `seed`.

    q of all labels together, and of means, is over the layers.
    """
    settings = {"relabellings": relabellings, "permutations": permutations, "key": label_key(names)}
    identities = ({"layer": number, "null_seed": names[0]} for number in layers)
    parts = zip(identities, layers.values(), strict=True)
    rows = [row for identity, layer in parts for row in ladder_rows(identity, layer, **settings)]
    together = (row for row in rows if row["phone"] in (ALL, MEAN))
    families.adjusted(together, "labelling", "phone", "statistic", "null")
    return rows


def _compared(
    names: list[str] | tuple[str, ...], observed: Floats, null: Floats, alternative: Alternative, described: Row
) -> Iterator[Row]:
    """Rows of phones, with their families, or of all together."""
    yield from (row for row in compared(names, observed, null, alternative, described) if row["phone"] != MEAN)


def _relabelled(described: Row, layer: Layer, account: Account, labels: Indices) -> Iterator[Row]:
    """Shares, and Moran's I of d′, under other `labels` ``(relabellings, tokens)``."""
    found = [account.shares_of(one) for one in labels]
    for statistic in ("units", "neighbours"):
        observed, null = getattr(account.shares, statistic), np.stack([getattr(one, statistic) for one in found])
        row = {**described, "statistic": statistic}
        yield from _compared([ALL], observed[:1], null[:, :1], "greater", row)
        yield from _compared(layer.phones, observed[1:], null[:, 1:], "greater", row)
    smooth = layer.morans_i(np.concatenate([layer.spoken.tokens.phone[None], labels]))
    yield from compared(layer.phones, smooth[0], smooth[1:], "greater", {**described, "statistic": "morans_i"})


def _clusters(identity: Mapping[str, object], layer: Layer) -> Iterator[Row]:
    """Shares of phones, and the mean Moran's I of their d′, among those of clusterings of the sound."""
    row, clusterings = {**identity, "labelling": "phone", "null": "clusters"}, layer.spoken.clusters
    accounts = [layer.account(Labelling.within(one)) for one in clusterings]
    for statistic in ("units", "neighbours"):
        observed = getattr(layer.accounts["phone"].shares, statistic)[:1]
        null = np.array([getattr(account.together, statistic) for account in accounts])
        yield from _compared([ALL], observed, null, "greater", {**row, "statistic": statistic})
    smooth = [layer.morans_i(labels[None]).mean() for labels in (layer.spoken.tokens.phone, *clusterings)]
    null = np.array(smooth[1:])[:, None]
    found = _compared([ALL], np.array(smooth[:1]), null, "greater", {**row, "statistic": "morans_i"})
    yield from (one | {"phone": MEAN} for one in found)


def _untested(described: Row, statistic: str, observed: float, phone: str = ALL) -> Row:
    empty = dict.fromkeys(("null_mean", "null_sd", "p", "p_family", "q"))
    row = {**described, "phone": phone, "statistic": statistic, "null": "", "observed": observed}
    return {**row, **empty, "permutations": 0, "alternative": ""}


def _random_network(identity: Mapping[str, object], layer: Layer) -> Iterator[Row]:
    """Whether units follow phones beyond their sound more than units of random weights appear to."""
    expected, test = layer.against_random_network()
    row = {**identity, "labelling": "phone beyond sound", "phone": ALL, "statistic": "units", "null": "random network"}
    values = {
        "observed": layer.accounts["phone beyond sound"].shares.units[0],
        "null_mean": expected,
        "null_sd": test.error,
    }
    tested = {"permutations": 0, "alternative": "greater", "p": test.p, "p_family": None, "q": None}
    yield {**row, **values, **tested}


def _smoothness(identity: Mapping[str, object], layer: Layer) -> Iterator[Row]:
    """Moran's I of d′ for labels that are no phones: what smoothness alone is worth."""
    for name, labels in layer.spoken.labels.items():
        if labels.max() > 0:
            mean = float(np.nanmean(layer.morans_i(labels[None])))
            yield _untested({**identity, "labelling": name}, "morans_i", mean, MEAN)
