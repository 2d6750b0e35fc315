"""Settings are refused by name before any job starts."""

import copy
import difflib
import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from phonotopy.core import grid
from phonotopy.core.errors import InputError
from preflight import conditions

__all__ = ["LABELS", "check_phones", "completed", "tables_of_labels", "validate"]

LABELS = ("arpabet", "mfa", "timit")  # names of tables in resources/labels

Settings = Mapping[str, Any]
TEXT_FOR_NUMBER = "YAML reads 1e-3 and what is quoted as text; --config reads all numbers inside braces as text"
TRUTH_FOR_TEXT = "YAML reads yes, no, on and off as true and false"


def completed(given: Settings, defaults: str | Path) -> dict[str, Any]:
    """The defaults of a configuration file with the given settings over them: mappings merge, all else is replaced."""
    merged = _merged(_read(defaults), given)
    return copy.deepcopy(merged)


def _read(path: str | Path) -> Any:
    """A YAML file, by libyaml where PyYAML was built with it: twenty times as fast."""
    reader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(Path(path).read_text(encoding="utf-8"))
    try:
        return reader.get_single_data()
    finally:
        reader.dispose()


def validate(settings: Settings, schema: str | Path) -> None:
    """Check settings against the schema, then against each other.

    Raises InputError that names the first wrong setting by its dotted path.
    """
    known = _read(schema)
    _require_valid(settings, known)
    _check_corpus(settings["corpus"])
    _check_alignment(settings["alignment"])
    conditions.check(settings)
    _check_objectives(settings["conditions"], known)
    _check_network(settings["training"]["network"])
    _check_features(settings["training"]["features"], settings["training"]["augmentation"])
    if settings["training"]["features"]["kind"] == "waveform":
        _check_samples(settings["training"])
    _check_lags(settings["activations"]["lags_s"])


def tables_of_labels(settings: Settings, resources: Path) -> list[Path]:
    """The table of the labels of tiers, one of `resources` or one's own, or none."""
    name = settings["alignment"]["labels"]
    return [resources / "labels" / f"{name}.tsv" if name in LABELS else Path(name)] if name else []


def check_phones(settings: Settings, inventory: str | Path, phones: Collection[str]) -> None:
    """Raises InputError where a setting names a label that is none of the `phones` in the table `inventory`."""
    expected = f"a label of {inventory}: {', '.join(phones)}"
    for section, name in (("figures", "phones"), ("figures", "examples"), ("introspection", "phones")):
        for index, label in enumerate(settings[section][name]):
            _require_known(f"{section}.{name}[{index}]", label, phones, expected)


def _merged(below: Settings, above: Settings) -> dict[str, Any]:
    merged = {**below, **above}
    for name in below.keys() & above.keys():
        if isinstance(below[name], Mapping) and isinstance(above[name], Mapping):
            merged[name] = _merged(below[name], above[name])
    return merged


def _require_valid(settings: Settings, schema: Settings, within: str = "") -> None:
    """Raises InputError for the first setting that the schema refuses; `within` is the section that they are of."""
    errors = sorted(_validator()(schema).iter_errors(settings), key=_precedence)
    if errors:
        raise _explained(errors[0], within)


def _validator() -> Any:
    """JSON schema with stricter types: an integer is no 2.0, a number is finite."""
    checker = Draft202012Validator.TYPE_CHECKER.redefine_many({"integer": _is_integer, "number": _is_number})
    return extend(Draft202012Validator, type_checker=checker)


def _is_integer(_: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(_: object, value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _precedence(error: ValidationError) -> tuple[bool, str]:
    """Unknown keys first: a misspelt key is also a missing one, and its spelling is the better news."""
    return error.validator != "additionalProperties", error.json_path


def _explained(error: ValidationError, within: str) -> InputError:
    """Say in the words of the settings what the schema found."""
    subject = _join(within, error.json_path.removeprefix("$").removeprefix("."))
    expected = _expected(error.schema)
    match error.validator:
        case "additionalProperties":
            return _unknown_key(subject, error)
        case "required":
            missing = next(key for key in error.validator_value if key not in error.instance)
            known = _expected(error.schema["properties"][missing])
            return InputError(_join(subject, missing), "this setting is missing", known, "add it, as in config.yaml")
        case "type" if isinstance(error.instance, str) and error.schema["type"] in ("number", "integer"):
            advice = "write it in a configuration file, without quotes, and 1.0e-3 instead of 1e-3"
            return InputError(subject, _shown(error.instance), expected, advice, TEXT_FOR_NUMBER)
        case "type" | "enum" if isinstance(error.instance, bool) and error.schema.get("type", "string") == "string":
            return InputError(subject, _shown(error.instance), expected, "put the value in quotes", TRUTH_FOR_TEXT)
        case "enum":
            return InputError(
                subject, _shown(error.instance), expected, _nearest(error.instance, error.validator_value)
            )
        case _:
            return InputError(subject, _shown(error.instance), expected, _correction(error))


def _correction(error: ValidationError) -> str:
    """A single value where a list belongs is the commonest slip; braces in paths are a rare one."""
    if error.validator == "pattern" and set("{}<>") & set(error.instance):
        return "use a path without { } < and >, which Snakemake or its report would take for something else"
    single = isinstance(error.instance, str | int) and not isinstance(error.instance, bool)
    if single and error.validator == "type" and error.schema["type"] == "array":
        return f"write it in brackets: [{error.instance}]"
    return "correct the value; config.yaml explains it"


def _unknown_key(subject: str, error: ValidationError) -> InputError:
    known = list(error.schema["properties"])
    key = next(str(key) for key in error.instance if key not in known)
    return InputError(_join(subject, key), "no such setting", f"one of {', '.join(known)}", _nearest(key, known))


def _join(subject: str, key: str) -> str:
    return ".".join(filter(None, [subject, key]))


def _shown(value: object) -> str:
    """A value as YAML understood it, with its kind."""
    match value:
        case None:
            return "nothing"
        case bool():
            return f"the truth value {str(value).lower()}"
        case str():
            return f"the text '{value}'"
        case int() | float():
            return f"the number {value}"
        case list():
            return f"the list {value}"
        case _:
            return f"settings {value}"


def _nearest(value: object, known: Collection[str]) -> str:
    close = difflib.get_close_matches(str(value), known, n=1)
    return f"did you mean {close[0]}?" if close else "choose one of these"


def _expected(schema: Settings) -> str:
    """Kind, range and meaning of a setting."""
    return ": ".join(part for part in (_kind(schema), schema.get("description", "")) if part)


def _kind(schema: Settings) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kinds = {"string": "text", "object": "settings", "array": "a list", "boolean": "true or false"}
    named = schema.get("type", "")
    types = [named] if isinstance(named, str) else named
    kind = " or ".join(kinds.get(one, f"a {one}".replace("a integer", "a whole number")) for one in types)
    return " ".join([kind, *_bounds(schema)]) if "type" in schema else ""


def _bounds(schema: Settings) -> Iterator[str]:
    if "minItems" in schema and schema["minItems"] == schema.get("maxItems"):
        yield f"of {schema['minItems']}"
        return
    words = {
        "minimum": "from {}",
        "exclusiveMinimum": "above {}",
        "maximum": "up to {}",
        "exclusiveMaximum": "below {}",
        "minItems": "of at least {}",
        "maxItems": "up to {}",
    }
    yield from (text.format(schema[key]) for key, text in words.items() if key in schema)
    if schema.get("uniqueItems"):
        yield "without repetition"


def _require_known(subject: str, value: str, known: Collection[str], expected: str) -> None:
    if value not in known:
        raise InputError(subject, _shown(value), expected, _nearest(value, known))


def _check_corpus(corpus: Settings) -> None:
    if corpus["source"] != "recordings":
        return
    if not corpus["recordings"]["path"]:
        expected = "a folder, .tar.gz or .zip of recordings"
        raise InputError("corpus.recordings.path", "no path", expected, "name it, as in presets/recordings.yaml")
    if not corpus["recordings"]["test_speakers"]:
        raise InputError(
            "corpus.recordings.test_speakers",
            "no speaker",
            "at least one speaker that is held out from training",
            "name a speaker's folder: without one there is no error rate for unseen speech",
        )


def _check_alignment(alignment: Settings) -> None:
    mapped, tiers = alignment["mapped"], alignment["tiers"]
    _require_known("alignment.mapped", mapped, tiers, f"one of alignment.tiers: {', '.join(tiers)}")
    methods = [*alignment["method"], *alignment["compared"]["methods"]]
    aligners = [method for method in methods if method != "textgrids"]
    if mapped not in ("phones", "words") and aligners:
        found = f"the tier {mapped}, with the method {aligners[0]}"
        advice = f"take {aligners[0]} out of alignment.method and alignment.compared.methods; textgrids may stay"
        raise InputError("alignment.mapped", found, "phones or words, which aligners give", advice)
    compared = alignment["compared"]["methods"]
    if alignment["method"][0] in compared and len(alignment["method"]) == 1 and not alignment["intervals"]:
        found = f"{alignment['method'][0]}, by which every utterance is aligned already"
        advice = "name another method, or put one before it in alignment.method"
        raise InputError("alignment.compared.methods", found, "other methods than the only one", advice)


def _check_objectives(defined: Settings, schema: Settings) -> None:
    """What conditions set of their objectives meets what the schema says of `training.objectives`."""
    known = schema["properties"]["training"]["properties"]["objectives"]["properties"]
    for name, own in defined.items():
        if "settings" in own:
            _require_valid(own["settings"], {**known[own["objective"]], "required": []}, f"conditions.{name}.settings")


def _check_network(network: Settings) -> None:
    for index, layer in enumerate(network["layers"]):
        grid.fit(layer["filters"], f"training.network.layers[{index}].filters", torus=network["torus"])


def _check_features(features: Settings, augmentation: Settings) -> None:
    of_bands = [
        ("features.highest_hz", features["highest_hz"], "half the sample rate", features["sample_rate_hz"] / 2),
        ("features.lowest_hz", features["lowest_hz"], "highest_hz", features["highest_hz"]),
        ("augmentation.band_mask", augmentation["band_mask"], "the number of bands", features["bands"]),
    ]
    hop = "features.hop_s", features["hop_s"], "window_s, else speech falls between windows", features["window_s"]
    checks = [*(of_bands if features["kind"] == "log_mel" else []), hop]
    for name, value, limit, largest in checks:
        if value > largest or (value == largest and name == "features.lowest_hz"):
            expected = f"at most {largest:g} ({limit})"
            raise InputError(f"training.{name}", _shown(value), expected, "lower it, or raise what limits it")


def _check_samples(training: Settings) -> None:
    """Samples have no bands to shift or to mask; their filters are arranged on a grid, as those of other layers are."""
    grid.fit(training["features"]["filters"], "training.features.filters", torus=training["network"]["torus"])
    for name in ("warp", "band_masks"):
        value = training["augmentation"][name]
        if value:
            expected, advice = "0, since a waveform has no bands", "set it to 0, as in presets/waveform.yaml"
            raise InputError(f"training.augmentation.{name}", _shown(value), expected, advice)


def _check_lags(lags: list[float]) -> None:
    if lags[0] >= lags[1]:
        raise InputError("activations.lags_s", _shown(lags), "the first lag below the last", "exchange the two numbers")
