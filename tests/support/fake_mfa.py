#!/usr/bin/env python3
"""Stands for the Montreal Forced Aligner, version 3, as far as the workflow calls it: checks what it is given.

As the real one, it writes a TextGrid per recording in folders of speakers, and none for what it cannot align: the first
recording of test speakers. The second one has a word that its dictionary lacks.
"""

import argparse
import sys
from pathlib import Path

import soundfile

from phonotopy.annotation.intervals import Span
from phonotopy.annotation.textgrid import write_textgrid


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="mfa")
    commands = top.add_subparsers(dest="command", required=True)
    model = commands.add_parser("model")
    model.add_argument("action", choices=["inspect", "download"])
    model.add_argument("kind", choices=["acoustic", "dictionary"])
    model.add_argument("name")
    align = commands.add_parser("align")
    align.add_argument("--clean", action="store_true")
    align.add_argument("--num_jobs", type=int)
    align.add_argument("--output_format", choices=["long_textgrid", "short_textgrid", "json", "csv"])
    align.add_argument("--temporary_directory", type=Path)
    for name in ("corpus", "dictionary", "acoustic", "output"):
        align.add_argument(name)
    return top


def main() -> int:
    given = parser().parse_args()
    if given.command == "model":
        sys.stdout.write(f"{given.action} {given.kind} {given.name}\n")
        return int(given.action == "inspect")  # not there yet, so that it has to be fetched
    labs = sorted(Path(given.corpus).glob("*/*.lab"))
    first, second = ([lab for lab in labs if lab.parent.name.startswith("test")] + [None, None])[:2]
    for lab in labs:
        (audio,) = (path for path in lab.parent.glob(f"{lab.stem}.*") if path.suffix != ".lab")
        duration = soundfile.info(audio.resolve()).duration
        words = lab.read_text(encoding="utf-8").split()
        step = duration / len(words)
        spans = [Span(index * step, (index + 1) * step, word) for index, word in enumerate(words)]
        phones = [span._replace(text="spn" if lab == second else "AH0") for span in spans]
        if lab != first:
            target = Path(given.output, lab.parent.name, f"{lab.stem}.TextGrid")
            target.parent.mkdir(parents=True, exist_ok=True)
            write_textgrid(target, duration, {"words": spans, "phones": phones})
    return 0


if __name__ == "__main__":
    sys.exit(main())
