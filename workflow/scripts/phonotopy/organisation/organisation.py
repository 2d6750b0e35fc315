"""Organisation of a layer beyond single phones, against several nulls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Cells
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import Inventory
from phonotopy.core.seeds import key
from phonotopy.inference import permutation
from phonotopy.inference.permutation import p_value
from phonotopy.organisation.mantel import centroid_distances, correlations, permuted_correlations, upper
from phonotopy.organisation.rsa import dissimilarities, similarity
from phonotopy.organisation.tiling import STATISTICS, manners_permuted, tiling
from phonotopy.selectivity.feature_selectivity import feature_distances
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps
from phonotopy.spatial.surrogates import BATCH, Surrogates

__all__ = ["TABLE", "Layer", "organisation"]

Floats = NDArray[np.float64]
Row = dict[str, object]
TABLE = Table(
    "organisation.tsv",
    rows="one row per layer, statistic and null",
    columns={
        **shared("layer"),
        "statistic": Column(
            "",
            "`map_distance`: Spearman's correlation of the distance between the centroids of two phones' maps with the "
            "share of articulatory dimensions in which the phones differ; `response_similarity`: the same for 1 − "
            "correlation of their contrasts over units, mean over speakers, for which positions mean nothing; "
            "`same_manner`: share of neighbouring units whose preferred phones have the same manner; "
            "`same_manner_other_phone`: the same among pairs that prefer different phones",
        ),
        **shared("observed"),
        "null": Column(
            "",
            "`phones` (labels permuted, for `same_manner` manners permuted among phones: is there any relation? Phones "
            "that sound alike drive the same units in any layout, so that a rejection says nothing of the grid); "
            "`positions` (units permuted, all maps alike: does the layout matter?); `surrogates` (all maps turned into "
            "equally smooth ones by one and the same transformation: beyond any layout as smooth? Of `map_distance` "
            "alone: surrogates do not keep the skew of maps, on which the preferred phone of a unit depends)",
        ),
        **shared("null_mean", "null_sd"),
        "ceiling_low": Column(
            "",
            "lower end of the noise ceiling of `response_similarity`: mean correlation of a speaker with the mean of "
            "the others",
        ),
        "ceiling_high": Column("", "its upper end: mean correlation of a speaker with the mean of all"),
        "permutations": Column("count", "surrogates, `mapping.surrogates`"),
        **shared("alternative", "null_seed", "p"),
        "q": Column("fraction", "p after Benjamini and Hochberg over the layers"),
        "status": Column(
            "",
            "`ok`; `not testable` with under four phones; `no features` where the inventory has none, or (of tiling) "
            "not two manners",
        ),
    },
    note="On a plane, surrogates call at most about 6 % of unrelated maps related at .05 where autocorrelation ends "
    "well within the grid (16 × 16: Moran's I up to about .75; 8 × 8: up to about .5). Smoother maps, and maps "
    "with a trend across the grid, are called related too often.",
)
MAP_DISTANCE = "map_distance"
FEWEST_PHONES = 4  # under which six distances at most are left to be ordered


@dataclass(frozen=True)
class Layer:
    """What the statistics of a layer are computed from: `maps`, its `cells` by speaker, grid and phones."""

    maps: Maps
    cells: Cells
    grid: Grid
    inventory: Inventory

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Usable phones that the inventory describes and some unit answers to; others have no position on the grid."""
        described = np.array([phone in self.inventory.described for phone in self.maps.phones])
        answered = (np.nan_to_num(self.maps.d_prime) > 0).any(axis=0)
        return np.asarray(self.maps.usable & described & answered)

    @property
    def phones(self) -> list[str]:
        """Labels of those phones."""
        return [phone for phone, known in zip(self.maps.phones, self.known, strict=True) if known]

    @cached_property
    def values(self) -> Floats:
        """Their d′, ``(live units, phones)``."""
        return np.asarray(self.maps.d_prime[self.maps.live][:, self.known])

    @cached_property
    def lattice(self) -> Lattice:
        """Queen neighbourhood of the live units."""
        return Lattice.of(self.grid, "queen", self.maps.live)

    @property
    def manners(self) -> NDArray[np.int64]:
        """Number of the manner of each of the phones."""
        return np.array([self.inventory.manners.index(self.inventory.manner_of(phone)) for phone in self.phones])

    @property
    def mannered(self) -> bool:
        """Whether the phones are of several manners, so that there is something to tile."""
        manners = {self.inventory.manner_of(phone) for phone in self.phones}
        return len(manners) > 1 and "" not in manners

    @property
    def testable(self) -> bool:
        """Whether there are enough phones and units to speak of."""
        return len(self.phones) >= FEWEST_PHONES and self.lattice.units > len(self.phones)


def organisation(layer: Layer, identity: Mapping[str, object], *, number: int, random_key: int) -> Iterator[Row]:
    """Rows of one layer, q left open: map distance, similarity of responses and tiling by manner.

    `identity` gives the columns `layer` and `null_seed`; `number` surrogates a null, from `random_key`.
    """
    if not layer.testable:
        yield from _not_testable(identity, "not testable" if layer.inventory.described else "no features")
        return
    model = feature_distances(layer.inventory, layer.phones)
    by_phones = permutation.orders(len(layer.phones), number, key=key("phones", random_key)).astype(np.int64)
    distances = centroid_distances(layer.values, layer.grid, layer.maps.live)
    observed = correlations(upper(model), upper(distances))
    described = {**identity, "statistic": MAP_DISTANCE}
    yield _row(described, "phones", float(observed), permuted_correlations(upper(distances), model, by_phones))
    yield _similarity_row(layer, model, by_phones, identity, random_key)
    tiled: Sequence[float] = ()
    if layer.mannered:
        tiled = tiling(layer.values, layer.manners, layer.lattice).tolist()
        manners = manners_permuted(layer.values, layer.manners, layer.lattice, by_phones)
        for name, shown, values in zip(STATISTICS, tiled, manners.T, strict=True):
            yield _row({**identity, "statistic": name}, "phones", shown, values)
    else:
        yield from (_missing({**identity, "statistic": name}, "phones", "no features") for name in STATISTICS)

    def mapped(maps: NDArray[np.floating]) -> Floats:
        return correlations(upper(model), upper(centroid_distances(maps, layer.grid, layer.maps.live)))

    def laid_out(maps: Floats) -> Floats:
        tiles = [tiling(maps, layer.manners, layer.lattice)] if layer.mannered else []
        return np.column_stack([mapped(maps), *tiles])

    null = np.concatenate([laid_out(batch) for batch in _permuted(layer.values, number, key("positions", random_key))])
    names = (MAP_DISTANCE, *STATISTICS)[: null.shape[1]]
    for name, shown, values in zip(names, (float(observed), *tiled), null.T, strict=True):
        yield _row({**identity, "statistic": name}, "positions", shown, values)
    smooth = Surrogates(layer.lattice).joint(layer.values, number=number, key=key("joint", random_key))
    yield _row(described, "surrogates", float(observed), np.concatenate([mapped(batch) for batch in smooth]))


def _permuted(maps: Floats, number: int, random_key: int) -> Iterator[Floats]:
    for start in range(0, number, BATCH):
        yield maps[permutation.orders(len(maps), min(BATCH, number - start), key=random_key, start=start)]


def _similarity_row(
    layer: Layer, model: Floats, orders: NDArray[np.int64], identity: Mapping[str, object], random_key: int
) -> Row:
    """Only phones that every speaker says, so that all speakers have the same pairs."""
    everywhere = layer.known & (layer.cells.count > 0).all(axis=0)
    described = {**identity, "statistic": "response_similarity"}
    if everywhere.sum() < FEWEST_PHONES:
        return _missing(described, "phones")
    kept = everywhere[layer.known]
    found = dissimilarities(layer.cells, everywhere, layer.maps.live)
    if not kept.all():
        orders = permutation.orders(
            int(kept.sum()), len(orders), key=key("spoken by all", random_key, len(kept))
        ).astype(np.int64)
    result = similarity(found, model[np.ix_(kept, kept)], orders)
    row = _row(described, "phones", result.observed, result.null)
    return {**row, "ceiling_low": result.ceiling_low, "ceiling_high": result.ceiling_high}


def _row(described: Mapping[str, object], null: str, observed: float, values: Floats) -> Row:
    values = values[np.isfinite(values)]  # surrogates without any pair to speak of
    return {
        **described,
        "observed": observed,
        "null": null,
        "null_mean": values.mean() if len(values) else None,
        "null_sd": values.std(ddof=1) if len(values) > 1 else None,
        "ceiling_low": None,
        "ceiling_high": None,
        "permutations": len(values),
        "alternative": "greater",
        "p": float(p_value(observed, values, "greater")) if np.isfinite(observed) else None,
        "q": None,
        "status": "ok" if np.isfinite(observed) else "not testable",
    }


def _missing(described: Mapping[str, object], null: str, status: str = "not testable") -> Row:
    empty = dict.fromkeys(TABLE.columns)
    return {**empty, **described, "null": null, "alternative": "greater", "permutations": 0, "status": status}


def _not_testable(identity: Mapping[str, object], status: str) -> Iterator[Row]:
    for statistic in (MAP_DISTANCE, "response_similarity", *STATISTICS):
        null = "phones" if statistic == "response_similarity" else "positions"
        yield _missing({**identity, "statistic": statistic}, null, status)
