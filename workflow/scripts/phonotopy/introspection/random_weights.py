"""Networks of the same shape that have learned nothing, or have forgotten it from the top."""

import copy
from collections.abc import Iterable

import torch
from torch import nn

from phonotopy.core.seeds import key
from phonotopy.recogniser.batches import Batch
from phonotopy.recogniser.network import Normalisation, Recogniser

__all__ = ["redrawn", "untrained"]


def untrained(network: Recogniser, seed: int, batches: Iterable[Batch]) -> Recogniser:
    """The network before its first step of training with this `seed`; normalised by what `batches` evoke."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(key("network", seed))
        readout = network.readout
        found = Recogniser(network.blocks[0].convolution.in_channels, network.layers, readout.out_channels - 1, 0.0)
    return _normalised(found.to(network.device), range(1, len(network.layers) + 1), batches)


def redrawn(network: Recogniser, first: int, seed: int, batches: Iterable[Batch]) -> Recogniser:
    """A copy whose read-out and hidden layers from number `first` on have new random weights.

    One more than there are layers draws the read-out alone. Layers below keep their weights and statistics.
    """
    found = copy.deepcopy(network)
    fresh = range(first, len(network.layers) + 1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(key("redrawn", seed, first))
        for module in [*(found.blocks[number - 1] for number in fresh), found.readout]:
            module.apply(_draw)
    return _normalised(found, fresh, batches)


def _draw(module: nn.Module) -> None:
    if isinstance(module, nn.Conv1d | Normalisation):
        module.reset_parameters()


@torch.no_grad()
def _normalised(network: Recogniser, numbers: Iterable[int], batches: Iterable[Batch]) -> Recogniser:
    """Take the statistics of some layers from one pass, as the mean over batches."""
    network.eval()
    chosen = [network.blocks[number - 1].normalisation for number in numbers]
    kept = [one.momentum for one in chosen]
    for one in chosen:
        one.reset_running_stats()
        one.momentum = None
        one.train()
    for batch in batches:
        network(batch.features, batch.lengths)
    for one, momentum in zip(chosen, kept, strict=True):
        one.momentum = momentum
    return network.eval()
