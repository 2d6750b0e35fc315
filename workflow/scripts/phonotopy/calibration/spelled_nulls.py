"""Null data sets of the tests of phones and letters: profiles that follow the other grouping alone."""

import numpy as np

from phonotopy.core.seeds import key, stream
from phonotopy.introspection.saliency.spelled_groups import Profiles, group_rows

__all__ = ["letters_beyond_phones", "phones_beyond_letters"]

PHONES, LETTERS, UNITS, PERMUTATIONS = 8, 8, 30, 39
KEPT = 0.6  # of the pairs of a phone and a letter


def letters_beyond_phones(index: int) -> float:
    """The p of letters where profiles follow phones."""
    return _p("letter", index)


def phones_beyond_letters(index: int) -> float:
    """The p of phones where profiles follow letters."""
    return _p("phone", index)


def _p(tested: str, index: int) -> float:
    random = stream("calibration", "spelled groups", tested, index)
    phone, letter = np.nonzero(random.random((PHONES, LETTERS)) < KEPT)
    follows = phone if tested == "letter" else letter
    values = 2 * random.normal(size=(2, len(phone), UNITS)) + random.normal(size=(8, UNITS))[follows]
    own = key("calibration", "spelled groups", tested, index)
    rows = group_rows(Profiles(values, phone, letter), permutations=PERMUTATIONS, key=own)
    (found,) = (row["p"] for row in rows if row["grouping"] == tested)
    return float(str(found))
