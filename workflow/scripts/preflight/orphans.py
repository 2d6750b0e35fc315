"""Jobs of this machine that outlived their run: they are ended before they can write into the next one."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["end"]

PROCESSES = Path("/proc")
SCRIPTS = str(Path(".snakemake", "scripts"))  # where Snakemake puts the scripts that it runs


def end(folder: Path) -> int:
    """Kill scripts in `folder` above which no Snakemake lives, and all they started; returns how many there were.

    A run whose Snakemake alone was killed leaves them. Those of another run in the same folder are not touched.
    """
    parents = {int(path.name): _parent(path) for path in PROCESSES.iterdir() if path.name.isdigit()}
    lines = {number: [number, *_ancestors(number, parents)] for number in parents}
    scripts = {number for number in parents if _runs(number, folder)}
    orphans = {number for number in scripts if not any(map(_is_snakemake, lines[number]))}
    doomed = [number for number, line in lines.items() if not orphans.isdisjoint(line)]
    for number in doomed:
        with suppress(ProcessLookupError):  # ended meanwhile
            os.kill(number, signal.SIGKILL)
    return len(doomed)


def _parent(process: Path) -> int:
    """0 where the process has ended."""
    try:
        fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[1])


def _ancestors(number: int, parents: dict[int, int]) -> Iterator[int]:
    while number := parents.get(number, 0):
        yield number


def _words(number: int) -> list[str]:
    try:
        return (PROCESSES / str(number) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:  # ended meanwhile, or another user's
        return []


def _runs(number: int, folder: Path) -> bool:
    try:
        here = (PROCESSES / str(number) / "cwd").resolve() == folder.resolve()
    except OSError:
        return False
    return here and any(SCRIPTS in word for word in _words(number))


def _is_snakemake(number: int) -> bool:
    return any(Path(word).name == "snakemake" for word in _words(number))
