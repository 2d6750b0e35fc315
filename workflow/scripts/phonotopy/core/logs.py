"""The log of a rule, and how an error reaches the user."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from phonotopy.core.environment import MADE_WITH, environment
from phonotopy.core.errors import InputError

__all__ = ["error", "opened"]

FORM, MOMENT = "%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S"
HEAD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ([A-Z]+) ", re.MULTILINE)  # of a record in this form


@contextmanager
def opened(path: str | Path, console: str = "") -> Iterator[logging.Logger]:
    """Send log records to the file at `path`, and to stderr behind the name `console` if there is one.

    The log of a job that succeeds ends with what it ran on. A mistake in the user's data ends in its message alone,
    also on stderr. Anything else is a defect: its traceback goes to the log and, as usual, to the console.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [logging.FileHandler(path, mode="w", encoding="utf-8")]
    handlers[0].setFormatter(logging.Formatter(FORM, MOMENT))
    if console:
        handlers.append(logging.StreamHandler())
        handlers[1].setFormatter(logging.Formatter(f"{console}: %(message)s"))
    logger = logging.getLogger("phonotopy")
    logger.setLevel(logging.INFO)
    logger.handlers[:] = handlers
    try:
        yield logger
        record = logger.makeRecord(logger.name, logging.INFO, "", 0, MADE_WITH + json.dumps(environment()), (), None)
        handlers[0].handle(record)  # the file alone: a console needs no such line
    except InputError as error:
        logger.error("%s", error)
        if not console:
            sys.stderr.write(f"\n{error}\n\n")
        sys.exit(1)
    except Exception:
        logger.error("%s", traceback.format_exc())
        raise
    finally:
        logger.handlers.clear()
        handlers[0].close()


def error(path: str | Path) -> str:
    """The error that the log at `path` ends with; empty where it ends otherwise."""
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    heads = list(HEAD.finditer(text))
    return text[heads[-1].end() :].strip() if heads and heads[-1][1] == "ERROR" else ""
