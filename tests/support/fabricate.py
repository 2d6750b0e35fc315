"""Activations of a training that never happened, with a known map planted in them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations import store
from phonotopy.activations.clock import Clock
from phonotopy.activations.gather import LAYERS, Paths
from phonotopy.activations.geometry import Layer, write_geometry
from phonotopy.activations.placement import identity, write_placement
from phonotopy.activations.read import Responses
from phonotopy.core.grid import Grid, fit
from phonotopy.core.moments import Moments
from phonotopy.core.seeds import stream
from phonotopy.core.tables import write_table

Floats = NDArray[np.float64]


def smooth(maps: Floats, grid: Grid, radius: float) -> Floats:
    """Maps ``(units, maps)`` blurred by a Gaussian of `radius` grid steps, each with standard deviation 1."""
    kernel = np.exp(-((grid.distances / radius) ** 2) / 2)
    blurred = kernel @ maps
    return (blurred - blurred.mean(axis=0)) / blurred.std(axis=0)


def tuning(grid: Grid, phones: int, radius: float, random: np.random.Generator) -> Floats:
    """Mean response of each unit to each phone ``(units, phones)``: smooth maps, or white noise for radius 0."""
    white = random.normal(size=(grid.units, phones))
    return smooth(white, grid, radius) if radius else white


def activations(
    folder: Path,
    phones: Sequence[str],
    *,
    seed: int = 0,
    layers: int = 2,
    filters: int = 64,
    speakers: int = 4,
    utterances: int = 10,
    tokens: int = 30,
    radius: float = 2.0,
    depth: float = 0.6,
    dead: int = 2,
    torus: bool = False,
) -> None:
    """Write the folder that the activations stage leaves.

    `radius` (grid steps) is that of the planted maps, 0 for none; `depth` scales them against noise of standard
    deviation 1 per token; speakers shift every map a little. The first `dead` units never respond.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = _spoken(phones, stream("fabricated speech", 0), speakers, utterances, tokens)
    paths = Paths.of(folder)
    write_table(paths.tokens, list(rows[0]), rows)
    grid = fit(filters, torus=torus)
    shapes = [Layer(n, f"layer {n}", grid, Clock(0.02, 0.0, 0.025 + 0.1 * n)) for n in range(1, layers + 1)]
    write_geometry(paths.geometry, shapes)
    grids = {shape.number: grid for shape in shapes}
    write_placement(paths.placement, identity(grids), grids)
    counts = (grid.units, dead, 4 * len(rows), len(rows), 0)
    write_table(
        paths.layers, LAYERS.columns, [dict(zip(LAYERS.columns, (one.number, *counts), strict=True)) for one in shapes]
    )
    phone = np.array([phones.index(row["phone"]) for row in rows])
    speaker = np.array([int(row["speaker"][1:]) for row in rows])
    fold = np.arange(speakers) % 2
    shared = {"phone": np.array(phones), "speaker": np.array([f"s{s}" for s in range(speakers)]), "fold": fold}
    with store.create(paths.responses, {"token": len(rows), "group": 2}, shared) as file:
        for layer in range(1, layers + 1):
            random = stream("fabricated responses", seed, layer)
            maps = depth * tuning(grid, len(phones), radius, random)
            habits = 0.15 * random.normal(size=(speakers, len(phones), grid.units))
            values = maps.T[phone] + habits[speaker, phone] + random.normal(size=(len(rows), grid.units))
            values[:, :dead] = 0
            responses = np.maximum(values + 1, 0).astype(np.float32)
            arrays = _moments(responses, phone, speaker, phones, grid, random)
            file.add_layer(f"layer{layer}", grid.units, len(arrays["lag_s"]))[...] = responses
            file.complete(f"layer{layer}", arrays)


def opened(folder: Path) -> Responses:
    """The responses of a folder."""
    paths = Paths.of(folder)
    return Responses.open(paths.responses, paths.geometry, paths.placement)


def _spoken(
    phones: Sequence[str], random: np.random.Generator, speakers: int, utterances: int, tokens: int
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for speaker in range(speakers):
        for utterance in range(utterances):
            onset = 0.1
            for index in random.integers(len(phones), size=tokens):
                duration = float(random.uniform(0.04, 0.15))
                rows.append(
                    {
                        "token": len(rows),
                        "utterance": f"s{speaker}-{utterance:03d}",
                        "speaker": f"s{speaker}",
                        "split": "test",
                        "phone": phones[index],
                        "onset_s": round(onset, 3),
                        "offset_s": round(onset + duration, 3),
                    }
                )
                onset += duration
    return rows


def _moments(
    responses: NDArray[np.float32],
    phone: NDArray[np.int64],
    speaker: NDArray[np.int64],
    phones: Sequence[str],
    grid: Grid,
    random: np.random.Generator,
) -> dict[str, Any]:
    speakers, wide = int(speaker.max()) + 1, (-1, len(phones), grid.units)
    cells = Moments.of(responses, speaker * len(phones) + phone, speakers * len(phones))
    lag_s = np.round(np.arange(-0.2, 0.3001, 0.02), 3)
    fold = np.arange(speakers) % 2
    course = np.exp(-(((lag_s - 0.06) / 0.05) ** 2) / 2)
    halves = [Moments.of(responses[fold[speaker] == f], phone[fold[speaker] == f], len(phones)) for f in (0, 1)]
    mean = np.stack([half.mean[:, None] * course[:, None] for half in halves])
    count = np.stack([np.repeat(half.count[:, None], len(lag_s), axis=1) for half in halves])
    centred = responses - responses.mean(axis=0, dtype=np.float64)
    filters = random.normal(size=(grid.units, 4 * grid.units))
    filters /= np.linalg.norm(filters, axis=1, keepdims=True)
    return {
        "count": cells.count.reshape(wide[:2]),
        "mean": cells.mean.reshape(wide),
        "m2": cells.m2.reshape(wide),
        "lag_s": lag_s,
        "onset_count": count,
        "onset_mean": mean,
        "onset_m2": np.ones_like(mean) * np.maximum(count - 1, 0)[..., None],
        "frame_count": np.array(len(responses)),
        "frame_mean": responses.mean(axis=0, dtype=np.float64),
        "frame_comoment": centred.T @ centred,
        "filter_cosine": filters @ filters.T,
    }
