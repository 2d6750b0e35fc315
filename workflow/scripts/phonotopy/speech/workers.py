"""Work spread over processes, with results in the order of the items."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

__all__ = ["ordered_map"]

CHUNKS_PER_PROCESS = 16  # small enough that no process idles long at the end, large enough to keep transport cheap

Item = TypeVar("Item")
Result = TypeVar("Result")


def ordered_map(function: Callable[[Item], Result], items: Sequence[Item], processes: int) -> Iterator[Result]:
    """Yield ``function(item)`` in the order of `items`; one process means this one.

    The function must depend on nothing but its item, or results would hang on which process takes which item.
    """
    if processes <= 1 or len(items) <= 1:
        yield from map(function, items)
        return
    # A spawned process would run the calling script once more, since a workflow's script has no guarded main part.
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        yield from pool.map(function, items, chunksize=max(1, len(items) // (processes * CHUNKS_PER_PROCESS)))
