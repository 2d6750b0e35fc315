"""Saliency-adjusted profiles of networks whose wiring is known, and of the exact gradients."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from phonotopy.activations.accumulate import Coding, Token
from phonotopy.activations.read import Cells, Tokens
from phonotopy.activations.respond import layers_of as clocked
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.core.seeds import stream
from phonotopy.introspection.saliency.gather_saliency import donors, gathered
from phonotopy.introspection.saliency.saliency_maps import Layout, Variant, topography_rows
from phonotopy.introspection.saliency.saliency_variants import exchanged_sums, lags, sums
from phonotopy.introspection.saliency.spelled_groups import Profiles, group_rows
from phonotopy.introspection.saliency.spoken_blocks import blocks
from phonotopy.introspection.saliency.token_gradients import evoked_from, patches
from phonotopy.introspection.subject import Subject
from phonotopy.introspection.token_scores import Target, score
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Layer, Recogniser
from phonotopy.selectivity.d_prime import d_prime

HOP_S, WINDOW_S = 0.01, 0.025
ALPHABET = "ab"
QUEEN: Contiguity = "queen"


def subject_of(network: Recogniser, arrays: list[np.ndarray], tokens: list[list[Token]], speakers: int) -> Subject:
    """A subject that is given features `(frames, bands)` of utterances whose speakers take turns."""
    firsts = np.concatenate([[0], np.cumsum([len(array) for array in arrays])])
    segments = tuple(
        Segment(f"u{n}", f"s{n % speakers}", "test", int(firsts[n]), len(array), "ab") for n, array in enumerate(arrays)
    )
    index = FeatureIndex(np.concatenate(arrays).astype(np.float32), segments)
    settings = {"hop_s": HOP_S, "window_s": WINDOW_S, "alphabet": ALPHABET}
    layers = {layer.number: layer for layer in clocked(network, settings)}
    units = {number: np.arange(layer.grid.units) for number, layer in layers.items()}
    named = {segment.utterance: own for segment, own in zip(segments, tokens, strict=True)}
    coding = Coding(("A", "B", "C"), tuple(sorted({segment.speaker for segment in segments})))
    return Subject(network.eval(), settings, index, segments, named, coding, layers, units)


def random_subject() -> Subject:
    """Three layers with strides and random weights and statistics; utterances of unlike lengths full of tokens."""
    torch.manual_seed(3)
    grid = Grid(3, 4)
    network = Recogniser(5, [Layer(12, 5, 2, grid), Layer(12, 3, 2, grid), Layer(12, 3, 1, grid)], 2, 0.0)
    for block in network.blocks:
        block.normalisation.running_mean.normal_()
        block.normalisation.running_var.uniform_(0.5, 2.0)
        torch.nn.init.normal_(block.normalisation.weight)
        torch.nn.init.normal_(block.normalisation.bias)
    random = stream("random subject")
    arrays = [random.normal(size=(frames, 5)) for frames in (60, 83, 41, 77)]
    tokens = [
        [Token((n + m) % 3, m * 0.07, m * 0.07 + 0.07, True) for m in range(len(array) // 7)]
        for n, array in enumerate(arrays)
    ]
    return subject_of(network, arrays, tokens, 2)


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_gradients_and_responses_are_those_of_a_backward_pass(layer: int) -> None:
    subject = random_subject()
    for block in blocks(subject):
        found = dict(patches(subject.network, block.evoked, *block.tensors()))[layer]
        for token in range(len(block.phone)):
            utterance = slice(block.utterance[token], block.utterance[token] + 1)
            signal = block.evoked.responses[layer][utterance].detach().clone().requires_grad_()
            above = evoked_from(subject.network, layer, signal, block.evoked.lengths[layer][utterance])
            log_probs = subject.network.readout(above.responses[3]).log_softmax(dim=1)[0].T
            score(log_probs, Target(int(block.frame[token]), int(block.symbol[token]))).backward()
            expected = np.zeros((len(found.gradients[token]), 12))
            frames = int(found.start[token]) + np.arange(len(expected))
            inside = (frames >= 0) & (frames < int(block.evoked.lengths[layer][utterance]))
            assert signal.grad is not None
            expected[inside] = signal.grad[0].T.numpy()[frames[inside]]
            np.testing.assert_allclose(found.gradients[token].detach().numpy(), expected, atol=1e-5)
            spoken = int(block.evoked.lengths[layer][utterance])  # beyond it, a batch has zeros that nothing changes
            outside = np.setdiff1d(np.arange(spoken), frames[inside])
            assert not signal.grad[0, :, outside].any()  # the patch holds all of it
            kept = found.responses[token].detach().numpy()
            np.testing.assert_array_equal(kept[inside], signal.detach()[0].T.numpy()[frames[inside]])


def test_relevance_of_the_last_layer_and_the_biases_add_up_to_the_score() -> None:
    subject = random_subject()
    bias = subject.network.readout.bias
    assert bias is not None
    for block in blocks(subject):
        number, patch = next(patches(subject.network, block.evoked, *block.tensors()))
        assert number == 3
        relevance = sums(patch.responses.detach().numpy(), patch.gradients.detach().numpy()).relevance.sum(axis=1)
        log_probs = subject.network.readout(block.evoked.responses[3]).log_softmax(dim=1).transpose(1, 2)
        for token, found in enumerate(relevance):
            own = log_probs[block.utterance[token]]
            target = Target(int(block.frame[token]), int(block.symbol[token]))
            expected = (score(own, target) - (bias[target.symbol] - bias[0])).item()
            assert found == pytest.approx(expected, abs=1e-5)


def pulses(jitter_s: float, copies: int = 40) -> Subject:
    """Units of one layer follow a pulse at random times about the middle of each token; one of six is wired to 'a'."""
    network = Recogniser(1, [Layer(6, 1, 1, Grid(2, 3)), Layer(6, 5, 1, Grid(2, 3))], 2, 0.0)
    with torch.no_grad():
        for block in network.blocks:
            block.normalisation.running_var.fill_(1.0 - block.normalisation.eps)
        network.blocks[0].convolution.weight.fill_(1.0)
        network.blocks[1].convolution.weight.zero_()
        network.blocks[1].convolution.weight[0, 0, 2] = 1.0  # the first unit of the second layer has the first of the
        network.readout.weight.zero_()  # first layer below it, and alone leads to the read-out
        network.readout.weight[1, 0, 0] = 2.0
        assert network.readout.bias is not None
        network.readout.bias.zero_()
    random = stream("pulses", copies)
    arrays, tokens = [], []
    for _ in range(copies):
        array, own = np.full((400, 1), -1.0), []
        for number in range(5):
            middle, jitter = 0.4 + 0.8 * number, float(random.uniform(-jitter_s, jitter_s))
            height = 1.0 + number % 3
            array[round((middle + jitter) / HOP_S), 0] = height * (1 + 0.1 * random.normal())
            own.append(Token(number % 3, middle - 0.12, middle + 0.12, True))
        arrays.append(array)
        tokens.append(own)
    return subject_of(network, arrays, tokens, 4)


def test_the_jitter_of_pulses_is_recovered_within_a_stride() -> None:
    subject, errors = pulses(0.08), []
    clock = replace(subject.layers[1].clock, field_s=0.3)  # reaches as far as the pulses
    for block in blocks(subject):
        patch = dict(patches(subject.network, block.evoked, *block.tensors()))[1]
        found = lags(patch, block, 1, clock)
        middle = (block.onset_s + block.offset_s) / 2
        responses = block.evoked.responses[1][:, 0].detach().numpy()
        for token, lag in enumerate(found.lag_s):
            first = round((middle[token] - 0.12) / HOP_S)
            pulse = (first + int(np.argmax(responses[block.utterance[token], first : first + 25]))) * HOP_S
            errors.append(abs(lag - (pulse - middle[token])))
    assert len(errors) == 200
    assert np.mean(np.array(errors) <= HOP_S + 1e-9) >= 0.99


def test_units_that_respond_alike_but_are_not_wired_have_no_relevance() -> None:
    subject = pulses(0.0)
    kept = gathered(subject, exchanges=2, key=1)[1]
    relevance, plain = (kept.cells(name, np.arange(6)).pooled() for name in ("relevance", "plain"))
    assert (relevance.mean[:, 1:] == 0).all() and (relevance.m2[:, 1:] == 0).all()
    assert (relevance.mean[:, 0] > 0.5).all()
    shown = d_prime(plain)
    np.testing.assert_allclose(shown, np.repeat(shown[:, :1], 6, axis=1), rtol=1e-6)
    assert (np.abs(shown).max(axis=0) > 1).all()


def test_the_result_is_the_same_however_utterances_are_cut_into_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = random_subject()
    whole = gathered(subject, exchanges=1, key=1)
    monkeypatch.setattr("phonotopy.introspection.saliency.spoken_blocks.BLOCK_FRAMES", 50)
    parts = gathered(subject, exchanges=1, key=1)
    for number, kept in whole.items():
        for name in ("plain", "aligned", "weighted", "relevance", "gradient"):
            first, second = kept.spoken[name], parts[number].spoken[name]
            np.testing.assert_array_equal(first.count, second.count)
            np.testing.assert_allclose(first.mean, second.mean, atol=1e-4)


def test_donors_are_tokens_of_other_phones_all_alike_often() -> None:
    phone = np.repeat([0, 1, 2], [5, 3, 2])
    found = donors(phone, 4000, 1)
    assert (phone[found] != phone).all()
    share = np.bincount(found[:, 0], minlength=10) / 4000
    np.testing.assert_allclose(share[phone != 0], 0.2, atol=0.03)
    assert (donors(np.zeros(4, dtype=np.int64), 3, 1) == np.arange(4)).all()


def test_exchanged_sums_take_responses_of_one_token_and_gradients_of_another() -> None:
    random = stream("exchanged sums")
    responses, gradients = (random.normal(size=(4, 3, 2)).astype(np.float32) for _ in range(2))
    responses, donor = np.abs(responses), np.array([2, 0, 3, 1])
    found, other = exchanged_sums(responses, gradients, donor), gradients[donor]
    np.testing.assert_allclose(found.relevance, (responses * other).sum(axis=1), rtol=1e-5)
    strength = np.abs(other).mean(axis=2).sum(axis=1)
    expected = (responses * np.abs(other)).sum(axis=1) / strength[:, None]
    np.testing.assert_allclose(found.weighted, expected, rtol=1e-5)


def grouped(effect: str, seed: int, phones: int = 10, letters: int = 6, noise: float = 3.0) -> Profiles:
    """Profiles of pairs that follow their phones, their letters, or both."""
    random = stream("grouped", effect, seed)
    keep = random.random((phones, letters)) < 0.6
    phone, letter = np.nonzero(keep)
    values = noise * random.normal(size=(2, len(phone), 40))
    if effect in ("phone", "both"):
        values += random.normal(size=(phones, 40))[phone]
    if effect in ("letter", "both"):
        values += random.normal(size=(letters, 40))[letter]
    return Profiles(values, phone, letter)


@pytest.mark.parametrize("effect", ["phone", "letter", "both"])
def test_profiles_that_follow_one_grouping_show_that_one_alone(effect: str) -> None:
    rows = {row["grouping"]: row for row in group_rows(grouped(effect, 0, noise=1.0), permutations=199, key=1)}
    for name, row in rows.items():
        if effect in (name, "both"):
            assert row["p"] == 0.005 and row["observed"] > 0.1
        else:
            assert row["p"] > 0.01 and abs(row["observed"]) < 0.05


def test_p_of_groups_is_uniform_where_profiles_follow_the_other_grouping() -> None:
    p = [
        next(
            row["p"]
            for row in group_rows(grouped("phone", seed), permutations=19, key=seed)
            if row["grouping"] == "letter"
        )
        for seed in range(200)
    ]
    assert abs(np.mean(np.array(p) <= 0.05) - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 200)


def test_groups_without_comparisons_are_not_testable() -> None:
    values = stream("lone groups").normal(size=(2, 3, 5))
    rows = list(group_rows(Profiles(values, np.arange(3), np.arange(3)), permutations=9, key=1))
    assert [row["status"] for row in rows] == ["not testable"] * 2
    assert [row["p"] for row in rows] == [None] * 2


def cells_of(maps: np.ndarray, speakers: int, noise: float, seed: int) -> Cells:
    """Cells by speaker of tokens that have the maps `(phones, units)` and noise."""
    random, (phones, units) = stream("cells", seed), maps.shape
    values = np.repeat(maps, 20 * speakers, axis=0) + noise * random.normal(size=(phones * 20 * speakers, units))
    names = tuple("ABCDEF"[:phones])
    phone, speaker = np.repeat(np.arange(phones), 20 * speakers), np.tile(np.arange(speakers), 20 * phones)
    tokens = Tokens(names, tuple(map(str, range(speakers))), phone, speaker, speaker, speaker)
    return Cells.of(values.astype(np.float32), tokens)


def test_a_variant_that_is_smoother_than_plain_shows_it_with_an_interval() -> None:
    grid, random = Grid(8, 8), stream("smooth maps of variants")
    rough = random.normal(size=(4, 64))
    smooth = np.stack([gaussian_filter(one.reshape(8, 8), 1.5).ravel() for one in rough])
    smooth /= smooth.std(axis=1, keepdims=True)
    plain, variant = (cells_of(maps, 6, 0.5, seed) for seed, maps in enumerate((rough, smooth)))
    layout = Layout(grid, QUEEN, np.arange(6) % 2)
    exchanged = [cells_of(rough, 6, 0.5, seed).pooled() for seed in range(10, 49)]
    found = Variant("relevance", variant, exchanged)
    rows = list(topography_rows(found, plain, np.ones(4, dtype=bool), layout, permutations=99, key=1))
    assert [row["null"] for row in rows] == ["positions"] * 5 + ["exchange"] * 5
    for row in (rows[4], rows[9]):
        assert row["phone"] == "mean" and row["p"] <= 0.05
        assert 0.3 < row["difference_low"] < row["difference"] < row["difference_high"] < 1.2
        assert row["morans_i"] - row["plain"] == pytest.approx(row["difference"])
        assert row["reliability"] > 0.9


def test_maps_without_spread_are_not_testable() -> None:
    cells = cells_of(np.zeros((3, 16)), 4, 0.0, 0)
    layout = Layout(Grid(4, 4), QUEEN, np.arange(4) % 2)
    (row,) = topography_rows(Variant("plain", cells, []), cells, np.ones(3, dtype=bool), layout, permutations=9, key=1)
    assert row["status"] == "not testable" and row["p"] is None
