"""What a recogniser makes of single utterances, frame by frame: responses of all layers, and letters in time."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.activations.clock import Clock
from phonotopy.activations.respond import layers_of
from phonotopy.recogniser.checkpoint import load_recogniser
from phonotopy.recogniser.decoding import BLANK
from phonotopy.recogniser.features import FeatureIndex, LogMel, Segment

__all__ = ["Answer", "answers", "decibels", "letters_in_time"]


class Answer(NamedTuple):
    """Responses ``(frames, units)`` of each layer, and decoded letters, each with its frame of the last layer."""

    responses: list[NDArray[np.float32]]
    letters: list[tuple[str, int]]


@torch.no_grad()
def answers(
    checkpoint: str | Path, device: torch.device, index: FeatureIndex, segments: Sequence[Segment]
) -> tuple[list[Answer], Clock]:
    """What a recogniser answers in evaluation mode, an utterance at a time, and the clock of its last layer."""
    network, settings = load_recogniser(checkpoint)
    network.to(device)
    found = []
    for segment in segments:
        features = torch.from_numpy(np.array(index.of(segment)))[None].to(device)
        output = network(features, torch.tensor([segment.frames], device=device))
        best = output.log_probs[0].argmax(dim=1).cpu().numpy()
        responses = [layer[0].T.float().cpu().numpy() for layer in output.responses]
        found.append(Answer(responses, letters_in_time(best, settings["alphabet"])))
    return found, layers_of(network, settings)[-1].clock


def letters_in_time(best: NDArray[np.int64], alphabet: str) -> list[tuple[str, int]]:
    """Letters of the best path ``(frames,)``, each at the first frame of its run; spaces stand between words alone."""
    found: list[tuple[str, int]] = []
    frame = 0
    for symbol, run in groupby(best.tolist()):
        letter = "" if symbol == BLANK else alphabet[symbol - 1]
        if letter and (letter != " " or (found and found[-1][0] != " ")):
            found.append((letter, frame))
        frame += len(list(run))
    return found[:-1] if found and found[-1][0] == " " else found


def decibels(samples: NDArray[np.float32], analysis: LogMel) -> NDArray[np.float32]:
    """Mel spectrogram ``(frames, bands)`` in dB below its loudest point, at most 0; frame ``t`` is centred on a hop."""
    power = analysis.transform()(torch.from_numpy(samples)).T
    loudest = power.max().clamp(min=torch.finfo(power.dtype).tiny)
    relative = (power / loudest).clamp(min=torch.finfo(power.dtype).tiny)
    return np.asarray((10 * relative.log10()).numpy(), dtype=np.float32)
