"""Regions of one half of the speakers, and what excites them most in the speech of the other half."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.activations.accumulate import Token
from phonotopy.activations.read import Responses
from phonotopy.introspection.subject import Subject
from phonotopy.recogniser.features import Segment
from phonotopy.selectivity.d_prime import Criteria, measure
from phonotopy.spatial.components import largest
from phonotopy.spatial.lattice import Lattice

__all__ = ["Excited", "Listener", "Regions", "regions_of"]

BATCH_FRAMES = 6000  # feature frames; bounds memory
Units = NDArray[np.int64]
Regions = Mapping[tuple[int, str], Units]  # by half of the speakers and phone; units, not positions


class Excited(NamedTuple):
    """A token, and the frames ``begin … end`` (exclusive) of a layer in it, with the mean response of a region."""

    segment: Segment
    token: Token
    begin: int
    end: int
    response: float


def regions_of(responses: Responses, layer: int, phones: Sequence[str], criteria: Criteria) -> Regions:
    """The largest region of responsive units of each phone in each half of the speakers; empty without one."""
    cells, grid = responses.cells(layer), responses.layers[layer].grid
    found: dict[tuple[int, str], Units] = {}
    for half in (0, 1):
        measured = measure(cells.select(responses.halves == half), criteria)
        inside = largest(measured.responsive[measured.live], Lattice.of(grid, "queen", measured.live))
        live = np.flatnonzero(measured.live)
        for phone in phones:
            members = inside[:, cells.phones.index(phone)] if phone in cells.phones else np.zeros(len(live), bool)
            found[half, phone] = responses.units[layer][live[members]]
    return found


@dataclass
class Listener:
    """The strongest tokens of regions by layer, phone and speaker, and the strongest frames of units by speaker.

    `peaks` and `moments` ``(speakers, units)`` by layer hold the strongest response of a unit, and the number of the
    utterance and the frame in which it is.
    """

    subject: Subject
    regions: Mapping[int, Regions]
    tokens: dict[tuple[int, str, str], Excited] = field(default_factory=dict)
    peaks: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    moments: dict[int, NDArray[np.int64]] = field(default_factory=dict)

    @torch.no_grad()
    def listen(self) -> None:
        """Take in all utterances once."""
        speakers = len(self.subject.coding.speakers)
        for number, layer in self.subject.layers.items():
            self.peaks[number] = np.zeros((speakers, layer.grid.units), np.float32)
            self.moments[number] = np.full((2, speakers, layer.grid.units), -1)
        numbers = {segment.utterance: number for number, segment in enumerate(self.subject.segments)}
        for batch in self.subject.batches(BATCH_FRAMES):
            output = self.subject.network(batch.features, batch.lengths)
            for index in self.subject.layers:
                values, ends = output.responses[index - 1].cpu().numpy(), output.response_lengths[index - 1]
                for row, segment in enumerate(batch.segments):
                    self._take(index, numbers[segment.utterance], segment, values[row, :, : int(ends[row])])

    def _take(self, layer: int, number: int, segment: Segment, responses: NDArray[np.float32]) -> None:
        """Responses ``(units, frames)`` of an utterance."""
        speaker = self.subject.coding.speakers.index(segment.speaker)
        frame = responses.argmax(axis=1)
        peak = responses[np.arange(len(frame)), frame]
        more = peak > self.peaks[layer][speaker]
        self.peaks[layer][speaker, more] = peak[more]
        self.moments[layer][:, speaker, more] = np.stack([np.full(int(more.sum()), number), frame[more]])
        other = 1 - int(self.subject.coding.folds[speaker] % 2)
        known = {phone: units for (half, phone), units in self.regions[layer].items() if half == other and len(units)}
        for token in self.subject.tokens[segment.utterance]:
            phone = self.subject.coding.phones[token.phone]
            if phone in known:
                self._compare(layer, phone, segment, token, responses[known[phone]].mean(axis=0))

    def _compare(self, layer: int, phone: str, segment: Segment, token: Token, course: NDArray[np.float32]) -> None:
        """Keep the token if no other one of its speaker excites the region as much; `course` ``(frames,)``."""
        clock = self.subject.layers[layer].clock
        spans = clock.spans(np.array([token.onset_s]), np.array([token.offset_s]), len(course))
        begin, end = int(spans.first[0]), int(spans.end[0])
        response, key = float(course[begin:end].mean()), (layer, phone, segment.speaker)
        if response > 0 and (key not in self.tokens or response > self.tokens[key].response):
            self.tokens[key] = Excited(segment, token, begin, end, response)
