"""A film of networks that nobody trained: two recognisers that are unlike, and a layout of one."""

from functools import cache
from pathlib import Path

import numpy as np
import torch

from phonotopy.activations.frames import answers
from phonotopy.activations.geometry import write_geometry
from phonotopy.activations.layouts.layout import arranged
from phonotopy.activations.placement import identity, write_placement
from phonotopy.activations.respond import layers_of
from phonotopy.annotation.intervals import Interval
from phonotopy.corpus.utterances import Utterance
from phonotopy.film.payload import Showing
from phonotopy.film.reel import Reel, Shot
from phonotopy.recogniser import network as networks
from phonotopy.recogniser.checkpoint import save_recogniser
from phonotopy.recogniser.features import FeatureIndex
from phonotopy.recogniser.network import Recogniser
from small_features import made_up

HOP_S, WINDOW_S, RATE_HZ = 0.01, 0.025, 8000
LAYERS = {  # by condition; a layer more in the second, on other grids
    "plain": [{"filters": 4, "kernel": 5, "stride": 2}, {"filters": 6, "kernel": 3, "stride": 2}],
    "mapped": [
        {"filters": 16, "kernel": 3, "stride": 1},
        {"filters": 8, "kernel": 5, "stride": 2},
        {"filters": 4, "kernel": 3, "stride": 1},
    ],
}
CONDITIONS = ("plain", "mapped", "moved")  # the last is a layout of the second


@cache
def index() -> FeatureIndex:
    return made_up(splits=("test",))


@cache
def network(condition: str) -> Recogniser:
    torch.manual_seed(len(condition))
    layers = networks.layers_of(LAYERS[condition], torus=False)
    return Recogniser(12, layers, len(index().alphabet), 0.0).eval()


def settings() -> dict[str, object]:
    return {"bands": 12, "hop_s": HOP_S, "window_s": WINDOW_S, "alphabet": index().alphabet}


def saved(folder: Path, condition: str) -> Path:
    """A checkpoint of the network."""
    save_recogniser(folder / f"{condition}.pt", network(condition), settings())
    return folder / f"{condition}.pt"


def said(number: int) -> Utterance:
    """One of the utterances, as the corpus lists it."""
    one = index().segments[number]
    return Utterance(one.utterance, one.speaker, "test", "", one.frames * HOP_S, RATE_HZ, one.transcript)


def intervals(number: int) -> list[Interval]:
    """Silence, then two words of two phones each."""
    labels = [("SIL", ""), ("S", "sea"), ("IY", "sea"), ("T", "tea"), ("IY", "tea")]
    return [Interval(0.1 * n, 0.1 * (n + 1), label, None, word) for n, (label, word) in enumerate(labels)]


def reel(folder: Path, utterances: int = 2) -> Reel:
    """The answers of both networks to some utterances."""
    segments = list(index().segments[:utterances])
    found = {(name, 0): answers(saved(folder, name), torch.device("cpu"), index(), segments) for name in LAYERS}
    random = np.random.default_rng(3)
    sounds = [random.uniform(-0.5, 0.5, round(one.frames * HOP_S * RATE_HZ)).astype(np.float32) for one in segments]
    shots = [
        Shot.of(said(n), {"s0": "north"}, intervals(n), sound, -80 * random.random((len(sound) // 80, 5)))
        for n, sound in enumerate(sounds)
    ]
    return Reel.of(shots, found, RATE_HZ, HOP_S, (60.0, 3800.0))


def showings(folder: Path) -> list[Showing]:
    """All conditions as the stage `activations` leaves them."""
    return [_showing(folder, name, "mapped" if name == "moved" else name) for name in CONDITIONS]


def _showing(folder: Path, condition: str, origin: str) -> Showing:
    layers = layers_of(network(origin), settings())  # type: ignore[arg-type]
    grids = {layer.number: layer.grid for layer in layers}
    paths = folder / f"{condition}.geometry.tsv", folder / f"{condition}.placement.tsv"
    write_geometry(paths[0], layers)
    write_placement(paths[1], identity(grids) if condition == origin else arranged("shuffled", grids, {}, 7), grids)
    return Showing.read((condition, 0), origin, *paths)
