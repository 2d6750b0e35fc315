"""Own intervals, checkpoints and responses in the place of a stage."""

import copy
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from snakemake.utils import update_config

from phonotopy.activations.take_responses import AXES, check_responses
from phonotopy.alignment.take_intervals import METHOD, supplied_intervals
from phonotopy.annotation.label_sets import Label, Labels
from phonotopy.core.errors import InputError
from phonotopy.core.grid import fit
from phonotopy.core.inventory import read_inventory
from phonotopy.corpus.utterances import Utterance
from phonotopy.recogniser.checkpoint import save_recogniser
from phonotopy.recogniser.network import Layer, Recogniser, layers_of
from phonotopy.recogniser.take_checkpoint import check_fit
from preflight import entry
from preflight.settings import validate

ROOT = Path(__file__).parents[2]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
PHONES = ("T", "IY", "AH")
LABELS = Labels(PHONES, {"IY1": Label("IY", 1), "AH0": Label("AH", 0), "AH1": Label("AH", 1)})


def utterance(name: str, duration_s: float = 1.0) -> Utterance:
    return Utterance(name, "anna", "test", "a.wav", duration_s, 16000, "tea tea")


# Intervals

TABLE = """utterance\tonset_s\toffset_s\tlabel\tstress\tword
u1\t0\t0.2\tSIL\t\t
u1\t0.2\t0.4\tT\t\ttea
u1\t0.4\t0.7\tIY\t1\ttea
u1\t0.7\t0.9\tT\t\t
u2\t0.1\t0.5\tAH0\t\ta
"""


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_intervals_cover_their_utterances(tmp_path: Path) -> None:
    one, two, three = supplied_intervals(table(tmp_path, TABLE), [utterance(f"u{n}") for n in (1, 2, 3)], LABELS)
    assert [(item.label, item.stress, item.word) for item in one.intervals] == [
        ("SIL", None, ""),
        ("T", None, "tea"),
        ("IY", 1, "tea"),
        ("T", None, ""),
        ("SIL", None, ""),
    ]
    assert [(item.onset_s, item.label, item.stress) for item in two.intervals] == [
        (0.0, "SIL", None),
        (0.1, "AH", 0),
        (0.5, "SIL", None),
    ]
    assert [item.text for item in one.words] == ["tea"]
    assert (one.coverage.status, one.coverage.method) == ("aligned", METHOD)
    assert (three.coverage.status, three.coverage.reason, three.intervals) == ("excluded", "no intervals", [])


def test_words_and_stress_may_be_missing(tmp_path: Path) -> None:
    short = "label\tutterance\tonset_s\toffset_s\nAH1\tu1\t0.0\t1.0\n"
    (found,) = supplied_intervals(table(tmp_path, short), [utterance("u1")], LABELS)
    assert [(item.label, item.stress, item.word) for item in found.intervals] == [("AH", 1, "")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("u1\t0.5\t1.5\tT\t\t", "too long"),
        ("u1\t0.5\t0.4\tT\t\t", "overlapping"),
        ("u1\t0.1\t0.4\tXX\t\t", "unknown label 'XX'"),
        ("u1\t0.1\t0.4\tSIL\t\t", "no phones"),
    ],
)
def test_an_utterance_with_impossible_intervals_is_excluded(tmp_path: Path, row: str, reason: str) -> None:
    text = TABLE.splitlines()[0] + f"\n{row}\nu2\t0\t1\tT\t\t\n"
    one, two = supplied_intervals(table(tmp_path, text), [utterance("u1"), utterance("u2")], LABELS)
    assert one.coverage.status == "excluded"
    assert reason in one.coverage.reason
    assert two.coverage.status == "aligned"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TABLE.replace("onset_s", "onset"), "columns"),
        (TABLE.replace("0.4", "four", 1), "line 3"),
        (TABLE.replace("0.4", "nan", 1), "line 3: nan is no time in seconds"),
        (TABLE.replace("0.4", "inf", 1), "line 3: inf is no time in seconds"),
        (TABLE.replace("0.4", "-1", 1), "line 3: -1 is no time in seconds"),
        (TABLE.replace("u1", "v1").replace("u2", "v2"), "tells of no utterance of the corpus, but of v1, v2"),
        (TABLE.splitlines()[0] + "\n", "none at all"),
        (TABLE.replace("\ttea", "", 1), "line 3"),
    ],
)
def test_a_table_that_cannot_be_meant_stops_the_run(tmp_path: Path, text: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        supplied_intervals(table(tmp_path, text), [utterance("u1"), utterance("u2")], LABELS)
    assert found in str(caught.value)


# Checkpoints

ANALYSIS = {"bands": 8, "hop_s": 0.01}


def layers(*filters: int, torus: bool = False, stride: int = 1) -> list[Layer]:
    return layers_of([{"filters": count, "kernel": 3, "stride": stride} for count in filters], torus=torus)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    network = Recogniser(8, layers(4, 16), 3, dropout=0.0)
    save_recogniser(tmp_path / "own.pt", network, {**ANALYSIS, "alphabet": "abc"})
    return tmp_path / "own.pt"


def test_a_checkpoint_that_fits_is_taken(checkpoint: Path) -> None:
    check_fit(checkpoint, layers(4, 16), ANALYSIS, "ab")


@pytest.mark.parametrize(
    ("expected", "analysis", "alphabet", "message"),
    [
        (layers(4), ANALYSIS, "ab", "2 hidden layers"),
        (layers(4, 16, 16), ANALYSIS, "ab", "2 hidden layers"),
        (layers(4, 64), ANALYSIS, "ab", "layer 2 is 16 filters of kernel 3, stride 1, on a plane of 4 × 4"),
        (layers(4, 16, torus=True), ANALYSIS, "ab", "layer 1 is 4 filters"),
        (layers(4, 16, stride=2), ANALYSIS, "ab", "layer 1"),
        (layers(4, 16), {**ANALYSIS, "hop_s": 0.02}, "ab", "made for hop_s 0.01"),
        (layers(4, 16), {**ANALYSIS, "lowest_hz": 60}, "ab", "made for lowest_hz None"),
        (layers(4, 16), ANALYSIS, "abd", "letters 'd', which it does not know"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(
    checkpoint: Path, expected: list[Layer], analysis: dict[str, Any], alphabet: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        check_fit(checkpoint, expected, analysis, alphabet)
    assert message in str(caught.value)


class Executes:
    """An object whose unpickling runs code."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.mark,)


def test_a_checkpoint_never_runs_code(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    torch.save({"layers": [], "settings": Executes(mark), "weights": {}}, tmp_path / "own.pt")
    with pytest.raises(InputError, match="not readable as a checkpoint"):
        check_fit(tmp_path / "own.pt", layers(4), ANALYSIS, "a")
    assert not mark.exists()


# Responses

GRIDS = [fit(4, "here"), fit(16, "here")]
TOKENS = (
    "token\tutterance\tspeaker\tsplit\tphone\tonset_s\toffset_s\n0\tu1\tanna\ttest\tT\t0\t1\n"
    "1\tu1\tben\ttest\tIY\t1\t2\n"
)
LAYERS = (
    "layer\trows\tcolumns\ttorus\tstride_s\treceptive_field_s\n1\t2\t2\tfalse\t0.01\t0.1\n2\t4\t4\tfalse\t0.01\t0.1\n"
)
LENGTHS = {"phones": 3, "speakers": 2, "lags": 5, "groups": 2}


def moments(units: int) -> dict[str, Any]:
    lengths = LENGTHS | {"units": units}
    arrays: dict[str, Any] = {name: np.zeros([lengths[axis] for axis in axes]) for name, axes in AXES.items()}
    return arrays | {"phones": np.array(PHONES), "speakers": np.array(["anna", "ben"])}


@pytest.fixture
def responses(tmp_path: Path) -> Path:
    (tmp_path / "tokens.tsv").write_text(TOKENS)
    (tmp_path / "layers.tsv").write_text(LAYERS)
    for number, grid in enumerate(GRIDS, start=1):
        np.save(tmp_path / f"layer{number}.npy", np.zeros((2, grid.units), np.float32))
        np.savez(tmp_path / f"layer{number}.npz", **moments(grid.units))
    return tmp_path


def checked(folder: Path) -> None:
    means, moments = ([folder / f"layer{n}.{suffix}" for n in (1, 2)] for suffix in ("npy", "npz"))
    check_responses(folder / "tokens.tsv", folder / "layers.tsv", means, moments, GRIDS, PHONES)


def test_responses_that_fit_are_taken(responses: Path) -> None:
    checked(responses)


def edited(name: str, **changes: Any) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        arrays = moments(16) | changes
        np.savez(folder / name, **{key: value for key, value in arrays.items() if value is not None})

    return edit


def written(name: str, text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_text(text)  # type: ignore[return-value]


def saved(name: str, values: Any) -> Callable[[Path], None]:
    return lambda folder: np.save(folder / name, values)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (written("tokens.tsv", TOKENS.replace("phone", "label", 1)), "columns"),
        (written("tokens.tsv", TOKENS.replace("\tT\t", "\tXX\t")), "1 tokens of unknown phones"),
        (written("tokens.tsv", TOKENS.replace("ben", "eve")), "no speaker eve"),
        (written("tokens.tsv", TOKENS + TOKENS.splitlines()[1] + "\n"), "an array of (2, 4)"),
        (written("layers.tsv", LAYERS.replace("4\t4", "2\t8")), "grids 2 × 2, 2 × 8"),
        (written("layers.tsv", LAYERS.replace("false", "true")), "torus"),
        (written("layers.tsv", LAYERS.replace("stride_s", "stride")), "columns"),
        (written("layer1.npy", ""), "not readable"),
        (written("layer2.npz", "nothing"), "not readable"),
        (saved("layer1.npy", np.zeros((2, 4))), "float64"),
        (saved("layer1.npy", np.full((2, 4), np.nan, np.float32)), "no finite numbers"),
        (saved("layer1.npy", np.array([[{}] * 4] * 2, dtype=object)), "not readable"),
        (edited("layer2.npz", mean=None), "no arrays mean"),
        (edited("layer2.npz", mean=np.zeros((2, 3, 4))), "mean of shape (2, 3, 4)"),
        (edited("layer2.npz", filter_gram=np.zeros((16, 15))), "filter_gram of shape (16, 15)"),
        (edited("layer2.npz", frame_count=np.zeros(2)), "frame_count of shape (2,)"),
        (edited("layer2.npz", onset_m2=np.zeros((2, 3, 4, 16))), "onset_m2 of shape"),
        (edited("layer2.npz", m2=np.full((2, 3, 16), np.inf)), "m2 with entries"),
        (edited("layer2.npz", phones=np.array(["IY", "T", "AH"])), "phones IY T AH"),
        (edited("layer2.npz", count=np.array([[{}] * 3] * 2, dtype=object)), "not readable"),
    ],
)
def test_responses_that_do_not_fit_are_refused(responses: Path, edit: Callable[[Path], None], message: str) -> None:
    edit(responses)
    with pytest.raises(InputError) as caught:
        checked(responses)
    assert message in str(caught.value)


def test_arrays_never_run_code(responses: Path) -> None:
    mark = responses / "executed"
    arrays = moments(16) | {"count": np.array([[Executes(mark)] * 3] * 2, dtype=object)}
    np.savez(responses / "layer2.npz", **arrays)
    with pytest.raises(InputError, match="not readable"):
        checked(responses)
    assert not mark.exists()


def test_the_example_of_the_documents_writes_what_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, overlay = re.findall(
        r"```(?:python|yaml)\n(.*?)```", (ROOT / "docs" / "own_responses.md").read_text(), re.DOTALL
    )
    shutil.copytree(ROOT / "resources", tmp_path / "resources")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "own_responses.md", "exec"), {})
    own = copy.deepcopy(DEFAULTS)
    update_config(own, yaml.safe_load(overlay))
    phones = read_inventory("resources/phones.tsv").labels
    validate(own, ROOT / "workflow" / "schemas" / "config.schema.yaml")
    entry.check(own)
    folder = Path(entry.place(own["activations"]["responses"]["mine"], 0))
    grids = [fit(layer["filters"], "here", torus=False) for layer in own["training"]["network"]["layers"]]
    arrays = [folder / "layer1.npy"], [folder / "layer1.npz"]
    check_responses(folder / "tokens.tsv", folder / "layers.tsv", *arrays, grids, phones)


# Settings


def settings(**changes: Any) -> dict[str, Any]:
    changed = copy.deepcopy(DEFAULTS)
    for path, value in changes.items():
        section, key = path.split("__")
        changed[section][key] = value
    return changed


def test_nothing_of_ones_own_is_the_default() -> None:
    entry.check(DEFAULTS)
    assert entry.supplied(DEFAULTS, "checkpoints") == entry.supplied(DEFAULTS, "responses") == {}


def test_files_that_are_there_are_accepted(tmp_path: Path) -> None:
    for seed in (0, 1):
        (tmp_path / f"{seed}.pt").touch()
        folder = tmp_path / f"responses{seed}"
        folder.mkdir()
        for name in ("tokens.tsv", "layers.tsv"):
            (folder / name).touch()
    (tmp_path / "i.tsv").touch()
    own = settings(
        alignment__intervals=str(tmp_path / "i.tsv"),
        training__checkpoints={"control": f"{tmp_path}/{{seed}}.pt"},
        activations__responses={"topographic": f"{tmp_path}/responses{{seed}}"},
    )
    entry.check(own)
    assert entry.supplied(own, "checkpoints") == {"control": f"{tmp_path}/{{seed}}.pt"}
    shutil.rmtree(tmp_path / "responses1")
    with pytest.raises(InputError, match=r"activations\.responses\.topographic: there is no file .*responses1/tokens"):
        entry.check(own)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alignment__intervals": "nowhere.tsv"}, "alignment.intervals: there is no file nowhere.tsv"),
        ({"training__checkpoints": {"control": "{seed}.pt"}}, "training.checkpoints.control: there is no file 0.pt"),
        ({"training__checkpoints": {"control": "one.pt"}}, "training.checkpoints.control: one.pt for the seeds 0, 1"),
        ({"training__checkpoints": {"controll": "{seed}"}}, "training.checkpoints.controll: no such condition"),
        ({"activations__responses": {"third": "{seed}"}}, "activations.responses.third: no such condition"),
        (
            {"training__checkpoints": {"control": "{seed}"}, "activations__responses": {"control": "{seed}"}},
            "activations.responses.control: a checkpoint and responses for one condition",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_before_any_job(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        entry.check(settings(**changes))
    assert message in str(caught.value)


def test_a_path_is_no_format_string() -> None:
    assert entry.place("{seed.__class__}/{0}/{seed}", 3) == "{seed.__class__}/{0}/3"
