"""What was said, in the letters that the recogniser writes."""

import codecs
import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import NamedTuple

from phonotopy.annotation.remarks import Remarks, find_remarks, is_pause, is_remark, token
from phonotopy.audio.waveform import SUFFIXES
from phonotopy.core.errors import InputError

__all__ = [
    "TABLE",
    "Entry",
    "Transcript",
    "decoded",
    "normalise",
    "read_transcript",
    "read_transcript_table",
    "transcribed",
]

LOG = logging.getLogger(__name__)
TABLE = "transcripts.tsv"  # one for a folder of recordings

STRIPPED = '.,?!;:"“”„«»‹›…¿¡‚‛。、，！？；：「」『』·•'
SPACES = "-‐‑‒–—―־"
APOSTROPHES = "’‘ʼ`´"
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # soft hyphen, joiners, marks of direction

REPLACEMENTS = str.maketrans(
    dict.fromkeys(STRIPPED + INVISIBLE, "") | dict.fromkeys(SPACES, " ") | dict.fromkeys(APOSTROPHES, "'")
)


@dataclass(frozen=True)
class Entry:
    """What the table of transcripts says of a recording; empty where it leaves that to other sources."""

    speaker: str = ""
    transcript: str = ""


class Transcript(NamedTuple):
    """Words as `normalise` makes them; `marked` has remarks too, where there are any, in their positions."""

    words: str
    marked: str = ""


def normalise(text: str) -> str:
    """Lower-case words with single spaces between them; punctuation is stripped, a hyphen or dash becomes a space.

    Letters and their marks may be those of any script, composed (Unicode NFC). Single quotes around a word are
    stripped, apostrophes stay. Raises InputError for anything else: digits and symbols have no one reading.
    """
    result = _plain(text)
    foreign = sorted({letter for letter in result if not _writable(letter)})
    if foreign:
        raise InputError(
            "transcript",
            f"unknown letters: {' '.join(foreign)}",
            "letters, apostrophe, space and punctuation",
            "write numbers and symbols as words, and leave out remarks in brackets",
        )
    if not result:
        raise InputError("transcript", "empty transcript", "at least one word", "write down what is said")
    return result


def transcribed(text: str, remarks: Remarks = "exclude") -> Transcript:
    """Words of a transcript, without its remarks if these are `outside` the inventory.

    InputError as of `normalise`; a remark that excludes its utterance; or nothing but remarks.
    """
    spans = list(find_remarks(text))
    if not spans:
        return Transcript(normalise(text))
    found = " ".join(dict.fromkeys(token(text[start:end]) for start, end in spans))
    if remarks == "exclude":
        advice = "write words instead, or set corpus.recordings.remarks to outside: then their stretches are left out"
        raise InputError("transcript", f"remarks: {found}", "words alone", advice)
    bounds = [0, *(bound for span in spans for bound in span), len(text)]
    pieces = [text[start:end] for start, end in pairwise(bounds)]  # words and remarks in turn
    said, marks = [_plain(piece) for piece in pieces[::2]], [token(piece) for piece in pieces[1::2]]
    if not any(said):
        advice = "remove the recording if that is true: an utterance without words cannot be learned"
        raise InputError("transcript", f"remarks alone: {found}", "at least one word", advice)
    complete = [part for pair in zip_longest(said, marks, fillvalue="") for part in pair if part and not is_pause(part)]
    return Transcript(normalise(" ".join(said)), " ".join(complete) if any(map(is_remark, marks)) else "")


def _plain(text: str) -> str:
    """Lower-case words, whatever letters they have."""
    words = unicodedata.normalize("NFC", text).lower().translate(REPLACEMENTS).split()
    return " ".join(_unquoted(word) for word in words if word.strip("'"))


def read_transcript(path: str | Path, remarks: Remarks = "exclude") -> Transcript:
    """Read a transcript (as `decoded` does); InputError names the file."""
    try:
        return transcribed(decoded(Path(path).read_bytes(), str(path)), remarks)
    except UnicodeDecodeError as error:
        advice = "save the file as UTF-8"
        raise InputError(str(path), f"unreadable transcript: {error}", "text in UTF-8", advice) from error
    except OSError as error:
        advice = "check the file and its permissions"
        raise InputError(str(path), f"unreadable transcript: {error.strerror}", "a text file", advice) from error
    except InputError as error:
        raise InputError(str(path), error.found, error.expected, error.advice) from error


def read_transcript_table(path: str | Path) -> dict[Path, Entry]:
    """Entries by recording: its path below the folder of the table, without suffix.

    The first line names the columns: `file` and one or both of `speaker` and `transcript`; others are passed over, and
    so are empty lines. Values are text as it stands, without quoting. InputError names the line that cannot be used.
    """
    header, *lines = _lines(Path(path))
    columns = [name.strip().lower() for name in header.split("\t")]
    if "file" not in columns or not {"speaker", "transcript"} & set(columns):
        expected = "columns file and speaker or transcript, with tabs between them"
        raise InputError(str(path), f"columns {', '.join(columns)}", expected, "name the columns in the first line")
    entries: dict[Path, Entry] = {}
    for number, line in enumerate(lines, start=2):
        if line.strip():
            recording, entry = _entry(f"{path}, line {number}", columns, line.split("\t"))
            if recording in entries:
                raise InputError(
                    f"{path}, line {number}", f"{recording} again", "each recording once", "remove one line"
                )
            entries[recording] = entry
    return entries


def _lines(path: Path) -> list[str]:
    try:
        return decoded(path.read_bytes(), str(path)).replace("\r\n", "\n").split("\n")
    except (UnicodeDecodeError, OSError) as error:
        raise InputError(str(path), f"unreadable table: {error}", "text in UTF-8", "save the file as UTF-8") from error


def _entry(subject: str, columns: Sequence[str], cells: Sequence[str]) -> tuple[Path, Entry]:
    if len(cells) != len(columns):
        advice = "put one tab between two values, none inside"
        raise InputError(subject, f"{len(cells)} values", f"{len(columns)}, as columns in the first line", advice)
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    file = Path(row["file"])
    if not row["file"] or file.is_absolute() or ".." in file.parts:
        expected = "the path of a recording below the folder of the table"
        raise InputError(subject, f"file '{row['file']}'", expected, "correct the path")
    known = file.suffix.lower() in SUFFIXES
    return file.with_suffix("") if known else file, Entry(row.get("speaker", ""), row.get("transcript", ""))


def decoded(content: bytes, name: str = "") -> str:
    """Text in UTF-8, in UTF-16 (recognised by its byte order mark or zero bytes), else in Latin-1 as Windows writes it.

    The 8-bit codes look alike, so the last case is logged under the name. UnicodeDecodeError: none of these.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    if b"\0" in content[:2]:
        return content.decode("utf-16-be" if content[0] == 0 else "utf-16-le")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
        LOG.warning("%s is no UTF-8; read as Latin-1 (Windows-1252)", name)
        return text


def _writable(letter: str) -> bool:
    """Whether it is a letter, the mark of one, an apostrophe or a space."""
    return letter in " '" or unicodedata.category(letter)[0] in "LM"


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 2 and word[0] == word[-1] == "'" else word
