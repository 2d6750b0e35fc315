"""Work spread over processes, with results in the order of the items."""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

__all__ = ["ordered_map", "surviving_map"]

CHUNKS_PER_PROCESS = 16  # small enough that no process idles long at the end, large enough to keep transport cheap

Item = TypeVar("Item")
Result = TypeVar("Result")


def ordered_map(function: Callable[[Item], Result], items: Sequence[Item], processes: int) -> Iterator[Result]:
    """Yield ``function(item)`` in the order of `items`; one process means this one.

    The function must depend on nothing but its item, or results would depend on which process takes which item.
    """
    if processes <= 1 or len(items) <= 1:
        yield from map(function, items)
        return
    with _pool(processes) as pool:
        yield from pool.map(function, items, chunksize=_chunk(items, processes))


def surviving_map(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    processes: int,
    *,
    lost: Callable[[Item], Result],
    limit_s: Callable[[Item], float],
) -> Iterator[Result]:
    """As `ordered_map`, but never in this process: the result of an item that kills its process is ``lost(item)``.

    So is that of an item that takes longer than `limit_s`, whose process is ended. For libraries in C and files that
    may be damaged on purpose. An item whose process died may be taken up again, so the function must bear repetition.
    """
    size = _chunk(items, processes)
    chunks = [items[first : first + size] for first in range(0, len(items), size)]
    guarded = partial(_guarded, function, limit_s)
    while chunks:
        done = 0
        for results in _until_death(guarded, chunks, processes):
            yield from results
            done += 1
        chunks = chunks[done:]
        if chunks:  # the first that was not finished: the culprit may be in it
            yield from (_alone(guarded, item, lost) for item in chunks.pop(0))


def _pool(processes: int) -> ProcessPoolExecutor:
    """A spawned process would run the calling script once more, since a workflow's script has no guarded main part."""
    return ProcessPoolExecutor(processes, mp_context=get_context("fork"))


def _chunk(items: Sequence[Item], processes: int) -> int:
    return max(1, len(items) // (max(1, processes) * CHUNKS_PER_PROCESS))


def _until_death(
    function: Callable[[Sequence[Item]], Result], chunks: Sequence[Sequence[Item]], processes: int
) -> Iterator[Result]:
    """Results in order, as far as they go before a process dies."""
    with _pool(max(1, processes)) as pool:
        try:
            yield from pool.map(function, chunks)
        except BrokenProcessPool:
            return


def _guarded(
    function: Callable[[Item], Result], limit_s: Callable[[Item], float], items: Sequence[Item]
) -> list[Result]:
    """Results of some items; the alarm ends the process, even if it hangs in code that no exception reaches."""
    results = []
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for item in items:
        signal.setitimer(signal.ITIMER_REAL, limit_s(item))
        results.append(function(item))
        signal.setitimer(signal.ITIMER_REAL, 0)
    return results


def _alone(function: Callable[[Sequence[Item]], list[Result]], item: Item, lost: Callable[[Item], Result]) -> Result:
    """The result of one item in a process of its own."""
    for results in _until_death(function, [[item]], 1):
        return results[0]
    return lost(item)
