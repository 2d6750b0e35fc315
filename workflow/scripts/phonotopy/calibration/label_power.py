"""What tests of labels reject on simulated speech, where responses are noise, follow the sound or follow the phone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.calibration.ladder_nulls import by_labels
from phonotopy.calibration.simulated_speech import Speech, noise, of_acoustics, of_phones, speech
from phonotopy.calibration.simulations import CRITERIA, LEVEL, SHIFTS, SMALL
from phonotopy.core import steps
from phonotopy.core.columns import Column, Table
from phonotopy.core.seeds import key, stream
from phonotopy.inference.label_null import LabelNull
from phonotopy.inference.permutation import family_p_value, p_value
from phonotopy.selectivity.label_shift import label_shift

__all__ = ["NOTHING", "TABLE", "TESTS", "UNORDERED", "Followed", "Simulated", "curve", "of_noise", "simulated"]

TABLE = Table(
    "label_power.tsv",
    rows="one row per test of labels, and what responses follow",
    columns={
        "test": Column("", "as in `calibration.tsv`, which has its rate where its null holds"),
        "null": Column("", "under which it tests"),
        "follows": Column(
            "",
            "what is added to noise of standard deviation 1: `acoustics`, functions of the acoustics of a token alone, "
            "in which phones overlap; or `phones`, a mean for each phone",
        ),
        "depth": Column("noise s.d.", "standard deviation over tokens of what is added to each unit"),
        "map_radius": Column("grid steps", "of the Gaussian that makes what is added smooth over the grid"),
        "noise_radius": Column("grid steps", "of that of the noise; 0 is white"),
        "simulations": Column("count", "of speech and responses on a grid of 8 × 8"),
        "power": Column("fraction", "of them with a p of at most .05"),
    },
)
SHARE = 5  # simulations of planted patches for each of these, which cost more


class Followed(NamedTuple):
    """What responses follow, beside noise that is smooth over the grid by `noise_radius` (grid steps).

    `depth` is the standard deviation of what is added, in those of the noise, and `map_radius` how smooth it is.
    """

    what: Literal["nothing", "acoustics", "phones"]
    depth: float = 0.0
    map_radius: float = 0.0
    noise_radius: float = 1.0


NOTHING = Followed("nothing")
UNORDERED = Followed("phones", 0.4, 0.0, 0.0)  # units respond, to phones of their own; nothing is smooth over the grid
FOLLOWED = [
    Followed(what, depth, *radii)
    for what in ("acoustics", "phones")
    for radii in ((1.0, 0.0), (1.0, 1.0), (2.0, 1.0))
    for depth in (0.1, 0.4)
]


@dataclass(frozen=True)
class Simulated:
    """Speech, responses ``(tokens, units)`` of the units of a small grid to it, and the random key of its nulls."""

    spoken: Speech
    values: NDArray[np.float32]
    key: int

    @cached_property
    def label_null(self) -> LabelNull:
        """Its label shifts, which several tests share."""
        live = np.ones(SMALL.units, dtype=bool)
        return label_shift(self.values, self.spoken.tokens, SMALL, live, CRITERIA, shifts=SHIFTS, key=self.key)


def simulated(index: int, followed: Followed = NOTHING) -> Simulated:
    """Data set number `index`."""
    parts: tuple[str | int, ...] = ("calibration", "speech", *map(str, followed), index)
    random = stream(*parts)
    spoken = speech(random)
    values = noise(random, spoken, SMALL, radius=followed.noise_radius)
    match followed.what:
        case "acoustics":
            values += followed.depth * of_acoustics(random, spoken, SMALL, radius=followed.map_radius)
        case "phones":
            values += followed.depth * of_phones(random, spoken, SMALL, radius=followed.map_radius)
    return Simulated(spoken, values.astype(np.float32), key(*parts, "null"))


# Tests: each gives a p, greater, of simulated speech


class Test(NamedTuple):
    """A test of labels, and the name of its null."""

    null: str
    p: Callable[[Simulated], float]


def _mean(data: Simulated, statistic: str) -> float:
    """Of the mean over phones of any statistic of the label null."""
    means = data.label_null.statistics[statistic].mean(axis=1)
    return float(p_value(means[0], means[1:], "greater"))


def _family(data: Simulated, statistic: str) -> float:
    """The least family-wise one over phones."""
    values = data.label_null.statistics[statistic]
    return float(family_p_value(values[0], values[1:], "greater", axis=0).min())


TESTS: Mapping[str, Test] = {
    "label_shift_speech": Test("labels", partial(_mean, statistic="morans_i_queen")),
    "label_shift_family": Test("labels", partial(_family, statistic="morans_i_queen")),
    "label_shift_region": Test("labels", partial(_mean, statistic="largest_region")),
    "shared_labels": Test("labels", lambda data: by_labels(data.values, data.spoken.tokens, data.key)),
}


def of_noise(name: str, followed: Followed = NOTHING) -> Callable[[int], float]:
    """The p that a test gives to null data set number `index`, whose responses follow nothing, or in no order."""
    return lambda index: TESTS[name].p(simulated(index, followed))


def curve(*, simulations: int) -> Iterator[dict[str, object]]:
    """How often each test rejects where responses follow something: the rows of the table."""
    number = max(1, simulations // SHARE)
    for followed in steps.counted(FOLLOWED, "case"):
        data = (simulated(index, followed) for index in range(number))
        found = np.array([[test.p(one) <= LEVEL for test in TESTS.values()] for one in data])
        for (name, test), power in zip(TESTS.items(), found.mean(axis=0).tolist(), strict=True):
            yield dict(zip(TABLE.columns, (name, test.null, *followed, number, power), strict=True))
