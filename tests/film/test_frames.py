"""What the film is given of a recogniser: its responses, when they are, and its letters in time."""

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
import torch

from film_parts import HOP_S, LAYERS, index, network, saved
from phonotopy.activations.frames import answers, decibels, letters_in_time
from phonotopy.recogniser.decoding import decode
from phonotopy.recogniser.features import LogMel

MEL = LogMel(16000, 0.025, 0.010, 24, 60, 7600)


@pytest.mark.parametrize("condition", LAYERS)
def test_answers_are_the_responses_of_the_network_and_what_it_spells(tmp_path: Path, condition: str) -> None:
    segments = index().segments[:2]
    found, clock = answers(saved(tmp_path, condition), torch.device("cpu"), index(), segments)
    for one, segment in zip(found, segments, strict=True):
        output = network(condition)(torch.from_numpy(index().of(segment).copy())[None], torch.tensor([segment.frames]))
        for mine, theirs in zip(one.responses, output.responses, strict=True):
            np.testing.assert_array_equal(mine, theirs[0].T.detach().numpy())
        spelled = decode(output.log_probs, output.lengths, index().alphabet)
        assert ["".join(letter for letter, _ in one.letters)] == spelled
        frames = [centre(LAYERS[condition], frame) * HOP_S for frame in range(len(one.responses[-1]))]
        assert frames == pytest.approx([clock.offset_s + clock.stride_s * frame for frame in range(len(frames))])
    assert any(one.letters for one in found)


def centre(layers: list[dict[str, int]], frame: float) -> float:
    """The feature frame in the middle of all that a frame of the last layer looks at, layer by layer downwards."""
    for layer in reversed(layers):
        first = frame * layer["stride"] - layer["kernel"] // 2
        frame = (first + first + layer["kernel"] - 1) / 2
    return frame


@pytest.mark.parametrize("seed", range(20))
def test_letters_in_time_spell_what_decoding_spells(seed: int) -> None:
    best = np.random.default_rng(seed).choice([0, 0, 1, 2, 3, 3], size=60)
    one_hot = torch.nn.functional.one_hot(torch.from_numpy(best), 4).float()[None]
    letters = letters_in_time(best, " ab")
    assert "".join(letter for letter, _ in letters) == decode(one_hot, torch.tensor([60]), " ab")[0]
    runs = [next(run)[0] for _, run in groupby(enumerate(best.tolist()), key=lambda item: item[1])]
    assert {frame for _, frame in letters} <= set(runs)
    assert all(" ab"[best[frame] - 1] == letter for letter, frame in letters)


def test_nothing_but_blanks_and_spaces_spells_nothing() -> None:
    assert letters_in_time(np.array([0, 1, 1, 0, 1]), " ab") == []


def test_a_tone_is_loudest_in_its_band_and_silence_is_finite() -> None:
    tone = np.sin(2 * np.pi * 2000 * np.arange(8000) / 16000).astype(np.float32)
    tone[4000:] = 0
    found = decibels(tone, MEL)
    assert found.max() == 0 and np.isfinite(found).all()
    low, high, there = (2595 * np.log10(1 + hertz / 700) for hertz in (60, 7600, 2000))
    assert abs(found[10].argmax() - ((there - low) / (high - low) * 25 - 1)) <= 1
    assert (found[-5:] < -100).all()
    assert np.isfinite(decibels(np.zeros(8000, np.float32), MEL)).all()
