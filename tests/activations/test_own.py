"""Responses of one's own: one call writes what is taken, and what cannot be meant is refused."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import yaml

from phonotopy.activations.gather import Paths
from phonotopy.activations.own import OwnLayer, OwnUtterance, write_responses
from phonotopy.activations.read import Responses, Tokens
from phonotopy.activations.take_responses import check_responses
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import Inventory, Phone, read_inventory
from preflight import conditions
from preflight.settings import completed, validate

ROOT = Path(__file__).parents[2]

INVENTORY = Inventory(tuple(Phone(label) for label in ("T", "IY", "AA")))
LAYERS = (OwnLayer("first", 2, 2, 0.02, 0.1), OwnLayer("second", 4, 4, 0.04, 0.3, filters=np.eye(16)))


def spoken(speaker: str, **changes: Any) -> OwnUtterance:
    random = np.random.default_rng(len(speaker))
    responses = {"first": random.random((30, 4)), "second": random.random((15, 16))}
    given = {"utterance": f"{speaker}-1", "speaker": speaker, "phones": [("T", 0.1, 0.2), ("IY", 0.2, 0.41)]}
    return OwnUtterance(**{**given, "responses": responses, **changes})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_responses(tmp_path, LAYERS, [spoken("anna"), spoken("ben")], INVENTORY)
    return tmp_path


def test_what_is_written_is_taken_and_read(folder: Path) -> None:
    paths = Paths.of(folder)
    check_responses(paths, INVENTORY.labels)
    found = Responses.open(paths.responses, paths.geometry, paths.placement)
    tokens = Tokens.read(paths.tokens, INVENTORY.labels, "speaker")
    assert [(layer.name, layer.grid.rows) for layer in found.layers.values()] == [("first", 2), ("second", 4)]
    assert tokens.samples == ("anna", "ben")
    expected = spoken("anna").responses["first"][5:10].mean(axis=0)  # centred on 0.10 to 0.18 s
    np.testing.assert_allclose(found.token_means(1, tokens)[0], expected, rtol=1e-6)
    assert "filter_cosine" not in found.arrays(1, "frame_comoment", "filter_cosine"), "nothing is invented"
    np.testing.assert_array_equal(found.arrays(2, "filter_cosine")["filter_cosine"], np.eye(16))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"phones": [("Q", 0.1, 0.2)]}, "label 'Q'"),
        ({"phones": [("T", 0.2, 0.1)]}, "T from 0.2 to 0.1 s"),
        ({"responses": {"first": np.zeros((30, 4))}}, "responses of first"),
        ({"responses": {"first": np.zeros((4, 30)), "second": np.zeros((15, 16))}}, r"first of shape \(4, 30\)"),
        ({"responses": {"first": np.full((30, 4), np.nan), "second": np.zeros((15, 16))}}, "not finite"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_leaves_nothing(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=f"anna-1.*{message}"):
        write_responses(tmp_path, LAYERS, [spoken("anna", **changes)], INVENTORY)
    assert list(tmp_path.iterdir()) == []


def test_filters_belong_to_the_units(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="first: filters of 3 units"):
        write_responses(tmp_path, [OwnLayer("first", 2, 2, 0.02, 0.1, filters=np.eye(3))], [spoken("anna")], INVENTORY)


def damaged(edit: Callable[[h5py.File], object]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        with h5py.File(folder / "responses.nc", "a") as file:
            edit(file)

    return damage


def replaced(name: str, values: Any) -> Callable[[h5py.File], None]:
    def replace(file: h5py.File) -> None:
        del file[name]
        file.create_dataset(name, data=values)

    return replace


def rewritten(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_text((folder / name).read_text().replace(old, new)) and None


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (rewritten("tokens.tsv", "phone", "label"), "columns"),
        (rewritten("tokens.tsv", "\tT\t", "\tXX\t"), "2 tokens of unknown phones"),
        (rewritten("tokens.tsv", "\tben\t", "\teve\t"), "no speaker eve"),
        (rewritten("geometry.tsv", "stride_s", "stride"), "columns"),
        (lambda folder: (folder / "responses.nc").write_bytes(b"") and None, "not readable"),
        (damaged(lambda file: file["layer2"].__delitem__("mean")), "not readable"),
        (damaged(lambda file: file.__delitem__("layer2")), "not readable"),
        (damaged(replaced("layer2/mean", np.zeros((2, 3, 4)))), "layer 2 of 4 units|mean of shape"),
        (damaged(replaced("layer2/filter_cosine", np.zeros((16, 15)))), "filter_cosine of shape"),
        (damaged(replaced("layer2/frame_count", np.zeros(2))), "frame_count of shape"),
        (damaged(replaced("layer2/m2", np.full((2, 3, 16), np.inf))), "m2 with entries"),
        (damaged(replaced("layer1/token_mean", np.full((4, 4), np.nan, np.float32))), "token_mean with entries"),
        (damaged(replaced("phone", ["IY", "T", "AA"])), "phones IY T AA"),
    ],
)
def test_responses_that_do_not_fit_are_refused(folder: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(folder)
    with pytest.raises(InputError, match=message):
        check_responses(Paths.of(folder), INVENTORY.labels)


def test_other_speakers_and_filters_may_be_absent(folder: Path) -> None:
    damaged(lambda file: file["layer2"].__delitem__("filter_cosine"))(folder)
    check_responses(Paths.of(folder), INVENTORY.labels)


def test_memory_mapped_responses_are_taken(tmp_path: Path) -> None:
    one = spoken("anna")
    for name, values in one.responses.items():
        np.save(tmp_path / f"{name}.npy", values)
    mapped = {name: np.load(tmp_path / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in one.responses}
    write_responses(tmp_path / "own", LAYERS, [spoken("anna", responses=mapped)], INVENTORY)
    assert Paths.of(tmp_path / "own").responses.is_file()
    shutil.rmtree(tmp_path / "own")


def test_the_example_of_the_pages_writes_what_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "own_responses.md").read_text(encoding="utf-8")
    code, overlay = re.findall(r"```(?:python|yaml)\n(.*?)```", page, re.DOTALL)
    shutil.copytree(ROOT / "resources", tmp_path / "resources")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "own_responses.md", "exec"), {})
    settings = completed(yaml.safe_load(overlay), ROOT / "config.yaml")
    validate(settings, ROOT / "workflow" / "schemas" / "config.schema.yaml")
    conditions.require_files(settings)
    check_responses(Paths.of("mine/seed0"), read_inventory("resources/phones.tsv").labels)
