"""How loops are compiled to machine code."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

__all__ = ["compiled"]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a loop over numbers with numba; it runs outside the interpreter lock and is kept in ``__pycache__``.

    A compiled function calls only compiled functions of its own module, since numba looks at that file alone when it
    decides whether the kept machine code is still up to date. Sums are not reordered, so results are reproducible.
    Where neither that folder nor the user's cache can be written, every process compiles anew.
    """
    try:
        return cast(F, numba.njit(nogil=True, cache=True, error_model="numpy")(function))
    except RuntimeError:  # nowhere to keep the machine code
        return cast(F, numba.njit(nogil=True, error_model="numpy")(function))
