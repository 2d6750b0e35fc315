"""Settings: what is refused, and how the refusal reads."""

import copy
import math
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import update_config

from phonotopy.core.errors import InputError
from phonotopy.core.inventory import read_inventory
from preflight.settings import check_phones, validate

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"
DEFAULTS: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text())
PHONES = read_inventory(ROOT / "resources" / "phones.tsv").labels
OVERLAYS = [*sorted((ROOT / "presets").glob("*.yaml")), ROOT / "tests" / "smoke" / "config.yaml"]
MISSING = object()
KEYWORDS = {
    *("$schema", "$defs", "title", "description", "type", "enum", "pattern", "minLength"),
    *("properties", "additionalProperties", "required", "propertyNames", "minProperties"),
    *("items", "minItems", "maxItems", "uniqueItems"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}


def check(settings: dict[str, Any]) -> None:
    validate(settings, SCHEMA)
    check_phones(settings, "resources/phones.tsv", PHONES)


def changed(path: str, value: object) -> dict[str, Any]:
    """The defaults with the setting at the dotted path replaced, or removed where the value is MISSING."""
    settings = copy.deepcopy(DEFAULTS)
    *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    section = reduce(lambda inner, key: inner[key], parents, settings)
    if value is MISSING:
        del section[last]
    else:
        section[last] = value
    return settings


def refusal(settings: dict[str, Any]) -> InputError:
    with pytest.raises(InputError) as caught:
        check(settings)
    return caught.value


def test_the_defaults_are_accepted() -> None:
    check(DEFAULTS)


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.parent.name + "/" + path.name)
def test_presets_are_accepted(path: Path) -> None:
    settings = copy.deepcopy(DEFAULTS)
    update_config(settings, yaml.safe_load(path.read_text()))
    check(settings)
    assert settings["results"] != DEFAULTS["results"], "a preset must not overwrite the default's results"


@pytest.mark.parametrize(
    ("path", "value", "subject", "found", "advice"),
    [
        ("trainign", {}, "trainign", "no such setting", "did you mean training?"),
        ("mapping.permutation", 99, "mapping.permutation", "no such setting", "did you mean permutations?"),
        (
            "training.network.layers.0.filter",
            9,
            "training.network.layers[0].filter",
            "no such",
            "did you mean filters?",
        ),
        ("corpus.synthetic.minutes.valid", 1, "corpus.synthetic.minutes.valid", "no such setting", "choose one"),
        ("mapping.permutations", MISSING, "mapping.permutations", "missing", "config.yaml"),
        ("corpus.synthetic.speakers.dev", MISSING, "corpus.synthetic.speakers.dev", "missing", "config.yaml"),
        ("training", None, "training", "nothing", "correct the value"),
        ("training.optimiser.learning_rate", "1e-3", "training.optimiser.learning_rate", "text '1e-3'", "1.0e-3"),
        ("training.optimiser.learning_rate", math.nan, "training.optimiser.learning_rate", "nan", "correct"),
        ("training.optimiser.learning_rate", 0, "training.optimiser.learning_rate", "number 0", "correct"),
        ("training.optimiser.epochs", 2.0, "training.optimiser.epochs", "number 2.0", "correct"),
        ("run", "control", "run", "text 'control'", "in brackets: [control]"),
        ("training.optimiser.epochs", True, "training.optimiser.epochs", "truth value true", "correct"),
        ("training.seeds", [], "training.seeds", "list []", "correct"),
        ("training.seeds", [0, 0], "training.seeds", "list [0, 0]", "correct"),
        ("training.threads", 0, "training.threads", "number 0", "correct"),
        ("training.network.dropout", 1.5, "training.network.dropout", "number 1.5", "correct"),
        ("training.network.torus", "false", "training.network.torus", "text 'false'", "correct"),
        ("alignment.tiers.phones.0", False, "alignment.tiers.phones[0]", "truth value false", "quotes"),
        ("alignment.tiers.words", "words", "alignment.tiers.words", "text 'words'", "brackets: [words]"),
        ("alignment.mapped", "tones", "alignment.mapped", "text 'tones'", "did you mean phones?"),
        ("alignment.outside", "ignore", "alignment.outside", "text 'ignore'", "choose one"),
        ("figures.phones.8", False, "figures.phones[8]", "truth value false", "quotes"),
        ("corpus.name", "../x", "corpus.name", "text '../x'", "correct"),
        ("corpus.source", "record", "corpus.source", "text 'record'", "did you mean recordings?"),
        ("training.precision", "float16", "training.precision", "text 'float16'", "did you mean bfloat16?"),
        ("alignment.compared.utterances", 0, "alignment.compared.utterances", "number 0", "correct"),
        ("alignment.compared.methods", ["mfa1"], "alignment.compared.methods[0]", "text 'mfa1'", "did you mean mfa?"),
        ("alignment.method", ["textgrid"], "alignment.method[0]", "text 'textgrid'", "did you mean textgrids?"),
        ("mapping.false_discovery_rate", 1, "mapping.false_discovery_rate", "number 1", "correct"),
        ("mapping.resampling_unit", "token", "mapping.resampling_unit", "text 'token'", "choose one"),
        ("corpus.max_excluded", -0.1, "corpus.max_excluded", "number -0.1", "correct"),
        ("activations.lags_s", [0.3, -0.2], "activations.lags_s", "[0.3, -0.2]", "exchange"),
        ("run", ["topografic"], "run[0]", "text 'topografic'", "did you mean topographic?"),
        (
            "conditions.control.objective",
            "kernel",
            "conditions.control.objective",
            "kernel",
            "choose",
        ),
        ("training.objectives.response_kernel", MISSING, "training.objectives.response_kernel", "topographic", "add"),
        ("training.network.layers.2.filters", 127, "training.network.layers[2].filters", "127 filters", "change"),
        ("training.features.highest_hz", 8001, "training.features.highest_hz", "number 8001", "lower it"),
        ("training.features.lowest_hz", 7600, "training.features.lowest_hz", "number 7600", "lower it"),
        ("training.features.hop_s", 0.05, "training.features.hop_s", "number 0.05", "lower it"),
        ("training.augmentation.band_mask", 65, "training.augmentation.band_mask", "number 65", "lower it"),
        ("training.features.kind", "samples", "training.features.kind", "text 'samples'", "choose one"),
        ("training.features.kind", "waveform", "training.augmentation.warp", "number 0.1", "presets/waveform.yaml"),
        ("alignment.intervals", "a{b}.tsv", "alignment.intervals", "text 'a{b}.tsv'", "without { } < and >"),
        ("corpus.recordings.path", "{a}", "corpus.recordings.path", "text '{a}'", "without { } < and >"),
        ("corpus.recordings.path", "</script>", "corpus.recordings.path", "text '</script>'", "without { } < and >"),
        ("conditions.m", {"checkpoint": "{x}.pt"}, "conditions.m.checkpoint", "text '{x}.pt'", "without {"),
        ("conditions.m", {"responses": ""}, "conditions.m.responses", "text ''", "correct"),
        ("corpus.recordings.test_speakers", ["a\nb"], "corpus.recordings.test_speakers[0]", "text 'a", "correct"),
        ("report.private", "yes", "report.private", "text 'yes'", "correct"),
        ("archive.include", ["weight"], "archive.include[0]", "text 'weight'", "did you mean weights?"),
        ("figures.phones.0", "PP", "figures.phones[0]", "text 'PP'", "did you mean P?"),
        ("figures.examples", ["P", "PP"], "figures.examples[1]", "text 'PP'", "did you mean P?"),
        ("introspection.phones", ["P", "PP"], "introspection.phones[1]", "text 'PP'", "did you mean P?"),
        ("introspection.methods", ["lesion"], "introspection.methods[0]", "text 'lesion'", "did you mean lesions?"),
        ("introspection.layers", [0], "introspection.layers[0]", "number 0", "correct"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(
    path: str, value: object, subject: str, found: str, advice: str
) -> None:
    error = refusal(changed(path, value))
    assert error.subject == subject
    assert found in error.found
    assert advice in error.advice


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("mapping.permutations", 3, "a whole number from 9 up to 10000000: number of permutations of unit positions"),
        ("training.network.dropout", 2, "a number from 0 up to 0.9: probability of dropout after every layer"),
        ("figures.formats", ["jpg"], "one of svg, png, pdf: a file format"),
        ("training.features.highest_hz", 9000, "at most 8000 (half the sample rate)"),
        ("corpus.max_excluded", 2, "a number from 0 up to 1: fraction of utterances that may be excluded"),
    ],
)
def test_a_refusal_says_what_is_allowed(path: str, value: object, expected: str) -> None:
    assert refusal(changed(path, value)).expected.startswith(expected)


def test_a_misspelt_key_is_reported_rather_than_the_missing_one() -> None:
    settings = changed("training.seeds", MISSING)
    settings["training"]["sedes"] = [0]
    assert refusal(settings).subject == "training.sedes"


def test_a_method_is_not_compared_with_itself_alone() -> None:
    settings = changed("alignment.compared.methods", ["pocketsphinx"])
    check(settings)
    settings["alignment"]["method"] = ["pocketsphinx"]
    assert refusal(settings).subject == "alignment.compared.methods"
    settings["alignment"]["intervals"] = "mine.tsv"
    check(settings)


def test_recordings_need_a_path_and_held_out_speakers() -> None:
    settings = changed("corpus.source", "recordings")
    assert refusal(settings).subject == "corpus.recordings.path"
    settings["corpus"]["recordings"]["path"] = "speech.zip"
    assert refusal(settings).subject == "corpus.recordings.test_speakers"
    settings["corpus"]["recordings"]["test_speakers"] = ["theo"]
    check(settings)


def sections(schema: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every part of the schema that describes a setting, with its path."""
    inner = [(f"{path}.{name}", part) for name, part in schema.get("properties", {}).items()]
    inner += [
        (f"{path}[]", schema[key]) for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)
    ]
    return [(path, schema), *(found for name, part in inner for found in sections(part, name))]


@pytest.mark.parametrize(("path", "part"), sections(yaml.safe_load(SCHEMA.read_text())))
def test_the_schema_is_closed_and_explains_itself(path: str, part: dict[str, Any]) -> None:
    assert part.get("description"), path
    assert set(part) <= KEYWORDS, "a validator passes over keywords that it does not know"
    if part.get("type") == "object":
        assert "additionalProperties" in part and part["additionalProperties"] is not True
