"""Training: a network that overfits four utterances, interruptions that leave no trace, augmentation, batches."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from phonotopy.core.errors import InputError
from phonotopy.recogniser.augmentation import Augmentation
from phonotopy.recogniser.batches import count_batches, evaluation_batches, ordered_batches, training_batches
from phonotopy.recogniser.checkpoint import Resume, load_recogniser, save_recogniser
from phonotopy.recogniser.device import knows_bfloat16, prepare, warn_of
from phonotopy.recogniser.fitting import Setup, Trainer, train
from phonotopy.recogniser.network import Spacing
from phonotopy.recogniser.recognise import Hypothesis, chosen, rates, recognise, too_long
from small_features import made_up

APART = Spacing(before=3, behind=4, multiple=8)
STILL = {"tempo": 0, "warp": 0, "time_masks": 0, "time_mask_s": 0, "band_masks": 0, "band_mask": 0, "noise": 0}


def setup(objective: str = "response_kernel", epochs: int = 4, **optimiser: Any) -> Setup:
    settings = {
        "network": {
            "torus": False,
            "dropout": 0.0,
            "layers": [{"filters": 36, "kernel": 5, "stride": 2}, {"filters": 36, "kernel": 5, "stride": 1}],
        },
        "augmentation": STILL,
        "precision": "float32",
        "optimiser": {
            "epochs": epochs,
            "batch_s": 3.0,
            "learning_rate": 0.01,
            "learning_rate_warmup": 0.2,
            "beta2": 0.999,
            "weight_decay": 0.0,
            "objective_warmup": 0.1,
            **optimiser,
        },
    }
    return Setup.of(
        settings,
        {"objective": objective, "settings": {"weight": 100.0, "end": 0.5, "shape": "gaussian", "radius": 1.5}},
        hop_s=0.01,
    )


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.slow
def test_overfits_four_utterances() -> None:
    index = made_up()
    trainer = Trainer(index, setup("none", epochs=120), seed=0)
    history = [trainer.epoch(number) for number in range(1, 121)]
    assert history[0].dev_letter_error_rate > 0.5
    found, _ = recognise(trainer.network, index, index.split("train"), 1000, trainer.alphabet)
    assert [item.hypothesis for item in found] == [item.transcript for item in found]


@pytest.mark.slow
def test_conditions_start_alike_and_part_by_the_objective_alone() -> None:
    index = made_up()
    trainers = [Trainer(index, setup(name, epochs=12), seed=1) for name in ("none", "response_kernel")]
    for first, second in zip(*(trainer.network.state_dict().values() for trainer in trainers), strict=True):
        assert torch.equal(first, second)
    histories = [[trainer.epoch(number) for number in range(1, 13)] for trainer in trainers]
    assert histories[0][0].objective_loss == 0 < histories[1][11].objective_loss < histories[1][0].objective_loss


@pytest.mark.slow
def test_an_interrupted_training_ends_with_the_same_bytes(tmp_path: Path) -> None:
    index = made_up(copies=2)
    whole = Trainer(index, setup(), seed=0)
    undisturbed = train(whole, Resume(tmp_path / "whole" / "checkpoint.pt", "key"))

    class Killed(Exception):
        pass

    class Dying(Trainer):
        def epoch(self, number: int) -> Any:
            if number == 3:
                raise Killed
            return super().epoch(number)

    resume = Resume(tmp_path / "checkpoint.pt", "key")
    with pytest.raises(Killed):
        train(Dying(index, setup(), seed=0), resume)
    again = Trainer(index, setup(), seed=0)
    assert train(again, resume) == undisturbed
    for first, second in zip(whole.network.state_dict().values(), again.network.state_dict().values(), strict=True):
        assert torch.equal(first, second)


@pytest.mark.parametrize("steps", [1, 4, 100])
def test_the_learning_rate_grows_to_its_peak_and_falls(steps: int) -> None:
    trainer = Trainer(made_up(), setup("none", epochs=steps, learning_rate_warmup=0.2, batch_s=100.0), seed=0)
    assert trainer.steps == steps
    rates = [trainer.schedule.get_last_lr()[0]]
    for _ in range(steps):
        trainer.optimiser.step()
        trainer.schedule.step()
        rates.append(trainer.schedule.get_last_lr()[0])
    assert abs(rates.index(max(rates)) - 0.2 * steps) <= 1 and max(rates) == pytest.approx(0.01, rel=1e-3)
    assert steps < 2 or rates[-1] < 1e-5


def test_the_optimiser_is_that_of_the_settings() -> None:
    trainer = Trainer(made_up(), setup("none", beta2=0.97, weight_decay=0.2), seed=0)
    (group,) = trainer.optimiser.param_groups
    assert (group["betas"][1], group["weight_decay"]) == (0.97, 0.2)


def test_a_cut_state_falls_back_to_the_one_before(tmp_path: Path) -> None:
    resume = Resume(tmp_path / "checkpoint.pt", "key")
    resume.save({"history": [1]})
    resume.save({"history": [2]})
    resume.newest.write_bytes(resume.newest.read_bytes()[:200])
    state = resume.load()
    assert state is not None and state["history"] == [1]
    assert Resume(tmp_path / "checkpoint.pt", "other key").load() is None


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["cut", "emptied", "zeroed", "flipped"])
def test_no_damaged_state_is_taken_for_a_whole_one(tmp_path: Path, damage: str) -> None:
    """And a training that goes on from the one before keeps that one until its own next state is written."""
    states = [{"key": "key", "weights": torch.full((500,), float(number))} for number in range(3)]
    for offset in np.random.default_rng(3).integers(1, 3000, size=25):
        resume = Resume(tmp_path / "checkpoint.pt", "key")
        resume.save(states[0])
        resume.save(states[1])
        content = resume.newest.read_bytes()
        changed = {
            "cut": content[:offset],
            "emptied": b"",
            "zeroed": content[:offset] + bytes(512) + content[offset + 512 :],
            "flipped": content[:offset] + bytes([content[offset] ^ 255]) + content[offset + 1 :],
        }
        resume.newest.write_bytes(changed[damage])
        state = resume.load()
        assert state is not None
        whole = 0 if damage != "flipped" or not resume.newest.exists() else 1  # a flipped byte of padding is none
        assert torch.equal(state["weights"], states[whole]["weights"])
        resume.save(states[2])
        resume.newest.unlink()
        state = resume.load()
        assert state is not None and torch.equal(state["weights"], states[whole]["weights"])
        resume.clear()


def test_the_same_recogniser_gives_the_same_bytes(tmp_path: Path) -> None:
    network = Trainer(made_up(), setup(), seed=0).network
    for name in ("a.pt", "b.pt"):
        save_recogniser(tmp_path / name, network, {"bands": 12})
    assert (tmp_path / "a.pt").read_bytes() == (tmp_path / "b.pt").read_bytes()


def test_checkpoint_comes_back_whole(tmp_path: Path) -> None:
    index = made_up()
    trainer = Trainer(index, setup(), seed=0)
    trainer.epoch(1)
    settings = {"bands": 12, "alphabet": trainer.alphabet, "hop_s": 0.01}
    save_recogniser(tmp_path / "c.pt", trainer.network, settings, {"seed": 3, "objective": {"settings": {}}})
    network, settings = load_recogniser(tmp_path / "c.pt")
    first, _ = recognise(trainer.network, index, index.segments, 500, trainer.alphabet)
    second, _ = recognise(network, index, index.segments, 500, settings["alphabet"])
    assert first == second


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"<html>"])
def test_damaged_checkpoint_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.pt").write_bytes(content)
    with pytest.raises(InputError, match=r"c\.pt: not readable as a checkpoint"):
        load_recogniser(tmp_path / "c.pt")


def test_missing_split_is_named() -> None:
    with pytest.raises(InputError, match="split 'dev': no utterance"):
        Trainer(made_up(splits=("train",)), setup(), seed=0)


def test_error_rates_are_micro_averages() -> None:
    pairs = [("abc de", "abc de"), ("fg", "fh i"), ("red", "")]
    letters, words = rates([Hypothesis("u", "s", "test", *pair) for pair in pairs])
    assert letters == pytest.approx((0 + 3 + 3) / (6 + 2 + 3))
    assert words == pytest.approx((0 + 2 + 1) / (2 + 1 + 1))


def test_utterances_with_more_letters_than_frames_are_found() -> None:
    index = made_up(frames=40)
    assert not too_long(index.split("train"), 1)
    assert [item.transcript for item in too_long(index.split("train"), 4)] == ["a blue sea", "dark wind", "seven"]
    assert len(too_long(index.split("train"), 40)) == 4


def test_every_epoch_holds_every_utterance_once_in_another_order() -> None:
    index = made_up(copies=3)
    still = Augmentation(0, 0, 0, 0, 0, 0, 0)
    segments = index.split("train")
    orders = []
    for epoch in (1, 1, 2):
        batches = list(training_batches(index, segments, 200, still, APART, index.alphabet, 0, epoch))
        assert len(batches) <= count_batches(segments, 200)
        orders.append([segment.utterance for batch in batches for segment in batch.segments])
        assert sorted(orders[-1]) == sorted(segment.utterance for segment in segments)
        for batch in batches:
            assert batch.starts is not None and (batch.starts % APART.multiple == 0).all()
            for start, segment in zip(batch.starts.tolist(), batch.segments, strict=True):
                np.testing.assert_array_equal(batch.features[0, start : start + segment.frames], index.of(segment))
    assert orders[0] == orders[1] != orders[2]


def test_evaluation_batches_hold_every_utterance_once() -> None:
    index = made_up(copies=3)
    found = [
        s.utterance for batch in evaluation_batches(index, index.segments, 300, index.alphabet) for s in batch.segments
    ]
    assert sorted(found) == sorted(segment.utterance for segment in index.segments)


def test_batches_in_order_are_bounded_however_long_an_utterance_is() -> None:
    index = made_up(copies=3)
    longest = max(segment.frames for segment in index.segments)
    for frames in (1, 2 * longest, 7 * longest):
        number, batches = ordered_batches(index, index.segments, frames, index.alphabet)
        found = list(batches)
        assert len(found) == number
        assert [s.utterance for batch in found for s in batch.segments] == [s.utterance for s in index.segments]
        for batch in found:
            rows, width, _ = batch.features.shape
            assert rows == 1 or rows * width <= frames
            for row, segment in zip(batch.features, batch.segments, strict=True):
                np.testing.assert_array_equal(row[: segment.frames], index.of(segment))
        following = itertools.pairwise(found)
        assert all(
            (len(one.segments) + 1) * max(one.features.shape[1], other.segments[0].frames) > frames
            for one, other in following
        )


def test_augmentation_stays_within_its_bounds() -> None:
    features = np.random.default_rng(0).normal(size=(200, 40)).astype(np.float32)
    random = np.random.default_rng(1)
    assert np.array_equal(Augmentation(0, 0, 0, 0, 0, 0, 0)(features, random), features)
    lengths = [len(Augmentation(0.2, 0, 0, 0, 0, 0, 0)(features, random)) for _ in range(50)]
    assert 200 / 1.2 - 1 <= min(lengths) < 190 and 210 < max(lengths) <= 200 / 0.8 + 1
    masked = Augmentation(0, 0, 1, 30, 1, 6, 0)(features, random)
    assert (masked == 0).all(axis=1).sum() <= 30 and (masked == 0).all(axis=0).sum() <= 6


def test_warp_moves_a_formant_by_its_factor() -> None:
    features = np.exp(-0.5 * ((np.arange(60) - 30) / 2.0) ** 2)[None].repeat(5, axis=0).astype(np.float32)
    random = np.random.default_rng(2)
    peaks = [int(Augmentation(0, 0.2, 0, 0, 0, 0, 0)(features, random)[0].argmax()) for _ in range(60)]
    assert 30 / 1.2 - 1 <= min(peaks) < 28 and 32 < max(peaks) <= 30 / 0.8 + 1


def test_a_sample_of_training_speech_is_recognised_and_the_rest_whole() -> None:
    segments = made_up(copies=6, splits=("train", "dev", "test")).segments
    train = [segment for segment in segments if segment.split == "train"]
    some = chosen(segments, 400, seed=3)
    sampled = [segment for segment in some if segment.split == "train"]
    assert some == [segment for segment in segments if segment in some]
    assert [segment for segment in some if segment.split != "train"] == [s for s in segments if s.split != "train"]
    assert 400 <= sum(segment.frames for segment in sampled) < 400 + max(segment.frames for segment in train)
    assert sampled != [segment for segment in chosen(segments, 400, seed=4) if segment.split == "train"]
    assert chosen(segments, 10**9, seed=3) == list(segments)


@pytest.mark.parametrize(
    ("flags", "known"),
    [
        ("fma avx2 avx512f avx512_bf16 amx_tile", True),
        ("amx_bf16", True),
        ("Features : fp i8mm bf16", True),
        ("avx2", False),
    ],
)
def test_processors_that_multiply_bfloat16_are_known_by_their_flags(flags: str, known: bool) -> None:
    assert knows_bfloat16(f"model name\t: some\nflags\t\t: fpu {flags} sse2\n") == known


def test_bfloat16_is_warned_of_where_it_costs_more(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phonotopy.recogniser.device.BFLOAT16", set())
    warn_of("float32", "cpu")
    warn_of("bfloat16", "cuda")
    assert not caplog.text
    warn_of("bfloat16", "cpu")
    assert "training.precision" in caplog.text and "float32" in caplog.text


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match=r"training\.device: 0 GPUs that PyTorch can use"):
        prepare("cuda", threads=1)
