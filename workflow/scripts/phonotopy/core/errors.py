"""Errors for data or settings that cannot be used."""

from dataclasses import dataclass

__all__ = ["InputError"]


@dataclass
class InputError(Exception):
    """A file or setting that cannot be used, and what to do about it.

    ``subject`` names the file or the dotted setting; ``advice`` is the next step.
    """

    subject: str
    found: str
    expected: str
    advice: str
    cause: str = ""

    def __str__(self) -> str:
        lines = [f"{self.subject}: {self.found}", f"  expected: {self.expected}"]
        if self.cause:
            lines.append(f"  likely cause: {self.cause}")
        return "\n".join([*lines, f"  next step: {self.advice}"])

    def __reduce__(self) -> tuple[type["InputError"], tuple[str, ...]]:
        """Survive the trip between worker processes."""
        return InputError, (self.subject, self.found, self.expected, self.advice, self.cause)
