"""Co-moments of the units of a network of others over a sample of training speech, from which layouts are made."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from phonotopy.activations.comoments import gathered, write_comoments
from phonotopy.activations.modules.respond_model import Network
from phonotopy.recogniser.features import Segment

__all__ = ["comoments_model"]


def comoments_model(path: str | Path, network: Network, segments: Sequence[Segment], audio: Mapping[str, str]) -> None:
    """Write those of responses to the `segments`; `audio` has the paths of their recordings."""
    grids = dict(enumerate(network.grids, start=1))
    write_comoments(path, gathered(network.evoked(segments, audio), grids))
