"""Speed beside peers, in one run: python tests/programs/bench.py results/benchmarks/bench.json [name …]."""

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import esda
import libpysal
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

import objectives_bench
import training_bench
from phonotopy.alignment.align import Plan, align_corpus
from phonotopy.annotation.intervals import Span
from phonotopy.annotation.label_sets import Labels
from phonotopy.annotation.textgrid import write_textgrid
from phonotopy.core.grid import Grid
from phonotopy.corpus.utterances import Utterance
from phonotopy.inference.permutation import p_value
from phonotopy.recogniser.objectives.objective import OBJECTIVES
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i, morans_i_null

PHONES, PERMUTATIONS, THREADS, REPEATS = 39, 9_999, 2, 3
DURATION_S = 15.0  # of an utterance
PEERS = {"laplacian_pyramid": "topoloss"}  # public packages that objectives are compared with, instead of a naive form


class Found(NamedTuple):
    """A ratio, the larger the better unless it is a share, and how it was measured."""

    ratio: float
    measured: str


def seconds(work: Callable[[], object]) -> float:
    """Wall time, the least of some repeats, after one for compilation and caches."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def moran_over_esda(grid: Grid) -> Found:
    """Moran's I and p of all phones' maps, ours with joint permutations over esda map by map."""
    maps = np.random.default_rng(0).normal(size=(grid.units, PHONES))
    weights = libpysal.weights.lat2W(grid.rows, grid.columns, rook=False)
    lattice = Lattice.of(grid)

    def ours() -> object:
        null = morans_i_null(maps, lattice, permutations=PERMUTATIONS, key=0, threads=THREADS)
        return p_value(morans_i(maps, lattice), null)

    def theirs() -> object:
        return [esda.Moran(column, weights, transformation="b", permutations=PERMUTATIONS) for column in maps.T]

    own, peer = seconds(ours), seconds(theirs)
    how = (
        f"{PHONES} maps of {grid.rows} x {grid.columns}, queen, {PERMUTATIONS} permutations, {THREADS} threads: esda "
        f"{esda.__version__} map by map {peer:.3f} s, joint permutations {own:.4f} s; least of {REPEATS}, one run"
    )
    return Found(peer / own, how)


def hundred_thousand_permutations() -> Found:
    """A minute over the time of 100,000 joint permutations of the maps of all layers of the default network."""
    grid, layers, permutations = Grid(16, 16), 5, 100_000
    maps = np.random.default_rng(0).normal(size=(layers, grid.units, PHONES))
    lattice = Lattice.of(grid)
    start = time.perf_counter()
    for layer in maps:
        null = morans_i_null(layer, lattice, permutations=permutations, key=0, threads=THREADS)
        p_value(morans_i(layer, lattice), null)
    taken = time.perf_counter() - start
    return Found(60 / taken, f"60 s over {taken:.1f} s for {layers} layers of {PHONES} maps, {THREADS} threads")


def memory_of_permutations() -> Found:
    """A gigabyte over the peak memory so far; stands right after the permutations in the table."""
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Found(1000 / peak_mb, f"1000 MB over {peak_mb:.0f} MB, the peak of the process after 100,000 permutations")


def ten_thousand_textgrids() -> Found:
    """20 s over the time that 10,000 TextGrids of the size of LibriSpeech's take to become intervals, as in a run."""
    number, limit_s, resources = 10_000, 20.0, Path(__file__).parents[2] / "resources"
    labels = Labels.read(resources / "phones.tsv", [resources / "labels" / "arpabet.tsv"], "exclude")
    plan = Plan(("textgrids",), {"phones": ["phones"], "words": ["words"]}, labels)
    with TemporaryDirectory() as folder:
        utterances = [
            Utterance(f"u{index}", "s", "test", "", DURATION_S, 16000, "", str(path))
            for index, path in enumerate(_textgrids(Path(folder), number))
        ]
        start = time.perf_counter()
        phones = sum(len(item.intervals) for item in align_corpus(utterances, plan, THREADS))
        taken = time.perf_counter() - start
    how = f"{limit_s:.0f} s over {taken:.1f} s for {number} TextGrids, {phones} intervals, {THREADS} processes"
    return Found(limit_s / taken, how)


def _textgrids(folder: Path, number: int) -> list[Path]:
    """Files with 40 words and 130 phones in 15 s, a hundred different ones."""
    random, paths = np.random.default_rng(0), [folder / f"{index}.TextGrid" for index in range(number)]
    for path in paths[:100]:
        tiers = {"words": (41, ["", "seven", "wonders"]), "phones": (131, ["sil", "AH0", "S", "T", "IY1"])}
        write_textgrid(path, DURATION_S, {name: _spans(random, *tier) for name, tier in tiers.items()})
    for index, path in enumerate(paths[100:]):
        path.write_bytes(paths[index % 100].read_bytes())
    return paths


def _spans(random: np.random.Generator, number: int, texts: Sequence[str]) -> list[Span]:
    inner = np.sort(random.choice(np.arange(1, 1499), number - 1, replace=False)) / 100
    times = [0.0, *inner.tolist(), DURATION_S]
    return [Span(onset, offset, str(random.choice(texts))) for onset, offset in pairwise(times)]


def of_objective(measure: Callable[[str], tuple[float, str]], name: str) -> Found:
    """What the objective of this name costs."""
    return Found(*measure(name))


BENCHES: Mapping[str, Callable[[], Found]] = {  # in this order
    "minute_over_100000_permutations": hundred_thousand_permutations,
    "gigabyte_over_100000_permutations": memory_of_permutations,
    "moran_16x16_over_esda": partial(moran_over_esda, Grid(16, 16)),
    "moran_32x64_over_esda": partial(moran_over_esda, Grid(32, 64)),
    "20_s_over_10000_textgrids": ten_thousand_textgrids,
    "training_over_plain_loop": lambda: Found(*training_bench.training_over_plain_loop()),
    "objective_share_of_step": partial(of_objective, objectives_bench.share_of_step, "response_kernel"),  # the default
    "dump_over_forward": lambda: Found(*training_bench.dump_over_forward()),
    **{f"{name}_share_of_step": partial(of_objective, objectives_bench.share_of_step, name) for name in OBJECTIVES},
    **{
        f"{name}_over_{PEERS.get(name, 'naive')}": partial(of_objective, objectives_bench.over_naive, name)
        for name in OBJECTIVES
    },
}


def main(path: Path, benches: Mapping[str, Callable[[], Found]], names: Iterable[str]) -> None:
    """Run the named benches, print a line each and write them all to `path`: name → ratio, how it was measured."""
    results = {}
    for name in names:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # esda warns of its own imports
            found = benches[name]()
        results[name] = {"ratio": float(f"{found.ratio:.3g}"), "measured": found.measured}
        print(f"{name}\t{found.ratio:.3g}\t{found.measured}", flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), BENCHES, sys.argv[2:] or BENCHES)
