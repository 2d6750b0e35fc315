"""Settings as readers may see them."""

import copy
from collections.abc import Mapping
from typing import Any

__all__ = ["WITHHELD", "public"]

WITHHELD = "withheld"
Settings = Mapping[str, Any]


def public(settings: Settings) -> dict[str, Any]:
    """A copy of validated settings; with `report.private`, without names of speakers and paths of recordings."""
    shown: dict[str, Any] = copy.deepcopy(dict(settings))
    if settings["report"]["private"]:
        recordings = shown["corpus"]["recordings"]
        recordings["path"] = WITHHELD
        recordings["test_speakers"] = [WITHHELD for _ in recordings["test_speakers"]]
    return shown
