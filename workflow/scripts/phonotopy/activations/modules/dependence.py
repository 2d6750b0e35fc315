"""When the responses of any network look: measured, by what of the speech makes them no numbers where it is none.

What is no number (NaN) passes through products and sums whatever the weights are, so that for convolutions the stretch
that a response depends on is exact. Where a threshold or a table look-up stops it, no response would be reached, which
is refused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.overrides import TorchFunctionMode

from phonotopy.activations.modules.given_speech import Given
from phonotopy.activations.modules.load_module import Loaded, require
from phonotopy.activations.modules.submodules import Axes, axes_of, first_tensor, passed_through, shapes
from phonotopy.core.errors import InputError
from phonotopy.recogniser.network import Timing

__all__ = ["Measured", "measure"]

SHORTEST_S = 1.0  # of noise that a network is given; doubled while a response depends on all of it …
LONGEST_S = 16.0  # … up to so much: three quarters of it are the widest receptive field that is no whole recording
MARGIN = 8  # at either end of the noise an eighth must not matter to a response in the middle
LEAST_FRAMES = 3  # of the shortest noise
LATER = 32  # of the frames lie between the two responses from which the stride is taken
NORMALISED = (  # over time, perhaps; they pass each number on as it is, as features count no normalisation either
    nn.functional.layer_norm,
    nn.functional.group_norm,
    nn.functional.instance_norm,
    torch.layer_norm,
    torch.group_norm,
    torch.instance_norm,
)
ADVICE = "name another layer, or write responses yourself with phonotopy.activations.own.write_responses"

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Measured:
    """A layer: its `axes`, and in steps of what the network is given its `timing`; `whole` if that is unlimited.

    Where the recording as a whole matters, frames are centred where those of a layer below lie that are as many. So
    many `frames` come of so many `steps`.
    """

    name: str
    axes: Axes
    timing: Timing
    whole: bool
    steps: int
    frames: int

    def expected(self, steps: int) -> float:
        """Frames of a recording of another length; rounding leaves less than two in doubt."""
        return self.frames + (steps - self.steps) / self.timing.stride


class _Local(TorchFunctionMode):
    """Within it, normalisation is none."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func in NORMALISED:
            return (args[0] if args else (kwargs or {})["input"]).clone()
        return func(*args, **(kwargs or {}))


@contextmanager
def _without_onednn() -> Iterator[None]:
    """Without its convolutions, which may compute several responses from one transform of what they depend on."""
    library: Any = torch.backends.mkldnn  # without types
    before, *_ = library.set_flags(_enabled=False)
    try:
        yield
    finally:
        library.set_flags(_enabled=before)


@dataclass(frozen=True)
class _Probe:
    """A network that is given `steps` steps of noise, in which some are no numbers."""

    loaded: Loaded
    given: Given
    axes: Mapping[str, Axes]
    settings: Mapping[str, str]
    steps: int

    @property
    def duration_s(self) -> float:
        """Of the noise."""
        return self.steps * self.given.step_s

    @cached_property
    def frames(self) -> dict[str, int]:
        """Of all layers."""
        return {name: len(flags) for name, flags in self.reached(list(self.axes), 0, 0).items()}

    def reached(self, names: Sequence[str], start: int, stop: int) -> dict[str, Flags]:
        """Which frames of each layer depend on any of the steps from `start` to `stop`."""
        noise, found = self.given.noise(self.steps), dict[str, Flags]()
        noise[:, start:stop] = torch.nan

        def take(name: str, output: Any) -> None:
            values = first_tensor(output)
            if values is not None:
                found[name] = np.asarray(self.axes[name].of(values).isnan().any(dim=1).numpy())

        with _Local(), _without_onednn():
            passed_through(self.loaded, names, noise, take)
        return found

    def limited(self, names: Sequence[str]) -> list[str]:
        """Layers whose responses in the middle depend on neither end of the noise."""
        edge = self.steps // MARGIN
        ends = [self.reached(names, 0, edge), self.reached(names, self.steps - edge, self.steps)]
        return [name for name in names if not any(end[name][list(self._middle(name))].any() for end in ends)]

    def timing(self, name: str) -> Timing:
        """Of a layer that is limited; InputError where frames do not follow each other at equal steps."""
        early, late = self._middle(name)
        (first, last), (next_first, next_last) = (self._stretch(name, frame) for frame in (early, late))
        stride, rest = divmod(next_first - first, late - early)
        if rest or next_last - last != next_first - first or stride < 1:
            found = f"frames {early} and {late} that depend on steps {first} to {last} and {next_first} to {next_last}"
            expected = "frames that follow each other by a whole number of steps"
            raise InputError(self.subject(name), found, expected, ADVICE)
        return Timing(stride, (first + last) / 2 - stride * early, last - first + 1)

    def subject(self, name: str) -> str:
        """A layer with the setting that names it, for messages."""
        return f"{self.settings.get(name, 'a layer below')}, {name}"

    def _middle(self, name: str) -> tuple[int, int]:
        """Two frames in the middle; InputError where there are so few that they have none."""
        frames = self.frames[name]
        if frames < LEAST_FRAMES:
            found, expected = f"{frames} frames of {self.duration_s:g} s of noise", f"at least {LEAST_FRAMES}"
            raise InputError(self.subject(name), found, expected, ADVICE)
        return frames // 2, frames // 2 + max(1, frames // LATER)

    def _stretch(self, name: str, frame: int) -> tuple[int, int]:
        """The first and the last step that a frame depends on."""
        first = _smallest(self.steps, lambda stop: self.reached([name], 0, stop)[name][frame]) - 1
        after = _smallest(self.steps, lambda short: self.reached([name], self.steps - short, self.steps)[name][frame])
        if after > self.steps:
            found, expected = "responses that depend on no part of the speech", "responses that depend on it"
            cause = "a threshold or a table look-up stops what is no number"
            raise InputError(self.subject(name), found, expected, ADVICE, cause)
        return first, self.steps - after


def measure(loaded: Loaded, given: Given, layers: Mapping[str, str]) -> list[Measured]:
    """The named layers, each with the setting that names it, as they respond to noise.

    Raises InputError for a name that does not exist, outputs of which it is not clear what is time and what is units,
    and layers whose frames do not follow each other at equal steps.
    """
    for name, setting in layers.items():
        require(loaded.root, name, setting)
    steps = round(SHORTEST_S / given.step_s)
    axes = _axes(loaded, given, steps)
    for name, setting in layers.items():
        if not isinstance(found := axes.get(name, "no output in a pass"), Axes):
            expected = "one tensor of a batch of one, time and units, in any order, or a tuple that begins with it"
            raise InputError(f"{setting}, {name}", found, expected, ADVICE)
    clear = {name: one for name, one in axes.items() if isinstance(one, Axes)}
    probe = _Probe(loaded, given, clear, layers, steps)
    timed = _limited(replace(probe, axes={name: clear[name] for name in layers}))
    whole = {name: _below(probe, name) for name in layers if name not in timed}
    return [
        Measured(name, clear[name], (timed | whole)[name], name in whole, steps, probe.frames[name]) for name in layers
    ]


def _axes(loaded: Loaded, given: Given, steps: int) -> dict[str, Axes | str]:
    """Of all submodules, in the order of computation."""
    short, long = (shapes(loaded, given.noise(length)) for length in (steps, steps + steps // 3))
    return {name: axes_of(found, long.get(name, [])) for name, found in short.items()}


def _limited(probe: _Probe) -> dict[str, Timing]:
    """Timings of the layers that do not depend on the whole of a recording, however long it is."""
    found: dict[str, Timing] = {}
    while (waiting := [name for name in probe.axes if name not in found]) and probe.duration_s <= LONGEST_S:
        found |= {name: probe.timing(name) for name in probe.limited(waiting)}
        probe = replace(probe, steps=2 * probe.steps)
    return found


def _below(probe: _Probe, name: str) -> Timing:
    """The timing of the first layer that has as many frames as one that depends on all, and does not itself."""
    before = list(probe.axes)[: list(probe.axes).index(name)]
    alike = [other for other in before if probe.frames[other] == probe.frames[name]]
    for limited in probe.limited(alike)[:1] if alike else []:
        return probe.timing(limited)
    found = "responses that depend on the whole recording, and no layer below with as many frames that do not"
    raise InputError(probe.subject(name), found, "a layer below by which its frames can be timed", ADVICE)


def _smallest(limit: int, holds: Callable[[int], bool]) -> int:
    """The smallest number from 1 to `limit` from which something holds, `limit` + 1 where it does for none."""
    low, high = 0, limit + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
