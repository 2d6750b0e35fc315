"""Time of a run, estimated from its settings before any job starts."""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from declarations.introspection import INTROSPECTION
from declarations.kinds import Statistic
from declarations.statistics import STATISTICS
from phonotopy.corpus.utterances import SPLITS
from preflight import conditions, disk, front

__all__ = ["Job", "announcement", "duration", "factors", "faster", "multiply_adds", "seconds", "wall", "work"]

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


def _aligned(settings: Settings) -> float:
    """Seconds of speech that are aligned, their mean over the parts of the corpus: splits, and samples of splits."""
    alignment = settings["alignment"]
    whole = {*settings["activations"]["splits"], *alignment["splits"]}
    sampled = 0 if alignment["intervals"] or not alignment["sample"] else len(SPLITS) - len(whole)
    sample_s: float = sampled * alignment["sample"] * UTTERANCE_S
    return (disk.spoken(settings, whole) + sample_s) / (len(whole) + sampled)


def _mapped_speech(settings: Settings) -> float:
    """Seconds of mapped speech."""
    return disk.speech(settings)[1]


def _fitted(settings: Settings) -> float:
    """Seconds of speech that layouts are made from, times units."""
    fitted_s: float = settings["activations"]["fitted_s"]
    return fitted_s * _units(settings)


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
    return fmean(multiply_adds(settings["training"]["features"], one) for one in trained) if trained else 0.0


def multiply_adds(features: Settings, condition: conditions.Condition) -> float:
    """Those of one pass over a second of speech: of a network and of its objective.

    An objective correlates all pairs of units of a layer over half of the frames.
    """
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
    "features": Cost(2, 3, 1.1e-3, _speech),
    "align": Cost(3, 1, 2.5e-2, _aligned),  # beside trainings
    "take_intervals": Cost(3, 2, 1e-3, _aligned),
    "train": Cost(3, 4, 2.7e-11, _training),
    "recognise": Cost(4, 4, 1.2e-3, _speech),
    "respond": Cost(4, 4, 2e-6, _mapped),
    "measure_model": Cost(0, 60),
    "respond_model": Cost(4, 10, 1e-4, _mapped),  # of a common transformer
    "comoments": Cost(4, 4, 2e-6, _fitted),
    "comoments_model": Cost(4, 10, 1e-4, _fitted),
    "layout": Cost(4, 3, 1.5e-2, _units),
    "sound": Cost(4, 5, 7e-3, _mapped_speech),
    "frames": Cost(4, 6),
    **{one.name: _declared(one) for one in STATISTICS + INTROSPECTION},
    "calibrate": Cost(AFTER, 5, 2e-3, _calibrated),
    "pages": Cost(LAST + 1, 5),
    "explorer": Cost(LAST, 14),
    "compose_report": Cost(LAST + 2, 8),
}
OTHER = Cost(LAST, 3)  # tables and figures
UTTERANCE_S = 5.0  # of a sample of utterances


def seconds(settings: Settings, jobs: Iterable[Job], cores: int | None, measured: Mapping[str, float]) -> float:
    """Wall time of the jobs, see `wall`; `measured` holds factors by rule, see `factors`."""
    jobs = list(jobs)
    took = {rule: work(settings, rule, measured) for rule in {job.rule for job in jobs}}
    return wall(((job, took[job.rule]) for job in jobs), cores)


def work(settings: Settings, rule: str, measured: Mapping[str, float]) -> float:
    """What a job of a rule takes on one core, in s."""
    return _alone(COSTS.get(rule, OTHER), settings) * measured.get(rule, 1.0)


def wall(loads: Iterable[tuple[Job, float]], cores: int | None) -> float:
    """Wall time of jobs that take so long on one core: shared by the cores, or the longest chain of stages if longer.

    `cores` is None where a cluster sets no limit.
    """
    total, stages = 0.0, dict[int, float]()
    for job, one in loads:
        stage = COSTS.get(job.rule, OTHER).stage
        total += one
        stages[stage] = max(stages.get(stage, 0.0), one / faster(job, cores))
    return max(total / cores if cores else 0.0, sum(stages.values()))


def faster(job: Job, cores: int | None) -> int:
    """How often faster than on one core a job is; the estimate of a training counts its threads already."""
    return 1 if job.rule == "train" else min(job.threads, cores or job.threads)


def _alone(cost: Cost, settings: Settings) -> float:
    return cost.start_s + cost.rate_s * cost.driver(settings)


def factors(results: Path, corpus: str, cores: int | None) -> dict[str, float]:
    """How much longer jobs of each rule took than estimated, in an earlier run whose record lies in `results`.

    The settings of that run come from its provenance.json; without one, or where it lacks settings of today, there is
    nothing to compare with. It is taken to have had the same `cores`.
    """
    record = results / "provenance.json"
    if not record.is_file():
        return {}
    before = json.loads(record.read_text(encoding="utf-8"))["settings"]
    took: dict[str, list[float]] = defaultdict(list)
    for rule, wall_s, whole in _benchmarks(results / "benchmarks", corpus):
        took[rule].append(wall_s * _threads(rule, cores or 16, whole=whole))
    try:
        alone = {rule: _alone(COSTS[rule], before) for rule in took if rule in COSTS}
    except KeyError:  # of another version
        return {}
    return {rule: sum(took[rule]) / (len(took[rule]) * one) for rule, one in alone.items()}


def _threads(rule: str, cores: int, *, whole: bool) -> int:
    """Threads of a job, where so many cores are shared; those of an alignment leave some for trainings."""
    shared = {"synthesise": min(8, cores), "align": max(1, min(8, cores // 2)) if whole else 1}
    return shared.get(rule, 1)


def _benchmarks(folder: Path, corpus: str) -> Iterator[tuple[str, float, bool]]:
    """Rule, wall time, and whether it was given no sample, of each job but figures.

    Files of the stage corpus are named after the corpus, those of the alignment after a part of it and the rule.
    """
    for path in sorted(path for path in folder.rglob("*.tsv") if path.relative_to(folder).parts[0] != "figures"):
        part, _, rule = path.stem.rpartition(".")
        if path.parent.name == "corpus" and path.stem == corpus:
            rule = "synthesise"
        with path.open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                yield rule, float(row["s"]), not part.endswith(".sample")


def announcement(settings: Settings, jobs: Iterable[Job], cores: int | None) -> str:
    """One line on time and disk, for the start of a run."""
    jobs = list(jobs)
    measured = factors(Path(settings["results"]), settings["corpus"]["name"], cores)
    time_s = seconds(settings, jobs, cores, measured)
    where = f"on {cores} core{'s' if cores != 1 else ''}" if cores else "if no job waits"
    basis = "by the run before" if measured else "by the settings, for a common processor"
    room = disk.MARGIN * sum(disk.estimate(settings).values())
    return (
        f"Estimate for {len(jobs)} jobs {where}: about {duration(time_s)} ({basis}); "
        f"results of the whole run take about {_size(room)} of disk."
    )


def duration(time_s: float) -> str:
    """A time for readers, in s, min or h."""
    if time_s < 90:
        return f"{max(time_s, 1):.0f} s"
    return f"{time_s / 60:.0f} min" if time_s < 5400 else f"{time_s / 3600:.1f} h"


def _size(volume: float) -> str:
    return f"{volume / 1e9:.1f} GB" if volume >= 1e9 else f"{volume / 1e6:.0f} MB"
