"""A job at work, and how far it is, by its log."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from phonotopy.core.environment import MADE_WITH
from phonotopy.core.steps import Step, parse

__all__ = ["Job", "name"]

MESSAGE = re.compile(rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO (.*)$", re.MULTILINE)  # of core.logs
TAIL = 8192  # bytes at the end of a log that are looked at
COMMON = ("corpus",)  # wildcards that are the same in all jobs of a run

Mark = tuple[int, int, int]  # of a file: it changes with its content


@dataclass(eq=False)
class Job:
    """A job that was started or sent to a cluster at `since`; times are those of a monotonic clock, in s.

    Its log is `opened` once Python has started. One that is `queued` may wait for long: it has begun once it has a log
    of its own, or where the rule has none; in a group it may have ended before the group has. A target `makes` nothing.
    `before` is the mark of a log that an earlier run left, `before_share` of the work was done in an earlier attempt.
    """

    rule: str
    name: str
    threads: int
    log: Path | None
    since: float
    makes: bool = True
    queued: bool = False
    begun: float | None = None
    opened: float | None = None
    ended: float | None = None
    step: Step | None = None
    said: str = ""
    stepped: float = 0.0
    before_share: float = 0.0
    before: Mark | None = field(init=False)

    def __post_init__(self) -> None:
        self.before = self._mark()
        if self.log is None or not self.queued:
            self.begun = self.since

    def look(self, now: float) -> None:
        """Read the end of the log if there is something new in it."""
        mark = self._mark()
        if self.log is None or mark is None or mark == self.before:
            return
        self.before = mark
        self.opened = now if self.opened is None else self.opened
        self.begun = self.opened if self.begun is None else self.begun
        messages = _messages(self.log)
        if self.ended is None and messages and messages[-1].startswith(MADE_WITH):
            self.ended = now
        told = [message for message in messages if not message.startswith(MADE_WITH)]
        self.said = told[-1] if told else ""
        self._step([*filter(None, map(parse, told))], now)

    def left_s(self, now: float) -> float | None:
        """Seconds that the job still takes at its pace so far; None before its first step."""
        if self.step is None or self.opened is None or self.step.share <= self.before_share:
            return None
        took = self.stepped - self.opened
        whole = took * (1 - self.before_share) / (self.step.share - self.before_share)
        return max(0.0, whole - (now - self.opened))

    def _step(self, steps: list[Step], now: float) -> None:
        self.before_share = next((step.share for step in steps if step.resumed), self.before_share)
        if steps and steps[-1] != self.step:
            self.step, self.stepped = steps[-1], now

    def _mark(self) -> Mark | None:
        try:
            found = self.log.stat() if self.log else None
        except OSError:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns) if found else None


def name(rule: str, wildcards: Mapping[str, object]) -> str:
    """The name of a job for readers, such as ``train topographic seed 1``."""
    values = [f"seed {value}" if key == "seed" else str(value) for key, value in wildcards.items() if key not in COMMON]
    return " ".join([rule, *values])


def _messages(log: Path) -> list[str]:
    """Messages at the end of a log, first lines of longer ones alone; none where it cannot be read."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - TAIL))
            text = stream.read()
    except OSError:
        return []
    return [message.decode(errors="replace") for message in MESSAGE.findall(text)]
