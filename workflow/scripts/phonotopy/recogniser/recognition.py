"""The table of recognition: error rates of a training on every split."""

__all__ = ["COLUMNS"]

COLUMNS = ("corpus", "condition", "seed", "split", "utterances", "speakers", "letter_error_rate", "word_error_rate")
