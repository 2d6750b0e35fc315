"""Correlations and cosines of all pairs of units, with the gradient that their symmetry allows."""

from typing import Any

import torch
from torch import Tensor

from phonotopy.recogniser import distributed
from phonotopy.recogniser.distributed import summed

__all__ = ["resemblance", "responses_in_a_row"]


class _Resemblance(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, rows: Tensor, frames: Tensor | None, least: float) -> Tensor:
        rows = rows.contiguous()  # once for both products
        found, mean = summed(rows @ rows.T), rows.new_zeros(len(rows))
        if frames is not None:
            mean = summed(rows.sum(dim=1)) / frames
            found = (found / frames).addr_(mean, mean, alpha=-1)
        variance = found.diagonal().clone()
        scale = variance.clamp(min=least).rsqrt()
        found.mul_(scale[:, None]).mul_(scale)
        context.save_for_backward(rows, found, scale, mean, variance > least, frames)
        return found

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        """Every process has the same `gradient`, and sums over processes were of as many as there are."""
        rows, found, scale, mean, above, frames = context.saved_tensors
        both = gradient + gradient.T
        own = (both * found).sum(dim=1) * above * scale.square()  # of the variance that scales a unit
        both.mul_(scale[:, None]).mul_(scale).diagonal().sub_(own)
        both.mul_(distributed.size() if frames is None else distributed.size() / frames)
        return torch.addmm((both @ mean)[:, None], both, rows, beta=-1), None, None


def resemblance(rows: Tensor, frames: Tensor | None, least: float) -> Tensor:
    """Correlations of ``rows (units, frames)`` over so many `frames`, or cosines without, ``(units, units)``.

    All processes together, as `frames` are. A variance (of cosines a sum of squares) below `least` counts as that.
    Value and gradient are one matrix product each; what autograd makes of the formula takes a quarter longer.
    """
    found: Tensor = _Resemblance.apply(rows, frames, least)  # type: ignore[no-untyped-call]
    return found


def responses_in_a_row(responses: Tensor) -> Tensor:
    """``responses (batch, units, frames)`` of all utterances one after the other, ``(units, frames)`` float32."""
    return responses.float().transpose(0, 1).flatten(1)
