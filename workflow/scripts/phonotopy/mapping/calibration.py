"""How often each test calls a null data set significant."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.grid import Grid
from phonotopy.mapping.autocorrelation import gearys_c, gearys_c_null, morans_i, morans_i_null
from phonotopy.mapping.clusters import cluster_test
from phonotopy.mapping.correlogram import correlogram
from phonotopy.mapping.evidence import mean_p
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
GRID = Grid(16, 16)
SMALL = Grid(6, 6)
PERMUTATIONS, SHIFTS, MAPS = 199, 39, 5
CRITERIA = Criteria(minimum_tokens=2, minimum_speakers=2, d_prime=0.5, false_discovery_rate=LEVEL)


class Calibration(NamedTuple):
    """A test, what its null data sets are, whether its p is continuous and exact, and the p of data set number `index`."""

    null: str
    exact: bool
    p: Callable[[int], float]


def calibrate(name: str, *, data_sets: int, threads: int = 1) -> dict[str, object]:
    """Rejections at .05 in `data_sets` null data sets, and the rates that are allowed: one row of the table.

    At most the level plus three standard deviations of a binomial count; at least .04 where the p-value is exact and continuous.
    Data set i is the same whatever `threads` is.
    """
    test = CALIBRATIONS[name]
    with ThreadPoolExecutor(threads) as pool:
        rejections = sum(p <= LEVEL for p in pool.map(test.p, range(data_sets)))
    high = LEVEL + 3 * np.sqrt(LEVEL * (1 - LEVEL) / data_sets)
    cells = (name, test.null, data_sets, rejections, rejections / data_sets, 0.04 if test.exact else 0.0, high)
    return dict(zip(COLUMNS, cells, strict=True))


def _noise(name: str, index: int, maps: int = 1) -> tuple[Floats, dict[str, int]]:
    """White maps, and a stream of permutations of their own."""
    values = stream("calibration", name, index).normal(size=(GRID.units, maps))
    return values, {"permutations": PERMUTATIONS, "key": key("calibration", name, index, "permutations")}


def _morans_i(index: int) -> float:
    maps, settings = _noise("morans_i", index)
    lattice = Lattice.of(GRID)
    return float(p_value(morans_i(maps, lattice), morans_i_null(maps, lattice, **settings))[0])


def _gearys_c(index: int) -> float:
    maps, settings = _noise("gearys_c", index)
    lattice = Lattice.of(GRID)
    return float(p_value(gearys_c(maps, lattice), gearys_c_null(maps, lattice, **settings))[0])
