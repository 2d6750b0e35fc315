"""Masks of bands and frames: how they are made, and masks of equal energy that they are compared with."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["centroids", "energy", "equal_energy", "flipped", "mask_of", "shifted", "similarity"]

PERCENTILE = 0.99  # of the cells of a window, which a mask lets through whole
STEPS = 40  # of bisection
LARGEST_GAIN = 1e6


def mask_of(contributions: Tensor) -> Tensor:
    """Positive contributions ``(..., frames, bands)`` as fractions of their 99th percentile, at most 1."""
    positive = contributions.clamp(min=0)
    flat = positive.flatten(-2)
    top = flat.quantile(PERCENTILE, dim=-1)
    top = torch.where(top > 0, top, flat.amax(dim=-1)).clamp(min=torch.finfo(flat.dtype).tiny)
    return (positive / top[..., None, None]).clamp(max=1)


def shifted(mask: Tensor) -> Tensor:
    """The same half of its window later, what leaves it entering at the beginning."""
    return mask.roll(mask.shape[-2] // 2, dims=-2)


def flipped(mask: Tensor) -> Tensor:
    """The same with the lowest band where the highest one was."""
    return mask.flip(-1)


def energy(masks: Tensor, power: Tensor) -> Tensor:
    """Share of the energy ``(frames, bands)`` that masks let through, ``(...,)``."""
    return (masks.square() * power).sum(dim=(-2, -1)) / power.sum().clamp(min=torch.finfo(power.dtype).tiny)


def equal_energy(masks: Tensor, power: Tensor, share: Tensor) -> Tensor:
    """Masks times the factor with which, cut at 1, they let this share of the energy through, as far as they can."""
    low, high = torch.zeros_like(share), torch.full_like(share, np.log(LARGEST_GAIN))
    low = low - np.log(LARGEST_GAIN)
    for _ in range(STEPS):
        middle = (low + high) / 2
        enough = energy((masks * middle.exp()[..., None, None]).clamp(max=1), power) >= share
        low, high = torch.where(enough, low, middle), torch.where(enough, middle, high)
    return (masks * high.exp()[..., None, None]).clamp(max=1)


def centroids(masks: Tensor, centres_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean frequency of masks ``(..., frames, bands)``, weighted by what they let through; NaN without anything."""
    by_band = masks.sum(dim=-2).double().numpy()
    total = by_band.sum(axis=-1)
    return np.asarray(np.divide(by_band @ centres_hz, total, out=np.full(total.shape, np.nan), where=total > 0))


def similarity(one: Tensor, other: Tensor) -> float:
    """Correlation of two masks over cells; NaN where one of them is even."""
    first, second = (part.flatten().double().numpy() for part in (one, other))
    if not np.ptp(first) or not np.ptp(second):
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
