"""Responses: the rule from time to frame, moments and onset-locked means against loops, files as promised."""

from pathlib import Path

import numpy as np
import pytest
import torch

import reference_recogniser as reference
from phonotopy.activations.accumulate import Coding, LayerResponses, Token, aligned, tokens_of
from phonotopy.activations.clock import Clock
from phonotopy.activations.gather import Paths, _runs
from phonotopy.activations.read import Responses, Tokens
from phonotopy.activations.respond import clocks, evoked, respond
from phonotopy.annotation.intervals import Interval
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import Inventory, Phone
from phonotopy.core.tables import read_table
from phonotopy.recogniser.network import Recogniser, layers_of, timings
from small_features import made_up

CLOCK = Clock(stride_s=0.02, offset_s=0.005, field_s=0.1)
INVENTORY = Inventory(tuple(Phone(label, label, "stop", "velar", False, label) for label in ("K", "T", "AA")))


def test_token_means_equal_their_loop() -> None:
    random = np.random.default_rng(0)
    responses = random.random((60, 4)).astype(np.float32)
    onset = random.uniform(0, 1.15, 40)
    offset = onset + random.uniform(0.001, 0.08, 40)
    kept = LayerResponses(4, CLOCK, Coding(("K",), ("a",)), (-0.1, 0.1))
    tokens = [Token(0, *times, True) for times in zip(onset, offset, strict=True)]
    means = kept.add([(0, tokens, responses)])
    for row, (start, end) in enumerate(zip(onset, offset, strict=True)):
        expected = reference.token_mean(responses.T.tolist(), start, end, 0.02, 0.005)
        np.testing.assert_allclose(means[row], expected, rtol=1e-5)
    assert 0 < kept.bare < 40


def test_frame_centred_on_the_onset_belongs_to_the_interval_and_on_the_offset_does_not() -> None:
    spans = Clock(0.01, 0.0, 0.025).spans(np.array([0.3]), np.array([0.6]), 100)
    assert (spans.first[0], spans.end[0], spans.bare[0]) == (30, 60, False)


def test_lags_are_whole_frames_within_the_range() -> None:
    assert CLOCK.lags(-0.05, 0.06).tolist() == [-2, -1, 0, 1, 2, 3]


def test_cells_and_onset_locked_means_equal_loops() -> None:
    random = np.random.default_rng(1)
    coding = Coding(("K", "T"), ("a", "b", "c"))
    kept = LayerResponses(3, CLOCK, coding, (-0.04, 0.04))
    every = []
    for _ in range(5):
        batch = []
        for _ in range(4):
            speaker, frames = int(random.integers(3)), int(random.integers(8, 20))
            responses = random.random((frames, 3)).astype(np.float32)
            onsets = np.sort(random.uniform(0, frames * 0.02, 6))
            batch.append((speaker, [Token(int(random.integers(2)), t, t + 0.03, True) for t in onsets], responses))
        kept.add(batch)
        every += batch
    arrays = kept.arrays()
    for speaker in range(3):
        for phone in range(2):
            found = [
                reference.token_mean(responses.T.tolist(), token.onset_s, token.offset_s, 0.02, 0.005)
                for who, tokens, responses in every
                for token in tokens
                if (who, token.phone) == (speaker, phone)
            ]
            assert arrays["count"][speaker, phone] == len(found)
            np.testing.assert_allclose(arrays["mean"][speaker, phone], np.mean(found, axis=0), rtol=1e-5)
            np.testing.assert_allclose(arrays["m2"][speaker, phone], np.var(found, axis=0) * len(found), rtol=1e-4)
    for index, lag in enumerate([-2, -1, 0, 1, 2]):
        values = [
            responses[frame]
            for who, tokens, responses in every
            for token in tokens
            if who % 2 == 1 and token.phone == 1
            for frame in [round((token.onset_s - 0.005) / 0.02) + lag]
            if 0 <= frame < len(responses)
        ]
        assert arrays["onset_count"][1, 1, index] == len(values)
        np.testing.assert_allclose(arrays["onset_mean"][1, 1, index], np.mean(values, axis=0), rtol=1e-6)


def test_cap_stores_so_many_tokens_a_phone_and_speaker() -> None:
    segments = made_up(splits=("test",)).segments
    coding = Coding.of(INVENTORY, segments)
    listed = {s.utterance: _of() for s in segments}
    tokens = tokens_of(listed, segments, coding, cap=3)
    stored = [token.phone for found in tokens.values() for token in found if token.stored]
    assert [stored.count(phone) for phone in range(3)] == [3, 3, 3]
    assert sum(len(found) for found in tokens.values()) == 16


def test_what_has_no_intervals_is_recognised_and_not_mapped() -> None:
    """Of an utterance that could not be aligned, or that nobody asked for."""
    segments = made_up(copies=3, splits=("train", "test")).segments
    tested = [one for one in segments if one.split == "test"]
    listed = {one.utterance: _of() for one in (*segments[:2], *tested[1:])}
    assert aligned(segments, ["test"], listed) == tested[1:]
    with pytest.raises(InputError, match="alignment: no aligned utterance in dev or train"):
        aligned(tested, ["dev", "train"], listed)


def _of() -> list[Interval]:
    labels = ("SIL", "K", "T", "AA", "K", "SIL")
    return [Interval(0.12 * n, 0.12 * (n + 1), label, None, "") for n, label in enumerate(labels)]


def test_a_label_outside_the_inventory_is_named() -> None:
    segments = made_up(splits=("test",)).segments
    listed = {s.utterance: [Interval(0.0, 0.1, "Q", None, "")] for s in segments}
    with pytest.raises(InputError, match=r"label 'Q' at 0\.0 s"):
        tokens_of(listed, segments, Coding.of(INVENTORY, segments), cap=3)


def test_files_hold_what_the_network_answers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    index = made_up(copies=2, splits=("test",))
    layers = layers_of(
        [{"filters": 4, "kernel": 5, "stride": 2}, {"filters": 6, "kernel": 3, "stride": 1}], torus=False
    )
    network = Recogniser(12, layers, len(index.alphabet), 0.0).eval()
    coding = Coding.of(INVENTORY, index.segments)
    tokens = tokens_of({s.utterance: _of() for s in index.segments}, index.segments, coding, 100)
    paths = Paths.of(tmp_path)
    settings = {"hop_s": 0.01, "window_s": 0.025, "alphabet": index.alphabet}
    respond(paths, network, settings, index, tokens, coding, (-0.1, 0.1))
    answers = {
        name: layers for batch in evoked(network, index, index.segments, index.alphabet) for name, layers in batch
    }
    times = clocks(timings(layers), 0.01, 0.025)
    rows = read_table(paths.tokens, {"onset_s": float, "offset_s": float})
    assert len(rows) == 4 * len(index.segments)
    found = Responses.open(paths.responses, paths.geometry, paths.placement)
    spoken = Tokens.read(paths.tokens, INVENTORY.labels, "speaker")
    for index, layer in enumerate(found.layers):
        means = found.token_means(layer, spoken)
        for row, mean in zip(rows, means, strict=True):
            responses = answers[row["utterance"]][index].T.tolist()
            clock = times[index]
            expected = reference.token_mean(responses, row["onset_s"], row["offset_s"], clock.stride_s, clock.offset_s)
            np.testing.assert_allclose(mean, expected, rtol=1e-4, atol=1e-6)
        saved = found.arrays(layer, "frame_comoment", "frame_count", "filter_cosine")
        speech = [responses[index][clock_frames(times[index], len(responses[index]))] for responses in answers.values()]
        expected_cov = np.cov(np.concatenate(speech).T.astype(np.float64))
        np.testing.assert_allclose(saved["frame_comoment"] / (saved["frame_count"] - 1), expected_cov, atol=1e-8)
        assert saved["filter_cosine"].shape == saved["frame_comoment"].shape
    assert [row["receptive_field_s"] for row in read_table(paths.geometry)] == ["0.065", "0.105"]


def clock_frames(clock: Clock, frames: int) -> list[int]:
    """Frames centred within 0.12 to 0.6 s, where the made-up tokens lie."""
    return [j for j in range(frames) if 0.12 - 1e-9 <= clock.offset_s + j * clock.stride_s < 0.6 - 1e-9]


@pytest.mark.parametrize(
    ("parts", "runs"),
    [
        ([(0, 3), (3, 2), (5, 4)], [(0, 9, 0)]),
        ([(7, 3), (3, 2), (5, 2)], [(0, 3, 7), (3, 7, 3)]),
        ([(4, 2), (6, 0), (6, 1)], [(0, 3, 4)]),
        ([(0, 0)], []),
    ],
)
def test_rows_that_follow_each_other_are_written_at_once(
    parts: list[tuple[int, int]], runs: list[tuple[int, int, int]]
) -> None:
    assert _runs(parts) == runs
