"""Null data sets, each known by its number, and the p that a test gives them."""

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Cells, Tokens
from phonotopy.comparisons.conditions import equivalence, sign_flip
from phonotopy.core.grid import Grid
from phonotopy.core.seeds import key, stream
from phonotopy.inference import permutation
from phonotopy.inference.permutation import family_p_value, p_value
from phonotopy.organisation import replication
from phonotopy.selectivity import d_prime
from phonotopy.selectivity import label_shift as shifting
from phonotopy.spatial import clusters, components, moran
from phonotopy.spatial.cluster_enhancement import enhancement_test
from phonotopy.spatial.correlogram import correlogram
from phonotopy.spatial.join_counts import join_counts, join_counts_null
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.local_morans_i import local_test
from phonotopy.temporal.time_clusters import time_clusters

__all__ = [
    "any_responsive",
    "cluster_enhancement",
    "cluster_mass",
    "clusters_in_time",
    "correlogram_family",
    "equivalent",
    "flipped_signs",
    "folded",
    "folded_morans_i",
    "gearys_c",
    "joined",
    "label_shift",
    "largest_region",
    "local_morans_i",
    "mean_morans_i",
    "morans_i",
    "morans_i_family",
    "replicated",
    "spoken",
    "unit_t",
]

Floats = NDArray[np.float64]
LEVEL = 0.05
GRID, SMALL = Grid(16, 16), Grid(8, 8)
PERMUTATIONS, SHIFTS, MAPS = 199, 39, 5  # (R + 1) · level is whole, so that an exact test rejects exactly at the level
PHONES, SPEAKERS, TOKENS = 3, 8, 20  # tokens of each phone and speaker
CRITERIA = d_prime.Criteria(minimum_tokens=2, minimum_speakers=2, d_prime=0.5, false_discovery_rate=LEVEL)
QUEEN = Lattice.of(GRID)
BLUR = np.exp(-(SMALL.distances**2) / 4)
PAIRS = 8  # trainings of each condition
LAGS = 5  # of an onset-locked course


def _noise(name: str, index: int, grid: Grid, maps: int = 1) -> tuple[Floats, int]:
    """White maps, and the key of permutations of their own: shared ones would tie the data sets together."""
    values = stream("calibration", name, index).normal(size=(grid.units, maps))
    return values, key("calibration", name, index, "permutations")


def _morans_i(name: str, index: int, maps: int = 1) -> tuple[Floats, Floats]:
    """Moran's I of white maps, ``(maps,)``, and its null ``(permutations, maps)``."""
    values, own = _noise(name, index, GRID, maps)
    null = moran.morans_i_null(values, QUEEN, permutations=PERMUTATIONS, key=own)
    return moran.morans_i(values, QUEEN), null


def morans_i(index: int) -> float:
    """Moran's I of a white map."""
    return float(p_value(*_morans_i("morans_i", index))[0])


def folded_morans_i(index: int) -> float:
    """The same maps and permutations under the p that esda calls p_sim."""
    observed, null = _morans_i("morans_i", index)
    return folded(float(observed[0]), null[:, 0])


def folded(observed: float, null: Floats) -> float:
    """The p of the side that turned out smaller, not doubled, as in esda's ``p_sim``: what not to read as two-sided."""
    larger = int(np.sum(null >= observed))
    return (min(larger, len(null) - larger) + 1) / (len(null) + 1)


def mean_morans_i(index: int) -> float:
    """The mean of Moran's I over maps, under joint permutations."""
    observed, null = _morans_i("morans_i_mean", index, MAPS)
    return float(p_value(observed.mean(), null.mean(axis=1)))


def morans_i_family(index: int) -> float:
    """The least family-wise p over maps."""
    return float(family_p_value(*_morans_i("morans_i_family", index, MAPS), axis=0).min())


def gearys_c(index: int) -> float:
    """Geary's C of a white map."""
    maps, own = _noise("gearys_c", index, GRID)
    null = moran.gearys_c_null(maps, QUEEN, permutations=PERMUTATIONS, key=own)
    return float(p_value(moran.gearys_c(maps, QUEEN), null)[0])


def correlogram_family(index: int) -> float:
    """The least family-wise p over the distances of a correlogram."""
    maps, own = _noise("correlogram", index, SMALL)
    return float(correlogram(maps, SMALL, permutations=PERMUTATIONS, key=own).p_family.min())


def cluster_mass(index: int) -> float:
    """The least family-wise p of the clusters of several maps."""
    maps, own = _noise("cluster_mass", index, GRID, MAPS)
    found = clusters.cluster_test(maps, GRID, permutations=PERMUTATIONS, key=own)
    return min((cluster.p_family for cluster in found), default=1.0)


def largest_region(index: int) -> float:
    """The largest region of a white map's units above 1."""
    maps, own = _noise("largest_region", index, GRID)
    null = components.measures_null(maps > 1, QUEEN, permutations=PERMUTATIONS, key=own).largest
    return float(p_value(components.measures(maps > 1, QUEEN).largest, null, "greater")[0])


def spoken(name: str, index: int, units: int, *, shared: bool) -> tuple[Floats, Tokens]:
    """Responses that know no phone: tokens vary within speakers, and speakers differ in how they say each phone.

    `shared` noise is smooth over the grid, so that every map is.
    """
    random = stream("calibration", name, index)
    speaker, phone = (part.ravel() for part in np.indices((SPEAKERS, PHONES * TOKENS)))
    phone = random.permuted((phone % PHONES).reshape(SPEAKERS, -1), axis=1).ravel()
    habits = 0.5 * random.normal(size=(SPEAKERS, PHONES, units))
    values = habits[speaker, phone] + random.normal(size=(len(phone), units))
    names = tuple(map(str, range(PHONES))), tuple(map(str, range(SPEAKERS)))
    tokens = Tokens(*names, phone, speaker, speaker, np.arange(len(phone)) // TOKENS)
    return (values @ BLUR if shared else values), tokens


def _t_test(name: str, index: int, units: int) -> Floats:
    values, tokens = spoken(name, index, units, shared=units > 1)
    cells = Cells.of(values.astype(np.float32), tokens)
    return d_prime.t_test(d_prime.contrasts(cells.count, cells.mean)).p


def unit_t(index: int) -> float:
    """The t-test of one unit and phone with speakers as observations."""
    return float(_t_test("unit_t", index, 1)[0, 0])


def any_responsive(index: int) -> float:
    """The least q of all units and phones: below the level, something is called responsive."""
    return float(np.min(permutation.adjust(_t_test("responsive", index, SMALL.units))))


def label_shift(index: int) -> float:
    """Mean Moran's I of smooth responses, without speakers' habits, which would make phones known to them."""
    random = stream("calibration", "label_shift", index)
    _, tokens = spoken("label_shift", index, 1, shared=False)
    values = (random.normal(size=(len(tokens.phone), SMALL.units)) @ BLUR).astype(np.float32)
    live = np.ones(SMALL.units, dtype=bool)
    null = shifting.label_shift(
        values, tokens, SMALL, live, CRITERIA, shifts=SHIFTS, key=key("calibration shifts", index)
    )
    means = null.statistics["morans_i_queen"].mean(axis=1)
    return float(p_value(means[0], means[1:], "greater"))


def replicated(index: int) -> float:
    """A region in one half of the speakers that the other half knows nothing of."""
    values, tokens = spoken("replication", index, SMALL.units, shared=True)
    fold = np.arange(SPEAKERS) % 2
    planted = np.where(SMALL.distances[27] < 2, 20.0, 0.0)
    values += np.outer((tokens.phone == 0) & (fold[tokens.speaker] == 0), planted)
    found = replication.replicate(Cells.of(values.astype(np.float32), tokens), fold, SMALL, CRITERIA)
    return next((one.p for one in found if (one.phone, one.found_in) == ("0", 0)), 1.0)


def clusters_in_time(index: int) -> float:
    """The least family-wise p of the clusters over time and the grid of several courses that change slowly."""
    noise = stream("calibration", "time_clusters", index).normal(size=(LAGS + 2, SMALL.units, MAPS))
    courses, live = (noise[:-2] + noise[1:-1] + noise[2:]), np.ones(SMALL.units, dtype=bool)
    own = key("calibration", "time_clusters", index, "permutations")
    found = time_clusters(courses, SMALL, live, permutations=PERMUTATIONS, key=own)
    return min((cluster.p_family for cluster in found), default=1.0)


def flipped_signs(index: int) -> float:
    """Paired differences of eight trainings without a difference."""
    return sign_flip(stream("calibration", "sign_flip", index).normal(size=PAIRS), "two-sided", index)[0]


def equivalent(index: int) -> float:
    """Paired differences whose mean is exactly the margin: the last value at which equivalence must not be shown."""
    margin = 1.0
    return equivalence(margin + stream("calibration", "equivalence", index).normal(size=PAIRS), margin, index)


def joined(index: int) -> float:
    """Join counts of one of three classes, laid out at random."""
    codes = stream("calibration", "join_counts", index).permutation(GRID.units) % 3
    own = key("calibration", "join_counts", index, "permutations")
    null = join_counts_null(codes, 3, QUEEN, permutations=PERMUTATIONS, key=own)
    return float(p_value(join_counts(codes, 3, QUEEN), null)[0])


def local_morans_i(index: int) -> float:
    """Local Moran's I of one unit of a white map."""
    maps, own = _noise("local_morans_i", index, SMALL)
    return float(local_test(maps, Lattice.of(SMALL), permutations=PERMUTATIONS, key=own).p[27, 0])


def cluster_enhancement(index: int) -> float:
    """The least family-wise p of the units of several maps."""
    maps, own = _noise("cluster_enhancement", index, GRID, MAPS)
    return float(enhancement_test(maps, QUEEN, permutations=PERMUTATIONS, key=own).p_family.min())
