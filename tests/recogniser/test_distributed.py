"""Several processes train the network that one process trains."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phonotopy.core.errors import InputError
from phonotopy.core.tables import read_table, write_table
from phonotopy.recogniser.augmentation import Augmentation
from phonotopy.recogniser.batches import training_batches
from phonotopy.recogniser.checkpoint import load_recogniser
from phonotopy.recogniser.network import Spacing
from phonotopy.recogniser.train import Job, run
from small_features import made_up

pytestmark = pytest.mark.slow

APART = Spacing(before=3, behind=4, multiple=8)
STILL = {"tempo": 0, "warp": 0, "time_masks": 0, "time_mask_s": 0, "band_masks": 0, "band_mask": 0, "noise": 0}
ANALYSIS = {"sample_rate_hz": 16000, "window_s": 0.025, "hop_s": 0.01, "bands": 12}
NUMBERS = dict.fromkeys(("ctc_loss", "objective_loss", "dev_ctc_loss", "dev_letter_error_rate"), float)


def job(folder: Path, processes: int, batch_s: float = 6.0) -> Job:
    """A training of two epochs on made-up features whose lengths differ, so that parts of a batch need padding."""
    index = made_up(copies=4)
    np.save(folder / "features.npy", index.frames)
    write_table(folder / "features.tsv", list(vars(index.segments[0])), map(vars, index.segments))
    layers = [{"filters": 16, "kernel": 5, "stride": 2}, {"filters": 16, "kernel": 5, "stride": 1}]
    optimiser = {
        "batch_s": batch_s,
        "learning_rate": 0.004,
        "learning_rate_warmup": 0.2,
        "beta2": 0.999,
        "weight_decay": 0.0,
        "objective_warmup": 0.1,
    }
    settings: dict[str, Any] = {
        "network": {"torus": False, "dropout": 0.0, "layers": layers},
        "augmentation": STILL,
        "optimiser": {"epochs": 2, **optimiser},
        "precision": "float32",
        "device": "cpu",
        "threads": 1,
        "processes": processes,
    }
    objective = {
        "objective": "response_kernel",
        "settings": {"weight": 30.0, "end": 0.5, "shape": "gaussian", "radius": 1.5},
    }
    paths = [str(folder / name) for name in ("features.npy", "features.tsv", f"{processes}.pt", f"{processes}.tsv")]
    return Job(settings, objective, ANALYSIS, 0, *paths, "content")


def test_two_processes_train_what_one_does(tmp_path: Path) -> None:
    """Float32 sums in another order differ by 1e-7 of their size, and ten times that after a few steps of AdamW."""
    for processes in (1, 2):
        run(job(tmp_path, processes))
    one, two = (read_table(tmp_path / f"{processes}.tsv", NUMBERS) for processes in (1, 2))
    for first, second in zip(one, two, strict=True):
        assert [first[name] for name in NUMBERS] == pytest.approx([second[name] for name in NUMBERS], rel=1e-5)
    networks = [load_recogniser(tmp_path / f"{processes}.pt")[0].state_dict() for processes in (1, 2)]
    for name, values in networks[0].items():
        distance = float((values.float() - networks[1][name].float()).norm() / values.float().norm())
        assert distance < 1e-4, name
    assert not list(tmp_path.glob("resume*"))


def test_a_part_of_every_batch_for_each_process() -> None:
    index = made_up(copies=3)
    still = Augmentation(0, 0, 0, 0, 0, 0, 0)
    arguments = (index, index.split("train"), 400, still, APART, index.alphabet, 0, 1)
    whole = [batch.segments for batch in training_batches(*arguments)]
    parts = [[batch.segments for batch in training_batches(*arguments, share=(n, 2))] for n in range(2)]
    assert [sorted(a + b, key=str) for a, b in zip(*parts, strict=True)] == [sorted(batch, key=str) for batch in whole]
    with pytest.raises(InputError, match=r"training\.processes: a batch of \d+ utterances for 9 processes"):
        next(training_batches(*arguments, share=(0, 9)))


def test_a_failing_process_is_reported(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "phonotopy"), pytest.raises(InputError, match=r"launcher of 2 processes ended with 1"):
        run(job(tmp_path, 2, batch_s=0.5))
    assert "training.processes: a batch of 1 utterances for 2 processes" in caplog.text
    assert not list(tmp_path.glob("2.*"))
