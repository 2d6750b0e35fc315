"""Methods of attribution on networks whose answer is known."""

import numpy as np
import pytest
import torch
from captum.attr import DeepLift
from scipy.stats import spearmanr, ttest_1samp
from torch import nn

from phonotopy.core.grid import Grid
from phonotopy.introspection.attribution.by_speaker_and_phone import Design, compared_rows
from phonotopy.introspection.attribution.deletion import FRACTIONS, area, curves, order
from phonotopy.introspection.attribution.explanations import METHODS, Course, explain
from phonotopy.introspection.attribution.likeness import between_speakers, like, partners, ranks
from phonotopy.introspection.attribution.spelled import Spelled, begins, responses, seen
from phonotopy.introspection.attribution.token_stretches import Stretches, cut
from phonotopy.recogniser.network import Layer, Recogniser

BANDS, LETTERS = 8, 5
LAYERS = [
    Layer(9, 5, 2, Grid(3, 3)),
    Layer(16, 3, 2, Grid(4, 4)),
    Layer(9, 3, 1, Grid(3, 3)),
]
COURSE = Course(256, (4, 4))


@pytest.fixture(scope="module")
def network():
    """A small network in evaluation mode whose normalisation is no identity."""
    torch.manual_seed(3)
    found = Recogniser(BANDS, LAYERS, LETTERS, 0.0)
    for block in found.blocks:
        block.normalisation.running_mean.normal_(0, 0.3)
        block.normalisation.running_var.uniform_(0.5, 2)
        block.normalisation.weight.data.uniform_(0.5, 2)
        block.normalisation.bias.data.normal_(0, 0.3)
    return found.eval()


def stretches_of(network, frames, lengths, targets):
    """Stretches of padded features ``(batch, frames, bands)`` that given read-out frames depend on."""
    blocks = list(network.blocks)
    first = [begins(blocks, target) for target in targets]
    pieces = [cut(one[:length], start, seen(blocks)) for one, length, start in zip(frames, lengths, first, strict=True)]
    start = torch.tensor(first)
    where = start[:, None] + torch.arange(seen(blocks))
    count = len(targets)
    return Stretches(
        torch.stack(pieces),
        start,
        torch.tensor(lengths),
        torch.arange(count) % LETTERS + 1,
        np.ones((count, seen(blocks)), dtype=bool),
        (where >= 0) & (where < torch.tensor(lengths)[:, None]),
        np.arange(count) % 3,
        np.arange(count) // 3,
        np.ones(count, dtype=bool),
    )


@pytest.fixture(scope="module")
def stretches(network):
    torch.manual_seed(4)
    targets, lengths = [0, 3, 6, 8, 9, 5], [40, 40, 37, 35, 40, 22]
    return stretches_of(network, torch.randn(6, 40, BANDS), lengths, targets)


def scores(network, stretches):
    with torch.no_grad():
        return Spelled(network)(stretches.features, *stretches.given())


def test_a_stretch_gives_what_the_whole_utterance_gives_also_at_its_ends(network):
    torch.manual_seed(4)
    frames, lengths, targets = torch.randn(6, 40, BANDS), [40, 40, 37, 35, 40, 22], [0, 3, 6, 8, 9, 5]
    frames *= (torch.arange(40) < torch.tensor(lengths)[:, None])[..., None]
    with torch.no_grad():
        whole = network(frames, torch.tensor(lengths))
    stretches = stretches_of(network, frames, lengths, targets)
    expected = [
        float(whole.log_probs[index, target, symbol] - whole.log_probs[index, target, 0])
        for index, (target, symbol) in enumerate(zip(targets, stretches.symbol.tolist(), strict=True))
    ]
    assert scores(network, stretches).tolist() == pytest.approx(expected, abs=1e-5)
    top = responses(list(network.blocks), stretches.features, stretches.first, stretches.lengths)
    assert top[1].tolist() == pytest.approx(whole.responses[-1][1, :, 3].tolist(), abs=1e-5)


class Linear(nn.Module):
    """What replaces a rectification where a network is to be linear."""

    def forward(self, values):
        return values


def linear(network):
    found = Recogniser(BANDS, LAYERS, LETTERS, 0.0)
    found.load_state_dict(network.state_dict())
    for block in found.blocks:
        block.rectification = Linear()
    return found.eval()


def test_on_a_linear_network_three_methods_are_one(network, stretches):
    model = Spelled(linear(network))
    found = [
        explain(name, model, stretches, COURSE) for name in ("input_x_gradient", "integrated_gradients", "deep_lift")
    ]
    assert float(found[0].abs().max()) > 0.01
    for other in found[1:]:
        assert float((other - found[0]).abs().max()) < 1e-4


@pytest.mark.parametrize(("name", "largest"), [("deep_lift", 1e-4), ("integrated_gradients", 1e-2)])
@pytest.mark.parametrize("baseline", [None, torch.linspace(-1, 1, BANDS)], ids=["mean", "silence"])
def test_attributions_sum_to_the_difference_of_scores(network, stretches, name, largest, baseline):
    found = explain(name, Spelled(network), stretches, COURSE, baseline).sum(dim=(1, 2))
    below = torch.zeros_like(stretches.features) if baseline is None else baseline * stretches.within[..., None]
    with torch.no_grad():
        difference = scores(network, stretches) - Spelled(network)(below, *stretches.given())
    assert float((found - difference).abs().mean() / difference.abs().mean()) < largest


class Whole(nn.Module):
    """One logit of a network as it is, whose frames beyond the end of an utterance are multiplied by 0."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, features, lengths):
        found = self.network(features, lengths).log_probs
        return found[:, 4, 2] - found[:, 4, 0]


def test_deep_lift_is_complete_in_the_network_with_short_utterances(network):
    torch.manual_seed(5)
    lengths = torch.tensor([40, 19, 23])
    x = torch.randn(3, 40, BANDS) * (torch.arange(40) < lengths[:, None])[..., None]
    model = Whole(network)
    found = DeepLift(model).attribute(x, torch.zeros_like(x), additional_forward_args=(lengths,)).sum(dim=(1, 2))
    with torch.no_grad():
        difference = model(x, lengths) - model(torch.zeros_like(x), lengths)
    assert float((found - difference).abs().max()) < 1e-4 * float(difference.abs().max())


def test_methods_that_change_rectification_differ_from_slopes(network, stretches):
    found = {name: explain(name, Spelled(network), stretches, COURSE).abs().flatten() for name in METHODS}
    for name in ("guided_backpropagation", "deconvolution"):
        assert float((found[name] - found["saliency"]).abs().max()) > 0.1 * float(found["saliency"].max())
    assert float((found["guided_backpropagation"] - found["deconvolution"]).abs().max()) > 0


def test_hooks_are_gone_afterwards(network, stretches):
    before = explain("saliency", Spelled(network), stretches, COURSE)
    for name in METHODS:
        explain(name, Spelled(network), stretches, COURSE)
    assert torch.equal(explain("saliency", Spelled(network), stretches, COURSE), before)


class Planted(nn.Module):
    """A score that depends on a patch of 6 × 6 cells alone."""

    def forward(self, features, first, lengths, symbol):
        return features[:, 22:28, 31:37].sum(dim=(1, 2))


def test_occlusion_finds_a_planted_patch():
    torch.manual_seed(6)
    x = 1 + 0.1 * torch.randn(2, 67, 64)
    one, no = torch.zeros(2, dtype=torch.long), np.zeros(2, dtype=np.int64)
    stretches = Stretches(
        x, one, one, one, np.ones((2, 67), bool), torch.ones(2, 67, dtype=torch.bool), no, no, no > -1
    )
    found = explain("occlusion", Planted(), stretches, Course.of(32, 0.01, 67, 64)).abs()
    near = found[:, 22 - 7 : 28 + 7, 31 - 7 : 37 + 7]  # patches of 8 × 8 that touch it
    assert float(near.sum() / found.sum()) > 0.999
    assert 0.25 < float(found[:, 22:28, 31:37].sum() / found.sum()) < 0.45  # what such patches resolve
    by_cell = explain("occlusion", Planted(), stretches, Course(32, (1, 1))).abs()
    assert float(by_cell[:, 22:28, 31:37].sum() / by_cell.sum()) >= 0.9
    single = explain("input_x_gradient", Planted(), stretches, COURSE).abs()
    assert float(single[:, 22:28, 31:37].sum() / single.sum()) == pytest.approx(1)


def test_the_best_order_of_a_linear_score_has_the_least_area():
    class Sum(nn.Module):
        def forward(self, features, first, lengths, symbol):
            return features.sum(dim=(1, 2))

    torch.manual_seed(7)
    x = torch.rand(3, 10, 10)
    one, no = torch.zeros(3, dtype=torch.long), np.zeros(3, dtype=np.int64)
    stretches = Stretches(
        x, one, one, one, np.ones((3, 10), bool), torch.ones(3, 10, dtype=torch.bool), no, no, no > -1
    )
    cells = x.flatten(1).numpy()
    best, worst = (area(curves(Sum(), stretches, order(sign * cells))) for sign in (1, -1))
    assert (best[0] < worst[0]).all()
    assert (best[1] > worst[1]).all()
    found = curves(Sum(), stretches, order(cells))
    assert found[0, 0].tolist() == pytest.approx(cells.sum(axis=1).tolist(), rel=1e-5)
    assert found[0, -1].tolist() == pytest.approx([0, 0, 0], abs=1e-6)
    kept = np.sort(cells[0])[::-1][: round(FRACTIONS[4] * 100)].sum()
    assert found[1, 4, 0] == pytest.approx(kept, rel=1e-5)


def test_ranks_are_those_of_spearman():
    random = np.random.default_rng(0)
    one, other = random.integers(0, 9, (2, 4, 50)).astype(np.float32)
    assert like(ranks(one), ranks(other)) == pytest.approx(
        [spearmanr(a, b).statistic for a, b in zip(one, other, strict=True)], abs=1e-5
    )
    assert partners(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])).tolist() == [2, 2, 0, -1]


def test_phones_that_recur_between_speakers_are_found_and_noise_is_not():
    random = np.random.default_rng(1)
    own = random.normal(size=(1, 6, 40))
    same, unlike, null = between_speakers(own + random.normal(size=(5, 6, 40)), 99, ("planted",))
    assert same.mean() > 0.3 > abs(unlike.mean()) + 0.1
    assert same.mean() > null.mean(axis=1).max()
    p = []
    for index in range(60):
        same, _, null = between_speakers(random.normal(size=(4, 5, 30)), 39, ("noise", index))
        p.append(float((null.mean(axis=1) >= same.mean()).sum() + 1) / 40)
    assert 0.35 < np.mean(p) < 0.65
    assert np.mean(np.array(p) <= 0.1) < 0.1 + 3 * np.sqrt(0.09 / 60)


def test_speakers_are_the_observations():
    design = Design(("A", "B"), 4, np.tile([0, 1], 8), np.repeat(np.arange(4), 4))
    values = np.repeat([1.0, 2.0, 3.0, 4.0], 4)
    rows = {row["phone"]: row for row in compared_rows(design, values, np.zeros(16), "greater")}
    assert rows["mean"]["value"] == 2.5
    assert rows["mean"]["speakers"] == 4
    assert rows["mean"]["p"] == pytest.approx(ttest_1samp([1, 2, 3, 4], 0, alternative="greater").pvalue)
    assert rows["A"]["tokens"] == 8


def test_two_speakers_are_too_few():
    design = Design(("A",), 2, np.zeros(4, dtype=np.int64), np.array([0, 0, 1, 1]))
    for row in compared_rows(design, np.arange(4.0), np.zeros(4), "greater"):
        assert row["status"] == "not testable"
        assert np.isnan(row["p"])
