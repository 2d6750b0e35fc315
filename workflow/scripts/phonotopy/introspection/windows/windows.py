"""Tables of integration windows: of units, by layer, their maps, and whether they follow the tempo of speech."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.placement import Positions, placed
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.grid import Contiguity
from phonotopy.core.seeds import key
from phonotopy.inference.bootstrap import interval
from phonotopy.inference.families import adjusted
from phonotopy.introspection.measure_maps import MEASURED, map_rows
from phonotopy.introspection.measures import Measure, columns_of
from phonotopy.introspection.subject import Subject
from phonotopy.introspection.windows.listening import FEWEST, NETWORKS, Answer, Settings
from phonotopy.introspection.windows.window_lengths import Windows, yoked
from phonotopy.spatial.phone_maps import Maps

__all__ = ["TABLES", "Findings", "preferred_duration"]

Floats = NDArray[np.float64]
Row = dict[str, object]
NETWORK = Column("", "`trained`, or `untrained`: the same network before its first step")
RATE = Column("", "tempo: how many times as fast as it was spoken")
RANGE = "interval, 95 % over samples of speakers; empty for untrained networks and under two speakers"
STATUS = (
    f"`ok`; `silent`: a response in under {FEWEST} segments, or none that varies; `below`, `above`: a window that is "
    "no longer than the shortest duration, or longer than the longest"
)
WINDOWS = Table(
    "windows.tsv",
    rows="one row per unit, network and tempo",
    columns={
        **shared("layer", "unit", "row", "column"),
        "network": NETWORK,
        "rate": RATE,
        "window_ms": Column(
            "ms",
            "shortest segment to which the unit responds alike in two contexts: where the correlation over segments, "
            "at the best lag, reaches `introspection.windows.threshold`; in rows `below` the shortest duration",
        ),
        "low_ms": Column("ms", f"lower end of its {RANGE}"),
        "high_ms": Column("ms", f"upper end of its {RANGE}"),
        "error_window_ms": Column(
            "ms", "the same by 1 less the normalised squared error, which differences of gain and mean lower too"
        ),
        "floor": Column("", "the correlation with other segments of the speaker, at its best lag; mean over durations"),
        "field_ms": Column("ms", "receptive field of the layer"),
        "status": Column("", STATUS),
    },
)
CURVES = Table(
    "window_curves.tsv",
    rows="one row per network, tempo, layer and duration",
    columns={
        "network": NETWORK,
        "rate": RATE,
        **shared("layer"),
        "duration_ms": Column("ms", "of segments; multiples of the stride of the layer"),
        "segments": Column("count", "each in two contexts"),
        "units": Column("count", "that are not silent"),
        "median": Column("", "correlation over segments at the best lag, median over units"),
        "quarter": Column("", "its lower quartile over units"),
        "three_quarters": Column("", "its upper quartile"),
        "least": Column(
            "", "its smallest value; 1 where a segment holds the field and a stride, as contexts are beyond it"
        ),
        "floor": Column("", "the same with other segments of the speaker, median over units"),
    },
)
YOKING = Table(
    "yoking.tsv",
    rows="one row per unit and network",
    columns={
        **shared("layer", "unit", "row", "column"),
        "network": NETWORK,
        "yoking": Column(
            "",
            "log of the window of slow over that of fast speech, over the log of how much longer slow speech takes: 0 "
            "of a window in time, 1 of one that stretches with the speech",
        ),
        "low": Column("", f"lower end of its {RANGE}"),
        "high": Column("", f"upper end of its {RANGE}"),
        "adaptation_slow": Column(
            "", "relative change of the window, over that of durations, from natural to slow speech"
        ),
        "adaptation_fast": Column("", "the same to fast speech"),
        "status": Column("", "`ok`, or that of the window of slow speech, else of fast speech, where it is another"),
    },
)
MEANINGS = {
    "log_window": "decimal logarithm of the window at natural tempo in ms",
    "yoking": "how far the window stretches with the speech, see `yoking.tsv`",
    "preferred_duration": "decimal logarithm of the mean duration in ms (geometric) of the phone of largest d′",
}
ERRORS = Table(
    "window_rates.tsv",
    rows="one row per tempo",
    columns={
        "rate": RATE,
        "utterances": Column("count", "from which segments are cut"),
        "letter_error_rate": Column("fraction", "character error rate of these utterances at that tempo"),
    },
)
MAPS = Table(
    "window_maps.tsv",
    rows="one row per layer and measure",
    columns={
        "layer": MEASURED["layer"],
        "measure": Column("", "`log_window` or `yoking`, of windows_measures.tsv"),
        **{name: column for name, column in MEASURED.items() if name != "layer"},
        "untrained_median": Column("as the measure", "median over units of the untrained network"),
        **shared("permutations", "null_seed"),
        "status": Column("", "as in `measure_maps.tsv`"),
    },
)
TABLES = (WINDOWS, CURVES, YOKING, MAPS, ERRORS, columns_of("windows", MEANINGS))


@dataclass(frozen=True)
class Findings:
    """Answers of both networks at all tempos, and the rows of tables that they make."""

    subject: Subject
    settings: Settings
    answers: Sequence[Answer]

    @cached_property
    def windows(self) -> dict[tuple[str, float], Mapping[int, Windows]]:
        """Windows by layer, by network and tempo."""
        return {(one.network, one.rate): one.windows for one in self.answers}

    @property
    def positions(self) -> dict[int, Positions]:
        """Of the layers asked about."""
        return self.subject.positions

    def window_rows(self) -> Iterator[Row]:
        """Rows of windows.tsv."""
        for layer, positions in self.positions.items():
            field_ms = 1000 * self.subject.layers[layer].clock.field_s
            for (network, rate), found in self.windows.items():
                own = found[layer]
                low, high = _interval(own.resampled, self._speakers(layer))
                cells: dict[str, NDArray[Any]] = {"window_ms": own.value, "low_ms": low, "high_ms": high}
                cells |= {"error_window_ms": own.error, "floor": own.floor, "status": own.status}
                for row in _unit_rows(layer, positions, {name: _finite(cell) for name, cell in cells.items()}):
                    yield {**row, "network": network, "rate": rate, "field_ms": field_ms}

    def curve_rows(self) -> Iterator[Row]:
        """Rows of window_curves.tsv."""
        for answer in self.answers:
            for layer, curves in answer.curves.items():
                active = answer.windows[layer].status != "silent"
                given = {"network": answer.network, "rate": answer.rate, "layer": layer, "units": int(active.sum())}
                for n, duration in enumerate(curves.durations.tolist()):
                    summary = _summary(curves.peak[n, active], curves.floor[n, active])
                    yield {
                        **given,
                        "duration_ms": duration * answer.hop_ms,
                        "segments": int(curves.count.sum()),
                        **summary,
                    }

    def yoking_rows(self) -> Iterator[Row]:
        """Rows of yoking.tsv."""
        for layer, positions in self.positions.items():
            for network in NETWORKS:
                slow, natural, fast = (self.windows[network, rate][layer] for rate in self.settings.rates)
                low, high = _interval(yoked(slow.resampled, fast.resampled, self._times), self._speakers(layer))
                cells = {"yoking": self.yoking(network, layer), "low": low, "high": high}
                for name, other, rate in (("slow", slow, self.settings.slow), ("fast", fast, self.settings.fast)):
                    cells[f"adaptation_{name}"] = (other.known / natural.known - 1) / (1 / rate - 1)
                status = np.where(slow.status == "ok", fast.status, slow.status)
                for name in ("low", "high"):
                    cells[name] = np.where(status == "ok", cells[name], np.nan)
                for row in _unit_rows(layer, positions, {name: _finite(cell) for name, cell in cells.items()}):
                    yield {**row, "network": network, "status": str(status[row["unit"]])}

    def yoking(self, network: str, layer: int) -> Floats:
        """Yoking of the units of a layer ``(units,)``, NaN where a window is unknown."""
        slow, _, fast = (self.windows[network, rate][layer].known for rate in self.settings.rates)
        return yoked(slow, fast, self._times)

    @property
    def _times(self) -> float:
        """How many times as long slow speech takes as fast speech."""
        return self.settings.fast / self.settings.slow

    def _speakers(self, layer: int) -> int:
        return int((self.answers[0].curves[layer].count > 0).sum())

    def measures(self, network: str = NETWORKS[0]) -> dict[int, list[Measure]]:
        """Window and yoking of the units by layer, in the order of units."""
        found: dict[int, list[Measure]] = {}
        for layer in self.positions:
            slow, natural, fast = (self.windows[network, rate][layer] for rate in self.settings.rates)
            both = yoked(slow.known_halves, fast.known_halves, self._times)
            found[layer] = [
                Measure("log_window", "", np.log10(natural.known), np.log10(natural.known_halves)),
                Measure("yoking", "", self.yoking(network, layer), both),
            ]
        return found

    def with_durations(self, maps: Mapping[int, Maps]) -> dict[int, list[Measure]]:
        """The same, and the duration of the phone that each unit prefers."""
        durations = preferred_duration(self.subject, maps)
        return {layer: [*found, durations[layer]] for layer, found in self.measures().items()}

    def map_rows(self, contiguity: Contiguity, *, permutations: int, training: tuple[str, str]) -> list[Row]:
        """Rows of window_maps.tsv; the same test as in measure_maps.tsv of the training (condition, seed)."""
        rows: list[Row] = []
        other = self.measures(NETWORKS[1])
        for layer, found in self.measures().items():
            grid, units = self.positions[layer]
            put = [Measure(one.name, one.label, one.value[units], one.halves[:, units]) for one in found]
            own = key("measure maps", self.settings.seed, training[0], training[1], layer)
            medians = {one.name: _median(one.value) for one in other[layer]}
            for row in map_rows(put, grid, contiguity, permutations=permutations, key=own):
                more = {
                    "layer": layer,
                    "untrained_median": medians[str(row["measure"])],
                    "null_seed": self.settings.seed,
                }
                rows.append({name: {**row, **more}[name] for name in MAPS.columns})
        return adjusted(rows, "measure")


def preferred_duration(subject: Subject, maps: Mapping[int, Maps]) -> dict[int, Measure]:
    """Duration of the phone of largest d′ by layer, NaN for dead units and without usable phones."""
    spans: dict[int, list[float]] = {}
    for tokens in subject.tokens.values():
        for token in tokens:
            spans.setdefault(token.phone, []).append(np.log10(1000 * (token.offset_s - token.onset_s)))
    mean = np.array([np.mean(spans[n]) if n in spans else np.nan for n in range(len(subject.coding.phones))])
    found = {}
    for layer in subject.layers:
        own = maps[layer]
        order = [subject.coding.phones.index(phone) for phone in own.phones]
        value = np.full(len(own.live), np.nan)
        if own.usable.any():
            best = np.where(own.usable & own.live[:, None], np.nan_to_num(own.d_prime), -np.inf).argmax(axis=1)
            value[own.units] = np.where(own.live, mean[order][best], np.nan)
        found[layer] = Measure.of("preferred_duration", "", value)
    return found


def _unit_rows(layer: int, positions: Positions, cells: Mapping[str, NDArray[Any]]) -> Iterator[dict[str, Any]]:
    columns = {name: cell.tolist() for name, cell in cells.items()}
    for _, unit, row, column in placed(*positions):
        where = {"layer": layer, "unit": unit, "row": row, "column": column}
        yield {**where, **{name: cell[unit] for name, cell in columns.items()}}


def _finite(cell: NDArray[Any]) -> NDArray[Any]:
    """NaN, an empty cell, for what is infinite."""
    return cell if cell.dtype.kind == "U" else np.where(np.isfinite(cell), cell, np.nan)


def _interval(values: Floats, speakers: int) -> tuple[Floats, Floats]:
    """Ends of the interval over samples of speakers; NaN where there are none."""
    return interval(values, speakers if len(values) else 0)


def _median(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else None


def _summary(peak: Floats, floor: Floats) -> Row:
    names = ("median", "quarter", "three_quarters", "least", "floor")
    if not len(peak):
        return dict.fromkeys(names)
    low, middle, high = np.quantile(peak, [0.25, 0.5, 0.75])
    return dict(zip(names, (middle, low, high, peak.min(), np.nanmedian(floor)), strict=True))
