"""Recognition of whole utterances, and its error rates."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import torch
from torch import Tensor, nn
from torchaudio.functional import edit_distance

from phonotopy.core.seeds import stream
from phonotopy.corpus.utterances import SPLITS
from phonotopy.recogniser.batches import Batch, evaluation_batches
from phonotopy.recogniser.decoding import BLANK, decode
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Output, Recogniser

__all__ = ["Hypothesis", "chosen", "ctc_loss", "error_rows", "rates", "recognise", "sampled", "too_long"]


@dataclass(frozen=True)
class Hypothesis:
    """What was said and what was recognised."""

    utterance: str
    speaker: str
    split: str
    transcript: str
    hypothesis: str

    @property
    def letter_edits(self) -> int:
        """Fewest insertions, deletions and substitutions of characters: letters and spaces."""
        return int(edit_distance(self.transcript, self.hypothesis))

    @property
    def word_edits(self) -> int:
        """The same for words."""
        return int(edit_distance(self.transcript.split(), self.hypothesis.split()))


def ctc_loss(output: Output, batch: Batch) -> Tensor:
    """Negative log likelihood a letter, mean over utterances (bib key graves2006).

    An utterance of more letters than frames has none and counts as zero; `too_long` finds those. It is taken on the
    processor: gradients of GPUs differ from run to run here.
    """
    return nn.functional.ctc_loss(
        output.log_probs.transpose(0, 1).cpu(),
        batch.letters,
        output.lengths.cpu(),
        batch.letter_lengths,
        blank=BLANK,
        zero_infinity=True,
    )


def too_long(segments: Iterable[Segment], stride: int) -> list[Segment]:
    """Utterances whose letters, with a blank between equal ones, outnumber the frames of the read-out."""
    return [segment for segment in segments if _least_frames(segment.transcript) > segment.frames // stride]


def _least_frames(transcript: str) -> int:
    return len(transcript) + sum(a == b for a, b in pairwise(transcript))


def chosen(segments: Sequence[Segment], train_frames: int, seed: int) -> list[Segment]:
    """All utterances of dev and test, and random ones of train that hold at least `train_frames` frames, in order.

    The same for every training on the corpus, so that conditions are compared on the same speech.
    """
    train = sampled([segment for segment in segments if segment.split == "train"], train_frames, "recognised", seed)
    kept = {segment.utterance for segment in train}
    return [segment for segment in segments if segment.split != "train" or segment.utterance in kept]


def sampled(segments: Sequence[Segment], frames: int, *parts: str | int) -> list[Segment]:
    """Random utterances that hold at least so many frames together, or all, in order; `parts` name their stream."""
    order = [segments[number] for number in stream(*parts).permutation(len(segments))]
    passed = accumulate((segment.frames for segment in order), initial=0)
    kept = {segment.utterance for segment, before in zip(order, passed, strict=False) if before < frames}
    return [segment for segment in segments if segment.utterance in kept]


@torch.no_grad()
def recognise(
    network: Recogniser, index: FeatureIndex, segments: Sequence[Segment], batch_frames: int, alphabet: str
) -> tuple[list[Hypothesis], float]:
    """Decode in evaluation mode; hypotheses in the order of `segments`, and the mean CTC loss."""
    network.eval()
    found: dict[str, Hypothesis] = {}
    loss = 0.0
    for batch in evaluation_batches(index, segments, batch_frames, alphabet):
        here = batch.to(network.device)
        output = network(here.features, here.lengths)
        loss += float(ctc_loss(output, batch)) * len(batch.segments)
        for segment, text in zip(batch.segments, decode(output.log_probs, output.lengths, alphabet), strict=True):
            known = (segment.utterance, segment.speaker, segment.split, segment.transcript)
            found[segment.utterance] = Hypothesis(*known, text)
    return [found[segment.utterance] for segment in segments], loss / len(segments)


def rates(hypotheses: Sequence[Hypothesis]) -> tuple[float, float]:
    """Character and word error rate: all edits over the length of all transcripts; spaces are characters."""
    letters = sum(len(item.transcript) for item in hypotheses)
    words = sum(len(item.transcript.split()) for item in hypotheses)
    return sum(item.letter_edits for item in hypotheses) / letters, sum(item.word_edits for item in hypotheses) / words


def error_rows(hypotheses: Sequence[Hypothesis], corpus: str, condition: str, seed: int) -> Iterator[dict[str, object]]:
    """One row per split that has utterances."""
    for split in SPLITS:
        chosen = [item for item in hypotheses if item.split == split]
        if chosen:
            letters, words = rates(chosen)
            yield {
                "corpus": corpus,
                "condition": condition,
                "seed": seed,
                "split": split,
                "utterances": len(chosen),
                "speakers": len({item.speaker for item in chosen}),
                "letter_error_rate": letters,
                "word_error_rate": words,
            }
