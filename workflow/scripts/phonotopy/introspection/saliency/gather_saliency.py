"""One pass over the speech: the values of all variants, and what tokens would have with the gradients of others."""

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.activations.clock import Clock
from phonotopy.core import steps
from phonotopy.core.seeds import key as key_of
from phonotopy.core.seeds import stream
from phonotopy.introspection.random_weights import redrawn
from phonotopy.introspection.saliency.saliency_cells import LayerCells
from phonotopy.introspection.saliency.saliency_variants import (
    Windows,
    exchanged_sums,
    lags,
    running,
    sums,
    window_means,
)
from phonotopy.introspection.saliency.spoken_blocks import BLOCK_FRAMES, SpokenBlock, blocks
from phonotopy.introspection.saliency.token_gradients import Patch, evoked_from, patches
from phonotopy.introspection.subject import Subject
from phonotopy.recogniser.network import Recogniser

__all__ = ["donors", "gathered"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
STATISTICS_OF = 24  # utterances from which layers with random weights take their normalisation


@torch.no_grad()
def gathered(subject: Subject, *, exchanges: int, key: int) -> dict[int, LayerCells]:
    """What is kept of each layer that is asked about, by number; random gradients and weights depend on the `key`."""
    symbols = subject.network.readout.out_channels
    found = {
        number: LayerCells.empty(subject.coding, symbols, layer.grid.units, layer.clock.field_s, exchanges)
        for number, layer in subject.layers.items()
    }
    strange = _redrawn(subject, key)
    tokens = sum(len(own) for own in subject.tokens.values())
    done = 0
    for index, block in enumerate(blocks(subject)):
        chosen = donors(block.phone, exchanges, key_of("exchange", key, index))
        for number, patch in patches(subject.network, block.evoked, *block.tensors(), lowest=min(found)):
            if number in found:
                _add(found[number], block, number, patch, subject.layers[number].clock, chosen, strange[number])
        done += len(block.phone)
        steps.log("token", done, tokens)
    return found


def donors(phone: Indices, exchanges: int, key: int) -> Indices:
    """A random token of another phone for each token, ``(exchanges, tokens)``; itself where all are of one phone."""
    order = np.argsort(phone, kind="stable")
    ranked = phone[order]
    after, before = (np.searchsorted(ranked, ranked, side=side) for side in ("right", "left"))
    others = len(phone) - (after - before)
    step = stream("donors", key).integers(0, np.maximum(others, 1), (exchanges, len(phone)))
    found = np.empty((exchanges, len(phone)), dtype=np.int64)
    found[:, order] = order[(after + step) % max(len(phone), 1)]
    return np.where(np.isin(np.arange(len(phone)), order[others == 0]), np.arange(len(phone)), found)


def _redrawn(subject: Subject, key: int) -> dict[int, Recogniser]:
    """The network for each layer that is asked about, with new random weights above that layer."""
    spoken = [one for one in subject.segments if subject.tokens.get(one.utterance)]
    some = spoken[:: max(1, len(spoken) // STATISTICS_OF)]
    batches = list(subject.batches(BLOCK_FRAMES, some)) if some else []
    seed = key_of("saliency", key) % 2**31
    return {number: redrawn(subject.network, number + 1, seed, batches) for number in subject.layers}


def _add(
    kept: LayerCells,
    block: SpokenBlock,
    number: int,
    patch: Patch,
    clock: Clock,
    chosen: Indices,
    strange: Recogniser,
) -> None:
    """Take in the tokens of a block whose aligned window lies within their utterance."""
    windows = lags(patch, block, number, clock)
    _, _, inside = windows.shifted(windows.shift)
    good = inside & windows.found
    kept.dropped += int((~good).sum())
    responses, gradients = patch.responses.float().cpu().numpy(), patch.gradients.float().cpu().numpy()
    own, totals = sums(responses, gradients), running(block, number)
    values = {
        "plain": window_means(totals, block.utterance, windows.spans.first, windows.spans.end),
        "aligned": _means(totals, block.utterance, windows, windows.shift),
        "weighted": own.weighted,
        "relevance": own.relevance,
        "gradient": gradients.sum(axis=1, dtype=np.float64),
        "random_above": _strange(strange, block, number),
    }
    phone, symbol = block.phone[good], block.symbol[good]
    kept.add(block.number, phone, symbol, {name: one[good] for name, one in values.items()})
    kept.add_lags(phone, windows.lag_s[good])
    for index, donor in enumerate(chosen):
        other = exchanged_sums(responses, gradients, donor)
        aligned = _means(totals, block.utterance, windows, windows.shift[donor])
        parts = {"aligned": aligned, "weighted": other.weighted, "relevance": other.relevance}
        kept.add_exchanged(index, phone, {name: one[good] for name, one in parts.items()})


def _means(totals: Floats, utterance: Indices, windows: Windows, shift: Indices) -> Floats:
    """Mean responses in windows that are shifted; in the interval where the window leaves the utterance."""
    _, _, inside = windows.shifted(shift)
    first, end, _ = windows.shifted(np.where(inside, shift, 0))
    return window_means(totals, utterance, first, end)


def _strange(network: Recogniser, block: SpokenBlock, number: int) -> Floats:
    """Relevance through layers with other weights above this one, for the same symbols and frames."""
    evoked = evoked_from(network, number, block.evoked.responses[number], block.evoked.lengths[number])
    for here, patch in patches(network, evoked, *block.tensors(), lowest=number):
        if here == number:
            return sums(patch.responses.float().cpu().numpy(), patch.gradients.float().cpu().numpy()).relevance
    raise ValueError(f"no layer {number}")
