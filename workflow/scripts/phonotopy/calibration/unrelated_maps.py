"""Null data sets of statistics between maps: smooth maps that know nothing of each other, of features or of seeds."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Cells
from phonotopy.calibration.simulations import CRITERIA, MAPS, PERMUTATIONS, PHONES, SMALL, SPEAKERS, spoken
from phonotopy.comparisons.agreement import agreement, agreement_null, symmetries
from phonotopy.core.seeds import key, stream
from phonotopy.inference import permutation
from phonotopy.inference.permutation import p_value
from phonotopy.introspection.measures import Measure
from phonotopy.introspection.relations import relation_rows
from phonotopy.organisation import replication
from phonotopy.organisation.mantel import centroid_distances, correlations, permuted_correlations, upper
from phonotopy.organisation.overlap import overlap_null
from phonotopy.organisation.tiling import manners_permuted, tiling
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.surrogates import Surrogates

__all__ = [
    "map_distance",
    "map_distance_of_surrogates",
    "overlapping",
    "same_manner",
    "same_manner_other_phone",
    "seeds_agree",
    "smooth_maps",
    "unrelated_measures",
]

Floats = NDArray[np.float64]
QUEEN = Lattice.of(SMALL)
KERNEL = np.exp(-(SMALL.distances**2) / 2)
SMOOTH = Surrogates(QUEEN)
MANNERS = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2])  # of 2 · MAPS phones


def _smooth(name: str, index: int, maps: int) -> Floats:
    """Maps of the smoothness that training gives them: Moran's I of about .7."""
    return np.asarray(KERNEL @ stream("calibration", name, index).normal(size=(SMALL.units, maps)))


def smooth_maps(index: int) -> float:
    """The correlation of two smooth maps that know nothing of each other, against surrogates of one."""
    one, other = _smooth("smooth_maps", index, 2).T
    batches = SMOOTH.joint(other[:, None], number=PERMUTATIONS, key=key("calibration", "smooth_maps", index))
    null = np.concatenate([batch[..., 0] @ (one - one.mean()) for batch in batches])
    return float(p_value(other @ (one - one.mean()), null))


def unrelated_measures(index: int) -> float:
    """The correlation of maps of two measures by label that know nothing of each other (`relations.tsv`)."""
    maps = _smooth("unrelated_measures", index, 2 * MAPS).T
    labels = [str(label) for label in range(MAPS)] * 2
    found = [Measure.of(str(n // MAPS), label, one) for n, (label, one) in enumerate(zip(labels, maps, strict=True))]
    (row,) = relation_rows(found, SMALL, "queen", surrogates=PERMUTATIONS, key=index)
    return float(str(row["p"]))


def seeds_agree(index: int) -> float:
    """Agreement of two sets of smooth maps, over the symmetries of the grid."""
    maps = _smooth("seeds_agree", index, 2 * MAPS)
    one, other = maps[:, :MAPS], maps[:, MAPS:]
    orders = np.stack(list(symmetries(SMALL).values()))
    random_key = key("calibration", "seeds_agree", index)
    null = agreement_null(one, other, SMALL, orders, number=PERMUTATIONS, key=random_key)
    return float(p_value(agreement(one, other, orders)[0], null, "greater"))


def map_distance(index: int) -> float:
    """Distance on the grid of phones whose features are random, under permuted phones."""
    random = stream("calibration", "map_distance", index)
    found = centroid_distances(_smooth("map_distance", index, 2 * MAPS), SMALL, np.ones(SMALL.units, dtype=bool))
    features = random.random((2 * MAPS, 3))
    model = np.linalg.norm(features[:, None] - features, axis=-1)
    orders = permutation.orders(2 * MAPS, PERMUTATIONS, key=key("calibration", "map_distance", index)).astype(np.int64)
    null = permuted_correlations(upper(found), model, orders)
    return float(p_value(correlations(upper(found), upper(model)), null, "greater"))


def map_distance_of_surrogates(index: int) -> float:
    """The same, where all maps are turned into equally smooth ones."""
    name = "map_distance_surrogates"
    maps, live = _smooth(name, index, 2 * MAPS), np.ones(SMALL.units, dtype=bool)
    features = stream("calibration", name, index, "features").random((2 * MAPS, 3))
    model = upper(np.linalg.norm(features[:, None] - features, axis=-1))
    batches = SMOOTH.joint(maps, number=PERMUTATIONS, key=key("calibration", name, index))
    null = [correlations(model, upper(centroid_distances(batch, SMALL, live))) for batch in batches]
    observed = correlations(model, upper(centroid_distances(maps, SMALL, live)))
    return float(p_value(observed, np.concatenate(null), "greater"))


def _tiled(name: str, index: int) -> Floats:
    """The p of both shares of neighbours for smooth, skewed maps of phones whose manners are random."""
    maps, own = np.exp(_smooth(name, index, 2 * MAPS)), key("calibration", name, index)
    orders = permutation.orders(2 * MAPS, PERMUTATIONS + 1, key=own).astype(np.int64)
    manner = MANNERS[orders[0]]
    null = manners_permuted(maps, manner, QUEEN, orders[1:])
    return p_value(tiling(maps, manner, QUEEN), null, "greater")


def same_manner(index: int) -> float:
    """Neighbours of one manner."""
    return float(_tiled("same_manner", index)[0])


def same_manner_other_phone(index: int) -> float:
    """Neighbours of one manner that prefer different phones."""
    return float(_tiled("same_manner_other_phone", index)[1])


def overlapping(index: int) -> float:
    """Regions of one phone in two halves of the speakers whose smooth maps know nothing of each other."""
    values, tokens = spoken("overlap", index, SMALL.units, shared=False)
    fold = np.arange(SPEAKERS) % 2
    maps = 2 * _smooth("overlap maps", index, 2 * PHONES).T.reshape(2, PHONES, SMALL.units)
    cells = Cells.of((values + maps[fold[tokens.speaker], tokens.phone]).astype(np.float32), tokens)
    halves = replication.Halves.of(cells, fold, SMALL, CRITERIA)
    found = overlap_null(halves, 0, surrogates=PERMUTATIONS, key=key("calibration", "overlap", index))[:, 0]
    return float(p_value(found[0], found[1:], "greater")) if np.isfinite(found[0]) else 1.0
