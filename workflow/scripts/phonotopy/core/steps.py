"""How far a job is: lines of its log that whoever watches the run reads, such as ``epoch 3/9: ctc 1.2``."""

import logging
import re
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["RESUMED", "Step", "counted", "log", "parse", "passed"]

LOGGER = logging.getLogger("phonotopy")
FORM = re.compile(r"(?P<unit>[A-Za-z][a-z ]*) (?P<done>\d+)/(?P<total>\d+)(?:: (?P<detail>.*))?")
RESUMED = "going on from here"
EVERY_S = 2.0  # between two lines of one loop

Item = TypeVar("Item")


@dataclass(frozen=True)
class Step:
    """So many units of the work are done, of so many; `detail` is for readers."""

    unit: str
    done: int
    total: int
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.unit} {self.done}/{self.total}" + (f": {self.detail}" if self.detail else "")

    @property
    def resumed(self) -> bool:
        """Whether the work goes on here, where an earlier attempt stopped."""
        return self.detail == RESUMED

    @property
    def share(self) -> float:
        """Of the work, from 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


def log(unit: str, done: int, total: int, detail: str = "") -> None:
    """Write a step into the log of the job."""
    LOGGER.info("%s", Step(unit, done, total, detail))


def parse(message: str) -> Step | None:
    """The step that a message of a log states, if it does."""
    found = FORM.fullmatch(message)
    return Step(found["unit"], int(found["done"]), int(found["total"]), found["detail"] or "") if found else None


def counted(items: Collection[Item], unit: str) -> Iterator[Item]:
    """The items, see `passed`."""
    return passed(items, unit, len(items))


def passed(items: Iterable[Item], unit: str, total: int) -> Iterator[Item]:
    """So many items; the log says how many have passed, every two seconds at most, and the last.

    An item has passed when the next one is asked for.
    """
    said = time.monotonic()
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - said >= EVERY_S or done == total:
            log(unit, done, total)
            said = now
