"""Mutated recordings: each is read or excluded with a reason: python tests/programs/fuzz_audio.py [number] [seed]."""

import io
import random
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow" / "scripts"))

import numpy as np
import soundfile

from phonotopy.audio.waveform import read_mono
from phonotopy.corpus import collect as collect_module
from phonotopy.corpus.collect import Splitting, collect

RATE, SECONDS = 16_000, 1.0
LIMIT_S = 20.0  # that a file may take, where a hundredth of a second is usual
FORMATS = {
    "u8.wav": {"subtype": "PCM_U8"},
    "16.wav": {"subtype": "PCM_16"},
    "24.wav": {"subtype": "PCM_24"},
    "32.wav": {"subtype": "PCM_32"},
    "float.wav": {"subtype": "FLOAT"},
    "ulaw.wav": {"subtype": "ULAW"},
    "alaw.wav": {"subtype": "ALAW"},
    "adpcm.wav": {"subtype": "IMA_ADPCM"},
    "gsm.wav": {"subtype": "GSM610"},
    "extensible.wav": {"format": "WAVEX"},
    "rf64.wav": {"format": "RF64"},
    "16.flac": {},
    "24.flac": {"subtype": "PCM_24"},
    "vorbis.ogg": {},
    "opus.opus": {"format": "OGG", "subtype": "OPUS"},
    "layer3.mp3": {},
}
HEADER = 128  # bytes in which most mutations of a header fall


@dataclass(frozen=True)
class Case:
    """A mutated file: what was done to it, its name and content, and whether the speech in it is still whole."""

    kind: str
    name: str
    content: bytes
    whole: bool = False


@cache
def originals() -> dict[str, bytes]:
    """A second of something like speech, one or two channels, in each format."""
    rng = np.random.default_rng(0)
    time_s = np.arange(round(RATE * SECONDS)) / RATE
    voice = 0.3 * np.sin(2 * np.pi * 140 * time_s) * (1 + np.sin(2 * np.pi * 4 * time_s)) / 2
    samples = np.stack([voice, voice + 0.01 * rng.normal(size=len(voice))], axis=1)
    content = {}
    for index, (name, options) in enumerate(FORMATS.items()):
        stream = io.BytesIO()
        settings = {"format": name.rpartition(".")[2].upper()} | options
        soundfile.write(stream, samples[:, 0] if index % 2 or name == "gsm.wav" else samples, RATE, **settings)
        content[name] = stream.getvalue()
    return content


def flip_header(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice([1, 1, 2, 8])):
        data[rng.randrange(min(HEADER, len(data)))] ^= 1 << rng.randrange(8)


def flip_anywhere(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice([1, 3, 30, 300])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def truncate(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(1, len(data)) :]


def lie(data: bytearray, rng: random.Random) -> None:
    """Another number where the header may have one, in either order of bytes."""
    value = rng.choice([0, 1, 2, 0x7FFF, 0x8000, 0xFFFF, rng.randrange(1 << 16), rng.randrange(1 << 32)])
    form = rng.choice("<>") + ("H" if value < 1 << 16 and rng.random() < 0.5 else "I")
    struct.pack_into(form, data, rng.randrange(4, min(HEADER, len(data) - 4)), value)


def boast(data: bytearray, rng: random.Random) -> None:
    """A huge length where the format has one: chunks of WAV, frames of FLAC and MP3, positions of OGG pages."""
    offsets = [data.find(name) + offset for name, offset in ((b"data", 4), (b"Xing", 8), (b"Info", 8)) if name in data]
    offsets += [22] if data[:4] == b"fLaC" else []
    offsets += [data.rfind(b"OggS") + 9] if data[:4] == b"OggS" else []
    struct.pack_into("<I", data, offsets[0], rng.choice([0x7FFEFFFF, 0x7F000000, 0x10000000]))


def blank(data: bytearray, rng: random.Random) -> None:
    first = rng.randrange(len(data))
    last = min(len(data), first + rng.choice([4, 64, 1024]))
    data[first:last] = bytes([rng.choice([0, 255])]) * (last - first)


def splice(data: bytearray, rng: random.Random) -> None:
    """A part of another file in the midst of this one, or a part of this one twice."""
    other = originals()[rng.choice(list(FORMATS))]
    first = rng.randrange(len(other))
    offset = rng.randrange(len(data))
    data[offset:offset] = other[first : first + rng.choice([1, 50, 2000])]


def scramble(data: bytearray, rng: random.Random) -> None:
    data[:] = rng.randbytes(rng.choice([1, 40, 5000]))


def head_alone(data: bytearray, rng: random.Random) -> None:
    keep = rng.choice([4, 12, 40, 64])
    data[keep:] = rng.randbytes(rng.choice([0, 100, 3000]))


def empty(data: bytearray, rng: random.Random) -> None:
    data.clear()


def no_numbers(data: bytearray, rng: random.Random) -> None:
    """Samples that are NaN or infinite."""
    data[:] = originals()["float.wav"]
    value = rng.choice([float("nan"), float("inf"), float("-inf"), 1e30])
    struct.pack_into("<f", data, len(data) - 4 * rng.randrange(1, 1000), value)


MUTATIONS: dict[str, Callable[[bytearray, random.Random], None]] = {
    "bits of the header": flip_header,
    "bits anywhere": flip_anywhere,
    "truncation": truncate,
    "header that lies": lie,
    "huge length": boast,
    "blanks": blank,
    "splices": splice,
    "random bytes": scramble,
    "random bytes behind a header": head_alone,
    "empty file": empty,
    "samples that are no numbers": no_numbers,
}
UNHARMED = ["wrong extension", "zeros behind the end"]


def cases(number: int, seed: int) -> Iterator[Case]:
    """Mutations of all kinds in turn."""
    kinds = [*MUTATIONS, *UNHARMED]
    for index in range(number):
        rng = random.Random(f"{seed} {index}")
        kind = kinds[index % len(kinds)]
        name = rng.choice(list(FORMATS))
        data = bytearray(originals()[name])
        suffix = Path(name).suffix
        if kind in MUTATIONS:
            MUTATIONS[kind](data, rng)
        elif kind == "wrong extension":
            suffix = rng.choice([".wav", ".flac", ".ogg", ".mp3", ".m4a"])
        elif suffix == ".wav":
            data += bytes(rng.randrange(1, 3000))
        yield Case(kind, f"{index:05}{suffix}", bytes(data), whole=kind in UNHARMED)


def write(folder: Path, found: Mapping[str, Case]) -> None:
    """A corpus of one damaged speaker, and one whose sound recordings keep the splits alive."""
    for speaker in ("damaged", "sound"):
        (folder / speaker).mkdir(parents=True)
    for case in found.values():
        path = folder / "damaged" / case.name
        path.write_bytes(case.content)
        path.with_suffix(".lab").write_text("something")
    for index in range(40):
        path = folder / "sound" / f"{index}.wav"
        path.write_bytes(originals()["16.wav"])
        path.with_suffix(".lab").write_text("something")


def campaign(number: int, seed: int, processes: int = 2) -> tuple[Counter[tuple[str, str]], list[str]]:
    """Counts by kind of mutation and outcome, and what went wrong."""
    found = {f"damaged-{Path(case.name).stem}": case for case in cases(number, seed)}
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "corpus", found)
        splitting = Splitting(("damaged",), 0.5, 0)
        utterances, exclusions = collect(Path(folder) / "corpus", splitting, folder, processes=processes)
        reported = {item.utterance for item in (*utterances, *exclusions)}
        wrong = [f"{name}: neither read nor excluded" for name in found if name not in reported]
        for item in exclusions:
            case, reason = found[item.utterance], item.reason.partition(":")[0]
            counts[case.kind, f"excluded, {reason}"] += 1
            if case.whole or not (reason and item.advice):
                wrong.append(f"{item.utterance} ({case.kind}): {item.reason}; {item.advice}")
        for item in utterances:
            if case := found.get(item.utterance):
                samples = read_mono(Path(folder) / item.audio, RATE)
                same = abs(len(samples) - RATE * SECONDS) <= 0.05 * RATE
                counts[case.kind, "read, of the same length" if same else "read, of another length"] += 1
                honest = abs(len(samples) / RATE - item.duration_s) <= 1e-3
                if not (np.isfinite(samples).all() and honest and (same or not case.whole)):
                    wrong.append(f"{item.utterance} ({case.kind}): {len(samples)} samples in {item.duration_s} s")
    return counts, wrong


def main(number: int = 1000, seed: int = 0) -> int:
    """Print the counts; 1 if anything went wrong."""
    collect_module.PATIENCE_S = LIMIT_S
    began = time.monotonic()
    counts, wrong = campaign(number, seed)
    for kind in [*MUTATIONS, *UNHARMED]:
        own = {outcome: count for (name, outcome), count in counts.items() if name == kind}
        print(f"{kind} ({sum(own.values())})")
        for outcome, count in sorted(own.items(), key=lambda row: -row[1]):
            print(f"  {count:6} {outcome}")
    total = sum(counts.values())
    print(f"{total} mutated recordings in {time.monotonic() - began:.0f} s, {len(wrong)} wrong", *wrong, sep="\n")
    return int(bool(wrong) or total != number)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
