"""Forced alignment of human digits: plausible, contiguous, and the same in every order."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from pocketsphinx import Decoder

from phonotopy.alignment import pocketsphinx
from phonotopy.annotation.intervals import Span
from phonotopy.audio.waveform import read_mono
from phonotopy.core.errors import InputError

DIGITS = Path(__file__).parents[1] / "data" / "digits"
PHONES = {
    "six": "S IH K S",
    "eight": "EY T",
    "four": "F AO R",
    "nine": "N AY N",
    "zero": "Z IY R OW",
    "seven": "S EH V AH N",
    "three": "TH R IY",
    "two": "T UW",
}


@pytest.fixture(scope="module")
def digits():
    """Samples and word of each recording."""
    files = sorted(DIGITS.rglob("*.wav"))
    return {file.stem: (read_mono(file, pocketsphinx.SAMPLE_RATE_HZ), file.stem.split("-")[1]) for file in files}


@pytest.fixture(autouse=True)
def fresh_decoders():
    """Each test begins with new decoders."""
    pocketsphinx._decoder.cache_clear()
    yield
    pocketsphinx._decoder.cache_clear()


def spoken(tier):
    return " ".join(span.text for span in tier if span.text not in ("", "SIL"))


def test_words_and_phones_cover_each_recording(digits):
    assert len(digits) == 8
    for samples, word in digits.values():
        words, phones = pocketsphinx.align(samples, word)
        assert (spoken(words), spoken(phones)) == (word, PHONES[word])
        for tier in (words, phones):
            assert (tier[0].onset_s, tier[-1].offset_s) == (0.0, len(samples) / pocketsphinx.SAMPLE_RATE_HZ)
            assert all(before.offset_s == after.onset_s for before, after in itertools.pairwise(tier))
        assert all(span.offset_s - span.onset_s > 0.02 for span in phones if span.text != "SIL")


@pytest.mark.slow
def test_the_order_of_utterances_changes_nothing(digits):
    """The front end of pocketsphinx remembers the noise of earlier recordings, unless it is reset."""
    names = sorted(digits)
    forward = {name: pocketsphinx.align(*digits[name]) for name in names}
    again = {name: pocketsphinx.align(*digits[name]) for name in reversed(names)}
    assert again == forward
    for name in names:
        pocketsphinx._decoder.cache_clear()
        assert pocketsphinx.align(*digits[name]) == forward[name]


def test_the_front_end_does_remember(digits):
    """Why the test above can fail: without forgetting, the noise of one recording reaches the next."""
    audio = {name: (samples * 32767).astype("<i2").tobytes() for name, (samples, _) in digits.items()}

    def score(before, name):
        decoder = Decoder(lm=None, bestpath=False, loglevel="FATAL")
        for spoken in (*before, name):
            decoder.set_align_text(digits[spoken][1])
            decoder.start_utt()
            decoder.process_raw(audio[spoken], full_utt=True)
            decoder.end_utt()
        return decoder.hyp().score

    first, *others = sorted(digits)
    assert score(others, first) != score([], first)


def test_boundaries_follow_the_speech(digits):
    """Recordings joined with silence between: each word is found where it was put."""
    names = ["jackson-nine-03", "george-eight-00", "lucas-two-01"]
    gap = np.random.default_rng(0).normal(0, 1e-4, pocketsphinx.SAMPLE_RATE_HZ // 2).astype(np.float32)
    joined, limits, now = [gap], [], len(gap)
    for name in names:
        samples = digits[name][0]
        loud = now + np.flatnonzero(np.abs(samples) > np.abs(samples).max() / 50)  # one begins with silence of its own
        limits.append((loud[0] / pocketsphinx.SAMPLE_RATE_HZ, loud[-1] / pocketsphinx.SAMPLE_RATE_HZ))
        joined += [samples, gap]
        now += len(samples) + len(gap)
    words, _ = pocketsphinx.align(np.concatenate(joined), "nine eight two")
    found = [span for span in words if span.text]
    assert [span.text for span in found] == ["nine", "eight", "two"]
    for span, (onset, offset) in zip(found, limits, strict=True):
        assert (span.onset_s, span.offset_s) == pytest.approx((onset, offset), abs=0.05)


def test_noise_that_is_added_is_faint_and_always_the_same():
    silence = np.zeros(16000, np.float32)
    assert pocketsphinx._dithered(silence) == pocketsphinx._dithered(silence)
    steps = np.frombuffer(pocketsphinx._dithered(silence), "<i2")
    assert 0.9 < steps.std() < 1.2
    loud = np.frombuffer(pocketsphinx._dithered(np.array([2.0, -2.0], np.float32)), "<i2")
    assert loud.tolist() == [32767, -32768]


def test_pronunciations_lose_their_number(digits):
    """`zero` has two pronunciations; the table must not show ``zero(2)``."""
    samples, word = digits["theo-zero-44"]
    assert pocketsphinx._decoder(0).lookup_word("zero(2)")
    assert spoken(pocketsphinx.align(samples, word).words) == "zero"
    assert pocketsphinx._word("zero(2)") == "zero"
    assert [pocketsphinx._word(name) for name in ("<sil>", "[NOISE]", "+COUGH+", "<s>")] == [""] * 4


def test_frames_become_times():
    """A frame of 10 ms begins where its window does; the last one ends with the recording."""

    class Entry:
        def __init__(self, start, duration):
            self.start, self.duration = start, duration

    assert pocketsphinx._span(Entry(0, 3), "S", 50, 0.51) == Span(0.0, 0.03, "S")
    assert pocketsphinx._span(Entry(3, 47), "S", 50, 0.51) == Span(0.03, 0.51, "S")


def test_stops_get_their_closures():
    """Between words and short: it is the closure. At the beginning, long, or before another phone: it is silence."""
    ends = [0.05, 0.2, 0.28, 0.4, 0.52, 0.6, 0.66, 0.8]
    texts = ["SIL", "T", "SIL", "K", "SIL", "P", "SIL", "S"]
    phones = [Span(a, b, text) for a, b, text in zip([0.0, *ends[:-1]], ends, texts, strict=True)]
    words = [span._replace(text="" if span.text == "SIL" else span.text.lower()) for span in phones]
    found = pocketsphinx._with_closures(pocketsphinx.Tiers(words, phones))
    expected = [*phones[:2], Span(0.2, 0.4, "K"), *phones[4:]]
    assert found.phones == expected
    assert found.words == [*words[:2], Span(0.2, 0.4, "k"), *words[4:]]


def test_unknown_words_are_named_in_order(digits):
    samples, _ = digits["george-six-00"]
    assert pocketsphinx.unknown_words("six zorgle six frimble zorgle") == ["zorgle", "frimble"]
    with pytest.raises(InputError) as caught:
        pocketsphinx.align(samples, "six zorgle")
    assert caught.value.found == "unknown words: zorgle"
    assert "alignment.dictionary" in caught.value.advice


def test_own_pronunciations_stand_beside_those_of_the_model(digits):
    """An unknown word is aligned by them; of a known word the pronunciation that fits the sound is taken."""
    samples, _ = digits["george-six-00"]
    own = {"zorgle": ("S IH K S",), "été": ("W AH N", "S IH K S"), "one": ("S IH K S", "W AH N")}
    assert pocketsphinx.unknown_words("six zorgle frimble", own) == ["frimble"]
    expected = pocketsphinx.align(samples, "six").phones
    for word in own:
        found = pocketsphinx.align(samples, word, own)
        assert (spoken(found.words), found.phones) == (word, expected)
    assert pocketsphinx.unknown_words("six zorgle") == ["zorgle"], "calls without them know nothing of them"
    decoder = pocketsphinx._decoder(0, pocketsphinx._frozen(own))
    assert [decoder.lookup_word(name) for name in ("one", "one(2)", "one(3)")] == ["W AH N", "S IH K S", None]


def test_a_lost_beam_is_widened(digits, monkeypatch):
    samples, word = digits["george-six-00"]
    expected = pocketsphinx.align(samples, word)
    pocketsphinx._decoder.cache_clear()
    narrow = (1.0, 1.0, 1.0)
    monkeypatch.setattr(pocketsphinx, "BEAMS", (narrow,))
    with pytest.raises(InputError, match="not alignable"):
        pocketsphinx.align(samples, word)
    pocketsphinx._decoder.cache_clear()
    monkeypatch.setattr(pocketsphinx, "BEAMS", (narrow, (0.0, 0.0, 0.0)))
    assert pocketsphinx.align(samples, word) == expected


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(100), np.full(800, 0.1)])
def test_too_little_audio_is_not_alignable(samples):
    with pytest.raises(InputError, match="not alignable"):
        pocketsphinx.align(samples.astype(np.float32), "seven")
