"""Networks of others: a bundle of torchaudio, or what a function in a file of one's own returns, with weights."""

import difflib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
import torchaudio
from torch import nn

from phonotopy.core.errors import InputError
from phonotopy.recogniser.checkpoint import DAMAGED, load_tensors

__all__ = ["Loaded", "of_bundle", "of_file", "require"]

NAME = "module_of_the_user"  # in sys.modules, where dataclasses and the like look for the module of a class
CLOSE = 3  # names of submodules that are proposed for one that does not exist


@dataclass(frozen=True)
class Loaded:
    """A network in evaluation mode; names of submodules start at its `root`, which it may wrap."""

    network: nn.Module
    root: nn.Module
    name: str = "the network"

    def to(self, device: torch.device) -> "Loaded":
        """The same on a device."""
        self.network.to(device)
        return self


def of_bundle(name: str, weights: str | Path) -> Loaded:
    """A pipeline of torchaudio with the weights of a file; nothing is fetched.

    Raises InputError where the file is not that of the bundle.
    """
    bundle: Any = getattr(torchaudio.pipelines, name)
    path = Path(weights)
    options = {"with_star": False} if name == "MMS_FA" else {}
    source = {"model_dir": str(path.parent), "file_name": path.name, "map_location": "cpu", "progress": False}
    if not path.is_file():  # torchaudio would fetch it, unverified
        advice = "fetch it again: snakemake --forcerun fetch_weights"
        raise InputError(str(path), "no such file", f"the weights of {name}", advice)
    try:
        network: nn.Module = bundle.get_model(**options, dl_kwargs={**source, "weights_only": True})
    except DAMAGED as error:
        found, advice = _found(error), "remove the file from the cache and run again"
        raise InputError(str(path), found, f"the weights of {name}", advice, "the file was changed or cut") from error
    # A network that normalises the waveform wraps the one that its submodules belong to.
    root = network.model if hasattr(network, "normalize_waveform") else network
    return Loaded(network.eval(), root, name)  # type: ignore[arg-type]


def of_file(path: str | Path, function: str, weights: str | Path) -> Loaded:
    """The network that `function` of the Python file returns, with a state dict of its own as `weights`.

    Nothing but tensors and plain values is unpickled. Raises InputError that names the file where the module cannot be
    imported, the function is missing, fails or returns something else, or the weights do not fit.
    """
    made = _function(path, function)
    try:
        network = made()
    except Exception as error:
        expected = "a function without arguments that returns a torch.nn.Module"
        raise InputError(f"{path}:{function}", _found(error), expected, "call it by itself to see where") from error
    if not isinstance(network, nn.Module):
        found, expected = f"an object of {type(network).__name__}", "a torch.nn.Module"
        raise InputError(f"{path}:{function}", found, expected, "return the network")
    try:
        network.load_state_dict(load_tensors(weights))
    except (*DAMAGED, OSError, AttributeError) as error:
        expected = f"the state dict of what {function} returns, of tensors alone"
        advice = "save it by torch.save(network.state_dict(), path), and bring each seed its own"
        raise InputError(str(weights), _found(error), expected, advice) from error
    network.eval()
    return Loaded(network, network, f"{path}:{function}")


def require(root: nn.Module, name: str, setting: str) -> None:
    """Raises InputError with the nearest names where no submodule has this name."""
    known = [one for one, _ in root.named_modules(remove_duplicate=False) if one]
    if name not in known:
        close = difflib.get_close_matches(name, known, n=CLOSE, cutoff=0.4) or known[:CLOSE]
        advice = f"did you mean {' or '.join(close)}?" if close else "give the network submodules"
        raise InputError(setting, f"no submodule {name!r}", "a name as in network.named_modules()", advice)


def _function(path: str | Path, function: str) -> Callable[[], object]:
    """From the bytes of the file, since compiled copies beside it are distinguished by its date alone."""
    module = ModuleType(NAME)
    module.__file__ = str(path)
    sys.modules[NAME] = module
    try:
        exec(compile(Path(path).read_bytes(), str(path), "exec"), module.__dict__)  # noqa: S102 (code that a user brings)
    except Exception as error:
        advice = "run it by itself; it may import what is installed, not files beside it"
        raise InputError(str(path), _found(error), "a Python file that can be imported", advice) from error
    found = getattr(module, function, None)
    if not callable(found):
        close = difflib.get_close_matches(function, vars(module), n=1)
        advice = f"did you mean {close[0]}?" if close else "define it there"
        raise InputError(str(path), f"no function {function}", "the function that the setting names", advice)
    return found  # type: ignore[no-any-return]


def _found(error: BaseException) -> str:
    """What went wrong, on one line; PyTorch lists all weights that do not fit."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
