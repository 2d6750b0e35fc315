"""Random streams keyed by what they are for, so that no stream depends on the order of work."""

import hashlib

import numpy as np

__all__ = ["integer", "key", "stream"]


def key(*parts: str | int) -> int:
    """A random key: a 64-bit integer that is the same for the same parts on every machine."""
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def stream(*parts: str | int) -> np.random.Generator:
    """A generator of its own for the given parts, such as ``("permutation", "control", 0, 3)``."""
    return np.random.Generator(np.random.PCG64(key(*parts)))


def integer(random: np.random.Generator) -> int:
    """A seed for a library that takes no generator, below 2³¹."""
    return int(random.integers(2**31))
