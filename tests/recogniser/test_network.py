"""The recogniser: timing, padding and the letters it puts out."""

import pytest
import torch

from phonotopy.core.errors import InputError
from phonotopy.recogniser.decoding import decode, encode
from phonotopy.recogniser.network import Recogniser, layers_of, spacing, timings

SETTINGS = [
    {"filters": 16, "kernel": 6, "stride": 2},
    {"filters": 8, "kernel": 5, "stride": 3},
    {"filters": 4, "kernel": 1, "stride": 1},
]


def network(settings: list[dict[str, int]] = SETTINGS) -> Recogniser:
    torch.manual_seed(0)
    return Recogniser(5, layers_of(settings, torus=False), letters=3, dropout=0.5).eval()


def test_layers_without_a_grid_are_named() -> None:
    with pytest.raises(InputError, match=r"training\.network\.layers\[1\]\.filters"):
        layers_of([SETTINGS[0], {"filters": 7, "kernel": 3, "stride": 1}], torus=False)


def test_timing_is_where_a_change_of_the_input_is_felt() -> None:
    """Change one feature frame at a time; a unit frame must feel exactly those that its timing says."""
    torch.manual_seed(1)
    built, length, tries = network(), 60, 20
    still = torch.rand(1, length, 5)
    base = built(still, torch.tensor([length]))
    felt = []
    for frame in range(length):
        moved = still.repeat(tries, 1, 1)
        moved[:, frame] += 100 * torch.randn(tries, 5)  # many and large: a rectified unit may hide a single one
        felt.append(built(moved, torch.tensor([length] * tries)).responses)
    for index, timing in enumerate(timings(layers_of(SETTINGS, torus=False))):
        middle = base.responses[index].shape[2] // 2
        change = [(answer[index] - base.responses[index])[..., middle].abs().max() for answer in felt]
        frames = [frame for frame in range(length) if change[frame] > 1e-3]
        assert (frames[0] + frames[-1]) / 2 == timing.offset + middle * timing.stride
        assert frames[-1] - frames[0] + 1 == timing.field


def test_padding_in_a_batch_changes_nothing() -> None:
    built = network()
    short, long = torch.randn(31, 5), torch.randn(50, 5)
    batch = torch.nn.utils.rnn.pad_sequence([short, long], batch_first=True)
    together = built(batch, torch.tensor([31, 50]))
    for index, speech in enumerate((short, long)):
        alone = built(speech[None], torch.tensor([len(speech)]))
        end = int(together.lengths[index])
        assert end == int(alone.lengths[0]) == alone.log_probs.shape[1]
        torch.testing.assert_close(together.log_probs[index, :end], alone.log_probs[0], atol=1e-5, rtol=1e-5)
        for batched, single in zip(together.responses, alone.responses, strict=True):
            torch.testing.assert_close(batched[index, :, : single.shape[2]], single[0], atol=1e-5, rtol=1e-5)
            assert not batched[index, :, single.shape[2] :].any()


@pytest.mark.parametrize("kernels", [(6, 5, 1), (11, 5, 5), (4, 4, 4)])
def test_utterances_in_one_row_evoke_what_each_does_alone(kernels: tuple[int, ...]) -> None:
    settings = [{**layer, "kernel": kernel} for layer, kernel in zip(SETTINGS, kernels, strict=True)]
    built = network(settings)
    apart = spacing(layers_of(settings, torus=False))
    speeches = [torch.randn(length, 5) for length in (31, 50, 23, 42)]
    starts, frames = apart([len(speech) for speech in speeches])
    row = torch.zeros(1, frames, 5)
    for start, speech in zip(starts, speeches, strict=True):
        row[0, start : start + len(speech)] = speech
    together = built(row, torch.tensor([len(speech) for speech in speeches]), torch.tensor(starts))
    for index, speech in enumerate(speeches):
        alone = built(speech[None], torch.tensor([len(speech)]))
        end = int(together.lengths[index])
        assert end == int(alone.lengths[0])
        torch.testing.assert_close(together.log_probs[index, :end], alone.log_probs[0], atol=1e-5, rtol=1e-5)
        stride = 1
        for layer, batched, single in zip(settings, together.responses, alone.responses, strict=True):
            stride *= layer["stride"]
            assert starts[index] % (2 * stride) == 0
            first = starts[index] // stride
            torch.testing.assert_close(batched[0, :, first : first + single.shape[2]], single[0], atol=1e-5, rtol=1e-5)
    for spoken, batched in zip(together.response_lengths, together.responses, strict=True):
        assert int(batched.any(dim=1).sum()) <= int(spoken.sum())


def test_log_probabilities_add_up_to_one() -> None:
    output = network()(torch.randn(2, 20, 5), torch.tensor([20, 13]))
    torch.testing.assert_close(output.log_probs.exp().sum(dim=2), torch.ones(output.log_probs.shape[:2]))


def test_greedy_decoding_drops_repetitions_then_blanks() -> None:
    alphabet = " ab"
    path = torch.tensor([[2, 2, 0, 2, 3, 3, 1, 1, 3, 0], [1, 2, 1, 1, 3, 0, 0, 0, 2, 2]])
    log_probs = torch.nn.functional.one_hot(path, 4).float()
    assert decode(log_probs, torch.tensor([10, 6]), alphabet) == ["aab b", "a b"]
    assert encode("ab a", alphabet).tolist() == [2, 3, 1, 2]
