"""Virtual lesions: whether the network fails at a phone where a disc of units is silent, and at that phone alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.core.seeds import key as key_of
from phonotopy.introspection.lesions.credited_letters import Passage, best_delay, passages, sampled
from phonotopy.introspection.lesions.damage import Damage
from phonotopy.introspection.lesions.own_discs import crossed, found, selective, test_rows
from phonotopy.introspection.lesions.sets_of_units import discs, scattering, tiles
from phonotopy.introspection.lesions.silencing import Silencing
from phonotopy.introspection.measures import Measure, columns_of
from phonotopy.introspection.subject import Subject

__all__ = ["FEWEST", "TABLES", "Lesions", "Speech", "speech_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Row = dict[str, object]
FEWEST = 8  # letters of a phone in each half of the speakers
DAMAGE = "how much greater the share of its letters is that are not the best symbol of their frame"
LESION_MAP = Table(
    "lesion_map.tsv",
    rows="one row per layer, set of units and phone with letters",
    columns={
        **shared("layer"),
        "set": Column(
            "",
            "`disc` around a position; `most_selective`: as many units of greatest d′ for a phone, wherever they are; "
            "`untouched`: no unit",
        ),
        "row": Column("grid steps", "centre of the disc, from 0; empty for other sets"),
        "column": Column("grid steps", "centre of the disc, from 0; empty for other sets"),
        "of": Column("", "phone whose most selective units they are; empty for other sets"),
        "units": Column("count", "that are silent"),
        **shared("phone"),
        "letters": Column("count", "credited to the phone"),
        "damage": Column("fraction", f"what the phone suffers: {DAMAGE}"),
        "selectivity": Column("fraction", "damage minus its mean over other phones"),
        "loss": Column("nats", "how much less the mean log-probability of its letters is"),
    },
)
LESIONS = Table(
    "lesions.tsv",
    rows="one row per layer, phone, and half of the speakers in which its own disc was found",
    columns={
        **shared("layer", "phone"),
        "found_in": Column(
            "",
            "half of the speakers, 0 or 1, in which the disc costs the phone most log-probability beyond other phones; "
            "all else is measured in the other half",
        ),
        **shared("row", "column"),
        "units": Column("count", "of the disc"),
        "letters": Column("count", "credited to the phone in the other half"),
        "speakers": Column("count", "in the other half with such letters"),
        "error_intact": Column("fraction", "of these letters that are not the best symbol of their frame"),
        "error_lesion": Column("fraction", "the same while the disc is silent"),
        "damage": Column("fraction", "their difference"),
        "others": Column("fraction", "damage by the same disc, mean over other phones"),
        "selectivity": Column("fraction", "damage − others"),
        "loss": Column("nats", "how much less the mean log-probability of its letters is"),
        "elsewhere": Column("fraction", "damage by discs that share no unit with it, mean over them"),
        "most_selective": Column("fraction", "damage by as many units of greatest d′, wherever they stand"),
        "scattered": Column("fraction", "damage by sets of units of like mean activity, mean over all scattered sets"),
        "status": Column("", f"`ok`, or `too few letters`: under {FEWEST} in a half of the speakers"),
    },
)
TESTS = Table(
    "lesion_tests.tsv",
    rows="one row per layer, outcome, null and phone",
    columns={
        **shared("layer"),
        "outcome": Column(
            "",
            "`error` (share of letters that are no longer the best symbol) or `loss` (of their mean log-probability, "
            "nats; finer, so that it can be tested where no letter is lost)",
        ),
        "phone": Column("", "a phone, or `mean` for the mean over those that are tested"),
        "null": Column(
            "",
            "`scattered`: the own one of tiles (discs that hardly overlap), against the own one of as many sets of "
            "units scattered over the grid and matched in mean activity, found in the same way in each family of sets: "
            "is it the grid? `elsewhere`: the own disc against discs that share no unit with it: is it that region? "
            "`other phones`: against the own discs of permuted phones: is it that phone?",
        ),
        "observed": Column("as the outcome", "damage − others of the own disc or tile, mean of both halves"),
        **shared("null_mean", "null_sd", "permutations", "alternative", "null_seed", "p", "p_family", "q"),
        "status": Column("", "`ok`, or `not testable`: too few letters, one tile, or a null without spread"),
    },
)
MEASURES = columns_of(
    "lesions",
    {
        "damage": "loss of the mean log-probability of the letters of a phone while this unit alone is silent, nats",
        "mean_damage": "the same of all letters",
    },
)
TABLES = (LESION_MAP, LESIONS, TESTS, MEASURES)


@dataclass(frozen=True)
class Speech:
    """What the intact network spells: passages with credited letters, and how late letters come, s."""

    passages: tuple[Passage, ...]
    delay_s: float
    halves: Ints


def speech_of(subject: Subject, dev: Subject, seconds: float, seed: int) -> Speech:
    """About so many seconds, alike for all speakers; the delay is what suits as many seconds of the dev split.

    Raises InputError where there are not two speakers.
    """
    if len(subject.coding.speakers) < 2:
        raise InputError("lesions", "speech of one speaker", "two halves of speakers", "take lesions out of methods")
    delay = best_delay(dev, sampled(dev, seconds, seed)) if dev.segments else 0.0
    spoken = tuple(passages(subject, sampled(subject, seconds, seed), delay))
    return Speech(spoken, delay, subject.coding.folds % 2)


@dataclass(frozen=True)
class Lesions:
    """All lesions of one layer; arrays of units by position have the order of positions.

    `d_prime` ``(units, phones)`` by unit, of selectivity.tsv. `scattered` is the number of families of scattered sets.
    """

    silencing: Silencing
    grid: Grid
    units: Ints
    activity: Floats
    d_prime: Floats
    phones: tuple[str, ...]
    wanted: NDArray[np.bool_]
    speakers: Ints
    radius: float
    scattered: int
    key: int

    @cached_property
    def positions(self) -> Ints:
        """Positions of each disc, ``(discs, size)``."""
        return discs(self.grid, self.radius)

    @cached_property
    def centres(self) -> Ints:
        """Centres of the tiles."""
        return tiles(self.grid, self.radius)

    @cached_property
    def tested(self) -> NDArray[np.bool_]:
        """Phones that are asked about and have enough letters, ``(phones,)``."""
        return np.asarray((self.silencing.count >= FEWEST).all(axis=0) & self.wanted)

    @cached_property
    def discs(self) -> Damage:
        """Damage by the disc around each position."""
        return self.silencing.damage(list(self.units[self.positions]))

    @cached_property
    def single(self) -> Damage:
        """Damage by each unit, in the order of units."""
        return self.silencing.damage([np.array([unit]) for unit in range(len(self.units))])

    @cached_property
    def most_selective(self) -> Damage:
        """Damage by the units of greatest d′ for each phone."""
        order = np.argsort(-np.nan_to_num(self.d_prime, nan=-np.inf), axis=0, kind="stable")
        return self.silencing.damage(list(order[: self.positions.shape[1]].T))

    @cached_property
    def families(self) -> list[Damage]:
        """Damage by scattered tiles, in each of the families."""
        where = self.positions[self.centres]
        orders = [scattering(self.activity, key_of("family", self.key, index)) for index in range(self.scattered)]
        return [self.silencing.damage(list(order[self.units[where]])) for order in orders]

    def measures(self) -> list[Measure]:
        """What each unit costs by itself, of each phone that is tested and of all letters."""
        count, loss = self.silencing.count, self.single.loss
        mean = _weighted(loss, count)
        named = [
            Measure("damage", self.phones[index], mean[:, index], loss[:, :, index].T)
            for index in np.flatnonzero(self.tested)
        ]
        sums = np.nan_to_num(loss) * count
        with np.errstate(invalid="ignore"):
            halves = sums.sum(axis=2) / count.sum(axis=1)
        return [*named, Measure.of("mean_damage", "", sums.sum(axis=(1, 2)) / count.sum(), halves.T)]

    def tests(self, draws: int) -> Iterator[Row]:
        """Rows of `lesion_tests.tsv`."""
        kept = Damage(*(np.where(self.tested, part, np.nan) for part in self.discs))
        tiled = Damage(*(part[self.centres] for part in kept))
        families = [Damage(*(np.where(self.tested, part, np.nan) for part in one)) for one in self.families]
        yield from test_rows(
            self.phones, self.tested, kept, self.positions, tiled, families, draws=draws, key=key_of("tests", self.key)
        )

    def map_rows(self) -> Iterator[Row]:
        """Rows of `lesion_map.tsv`."""
        places = self.grid.positions.tolist()
        untouched = self.silencing.damage([np.empty(0, np.int64)])
        yield from self._mapped(untouched, [{"set": "untouched", "units": 0}])
        size = self.positions.shape[1]
        around = [{"set": "disc", "row": row, "column": column, "units": size} for row, column in places]
        yield from self._mapped(self.discs, around)
        named = [{"set": "most_selective", "of": phone, "units": size} for phone in self.phones]
        yield from self._mapped(self.most_selective, named)

    def _mapped(self, damage: Damage, names: Sequence[Mapping[str, object]]) -> Iterator[Row]:
        letters = self.silencing.count.sum(axis=0)
        error, loss = (_weighted(part, self.silencing.count) for part in damage)
        values = np.stack([error, selective(error), loss], axis=2)
        for name, of_set in zip(names, values, strict=True):
            for index in np.flatnonzero(letters):
                cells = dict(zip(("damage", "selectivity", "loss"), of_set[index].tolist(), strict=True))
                row: Row = {**dict.fromkeys(LESION_MAP.columns), **name, "phone": self.phones[index]}
                yield row | {"letters": int(letters[index]), **cells}

    def rows(self) -> Iterator[Row]:
        """Rows of `lesions.tsv`."""
        own = found(self.discs)
        damage = crossed(self.discs.error, own)
        chosen = crossed(selective(self.discs.error), own)
        loss = crossed(self.discs.loss, own)
        scattered = np.mean([one.error.mean(axis=0) for one in self.families], axis=0)
        for phone in np.flatnonzero(self.wanted):
            for half in (0, 1):
                centre, other = int(own[half, phone]), 1 - half
                row, column = self.grid.positions[centre].tolist()
                given = {"phone": self.phones[phone], "found_in": half, "letters": self.silencing.count[other, phone]}
                if not self.tested[phone]:
                    yield {**dict.fromkeys(LESIONS.columns), **given, "status": "too few letters"}
                    continue
                intact = self.silencing.error_intact[other, phone]
                yield {
                    **given,
                    "row": row,
                    "column": column,
                    "units": self.positions.shape[1],
                    "speakers": self.speakers[other, phone],
                    "error_intact": intact,
                    "error_lesion": intact + damage[half, phone],
                    "damage": damage[half, phone],
                    "others": damage[half, phone] - chosen[half, phone],
                    "selectivity": chosen[half, phone],
                    "loss": loss[half, phone],
                    "elsewhere": self._elsewhere(centre, other, int(phone)),
                    "most_selective": self.most_selective.error[phone, other, phone],
                    "scattered": scattered[other, phone],
                    "status": "ok",
                }

    def _elsewhere(self, centre: int, half: int, phone: int) -> float:
        free = ~np.isin(self.positions, self.positions[centre]).any(axis=1)
        return float(np.mean(self.discs.error[free, half, phone])) if free.any() else float("nan")


def _weighted(values: Floats, count: Ints) -> Floats:
    """Mean of both halves of the speakers, weighted by letters: ``(sets, phones)``, NaN where there are none."""
    total = count.sum(axis=0)
    sums = (np.nan_to_num(values) * count).sum(axis=1)
    return np.asarray(np.where(total > 0, sums / np.maximum(total, 1), np.nan))
