"""The table of recognition: error rates of a training on every split."""

from phonotopy.core.columns import Column, Table, shared

__all__ = ["TABLE"]

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
            "fraction", "letter edits over letters of these utterances (micro-average, spaces included)"
        ),
        "word_error_rate": Column("fraction", "word edits over words of these utterances"),
    },
)
