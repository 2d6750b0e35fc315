"""The label null: label sequences swapped between the utterances of a speaker and shifted."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Tokens
from phonotopy.core.columns import Column, Table
from phonotopy.core.grid import Grid
from phonotopy.core.seeds import stream
from phonotopy.inference.discovery import Discovery
from phonotopy.inference.label_null import LabelNull
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.selectivity.relabelled import Labelling, relabelled
from phonotopy.spatial.components import greatest, measures
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i

__all__ = ["TABLE", "Sequences", "label_shift"]

Floats = NDArray[np.float64]
STATISTICS = ("morans_i_queen", "morans_i_rook", "regions", "largest_region", "responsive_share")
MEMORY = 256 * 2**20  # bytes of d' and t that are kept at once

TABLE = Table(
    "label_shift.npz",
    rows="statistics of every label shift, the true labels first",
    columns={
        "phones": Column("phones", "labels of those that are usable"),
        "tokens": Column("phones", "number of stored tokens that the statistics rest on"),
        "layers": Column("layers", "their numbers"),
        "morans_i_queen": Column("layers × (1 + shifts) × phones", "Moran's I of d′, 8 neighbours"),
        "morans_i_rook": Column("layers × (1 + shifts) × phones", "Moran's I of d′, 4 neighbours"),
        "regions": Column(
            "layers × (1 + shifts) × phones",
            "number of components of the responsive units; in a shift of its k units of greatest d′, k the number of "
            "units that respond to the phone under the true labels",
        ),
        "largest_region": Column("layers × (1 + shifts) × phones", "units in the largest of those"),
        "responsive_share": Column("layers × (1 + shifts) × phones", "fraction of live units that are responsive"),
    },
)


class Sequences:
    """The label sequences of all speakers, as indices of tokens."""

    def __init__(self, tokens: Tokens) -> None:
        """Tokens of an utterance follow one another in time."""
        self._phone = tokens.phone
        self._rows = np.argsort(tokens.speaker, kind="stable")
        utterance, speaker = tokens.utterance[self._rows], tokens.speaker[self._rows]
        self._first = np.flatnonzero(np.diff(utterance, prepend=-1) | np.diff(speaker, prepend=-1))
        self._lengths = np.diff(self._first, append=len(utterance))
        self._speaker_of = speaker[self._first]
        _, self._speaker_first, self._speaker_tokens = np.unique(speaker, return_index=True, return_counts=True)

    def shifted(self, key: int, index: int) -> NDArray[np.int64]:
        """Labels ``(tokens,)`` number `index` of the stream `key`.

        In every speaker the utterances' label sequences are put in random order, joined, shifted circularly by a
        random number of tokens and laid over the responses in their own order. Phone sequences stay what they are, and
        so do each speaker's counts; labels no longer go with the responses.
        """
        random = stream("label shift", key, index)
        turn = np.lexsort((random.random(len(self._first)), self._speaker_of))
        lengths = self._lengths[turn]
        begins = np.repeat(self._first[turn] - np.cumsum(lengths) + lengths, lengths)
        joined = self._phone[self._rows[begins + np.arange(len(self._rows))]]
        offset = random.integers(self._speaker_tokens)
        first, size = (np.repeat(part, self._speaker_tokens) for part in (self._speaker_first, self._speaker_tokens))
        source = first + (np.arange(len(joined)) - first + np.repeat(offset, self._speaker_tokens)) % size
        labels = np.empty_like(joined)
        labels[self._rows] = joined[source]
        return labels

    def labels(self, key: int, indices: range) -> NDArray[np.int64]:
        """Labels ``(indices, tokens)``; those of index 0 are the true ones, shift i is index i + 1."""
        return np.stack([self.shifted(key, index - 1) if index else self._phone for index in indices])


@dataclass(frozen=True)
class _Layer:
    """What the statistics of a layer are computed with."""

    queen: Lattice
    rook: Lattice
    criteria: Criteria

    @classmethod
    def of(cls, grid: Grid, live: NDArray[np.bool_], criteria: Criteria) -> Self:
        return cls(Lattice.of(grid, "queen", live), Lattice.of(grid, "rook", live), criteria)

    def statistics(
        self, d_prime: Floats, discovered: NDArray[np.bool_], sizes: NDArray[np.int64] | None
    ) -> tuple[Floats, ...]:
        """The `STATISTICS` of maps ``(units, phones)``, ``(phones,)`` each.

        Regions are those of the responsive units, or, where `sizes` ``(phones,)`` are given, of so many units of
        greatest d′: hardly a unit responds to shifted labels, and regions of few units would be small however ordered.
        A rarely active unit may be silent in all tokens of a label shift; it separates no phones, d′ is 0.
        """
        d_prime = np.nan_to_num(d_prime, nan=0.0)
        responsive = discovered & (d_prime >= self.criteria.d_prime)
        found = measures(responsive if sizes is None else greatest(d_prime, sizes), self.queen)
        autocorrelation = morans_i(d_prime, self.queen), morans_i(d_prime, self.rook)
        return *autocorrelation, found.number, found.largest, responsive.mean(axis=0)


def label_shift(
    values: NDArray[np.float32],
    tokens: Tokens,
    grid: Grid,
    live: NDArray[np.bool_],
    criteria: Criteria,
    *,
    shifts: int,
    key: int,
    threads: int = 1,
) -> LabelNull:
    """Everything computed anew for each shift: d′, t, discoveries, Moran's I and regions as large as the observed ones.

    `values` ``(tokens, units)`` and `tokens`, coded by the phones that are tested; `live` ``(units,)``. The
    observation goes through the same steps, from the same tokens. Shift i is the same whatever `threads` is.
    """
    layer, units = _Layer.of(grid, live, criteria), np.flatnonzero(live)
    sequences, phones = Sequences(tokens), len(tokens.phones)
    counted = tuple(tokens.count.sum(axis=0).astype(int).tolist())
    if len(units) == 0 or phones < 2:
        return LabelNull(tokens.phones, counted, {name: np.full((1 + shifts, phones), np.nan) for name in STATISTICS})
    step = max(1, MEMORY // (16 * len(units) * phones + 20 * len(tokens.phone)))
    rows: list[tuple[Floats, ...]] = []
    sizes: NDArray[np.int64] | None = None
    for indices in (range(1), *(range(1 + shifts)[start : start + step] for start in range(1, 1 + shifts, step))):
        labelling = Labelling.of(sequences.labels(key, indices), tokens.sample, len(tokens.samples), phones)
        found = relabelled(values, units, labelling, threads=threads)
        rows += _statistics(layer, *found, labelling.degrees, sizes, threads)
        sizes = np.rint(rows[0][-1] * len(units)).astype(np.int64)  # of the responsive units under the true labels
    return LabelNull(tokens.phones, counted, dict(zip(STATISTICS, map(np.stack, zip(*rows, strict=True)), strict=True)))


def _statistics(
    layer: _Layer,
    d_prime: Floats,
    t: Floats,
    degrees: NDArray[np.int64],
    sizes: NDArray[np.int64] | None,
    threads: int,
) -> list[tuple[Floats, ...]]:
    discovery = Discovery(degrees, t[0].size, layer.criteria.false_discovery_rate)

    def one(index: int) -> tuple[Floats, ...]:
        return layer.statistics(d_prime[index], discovery(t[index], degrees[index]), sizes)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(len(degrees))))
