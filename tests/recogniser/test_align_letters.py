"""Letters and words are aligned where a recogniser of letters finds them; its own checkpoints and pipelines serve."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from phonotopy.annotation.intervals import Span
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.recogniser import align_letters
from phonotopy.recogniser.align_letters import Listener
from phonotopy.recogniser.checkpoint import save_recogniser
from phonotopy.recogniser.network import Layer, Recogniser

SYMBOLS = ("", " ", "a", "b", "c")
RATE = 16000
ANALYSIS = {
    "sample_rate_hz": RATE,
    "window_s": 0.025,
    "hop_s": 0.01,
    "bands": 8,
    "lowest_hz": 60,
    "highest_hz": 7600,
}


def recorded(frames, separator=" ", symbols=SYMBOLS):
    """A listener that is nearly sure of one symbol a frame; `-` is the blank."""
    sure = torch.full((len(frames), len(symbols)), -6.0)
    for index, letter in enumerate(frames):
        sure[index, 0 if letter == "-" else symbols.index(letter)] = 0.0
    return Listener(lambda _: sure.log_softmax(1), symbols, RATE, 0.1, 0.05, separator)


def samples(seconds):
    return np.zeros(round(seconds * RATE), np.float32)


def times(tier):
    return [(round(span.onset_s, 6), round(span.offset_s, 6), span.text) for span in tier]


def test_words_and_letters_are_where_they_are_recognised():
    found = align_letters.align(recorded("--aa-b-- -cc-a-"), samples(1.5), "ab ca")
    assert times(found.letters) == [(0.2, 0.5, "a"), (0.5, 0.6, "b"), (1.0, 1.3, "c"), (1.3, 1.4, "a")]
    assert times(found.words) == [(0.2, 0.6, "ab"), (1.0, 1.4, "ca")]


def test_a_recogniser_without_a_symbol_between_words():
    found = align_letters.align(recorded("-a-bbc", "", ("", "a", "b", "c")), samples(0.6), "ab c")
    assert times(found.words) == [(0.1, 0.5, "ab"), (0.5, 0.6, "c")]


def test_double_letters_need_a_blank_between():
    assert times(align_letters.align(recorded("a-ab"), samples(0.4), "aab").letters)[:2] == [
        (0.0, 0.2, "a"),
        (0.2, 0.3, "a"),
    ]
    with pytest.raises(InputError, match="4 letters in 3 frames"):
        align_letters.align(recorded("aab"), samples(0.3), "aab")


@pytest.mark.parametrize(
    ("transcript", "found"), [("zab", "letters that the recogniser does not know: z"), ("", "no words")]
)
def test_transcripts_that_cannot_be_aligned(transcript, found):
    with pytest.raises(InputError, match=found):
        align_letters.align(recorded("aab"), samples(0.3), transcript)


def test_a_checkpoint_of_ours_listens(tmp_path):
    torch.manual_seed(0)
    layers = [Layer(16, 5, 2, Grid(4, 4)), Layer(16, 3, 1, Grid(4, 4))]
    network = Recogniser(8, layers, 5, dropout=0.0)
    save_recogniser(tmp_path / "checkpoint.pt", network, {**ANALYSIS, "alphabet": " abcd"}, {})
    listener = align_letters.of_checkpoint(str(tmp_path / "checkpoint.pt"))
    assert (listener.stride_s, listener.separator, listener.symbols[0]) == (0.02, " ", "")
    noise = np.random.default_rng(0).normal(0, 0.1, 2 * RATE).astype(np.float32)
    assert listener.recognise(noise).shape == (101, 6)
    found = align_letters.align(listener, noise, "bad cab")
    assert [span.text for span in found.words] == ["bad", "cab"]
    assert "".join(span.text for span in found.letters) == "badcab"
    assert all(0 <= span.onset_s < span.offset_s <= 2 for span in found.letters)
    assert all(before.offset_s <= after.onset_s for before, after in pairwise(found.letters))


class Emission(torch.nn.Module):
    """What a pipeline of torchaudio gives: a frame every 320 samples, and no lengths."""

    def forward(self, waveforms):
        return torch.zeros(len(waveforms), waveforms.shape[1] // 320 - 1, 4), None


def test_a_pipeline_of_torchaudio_listens(monkeypatch):
    bundle = SimpleNamespace(sample_rate=RATE, get_labels=lambda: ("-", "|", "A", "B"), get_model=Emission)
    monkeypatch.setattr(align_letters.torchaudio.pipelines, "WAV2VEC2_ASR_BASE_960H", bundle)
    listener = align_letters.of_pipeline("WAV2VEC2_ASR_BASE_960H")
    assert (listener.symbols, listener.stride_s, listener.separator) == (["", "|", "a", "b"], 0.02, "|")
    assert align_letters.align(listener, samples(1.0), "ab ba").words[0].text == "ab"


def test_the_pipeline_for_forced_alignment_is_asked_without_its_star(monkeypatch):
    asked = []

    def get_model(with_star):
        asked.append(with_star)
        return Emission()

    def get_labels(star):
        asked.append(star)
        return ("-", "a", "i", "e")

    bundle = SimpleNamespace(sample_rate=RATE, get_labels=get_labels, get_model=get_model)
    monkeypatch.setattr(align_letters.torchaudio.pipelines, "MMS_FA", bundle)
    assert align_letters.of_pipeline("MMS_FA").separator == ""
    assert asked == [False, None]


@pytest.mark.parametrize("name", ["MMS_FB", "HUBERT_BASE"])
def test_a_pipeline_without_letters_is_refused(name):
    with pytest.raises(InputError, match="no pipeline"):
        align_letters.of_pipeline(name)


def test_pipelines_that_the_settings_name_exist():
    for name in ("MMS_FA", "WAV2VEC2_ASR_BASE_960H"):
        assert hasattr(getattr(align_letters.torchaudio.pipelines, name), "get_labels")


def test_spans_are_those_of_tiers():
    assert isinstance(align_letters.align(recorded("ab"), samples(0.2), "ab").words[0], Span)
