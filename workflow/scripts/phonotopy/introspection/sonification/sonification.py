"""What drives the regions of a recogniser, as sound: trials of all layers, phones and speakers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.activations.read import Responses
from phonotopy.audio.waveform import read_mono
from phonotopy.core import steps
from phonotopy.core.seeds import stream
from phonotopy.core.tables import write_table
from phonotopy.introspection.measures import write_measures
from phonotopy.introspection.random_weights import redrawn
from phonotopy.introspection.sonification.back_projection import METHODS
from phonotopy.introspection.sonification.held_out import BATCH_FRAMES, Excited, Listener, Regions, regions_of
from phonotopy.introspection.sonification.listening_page import Sound, write_page, write_sounds
from phonotopy.introspection.sonification.mask_centroids import mask_centroid
from phonotopy.introspection.sonification.resynthesis import Resynthesis
from phonotopy.introspection.sonification.sonification_tables import EXAMPLES, SUMMARY, TABLES, TRIALS, summary_rows
from phonotopy.introspection.sonification.spectral_masks import centroids
from phonotopy.introspection.sonification.trial import Networks, Sounded, Targets, Trial, sounded
from phonotopy.introspection.subject import Subject
from phonotopy.selectivity.d_prime import Criteria

__all__ = ["TABLES", "Sonification", "write"]

Row = dict[str, Any]
Units = NDArray[np.int64]
FRESH = 40  # utterances from which new random weights take their normalisation
FAINTEST_DB = -120.0
SHOWN = "gradient_input"  # the method of the examples


@dataclass
class Sonification:
    """Sonifies the regions of `phones`; `audio` are paths of recordings by utterance.

    ``examples`` and ``sounds`` are of the strongest token of each phone and layer, and stay empty where `private`.
    """

    subject: Subject
    phones: Sequence[str]
    audio: Mapping[str, str]
    seed: int
    private: bool
    examples: list[Row] = field(default_factory=list)
    sounds: list[Sound] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.resynthesis = Resynthesis.of(self.subject.settings)
        fresh = self.subject.batches(BATCH_FRAMES, self.subject.segments[:FRESH])
        other = self.subject.given(redrawn(self.subject.network, 1, self.seed, list(fresh)))
        self.networks = Networks(self.subject, other)

    def listen(self, responses: Responses, criteria: Criteria) -> Listener:
        """Find regions, and what excites them and every unit most."""
        known = [phone for phone in self.phones if phone in self.subject.coding.phones]
        found = {layer: regions_of(responses, layer, known, criteria) for layer in self.subject.layers}
        listener = Listener(self.subject, found)
        listener.listen()
        return listener

    def rows(self, listener: Listener) -> Iterator[Row]:
        """Rows of all trials."""
        for number, layer in enumerate(self.subject.layers, start=1):
            for phone in self.phones:
                yield from self._of_phone(listener, layer, phone)
            steps.log("layer", number, len(self.subject.layers), f"regions of {len(self.phones)} phones")

    def _of_phone(self, listener: Listener, layer: int, phone: str) -> Iterator[Row]:
        speakers = self.subject.coding.speakers
        excited = {one: listener.tokens.get((layer, phone, one)) for one in speakers}
        strongest = max((one.response for one in excited.values() if one), default=0.0)
        for index, speaker in enumerate(speakers):
            given: Row = {**dict.fromkeys(TRIALS.columns), "layer": layer, "phone": phone, "speaker": speaker}
            token = excited[speaker]
            targets = self._targets(
                listener.regions[layer], layer, phone, 1 - int(self.subject.coding.folds[index] % 2)
            )
            found = self._tried(layer, token, targets, shown=token is not None and token.response == strongest)
            if not found:
                known = phone in self.subject.coding.phones
                status = "no such label" if not known else "no token" if len(targets.region) else "no region"
                yield from (
                    given | {"method": method, "units": len(targets.region), "status": status} for method in METHODS
                )
            yield from (given | {"units": len(targets.region), **row} for row in found)

    def _targets(self, regions: Regions, layer: int, phone: str, half: int) -> Targets:
        """The region, random units outside it, and the region of another phone that shares fewest units with it."""
        region = regions.get((half, phone), np.empty(0, np.int64))
        outside = np.setdiff1d(np.arange(self.subject.layers[layer].grid.units), region)
        random = stream("random units", self.seed, layer, phone, half)
        chosen = np.sort(random.choice(outside, min(len(region), len(outside)), replace=False))
        others = [units for (of, name), units in regions.items() if of == half and name != phone and len(units)]
        other = min(others, key=lambda units: len(np.intersect1d(units, region)) / len(units), default=chosen)
        return Targets(region, chosen, other)

    def _tried(self, layer: int, token: Excited | None, targets: Targets, *, shown: bool) -> list[Row]:
        if token is None or not len(targets.random):
            return []
        path = self.audio[token.segment.utterance]
        samples = torch.from_numpy(read_mono(path, self.resynthesis.analysis.sample_rate_hz))
        trial = Trial.of(self.subject, layer, token, samples, self.resynthesis)
        found = sounded(self.networks, layer, trial, targets)
        files = self._keep(layer, token, trial, found) if shown and found and not self.private else {}
        return [self._row(one, token) | {"file": files.get(one.method, "")} for one in found]

    def _row(self, one: Sounded, token: Excited) -> Row:
        found: Row = {
            "method": one.method,
            "token": f"{token.segment.utterance} {token.token.onset_s:g}",
            "energy_share": one.energy_share,
            "centroid_hz": float(centroids(one.mask, self.resynthesis.centres_hz)),
            "status": "ok",
        }
        return found | one.kept | {f"similarity_{name}": value for name, value in one.similar.items()}

    def _keep(self, layer: int, token: Excited, trial: Trial, found: Sequence[Sounded]) -> dict[str, str]:
        """Keep the sounds and the spectra of a token; the names of their files by method."""
        phone = self.subject.coding.phones[token.token.phone]
        sounds: dict[str, torch.Tensor] = {"original": trial.cut}
        sounds.update((str(one.method), one.sound) for one in found)
        kept = [Sound(layer, phone, name, samples) for name, samples in sounds.items()]
        self.sounds += kept
        (shown,) = (one for one in found if one.method == SHOWN)
        self.examples += _example(layer, phone, token, trial, shown, self.resynthesis)
        return {sound.name: sound.file for sound in kept}


def _example(
    layer: int, phone: str, token: Excited, trial: Trial, shown: Sounded, resynthesis: Resynthesis
) -> Iterator[Row]:
    powers = torch.stack([trial.power, trial.inside(resynthesis.power(shown.sound))])
    levels = (10 * torch.log10(powers / trial.power.max())).clamp(min=FAINTEST_DB).tolist()
    hop, onset, mask = resynthesis.analysis.hop_s, token.token.onset_s, shown.mask.tolist()
    for frame in range(len(mask)):
        time = round(1000 * ((trial.window.first + frame) * hop - onset), 3)
        for band, centre in enumerate(resynthesis.centres_hz.tolist()):
            cells = (time, centre, levels[0][frame][band], mask[frame][band], levels[1][frame][band])
            names = ("time_ms", "band_hz", "original_db", "mask", "result_db")
            yield {"layer": layer, "phone": phone, **dict(zip(names, cells, strict=True))}


def write(paths: Mapping[str, Any], made: Sonification, listener: Listener) -> None:
    """Write everything, by the stems of the files."""
    trials = list(made.rows(listener))
    write_table(paths["sonification"], TRIALS.columns, trials)
    write_table(paths["sonification_summary"], SUMMARY.columns, summary_rows(trials, list(made.subject.layers)))
    write_table(paths["sonification_examples"], EXAMPLES.columns, made.examples)
    rate = made.resynthesis.analysis.sample_rate_hz
    write_sounds(paths["sounds"], made.sounds, rate)
    write_page(paths["listening"], made.sounds, rate, private=made.private)
    measures = {layer: [mask_centroid(listener, layer, made.resynthesis)] for layer in made.subject.layers}
    write_measures(paths["sonification_measures"], measures, made.subject.positions)
