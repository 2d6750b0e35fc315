"""Sounds as WAV files, and a page that holds them within."""

import base64
import io
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import soundfile
from torch import Tensor

from phonotopy.core.files import replacing, replacing_folder

__all__ = ["LARGEST_PAGE", "Sound", "write_page", "write_sounds"]

LARGEST_PAGE = 2_000_000  # bytes
WITHHELD = "Recordings are private (report.private): there are no sounds."
NOTHING = "No region has a token that excites it: there are no sounds."
PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Sounds</title>
<style>body {{ font: 1rem/1.4 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a;
background: #fff }} td, th {{ padding: .2rem .6rem; text-align: left }} audio {{ width: 13rem; height: 2rem }}</style>
<h1>What excites regions of the map</h1>
<p>The token that excites the region of a phone most, in speakers of whom the region knows nothing, and what masks of
the region leave of it. Sounds are as loud as in the recording.</p>
{body}
</html>
"""


class Sound(NamedTuple):
    """One sound ``(time,)`` of the token of a phone at a layer: the original, or what a method leaves of it."""

    layer: int
    phone: str
    name: str
    samples: Tensor

    @property
    def file(self) -> str:
        """The name of its WAV file."""
        safe = "".join(letter if letter.isalnum() else f"_{ord(letter):x}" for letter in self.phone)
        return f"layer{self.layer}_{safe}_{self.name}.wav"


def _wav(sound: Sound, sample_rate_hz: int) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, sound.samples.clamp(-1, 1).numpy(), sample_rate_hz, format="WAV", subtype="PCM_16")
    return stream.getvalue()


def write_sounds(folder: str | Path, sounds: Sequence[Sound], sample_rate_hz: int) -> None:
    """Write a WAV file per sound; the folder replaces that of a run before, and may be empty."""
    with replacing_folder(folder) as part:
        for sound in sounds:
            (part / sound.file).write_bytes(_wav(sound, sample_rate_hz))


def write_page(path: str | Path, sounds: Sequence[Sound], sample_rate_hz: int, *, private: bool) -> None:
    """Write the page with as many sounds, from the first one on, as it may hold."""
    text = WITHHELD if private else "" if sounds else NOTHING
    body = f"<p>{text}</p>" if text else "\n".join(_tables(sounds, sample_rate_hz))
    with replacing(path) as part:
        part.write_text(PAGE.format(body=body), encoding="utf-8")


def _tables(sounds: Sequence[Sound], sample_rate_hz: int) -> Iterator[str]:
    """A table per phone with a line per layer; layers beyond the size of the page are left out by name."""
    names = dict.fromkeys(sound.name for sound in sounds)
    size, missing = len(PAGE), 0
    for phone, of_phone in groupby(sorted(sounds, key=lambda one: one.phone), key=lambda one: one.phone):
        yield f"<h2>{escape(phone)}</h2><table><tr><th>layer</th>"
        yield "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in names) + "</tr>"
        for layer, cells in groupby(of_phone, key=lambda one: one.layer):
            line = f"<tr><td>{layer}</td>{''.join(_player(cell, sample_rate_hz) for cell in cells)}</tr>"
            size += len(line) + 500
            if size <= LARGEST_PAGE:
                yield line
            else:
                missing += 1
        yield "</table>"
    if missing:
        yield f"<p>{missing} lines are left out for the size of the page; their sounds are in the folder beside it.</p>"


def _player(sound: Sound, sample_rate_hz: int) -> str:
    data = base64.b64encode(_wav(sound, sample_rate_hz)).decode("ascii")
    return f'<td><audio controls preload="none" src="data:audio/wav;base64,{data}"></audio></td>'
