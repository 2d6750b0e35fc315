"""Networks whose end on the ladder of nulls is known: smooth noise, the sound alone, phones beyond the sound."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.sound.sound import Sound
from phonotopy.calibration.simulated_speech import Design, Speech, noise, of_acoustics, of_phones, speech
from phonotopy.calibration.simulations import LEVEL, SMALL
from phonotopy.core.inventory import Inventory, Phone
from phonotopy.core.seeds import key, stream
from phonotopy.encoding.accounts import LayerAccounts
from phonotopy.encoding.described_tokens import DescribedTokens
from phonotopy.encoding.ladder import Row, ladder_rows
from phonotopy.encoding.prediction import centred
from phonotopy.encoding.rungs import ALL, LADDER
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.spatial.lattice import Lattice

__all__ = [
    "DESIGN",
    "INVENTORY",
    "LATTICE",
    "MANNERS",
    "NETWORKS",
    "RELABELLINGS",
    "RUNGS",
    "Depths",
    "described",
    "end",
    "layer",
    "responses",
    "rows",
    "rung",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
DESIGN = Design(utterances=20)  # two tokens per feature of their sound, whatever the lexicon is
MANNERS = np.array([0, 0, 0, 1, 1, 1])  # of its phones
INVENTORY = Inventory(tuple(Phone(str(phone), manner=str(manner)) for phone, manner in enumerate(MANNERS)))
CRITERIA = Criteria(minimum_tokens=30, minimum_speakers=3, d_prime=0.5, false_discovery_rate=LEVEL)
LATTICE = Lattice.of(SMALL)
WINDOWS, CLUSTERINGS = 3, 5  # the token before, its own and the one after; clusterings of the sound
CONVOLUTIONS, RANDOM_UNITS = 32, 32  # rectified directions in the description, and units of each random layer
RELABELLINGS, PERMUTATIONS = 39, 199


class Depths(NamedTuple):
    """Standard deviations over tokens of what a network adds to noise of standard deviation 1."""

    acoustics: float = 0.0
    manners: float = 0.0
    phones: float = 0.0


NETWORKS: Mapping[str, Depths] = MappingProxyType(
    {"noise": Depths(), "acoustics": Depths(acoustics=1.0), "phones": Depths(acoustics=1.0, phones=1.0)}
)
RUNGS: Mapping[int, frozenset[tuple[str, str, str]]] = MappingProxyType(  # tests by labelling, statistic and null
    {
        number: frozenset((LADDER[name].labelling, *test) for test in LADDER[name].tests)
        for number, name in enumerate(("order", "speech", "beyond manner", "beyond sound"), start=1)
    }
)


def end(network: str, index: int) -> int:
    """The rung at which data set number `index` of a network of `NETWORKS` ends; 0 before the first."""
    return rung(rows(layer(NETWORKS[network], index), index))


def rung(found: Iterable[Row]) -> int:
    """The highest rung such that it and all below it are rejected."""
    p = {(row["labelling"], row["statistic"], row["null"]): row["p"] for row in found if row["phone"] == ALL}
    rejected = [all((p[test] or np.nan) <= LEVEL for test in tests) for tests in RUNGS.values()]
    return (*rejected, False).index(False)


def rows(of: LayerAccounts, index: int) -> list[Row]:
    """Its rows of ladder.tsv."""
    own, settings = key("known networks", "labels", index), {"relabellings": RELABELLINGS, "permutations": PERMUTATIONS}
    return list(ladder_rows({"layer": 1, "null_seed": index}, of, key=own, **settings))


def layer(depths: Depths, index: int) -> LayerAccounts:
    """Responses of a grid to data set number `index` of simulated speech, with what is known of that speech."""
    random = stream("known networks", *map(str, depths), index)
    said = speech(random, DESIGN)
    values = responses(random, said, depths)
    spoken = DescribedTokens.of(described(random, said), said.tokens, INVENTORY, CRITERIA)
    if spoken is None:
        raise ValueError("speech of a single speaker")
    live, positions = np.ones(SMALL.units, dtype=bool), key("known networks", "positions", index)
    return LayerAccounts(values, live, spoken, LATTICE, positions)


def responses(random: np.random.Generator, said: Speech, depths: Depths) -> NDArray[np.float32]:
    """Of units of a grid, ``(tokens, units)``: noise, and what it adds, each smooth over the grid."""
    values = noise(random, said, SMALL)
    manners = said._replace(tokens=replace(said.tokens, phones=("0", "1"), phone=MANNERS[said.tokens.phone]))
    for depth, follow in (
        (depths.acoustics, partial(of_acoustics, spoken=said)),
        (depths.manners, partial(of_phones, spoken=manners)),
        (depths.phones, partial(of_phones, spoken=said)),
    ):
        if depth > 0:
            values += depth * follow(random, grid=SMALL)
    return values.astype(np.float32)


def described(random: np.random.Generator, said: Speech) -> Sound:
    """What its tokens sound like, as of the tokens of recordings: their acoustics in windows, and functions of them."""
    tokens, windows = said.tokens, _windows(said)
    features = np.concatenate([_directions(random, windows, CONVOLUTIONS), windows], axis=1)
    own = windows.astype(np.float32).T
    return Sound(
        token=np.arange(len(tokens.phone)),
        phone=np.array(tokens.phones)[tokens.phone],
        word=said.word.astype(str),
        features=features.astype(np.float32),
        around=windows.shape[1],
        clusters=np.stack([_clusters(random, said) for _ in range(CLUSTERINGS)]).astype(np.int16),
        random_network=_random_network(random, windows).astype(np.float32),
        random_layer=np.repeat([1, 2], RANDOM_UNITS),
        loudness=own[0],
        voicing=own[1],
        centroid=own[2],
    )


def _windows(said: Speech) -> Floats:
    """Acoustics of each token, the one before and the one after, ``(tokens, dimensions)``; 0 outside utterances."""
    within, own = (np.diff(said.tokens.utterance) == 0)[:, None], said.acoustics
    before, after = np.zeros_like(own), np.zeros_like(own)
    before[1:], after[:-1] = np.where(within, own[:-1], 0), np.where(within, own[1:], 0)
    return np.concatenate([own, before, after], axis=1)


def _directions(random: np.random.Generator, values: Floats, number: int) -> Floats:
    """Rectified random directions, each with a random threshold."""
    scaled = centred(values, np.zeros(len(values), dtype=np.int64))
    return np.maximum(scaled @ random.normal(size=(values.shape[1], number)) + random.normal(size=number), 0)


def _random_network(random: np.random.Generator, windows: Floats) -> Floats:
    """Two layers of random weights; the first one receives no more than the token itself."""
    first = _directions(random, windows[:, : windows.shape[1] // WINDOWS], RANDOM_UNITS)
    second = _directions(random, np.concatenate([first, windows], axis=1), RANDOM_UNITS)
    return np.concatenate([first, second], axis=1)


def _clusters(random: np.random.Generator, said: Speech) -> Indices:
    """Clusters of the sound along a random direction, as many and as large as phones."""
    along = said.acoustics @ random.normal(size=said.acoustics.shape[1])
    found = np.empty_like(said.tokens.phone)
    found[np.argsort(along)] = np.sort(said.tokens.phone)
    return found
