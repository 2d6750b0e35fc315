"""Measures of the quality of maps that others have proposed, beside each other on the same layers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Grid
from phonotopy.inference import permutation
from phonotopy.inference.permutation import Alternative
from phonotopy.organisation.map_pairs import pair_sums
from phonotopy.organisation.rank import correlation
from phonotopy.organisation.smoothing import blurring, shrinking
from phonotopy.spatial.components import measures, measures_null
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.phone_maps import Maps

__all__ = ["MEASURES", "TABLE", "MappedLayer", "quality_rows"]

Floats = NDArray[np.float64]
Row = dict[str, object]
REDUCTIONS = (2, 4)  # to which maps are shrunk
BLURS = (0.5, 1.0, 2.0)  # s.d. in grid steps
FAR = slice(3, 7)  # grid steps
EXTREME = 1.0  # s.d. of a map
FEWEST = 3  # live units
MEASURES: dict[str, tuple[Alternative, str]] = {  # what a map has more, or less, of
    "resize_error": (
        "less",
        "share of the variance of a d′ map that is lost when it is shrunk, to blocks of 2 and of 4 grid steps, and "
        "enlarged again; mean over both and over phones (after bib key krug2023, on maps instead of pictures)",
    ),
    "blur_error": (
        "less",
        "the same after a Gaussian blur of .5, 1 and 2 grid steps",
    ),
    "components": (
        "less",
        "components of units more than 1 s.d. above, and of units more than 1 s.d. below, the mean of a d′ map; "
        "mean over phones (bib key krug2023)",
    ),
    "smoothness": (
        "greater",
        "(largest − first)/largest of the curve of the mean difference between d′ of units over their distance, from 1 "
        "grid step to the shorter side of the grid; maps have variance 1 (bib key margalit2024)",
    ),
    "trustworthiness": (
        "greater",
        "1 where the neighbours of every unit are the units whose responses correlate most with it, 0 where they are "
        "those that correlate least (bib key venna2001)",
    ),
    "near_correlation": ("greater", "mean correlation of the responses of neighbours"),
    "far_correlation": ("greater", "the same of units 3 to 6 grid steps apart"),
}
TABLE = Table(
    "map_quality.tsv",
    rows="one row per layer and measure",
    columns={
        **shared("layer"),
        "units": Column("count", "live units"),
        "measure": Column("", "; ".join(f"`{name}`: {meaning}" for name, (_, meaning) in MEASURES.items())),
        **shared("observed", "null", "null_mean", "null_sd", "permutations"),
        "alternative": Column("", "`greater` or `less`: what order makes of the measure"),
        **shared("null_seed", "p"),
        "q": Column("fraction", "p after Benjamini and Hochberg over the layers"),
    },
    note="Neighbours are queen, distances are rounded to whole grid steps, correlations are over speech frames, and a "
    "dead unit counts as the mean of a map where maps are resized or blurred. Empty with fewer than three live units, "
    "and where there is no phone to map.",
)


@dataclass(frozen=True)
class MappedLayer:
    """A layer as its measures need it, units in the order of positions.

    `maps` ``(live units, phones)`` are d′ with mean 0 and variance 1, `correlations` ``(live units, live units)`` those
    of responses.
    """

    grid: Grid
    live: NDArray[np.bool_]
    maps: Floats
    correlations: Floats

    @classmethod
    def of(cls, maps: Maps, comoment: Floats, grid: Grid) -> Self:
        """From the maps of the layer and the co-moments of its responses ``(units, units)``."""
        live = maps.live & (np.diagonal(comoment) > 0)
        values = maps.d_prime[live][:, maps.usable]
        deviation = values - values.mean(axis=0)
        spread = deviation.std(axis=0)
        varied = spread > 0
        return cls(grid, live, deviation[:, varied] / spread[varied], correlation(comoment[np.ix_(live, live)]))

    @cached_property
    def lattice(self) -> Lattice:
        """Neighbours among live units."""
        return Lattice.of(self.grid, live=self.live)

    @property
    def measurable(self) -> bool:
        """Whether there is anything to measure."""
        return bool(self.maps.shape[1] and self.lattice.units >= FEWEST and len(self.lattice.pairs))

    def observed(self) -> Floats:
        """The `MEASURES`, ``(measures,)``."""
        number = measures(self._extremes, self.lattice).number
        return np.asarray(self._joined(self._pairs(self.lattice.unmoved), number[None])[0])

    def null(self, *, permutations: int, key: int, threads: int = 1) -> Floats:
        """The same under permuted positions, ``(permutations, measures)``."""
        settings = {"permutations": permutations, "key": key, "threads": threads}
        pairs = permutation.null(self._pairs, self.lattice.units, **settings)
        return self._joined(pairs, measures_null(self._extremes, self.lattice, **settings).number)

    def _joined(self, pairs: Floats, number: Floats) -> Floats:
        components = 2 * number.mean(axis=1, keepdims=True)
        return np.concatenate([pairs[:, :2], components, pairs[:, 2:]], axis=1)

    @cached_property
    def _extremes(self) -> NDArray[np.bool_]:
        return np.concatenate([self.maps > EXTREME, self.maps < -EXTREME], axis=1)

    @cached_property
    def _losses(self) -> Floats:
        """Quadratic forms of what shrinking and blurring take away, ``(live units, live units, 2)``."""
        kept = np.ix_(self.live, self.live)
        shrunk = [shrinking(self.grid, factor)[kept] for factor in REDUCTIONS]
        blurred = [blurring(self.grid, sd)[kept] for sd in BLURS]
        return np.stack([_loss(shrunk), _loss(blurred)], axis=2)

    @cached_property
    def _steps(self) -> NDArray[np.int64]:
        """Distances in whole grid steps, ``(live units, live units)``."""
        return np.rint(self.grid.distances[np.ix_(self.live, self.live)]).astype(np.int64)

    @cached_property
    def _alike(self) -> Floats:
        """Mean over phones of products of maps and of differences between them, and correlations of responses.

        ``(live units, live units, 3)``.
        """
        differences = np.zeros((len(self.maps), len(self.maps)))
        for one in self.maps.T:
            differences += np.abs(one[:, None] - one)
        phones = self.maps.shape[1]
        return np.stack([self.maps @ self.maps.T / phones, differences / phones, self.correlations], axis=2)

    @cached_property
    def _ranks(self) -> Floats:
        """Of all other units by their correlation with each unit, from 1, ``(live units, live units)``."""
        units = len(self.correlations)
        order = np.argsort(3 * np.eye(units) - self.correlations, axis=1, kind="stable")  # itself last
        ranks = np.empty((units, units))
        np.put_along_axis(ranks, order, np.arange(1.0, units + 1)[None].repeat(units, axis=0), axis=1)
        return ranks

    def _pairs(self, orders: NDArray[np.int32]) -> Floats:
        """All measures but components, with the units in other orders, ``(orders, measures − 1)``."""
        curves, sums = pair_sums(orders, self._losses, self._alike, self._ranks, self._steps, self.lattice.degrees)
        pairs = np.bincount(self._steps[np.tril_indices_from(self._steps, -1)], minlength=curves.shape[2])
        differences, alike = np.moveaxis(curves / np.maximum(pairs, 1), 1, 0)
        within = slice(1, 1 + max(2, min(self.grid.rows, self.grid.columns) - 1))
        far = curves[:, 1, FAR].sum(axis=1) / max(1, pairs[FAR].sum())
        rest = [_rise(differences[:, within]), sums[:, 2], alike[:, 1], far]
        return np.concatenate([sums[:, :2] / self.lattice.units, np.stack(rest, axis=1)], axis=1)


def _loss(operators: list[Floats]) -> Floats:
    """The mean quadratic form of x − Bx over operators B."""
    rests = [np.eye(len(one)) - one for one in operators]
    return np.asarray(sum(rest.T @ rest for rest in rests) / len(rests))


def _rise(curves: Floats) -> Floats:
    """(largest − first)/largest of each curve ``(orders, distances)``."""
    largest = curves.max(axis=1)
    return np.asarray((largest - curves[:, 0]) / np.where(largest > 0, largest, 1.0))


def quality_rows(layer: MappedLayer, *, permutations: int, key: int, threads: int = 1) -> Iterator[Row]:
    """A row per measure; the columns layer, null_seed and q are left to the caller."""
    units = int(layer.live.sum())
    if not layer.measurable:
        for name, (alternative, _) in MEASURES.items():
            empty = dict.fromkeys(("observed", "null_mean", "null_sd", "p"))
            yield {"units": units, "measure": name, "alternative": alternative, **empty, "permutations": 0}
        return
    observed = layer.observed()
    null = layer.null(permutations=permutations, key=key, threads=threads)
    varied = permutation.varies(null)
    for index, (name, (alternative, _)) in enumerate(MEASURES.items()):
        p = float(permutation.p_value(observed[index], null[:, index], alternative)) if varied[index] else None
        spread = {"null_mean": null[:, index].mean(), "null_sd": null[:, index].std(ddof=1)}
        row: Row = {"units": units, "measure": name, "observed": observed[index], **spread, "p": p}
        yield row | {"permutations": permutations, "alternative": alternative}
