"""Plans of Snakemake from one process that has imported it already: a plan is a fork of it, in a folder of its own.

Run as a program it answers requests, a line of JSON each; imported it starts that program where it is first needed.
"""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TextIO

__all__ = ["plan"]


def plan(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run ``snakemake`` with the arguments in the folder; both streams end in stdout. For runs without jobs."""
    written = folder / ".plan.txt"
    requests, answers = server()
    requests.write(json.dumps({"folder": str(folder), "arguments": [*arguments], "written": str(written)}) + "\n")
    requests.flush()
    code = int(answers.readline())
    text = written.read_text(encoding="utf-8")
    written.unlink()
    return subprocess.CompletedProcess([*arguments], code, text)


@cache
def server() -> tuple[TextIO, TextIO]:
    """The streams of the process that plans."""
    command = [sys.executable, __file__]
    process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    atexit.register(process.terminate)
    return process.stdin, process.stdout


def serve() -> None:
    """Answer every request with the exit status of Snakemake."""
    import jsonschema  # noqa: F401, PLC0415 (what plans import, before they are forked)
    import numpy as np  # noqa: F401, PLC0415
    import snakemake.cli  # noqa: F401, PLC0415

    for line in sys.stdin:
        child = os.fork()
        if not child:
            execute(**json.loads(line))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def execute(folder: str, arguments: list[str], written: str) -> None:
    """Be Snakemake, and end."""
    from snakemake.cli import main  # noqa: PLC0415

    os.chdir(folder)
    for stream, target in ((0, os.open(os.devnull, os.O_RDONLY)), (1, output := opened(written)), (2, output)):
        os.dup2(target, stream)
    code: Any = 0
    try:
        sys.argv = ["snakemake", *arguments]
        main(arguments)
    except SystemExit as end:
        code = end.code
    except BaseException:  # whatever ends a process
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def opened(path: str) -> int:
    """A new file to write into."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)


if __name__ == "__main__":
    serve()
