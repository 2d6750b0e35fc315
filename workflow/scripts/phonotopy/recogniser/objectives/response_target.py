"""Cosines of responses are 1 / (1 + d)."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from phonotopy.core.grid import Grid
from phonotopy.recogniser.objectives.resemblance import resemblance, responses_in_a_row
from phonotopy.recogniser.objectives.response_kernel import response_kernel

__all__ = ["ResponseTarget", "response_cosine"]

LEAST_SQUARE = 1e-8  # of a response's length; a silent unit resembles nothing


def response_cosine(responses: Tensor) -> Tensor:
    """Cosines of units over the frames of the batch, all processes together, ``(units, units)`` float32.

    ``responses (batch, units, frames)`` are zero beyond the end of an utterance, and nowhere negative.
    """
    return resemblance(responses_in_a_row(responses), None, LEAST_SQUARE)


class ResponseTarget(nn.Module):
    """The objective of one layer: mean over pairs of (cos(a_i, a_j) - 1 / (1 + d_ij))², after Poli et al. (poli2022).

    Responses are not centred, and those after rectification have cosines above 0 whatever they do: far units are asked
    for more resemblance than unrelated units have.
    """

    target: Tensor

    def __init__(self, grid: Grid, settings: Mapping[str, Any]) -> None:  # noqa: ARG002 (all objectives alike)
        super().__init__()
        self.register_buffer("target", 1 / (1 + torch.from_numpy(grid.distances).float()), persistent=False)

    def forward(self, filters: Tensor, responses: Tensor, lengths: Tensor) -> Tensor:  # noqa: ARG002
        """Loss of ``responses (batch, units, frames)``, zero beyond the ``lengths (batch,)``."""
        return response_kernel(response_cosine(responses), self.target)
