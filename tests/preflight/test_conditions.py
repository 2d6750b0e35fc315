"""Conditions of every kind in one section of the settings, and those that cannot be meant."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from phonotopy.activations.layouts import optional
from phonotopy.activations.layouts.layout import FITTED, LAYOUTS
from phonotopy.core.errors import InputError
from preflight import conditions, downloads, privacy
from preflight.conditions import OWN_FOLDER, UNFITTED, resolve
from preflight.settings import validate

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"
DEFAULTS: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


OWN_MODULE: dict[str, Any] = {"model": "mine.py:f", "weights": "w{seed}.pt", "layers": ["x"]}


def settings(run: list[str] | None = None, **defined: Any) -> dict[str, Any]:
    """The defaults with further conditions, of which `run` are run."""
    changed = copy.deepcopy(DEFAULTS)
    changed["conditions"] |= defined
    return changed | {"run": run or changed["run"]}


def test_the_default_trains_a_control_and_a_map_and_lays_the_control_out() -> None:
    found = resolve(DEFAULTS)
    assert [(one.name, one.kind, one.value, one.origin) for one in found.values()] == [
        ("control", "objective", "none", "control"),
        ("topographic", "objective", "response_kernel", "topographic"),
        ("laid_out", "layout", "annealed", "control"),
    ]
    assert [one.is_control for one in found.values()] == [True, False, False]


def test_a_layout_brings_what_it_lays_out() -> None:
    found = resolve(settings(["shuffled"]))
    assert list(found) == ["shuffled", "topographic"]
    assert (found["shuffled"].origin, found["shuffled"].kind) == ("topographic", "layout")


def test_a_condition_may_have_a_network_of_its_own() -> None:
    layers = [{"filters": 64, "kernel": 3, "stride": 2}]
    found = resolve(settings(["deep"], deep={"objective": "none", "network": {"layers": layers}}))
    assert found["deep"].network == {**DEFAULTS["training"]["network"], "layers": layers}


def test_the_schema_knows_the_layouts() -> None:
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    known = schema["properties"]["conditions"]["additionalProperties"]["properties"]["layout"]["enum"]
    assert known == list(LAYOUTS) == [UNFITTED, *FITTED]


def test_a_layout_whose_library_is_missing_is_refused_where_it_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optional, "find_spec", lambda _: None)
    defined = {"a": {"layout": "umap", "of": "control"}, "b": {"layout": "annealed", "of": "control"}}
    conditions.require_files(settings(["control", "b"], **defined))
    with pytest.raises(InputError, match="layout umap: the Python package umap is not installed"):
        conditions.require_files(settings(["control", "a"], **defined))


def test_responses_of_ones_own_can_be_shuffled() -> None:
    own = {"theirs": {"responses": "x"}, "moved": {"layout": "shuffled", "of": "theirs"}}
    validate(settings(**own), SCHEMA)


@pytest.mark.parametrize(
    ("defined", "message"),
    [
        ({"a": {}}, "conditions.a: nothing that says where its map comes from"),
        ({"a": {"objective": "none", "checkpoint": "x.pt"}}, "conditions.a: both objective and checkpoint"),
        ({"a": {"layout": "shuffled"}}, "conditions.a.of: a layout without the condition"),
        ({"a": {"objective": "none", "of": "control"}}, "conditions.a.of: of without a layout"),
        ({"a": {"layout": "shuffled", "of": "a"}}, "conditions.a.of: a itself"),
        ({"a": {"layout": "shuffled", "of": "b"}}, "conditions.a.of: no condition b"),
        ({"a": {"layout": "shuffled", "of": "shuffled"}}, "conditions.a.of: shuffled, which is a layout itself"),
        (
            {"a": {"layout": "pca", "of": "b"}, "b": {"responses": "x"}},
            "conditions.a.of: b, a folder of responses, which has none to training speech",
        ),
        ({"a": {"layout": "sorted", "of": "control"}}, "conditions.a.layout: the text 'sorted'"),
        (
            {"a": {"checkpoint": "x.pt", "network": {"torus": True}}},
            "conditions.a.network: a network beside checkpoint",
        ),
        ({"a": {"objective": "none", "netwrok": {}}}, "conditions.a.netwrok: no such setting"),
        ({"a": {"model": "torchaudio:WAV2VEC_BASE", "layers": ["x"]}}, "did you mean torchaudio:WAV2VEC2_BASE?"),
        ({"a": {"model": "mine.py", "layers": ["x"]}}, "conditions.a.model: the text 'mine.py'"),
        ({"a": {"model": "mine.py:f", "weights": "w.pt"}}, "conditions.a.layers: a model without layers"),
        ({"a": {"model": "mine.py:f", "layers": ["x"]}}, "conditions.a.weights: a module without weights"),
        ({"a": {"objective": "none", "layers": ["x"]}}, "conditions.a.layers: layers without a model"),
        ({"a": {"model": "mine.py:f", "checkpoint": "x.pt"}}, "conditions.a: both checkpoint and model"),
        ({"a": OWN_MODULE | {"layers": ["x", {"name": "x"}]}}, "conditions.a.layers[1]: x twice"),
        ({"a": OWN_MODULE | {"layers": [{"name": "x", "rows": 4}]}}, "conditions.a.layers[0]: x with rows alone"),
        ({"a": OWN_MODULE | {"layers": [3]}}, "conditions.a.layers[0]: the number 3"),
        ({"a": OWN_MODULE | {"layers": [{"nam": "x"}]}}, "conditions.a.layers[0].nam: no such setting"),
        ({"a": OWN_MODULE | {"input": "mfcc"}}, "conditions.a.input: the text 'mfcc'"),
        (
            {"a": OWN_MODULE | {"input": "log_mel", "sample_rate_hz": 8000}},
            "conditions.a.sample_rate_hz: a sample rate that is given already",
        ),
        (
            {"a": {"model": "torchaudio:WAV2VEC2_BASE", "layers": ["x"], "input": "log_mel"}},
            "conditions.a.input: input beside a bundle",
        ),
        (
            {"a": {"objective": "none", "network": {"layers": [{"filters": 17, "kernel": 3, "stride": 1}]}}},
            "conditions.a.network.layers[0].filters: 17 filters fill no rectangle",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name_also_where_it_is_not_run(
    defined: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        validate(settings(**defined), SCHEMA)
    assert message in str(caught.value)
    assert "next step" in str(caught.value)


@pytest.mark.parametrize(("name", "value"), [("run", ["contrl"]), ("reference", "contrl")])
def test_unknown_conditions_are_named(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"{name}.*'contrl'"):
        validate({**copy.deepcopy(DEFAULTS), name: value}, SCHEMA)


def test_files_that_are_there_are_accepted_and_those_that_are_not_are_named(tmp_path: Path) -> None:
    for seed in (0, 1):
        (tmp_path / f"{seed}.pt").touch()
        folder = tmp_path / f"responses{seed}"
        folder.mkdir()
        for name in OWN_FOLDER:
            (folder / name).touch()
    own = {"mine": {"checkpoint": f"{tmp_path}/{{seed}}.pt"}, "theirs": {"responses": f"{tmp_path}/responses{{seed}}"}}
    conditions.require_files(settings(["mine", "theirs"], **own))
    (tmp_path / "responses1" / "responses.nc").unlink()
    with pytest.raises(InputError, match=r"conditions\.theirs\.responses: there is no file .*responses1/responses\.nc"):
        conditions.require_files(settings(["mine", "theirs"], **own))
    conditions.require_files(settings(["mine"], **own))


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"checkpoint": "{seed}.pt"}, "conditions.a.checkpoint: there is no file 0.pt"),
        ({"checkpoint": "one.pt"}, "conditions.a.checkpoint: one.pt for the seeds 0, 1"),
        ({"responses": "{seed}"}, "conditions.a.responses: there is no file 0/geometry.tsv"),
    ],
)
def test_files_of_ones_own_are_looked_for_before_any_job(own: dict[str, str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        conditions.require_files(settings(["a"], a=own))
    assert message in str(caught.value)


def test_a_model_has_what_is_read_of_it_and_stands_for_a_network_in_estimates() -> None:
    own = {"mine": {**OWN_MODULE, "layers": ["x", "y"]}, "moved": {"layout": "annealed", "of": "mine"}}
    changed = settings(["mine", "moved"], **own)
    validate(changed, SCHEMA)
    found = resolve(changed)
    assert [(one.kind, one.origin) for one in found.values()] == [("model", "mine"), ("layout", "mine")]
    expected = {"weights": "w{seed}.pt", "layers": ["x", "y"], "input": "waveform", "sample_rate_hz": 16000}
    assert found["mine"].module == expected
    assert len(found["mine"].network["layers"]) == 2


def test_files_of_a_module_are_looked_for_and_a_bundle_has_one_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = settings(["a"], a=OWN_MODULE)
    with pytest.raises(InputError, match=r"conditions\.a\.model: there is no file mine\.py"):
        conditions.require_files(own)
    Path("mine.py").touch()
    Path("w0.pt").touch()
    with pytest.raises(InputError, match=r"conditions\.a\.weights: there is no file w1\.pt"):
        conditions.require_files(own)
    Path("w1.pt").touch()
    conditions.require_files(own)
    with pytest.raises(InputError, match=r"conditions\.a\.weights: w0\.pt for the seeds 0, 1"):
        conditions.require_files(settings(["a"], a=OWN_MODULE | {"weights": "w0.pt"}))
    bundle = settings(["b"], b={"model": "torchaudio:WAV2VEC2_BASE", "layers": ["x"]})
    with pytest.raises(InputError, match=r"conditions\.b\.model: torchaudio:WAV2VEC2_BASE for the seeds 0, 1"):
        conditions.require_files(bundle)
    bundle["training"]["seeds"] = [0]
    conditions.require_files(bundle)


def test_weights_of_bundles_are_announced_and_paths_of_modules_withheld(tmp_path: Path) -> None:
    named = {"a": OWN_MODULE, "b": {"model": "torchaudio:HUBERT_BASE", "layers": ["x"]}}
    changed = settings(["a", "b"], **named)
    changed["corpus"]["librispeech"]["cache"] = str(tmp_path)
    line = downloads.announcement(changed)
    assert line.startswith(f"Weights to be downloaded into {tmp_path}") and "HUBERT_BASE (MIT)" in line
    (tmp_path / "HUBERT_BASE-hubert_fairseq_base_ls960.pth").touch()
    assert not downloads.announcement(changed)
    shown = privacy.public({**changed, "report": {**changed["report"], "private": True}})["conditions"]
    assert (shown["a"]["model"], shown["a"]["weights"]) == (privacy.WITHHELD, privacy.WITHHELD)
    assert shown["b"]["model"] == "torchaudio:HUBERT_BASE"


def test_a_path_is_no_format_string() -> None:
    assert conditions.path_of("{seed.__class__}/{0}/{seed}", 3) == "{seed.__class__}/{0}/3"


# Settings of an objective that a condition has of its own

KERNEL = {"objective": "response_kernel", "settings": {"weight": 30.0, "shape": "gaussian", "radius": 1.4}}


def test_a_condition_may_have_settings_of_its_objective_of_its_own() -> None:
    general = DEFAULTS["training"]["objectives"]["response_kernel"]
    found = resolve(settings(["control", "topographic", "mine"], mine=KERNEL))
    assert found["mine"].settings == {**general, "weight": 30.0, "shape": "gaussian", "radius": 1.4}
    assert found["mine"].settings["growth"] == general["growth"], "what it does not set is the general one"
    assert found["topographic"].settings == general
    assert found["control"].settings == {}
    validate(settings(mine=KERNEL), SCHEMA)


def test_a_condition_is_named_after_what_makes_its_maps() -> None:
    mine = {"objective": "response_kernel", "settings": {"shape": "exponential"}}
    defined = {"mine": mine, "moved": {"layout": "pca", "of": "mine"}, "theirs": {"responses": "secret/path"}}
    found = resolve(settings(["control", "topographic", *defined], **defined))
    assert {name: one.method for name, one in found.items()} == {
        "control": "none",
        "topographic": "response_kernel gaussian",
        "mine": "response_kernel exponential",
        "moved": "pca",
        "theirs": "",
    }


@pytest.mark.parametrize(
    ("own", "subject", "found", "expected", "advice"),
    [
        ({"weigth": 3.0}, "weigth", "no such setting", "one of weight, growth, end, shape, radius", "mean weight?"),
        ({"factor": 3.0}, "factor", "no such setting", "one of weight, growth, end, shape, radius", "choose one"),
        ({"weight": -1}, "weight", "the number -1", "a number above 0 up to 1000000: mean weight over", "correct"),
        ({"weight": "1e-3"}, "weight", "the text '1e-3'", "a number above 0", "1.0e-3"),
        ({"shape": "gausian"}, "shape", "the text 'gausian'", "one of gaussian, exponential", "mean gaussian?"),
        ({"end": 2}, "end", "the number 2", "a number from 0 up to 1", "correct"),
        ({"growth": True}, "growth", "the truth value true", "a number from 0 up to 4", "correct"),
    ],
)
def test_wrong_settings_of_its_own_are_refused_by_name_as_in_the_section(
    own: dict[str, Any], subject: str, found: str, expected: str, advice: str
) -> None:
    """Where it is not run as well, and in the same words as in training.objectives."""
    with pytest.raises(InputError) as caught:
        validate(settings(mine={"objective": "response_kernel", "settings": own}), SCHEMA)
    error = caught.value
    assert error.subject == f"conditions.mine.settings.{subject}"
    assert found in error.found and error.expected.startswith(expected) and advice in error.advice
    changed = settings()
    changed["training"]["objectives"]["response_kernel"] |= own
    with pytest.raises(InputError) as general:
        validate(changed, SCHEMA)
    assert general.value.subject == f"training.objectives.response_kernel.{subject}"
    assert (general.value.found, general.value.expected) == (error.found, error.expected)


@pytest.mark.parametrize(
    ("own", "subject", "found"),
    [
        ({"objective": "none", "settings": {"weight": 1.0}}, "conditions.a.settings", "settings beside objective none"),
        ({"layout": "pca", "of": "control", "settings": {}}, "conditions.a.settings", "settings beside layout"),
        ({"checkpoint": "x.pt", "settings": {}}, "conditions.a.settings", "settings beside checkpoint"),
        ({"objective": "response_target", "settings": 3.0}, "conditions.a.settings", "the number 3.0"),
        (
            {"objective": "response_target", "settings": {"radius": 2}},
            "conditions.a.settings.radius",
            "no such setting",
        ),
    ],
)
def test_settings_of_what_has_none_are_refused(own: dict[str, Any], subject: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        validate(settings(a=own), SCHEMA)
    assert caught.value.subject == subject and found in caught.value.found
