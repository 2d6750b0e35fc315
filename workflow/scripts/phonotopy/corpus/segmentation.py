"""Long recordings, cut into utterances by the intervals of a tier."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from phonotopy.annotation.intervals import MEND, OVERHANG_S, ROUNDING_S, Span
from phonotopy.annotation.remarks import are_noises, is_pause, token
from phonotopy.annotation.textgrid import write_textgrid
from phonotopy.audio.waveform import check_level, mono_blocks, opened
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import SILENCES
from phonotopy.corpus.folders import Layout

__all__ = ["Passage", "cut", "find_passages", "write_tiers"]

FINE = ("PCM_24", "PCM_32", "FLOAT", "DOUBLE")  # samples that 16 bits would coarsen


@dataclass(frozen=True)
class Passage:
    """What one speaker says from `onset_s` to `offset_s` of a recording; `fault` is why it cannot be used."""

    speaker: str
    onset_s: float
    offset_s: float
    text: str
    fault: InputError | None = None


@dataclass
class _Piece:
    """The samples from `first` up to `last` on their way into a file."""

    path: Path
    first: int
    last: int
    peak: float = 0.0
    file: soundfile.SoundFile | None = field(default=None, repr=False)

    def take(self, block: NDArray[np.float32], begin: int, rate: int, subtype: str) -> None:
        """Write what the block, which begins at the sample `begin`, holds of the piece; close the file behind it."""
        own = block[max(0, self.first - begin) : max(0, self.last - begin)]
        self.peak = max(self.peak, float(np.abs(own).max(initial=0.0)))
        self.file = self.file or soundfile.SoundFile(self.path, "w", rate, 1, subtype, format="FLAC")
        self.file.write(own)
        if self.last <= begin + len(block):
            self.close()

    def close(self) -> None:
        """Close the file, if it is open."""
        if self.file:
            self.file.close()


def find_passages(tiers: Mapping[str, Sequence[Span]], layout: Layout, duration_s: float) -> list[Passage]:
    """The passages of all utterance tiers, in order of time; InputError where there is no such tier."""
    owned = {name: speaker for name in tiers if (speaker := layout.owner(name)) is not None}
    if not owned:
        advice = "set corpus.recordings.utterance_tier to the name of the tier in your TextGrids"
        found = f"no tier '{layout.utterance_tier}' in the TextGrid"
        raise InputError("tier", found, f"one of its tiers {', '.join(tiers) or '(none)'}", advice)
    said = ((speaker, _said(tiers[name], layout)) for name, speaker in owned.items())
    passages = (_of_tier(speaker, spans, layout.joined_s, duration_s) for speaker, spans in said)
    return sorted(chain.from_iterable(passages), key=lambda passage: (passage.onset_s, passage.speaker))


def cut(source: Path, passages: Sequence[Passage], targets: Sequence[Path]) -> list[tuple[float, int] | InputError]:
    """Write each passage, mixed to one channel, to its target (FLAC): its duration in s and sample rate.

    The recording is read once, block by block. A passage without speech is removed again, its InputError returned.
    """
    with opened(source) as file:
        rate: int = file.samplerate
        subtype = "PCM_24" if file.subtype in FINE else "PCM_16"
        bounds = [(round(p.onset_s * rate), round(p.offset_s * rate)) for p in passages]
        pieces = [_Piece(path, *limits) for path, limits in zip(targets, bounds, strict=True)]
        try:
            _write(file, pieces, rate, subtype)
        finally:
            for piece in pieces:
                piece.close()
    return [_account(piece, rate) for piece in pieces]


def write_tiers(path: Path, tiers: Mapping[str, Sequence[Span]], passage: Passage, layout: Layout) -> bool:
    """Write what the speaker's other tiers hold of a passage, its beginning at 0 s; False where there are none.

    Tiers lose the speaker's name: ``anna - phones`` and ``phones@anna`` become ``phones``.
    """
    speakers = {speaker for name in tiers if (speaker := layout.owner(name))}
    own = {}
    for name, spans in tiers.items():
        if layout.owner(name) is None or layout.joined_s:
            inside = _inside(spans, passage)
            plain = _plain(name, passage.speaker, speakers) if layout.speakers_in_tiers else name
            if plain and any(span.text for span in inside):
                own[plain] = inside
    if own:
        write_textgrid(path, passage.offset_s - passage.onset_s, own)
    return bool(own)


def _of_tier(speaker: str, spans: Sequence[Span], joined_s: float, duration_s: float) -> Iterator[Passage]:
    now = 0.0
    for onset, offset, text in _joined(spans, joined_s):
        if are_noises(text):
            continue
        fault = None
        if onset < now - ROUNDING_S:
            found = f"overlapping intervals: '{text}' begins at {onset:g} s, before {now:g} s"
            fault = InputError("tier", found, "intervals in order", MEND)
        if offset > duration_s + OVERHANG_S:
            found = f"too long: '{text}' ends at {offset:g} s, the recording at {duration_s:g} s"
            fault = InputError("tier", found, "intervals inside the recording", MEND)
        yield Passage(speaker, max(onset, 0.0), min(offset, duration_s), text, fault)
        now = offset


def _said(spans: Iterable[Span], layout: Layout) -> list[Span]:
    """Spans with words; noises too, as remarks, where these are known and stand less than a pause from words."""
    if layout.remarks == "exclude" or not layout.joined_s:
        return [span for span in spans if span.text not in SILENCES]
    sounding = (span for span in spans if not is_pause(span.text))
    return [span._replace(text=token(span.text)) if span.text in SILENCES else span for span in sounding]


def _joined(spans: Iterable[Span], joined_s: float) -> list[Span]:
    """Spans with those joined that are less than a pause apart."""
    result: list[Span] = []
    for span in spans:
        if result and -ROUNDING_S <= span.onset_s - result[-1].offset_s < joined_s:
            before = result.pop()
            result.append(Span(before.onset_s, span.offset_s, f"{before.text} {span.text}"))
        else:
            result.append(span)
    return result


def _write(file: soundfile.SoundFile, pieces: Iterable[_Piece], rate: int, subtype: str) -> None:
    waiting = sorted((piece for piece in pieces if piece.first < piece.last), key=lambda piece: -piece.first)
    current: list[_Piece] = []
    begin = 0
    for block in mono_blocks(file):
        end = begin + len(block)
        while waiting and waiting[-1].first < end:
            current.append(waiting.pop())
        for piece in current:
            piece.take(block, begin, rate, subtype)
        current = [piece for piece in current if piece.last > end]
        begin = end


def _account(piece: _Piece, rate: int) -> tuple[float, int] | InputError:
    try:
        check_level(piece.path, piece.peak)
    except InputError as error:
        piece.path.unlink(missing_ok=True)
        return error
    return (piece.last - piece.first) / rate, rate


def _inside(spans: Iterable[Span], passage: Passage) -> list[Span]:
    """The parts of spans inside the passage, from its beginning on."""
    clipped = (
        Span(max(span.onset_s, passage.onset_s), min(span.offset_s, passage.offset_s), span.text) for span in spans
    )
    start = passage.onset_s
    return [Span(a - start, b - start, text) for a, b, text in clipped if b - a > ROUNDING_S]


def _plain(tier: str, speaker: str, speakers: Iterable[str]) -> str:
    """The tier's name without its speaker's; empty for the tier of another speaker, or of none."""
    named = [name for name in speakers if re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", tier)]
    if max(named, key=len, default="") != speaker:
        return ""
    return tier.replace(speaker, "", 1).strip(" -_@:.")
