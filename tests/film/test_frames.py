"""What the film is given of a recogniser: its responses, when they are, and its letters in time."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
import torch

import reference_recogniser as reference
from film_parts import ALPHABET, HOP_S, SEGMENTS, SETTINGS, index, network, saved
from phonotopy.activations.frames import Answer, answers, decibels, letters_in_time
from phonotopy.activations.respond import evoked
from phonotopy.recogniser.decoding import decode
from phonotopy.recogniser.features import LogMel

MEL = LogMel(16000, 0.025, 0.010, 24, 60, 7600)


def test_answers_are_the_responses_of_the_network_and_what_it_spells(tmp_path: Path) -> None:
    checkpoint = saved(tmp_path)
    found, clock = answers(checkpoint, torch.device("cpu"), index(), SEGMENTS)
    for one, segment in zip(found, SEGMENTS, strict=True):
        ((_, alone),) = next(evoked(network(), index(), [segment], ALPHABET))
        for mine, theirs in zip(one.responses, alone, strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1e-6)
        features = torch.from_numpy(np.array(index().of(segment)))[None]
        output = network()(features, torch.tensor([segment.frames]))
        assert "".join(letter for letter, _ in one.letters) == decode(output.log_probs, output.lengths, ALPHABET)[0]
    assert any(one.letters for one in found)
    assert (clock.stride_s, clock.offset_s) == pytest.approx(centres_of_last_layer(), abs=1e-12)


def centres_of_last_layer() -> tuple[float, float]:
    """Stride and first centre of the last layer, from where single inputs show in a network without padding's help."""
    kernels, strides = [layer["kernel"] for layer in SETTINGS], [layer["stride"] for layer in SETTINGS]
    return reference.stride_and_first_centre(kernels, strides, HOP_S)


def test_frame_times_are_where_a_click_is_answered() -> None:
    """A slow reference: a change of feature frame t changes just the frames whose receptive fields hold t."""
    features = torch.from_numpy(np.array(index().of(SEGMENTS[0])))[None]
    lengths = torch.tensor([SEGMENTS[0].frames])
    plain = network()(features, lengths).responses
    stride, first = centres_of_last_layer()
    half = (reference.field(SETTINGS) - 1) / 2 * HOP_S
    for frame in (20, 41):
        touched = features.clone()
        touched[0, frame] += 100 * torch.randn(features.shape[2], generator=torch.Generator().manual_seed(frame))
        changed = (network()(touched, lengths).responses[-1] != plain[-1])[0].any(dim=0).nonzero()[:, 0].tolist()
        times = [first + stride * j for j in range(plain[-1].shape[2])]
        within = [j for j, time in enumerate(times) if abs(time - frame * HOP_S) <= half + 1e-9]
        assert set(changed) <= set(within)
        assert changed, "somewhere it is answered"
        assert abs(np.mean([times[j] for j in changed]) - frame * HOP_S) < half / 2


@pytest.mark.parametrize("seed", range(20))
def test_letters_in_time_spell_what_decoding_spells(seed: int) -> None:
    best = np.random.default_rng(seed).choice([0, 0, 1, 2, 3, 3], size=60)
    one_hot = torch.nn.functional.one_hot(torch.from_numpy(best), 4).float()[None]
    letters = letters_in_time(best, " ab")
    assert "".join(letter for letter, _ in letters) == decode(one_hot, torch.tensor([60]), " ab")[0]
    starts = {frame for _, frame in runs(best)}
    assert all(frame in starts and " ab"[best[frame] - 1] == letter for letter, frame in letters)


def runs(best: np.ndarray) -> list[tuple[int, int]]:
    """Symbols and first frames of runs."""
    frames = [list(group) for _, group in groupby(enumerate(best.tolist()), key=lambda item: item[1])]
    return [(group[0][1], group[0][0]) for group in frames]


def test_nothing_but_blanks_spells_nothing() -> None:
    assert letters_in_time(np.zeros(9, np.int64), "ab") == []


def test_a_tone_is_loudest_in_its_band_and_silence_is_finite() -> None:
    time = np.arange(8000) / 16000
    tone = np.sin(2 * np.pi * 2000 * time).astype(np.float32)
    tone[4000:] = 0
    found = decibels(tone, MEL)
    assert found.max() == 0 and np.isfinite(found).all()
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (60, 7600))
    band = (2595 * np.log10(1 + 2000 / 700) - low) / (high - low) * 25 - 1
    assert abs(found[10].argmax() - band) <= 1
    assert (found[-5:] < -100).all()
    assert np.isfinite(decibels(np.zeros(8000, np.float32), MEL)).all()


def test_an_answer_is_whole() -> None:
    assert Answer._fields == ("responses", "letters")
    assert isinstance(Answer([], []), Mapping) is False
