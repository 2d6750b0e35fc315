"""Conditions: the ways to get a map that the settings name, each of one kind."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from phonotopy.activations.layouts import optional
from phonotopy.core import grid
from phonotopy.core.errors import InputError
from preflight import models

__all__ = ["KINDS", "Condition", "check", "path_of", "require_files", "resolve"]

Settings = Mapping[str, Any]
Kind = Literal["objective", "checkpoint", "model", "responses", "layout"]
KINDS: Mapping[Kind, str] = {  # what each kind of condition is, for people
    "objective": "trained here with a topographic objective, or none",
    "checkpoint": "a checkpoint of your own",
    "model": "layers of a torch module that you or others have trained",
    "responses": "a folder of responses of your own",
    "layout": "the units of another condition at other positions",
}
UNFITTED = "shuffled"  # the layout that asks for no responses
OWN_FOLDER = ("geometry.tsv", "placement.tsv", "tokens.tsv", "layers.tsv", "responses.nc")  # sound.npz is optional


@dataclass(frozen=True)
class Condition:
    """A condition of validated settings: `value` is the objective, layout, model or path that its `kind` names.

    `origin` is the condition whose responses it has: its own name, but for layouts. `network` are the settings of the
    network that is trained for it, or stands for it in estimates, `settings` those of its objective. Of a model,
    `module` says what is read of it: `weights`, `layers`, `input` and `sample_rate_hz`.
    """

    name: str
    kind: Kind
    value: str
    origin: str
    network: Settings
    settings: Settings
    module: Settings

    @property
    def is_control(self) -> bool:
        """Whether it was trained here without a topographic objective."""
        return (self.kind, self.value) == ("objective", "none")

    @property
    def method(self) -> str:
        """The name of its objective, with the shape of its kernel, or of its layout; empty for files of one's own."""
        named = self.value if self.kind in ("objective", "layout") else ""
        return " ".join(filter(None, [named, self.settings.get("shape", "")]))


def resolve(settings: Settings) -> dict[str, Condition]:
    """The conditions that are run, in their order, then those that they are laid out from and that are not run."""
    defined = {name: _condition(name, own, settings) for name, own in settings["conditions"].items()}
    run = {name: defined[name] for name in settings["run"]}
    return run | {one.origin: defined[one.origin] for one in run.values() if one.origin not in run}


def _condition(name: str, own: Settings, settings: Settings) -> Condition:
    kind = next(kind for kind in KINDS if kind in own)
    network = {**settings["training"]["network"], **own.get("network", {})}
    general = settings["training"]["objectives"].get(own.get("objective"), {})
    module: dict[str, Any] = {}
    if kind == "model":
        network["layers"] = models.standing_for(own["layers"])
        rate = {"sample_rate_hz": settings["training"]["features"]["sample_rate_hz"]}
        module = {**models.DEFAULTS, **rate, **{name: own[name] for name in models.BESIDE if name in own}}
    objective = {**general, **own.get("settings", {})}
    return Condition(name, kind, own[kind], own.get("of", name), network, objective, module)


def path_of(pattern: str, seed: int | str) -> str:
    """The path for a seed; nothing else in a pattern is replaced."""
    return pattern.replace("{seed}", str(seed))


def check(settings: Settings) -> None:
    """Raises InputError for conditions that cannot be meant, of those that are run and of all others."""
    defined = settings["conditions"]
    for name, own in defined.items():
        _check_kind(name, own)
        models.check(name, own)
    for name, own in defined.items():
        if "layout" in own:
            _check_origin(name, own, defined)
        if own.get("objective", "none") not in ("none", *settings["training"]["objectives"]):
            found, advice = f"no settings of the objective of condition {name}", "add them, as in config.yaml"
            raise InputError(
                f"training.objectives.{own['objective']}", found, "its weight and what else it has", advice
            )
        for index, layer in enumerate(own.get("network", {}).get("layers", [])):
            torus = own["network"].get("torus", False)
            grid.fit(layer["filters"], f"conditions.{name}.network.layers[{index}].filters", torus=torus)
    for setting, names in (("run", settings["run"]), ("reference", [settings["reference"]])):
        for index, name in enumerate(names):
            if name not in defined:
                subject = f"run[{index}]" if setting == "run" else setting
                expected = f"one of the conditions {', '.join(defined)}"
                close = difflib.get_close_matches(name, defined, n=1)
                advice = f"did you mean {close[0]}?" if close else "correct it, or define it in conditions"
                raise InputError(subject, f"the text {name!r}", expected, advice)


def _check_kind(name: str, own: Settings) -> None:
    subject, kinds = f"conditions.{name}", [kind for kind in KINDS if kind in own]
    expected = "; or ".join(f"{kind} ({meaning})" for kind, meaning in KINDS.items())
    if len(kinds) != 1:
        found = f"both {' and '.join(kinds)}" if kinds else "nothing that says where its map comes from"
        cause = "overlays merge: they add keys to a condition of the same name and cannot remove one" if kinds else ""
        raise InputError(subject, found, f"one of: {expected}", "give each way to get a map a name of its own", cause)
    if ("of" in own) != ("layout" in own):
        found = "a layout without the condition whose units it lays out" if "layout" in own else "of without a layout"
        raise InputError(f"{subject}.of", found, "layout and of together", "add the missing one, or take of out")
    if "network" in own and "objective" not in own:
        found = f"a network beside {kinds[0]}"
        raise InputError(f"{subject}.network", found, "a network where it is trained here", "take network out")
    if "settings" in own and own.get("objective", "none") == "none":
        found = f"settings beside {kinds[0]}{' none' if 'objective' in own else ''}, which has none"
        expected = "settings of a topographic objective, beside it"
        raise InputError(f"{subject}.settings", found, expected, "take settings out, or name an objective")


def _check_origin(name: str, own: Settings, defined: Settings) -> None:
    subject, origin = f"conditions.{name}.of", own["of"]
    others = ", ".join(other for other, own in defined.items() if "layout" not in own)
    if origin == name:
        raise InputError(subject, f"{name} itself", f"another condition: {others}", "name whose units are laid out")
    if origin not in defined:
        raise InputError(
            subject, f"no condition {origin}", f"one of {others}", "define it in conditions, or correct it"
        )
    if "layout" in defined[origin]:
        found, advice = f"{origin}, which is a layout itself", f"lay out {defined[origin]['of']}"
        raise InputError(subject, found, f"a condition with responses of its own: {others}", advice)
    if "responses" in defined[origin] and own["layout"] != UNFITTED:
        found = f"{origin}, a folder of responses, which has none to training speech"
        expected = f"a condition with a recogniser, from whose training speech {own['layout']} is made"
        raise InputError(subject, found, expected, f"name another one, or take the layout {UNFITTED}")


def require_files(settings: Settings) -> None:
    """Raises InputError for what a condition that is run names and that is missing: files, libraries of a layout."""
    seeds: Sequence[int] = settings["training"]["seeds"]
    for one in resolve(settings).values():
        setting = f"conditions.{one.name}.{one.kind}"
        if one.kind == "layout":
            optional.require(one.value)
        if one.kind == "checkpoint":
            for path in _paths(setting, one.value, seeds):
                _require_file(setting, path, "a checkpoint of this workflow")
        if one.kind == "model":
            _require_model(one, seeds)
        if one.kind == "responses":
            for path in _paths(setting, one.value, seeds):
                for name in OWN_FOLDER:
                    _require_file(setting, f"{path}/{name}", "a folder of phonotopy.activations.own.write_responses")


def _require_model(one: Condition, seeds: Sequence[int]) -> None:
    subject = f"conditions.{one.name}"
    if models.bundle(one.value):
        if len(seeds) > 1:
            found = f"{one.value} for the seeds {', '.join(map(str, seeds))}"
            expected = "one seed: a bundle is one training"
            raise InputError(f"{subject}.model", found, expected, "name one in training.seeds, in a run of its own")
        return
    _require_file(f"{subject}.model", models.file_of(one.value), "a Python file")
    for path in _paths(f"{subject}.weights", one.module["weights"], seeds):
        _require_file(f"{subject}.weights", path, "a state dict, saved by torch.save")


def _paths(setting: str, pattern: str, seeds: Sequence[int]) -> Iterator[str]:
    if len(seeds) > 1 and "{seed}" not in pattern:
        found = f"{pattern} for the seeds {', '.join(map(str, seeds))}"
        raise InputError(setting, found, "{seed} where the path differs", "write {seed} into the path")
    yield from (path_of(pattern, seed) for seed in seeds)


def _require_file(setting: str, path: str, expected: str) -> None:
    if not Path(path).is_file():
        raise InputError(setting, f"there is no file {path}", expected, "correct the path, from the working directory")
