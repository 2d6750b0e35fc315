"""The mean frequency of what excites each unit: a map of single units, without phones."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from phonotopy.introspection.measures import Measure
from phonotopy.introspection.sonification.back_projection import (
    RegionResponse,
    Window,
    batch_of,
    window_of,
)
from phonotopy.introspection.sonification.contributions import contributions
from phonotopy.introspection.sonification.held_out import Listener
from phonotopy.introspection.sonification.resynthesis import Resynthesis
from phonotopy.introspection.sonification.spectral_masks import centroids, mask_of

__all__ = ["MEANINGS", "mask_centroid"]

MEANINGS = {
    "mask_centroid": "mean frequency, Hz, of the mask of the unit alone (gradient × input) at its strongest responses, "
    "one in each of two speakers of a half; a unit that is silent in a half has none there"
}
SPEAKERS = 2  # of a half, those in whose speech the unit responds most
BATCH = 64  # windows
Floats = NDArray[np.float64]


def mask_centroid(listener: Listener, layer: int, resynthesis: Resynthesis) -> Measure:
    """That of every unit of a layer, by halves of the speakers; its value is the mean of both."""
    folds = listener.subject.coding.folds % 2
    halves = np.stack([_of_half(listener, layer, np.flatnonzero(folds == half), resynthesis) for half in (0, 1)])
    return Measure.of("mask_centroid", "", halves.mean(axis=0), halves)


def _of_half(listener: Listener, layer: int, speakers: NDArray[np.int64], resynthesis: Resynthesis) -> Floats:
    model = RegionResponse(listener.subject.network, layer)
    width = listener.subject.layers[layer].grid.units
    total, count = np.zeros(width), np.zeros(width)
    chosen = list(_strongest(listener, layer, speakers))
    for first in range(0, len(chosen), BATCH):
        part = chosen[first : first + BATCH]
        units = [np.array([unit]) for unit, _ in part]
        given = batch_of(listener.subject.index, [window for _, window in part], units, model, width)
        masks = mask_of(contributions(model, "gradient_input", given, resynthesis))
        found = centroids(masks, resynthesis.centres_hz)
        for (unit, _), value in zip(part, found, strict=True):
            if np.isfinite(value):
                total[unit] += value
                count[unit] += 1
    return np.asarray(np.divide(total, count, out=np.full(width, np.nan), where=count > 0))


def _strongest(listener: Listener, layer: int, speakers: NDArray[np.int64]) -> Iterator[tuple[int, Window]]:
    """Units that respond, and the windows of their strongest responses in some speakers."""
    peaks, (utterances, frames) = listener.peaks[layer][speakers], listener.moments[layer][:, speakers]
    order = np.argsort(-peaks, axis=0, kind="stable")[:SPEAKERS]
    for unit in range(peaks.shape[1]):
        for speaker in order[:, unit]:
            if peaks[speaker, unit] > 0:
                segment = listener.subject.segments[int(utterances[speaker, unit])]
                frame = int(frames[speaker, unit])
                yield unit, window_of(listener.subject.network, layer, segment, frame, frame + 1)
