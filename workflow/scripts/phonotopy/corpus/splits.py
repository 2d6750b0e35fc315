"""Splits of a corpus that a training needs: speech to learn from, to be judged by, and to be tested on."""

from collections.abc import Iterable, Sequence

from phonotopy.core.errors import InputError
from phonotopy.corpus.utterances import SPLITS, Exclusion, Utterance

__all__ = ["require_splits"]

LIBRISPEECH = "of LibriSpeech, name archives in corpus.librispeech.splits"
ADVICE = {  # the setting that an utterance's split depends on, and what to do about it
    "train": ("test_speakers", f"hold out fewer speakers; {LIBRISPEECH}.train"),
    "dev": ("dev_fraction", f"raise the fraction; {LIBRISPEECH}.dev"),
    "test": ("test_speakers", f"mend the recordings of these speakers, or name others; {LIBRISPEECH}.test"),
}


def require_splits(utterances: Iterable[Utterance], exclusions: Sequence[Exclusion]) -> None:
    """InputError, naming the setting, where one of the splits has no usable utterance."""
    present = {row.split for row in utterances}
    for split in SPLITS:
        if split not in present:
            setting, advice = ADVICE[split]
            expected = (
                "at least one in each of train, dev and test; an alignment alone (snakemake alignment) needs none"
            )
            found = f"no usable utterance in {split}"
            raise InputError(f"corpus.recordings.{setting}", found, expected, advice, _cause(exclusions, split))


def _cause(exclusions: Iterable[Exclusion], split: str) -> str:
    """The exclusions that have emptied the split; nothing where none has."""
    lost = [f"{row.utterance}, for: {row.reason}" for row in exclusions if row.split == split]
    return f"all {len(lost)} utterances of {split} are excluded, the first, {lost[0]}" if lost else ""
