"""The topographic term of the loss: one objective by its name, over all hidden layers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid
from phonotopy.recogniser.network import Output
from phonotopy.recogniser.objectives.activation_similarity import ActivationSimilarity
from phonotopy.recogniser.objectives.filter_similarity import FilterSimilarity
from phonotopy.recogniser.objectives.laplacian_pyramid import LaplacianPyramid
from phonotopy.recogniser.objectives.response_kernel import ResponseKernel
from phonotopy.recogniser.objectives.response_target import ResponseTarget

__all__ = ["FRAME_STEP", "OBJECTIVES", "Objective", "course", "depth_profile"]

FRAME_STEP = 2  # neighbouring frames say nearly the same; every second one of the last layer halves the cost

# By the names of the setting conditions.<name>.objective: a module per layer, made of its grid and the settings
# training.objectives.<objective>, that gives the loss of filters, responses and lengths, of some of the frames. The
# control has none.
OBJECTIVES: Mapping[str, Callable[[Grid, Mapping[str, Any]], nn.Module]] = {
    "activation_similarity": ActivationSimilarity,
    "filter_similarity": FilterSimilarity,
    "laplacian_pyramid": LaplacianPyramid,
    "response_kernel": ResponseKernel,
    "response_target": ResponseTarget,
}


def depth_profile(layers: int, growth: float) -> Tensor:
    """Relative weights ``(layers,)`` that grow as depth to the power of `growth` and have mean 1.

    Deep layers give way less: they stand nearest to the recognition loss. A growth of 0 treats all layers alike.
    """
    depth = torch.arange(1, layers + 1, dtype=torch.float32) ** growth
    return depth / depth.mean()


def course(step: int, steps: int, warmup: float, end: float) -> float:
    """Factor of the weight at a step, from 1: up to 1 over the fraction `warmup` of steps, then linearly to `end`."""
    rise = warmup * steps
    grown = min(1.0, step / max(1.0, rise))
    return grown * (1 - (1 - end) * max(0.0, step - rise) / max(1.0, steps - rise))


class Objective(nn.Module):
    """One objective, its mean over hidden layers weighted by their depth; 0 for `none`.

    `grids` and `strides` (of frames, in the same unit) are of the layers in their order. Every layer is looked at when
    the last one is, so that one of short frames costs no more. `end` is the fraction of its weight that the objective
    has at the end of training.
    """

    weights: Tensor

    def __init__(self, name: str, settings: Mapping[str, Any], grids: Sequence[Grid], strides: Sequence[int]) -> None:
        super().__init__()
        self.steps = [FRAME_STEP * strides[-1] // stride for stride in strides]  # between frames that are looked at
        self.name = name
        self.end: float = settings.get("end", 1.0)
        profile = settings.get("weight", 0.0) * depth_profile(len(grids), settings.get("growth", 0.0))
        self.register_buffer("weights", profile, persistent=False)
        self.layers = nn.ModuleList(OBJECTIVES[name](grid, settings) for grid in grids if name != "none")

    def forward(self, filters: Sequence[Tensor], output: Output) -> Tensor:
        """Weighted objective, a scalar."""
        if not self.layers:
            return filters[0].new_zeros(())
        given = zip(self.layers, self.steps, filters, output.responses, output.response_lengths, strict=True)
        losses = [
            layer(own, responses[..., ::step], (lengths + step - 1) // step)
            for layer, step, own, responses, lengths in given
        ]
        return (self.weights * torch.stack(losses)).mean()
