"""Memory that cutting a long recording takes: python tests/support/long_recording.py [minutes] [suffix]."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

import numpy as np
import soundfile

from phonotopy.annotation.intervals import Span
from phonotopy.annotation.textgrid import write_textgrid

SCRIPTS = str(Path(__file__).parents[2] / "workflow" / "scripts")
RATE = 44_100
COLLECT = """
import json, resource, sys
sys.path.insert(0, {scripts!r})
from phonotopy.corpus.folders import Layout
from phonotopy.corpus.collect import Splitting, collect
found, lost = collect({corpus!r}, Splitting(("ben",), 0.5, 0), {out!r}, Layout(utterance_tier="{{speaker}}"))
peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([len(found), len(lost), max(peaks) / 1024]))
"""


class Measured(NamedTuple):
    """Utterances found and excluded, and the largest memory of one process, in MB."""

    found: int
    excluded: int
    peak_mb: float


def measure(folder: Path, minutes: float, suffix: str = "wav") -> Measured:
    """Record noise in stereo with 12 utterances per minute, and collect them in a process of its own."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    second = np.random.default_rng(0).normal(0, 0.05, (RATE, 2)).astype(np.float32)
    with soundfile.SoundFile(corpus / f"x.{suffix}", "w", RATE, 2) as file:
        for _ in range(round(minutes * 60)):
            file.write(second)
    spans = [Span(5.0 * n, 5.0 * n + 4.0, "so") for n in range(round(minutes * 12))]
    write_textgrid(corpus / "x.TextGrid", minutes * 60, {"anna": spans[::2], "ben": spans[1::2]})
    code = COLLECT.format(scripts=SCRIPTS, corpus=str(corpus), out=str(folder / "out"))
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return Measured(*json.loads(output))


def main(minutes: str = "120", suffix: str = "wav") -> None:
    """Print one line."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(Path(folder), float(minutes), suffix)
    print(f"{minutes} minutes ({suffix}): {measured}, {time.monotonic() - began:.0f} s with the recording of it")


if __name__ == "__main__":
    main(*sys.argv[1:])
