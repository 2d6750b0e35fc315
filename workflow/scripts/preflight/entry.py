"""Files of one's own that take the place of a stage."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from phonotopy.core.errors import InputError

__all__ = ["check", "place", "supplied"]

Settings = Mapping[str, Any]
FOLDER = ("tokens.tsv", "layers.tsv")


def supplied(settings: Settings, kind: str) -> dict[str, str]:
    """Patterns of the files that are given instead of `checkpoints` or `responses`, by condition that is run."""
    section = {"checkpoints": "training", "responses": "activations"}[kind]
    patterns: Mapping[str, str] = settings[section][kind]
    return {condition: patterns[condition] for condition in settings["training"]["run"] if condition in patterns}


def place(pattern: str, seed: int | str) -> str:
    """The path for a seed; nothing else in a pattern is replaced."""
    return pattern.replace("{seed}", str(seed))


def check(settings: Settings) -> None:
    """Raises InputError for files that are named in the settings and missing, and for names that cannot be meant."""
    intervals = settings["alignment"]["intervals"]
    if intervals:
        _require_file("alignment.intervals", intervals, "a table with the columns of intervals.tsv")
    checkpoints, responses = supplied(settings, "checkpoints"), supplied(settings, "responses")
    for setting in ("training.checkpoints", "activations.responses"):
        section, key = setting.split(".")
        _require_conditions(setting, settings[section][key], settings["training"]["conditions"])
    for condition in checkpoints.keys() & responses.keys():
        found = "a checkpoint and responses for one condition"
        raise InputError(f"activations.responses.{condition}", found, "one of both", "leave one of them out")
    seeds = settings["training"]["seeds"]
    for condition, pattern in checkpoints.items():
        for path in _places(f"training.checkpoints.{condition}", pattern, seeds):
            _require_file(f"training.checkpoints.{condition}", path, "a checkpoint of this workflow")
    for condition, pattern in responses.items():
        for path in _places(f"activations.responses.{condition}", pattern, seeds):
            for name in FOLDER:
                _require_file(
                    f"activations.responses.{condition}", f"{path}/{name}", "a folder as of the stage activations"
                )


def _require_conditions(setting: str, patterns: Mapping[str, str], conditions: Mapping[str, Any]) -> None:
    unknown = next((condition for condition in patterns if condition not in conditions), None)
    if unknown is not None:
        expected = f"one of the conditions {', '.join(conditions)}"
        raise InputError(f"{setting}.{unknown}", "no such condition", expected, "define it in training.conditions")


def _places(setting: str, pattern: str, seeds: Sequence[int]) -> list[str]:
    if len(seeds) > 1 and "{seed}" not in pattern:
        found = f"{pattern} for the seeds {', '.join(map(str, seeds))}"
        raise InputError(setting, found, "{seed} where the path differs", "write {seed} into the path")
    return [place(pattern, seed) for seed in seeds]


def _require_file(setting: str, path: str, expected: str) -> None:
    if not Path(path).is_file():
        raise InputError(setting, f"there is no file {path}", expected, "correct the path, from the working directory")
