"""Settings as readers may see them."""

import copy
from collections.abc import Mapping
from typing import Any

from phonotopy.core.errors import InputError
from preflight import models

__all__ = ["WITHHELD", "check", "check_film", "public", "reported", "stand_in"]

WITHHELD = "withheld"
OWN_FILES = (  # settings that hold paths of one's own
    ("alignment", "intervals"),
    ("alignment", "dictionary"),
    ("alignment", "inventory"),
    ("alignment", "labels"),
)
PATHS = ("checkpoint", "model", "weights", "responses")  # of conditions
Settings = Mapping[str, Any]


def public(settings: Settings) -> dict[str, Any]:
    """A copy of validated settings; with `report.private`, without names of speakers and paths of recordings."""
    shown: dict[str, Any] = copy.deepcopy(dict(settings))
    if settings["report"]["private"]:
        recordings = shown["corpus"]["recordings"]
        recordings["path"] = WITHHELD
        shown["corpus"]["librispeech"]["cache"] = WITHHELD
        recordings["test_speakers"] = [WITHHELD for _ in recordings["test_speakers"]]
        for section, name in OWN_FILES:
            shown[section][name] = _withheld(shown[section][name])
        for condition in shown["conditions"].values():
            own = [name for name in PATHS if name in condition and not models.bundle(condition[name])]
            condition.update(dict.fromkeys(own, WITHHELD))
    return shown


def reported(settings: Settings) -> dict[str, Any]:
    """Settings with which a report is composed, of what is finished: it names the inputs of all rules."""
    shown: dict[str, Any] = copy.deepcopy(dict(settings))
    if settings["report"]["private"] and settings["corpus"]["source"] == "recordings":
        recordings = shown["corpus"]["recordings"]
        recordings["path"] = stand_in(settings)
        recordings["test_speakers"] = [f"{WITHHELD}{n}" for n, _ in enumerate(recordings["test_speakers"], start=1)]
    return shown


def stand_in(settings: Settings) -> str:
    """The path by which a report knows private recordings: the folder of what was made of them."""
    return f"{settings['results']}/corpus/{settings['corpus']['name']}"


def _withheld(path: str) -> str:
    """The same without a path; what is empty, or the name of a table of this project, says so."""
    return WITHHELD if set("./") & set(path) else path


def check(settings: Settings) -> None:
    """Raises InputError where private recordings would be packed for others."""
    if settings["report"]["private"] and "audio" in settings["archive"]["include"]:
        advice = "take audio out of archive.include, or set report.private to false"
        raise InputError("archive.include", "the audio of private recordings", "no audio in the archive", advice)


def check_film(settings: Settings) -> None:
    """Raises InputError where a film of private recordings is asked for."""
    if settings["report"]["private"]:
        found, expected = "true, and a film asked for", "false, since a film shows who says what"
        raise InputError("report.private", found, expected, "set it to false, or leave the film out")
