"""Checkpoints: the finished recogniser, and the state that an interrupted training goes on from."""

import logging
import pickle
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing
from phonotopy.core.grid import Grid
from phonotopy.recogniser.network import Layer, Recogniser

__all__ = ["DAMAGED", "Resume", "load_recogniser", "load_tensors", "save_recogniser"]

logger = logging.getLogger("phonotopy")

DAMAGED = (RuntimeError, KeyError, TypeError, EOFError, ValueError, pickle.UnpicklingError, zipfile.BadZipFile)


def save_recogniser(
    path: str | Path, network: Recogniser, settings: Mapping[str, Any], origin: Mapping[str, Any] | None = None
) -> None:
    """Save weights with all that is needed to build the network again.

    `origin` says for people how it was trained: plain values, which nothing here reads.
    """
    layers = [
        {name: value for name, value in asdict(layer).items() if name != "hop" or value} for layer in network.layers
    ]
    weights = {name: values.cpu() for name, values in network.state_dict().items()}
    saved = {"layers": layers, "settings": dict(settings), "weights": weights}
    _save(path, {**saved, "origin": dict(origin or {})})


def load_recogniser(path: str | Path) -> tuple[Recogniser, dict[str, Any]]:
    """The network in evaluation mode, and its settings (`bands`, `alphabet`, `hop_s`, `window_s`, …).

    Raises InputError for a file that is no checkpoint of ours; nothing but tensors and plain values is unpickled.
    """
    try:
        saved = load_tensors(path)
        layers = [Layer(**{**layer, "grid": Grid(**layer["grid"])}) for layer in saved["layers"]]
        settings = saved["settings"]
        bands = 1 if layers[0].hop else settings["bands"]
        network = Recogniser(bands, layers, len(settings["alphabet"]), dropout=0.0)
        network.load_state_dict(saved["weights"])
    except (*DAMAGED, OSError) as error:
        raise InputError(
            str(path),
            f"not readable as a checkpoint ({type(error).__name__})",
            "a checkpoint of this workflow",
            "delete it and run again; the training will be repeated",
            "the file was cut or written by another program",
        ) from error
    return network.eval(), settings


def _save(path: str | Path, content: Mapping[str, Any]) -> None:
    """Through an open file: PyTorch would write the name of a temporary one into it, so that no two were alike."""
    with replacing(path) as part, part.open("wb") as stream:
        torch.save(dict(content), stream)


def load_tensors(path: str | Path) -> dict[str, Any]:
    """Tensors and plain values alone; raises one of `DAMAGED` where a byte is wrong, which PyTorch would not notice."""
    with zipfile.ZipFile(path) as archive:
        if (member := archive.testzip()) is not None:
            raise ValueError(f"the checksum of {member} is wrong")
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return content


class Resume:
    """Two generations of training state beside the checkpoint, valid for one `key` of code, settings and input."""

    def __init__(self, checkpoint: str | Path, key: str) -> None:
        checkpoint = Path(checkpoint)
        self.key = key
        self.newest = checkpoint.with_name("resume.pt")
        self.previous = checkpoint.with_name("resume.previous.pt")

    def save(self, state: Mapping[str, Any]) -> None:
        """Make `state` the newest generation; the one before is kept until the next save."""
        if self.newest.exists():
            self.newest.replace(self.previous)
        _save(self.newest, {"key": self.key, **state})

    def load(self) -> dict[str, Any] | None:
        """The newest whole state with this key, or None; a damaged or foreign file is named in the log."""
        for path in (self.newest, self.previous):
            if not path.exists():
                continue
            try:
                state = load_tensors(path)
            except DAMAGED as error:
                logger.warning("%s is damaged (%s) and removed; trying an older one", path, error)
                path.unlink()  # or the next save would replace a good one by it
                continue
            if state.get("key") == self.key:
                return state
            logger.info("%s belongs to other settings, code or data; not used", path)
        return None

    def clear(self) -> None:
        """Remove both generations, once the training is finished."""
        self.newest.unlink(missing_ok=True)
        self.previous.unlink(missing_ok=True)
