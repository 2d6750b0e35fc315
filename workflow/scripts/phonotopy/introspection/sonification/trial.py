"""One token and the masks of a region: what is left of the region's response behind each, and behind its controls."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from phonotopy.introspection.sonification.back_projection import (
    METHODS,
    Method,
    RegionResponse,
    Window,
    batch_of,
    window_of,
)
from phonotopy.introspection.sonification.contributions import contributions
from phonotopy.introspection.sonification.held_out import Excited
from phonotopy.introspection.sonification.resynthesis import Resynthesis
from phonotopy.introspection.sonification.spectral_masks import (
    energy,
    equal_energy,
    flipped,
    mask_of,
    shifted,
    similarity,
)
from phonotopy.introspection.subject import Subject

__all__ = ["CONTROLS", "Networks", "Sounded", "Targets", "Trial", "sounded"]

CONTROLS = ("shifted", "flipped", "random", "other_region", "random_weights")
MARGIN = 4  # frames beside a window, within which analysis and synthesis see what was cut
Units = NDArray[np.int64]


class Networks(NamedTuple):
    """A network, and the same with new random weights."""

    trained: Subject
    redrawn: Subject


class Targets(NamedTuple):
    """Units of a region, as many random ones, and those of another phone's region."""

    region: Units
    random: Units
    other: Units


class Sounded(NamedTuple):
    """What a method gives: mask and its sound, and by name of a mask the share of the response that it leaves.

    `similar` are correlations of the mask with those of new random weights and of random units.
    """

    method: Method
    mask: Tensor
    sound: Tensor
    kept: dict[str, float]
    energy_share: float
    similar: dict[str, float]


@dataclass(frozen=True)
class Trial:
    """A token in the samples ``(time,)`` of its utterance."""

    window: Window
    samples: Tensor
    resynthesis: Resynthesis

    @classmethod
    def of(cls, subject: Subject, layer: int, excited: Excited, samples: Tensor, resynthesis: Resynthesis) -> "Trial":
        """The window that the response of a layer to the token depends on."""
        window = window_of(subject.network, layer, excited.segment, excited.begin, excited.end)
        return cls(window, samples, resynthesis)

    @property
    def skipped(self) -> int:
        """Frames of the utterance before the cut."""
        return max(self.window.first - MARGIN, 0)

    @cached_property
    def cut(self) -> Tensor:
        """Samples of the window and its margins; at the ends of the utterance, to its end."""
        hop, last = self.resynthesis.analysis.hop, self.window.end + MARGIN
        end = len(self.samples) if last >= self.window.segment.frames else last * hop
        return self.samples[self.skipped * hop : end]

    @cached_property
    def power(self) -> Tensor:
        """Power of the bands of the window, ``(frames, bands)``."""
        return self.inside(self.resynthesis.power(self.cut))

    def inside(self, values: Tensor) -> Tensor:
        """The frames of the window among those of the cut; one that rounding took repeats the last."""
        before, length = self.window.first - self.skipped, self.window.end - self.window.first
        found = values[..., before : before + length, :]
        missing = length - found.shape[-2]
        return torch.cat([found, found[..., -1:, :].expand(*found.shape[:-2], missing, -1)], dim=-2)

    def sounds(self, masks: Tensor) -> Tensor:
        """The cut through each of some masks of the window ``(masks, frames, bands)``."""
        frames = 1 + len(self.cut) // self.resynthesis.analysis.hop
        before = self.window.first - self.skipped
        kept = min(masks.shape[1], frames - before)
        whole = torch.zeros(len(masks), frames, masks.shape[2])
        whole[:, before : before + kept] = masks[:, :kept]
        return self.resynthesis.masked(self.cut, whole)

    def features(self, sounds: Tensor) -> Tensor:
        """Features of the window of such sounds, on the scale of the utterance, ``(sounds, frames, width)``."""
        return self.inside(self.resynthesis.features(sounds, self.resynthesis.scale(self.samples)))


def sounded(networks: Networks, layer: int, trial: Trial, targets: Targets) -> list[Sounded]:
    """What each method gives of a token; nothing where the region does not respond to it."""
    width = networks.trained.layers[layer].grid.units
    model = RegionResponse(networks.trained.network, layer)
    made = [_masks(networks, layer, method, trial, targets) for method in METHODS]
    sounds = torch.cat([trial.cut[None], trial.sounds(torch.cat(made))])
    features = trial.features(sounds)
    windows = [trial.window] * len(features)
    _, lengths, weights = batch_of(networks.trained.index, windows, [targets.region] * len(features), model, width)
    device = next(model.parameters()).device
    with torch.no_grad():
        responses = model(features.to(device), lengths.to(device), weights.to(device)).cpu()
    if not responses[0] > 0:
        return []
    kept = (responses[1:] / responses[0]).reshape(len(METHODS), -1)
    each = 1 + len(CONTROLS)
    return [
        _described(method, masks, sounds[1 + each * number], kept[number], trial)
        for number, (method, masks) in enumerate(zip(METHODS, made, strict=True))
    ]


def _masks(networks: Networks, layer: int, method: Method, trial: Trial, targets: Targets) -> Tensor:
    """The mask of a region, then those of equal energy in the order of `CONTROLS`, ``(masks, frames, bands)``."""
    own, random, other = _projected(networks.trained, layer, method, trial, targets)
    (redrawn,) = _projected(networks.redrawn, layer, method, trial, [targets.region])
    controls = torch.stack([shifted(own), flipped(own), random, other, redrawn])
    share = energy(own, trial.power).expand(len(controls))
    return torch.cat([own[None], equal_energy(controls, trial.power, share)])


def _projected(subject: Subject, layer: int, method: Method, trial: Trial, units: Sequence[Units]) -> Tensor:
    model, width = RegionResponse(subject.network, layer), subject.layers[layer].grid.units
    batch = batch_of(subject.index, [trial.window] * len(units), units, model, width)
    return mask_of(contributions(model, method, batch, trial.resynthesis))


def _described(method: Method, masks: Tensor, sound: Tensor, kept: Tensor, trial: Trial) -> Sounded:
    similar = {name: similarity(masks[0], masks[1 + CONTROLS.index(name)]) for name in ("random_weights", "random")}
    shares = dict(zip(("kept", *CONTROLS), kept.tolist(), strict=True))
    return Sounded(method, masks[0], sound, shares, float(energy(masks[0], trial.power)), similar)
