"""Room for a run."""

import copy
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from phonotopy.core.errors import InputError
from preflight import disk

ROOT = Path(__file__).parents[2]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text())


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: Usage(2000, 1000, 1000))


@pytest.mark.usefixtures("small_disk")
def test_too_little_disk_is_refused(tmp_path: Path) -> None:
    disk.require(tmp_path / "results", 1000)
    with pytest.raises(InputError, match=r"results: 0\.0 GB are free for .*/absent/results"):
        disk.require(tmp_path / "absent" / "results", 1001)


@pytest.mark.usefixtures("small_disk")
def test_what_already_lies_there_needs_no_room(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "part.npy").write_bytes(bytes(500))
    disk.require(tmp_path, 1500)
    with pytest.raises(InputError):
        disk.require(tmp_path, 1501)


def hand_made() -> dict[str, Any]:
    settings = copy.deepcopy(DEFAULTS)
    settings["corpus"]["synthetic"] = {
        "minutes": {"train": 1, "dev": 1, "test": 2},
        "speakers": {"train": 1, "dev": 1, "test": 2},
    }
    settings["run"], settings["training"]["seeds"] = ["control"], [0, 1, 2]
    settings["training"]["features"] |= {"sample_rate_hz": 10000, "hop_s": 0.01, "bands": 10}
    settings["training"]["network"]["layers"] = [
        {"filters": 4, "kernel": 3, "stride": 2},
        {"filters": 16, "kernel": 1, "stride": 1},
    ]
    settings["activations"] |= {"splits": ["test"], "tokens_per_phone_and_speaker": 10, "lags_s": [-0.1, 0.1]}
    return settings


def test_the_estimate_is_the_arithmetic_of_the_arrays() -> None:
    found = disk.estimate(hand_made())
    assert found["audio"] == pytest.approx(4 * 60 * 10000 * 2 * 0.6)
    assert found["features"] == pytest.approx(4 * 60 * 100 * 10 * 4)
    assert found["checkpoints"] == 3 * (10 * 4 * 3 + 4 * 16 + 16 * 30) * 4 * 3 * 2
    assert found["tokens"] == 3 * (10 * 39 * 2) * 20 * 4  # the cap of 780 is below 14 phones a second for 120 s
    assert found["sound"] == 10 * 39 * 2 * 6000
    cells = sum(8 * units * (2 * 2 * 39 + 4 * 39 * 11 + 2 * units) for units in (4, 16))
    assert found["cells"] == pytest.approx(3 * cells)


def test_co_moments_are_kept_once_of_what_is_laid_out_by_its_responses() -> None:
    settings = hand_made()
    settings["conditions"] |= {"other": {"layout": "pca", "of": "control"}}
    for run, files in ((["control"], 0), (["shuffled"], 0), (["laid_out"], 3), (["laid_out", "other"], 3)):
        assert disk.estimate(settings | {"run": run})["comoments"] == files * 8 * (4**2 + 16**2)


def test_without_a_cap_the_length_of_speech_bounds_the_tokens() -> None:
    settings = hand_made()
    settings["activations"]["tokens_per_phone_and_speaker"] = 10**9
    assert disk.estimate(settings)["tokens"] == pytest.approx(3 * 14 * 120 * 20 * 4)


def test_an_archive_is_unpacked_and_a_folder_stays_as_it_is(tmp_path: Path) -> None:
    settings, archive, folder = hand_made(), tmp_path / "speech.zip", tmp_path / "speech"
    archive.write_bytes(bytes(8000))
    folder.mkdir()
    (folder / "x.wav").write_bytes(bytes(8000))
    settings["corpus"]["source"] = "recordings"
    for path, tier, audio in [(archive, "", 20000), (folder, "", 0), (archive, "a", 40000), (folder, "a", 20000)]:
        settings["corpus"]["recordings"] = {"path": str(path), "utterance_tier": tier}
        found = disk.estimate(settings)
        assert found["audio"] == audio
        assert found["features"] == pytest.approx(1 * 100 * 10 * 4)  # one second
