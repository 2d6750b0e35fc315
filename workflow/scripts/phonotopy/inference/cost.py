"""What a permutation test will cost, announced before it starts."""

from collections.abc import Callable
from time import process_time

__all__ = ["cpu_seconds"]

FEW, MANY = 2, 500  # permutations of a trial


def cpu_seconds(test: Callable[[int], object], permutations: int) -> float:
    """CPU time that `test` will take with so many permutations, in s, from a trial with 2 and one with 500.

    `test` is called with a number of permutations. A call before those may compile and is not counted.
    """
    test(FEW)
    few, many = _timed(test, FEW), _timed(test, MANY)
    return few + max(0.0, many - few) * (permutations - FEW) / (MANY - FEW)


def _timed(test: Callable[[int], object], permutations: int) -> float:
    start = process_time()
    test(permutations)
    return process_time() - start
