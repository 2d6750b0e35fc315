"""What a recogniser and its untrained twin do with segments of speech at several tempos."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from phonotopy.core.errors import InputError
from phonotopy.core.seeds import key as key_of
from phonotopy.introspection.random_weights import untrained
from phonotopy.introspection.subject import Subject
from phonotopy.introspection.windows.invariance import Curves, invariance
from phonotopy.introspection.windows.stretches import Stretch, chosen_stretches, cut
from phonotopy.introspection.windows.window_lengths import Windows, windows_of
from phonotopy.recogniser.augmentation import at_tempo
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Recogniser, Timing, timings
from phonotopy.recogniser.recognise import rates as error_rates
from phonotopy.recogniser.recognise import recognise

__all__ = ["FEWEST", "NETWORKS", "Answer", "Settings", "answers", "letter_errors", "stretches_of"]

logger = logging.getLogger("phonotopy")
NETWORKS = ("trained", "untrained")
NATURAL = 1.0
FEWEST = 20  # segments that a unit responds to
FEWEST_DURATIONS = 3
BATCH_FRAMES = 6000  # feature frames; bounds memory
SETTING = "introspection.windows"


@dataclass(frozen=True)
class Settings:
    """The settings `introspection.windows`, with the number of samples of speakers and the seed."""

    durations_s: Sequence[float]
    segments: int
    threshold: float
    slow: float
    fast: float
    bootstraps: int
    seed: int

    @classmethod
    def of(cls, settings: Mapping[str, Any], bootstraps: int, seed: int) -> "Settings":
        """From the section of the configuration."""
        return cls(**settings, bootstraps=bootstraps, seed=seed)

    @property
    def rates(self) -> tuple[float, float, float]:
        """Slow, natural and fast tempo."""
        return self.slow, NATURAL, self.fast

    def durations(self, layers: Mapping[int, Timing], hop_s: float) -> list[int]:
        """Durations in feature frames, up to the first that holds the largest field and a stride.

        Beyond it, contexts cannot matter. InputError where a layer has too few.
        """
        frames = sorted(
            {round(one / hop_s) for one in self.durations_s if abs(one / hop_s - round(one / hop_s)) < 1e-6}
        )
        enough = max(timing.field + timing.stride for timing in layers.values())
        kept = [one for one, before in zip(frames, [0, *frames], strict=False) if one > 0 and before < enough]
        for layer, timing in layers.items():
            if sum(one % timing.stride == 0 for one in kept) < FEWEST_DURATIONS:
                found = f"under {FEWEST_DURATIONS} multiples of the stride of layer {layer}"
                expected = f"more multiples of {timing.stride * hop_s:g} s"
                raise InputError(f"{SETTING}.durations_s", found, expected, "add some, or leave the layer out")
        return kept


@dataclass(frozen=True)
class Answer:
    """Curves and windows by layer, of one of the `NETWORKS` at one tempo; `hop_ms` is the time of a feature frame."""

    network: str
    rate: float
    hop_ms: float
    curves: Mapping[int, Curves]
    windows: Mapping[int, Windows]


def timings_of(subject: Subject) -> dict[int, Timing]:
    """When the layers asked about look, in feature frames."""
    every = dict(enumerate(timings(subject.network.layers), start=1))
    return {number: every[number] for number in subject.layers}


def stretches_of(subject: Subject, settings: Settings) -> list[Stretch]:
    """Stretches that hold the longest segment at every tempo, the same for all recognisers of one shape."""
    hop_s = float(subject.settings["hop_s"])
    longest = settings.durations(timings_of(subject), hop_s)[-1]
    spoken = {
        name: (min(one.onset_s for one in own) / hop_s, max(one.offset_s for one in own) / hop_s)
        for name, own in subject.tokens.items()
        if own
    }
    frames = int(np.ceil(longest * max(settings.rates))) + 1
    given = {"frames": frames, "number": settings.segments, "key": key_of("windows", settings.seed)}
    found = chosen_stretches(subject.segments, spoken, subject.coding.speakers, **given)
    if len(found) < FEWEST:
        text = f"{len(found)} stretches of {frames * hop_s:g} s in the speech that is mapped"
        advice = "map more speech (activations.splits), or ask about layers of smaller receptive fields"
        raise InputError(f"{SETTING}.segments", text, f"at least {FEWEST}", advice)
    return found


def answers(subject: Subject, stretches: Sequence[Stretch], settings: Settings, seed: int) -> Iterator[Answer]:
    """Answers of both networks at every tempo; `seed` is that of the training, and of its twin's first weights."""
    used = list(dict.fromkeys(one.segment for one in stretches))
    twin = untrained(subject.network, seed, subject.batches(BATCH_FRAMES, used))
    for name, network in zip(NETWORKS, (subject.network, twin), strict=True):
        for rate in settings.rates:
            yield _answer(subject, name, network, stretches, settings, rate)
            logger.info("%s network, tempo %g", name, rate)


def _answer(
    subject: Subject, name: str, network: Recogniser, stretches: Sequence[Stretch], settings: Settings, rate: float
) -> Answer:
    hop_s, layers = float(subject.settings["hop_s"]), timings_of(subject)
    durations = settings.durations(layers, hop_s)
    speaker = np.array([one.speaker for one in stretches])
    half = subject.coding.folds % 2
    key = key_of("windows", settings.seed)
    pieces = cut(subject.index, stretches, rate, durations[-1])
    curves = invariance(_listener(network, layers), layers, pieces, speaker, half, durations, key)
    own = {"fewest": FEWEST, "bootstraps": settings.bootstraps if name == NETWORKS[0] else 0, "key": key}
    hop_ms = 1000 * hop_s
    windows = {layer: windows_of(found, hop_ms, settings.threshold, **own) for layer, found in curves.items()}
    return Answer(name, rate, hop_ms, curves, windows)


def _listener(network: Recogniser, layers: Mapping[int, Timing]) -> Callable[[torch.Tensor], dict[int, torch.Tensor]]:
    """From features ``(1, frames, bands)`` to responses ``(units, frames)`` by layer."""

    @torch.no_grad()
    def listen(features: torch.Tensor) -> dict[int, torch.Tensor]:
        length = torch.tensor([features.shape[1]], device=network.device)
        responses = network(features.to(network.device), length).responses
        return {number: responses[number - 1][0].float() for number in layers}

    return listen


def letter_errors(subject: Subject, stretches: Sequence[Stretch], settings: Settings) -> Iterator[dict[str, object]]:
    """Rows of window_rates.tsv: character error rate of the utterances that segments are cut from, by tempo."""
    used = list(dict.fromkeys(one.segment for one in stretches))
    for rate in settings.rates:
        index = _at_tempo(subject.index, used, rate)
        found, _ = recognise(subject.network, index, index.segments, BATCH_FRAMES, subject.alphabet)
        yield {"rate": rate, "utterances": len(found), "letter_error_rate": error_rates(found)[0]}


def _at_tempo(index: FeatureIndex, segments: Sequence[Segment], rate: float) -> FeatureIndex:
    """Features of some utterances at another tempo, in memory."""
    arrays = [at_tempo(np.array(index.of(segment)), rate) for segment in segments]
    first = np.cumsum([0, *map(len, arrays)])
    moved = [
        replace(segment, first_frame=int(start), frames=len(array))
        for segment, start, array in zip(segments, first, arrays, strict=False)
    ]
    return FeatureIndex(np.concatenate(arrays), tuple(moved))
