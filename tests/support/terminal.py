"""Commands on a pseudo terminal, and what a person would see of them."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyte

LIMIT_S = 120.0
VARIABLES = {"TERM": "xterm-256color", "CI": "", "NO_COLOR": "", "COLUMNS": "", "LINES": ""}


@dataclass
class Seen:
    """All that a command wrote; `frames` are screens after every read, `text` the last one with what scrolled away."""

    status: int = 0
    raw: bytes = b""
    frames: list[str] = field(default_factory=list)
    text: str = ""


def watched(
    command: Sequence[str],
    folder: Path,
    *,
    size: tuple[int, int] = (100, 30),
    act: Callable[[subprocess.Popen[bytes], str, int], None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Seen:
    """Run a command on a terminal of so many columns and rows; `act(process, screen, terminal)` follows every read."""
    columns, rows = size
    ours, theirs = pty.openpty()
    resize(theirs, size)
    screen = pyte.HistoryScreen(columns, rows, history=10_000)
    stream, seen, limit = pyte.ByteStream(screen), Seen(), time.monotonic() + LIMIT_S
    variables = {name: value for name, value in {**os.environ, **VARIABLES, **(environment or {})}.items() if value}
    process = subprocess.Popen(
        command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=variables, start_new_session=True
    )
    os.close(theirs)
    while time.monotonic() < limit:
        ready, _, _ = select.select([ours], [], [], 0.1)
        try:
            text = os.read(ours, 1 << 16) if ready else b""
        except OSError:  # of Linux, when the last process has closed the terminal
            break
        seen.raw += text
        stream.feed(text)
        if text:
            seen.frames.append("\n".join(line.rstrip() for line in screen.display))
        if act:
            act(process, seen.frames[-1] if seen.frames else "", ours)
        if not ready and process.poll() is not None:
            break
    process.kill() if process.poll() is None else None
    seen.status = process.wait()
    os.close(ours)
    above = ["".join(line[column].data for column in range(columns)).rstrip() for line in screen.history.top]
    seen.text = "\n".join([*above, *(line.rstrip() for line in screen.display)]).rstrip()
    return seen


def resize(terminal: int, size: tuple[int, int]) -> None:
    columns, rows = size
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
