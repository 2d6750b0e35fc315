"""Forced alignment of a transcript with pocketsphinx (Huggins-Daines et al. 2006)."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import count, groupby, pairwise, takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Alignment, AlignmentEntry, Decoder

from phonotopy.annotation.intervals import Span
from phonotopy.annotation.pronunciations import PHONES, Pronunciations
from phonotopy.annotation.remarks import is_remark
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import OTHER, SILENCE

__all__ = ["SAMPLE_RATE_HZ", "Tiers", "align", "unknown_words"]

SAMPLE_RATE_HZ = 16_000  # of the acoustic model
FRAME_S = 0.010
STOPS = frozenset({"P", "B", "T", "D", "K", "G", "CH", "JH"})
CLOSURE_S = 0.1  # a silence before a stop that is shorter is its closure, mean 50 to 70 ms (Byrd 1993), not a pause

DITHER = 1.0  # standard deviation of noise that is added, in steps of 16 bit, as in Kaldi

ANY = "*"  # begins the names of words that are one phone or noise each, any number of which may stand for a remark
SOUNDS = (*sorted(PHONES), "+SPN+", "+NSN+")
ANY_WEIGHT = 0.1  # of each of them against a word: below, the words beside a remark take the less of it

NONE: Pronunciations = {}

# Beams for states, phones and words: the defaults of pocketsphinx, wider, and none at all.
BEAMS = ((1e-48, 1e-48, 7e-29), (1e-150, 1e-150, 1e-120), (0.0, 0.0, 0.0))


class Tiers(NamedTuple):
    """Words and phones of an utterance, silences included; phones are ARPABET without stress."""

    words: list[Span]
    phones: list[Span]


def unknown_words(transcript: str, pronunciations: Pronunciations = NONE) -> list[str]:
    """Words that both the model's dictionary and the own `pronunciations` lack, in order, each once."""
    lookup = _decoder(0, _frozen(pronunciations)).lookup_word
    return list(dict.fromkeys(word for word in transcript.split() if lookup(word) is None))


def align(samples: NDArray[np.float32], transcript: str, pronunciations: Pronunciations = NONE) -> Tiers:
    """Align ``(time,)`` samples at `SAMPLE_RATE_HZ` with lower-case words; both tiers reach from 0 s to the end.

    Among the words may be remarks, ``[laughter]``: any sounds may stand there, and the tier of phones has OTHER.

    `pronunciations` stand beside those of the model's dictionary; of several the one that fits the sound best is taken.
    The result depends on nothing but the arguments. InputError: unknown words, or no path through the audio.
    """
    words = [word for word in transcript.split() if not is_remark(word)]
    if unknown := unknown_words(" ".join(words), pronunciations):
        advice = "correct the spelling, or add the words to a dictionary of your own (alignment.dictionary)"
        raise InputError("transcript", f"unknown words: {' '.join(unknown)}", "words of the dictionary", advice)
    # As it is, without silence around: the fricatives of tightly cut words were found in any padding that is noise.
    audio = _dithered(samples)
    free = len(words) < len(transcript.split())
    for attempt in range(len(BEAMS)):
        alignment = _alignment(_decoder(attempt, _frozen(pronunciations), free=free), audio, transcript)
        if alignment is not None:
            tiers = _tiers(alignment, len(samples) / SAMPLE_RATE_HZ)
            return _named(tiers, transcript) if free else tiers
    advice = "check that the transcript is what is said, from the first to the last word"
    raise InputError("transcript", "not alignable: no path through the audio", "speech of these words", advice)


def _dithered(samples: NDArray[np.float32]) -> bytes:
    """Samples in 16 bit with faint noise, the same for every utterance.

    Frames of zeros, as synthesisers and gates make them, are left out of the cepstral mean. By the mean of the rest,
    speech sounds like silence to the acoustic model, and silences were found in the middle of words.
    """
    noise = np.random.default_rng(0).normal(0.0, DITHER, len(samples))
    return (samples * 32767.0 + noise).clip(-32768.0, 32767.0).round().astype("<i2").tobytes()


def _frozen(pronunciations: Pronunciations) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The same as a key of decoders."""
    return tuple(sorted(pronunciations.items()))


@cache
def _decoder(
    attempt: int, pronunciations: tuple[tuple[str, tuple[str, ...]], ...] = (), *, free: bool = False
) -> Decoder:
    """One decoder a process, width of beam and set of own pronunciations; a `free` one knows what may be a remark.

    A best path through the lattice would make second passes fail.
    """
    beam, phone_beam, word_beam = BEAMS[attempt]
    decoder = Decoder(lm=None, bestpath=False, loglevel="FATAL", beam=beam, pbeam=phone_beam, wbeam=word_beam)
    # Noise reduction takes what comes first for noise, and corpora begin with speech. The model's own settings ask
    # for it and win over arguments, so it has to be switched off afterwards.
    decoder.config["remove_noise"] = False
    for word, own in pronunciations:
        _add(decoder, word, own)
    for sound in SOUNDS if free else ():
        decoder.add_word(f"{ANY}{sound}", sound, update=False)
    return decoder


def _add(decoder: Decoder, word: str, own: Iterable[str]) -> None:
    """Add pronunciations that the dictionary lacks, under the next free number (``word(2)``)."""
    names = (word if number == 1 else f"{word}({number})" for number in count(1))
    known = list(takewhile(bool, map(decoder.lookup_word, names)))
    new = [pronunciation for pronunciation in own if pronunciation not in known]
    for number, pronunciation in enumerate(new, start=len(known) + 1):
        decoder.add_word(word if number == 1 else f"{word}({number})", pronunciation)


def _alignment(decoder: Decoder, audio: bytes, transcript: str) -> Alignment | None:
    """Find the words, then the phones in them; None where the beam lost every path."""
    try:
        _expect(decoder, transcript)
        _decode(decoder, audio)
        if decoder.hyp() is None:
            return None
        decoder.set_alignment()
        _decode(decoder, audio)
        return decoder.get_alignment()
    except (RuntimeError, IndexError):  # too little audio for a frame, or for a path through the model
        return None


def _expect(decoder: Decoder, transcript: str) -> None:
    """Set the decoder to these words in a row, with silences between them; at remarks, to any sounds."""
    runs = [(remark, list(words)) for remark, words in groupby(transcript.split(), key=is_remark)]
    if not any(remark for remark, _ in runs):
        decoder.set_align_text(transcript)
        return
    steps: list[tuple[int, int, float, str]] = []
    state = 0
    for remark, words in runs:
        if remark:
            steps += [(state + step, state + 1, ANY_WEIGHT, f"{ANY}{sound}") for step in (0, 1) for sound in SOUNDS]
            state += 1
        else:
            steps += [(state + number, state + number + 1, 1.0, word) for number, word in enumerate(words)]
            state += len(words)
    decoder.add_fsg(ANY, decoder.create_fsg(ANY, 0, state, steps))
    decoder.activate_search(ANY)


def _decode(decoder: Decoder, audio: bytes) -> None:
    """One pass, by a front end that is made anew: it would keep its state from one utterance to the next."""
    decoder.reinit_feat()
    decoder.start_utt()
    decoder.process_raw(audio, full_utt=True)
    decoder.end_utt()


def _tiers(alignment: Alignment, duration_s: float) -> Tiers:
    frames = max(word.start + word.duration for word in alignment)
    words, phones = [], []
    for word in alignment:
        words.append(_span(word, _word(word.name), frames, duration_s))
        free = word.name.startswith(ANY)
        phones += [_span(phone, OTHER if free else phone.name, frames, duration_s) for phone in word]
    return _with_closures(Tiers(words, phones))


def _with_closures(tiers: Tiers) -> Tiers:
    """Give stops and affricates their closures, taken for silences between words by the decoder."""
    closures = {
        stop.onset_s: silence.onset_s
        for silence, stop in pairwise(tiers.phones)
        if silence.text == "SIL" and silence.onset_s and stop.text in STOPS and silence.duration_s < CLOSURE_S
    }
    words, phones = (
        [
            span._replace(onset_s=closures.get(span.onset_s, span.onset_s))
            for span in tier
            if span.offset_s not in closures
        ]
        for tier in tiers
    )
    return Tiers(words, phones)


def _named(tiers: Tiers, transcript: str) -> Tiers:
    """Every stretch of any sounds as one, in the tier of words under the remarks that it stands for."""
    remarks = iter([" ".join(words) for remark, words in groupby(transcript.split(), key=is_remark) if remark])
    words = [span._replace(text=next(remarks)) if span.text == ANY else span for span in _merged(tiers.words, ANY, "")]
    return Tiers(words, _merged(tiers.phones, OTHER, SILENCE))


def _merged(spans: Iterable[Span], text: str, pause: str) -> list[Span]:
    """Spans with those of this text joined between which there are none but pauses."""
    result: list[Span] = []
    for span in spans:
        last = next((index for index, own in reversed([*enumerate(result)]) if own.text != pause), None)
        if span.text == text and last is not None and result[last].text == text:
            result[last:] = [Span(result[last].onset_s, span.offset_s, text)]
        else:
            result.append(span)
    return result


def _word(name: str) -> str:
    """The word without the number of its pronunciation; silences and noises (``<sil>``, ``[NOISE]``) are no words."""
    if name.startswith(ANY):
        return ANY
    return "" if name.startswith(("<", "[", "+")) else re.sub(r"\(\d+\)$", "", name)


def _span(entry: AlignmentEntry, text: str, frames: int, duration_s: float) -> Span:
    def time(frame: int) -> float:
        """A frame stands for the time from where its window begins: known word onsets are so met without bias."""
        return duration_s if frame >= frames else round(frame * FRAME_S, 2)

    return Span(time(entry.start), time(entry.start + entry.duration), text)
