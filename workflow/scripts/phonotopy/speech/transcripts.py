"""What was said, in the letters that the recogniser writes."""

import codecs
from pathlib import Path

from phonotopy.errors import InputError

__all__ = ["LETTERS", "normalise", "read_transcript"]

LETTERS = " 'abcdefghijklmnopqrstuvwxyz"
STRIPPED = '.,?!;:"“”„«»…'
SPACES = "-‐‑–—"
APOSTROPHES = "’ʼ"

REPLACEMENTS = str.maketrans(dict.fromkeys(STRIPPED, "") | dict.fromkeys(SPACES, " ") | dict.fromkeys(APOSTROPHES, "'"))


def normalise(text: str) -> str:
    """Lower-case words with single spaces between them; punctuation is stripped, a hyphen or dash becomes a space.

    Raises InputError for what remains outside `LETTERS`: digits and accented letters have no one spelling.
    """
    words = text.lower().translate(REPLACEMENTS).split()
    result = " ".join(word for word in words if word.strip("'"))
    foreign = sorted(set(result) - set(LETTERS))
    if foreign:
        raise InputError(
            "transcript",
            f"unknown letters: {' '.join(foreign)}",
            "letters a to z, apostrophe, space and punctuation",
            "write numbers as words and names in plain letters",
        )
    if not result:
        raise InputError("transcript", "empty transcript", "at least one word", "write down what is said")
    return result


def read_transcript(path: str | Path) -> str:
    """Read a transcript in UTF-8, or UTF-16 with a byte order mark, and normalise it; InputError names the file."""
    try:
        return normalise(_decoded(Path(path).read_bytes()))
    except UnicodeDecodeError as error:
        advice = "save the file as UTF-8"
        raise InputError(str(path), f"unreadable transcript: {error}", "text in UTF-8", advice) from error
    except OSError as error:
        advice = "check the file and its permissions"
        raise InputError(str(path), f"unreadable transcript: {error.strerror}", "a text file", advice) from error
    except InputError as error:
        raise InputError(str(path), error.found, error.expected, error.advice) from error


def _decoded(content: bytes) -> str:
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig")
