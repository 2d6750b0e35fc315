"""Whether a checkpoint from elsewhere fits the settings and the speech."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phonotopy.core.errors import InputError
from phonotopy.recogniser.checkpoint import load_recogniser
from phonotopy.recogniser.samples.analysis import kind_of

__all__ = ["check_fit"]


def check_fit(path: str | Path, analysis: Mapping[str, Any], alphabet: str) -> None:
    """Raise InputError unless the checkpoint at `path` was made for these features and knows all letters.

    Its layers may be any. `analysis` holds the settings training.features, `alphabet` the letters of the transcripts.
    """
    _, settings = load_recogniser(path)
    kinds = {"kind": kind_of(settings)}, {"kind": kind_of(analysis)}
    for name, value in {**kinds[1], **analysis}.items():
        found = {**settings, **kinds[0]}.get(name)
        if found != value:
            _refuse(path, f"made for {name} {found}", f"{value}, as training.features.{name} says")
    unknown = sorted(set(alphabet) - set(settings["alphabet"]))
    if unknown:
        expected = f"letters of its alphabet, {settings['alphabet']!r}"
        _refuse(path, f"the transcripts have letters {''.join(unknown)!r}, which it does not know", expected)


def _refuse(path: str | Path, found: str, expected: str) -> None:
    advice = "change these settings to those of the checkpoint, or take its condition out of run"
    raise InputError(str(path), found, expected, advice, "a checkpoint that was trained with other settings or speech")
