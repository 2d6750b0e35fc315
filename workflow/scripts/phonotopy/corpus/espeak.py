"""A program that speaks: requests on standard input, sound on standard output, espeak-ng inside.

It is run as a process of its own, `python espeak.py`, because espeak-ng is licensed under the GPL, version 3, and
because it carries state from one utterance to the next: a fork that has never spoken says each utterance, so that no
sound depends on what was said before.

A request is one line of JSON: text, voice, rate_wpm, pitch (0 to 99), volume (0 to 200). An answer is one line of JSON:
sample_rate_hz, samples, words (each: offset in the text, characters, sample), error; then the samples, 16-bit integers,
little endian.
"""

import ctypes
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

__all__: list[str] = []

SYNCHRONOUS, REPORT_FAILURE = 2, 0x8000  # without the second, espeak-ng ends the process when it fails to start
UTF8, END_PAUSE = 1, 0x1000
CHARACTER_POSITION = 1
RATE, VOLUME, PITCH = 1, 2, 3
WORD = 1
NOISE_SEED = 1  # of breathy variants, whose noise would otherwise depend on the time of day
LONGEST_DATA_PATH = 159  # characters; espeak-ng cuts a longer one off


class Event(ctypes.Structure):
    """`espeak_EVENT` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_uint8 * 8),
    )


Word = tuple[int, int, int]  # offset in the text, characters, sample
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


def load(folder: str) -> tuple[Any, int]:
    """Load the library without speaking; return it and its sample rate in Hz. `folder` may take a link to its data."""
    import espeakng_loader  # noqa: PLC0415 (whoever imports this module to run it elsewhere must not load it)

    data = espeakng_loader.get_data_path()
    if len(data) > LONGEST_DATA_PATH:
        link = Path(folder) / "data"
        link.symlink_to(data)
        data = str(link)
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int,
        ctypes.c_uint, ctypes.c_uint, ctypes.POINTER(ctypes.c_uint), ctypes.c_void_p,
    ]  # fmt: skip
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), REPORT_FAILURE | 1)
    if rate <= 0:
        raise OSError(f"espeak-ng does not start with its data in {data}")
    return library, rate


def speak(library: Any, request: dict[str, Any]) -> tuple[bytes, list[Word]]:
    """Say one text; return 16-bit samples and the word events (character offset, characters, sample)."""
    sound = bytearray()
    words: list[Word] = []

    def receive(samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            sound.extend(ctypes.string_at(samples, 2 * count))
        words.extend(
            (event.text_position - 1, event.length, event.sample) for event in listed(events) if event.type == WORD
        )
        return 0

    callback = CALLBACK(receive)  # the library keeps no reference of its own
    library.espeak_SetSynthCallback(callback)
    library.espeak_ng_SetRandSeed(ctypes.c_long(NOISE_SEED))
    settings = ((RATE, "rate_wpm"), (PITCH, "pitch"), (VOLUME, "volume"))
    if library.espeak_SetVoiceByName(request["voice"].encode()) != 0:
        raise LookupError(f"espeak-ng has no voice {request['voice']}")
    for parameter, name in settings:
        if library.espeak_SetParameter(parameter, request[name], 0) != 0:
            raise ValueError(f"espeak-ng refuses {name} {request[name]}")
    text = request["text"].encode()
    identifier = ctypes.c_uint(0)
    flags = UTF8 | END_PAUSE
    if library.espeak_Synth(text, len(text) + 1, 0, CHARACTER_POSITION, 0, flags, ctypes.byref(identifier), None) != 0:
        raise OSError("espeak-ng cannot speak the text")
    library.espeak_Synchronize()
    return bytes(sound), words


def listed(events: Any) -> Iterator[Any]:
    """Yield the events of a list that ends with type 0."""
    index = 0
    while events[index].type != 0:
        yield events[index]
        index += 1


def answer(library: Any, rate: int, line: bytes, output: BinaryIO) -> None:
    """Speak one request and write its answer."""
    try:
        sound, words = speak(library, json.loads(line))
        write(output, rate, sound, words)
    except (LookupError, ValueError, OSError) as failure:
        write(output, rate, error=str(failure))


def write(output: BinaryIO, rate: int, sound: bytes = b"", words: Iterable[Word] = (), error: str = "") -> None:
    """Write one answer."""
    header = {"sample_rate_hz": rate, "samples": len(sound) // 2, "words": list(words), "error": error}
    output.write(json.dumps(header).encode() + b"\n" + sound)
    output.flush()


def main() -> None:
    """Answer every request in a fork, until standard input ends."""
    output = sys.stdout.buffer
    with tempfile.TemporaryDirectory() as folder:
        library, rate = load(folder)
        for line in sys.stdin.buffer:
            child = os.fork()
            if child == 0:
                answer(library, rate, line, output)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            if status != 0:
                write(output, rate, error=f"espeak-ng ended with status {status}")


if __name__ == "__main__":
    main()
