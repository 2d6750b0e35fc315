"""Splits of a corpus that a training needs: speech to learn from, to be judged by, and to be tested on."""

from collections.abc import Iterable, Mapping

from phonotopy.core.errors import InputError
from phonotopy.corpus.utterances import SPLITS

__all__ = ["require_splits"]

LIBRISPEECH = "of LibriSpeech, name archives in corpus.librispeech.splits"
ADVICE = {  # the setting that an utterance's split depends on, and what to do about it
    "train": ("test_speakers", f"hold out fewer speakers; {LIBRISPEECH}.train"),
    "dev": ("dev_fraction", f"raise the fraction; {LIBRISPEECH}.dev"),
    "test": ("test_speakers", f"mend the recordings of these speakers, or name others; {LIBRISPEECH}.test"),
}


def require_splits(coverage: Iterable[Mapping[str, str]]) -> None:
    """InputError, naming the setting, where one of the splits has no aligned utterance; rows as of coverage.tsv."""
    rows = list(coverage)
    present = {row["split"] for row in rows if row["status"] == "aligned"}
    for split in SPLITS:
        if split not in present:
            setting, advice = ADVICE[split]
            expected = (
                "at least one in each of train, dev and test; an alignment alone (snakemake alignment) needs none"
            )
            found = f"no aligned utterance in {split}"
            raise InputError(f"corpus.recordings.{setting}", found, expected, advice, _cause(rows, split))


def _cause(rows: Iterable[Mapping[str, str]], split: str) -> str:
    """The exclusions that have emptied the split; nothing where none has."""
    lost = [f"{row['utterance']}, for: {row['reason']}" for row in rows if row["split"] == split]
    return f"all {len(lost)} utterances of {split} are excluded, the first, {lost[0]}" if lost else ""
