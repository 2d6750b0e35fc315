"""Other labels for the same tokens: shifted, swapped within manners, or sampled from what the sound predicts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.inventory import Inventory
from phonotopy.core.seeds import stream

__all__ = ["folds", "frequent", "halves", "manners", "numbered", "sampled_labels", "swapped_within", "tertiles"]

Indices = NDArray[np.int64]
MOST = 10  # folds of samples


def numbered(names: Sequence[str] | NDArray[np.generic]) -> Indices:
    """A number from 0 for each different name, in their order."""
    return np.asarray(np.unique(np.asarray(names), return_inverse=True)[1], dtype=np.int64)


def folds(sample: Indices) -> Indices:
    """Fold of every token: sampling units (speakers or utterances) that have any in turn, at most ten folds."""
    present, number = np.unique(sample, return_inverse=True)
    return np.asarray(number % min(MOST, len(present)), dtype=np.int64)


def halves(speaker: Indices, utterance: Indices) -> Indices:
    """Half of each speaker's utterances, in turn, to which every token belongs."""
    number = speaker * (int(utterance.max(initial=0)) + 1) + utterance
    present, first, which = np.unique(number, return_index=True, return_inverse=True)
    owner = speaker[first]
    return np.asarray((np.arange(len(present)) - np.searchsorted(owner, owner))[which] % 2)


def frequent(names: NDArray[np.str_], sample: Indices, *, tokens: int, samples: int) -> Indices:
    """Numbers of labels that enough `tokens` in enough `samples` have; −1 for others and where there is no name."""
    unique, number = np.unique(names, return_inverse=True)
    count = np.bincount(number, minlength=len(unique))
    pairs = np.unique(np.stack([number, sample]), axis=1)[0]
    enough = (count >= tokens) & (np.bincount(pairs, minlength=len(unique)) >= samples) & (unique != "")
    return np.where(enough, np.cumsum(enough) - 1, -1)[number]


def tertiles(values: NDArray[np.floating], group: Indices) -> Indices:
    """The third, 0 to 2, of the tokens of its group in which each value is."""
    order = np.lexsort((values, group))
    sizes = np.bincount(group)
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(len(values)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.asarray(3 * rank // sizes[group])


def manners(phones: Sequence[str], inventory: Inventory) -> Indices:
    """Number of the manner of each phone."""
    return numbered([inventory.manner_of(phone) for phone in phones])


def swapped_within(labels: Indices, group: Indices, key: int, index: int) -> Indices:
    """Labels exchanged between tokens of one group, number `index` of the stream `key`."""
    random = stream("swapped labels", key, index)
    order = np.argsort(group, kind="stable")
    source = np.lexsort((random.random(len(labels)), group))
    result = np.empty_like(labels)
    result[order] = labels[source]
    return result


def sampled_labels(chance: NDArray[np.float64], key: int, index: int) -> Indices:
    """A label for each row of `chance` ``(tokens, labels)``, sampled from it; number `index` of the stream `key`.

    The conditional randomisation of bib key candes2018: labels that go with the sound as the true ones do, and with
    nothing else.
    """
    level = stream("labels given sound", key, index).random(len(chance))[:, None]
    return np.asarray(np.minimum((level > np.cumsum(chance, axis=1)).sum(axis=1), chance.shape[1] - 1))
