"""The tables of recognition: error rates of a training on every split, and on every speaker."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from phonotopy.core.columns import Column, Table, shared

__all__ = ["BY_SPEAKER", "TABLE", "TABLES", "speaker_rows"]

Row = dict[str, Any]
SPLITS = ("dev", "test")  # of train there is but a sample
TABLE = Table(
    "recognition.tsv",
    rows="one row per training and split",
    columns={
        **shared("corpus", "condition", "seed", "split"),
        "utterances": Column(
            "count", "recognised: all of the split, but of `train` a random sample (`training.recognised_train_s`)"
        ),
        "speakers": Column("count", "of these utterances"),
        "letter_error_rate": Column(
            "fraction",
            "character error rate: edits of letters and spaces over letters and spaces of the transcripts, all "
            "utterances together (micro-average)",
        ),
        "word_error_rate": Column("fraction", "word edits over words of the transcripts, all utterances together"),
    },
)
BY_SPEAKER = Table(
    "recognition_by_speaker.tsv",
    rows="one row per training, split (dev and test) and speaker",
    columns={
        **shared("corpus", "condition", "seed", "split"),
        "speaker": Column("", "the name, or with `report.private` its number, as in `speakers.tsv`"),
        "utterances": Column("count", "recognised"),
        "letters": Column("characters", "letters and spaces of their transcripts"),
        "letter_edits": Column("characters", "insertions, deletions and substitutions of letters and spaces"),
        "words": Column("words", "of their transcripts"),
        "word_edits": Column("words", "insertions, deletions and substitutions of words"),
        "letter_error_rate": Column("fraction", "character error rate of the speaker: letter_edits over letters"),
        "word_error_rate": Column("fraction", "of the speaker: word_edits over words"),
    },
)
TABLES = (TABLE, BY_SPEAKER)


def speaker_rows(
    corpus: str, condition: str, seed: int, transcripts: Iterable[Row], names: Mapping[str, str]
) -> Iterator[Row]:
    """One row per speaker of dev and test, from rows of transcripts.tsv; `names` by which readers know speakers."""
    own: dict[tuple[str, str], list[Row]] = {}
    for row in transcripts:
        own.setdefault((row["split"], row["speaker"]), []).append(row)
    for split, speaker in sorted(key for key in own if key[0] in SPLITS):
        rows = own[split, speaker]
        letters = sum(len(row["transcript"]) for row in rows)
        words = sum(len(row["transcript"].split()) for row in rows)
        edits, word_edits = (sum(row[name] for row in rows) for name in ("letter_edits", "word_edits"))
        identity = {"corpus": corpus, "condition": condition, "seed": seed, "split": split, "speaker": names[speaker]}
        counts = {"letters": letters, "letter_edits": edits, "words": words, "word_edits": word_edits}
        rates = {"letter_error_rate": edits / letters, "word_error_rate": word_edits / words}
        yield {**identity, "utterances": len(rows), **counts, **rates}
