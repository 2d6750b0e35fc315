"""Methods of attribution, of captum: features in, a number for each cell out."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Self

import torch
from captum.attr import (
    Deconvolution,
    DeepLift,
    GuidedBackprop,
    InputXGradient,
    IntegratedGradients,
    Occlusion,
    Saliency,
)
from torch import Tensor

from phonotopy.introspection.attribution.spelled import Spelled
from phonotopy.introspection.attribution.token_stretches import Stretches

__all__ = ["COARSE", "COMPLETE", "CONTRIBUTIONS", "FINE", "METHODS", "Course", "explain"]


class Course(NamedTuple):
    """How finely costly methods look: `steps` of integrated gradients; frames and bands of an occluded `patch`."""

    steps: int
    patch: tuple[int, int]

    @classmethod
    def of(cls, steps: int, hop_s: float, frames: int, bands: int) -> Self:
        """Patches of 80 ms by 8 bands, as far as a stretch of so many frames and bands allows."""
        return cls(steps, (min(max(2, round(PATCH_S / hop_s)), frames), min(BANDS, bands)))


Given = tuple[Tensor, ...]
Explain = Callable[[Spelled, Tensor, Given, Tensor, Course], Tensor]
FINE, COARSE = 128, 32  # steps of integrated gradients: of the network in question, and of one with random weights
BANDS = 8
PATCH_S = 0.08
TOGETHER = 16  # perturbed copies in one pass


def _saliency(model: Spelled, x: Tensor, given: Given, _baseline: Tensor, _course: Course) -> Tensor:
    found: Tensor = Saliency(model).attribute(x, additional_forward_args=given)
    return found


def _times_input(model: Spelled, x: Tensor, given: Given, _baseline: Tensor, _course: Course) -> Tensor:
    found: Tensor = InputXGradient(model).attribute(x, additional_forward_args=given)
    return found


def _guided(model: Spelled, x: Tensor, given: Given, _baseline: Tensor, _course: Course) -> Tensor:
    found: Tensor = GuidedBackprop(model).attribute(x, additional_forward_args=given)
    return found


def _deconvolution(model: Spelled, x: Tensor, given: Given, _baseline: Tensor, _course: Course) -> Tensor:
    found: Tensor = Deconvolution(model).attribute(x, additional_forward_args=given)
    return found


def _integrated(model: Spelled, x: Tensor, given: Given, baseline: Tensor, course: Course) -> Tensor:
    """By midpoints: gradients of a rectified network are piecewise constant, so that Gauss-Legendre errs more."""
    found: Tensor = IntegratedGradients(model).attribute(
        x, baseline, additional_forward_args=given, n_steps=course.steps, method="riemann_middle"
    )
    return found.to(x.dtype)


def _deep_lift(model: Spelled, x: Tensor, given: Given, baseline: Tensor, _course: Course) -> Tensor:
    found: Tensor = DeepLift(model).attribute(x, baseline, additional_forward_args=given)
    return found


def _occlusion(model: Spelled, x: Tensor, given: Given, baseline: Tensor, course: Course) -> Tensor:
    with torch.no_grad():
        found: Tensor = Occlusion(model).attribute(
            x,
            sliding_window_shapes=course.patch,
            strides=(max(1, course.patch[0] // 2), max(1, course.patch[1] // 2)),
            baselines=baseline,
            additional_forward_args=given,
            perturbations_per_eval=TOGETHER,
        )
    return found


METHODS: Mapping[str, tuple[Explain, int]] = {  # with the number of stretches of one pass
    "saliency": (_saliency, 128),
    "input_x_gradient": (_times_input, 128),
    "guided_backpropagation": (_guided, 128),
    "deconvolution": (_deconvolution, 128),
    "integrated_gradients": (_integrated, 4),
    "deep_lift": (_deep_lift, 64),
    "occlusion": (_occlusion, 16),
}
CONTRIBUTIONS = ("input_x_gradient", "integrated_gradients", "deep_lift", "occlusion")  # signed shares of the score
COMPLETE = ("integrated_gradients", "deep_lift")  # sum to the score less that of the baseline


def explain(
    method: str, model: Spelled, stretches: Stretches, course: Course, baseline: Tensor | None = None
) -> Tensor:
    """Attributions ``(tokens, frames, bands)``; `baseline` ``(bands,)`` is 0, the mean of the utterance, if None."""
    function, _ = METHODS[method]
    parts = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # captum announces its hooks
        for start, end in _passes(METHODS[method][1], len(stretches)):
            x = stretches.features[start:end]
            below = torch.zeros_like(x) if baseline is None else baseline * stretches.within[start:end, :, None]
            given = tuple(one[start:end] for one in stretches.given())
            parts.append(function(model, x.clone(), given, below, course).detach())
    return torch.cat(parts)


def _passes(size: int, number: int) -> Iterator[tuple[int, int]]:
    for start in range(0, number, size):
        yield start, min(start + size, number)
