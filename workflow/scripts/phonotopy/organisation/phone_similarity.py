"""How alike phones are to a layer: by responses, by maps, and by where maps stand; and the trees that maps make."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import squareform

from phonotopy.activations.read import Cells
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import Inventory
from phonotopy.inference import permutation
from phonotopy.inference.permutation import p_value
from phonotopy.organisation.mantel import centroid_distances, upper
from phonotopy.organisation.rsa import dissimilarities
from phonotopy.selectivity.feature_selectivity import feature_distances
from phonotopy.spatial.phone_maps import Maps

__all__ = ["TABLES", "Phones", "agreement_rows", "manner_gap", "similarity_rows", "tree_rows"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Row = dict[str, object]
METHOD = "average"  # linkage; UPGMA
FEWEST_PHONES = 4  # for a tree that may agree with classes
MOST_ORDERED = 100  # leaves up to which neighbours are ordered by likeness, whose cost grows fast
SIMILARITY = Table(
    "phone_similarity.tsv",
    rows="one row per layer and pair of phones with enough tokens and a map",
    columns={
        **shared("layer", "phone"),
        "other_phone": Column("", "the other one, which comes later in the inventory"),
        "response_correlation": Column(
            "",
            "correlation over live units of the responses to the two phones, each minus that to the other phones, mean "
            "over the speakers who say both; in any layout the same",
        ),
        "map_correlation": Column(
            "", "correlation over live units of the maps of d′ of all speakers together; in any layout the same"
        ),
        "centroid_distance": Column(
            "grid steps",
            "between the centroids of the maps, weighted by the positive part of d′: how far apart they stand",
        ),
        "feature_distance": Column(
            "fraction", "articulatory dimensions in which the phones differ; empty where the inventory has none"
        ),
    },
)
TREES = Table(
    "phone_trees.tsv",
    rows="one row per layer and node of the tree of its phones: leaves first, then what joins two nodes",
    columns={
        **shared("layer"),
        "node": Column("", "number of the node, from 0"),
        "phone": Column("", "of a leaf"),
        "first": Column("", "node that is joined"),
        "second": Column("", "with this one"),
        "distance": Column("", "1 − map_correlation, mean over the pairs of phones of the two nodes"),
        "phones": Column("count", "below the node"),
    },
    note="Hierarchical clustering with average linkage (UPGMA) of 1 − map_correlation.",
)
AGREEMENT = Table(
    "phone_tree_agreement.tsv",
    rows="one row per layer and statistic",
    columns={
        **shared("layer"),
        "statistic": Column(
            "",
            "`cophenetic_correlation`: of the distance at which two phones are joined with 1 − map_correlation: how "
            "well a tree describes the maps; `manner_gap`: that distance, mean over pairs of phones of unlike manners "
            "minus mean over pairs of one manner",
        ),
        "phones": Column("count", "of the tree; of `manner_gap` those with a manner"),
        "manners": Column("count", "manners of these"),
        **shared("observed"),
        "null": Column("", "`phones`: manners permuted among phones; of `manner_gap` alone"),
        **shared("null_mean", "null_sd"),
        "permutations": Column("count", "`mapping.surrogates`"),
        **shared("alternative", "null_seed", "p"),
        "q": Column("fraction", "p after Benjamini and Hochberg over the layers"),
        "status": Column(
            "", "`ok`; `not testable` with under four phones or no two of one manner; `no features` without two manners"
        ),
    },
    note="Phones that sound alike drive the same units: a rejection says nothing of the grid, nor of phonemes.",
)
TABLES = (SIMILARITY, TREES, AGREEMENT)


@dataclass(frozen=True)
class Phones:
    """The phones of a layer that have a map: `maps`, its `cells` by speaker, grid and phones."""

    maps: Maps
    cells: Cells
    grid: Grid
    inventory: Inventory

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Usable phones whose map varies and has a part above 0, ``(phones,)``."""
        values = self.maps.d_prime[self.maps.live]
        if len(values) < 2:
            return np.zeros(len(self.maps.phones), dtype=bool)
        varied = np.ptp(np.nan_to_num(values), axis=0) > 0
        return np.asarray(self.maps.usable & varied & (np.nan_to_num(values) > 0).any(axis=0))

    @property
    def labels(self) -> list[str]:
        """Their labels, in the order of the inventory as far as it has them."""
        return [phone for phone, known in zip(self.maps.phones, self.known, strict=True) if known]

    @cached_property
    def values(self) -> Floats:
        """Their d′, ``(live units, phones)``."""
        return np.asarray(self.maps.d_prime[self.maps.live][:, self.known])

    @cached_property
    def map_distances(self) -> Floats:
        """1 − correlation of maps, ``(pairs,)``."""
        correlation: Floats = np.atleast_2d(np.corrcoef(self.values.T))
        return np.asarray(np.clip(1 - upper(correlation), 0, 2))

    @property
    def response_correlations(self) -> Floats:
        """Mean over the speakers who say both, ``(pairs,)``; NaN where none does."""
        alike = 1 - dissimilarities(self.cells, self.known, self.maps.live)
        heard = np.isfinite(alike)
        total = np.sum(alike, axis=0, where=heard)
        mean: Floats = np.divide(total, heard.sum(axis=0), out=np.full(total.shape, np.nan), where=heard.any(axis=0))
        return mean

    @property
    def feature_distances(self) -> Floats:
        """Share of articulatory dimensions, ``(pairs,)``; NaN where the inventory describes not both."""
        described = np.array([phone in self.inventory.described for phone in self.labels])
        found = np.full((len(described), len(described)), np.nan)
        names = [phone for phone in self.labels if phone in self.inventory.described]
        if names:
            found[np.ix_(described, described)] = feature_distances(self.inventory, names)
        return upper(found)

    @cached_property
    def tree(self) -> Floats:
        """Linkage of the maps, ``(merges, 4)``: two nodes, their distance and the number of phones below.

        The distance of two nodes is the mean over pairs of their phones (bib key sokal1958).
        """
        ordered = len(self.labels) <= MOST_ORDERED
        return np.asarray(linkage(self.map_distances, METHOD, optimal_ordering=ordered))

    @property
    def manners(self) -> Codes:
        """Number of the manner of each phone, ``(phones,)``; −1 where the inventory has none."""
        known = {phone.label: phone.manner for phone in self.inventory.phones}
        order = self.inventory.manners
        return np.array([order.index(known[name]) if known.get(name) else -1 for name in self.labels], dtype=np.int64)


def similarity_rows(phones: Phones, layer: int) -> Iterator[Row]:
    """Rows of ``phone_similarity.tsv``."""
    names = phones.labels
    if len(names) < 2:
        return
    first, second = np.triu_indices(len(names), k=1)
    distances = upper(centroid_distances(phones.values, phones.grid, phones.maps.live))
    parts = phones.response_correlations, 1 - phones.map_distances, distances, phones.feature_distances
    columns = [part.tolist() for part in parts]
    for pair, (one, other) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        cells = (layer, names[one], names[other], *(column[pair] for column in columns))
        yield dict(zip(SIMILARITY.columns, cells, strict=True))


def tree_rows(phones: Phones, layer: int) -> Iterator[Row]:
    """Rows of ``phone_trees.tsv``."""
    names = phones.labels
    empty: Row = {**dict.fromkeys(TREES.columns), "layer": layer}
    if len(names) < 2:
        return
    for node, phone in enumerate(names):
        yield {**empty, "node": node, "phone": phone, "phones": 1}
    for merge, (first, second, distance, number) in enumerate(phones.tree.tolist()):
        joined = {"first": int(first), "second": int(second), "distance": distance, "phones": int(number)}
        yield {**empty, "node": len(names) + merge, **joined}


def agreement_rows(phones: Phones, identity: Mapping[str, object], *, number: int, random_key: int) -> Iterator[Row]:
    """Rows of ``phone_tree_agreement.tsv``, q left open; `identity` gives the columns `layer` and `null_seed`."""
    empty: Row = {**dict.fromkeys(AGREEMENT.columns), **identity, "permutations": 0, "status": "not testable"}
    described = {**empty, "statistic": "cophenetic_correlation", "phones": len(phones.labels)}
    testable = len(phones.labels) >= FEWEST_PHONES
    yield {**described, **_described(phones)} if testable else described
    yield {**empty, "statistic": "manner_gap", **_tested(phones, number, random_key)}


def _described(phones: Phones) -> Row:
    """How well the tree describes the maps (bib key sokal1962)."""
    found, _ = cophenet(phones.tree, phones.map_distances)
    return {"observed": float(found), "status": "ok"}


def _tested(phones: Phones, number: int, random_key: int) -> Row:
    manners = phones.manners
    known = manners >= 0
    unlike, count = len(np.unique(manners[known])), int(known.sum())
    counts: Row = {"phones": count, "manners": unlike, "null": "phones", "alternative": "greater"}
    if unlike < 2 or count < FEWEST_PHONES or unlike == count:
        return {**counts, "status": "no features" if unlike < 2 else "not testable"}
    joined = upper(squareform(cophenet(phones.tree))[np.ix_(known, known)])
    observed = float(manner_gap(joined, manners[known][None])[0])
    null = manner_gap(joined, manners[known][permutation.orders(count, number, key=random_key)])
    moments = {"null_mean": null.mean(), "null_sd": null.std(ddof=1), "permutations": number}
    return {**counts, "observed": observed, **moments, "p": float(p_value(observed, null, "greater")), "status": "ok"}


def manner_gap(joined: Floats, manners: Codes) -> Floats:
    """Mean of `joined` ``(pairs,)`` over pairs of unlike manners minus that over pairs of one, ``(many,)``.

    `manners` ``(many, phones)`` are codes; NaN where no pair, or every pair, is of one manner.
    """
    first, second = np.triu_indices(manners.shape[1], k=1)
    alike = manners[:, first] == manners[:, second]
    same, pairs = alike.sum(axis=1), len(joined)
    total = alike @ joined
    gap = np.full(len(manners), np.nan)
    np.subtract(
        (joined.sum() - total) / np.maximum(pairs - same, 1),
        total / np.maximum(same, 1),
        out=gap,
        where=(same > 0) & (same < pairs),
    )
    return gap
