"""Time of a run, estimated from its settings before any job starts."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from declarations.introspection import INTROSPECTION
from declarations.kinds import Statistic
from declarations.statistics import STATISTICS
from preflight import conditions, disk, front

__all__ = ["Job", "announcement", "factors", "seconds"]

Settings = Mapping[str, Any]
Driver = Callable[[Settings], float]


class Job(NamedTuple):
    """A job of the plan: the name of its rule and its threads."""

    rule: str
    threads: int


class Cost(NamedTuple):
    """What a job of a rule takes on one core: `start_s` to begin with, and `rate_s` for each unit of what drives it.

    Rules of one `stage` may run side by side; stages follow each other.
    """

    stage: int
    start_s: float
    rate_s: float = 0.0
    driver: Driver = lambda _: 0.0


def _speech(settings: Settings) -> float:
    """Seconds of speech."""
    return disk.speech(settings)[0]


def _mapped_speech(settings: Settings) -> float:
    """Seconds of mapped speech."""
    return disk.speech(settings)[1]


def _mapped(settings: Settings) -> float:
    """Seconds of mapped speech times units."""
    return _mapped_speech(settings) * _units(settings)


def _units(settings: Settings) -> float:
    """Units of a condition, their mean over conditions."""
    found = conditions.resolve(settings).values()
    features = settings["training"]["features"]
    return fmean(sum(layer["filters"] for layer in front.layers(features, one.network)) for one in found)


def _passes(settings: Settings) -> float:
    """Multiply-adds of one pass over one second of speech, their mean over the networks that are trained."""
    trained = [one for one in conditions.resolve(settings).values() if one.kind == "objective"]
    return fmean(_pass(settings["training"]["features"], one) for one in trained) if trained else 0.0


def _pass(features: Settings, condition: conditions.Condition) -> float:
    """Multiply-adds of a network and its objective, which correlates all pairs of units of a layer over its frames."""
    frames, below, total = 1 / features["hop_s"], front.channels(features), 0.0
    for layer in front.layers(features, condition.network):
        frames /= layer["stride"]
        pairs = 0 if condition.is_control else layer["filters"]
        total += frames * layer["filters"] * (below * layer["kernel"] + pairs)
        below = layer["filters"]
    return total


def _training(settings: Settings) -> float:
    """Multiply-adds of a training: forwards once, backwards twice, over all training speech in every epoch."""
    corpus, training = settings["corpus"], settings["training"]
    synthetic = corpus["source"] == "synthetic"
    speech_s = 60.0 * corpus["synthetic"]["minutes"]["train"] if synthetic else _speech(settings)
    cores = training["threads"] * training["processes"]
    faster: float = GPU_SPEED if training["device"] == "cuda" else cores**THREADING
    return float(3 * _passes(settings) * speech_s * training["optimiser"]["epochs"] / faster)


def _shuffled(settings: Settings) -> float:
    """Permutations times units."""
    permutations: int = settings["mapping"]["permutations"]
    return permutations * _units(settings)


def _shifted(settings: Settings) -> float:
    """Shifts of labels times seconds of mapped speech times units."""
    shifts: int = settings["mapping"]["label_shifts"]
    return shifts * _mapped(settings)


def _calibrated(settings: Settings) -> float:
    return float(settings["calibration"]["data_sets"])


AFTER, LAST = 5, 10  # stages: of statistics that read nothing but responses, and of figures
DRIVERS: Mapping[str, Driver] = {
    "nothing": lambda _: 0.0,
    "mapped units": _mapped,
    "permutations": _shuffled,
    "label shifts": _shifted,
}


def _depth(statistic: Statistic) -> int:
    """How many statistics a statistic waits for, one after the other."""
    below = [one for one in STATISTICS + INTROSPECTION if {Path(file).stem for file in one.files} & {*statistic.reads}]
    return 1 + max(map(_depth, below), default=-1)


def _declared(statistic: Statistic) -> Cost:
    """The cost of a statistic as it is declared."""
    return Cost(AFTER + _depth(statistic), statistic.start_s, statistic.rate_s, DRIVERS[statistic.grows_with])


GPU_SPEED = 30.0  # of training on a GPU, against one core; nothing but a guess, since GPUs differ by ten
THREADING = 0.7  # exponent of the gain by threads within one training
# On a core of a common server (2.6 GHz, AVX-512), fitted to the default configuration; others differ by two or so.
COSTS = {
    "synthesise": Cost(0, 1, 7.4e-3, _speech),
    "collect": Cost(0, 1, 2e-3, _speech),
    "unpack": Cost(0, 1, 2e-4, _speech),
    "unpack_alignments": Cost(0, 10, 1e-4, _speech),
    "librispeech": Cost(0, 1, 1e-3, _speech),
    "align": Cost(1, 1, 3.7e-2, _speech),
    "take_intervals": Cost(1, 2, 1e-3, _speech),
    "features": Cost(2, 3, 1.1e-3, _speech),
    "train": Cost(3, 4, 2.7e-11, _training),
    "recognise": Cost(4, 4, 1.2e-3, _speech),
    "respond": Cost(4, 4, 4e-6, _mapped),
    "sound": Cost(4, 5, 7e-3, _mapped_speech),
    **{one.name: _declared(one) for one in STATISTICS + INTROSPECTION},
    "calibrate": Cost(AFTER, 5, 2e-3, _calibrated),
    "explorer": Cost(LAST, 14),
    "compose_report": Cost(LAST + 1, 8),
}
OTHER = Cost(LAST, 3)  # tables and figures
SHARED = {"synthesise": 4, "align": 8}  # threads of rules that use them all


def seconds(settings: Settings, jobs: Iterable[Job], cores: int | None, measured: Mapping[str, float]) -> float:
    """Wall time of the jobs: their work shared by the cores, or the longest chain of stages if that takes longer.

    `cores` is None where a cluster sets no limit. `measured` holds factors by rule, see `factors`.
    """
    work, stages = 0.0, dict[int, float]()
    for (rule, threads), count in Counter(jobs).items():
        cost = COSTS.get(rule, OTHER)
        one = _alone(cost, settings) * measured.get(rule, 1.0)
        work += count * one
        parallel = min(threads, cores or threads)
        stages[cost.stage] = max(stages.get(cost.stage, 0.0), one if rule == "train" else one / parallel)
    return max(work / cores if cores else 0.0, sum(stages.values()))


def _alone(cost: Cost, settings: Settings) -> float:
    return cost.start_s + cost.rate_s * cost.driver(settings)


def factors(results: Path, corpus: str, cores: int | None) -> dict[str, float]:
    """How much longer jobs of each rule took than estimated, in an earlier run whose record lies in `results`.

    The settings of that run come from its provenance.json; without one there is nothing to compare with. It is taken to
    have had the same `cores`.
    """
    record = results / "provenance.json"
    if not record.is_file():
        return {}
    before = json.loads(record.read_text(encoding="utf-8"))["settings"]
    took: dict[str, list[float]] = defaultdict(list)
    for rule, wall_s in _benchmarks(results / "benchmarks", corpus):
        threads = SHARED.get(rule, 1)
        took[rule].append(wall_s * min(threads, cores or threads))
    return {
        rule: sum(walls) / (len(walls) * _alone(COSTS[rule], before)) for rule, walls in took.items() if rule in COSTS
    }


def _benchmarks(folder: Path, corpus: str) -> Iterator[tuple[str, float]]:
    """Rule and wall time of each job but figures; the files of corpus and alignment are named after the corpus."""
    for path in sorted(path for path in folder.rglob("*.tsv") if path.relative_to(folder).parts[0] != "figures"):
        named = {"corpus": "synthesise", "alignment": "align"} if path.stem == corpus else {}
        with path.open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                yield named.get(path.parent.name, path.stem), float(row["s"])


def announcement(settings: Settings, jobs: Iterable[Job], cores: int | None) -> str:
    """One line on time and disk, for the start of a run."""
    jobs = list(jobs)
    measured = factors(Path(settings["results"]), settings["corpus"]["name"], cores)
    time_s = seconds(settings, jobs, cores, measured)
    where = f"on {cores} core{'s' if cores != 1 else ''}" if cores else "if no job waits"
    basis = "by the run before" if measured else "by the settings, for a common processor"
    room = disk.MARGIN * sum(disk.estimate(settings).values())
    return (
        f"Estimate for {len(jobs)} jobs {where}: about {_duration(time_s)} ({basis}); "
        f"results of the whole run take about {_size(room)} of disk."
    )


def _duration(time_s: float) -> str:
    if time_s < 90:
        return f"{max(time_s, 1):.0f} s"
    return f"{time_s / 60:.0f} min" if time_s < 5400 else f"{time_s / 3600:.1f} h"


def _size(volume: float) -> str:
    return f"{volume / 1e9:.1f} GB" if volume >= 1e9 else f"{volume / 1e6:.0f} MB"
