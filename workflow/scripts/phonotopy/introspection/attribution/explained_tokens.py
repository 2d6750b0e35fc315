"""Attributions of all methods, of one network: those that are asked, those of random weights, and their curves."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.core.seeds import stream
from phonotopy.introspection.attribution.deletion import curves, order
from phonotopy.introspection.attribution.explanations import COARSE, CONTRIBUTIONS, METHODS, Course, explain
from phonotopy.introspection.attribution.likeness import Ranks, ranks
from phonotopy.introspection.attribution.spelled import Spelled
from phonotopy.introspection.attribution.token_stretches import Stretches
from phonotopy.introspection.random_weights import redrawn
from phonotopy.introspection.subject import Subject
from phonotopy.recogniser.batches import Batch

__all__ = ["COSTLY", "Explained", "energy", "explained", "normalising", "redrawings", "shuffled"]

Floats = NDArray[np.float64]
Cells = NDArray[np.float32]
BATCH_FRAMES = 6000  # of a pass that normalises random weights
NORMALISING = 60  # utterances of such a pass at most
COSTLY = ("integrated_gradients", "occlusion")  # of one token of each phone and speaker

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Explained:
    """Attributions ``(some tokens, cells)`` of a method, and which of the tokens these are ``(tokens,)``."""

    cells: Cells
    of: NDArray[np.bool_]
    signed: bool

    @property
    def importance(self) -> Cells:
        """By what cells are ranked: contributions by value, slopes by size."""
        return self.cells if self.signed else np.abs(self.cells)

    @property
    def sizes(self) -> Cells:
        """Attributions without sign."""
        return np.abs(self.cells)

    def only(self, chosen: NDArray[np.bool_]) -> "Explained":
        """Those of its tokens that are also among the chosen ones ``(tokens,)``."""
        return Explained(self.cells[chosen[self.of]], self.of & chosen, self.signed)

    def wide(self, values: Floats) -> Floats:
        """Numbers of its tokens ``(..., some tokens)`` among those of all ``(..., tokens)``, NaN for the others."""
        found = np.full((*values.shape[:-1], len(self.of)), np.nan)
        found[..., self.of] = values
        return found

    def ranks(self) -> Ranks:
        """Ranks of sizes."""
        return ranks(self.sizes)

    def curves(self, model: Spelled, stretches: Stretches) -> Floats:
        """Scores ``(2, fractions, tokens)`` when cells are deleted, and given, in the order of importance."""
        return self.wide(curves(model, stretches.part(self.of), order(self.importance)))


def explained(
    subject: Subject, stretches: Stretches, steps: int, asked: NDArray[np.bool_], baseline: torch.Tensor | None = None
) -> dict[str, Explained]:
    """Every method's attributions of the tokens that are asked about; costly ones of the probes among these."""
    names = METHODS if baseline is None else ("integrated_gradients", "deep_lift")
    found = {}
    for name in names:
        of = asked & stretches.probe if name in COSTLY else asked
        found[name] = _one(subject, stretches, name, steps, of, baseline)
        log.info("%s of %d tokens", name, of.sum())
    return found


def _one(
    subject: Subject, stretches: Stretches, name: str, steps: int, of: NDArray[np.bool_], baseline: torch.Tensor | None
) -> Explained:
    course = Course.of(steps, float(subject.settings["hop_s"]), *stretches.features.shape[1:])
    cells = explain(name, Spelled(subject.network), stretches.part(of), course, baseline)
    return Explained(cells.flatten(1).cpu().numpy(), of, name in CONTRIBUTIONS)


def energy(stretches: Stretches) -> Explained:
    """The control that ranks cells by how far they are from the utterance's mean, whatever the network."""
    return Explained(stretches.features.flatten(1).cpu().numpy(), np.ones(len(stretches), dtype=bool), signed=False)


def shuffled(stretches: Stretches, key: int) -> Explained:
    """The control that ranks cells at random."""
    shape = len(stretches), stretches.features[0].numel()
    cells = stream("random cells", key).random(shape, dtype=np.float32)
    return Explained(cells, np.ones(len(stretches), dtype=bool), signed=False)


def normalising(subject: Subject) -> Iterator[Batch]:
    """Speech that random weights are normalised by: utterances in equal steps through all."""
    step = -(-len(subject.segments) // NORMALISING)
    return subject.batches(BATCH_FRAMES, subject.segments[::step])


def redrawings(subject: Subject, stretches: Stretches, seed: int) -> Iterator[tuple[int, Mapping[str, Explained]]]:
    """Attributions of the probes when read-out and layers from a number on have random weights, from the top down.

    Occlusion, the costliest, is asked where everything is random alone.
    """
    layers = len(subject.network.layers)
    for first in range(layers + 1, 0, -1):
        network = redrawn(subject.network, first, seed, normalising(subject))
        names = [name for name in METHODS if name != "occlusion" or first == 1]
        there = subject.given(network)
        yield first, {name: _one(there, stretches, name, COARSE, stretches.probe, None) for name in names}
        log.info("random weights from layer %d on", first)
