"""A recogniser and its speech: layers that are asked about, scores of tokens, networks that know less."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from phonotopy.activations.accumulate import Token
from phonotopy.activations.clock import Clock
from phonotopy.activations.placement import write_placement
from phonotopy.annotation.intervals import Interval, write_intervals
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import Inventory, Phone
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.introspection.random_weights import redrawn, untrained
from phonotopy.introspection.subject import Paths, Subject
from phonotopy.introspection.token_scores import score, targets
from phonotopy.recogniser.checkpoint import save_recogniser
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Recogniser, layers_of
from small_features import made_up

BANDS, ALPHABET = 12, made_up().alphabet
LAYERS = layers_of([{"filters": 16, "kernel": 5, "stride": 2}, {"filters": 4, "kernel": 3, "stride": 1}], torus=False)
INVENTORY = Inventory((Phone("AA"), Phone("T")))
COMPUTE = {"device": "cpu", "threads": 1}


def network(seed: int = 3) -> Recogniser:
    torch.manual_seed(key("network", seed))
    return Recogniser(BANDS, LAYERS, len(ALPHABET), dropout=0.0).eval()


def written(folder: Path, index: FeatureIndex, placement: dict[int, np.ndarray]) -> Paths:
    names = ("checkpoint.pt", "features.npy", "features.tsv")
    paths = Paths(*(folder / name for name in names), [folder / "i.tsv"], folder / "p.tsv")
    save_recogniser(
        paths.checkpoint, network(), {"bands": BANDS, "alphabet": ALPHABET, "hop_s": 0.01, "window_s": 0.025}
    )
    np.save(paths.features, index.frames)
    write_table(paths.index, list(Segment.__dataclass_fields__), (vars(one) for one in index.segments))
    said = [Interval(0.0, 0.1, "SIL", None, ""), Interval(0.1, 0.3, "AA", 1, "a"), Interval(0.3, 0.5, "T", None, "a")]
    write_intervals(paths.intervals[0], ((segment.utterance, said) for segment in index.segments))
    write_placement(paths.placement, placement, {n: layer.grid for n, layer in enumerate(LAYERS, start=1)})
    return paths


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    moved = {1: np.arange(16)[::-1].copy(), 2: np.arange(4)}
    return written(tmp_path, made_up(bands=BANDS, copies=2, splits=("train", "test")), moved)


def opened(paths: Paths, layers: tuple[int, ...] = ()) -> Subject:
    return Subject.open(paths, INVENTORY, splits=["test"], compute=COMPUTE, layers=layers)


def test_a_subject_has_the_speech_of_its_splits_and_all_tokens(paths: Paths) -> None:
    subject = opened(paths)
    assert {segment.split for segment in subject.segments} == {"test"} and len(subject.segments) == 8
    assert [token.phone for token in subject.tokens[subject.segments[0].utterance]] == [0, 1]
    assert all(token.stored for tokens in subject.tokens.values() for token in tokens)
    assert subject.coding.speakers == ("s0", "s1") and subject.alphabet == ALPHABET
    assert not subject.network.training
    frames = sum(int(batch.lengths.sum()) for batch in subject.batches(200))
    assert frames == sum(segment.frames for segment in subject.segments)
    assert subject.features(subject.segments[1]).shape == (1, subject.segments[1].frames, BANDS)


def test_units_are_where_the_placement_says(paths: Paths) -> None:
    subject = opened(paths, (1,))
    assert list(subject.layers) == list(subject.units) == [1]
    assert subject.units[1].tolist() == list(range(15, -1, -1))
    assert subject.layers[1].clock.stride_s == pytest.approx(0.02)
    assert subject.readout.number == 2


def test_a_layer_that_is_not_there_is_named(paths: Paths) -> None:
    with pytest.raises(InputError, match=r"introspection\.layers: layer 3\n  expected: hidden layers from 1 to 2"):
        opened(paths, (1, 3))


def test_methods_of_bands_refuse_samples_by_name(paths: Paths) -> None:
    subject = opened(paths)
    assert subject.with_bands("windows") is subject
    of_samples = replace(subject, settings={**subject.settings, "kind": "waveform"})
    with pytest.raises(InputError, match=r"introspection\.methods: windows of features of kind waveform"):
        of_samples.with_bands("windows")


def test_a_token_is_scored_where_a_letter_most_exceeds_the_blank() -> None:
    log_probs = torch.full((30, 4), -5.0, requires_grad=True)
    with torch.no_grad():
        log_probs[12, 2], log_probs[13, 0], log_probs[20, 3] = -1.0, -0.1, -0.5
    clock = Clock(stride_s=0.02, offset_s=0.0, field_s=0.1)
    first, late, nowhere = targets(
        log_probs,
        [Token(0, 0.2, 0.3, True), Token(0, 0.3, 0.37, True), Token(0, 0.561, 0.5611, True)],
        clock,
    )
    assert first == (12, 2) and late == (20, 3)
    assert nowhere.symbol > 0 and 26 <= nowhere.frame <= 29
    value = score(log_probs, first)
    value.backward()  # type: ignore[no-untyped-call]
    assert value.item() == pytest.approx(4.0)
    assert log_probs.grad is not None and log_probs.grad.abs().sum() == 2


def test_the_score_is_a_difference_of_logits() -> None:
    """The sum of the soft maximum cancels."""
    logits = torch.randn(5, 4)
    target = targets(logits, [Token(0, 0.0, 0.1, True)], Clock(0.02, 0.0, 0.1))[0]
    torch.testing.assert_close(score(logits.log_softmax(dim=1), target), score(logits, target))


def test_an_untrained_twin_has_the_first_weights_of_its_training(paths: Paths) -> None:
    subject = opened(paths)
    trained = network()
    with torch.no_grad():
        for parameter in trained.parameters():
            parameter.add_(0.1)
    twin = untrained(trained, 3, subject.batches(400))
    torch.testing.assert_close(twin.blocks[1].convolution.weight, network().blocks[1].convolution.weight)
    batches = list(subject.batches(400))
    evoked = torch.cat(
        [twin(batch.features, batch.lengths).responses[1].transpose(0, 1).flatten(1) for batch in batches], dim=1
    )
    assert evoked.std() > 0 and not twin.training
    assert twin.blocks[0].normalisation.running_mean is not None
    assert float(twin.blocks[0].normalisation.running_mean.abs().sum()) > 0


def test_weights_are_redrawn_from_the_top(paths: Paths) -> None:
    subject = opened(paths)
    state = torch.random.get_rng_state()
    top = redrawn(subject.network, 2, 1, subject.batches(400))
    torch.testing.assert_close(top.blocks[0].state_dict(), subject.network.blocks[0].state_dict())
    assert not torch.equal(top.blocks[1].convolution.weight, subject.network.blocks[1].convolution.weight)
    assert not torch.equal(top.readout.weight, subject.network.readout.weight)
    readout = redrawn(subject.network, 3, 1, subject.batches(400))
    torch.testing.assert_close(readout.blocks[1].state_dict(), subject.network.blocks[1].state_dict())
    assert torch.equal(torch.random.get_rng_state(), state), "the stream of others is untouched"
    torch.testing.assert_close(redrawn(subject.network, 2, 1, subject.batches(400)).state_dict(), top.state_dict())
