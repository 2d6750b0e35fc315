"""Which patch of the input drives single units: centre and extent of gradient × input at what drives them most."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phonotopy.introspection.attribution.spelled import begins, responses, seen
from phonotopy.introspection.attribution.token_stretches import Chosen, cut
from phonotopy.introspection.measures import Measure
from phonotopy.introspection.subject import Subject
from phonotopy.recogniser.network import Block

__all__ = ["MEANINGS", "patch_measures"]

Floats = NDArray[np.float64]
STRONGEST = 8  # tokens of each half of the speakers
FEWEST = 2  # of these, for a value
TOGETHER = 256  # stretches in one pass
MEANINGS = {
    "patch_band": "centre of the patch that drives the unit, in bands of the features from 0",
    "patch_lag": "that centre in time, s after the centre of the response",
    "patch_bands": "standard deviation of the patch over bands",
    "patch_duration": "standard deviation of the patch in time, s",
}


class _Stretches(NamedTuple):
    """What one response of a layer at the middle of each token depends on, as in `responses`."""

    features: Tensor
    first: Tensor
    lengths: Tensor


def patch_measures(subject: Subject, chosen: Sequence[Chosen]) -> Iterator[tuple[int, list[Measure]]]:
    """Measures of the units of each layer asked about, from squared gradient × input, at their strongest tokens."""
    half = subject.coding.folds[[one.speaker for one in chosen]] % 2
    for number in subject.layers:
        blocks = list(subject.network.blocks)[:number]
        stretches = _around(subject, chosen, number, blocks)
        moments = [_moments(blocks, stretches, half == side) for side in (0, 1)]
        hop_s = float(subject.settings["hop_s"])
        halves = np.stack([_shape(one, hop_s) for one in moments])
        value = _shape(_merged(moments), hop_s)
        yield (
            number,
            [Measure.of(name, "", value[index], halves[:, index]) for index, name in enumerate(MEANINGS)],
        )


def _around(subject: Subject, chosen: Sequence[Chosen], number: int, blocks: Sequence[Block]) -> _Stretches:
    clock = subject.layers[number].clock
    middle = np.array([(one.token.onset_s + one.token.offset_s) / 2 for one in chosen])
    pieces, first, lengths = [], [], []
    for one, frame in zip(chosen, clock.nearest(middle).tolist(), strict=True):
        start = begins(blocks, max(int(frame), 0))
        pieces.append(cut(subject.features(one.segment)[0], start, seen(blocks)))
        first.append(start)
        lengths.append(one.segment.frames)
    device = subject.network.device
    return _Stretches(torch.stack(pieces), torch.tensor(first, device=device), torch.tensor(lengths, device=device))


@torch.no_grad()
def _strongest(blocks: Sequence[Block], stretches: _Stretches, side: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Pairs (token, unit) ``(pairs, 2)`` of tokens of some speakers at which a unit responds most, and at all."""
    tokens = np.flatnonzero(side)
    parts = [
        responses(blocks, *(one[torch.from_numpy(tokens[start : start + TOGETHER])] for one in stretches))
        for start in range(0, len(tokens), TOGETHER)
    ]
    if not parts:
        return np.empty((0, 2), dtype=np.int64)
    found = torch.cat(parts).cpu().numpy()
    best = np.argsort(-found, axis=0, kind="stable")[:STRONGEST]
    units = np.broadcast_to(np.arange(found.shape[1]), best.shape)
    driven = np.take_along_axis(found, best, axis=0) > 0
    return np.stack([tokens[best[driven]], units[driven]], axis=1)


def _moments(blocks: Sequence[Block], stretches: _Stretches, side: NDArray[np.bool_]) -> Floats:
    """Number of tokens, and sums over them of mean and mean square of lag (frames) and band ``(5, units)``."""
    pairs = _strongest(blocks, stretches, side)
    found = np.zeros((5, blocks[-1].layer.filters))
    frames, bands = stretches.features.shape[1:]
    lag = torch.arange(frames, dtype=torch.float64) - (frames - 1) / 2
    band = torch.arange(bands, dtype=torch.float64)
    for start in range(0, len(pairs), TOGETHER):
        token, unit = torch.from_numpy(pairs[start : start + TOGETHER]).T
        x, *given = (one[token] for one in stretches)
        x = x.clone().requires_grad_()
        driven = responses(blocks, x, *given).gather(1, unit[:, None].to(x.device)).sum()
        (slope,) = torch.autograd.grad(driven, x)
        size = (slope * x).detach().double().cpu() ** 2
        share = size / size.sum(dim=(1, 2), keepdim=True).clamp_min(1e-30)
        in_time, in_band = share.sum(dim=2), share.sum(dim=1)
        sums = [in_time.sum(dim=1), in_time @ lag, in_time @ lag**2, in_band @ band, in_band @ band**2]
        for index, one in enumerate(sums):
            np.add.at(found[index], unit.numpy(), one.numpy())
    return found


def _merged(moments: Sequence[Floats]) -> Floats:
    """Both halves alike, where both have a value."""
    known = np.stack([one[0] >= FEWEST for one in moments])
    merged = sum(one / np.maximum(one[0], 1) for one in moments)
    return np.asarray(np.where(known.all(axis=0), merged * FEWEST, 0.0))


def _shape(moments: Floats, hop_s: float) -> Floats:
    """Centre and extent as in `MEANINGS`, ``(4, units)``."""
    count = moments[0]
    lag, lags, band, bands = np.where(count >= FEWEST, moments[1:] / np.maximum(count, 1e-30), np.nan)
    extent = [np.sqrt(np.maximum(squares - centre**2, 0)) for squares, centre in ((bands, band), (lags, lag))]
    return np.stack([band, lag * hop_s, extent[0], extent[1] * hop_s])
