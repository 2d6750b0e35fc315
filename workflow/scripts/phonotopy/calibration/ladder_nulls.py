"""Null data sets for the ladder of nulls: networks that follow nothing beyond what a rung takes as given."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Tokens
from phonotopy.calibration.known_networks import (
    LATTICE,
    MANNERS,
    NETWORKS,
    RELABELLINGS,
    Depths,
    layer,
    responses,
)
from phonotopy.calibration.simulated_speech import speech
from phonotopy.core.seeds import key, stream
from phonotopy.encoding.accounts import LabelAccount
from phonotopy.encoding.explained import Explained, Labelling
from phonotopy.encoding.prediction import centred
from phonotopy.encoding.relabelling import folds, sampled_labels, swapped_within
from phonotopy.inference.permutation import p_value
from phonotopy.selectivity.label_shift import Sequences

__all__ = ["beyond_manners", "beyond_random_network", "beyond_sound", "by_labels", "units_beyond_sound"]

Indices = NDArray[np.int64]


def by_labels(values: NDArray[np.float32], tokens: Tokens, null_key: int) -> float:
    """The p that neighbours share what they owe to phones, against label shifts, in responses ``(tokens, units)``."""
    sequences = Sequences(tokens)
    explained = _explained(values, tokens, Labelling.within(tokens.phone))
    return _p(explained, "neighbours", lambda index: sequences.shifted(null_key, index))


def beyond_manners(index: int) -> float:
    """The p that neighbours share phones beyond manners, where units follow manners alone."""
    random, null_key = stream("calibration", "manners", index), key("calibration", "manners", index, "null")
    said = speech(random)
    tokens, manner = said.tokens, MANNERS[said.tokens.phone]
    values = responses(random, said, Depths(manners=1.0))
    group = 2 * tokens.speaker + manner
    explained = _explained(values, tokens, Labelling.within(tokens.phone, manner))
    return _p(explained, "neighbours", lambda number: swapped_within(tokens.phone, group, null_key, number))


def beyond_sound(index: int) -> float:
    """The p that neighbours share phones beyond the sound, where units follow the sound alone."""
    return _beyond_sound("neighbours", index)


def units_beyond_sound(index: int) -> float:
    """The same of units by themselves."""
    return _beyond_sound("units", index)


def beyond_random_network(index: int) -> float:
    """The p that units follow phones beyond the sound more than those of random weights, where none does."""
    return layer(NETWORKS["acoustics"], index).against_random_network()[1].p


def _beyond_sound(statistic: str, index: int) -> float:
    of, null_key = layer(NETWORKS["acoustics"], index), key("calibration", "sound", index)
    spoken = of.spoken
    explained = Explained(of.residual, spoken.fold, spoken.phone)
    return _p(explained, statistic, lambda number: sampled_labels(spoken.phone.chance, null_key, number))


def _explained(values: NDArray[np.float32], tokens: Tokens, labelling: Labelling) -> Explained:
    return Explained(centred(values, tokens.speaker), folds(tokens.sample), labelling)


def _p(explained: Explained, statistic: str, other: Callable[[int], Indices]) -> float:
    """Of all labels together, against `other` labels by their number."""
    account = LabelAccount.of(explained, LATTICE, 0)
    observed = getattr(account.shares, statistic)[0]
    null = [getattr(account.shares_of(other(number)), statistic)[0] for number in range(RELABELLINGS)]
    return float(p_value(observed, np.array(null), "greater"))
