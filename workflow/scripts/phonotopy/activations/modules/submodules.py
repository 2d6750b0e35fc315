"""Outputs of submodules during a pass of a network, and which of their axes are time and units."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from phonotopy.activations.modules.load_module import Loaded
from phonotopy.core.errors import InputError

__all__ = ["Axes", "axes_of", "first_tensor", "passed_through", "responses_of", "shapes"]

Shape = tuple[int, ...]
MESSAGE = 300  # characters of what PyTorch says
Take = Callable[[str, Any], None]  # what is done with the name of a submodule and its output


class _EnoughError(BaseException):
    """All that was asked for has been seen: the rest of the network need not run."""


class Axes(NamedTuple):
    """Axes of time and units of a tensor of three, the other one being a batch of one, and the number of units."""

    time: int
    unit: int
    units: int

    def of(self, values: Tensor) -> Tensor:
        """The same as ``(frames, units)``."""
        return values.movedim((self.time, self.unit), (1, 2))[0]


def first_tensor(output: Any) -> Tensor | None:
    """The output, or the first tensor of a tuple; None where there is none."""
    found = output if isinstance(output, tuple | list) else (output,)
    return next((one for one in found if isinstance(one, Tensor)), None)


def axes_of(short: Sequence[Shape], long: Sequence[Shape]) -> Axes | str:
    """From the shapes of all outputs for two lengths of the same speech, or what is wrong with them.

    Time is the one axis that grows with the speech; of the others one has a length of 1, that of the batch.
    """
    if len(short) != 1 or len(long) != 1:
        return "no output in a pass" if not short else f"{len(short)} outputs in a pass"
    before, after = short[0], long[0]
    if len(before) != 3 or len(after) != 3:
        return f"an output of {len(before)} axes, {before}"
    time = [axis for axis in range(3) if before[axis] != after[axis]]
    if len(time) != 1:
        return f"outputs {before} and {after} of shorter and longer speech, in which {len(time)} axes differ"
    single = [axis for axis in range(3) if axis != time[0] and before[axis] == 1]
    if len(single) != 1:
        return f"an output {before}, in which {len(single)} axes could be the batch of one"
    unit = 3 - time[0] - single[0]
    return Axes(time[0], unit, before[unit])


def shapes(loaded: Loaded, inputs: Tensor) -> dict[str, list[Shape]]:
    """Shapes of the outputs of all submodules by name, in the order in which they are computed."""
    found: dict[str, list[Shape]] = {}

    def take(name: str, output: Any) -> None:
        values = first_tensor(output)
        found.setdefault(name, []).append(() if values is None else tuple(values.shape))

    names = [name for name, _ in loaded.root.named_modules(remove_duplicate=False) if name]
    passed_through(loaded, names, inputs, take, whole=True)
    return found


def responses_of(
    loaded: Loaded, layers: Sequence[tuple[str, Axes]], inputs: Tensor, subject: str
) -> list[NDArray[np.float32]]:
    """Responses ``(frames, units)`` of the named submodules to what `subject` names.

    InputError where the network fails, or an output has another shape than that of noise.
    """
    known, found = dict(layers), dict[str, NDArray[np.float32]]()

    def take(name: str, output: Any) -> None:
        values, axes = first_tensor(output), known[name]
        if values is None or values.ndim != 3 or values.shape[axes.unit] != axes.units:
            shape = "no tensor" if values is None else str(tuple(values.shape))
            expected = f"{axes.units} units on axis {axes.unit}, as of noise"
            raise InputError(f"{subject}, {name}", shape, expected, "name another layer")
        found[name] = axes.of(values).float().cpu().numpy().copy()  # what comes next may change it where it lies

    passed_through(loaded, list(known), inputs, take, subject=subject)
    return [found[name] for name, _ in layers]


@torch.no_grad()
def passed_through(
    loaded: Loaded, names: Sequence[str], inputs: Tensor, take: Take, *, whole: bool = False, subject: str = "noise"
) -> None:
    """Let the network run on `inputs` until all named submodules have given an output, or as a `whole`.

    InputError that names the `subject` where it fails.
    """
    waiting = set(names)

    def seen(name: str, output: Any) -> None:
        take(name, output)
        waiting.discard(name)
        if not waiting and not whole:
            raise _EnoughError

    with _hooked(loaded.root, names, seen):
        try:
            loaded.network(inputs)
        except _EnoughError:
            return
        except InputError:
            raise
        except Exception as error:
            found = f"{loaded.name} fails: {type(error).__name__}: {' '.join(str(error).split())[:MESSAGE]}"
            expected = f"a pass over what it is given, of shape {tuple(inputs.shape)}"
            advice = "let it take a batch of samples, or of frames x bands (input: log_mel), of any length"
            raise InputError(subject, found, expected, advice, "a recording too short for it, or other axes") from error


@contextmanager
def _hooked(root: nn.Module, names: Sequence[str], seen: Take) -> Iterator[None]:
    handles = [root.get_submodule(name).register_forward_hook(_hook(name, seen)) for name in names]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _hook(name: str, seen: Take) -> Callable[[nn.Module, Any, Any], None]:
    return lambda _module, _inputs, output: seen(name, output)
