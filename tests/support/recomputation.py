"""What tables of a finished run say, computed again from its arrays by code that shares nothing with the library."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

from definitions import Groups, Plane, Tested, auc, correlations, edits, gearys_c, morans_i, rank, tested

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Row = dict[str, str]
Cell = float | str
Key = tuple[str, ...]

TRAINING: Key = ("corpus", "condition", "seed")
KEYS: Mapping[str, Key] = {  # of the tables of a training: the columns that name a row
    "selectivity": ("layer", "unit", "phone"),
    "autocorrelation": ("layer", "phone", "statistic", "weights", "null"),
    "regions": ("layer", "phone", "statistic", "null"),
    "rank": ("layer",),
}
MEAN = "mean"  # a row of the mean over phones
SILENCES = {"SIL", "sil", "sp", "spn", ""}
ROUNDED = 5.1e-9  # relative: half a unit of the ninth digit
LOST = 1e-11  # what sums of doubles lose near 0
TWICE = {"autocorrelation.tsv": 1e-8, "topography.tsv": 2e-8}  # computed from cells that are rounded themselves


@dataclass(frozen=True)
class Settings:
    """What of the configuration decides the numbers; `origins` says whose responses a layout of units has."""

    minimum_tokens: int
    minimum_speakers: int
    d_prime: float
    rate: float
    contiguity: str
    reference: str
    origins: Mapping[str, str] = field(default_factory=dict)


class Computed(NamedTuple):
    """A table: its path below the results, the columns that name a row, and the rows."""

    path: str
    keys: Key
    rows: dict[Key, dict[str, Cell]]


class Difference(NamedTuple):
    """A cell, None where there is none, beside what it should hold."""

    table: str
    key: Key
    column: str
    held: str | None
    computed: Cell

    @property
    def size(self) -> float:
        """Distance of the two numbers; infinite where one of them is missing or a text is another."""
        if self.held is None:
            return math.inf
        if isinstance(self.computed, str):
            return 0.0 if self.held == self.computed else math.inf
        if not self.held or math.isnan(self.computed):
            return 0.0 if not self.held and math.isnan(self.computed) else math.inf
        return 0.0 if float(self.held) == self.computed else abs(float(self.held) - self.computed)

    @property
    def found(self) -> bool:
        """Whether it is more than rounding to nine digits."""
        number = isinstance(self.computed, float) and math.isfinite(self.computed)
        rounding = ROUNDED * abs(float(self.computed)) if number else 0.0
        return self.size > rounding + TWICE.get(self.table.rpartition("/")[2], LOST)


def rows(path: Path) -> list[Row]:
    """A table as it is written."""
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def compared(results: Path, computed: Iterable[Computed]) -> Iterator[Difference]:
    """Every computed cell beside the one that is held; a row that is not there holds nothing."""
    for table in computed:
        held = {tuple(row[name] for name in table.keys): row for row in rows(results / table.path)}
        for key, cells in table.rows.items():
            for column, value in cells.items():
                yield Difference(table.path, key, column, held.get(key, {}).get(column), value)


# A layer, a training, a run


class Layer:
    """One layer of one training, computed again; units in the order of their positions."""

    def __init__(
        self, group: Any, phones: Sequence[str], tokens: "Tokens", units: Integers, plane: Plane, settings: Settings
    ) -> None:
        """`group` is that of the file of responses; `units` says which one is at each position."""
        self.units, self.plane, self.phones, self.settings = units, plane, phones, settings
        count, mean, m2 = (group[name][...] for name in ("count", "mean", "m2"))
        self.tokens, self.speakers = count.sum(axis=0), (count > 0).sum(axis=0)
        enough = (self.tokens >= settings.minimum_tokens) & (self.speakers >= settings.minimum_speakers)
        self.usable = enough & [phone not in SILENCES for phone in phones]
        self.usable &= self.usable.sum() > 1
        values = group["token_mean"][...][:, units].astype(np.float64)
        stored = Groups.of(values, tokens.phone, tokens.speaker, *count.shape)
        streamed = Groups(count, mean[..., units], m2[..., units])
        self.drift = drift(stored, streamed)
        known = np.flatnonzero(self.usable)
        everything, some = (Groups(*(part[:, known] for part in one)) for one in (streamed, stored))
        self.tested, self.live = tested(everything, settings.d_prime, settings.rate)
        self.of_stored, _ = tested(some, settings.d_prime, settings.rate, self.live)
        self.auc = auc(values, tokens.phone, known.tolist())
        self.auc[:, ~self.live] = np.nan
        self.ranks = {"units": float(len(units)), "effective_rank": rank(correlations(group["frame_comoment"][...]))}
        self.ranks["filter_rank"] = rank(group["filter_cosine"][...]) if "filter_cosine" in group else math.nan

    def status(self, position: int, p: int) -> str:
        return "dead" if not self.live[position] else "ok" if self.usable[p] else "too few"

    def selectivity(self, layer: str) -> Iterator[tuple[Key, dict[str, Cell]]]:
        number = {p: n for n, p in enumerate(np.flatnonzero(self.usable).tolist())}
        missing = dict.fromkeys((*Tested._fields[:-1], "auc"), math.nan)
        for position, unit in enumerate(self.units.tolist()):
            row, column = divmod(position, self.plane.columns)
            for p, phone in enumerate(self.phones):
                n = number.get(p)
                values: dict[str, Cell] = dict(missing)
                if n is not None:
                    values |= {name: float(getattr(self.tested, name)[n, position]) for name in Tested._fields[:-1]}
                    values["auc"] = float(self.auc[n, position])
                responsive = n is not None and bool(self.tested.responsive[n, position])
                values |= {"row": float(row), "column": float(column), "tokens": float(self.tokens[p])}
                values |= {"speakers": float(self.speakers[p]), "status": self.status(position, p)}
                yield (layer, str(unit), phone), {**values, "responsive": str(responsive).lower()}

    def of_phones(self, values: Sequence[float]) -> Iterator[tuple[str, float]]:
        """Values ``(usable phones,)`` by the names of all phones, and their mean."""
        wide = np.full(len(self.phones), np.nan)
        wide[self.usable] = values
        yield from zip([*self.phones, MEAN], [*wide.tolist(), float(np.mean(values))], strict=True)

    def autocorrelation(self, weights: str) -> dict[Key, list[float]]:
        """By statistic, weights and null, of each usable phone."""
        w = self.plane.weights(weights, self.live)
        maps = self.tested.d_prime[:, self.live]
        of_stored = np.nan_to_num(self.of_stored.d_prime[:, self.live])
        return {
            ("morans_i", weights, "positions"): [morans_i(values, w) for values in maps],
            ("gearys_c", weights, "positions"): [gearys_c(values, w) for values in maps],
            ("morans_i", weights, "labels"): [morans_i(values, w) for values in of_stored],
        }

    def regions(self) -> dict[Key, list[float]]:
        """By statistic and null, of each usable phone; a share of units does not change with their positions."""
        number, largest = zip(*(self.plane.regions(members) for members in self.tested.responsive), strict=True)
        share = self.of_stored.responsive[:, self.live].mean(axis=1)
        return {
            ("regions", "positions"): list(number),
            ("largest_region", "positions"): list(largest),
            ("responsive_share", "labels"): share.tolist(),
        }

    def summary(self, statistics: Mapping[Key, list[float]]) -> dict[str, Cell]:
        """The columns of a layer that are no null, but for shares of the control."""
        sizes = {"rows": self.plane.rows, "columns": self.plane.columns, "phones": self.usable.sum()}
        means = {
            "morans_i_mean": ("morans_i", self.settings.contiguity, "positions"),
            "responsive_share": ("responsive_share", "labels"),
            "regions": ("regions", "positions"),
            "largest_region": ("largest_region", "positions"),
        }
        own = {name: float(np.mean(statistics[key])) for name, key in means.items()}
        ranks = {name: self.ranks[name] for name in ("effective_rank", "filter_rank")}
        return {**{name: float(size) for name, size in sizes.items()}, **own, **ranks}


def drift(stored: Groups, streamed: Groups) -> float:
    """Largest distance of a mean of stored tokens from the streamed one, where all of speaker and phone are stored.

    In standard deviations of tokens over everything; what is stored is rounded to single precision.
    """
    whole = (stored.count == streamed.count) & (stored.count > 0)
    spread = math.sqrt(streamed.m2.sum() / (streamed.count.sum() * streamed.m2.shape[2]))
    return float(np.abs(stored.mean - streamed.mean)[whole].max(initial=0.0)) / spread if whole.any() else math.inf


class Tokens(NamedTuple):
    """Stored tokens in the order of the arrays: index of phone and speaker, −1 for neither."""

    phone: Integers
    speaker: Integers

    @classmethod
    def read(cls, path: Path, phones: Sequence[str], speakers: Sequence[str]) -> "Tokens":
        table = rows(path)
        named = {"phone": phones, "speaker": speakers}
        number = {column: {name: n for n, name in enumerate(names)} for column, names in named.items()}
        return cls(*(np.array([number[column].get(row[column], -1) for row in table]) for column in named))


def layers_of(results: Path, corpus: str, condition: str, seed: str, settings: Settings) -> Iterator[tuple[str, Layer]]:
    """The layers of a training, one after the other."""
    folder = results / "activations" / corpus / condition / seed
    source = results / "activations" / corpus / settings.origins.get(condition, condition) / seed
    placement = rows(folder / "placement.tsv")
    with h5py.File(source / "responses.nc") as file:
        phones, speakers = (file[name].asstr()[...].tolist() for name in ("phone", "speaker"))
        tokens = Tokens.read(source / "tokens.tsv", phones, speakers)
        for row in rows(folder / "geometry.tsv"):
            plane = Plane(int(row["rows"]), int(row["columns"]), row["torus"] == "true")
            own = [(int(p["row"]), int(p["column"]), int(p["unit"])) for p in placement if p["layer"] == row["layer"]]
            units = np.array([unit for _, _, unit in sorted(own)])
            yield row["layer"], Layer(file[f"layer{row['layer']}"], phones, tokens, units, plane, settings)


def trainings(results: Path) -> Iterator[tuple[str, str, str]]:
    """Corpus, condition and seed of everything that is mapped."""
    for path in sorted((results / "mapping").glob("*/*/seed*/selectivity.tsv")):
        corpus, condition, seed = path.parts[-4:-1]
        yield corpus, condition, seed


def shared(topography: Mapping[Key, dict[str, Cell]], reference: str) -> Iterator[tuple[Key, dict[str, Cell]]]:
    """Rows with their ranks as shares of those of the reference of the same seed, layer and grid."""
    for key, cells in topography.items():
        corpus, _, seed, layer = key
        control = topography.get((corpus, reference, seed, layer), {})
        alike = all(control.get(size) == cells[size] for size in ("rows", "columns"))
        own = {name: value for name, value in cells.items() if name != "filter_rank"}
        for name in ("effective_rank", "filter_rank"):
            own[f"{name}_share"] = float(cells[name]) / float(control[name]) if alike else math.nan
        yield key, own


def recognised(results: Path) -> Iterator[tuple[Key, dict[str, Cell]]]:
    """By training and split: utterances, speakers, and edits of characters and words over all transcripts."""
    for path in sorted((results / "training").glob("*/*/seed*/transcripts.tsv")):
        corpus, condition, seed = path.parts[-4:-1]
        transcripts = rows(path)
        for split in dict.fromkeys(row["split"] for row in transcripts):
            own = [row for row in transcripts if row["split"] == split]
            counts = {"utterances": float(len(own)), "speakers": float(len({row["speaker"] for row in own}))}
            yield (corpus, condition, seed[4:], split), {**counts, **error_rates(own)}


def error_rates(transcripts: Sequence[Row]) -> dict[str, Cell]:
    """All edits over the length of all transcripts, of characters (spaces are some) and of words."""
    texts = [(row["transcript"], row["hypothesis"]) for row in transcripts]
    words = [(said.split(), found.split()) for said, found in texts]
    return {
        "letter_error_rate": sum(edits(*pair) for pair in texts) / sum(len(said) for said, _ in texts),
        "word_error_rate": sum(edits(*pair) for pair in words) / sum(len(said) for said, _ in words),
    }


def recomputed(results: Path, settings: Settings) -> Iterator[Computed]:
    """Every table that is computed again, training by training."""
    topography: dict[Key, dict[str, Cell]] = {}
    for corpus, condition, seed in trainings(results):
        tables: dict[str, dict[Key, dict[str, Cell]]] = {name: {} for name in KEYS}
        for number, layer in layers_of(results, corpus, condition, seed, settings):
            tables["selectivity"].update(layer.selectivity(number))
            regions, found = layer.regions(), layer.autocorrelation("queen") | layer.autocorrelation("rook")
            for name, statistics in (("autocorrelation", found), ("regions", regions)):
                for key, values in statistics.items():
                    cells = layer.of_phones(values)
                    tables[name] |= {(number, phone, *key): {"observed": value} for phone, value in cells}
            tables["rank"][number,] = {**layer.ranks}
            topography[corpus, condition, seed[4:], number] = layer.summary({**found, **regions})
        for name, cells in tables.items():
            yield Computed(f"mapping/{corpus}/{condition}/{seed}/{name}.tsv", KEYS[name], cells)
    yield Computed("tables/topography.tsv", (*TRAINING, "layer"), dict(shared(topography, settings.reference)))
    yield Computed("tables/recognition.tsv", (*TRAINING, "split"), dict(recognised(results)))
