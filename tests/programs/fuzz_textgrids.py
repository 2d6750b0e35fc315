"""Mutated TextGrids, each read as Praat shows it, or refused: python tests/programs/fuzz_textgrids.py [n] [seed]."""

import contextlib
import faulthandler
import os
import pickle
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

import parselmouth
from parselmouth.praat import call

from phonotopy.annotation.intervals import Span, fitted, labelled
from phonotopy.annotation.label_sets import Labels
from phonotopy.annotation.textgrid import read_textgrid
from phonotopy.core.errors import InputError
from textgrid_mutations import Case, Grid, cases

LIMIT_S = 5  # that a file may take, where a thousandth of it is usual
DURATION_S = 2.5
LABELS = Labels(("s", "AH0"), outside="leave_out")
BATCH = 200  # files asked of one process


class Slow(Exception):
    """A file took longer than the limit."""


def use(tiers: Grid) -> None:
    """Make intervals of every tier, which has to end in intervals that cover the recording or in an InputError."""
    for spans in tiers.values():
        with contextlib.suppress(InputError):
            found = labelled(fitted(spans, DURATION_S), [], DURATION_S, LABELS)
            ends = [0.0, *(interval.offset_s for interval in found)]
            if ends[-1] != DURATION_S or any(one.onset_s != end for one, end in zip(found, ends, strict=False)):
                raise ValueError("intervals that do not cover the recording")


def _alarm(*_: object) -> None:
    raise Slow


def ours(path: Path) -> Grid | str:
    """What the reader makes of a file: tiers, why it refuses, or what else it raises."""
    signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    try:
        tiers = read_textgrid(path)
        use(tiers)
        return tiers
    except InputError as error:
        return error.found
    except Exception as error:  # whatever it is, it is what is looked for
        return f"wrong: {type(error).__name__} {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def praats(paths: Sequence[Path]) -> list[Grid | str]:
    """What Praat shows of files, asked in processes of its own, which a damaged file may bring down."""
    answers: list[Grid | str] = []
    while len(answers) < len(paths):
        answers += _answers(paths[len(answers) :])
        if len(answers) < len(paths):
            answers.append("crash of Praat")
    return answers


def _answers(paths: Sequence[Path]) -> Iterator[Grid | str]:
    """Answers of one process, as many as it lives to give."""
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        faulthandler.disable()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        with os.fdopen(sink, "wb") as stream:
            for path in paths:
                signal.alarm(LIMIT_S)
                pickle.dump(_shown(path), stream)
                stream.flush()
        os._exit(0)
    os.close(sink)
    with os.fdopen(source, "rb") as stream, contextlib.suppress(EOFError):
        while True:
            yield pickle.load(stream)
    os.waitpid(child, 0)


def _shown(path: Path) -> Grid | str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = parselmouth.read(str(path))
        if found.class_name != "TextGrid":
            return f"Praat reads a {found.class_name}"
        return _tiers(found)
    except parselmouth.PraatError as error:
        return f"Praat: {error}"


def _tiers(found: parselmouth.TextGrid) -> Grid:
    tiers: Grid = {}
    for tier in range(1, call(found, "Get number of tiers") + 1):
        if call(found, "Is interval tier", tier):
            spans = []
            for index in range(1, call(found, "Get number of intervals", tier) + 1):
                ends = (call(found, f"Get {end} time of interval", tier, index) for end in ("start", "end"))
                spans.append(Span(*ends, call(found, "Get label of interval", tier, index).strip()))
            name = call(found, "Get tier name", tier).strip()
            tiers.setdefault(name, [span for span in spans if span.onset_s != span.offset_s])
    return tiers


def verdict(case: Case, found: Grid | str, shown: Grid | str) -> str:
    """In a word what became of a file; one that begins with `wrong` is a failure of the reader."""
    if isinstance(found, str):
        refused = "refused as by Praat" if isinstance(shown, str) else "refused"
        wrong = case.expected is not None and not found.startswith("wrong")
        return f"wrong: refused, {found}" if wrong else found if found.startswith("wrong") else refused
    if case.expected is not None and found != case.expected:
        return "wrong: not what was written"
    if isinstance(shown, str):
        return "read, and Praat crashes" if shown.startswith("crash") else f"wrong: read, but {shown}"
    if case.kind == "utf_16_without_mark":  # of which Praat reads the times, and labels in plain letters
        found, shown = ({n: [span[:2] for span in spans] for n, spans in part.items()} for part in (found, shown))
    return "read" if found == shown else "wrong: not what Praat shows"


def campaign(number: int, seed: int, folder: Path) -> dict[str, Counter[str]]:
    """Verdicts by kind of mutation; files with a wrong one stay in the folder."""
    counts: dict[str, Counter[str]] = {}
    for first, batch in enumerate(batched(cases(number, seed), BATCH)):
        paths = [folder / f"{case.kind}-{first * BATCH + index}.TextGrid" for index, case in enumerate(batch)]
        for case, path in zip(batch, paths, strict=True):
            path.write_bytes(case.content)
        for case, path, shown in zip(batch, paths, praats(paths), strict=True):
            found = verdict(case, ours(path), shown)
            counts.setdefault(case.kind, Counter())[found] += 1
            if not found.startswith("wrong"):
                path.unlink()
    return counts


def batched(items: Iterable[Case], size: int) -> Iterator[list[Case]]:
    """Lists of at most this size."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def main(number: int, seed: int) -> None:
    start, folder = time.perf_counter(), Path(tempfile.mkdtemp(prefix="textgrids-"))
    counts = campaign(number, seed, folder)
    for kind, found in counts.items():
        shown = "  ".join(f"{verdict} {count}" for verdict, count in sorted(found.items()))
        print(f"{kind:28}{found.total():6}  {shown}")
    total = sum(counts.values(), Counter())
    wrong = sum(count for verdict, count in total.items() if verdict.startswith("wrong"))
    read = total["read"] + total["read, and Praat crashes"]
    refused = number - read - wrong
    print(f"{number} TextGrids, seed {seed}, Praat {parselmouth.PRAAT_VERSION}: {read} read, {refused} refused")
    print(f"{wrong} wrong{f', in {folder}' if wrong else ''}; {time.perf_counter() - start:.0f} s")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3] or ("10000", "0")))
