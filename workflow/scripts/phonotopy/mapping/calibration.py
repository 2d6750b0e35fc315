"""How often each test calls a null data set significant."""

import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.grid import Grid
from phonotopy.mapping.autocorrelation import gearys_c, gearys_c_null, morans_i, morans_i_null
from phonotopy.mapping.clusters import cluster_test
from phonotopy.mapping.correlogram import correlogram
from phonotopy.mapping.labels import label_null
from phonotopy.mapping.lattice import Lattice
from phonotopy.mapping.permutation import adjust, p_value
from phonotopy.mapping.regions import regions, regions_null
from phonotopy.mapping.replication import replicate
from phonotopy.mapping.responses import Cells, Tokens
from phonotopy.mapping.selectivity import Criteria, contrasts, t_test
from phonotopy.seeds import key, stream

__all__ = ["CALIBRATIONS", "COLUMNS", "Calibration", "calibrate"]

Floats = NDArray[np.float64]
COLUMNS = ("test", "null", "data_sets", "rejections", "rate", "allowed_low", "allowed_high")
LEVEL = 0.05
GRID, SMALL = Grid(16, 16), Grid(8, 8)
PERMUTATIONS, SHIFTS, MAPS = 199, 39, 5  # (R + 1) · level is whole, so that an exact test rejects exactly at the level
PHONES, SPEAKERS, TOKENS = 3, 8, 20  # tokens of each phone and speaker
CRITERIA = Criteria(minimum_tokens=2, minimum_speakers=2, d_prime=0.5, false_discovery_rate=LEVEL)


class Calibration(NamedTuple):
    """A test: its null data sets, whether its p is exact and continuous, and the p of data set number `index`."""

    null: str
    exact: bool
    p: Callable[[int], float]


def calibrate(name: str, *, data_sets: int, threads: int = 1) -> dict[str, object]:
    """Rejections at .05 in `data_sets` null data sets, and the rates that are allowed: one row of the table.

    At most the level plus three standard deviations of a binomial share; at least .04 where p is exact and continuous.
    Data set i is the same whatever `threads` is.
    """
    test = CALIBRATIONS[name]
    with ThreadPoolExecutor(threads) as pool:
        rejections = sum(p <= LEVEL for p in pool.map(test.p, range(data_sets)))
    high = LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / data_sets)
    cells = (name, test.null, data_sets, rejections, rejections / data_sets, 0.04 if test.exact else 0.0, high)
    return dict(zip(COLUMNS, cells, strict=True))


def _noise(name: str, index: int, grid: Grid, maps: int = 1) -> tuple[Floats, int]:
    """White maps, and the key of permutations of their own: shared ones would tie the data sets together."""
    values = stream("calibration", name, index).normal(size=(grid.units, maps))
    return values, key("calibration", name, index, "permutations")


def _morans_i(index: int) -> float:
    maps, own = _noise("morans_i", index, GRID)
    return float(p_value(morans_i(maps, QUEEN), morans_i_null(maps, QUEEN, permutations=PERMUTATIONS, key=own))[0])


def _mean_morans_i(index: int) -> float:
    maps, own = _noise("morans_i_mean", index, GRID, MAPS)
    return float(
        p_value(
            morans_i(maps, QUEEN).mean(), morans_i_null(maps, QUEEN, permutations=PERMUTATIONS, key=own).mean(axis=1)
        )
    )


def _gearys_c(index: int) -> float:
    maps, own = _noise("gearys_c", index, GRID)
    return float(p_value(gearys_c(maps, QUEEN), gearys_c_null(maps, QUEEN, permutations=PERMUTATIONS, key=own))[0])


def _correlogram(index: int) -> float:
    maps, own = _noise("correlogram", index, SMALL)
    return float(correlogram(maps, SMALL, permutations=PERMUTATIONS, key=own).p_family.min())


def _cluster_mass(index: int) -> float:
    maps, own = _noise("cluster_mass", index, GRID, MAPS)
    return min(
        (cluster.p_family for cluster in cluster_test(maps, GRID, permutations=PERMUTATIONS, key=own)), default=1.0
    )


def _largest_region(index: int) -> float:
    maps, own = _noise("largest_region", index, GRID)
    members = maps > 1
    null = regions_null(members, QUEEN, permutations=PERMUTATIONS, key=own).largest
    return float(p_value(regions(members, QUEEN).largest, null, "greater")[0])


def _spoken(name: str, index: int, units: int, *, shared: bool) -> tuple[Floats, Tokens]:
    """Responses that know no phone: tokens vary within speakers, and speakers differ in how they say each phone.

    `shared` noise is smooth over the sheet, so that every map is.
    """
    random = stream("calibration", name, index)
    speaker, phone = (part.ravel() for part in np.indices((SPEAKERS, PHONES * TOKENS)))
    phone = random.permuted((phone % PHONES).reshape(SPEAKERS, -1), axis=1).ravel()
    habits = 0.5 * random.normal(size=(SPEAKERS, PHONES, units))
    values = habits[speaker, phone] + random.normal(size=(len(phone), units))
    names = tuple(map(str, range(PHONES))), tuple(map(str, range(SPEAKERS)))
    tokens = Tokens(*names, phone, speaker, speaker, np.arange(len(phone)) // TOKENS)
    return (values @ BLUR if shared else values), tokens


def _unit_t(index: int) -> float:
    values, tokens = _spoken("unit_t", index, 1, shared=False)
    cells = Cells.of(values.astype(np.float32), tokens)
    return float(t_test(contrasts(cells.count, cells.mean)).p[0, 0])


def _any_responsive(index: int) -> float:
    """The least q of all units and phones: below the level, something is called responsive."""
    values, tokens = _spoken("responsive", index, SMALL.units, shared=True)
    cells = Cells.of(values.astype(np.float32), tokens)
    return float(np.min(adjust(t_test(contrasts(cells.count, cells.mean)).p)))


def _label_shift(index: int) -> float:
    """Smooth responses without speakers' habits, which would make phones known to them."""
    random = stream("calibration", "label_shift", index)
    _, tokens = _spoken("label_shift", index, 1, shared=False)
    values = (random.normal(size=(len(tokens.phone), SMALL.units)) @ BLUR).astype(np.float32)
    live = np.ones(SMALL.units, dtype=bool)
    null = label_null(values, tokens, SMALL, live, CRITERIA, shifts=SHIFTS, key=key("calibration shifts", index))
    means = null.statistics["morans_i_queen"].mean(axis=1)
    return float(p_value(means[0], means[1:], "greater"))


def _replication(index: int) -> float:
    """A region in one half of the speakers that the other half knows nothing of."""
    values, tokens = _spoken("replication", index, SMALL.units, shared=True)
    fold = np.arange(SPEAKERS) % 2
    planted = np.where(SMALL.distances[27] < 2, 20.0, 0.0)
    values += np.outer((tokens.phone == 0) & (fold[tokens.speaker] == 0), planted)
    found = replicate(Cells.of(values.astype(np.float32), tokens), fold, SMALL, CRITERIA)
    return next((one.p for one in found if (one.phone, one.found_in) == ("0", 0)), 1.0)


QUEEN = Lattice.of(GRID)
BLUR = np.exp(-(SMALL.distances**2) / 4)
CALIBRATIONS: Mapping[str, Calibration] = {
    "morans_i": Calibration("positions", exact=True, p=_morans_i),
    "morans_i_mean": Calibration("positions", exact=True, p=_mean_morans_i),
    "gearys_c": Calibration("positions", exact=True, p=_gearys_c),
    "correlogram": Calibration("positions", exact=True, p=_correlogram),
    "cluster_mass": Calibration("positions", exact=True, p=_cluster_mass),
    "largest_region": Calibration("positions", exact=False, p=_largest_region),
    "label_shift": Calibration("labels", exact=False, p=_label_shift),
    "unit_t": Calibration("speakers", exact=True, p=_unit_t),
    "responsive": Calibration("speakers", exact=False, p=_any_responsive),
    "replication": Calibration("speakers", exact=True, p=_replication),
}
