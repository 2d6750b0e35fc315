"""Which acoustics units and layers follow, where their best bands lie, and what is left of phone maps beyond them."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.grid import Contiguity
from phonotopy.core.seeds import key
from phonotopy.inference.families import adjusted
from phonotopy.introspection.acoustics.acoustic_tables import NO_PRAAT, TABLES, TOO_LOW, UNDEFINED
from phonotopy.introspection.acoustics.best_bands import band_centres
from phonotopy.introspection.acoustics.phone_regions_beyond import phone_measures, phone_rows
from phonotopy.introspection.acoustics.praat_process import Praat, installed
from phonotopy.introspection.acoustics.predicted_properties import r_squared
from phonotopy.introspection.acoustics.properties import FORMANTS, OF_PRAAT, PROPERTIES, Contours, Reader, contours_of
from phonotopy.introspection.acoustics.responses_and_sound import SERIES, Found, listen
from phonotopy.introspection.acoustics.rotations import directions, largest_mean, rotated_p
from phonotopy.introspection.measure_maps import map_rows
from phonotopy.introspection.measures import Measure
from phonotopy.introspection.random_weights import untrained
from phonotopy.introspection.subject import Subject
from phonotopy.selectivity.d_prime import Criteria

__all__ = ["TABLES", "Settings", "acoustics"]

Floats = NDArray[np.float64]
Row = dict[str, object]
LOGGER = logging.getLogger("phonotopy")
BATCH_FRAMES = 6000  # feature frames; bounds memory


@dataclass(frozen=True)
class Settings:
    """How far lags reach, s; surrogates of rotations and of positions; which phones are tested; random key's seed."""

    reach_s: float
    rotations: int
    permutations: int
    contiguity: Contiguity
    seed: int
    criteria: Criteria


@dataclass(frozen=True)
class _Lagged:
    """What is known of correlations of a layer under one control: ``(units + 2, properties)`` each."""

    r: Floats
    halves: Floats
    lag_ms: Floats
    t: Floats
    p: Floats
    speakers: NDArray[np.int64]


@dataclass(frozen=True)
class Answer:
    """Rows of all tables by their names, and measures by layer in the order of units."""

    rows: Mapping[str, list[Row]]
    measures: Mapping[int, list[Measure]]


def acoustics(
    subject: Subject, read: Reader, rate_hz: int, settings: Settings, *, training: tuple[str, int], praat: bool = True
) -> Answer:
    """Ask a recogniser which acoustics its units follow; `training` is its condition and seed.

    `read` gives the samples of an utterance at `rate_hz`. Without `praat`, or where it is not installed, only
    intensity and centroid are taken.
    """
    contours = _contours(subject, read, rate_hz, praat=praat and installed())
    values = {speaker: own.values for speaker, own in contours.items()}
    missing = _missing(contours, praat=praat and installed())
    LOGGER.info("the trained network")
    trained = listen(subject, values, settings.reach_s, seed=settings.seed)
    LOGGER.info("the network before training")
    twin = subject.given(untrained(subject.network, training[1], subject.batches(BATCH_FRAMES)))
    before = listen(twin, values, settings.reach_s, seed=settings.seed, bare=True)
    found: dict[str, list[Row]] = {table.name: [] for table in TABLES[:-1]}
    measures = {}
    for number, one in trained.items():
        LOGGER.info("layer %d: statistics", number)
        layer = _Layer(subject, one, before[number], settings, missing, key("acoustics", *training, number))
        measures[number] = layer.measures()
        for name, rows in layer.rows().items():
            found[name] += [{**row, "layer": number} for row in rows]
    return Answer(found, measures)


def _contours(subject: Subject, read: Reader, rate_hz: int, *, praat: bool) -> dict[str, Contours]:
    """Contours of every speaker."""
    names = {
        speaker: [s.utterance for s in subject.segments if s.speaker == speaker] for speaker in subject.coding.speakers
    }
    if not praat:
        LOGGER.warning(
            "Parselmouth is not installed: intensity and centroid alone are taken; make acoustics installs it"
        )
        return {speaker: contours_of(own, read, rate_hz, None) for speaker, own in names.items()}
    with Praat() as process:
        found = {}
        for number, (speaker, own) in enumerate(names.items(), start=1):
            found[speaker] = contours_of(own, read, rate_hz, process)
            LOGGER.info("contours of speaker %d of %d", number, len(names))
        return found


def _missing(contours: Mapping[str, Contours], *, praat: bool) -> dict[str, str]:
    """Why properties are undefined, by property."""
    if not praat:
        return dict.fromkeys(OF_PRAAT, NO_PRAAT)
    return dict.fromkeys(FORMANTS, TOO_LOW) if all(one.too_low for one in contours.values()) else {}


class _Layer:
    """The statistics of a layer."""

    def __init__(
        self, subject: Subject, found: Found, before: Found, settings: Settings, missing: Mapping[str, str], own: int
    ) -> None:
        self.subject, self.found, self.before, self.settings = subject, found, before, settings
        self.missing, self.key = missing, own
        self.units = subject.units[found.layer.number]
        self.lags_ms: Floats = np.asarray(found.lags * found.layer.clock.stride_s * 1000, dtype=np.float64)
        stacked = {name: np.stack(values) for name, values in found.z.items()}
        stacked["untrained"] = np.stack(before.z["none"])
        folds = subject.coding.folds % 2
        self.lagged = {name: _lagged(z, folds, self.lags_ms, settings.rotations, own) for name, z in stacked.items()}

    def measures(self) -> list[Measure]:
        """Measures of units, in the order of units."""
        analysis, index = self.subject.settings, self.subject.index
        centres = band_centres(index.frames.shape[1], float(analysis["lowest_hz"]), float(analysis["highest_hz"]))
        values = [self.found.bands.best(halves, centres, self.lags_ms) for halves in ((0, 1), (0,), (1,))]
        (band, lag), *halves = values
        both = [np.stack([half[part] for half in halves]) for part in (0, 1)]
        before = [self.before.bands.best(half, centres, self.lags_ms)[0] for half in ((0, 1), (0,), (1,))]
        return [
            Measure("best_band", "", band, both[0]),
            Measure("latency", "", lag, both[1]),
            Measure("untrained_best_band", "", before[0], np.stack(before[1:])),
            *self._correlations("correlation", "none"),
            *self._correlations("within_phone", "phone"),
        ]

    def _correlations(self, name: str, control: str) -> list[Measure]:
        one = self.lagged[control]
        return [
            Measure(name, label, one.r[:-2, index], one.halves[:, :-2, index]) for index, label in enumerate(PROPERTIES)
        ]

    def rows(self) -> dict[str, Iterable[Row]]:
        """Rows of the tables, without the layer's number."""
        coding, found = self.subject.coding, self.found
        fewest = self.settings.criteria.minimum_speakers
        cells = [found.tokens.cells(coding.phones, coding.speakers, beyond=beyond) for beyond in (False, True)]
        note = NO_PRAAT if NO_PRAAT in self.missing.values() else "ok"
        return {
            "acoustics.tsv": self._acoustics(),
            "acoustic_maps.tsv": self._maps(phone_measures(cells, coding.folds % 2, self.settings.criteria)),
            "acoustic_prediction.tsv": self._predictions(),
            "contours.tsv": found.contours.rows(coding.phones, SERIES, fewest),
            "acoustic_phones.tsv": phone_rows(cells, self.units, found.layer.grid, self.settings.criteria, note),
        }

    def _acoustics(self) -> Iterator[Row]:
        grid = found_positions(self.found.layer.grid.positions.tolist(), self.units)
        for control, one in self.lagged.items():
            rows = [
                {
                    "unit": unit,
                    "row": place[0],
                    "column": place[1],
                    "control": control,
                    **self._cell(one, index, number),
                }
                for index, unit, place in grid
                for number in range(len(PROPERTIES))
            ]
            size = len(rows) - len(SERIES) * len(PROPERTIES)
            yield from adjusted(rows[:size], "control")
            yield from adjusted(rows[size:], "control")

    def _cell(self, one: _Lagged, unit: int, number: int) -> Row:
        status = self.missing.get(PROPERTIES[number], "ok")
        known = bool(np.isfinite(one.p[unit, number]))
        names = {name: getattr(one, name)[unit, number] if known else None for name in ("r", "lag_ms", "t", "p")}
        last = {"permutations": self.settings.rotations if known else None, "null_seed": self.settings.seed}
        status = status if known or status != "ok" else UNDEFINED
        speakers = int(one.speakers[unit, number])
        return {"property": PROPERTIES[number], **names, "q": None, "speakers": speakers, **last, "status": status}

    def _maps(self, phones: Mapping[str, list[Measure]]) -> Iterator[Row]:
        by_control = {control: self._correlations("correlation", control) for control in self.lagged}
        bands = [one for one in self.measures() if not one.label]
        own = {"none": [*by_control["none"], *(one for one in bands if not one.name.startswith("untrained"))]}
        before = [Measure("best_band", "", one.value, one.halves) for one in bands if one.name.startswith("untrained")]
        own["untrained"] = [*by_control["untrained"], *before]
        for control in [*by_control, *(name for name in phones if name not in by_control)]:
            measures = [*own.get(control, by_control.get(control, [])), *phones.get(control, [])]
            standing = [Measure(m.name, m.label, m.value[self.units], m.halves[:, self.units]) for m in measures]
            grid, rows = self.found.layer.grid, self.settings
            found = map_rows(standing, grid, rows.contiguity, permutations=rows.permutations, key=self.key)
            yield from ({**row, "control": control, "null_seed": rows.seed} for row in found)

    def _predictions(self) -> Iterator[Row]:
        for name, one in (("trained", self.found), ("untrained", self.before)):
            for index, label in enumerate(PROPERTIES):
                for predictor, values in _predicted(one, index).items():
                    known = values[np.isfinite(values)]
                    some = len(known) > 1
                    status = "ok" if some else self.missing.get(label, UNDEFINED)
                    cells = (known.mean(), known.min(), known.max()) if some else (None, None, None)
                    row = dict(zip(("r_squared", "low", "high"), cells, strict=True))
                    row |= {"speakers": len(known), "status": status}
                    yield {"property": label, "network": name, "predictor": predictor, **row}


def found_positions(
    places: Sequence[tuple[int, int]], units: NDArray[np.int64]
) -> list[tuple[int, object, Sequence[object]]]:
    """Index, name and position of the units of a layer in the order of positions, then of its series."""
    here = [(int(unit), int(unit), place) for unit, place in zip(units.tolist(), places, strict=True)]
    return [*here, *((len(units) + n, name, (None, None)) for n, name in enumerate(SERIES))]


def _lagged(z: Floats, halves: NDArray[np.int64], lags_ms: Floats, rotations: int, own: int) -> _Lagged:
    """Of Fisher's z ``(speakers, units + 2, properties, lags)`` under a control."""
    parts = [_of_property(z[:, :, index], halves, lags_ms, rotations, own) for index in range(z.shape[2])]
    return _Lagged(*(np.stack(values, axis=-1) for values in zip(*parts, strict=True)))


def _of_property(
    z: Floats, halves: NDArray[np.int64], lags_ms: Floats, rotations: int, own: int
) -> tuple[Floats, Floats, Floats, Floats, Floats, NDArray[np.int64]]:
    """r, that of halves, lag, t, p and speakers of each unit; speakers without the property are left out."""
    known = np.isfinite(z).any(axis=(1, 2))
    live = np.isfinite(z).any(axis=(0, 2))
    values = np.nan_to_num(z[known])  # a unit that is silent in a speaker follows nothing there
    speakers, units = len(values), z.shape[1]
    if speakers < 2:
        nothing = np.full(units, np.nan)
        return nothing, np.full((2, units), np.nan), nothing, nothing, nothing, np.full(units, speakers)
    best = largest_mean(values)
    at_best = np.take_along_axis(values, best[None, :, None], axis=2)[..., 0]
    mean, spread = at_best.mean(axis=0), at_best.std(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = mean / (spread / np.sqrt(speakers))
    p = rotated_p(values, directions(speakers, rotations, own))
    by_half = [at_best[halves[known] == half] for half in (0, 1)]
    r_of_half = np.stack([np.tanh(one.mean(axis=0)) if len(one) else np.full(units, np.nan) for one in by_half])
    cells = (np.tanh(mean), r_of_half, lags_ms[best], t, p)
    return (*(np.where(live, cell, np.nan) for cell in cells), np.full(units, speakers))  # type: ignore[return-value]


def _predicted(one: Found, index: int) -> dict[str, Floats]:
    """R² of a property in each speaker, from the layer and from its means."""
    frames = np.array([s.frames[index] for s in one.squares])
    known = frames > 0
    if known.sum() < 2:
        return dict.fromkeys(("layer", *SERIES), np.empty(0))
    chosen = [s for s, some in zip(one.squares, known, strict=True) if some]
    xx, xy, yy = (
        np.stack([s.xx[index] for s in chosen]),
        *(np.stack([getattr(s, name)[index] for s in chosen]) for name in ("xy", "yy")),
    )
    units = xx.shape[1]
    spread = np.sqrt(np.maximum(np.einsum("suu->u", xx) / frames.sum(), 1e-12))
    weights = {
        "layer": np.eye(units),
        "mean": np.full((units, 1), 1 / units),
        "standardised": 1 / spread[:, None] / units,
    }
    return {name: r_squared(xx, xy, yy, frames[known], own) for name, own in weights.items()}
