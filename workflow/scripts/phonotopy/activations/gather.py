"""The folder of a condition's responses, gathered utterance by utterance from whatever evokes them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations import store
from phonotopy.activations.accumulate import Coding, LayerResponses, Token
from phonotopy.activations.geometry import Layer, write_geometry
from phonotopy.activations.placement import identity, write_placement
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.tables import write_table

__all__ = ["LAYERS", "TABLES", "TOKENS", "Batch", "Paths", "Spoken", "gather"]

Floats = NDArray[np.float64]
Batch = Iterable[tuple[str, Sequence[NDArray[np.float32]]]]  # utterances, each with responses (frames, units) by layer
TOKENS = Table(
    "tokens.tsv",
    rows="one row per stored phone token, in the order of `token_mean` in `responses.nc`",
    columns={
        "token": Column("", "number, from 0"),
        **shared("utterance", "speaker", "split", "phone"),
        "onset_s": Column("s", "from the start of the recording"),
        "offset_s": Column("s", "end, from the start of the recording"),
    },
    note="Of each phone and speaker at most `activations.tokens_per_phone_and_speaker` tokens are stored, sampled at "
    "random.",
)

LAYERS = Table(
    "layers.tsv",
    rows="one row per hidden layer",
    columns={
        **shared("layer"),
        "units": Column("count", "on the grid"),
        "dead_units": Column("count", "units whose response never varies"),
        "frames": Column("count", "speech frames (not silence) in `frame_mean` and `frame_comoment`"),
        "tokens": Column("count", "all tokens, stored or not"),
        "tokens_without_centre": Column(
            "count", "tokens too short to hold the centre of a response; they take the nearest one"
        ),
    },
)

TABLES = (TOKENS, LAYERS)


class Paths(NamedTuple):
    """The files of a condition and seed that hold all that later stages know of it."""

    geometry: Path
    placement: Path
    tokens: Path
    layers: Path
    responses: Path

    @classmethod
    def of(cls, folder: str | Path) -> "Paths":
        """The files by the names that they have in every folder of responses."""
        names = ("geometry.tsv", "placement.tsv", "tokens.tsv", "layers.tsv", "responses.nc")
        return cls(*(Path(folder) / name for name in names))


class Spoken(NamedTuple):
    """An utterance whose responses are gathered, and its tokens in the order of time."""

    utterance: str
    speaker: str
    split: str
    tokens: Sequence[Token]


def gather(
    paths: Paths,
    layers: Sequence[Layer],
    batches: Iterable[Batch],
    spoken: Sequence[Spoken],
    coding: Coding,
    lags_s: tuple[float, float],
    filters: Sequence[Floats | None],
) -> list[LayerResponses]:
    """Write the files of `layers` whose units are in row-major order; each utterance comes once in some batch.

    `filters` holds the cosines between the filters of a layer ``(units, units)``, or None. Token means have the order
    of `spoken`, whatever that of the batches is. Memory does not grow with the number of utterances.
    """
    kept = [LayerResponses(layer.grid.units, layer.clock, coding, lags_s) for layer in layers]
    first = dict(zip((one.utterance for one in spoken), np.cumsum([0, *map(_stored, spoken)]).tolist(), strict=False))
    sizes = {"token": sum(map(_stored, spoken)), "group": coding.groups}
    with store.create(paths.responses, sizes, coding.shared) as file:
        names = [f"layer{layer.number}" for layer in layers]
        means = [file.add_layer(n, one.grid.units, len(k.lags)) for n, one, k in zip(names, layers, kept, strict=True)]
        known = {one.utterance: one for one in spoken}
        for batch in batches:
            _take_in(batch, known, first, coding, kept, means)
        for name, one, cosines in zip(names, kept, filters, strict=True):
            file.complete(name, one.arrays() | ({} if cosines is None else {"filter_cosine": cosines}))
    write_geometry(paths.geometry, layers)
    grids = {layer.number: layer.grid for layer in layers}
    write_placement(paths.placement, identity(grids), grids)
    write_table(paths.tokens, TOKENS.columns, _token_rows(spoken, coding))
    write_table(paths.layers, LAYERS.columns, map(_layer_row, layers, kept))
    return kept


def _stored(spoken: Spoken) -> int:
    return sum(token.stored for token in spoken.tokens)


def _take_in(
    batch: Batch,
    known: Mapping[str, Spoken],
    first: Mapping[str, int],
    coding: Coding,
    kept: Sequence[LayerResponses],
    means: Sequence[Any],
) -> None:
    utterances = [(known[name], responses) for name, responses in batch]
    for index, (layer, array) in enumerate(zip(kept, means, strict=True)):
        given = [(coding.speakers.index(one.speaker), list(one.tokens), values[index]) for one, values in utterances]
        rows = layer.add(given)
        for start, end, first_row in _runs([(first[one.utterance], _stored(one)) for one, _ in utterances]):
            array[first_row : first_row + end - start] = rows[start:end]


def _runs(parts: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Rows from start to end, and their first row in the file, of successive parts (first row, number of rows).

    Parts that follow each other in the file, too, are one run: a piece of a file costs as much as a thousand rows.
    """
    found: list[tuple[int, int, int]] = []
    passed = 0
    for first_row, number in parts:
        if found and number and found[-1][2] + found[-1][1] - found[-1][0] == first_row:
            found[-1] = (found[-1][0], passed + number, found[-1][2])
        elif number:
            found.append((passed, passed + number, first_row))
        passed += number
    return found


def _token_rows(spoken: Sequence[Spoken], coding: Coding) -> Iterator[dict[str, object]]:
    stored = ((one, token) for one in spoken for token in one.tokens if token.stored)
    for number, (one, token) in enumerate(stored):
        identity = (number, one.utterance, one.speaker, one.split)
        values = (coding.phones[token.phone], token.onset_s, token.offset_s)
        yield dict(zip(TOKENS.columns, (*identity, *values), strict=True))


def _layer_row(layer: Layer, kept: LayerResponses) -> dict[str, object]:
    dead = int((kept.frames.comoment.diagonal() <= 0).sum())
    counts = kept.frames.count, int(kept.cells.count.sum()), kept.bare
    return dict(zip(LAYERS.columns, (layer.number, layer.grid.units, dead, *counts), strict=True))
