"""The foot of a terminal: lines that are renewed, below what this process and its jobs write."""

import atexit
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from rich.ansi import AnsiDecoder
from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

__all__ = ["Screen"]

DRAW_S = 0.5  # between two drawings
LONGEST_LINE = 1 << 16  # bytes of a line that is held back until it ends
STREAMS = (1, 2)


class Screen:
    """Draws `view()` at the foot of the terminal behind `stream`.

    Jobs write to the terminal by themselves, where they would be overwritten by the next drawing or break it. From
    `start` to `stop` they, and this process, write into a pipe instead; one thread alone writes to the terminal, what
    came through the pipe above the foot. Should drawing fail, it goes on passing everything on.
    """

    def __init__(self, stream: TextIO, view: Callable[[], RenderableType]) -> None:
        self.view = view
        self.terminal = os.dup(stream.fileno())
        file = os.fdopen(os.dup(self.terminal), "w", encoding=stream.encoding, errors="replace")
        self.console = Console(file=file, force_terminal=True, highlight=False, markup=False, emoji=False)
        self.live = Live(
            console=self.console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self.drawing, self.ending, self.ended = False, threading.Event(), threading.Event()
        self.rest, self.colours = b"", AnsiDecoder()  # which keeps a colour from line to line
        self.thread = threading.Thread(target=self._work, name="screen", daemon=True)

    def start(self) -> None:
        """Stand in for the terminal of this process and of all that it starts."""
        self.source, self.sink = os.pipe()
        _flush()
        self.kept = {number: os.dup(number) for number in STREAMS if os.isatty(number)}
        for number in self.kept:
            os.dup2(self.sink, number)
        self.thread.start()
        atexit.register(self.stop)  # where Snakemake ends otherwise than by closing its handlers

    def stop(self) -> None:
        """Give the terminal back, the foot wiped. Jobs that live on still reach it."""
        if self.ending.is_set():
            return
        _flush()
        for number, kept in self.kept.items():
            os.dup2(kept, number)
        self.ending.set()
        self.ended.wait(10 * DRAW_S)  # no longer: a terminal that is stopped takes nothing

    def _work(self) -> None:
        self._attempt(self._open)
        drawn = 0.0
        while True:
            ready, _, _ = select.select([self.source], [], [], DRAW_S / 2)
            if ready:
                self._pass_on(os.read(self.source, 1 << 16))
            elif self.ending.is_set() and not self.ended.is_set():
                self._finish()
            if time.monotonic() - drawn >= DRAW_S and not self.ending.is_set():
                self._attempt(self._draw)
                drawn = time.monotonic()

    def _pass_on(self, text: bytes) -> None:
        """Write whole lines above the foot; without one, everything as it comes."""
        if not self.drawing:
            self._write(self.rest + text)
            self.rest = b""
            return
        lines, end, rest = (self.rest + text).rpartition(b"\n")
        self.rest = rest
        if len(rest) > LONGEST_LINE:
            lines, end, self.rest = lines + end + rest, b"\n", b""
        if end:
            self._attempt(lambda: self._print(lines), otherwise=lines + end)

    def _print(self, lines: bytes) -> None:
        self.console.size = self._size()
        found = self.colours.decode(lines.decode(errors="replace"))
        self.console.print(Text("\n").join(found), soft_wrap=True)

    def _open(self) -> None:
        self.live.start()
        self.drawing = True
        self.console.show_cursor(show=True)  # rich hides it, and a process that is killed would leave it hidden

    def _draw(self) -> None:
        if self.drawing:
            self.console.size = self._size()
            self.live.update(self.view(), refresh=True)

    def _finish(self) -> None:
        self._attempt(self._close)
        self.drawing = False
        self._pass_on(b"\n" if self.rest else b"")
        self.ended.set()

    def _close(self) -> None:
        if self.drawing:
            self.live.stop()

    def _attempt(self, act: Callable[[], None], otherwise: bytes = b"") -> None:
        """A fault of the display must not become one of the run, nor hide what was written."""
        try:
            act()
        except Exception as error:
            self.drawing = False
            self._write(b"\n" + otherwise + f"The display of progress has ended: {error!r}\n".encode(errors="replace"))

    def _write(self, text: bytes) -> None:
        with suppress(OSError):  # the terminal is gone
            while text:
                text = text[os.write(self.terminal, text) :]

    def _size(self) -> tuple[int, int]:
        """Columns and lines; a line as long as the terminal is wide would break in some."""
        columns, lines = os.get_terminal_size(self.terminal)
        return max((columns or 80) - 1, 1), lines or 24


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
