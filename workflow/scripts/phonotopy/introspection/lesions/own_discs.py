"""Own discs of phones: found on one half of the speakers by what their lesion costs, and tested on the other."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.seeds import stream
from phonotopy.inference.evidence import compared
from phonotopy.introspection.lesions.damage import Damage

__all__ = ["crossed", "found", "own_value", "selective", "test_rows"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Row = dict[str, object]


def selective(damage: Floats) -> Floats:
    """Damage of each phone ``(..., phones)`` minus the mean over the other phones; phones without letters are NaN."""
    some = np.isfinite(damage)
    others = some.sum(axis=-1, keepdims=True) - 1
    total = np.where(some, damage, 0.0).sum(axis=-1, keepdims=True)
    return np.asarray(damage - (total - damage) / np.maximum(others, 1))


def found(damage: Damage) -> Ints:
    """The set whose lesion costs each phone most beyond other phones, in each half of the speakers, ``(2, phones)``.

    By the loss of log-probability, which is finer than a count of errors.
    """
    loss = selective(damage.loss)
    return np.asarray(np.where(np.isfinite(loss), loss, -np.inf).argmax(axis=0))


def crossed(values: Floats, sets: Ints) -> Floats:
    """Values ``(sets, halves, phones)`` at the `sets` ``(halves, phones)``, in the half that did not find them."""
    phones = np.arange(values.shape[2])
    return np.stack([values[sets[half], 1 - half, phones] for half in (0, 1)])


def _elsewhere(values: Floats, own: Ints, members: Ints, draws: int, key: int) -> Floats:
    """Values of discs that share no unit with the own ones of a phone, chosen at random, ``(draws, phones)``."""
    random = stream("elsewhere", key)
    result = np.full((draws, values.shape[2]), np.nan)
    for phone, pair in enumerate(own.T):
        free = np.flatnonzero(~np.isin(members, members[pair]).any(axis=1))
        if len(free):
            result[:, phone] = values[random.choice(free, draws), :, phone].mean(axis=1)
    return result


def _of_others(values: Floats, own: Ints, tested: NDArray[np.bool_], draws: int, key: int) -> Floats:
    """Values at the own discs of other phones, the same permutation of phones for all, ``(draws, phones)``."""
    random = stream("other phones", key)
    result = np.full((draws, values.shape[2]), np.nan)
    for draw in range(draws):
        sets = own.copy()
        sets[:, tested] = own[:, random.permutation(np.flatnonzero(tested))]
        result[draw] = crossed(values, sets).mean(axis=0)
    return result


def test_rows(
    phones: Sequence[str],
    tested: NDArray[np.bool_],
    discs: Damage,
    members: Ints,
    tiles: Damage,
    scattered: Sequence[Damage],
    *,
    draws: int,
    key: int,
) -> Iterator[Row]:
    """Selective damage of own discs against three nulls, greater; `tested` ``(phones,)`` have enough letters.

    `scattered` are families of sets that correspond to `tiles`; the own one is found anew in each. One tile leaves no
    choice: what it costs phones beyond each other is 0 on average.
    """
    own = found(discs)
    for outcome, values in zip(Damage._fields, (selective(part) for part in discs), strict=True):
        nulls: Mapping[str, tuple[Floats, Floats]] = {
            "scattered": (own_value(tiles, outcome), np.stack([own_value(one, outcome) for one in scattered])),
            "elsewhere": (own_value(discs, outcome), _elsewhere(values, own, members, draws, key)),
            "other phones": (own_value(discs, outcome), _of_others(values, own, tested, draws, key)),
        }
        for name, (observed, null) in nulls.items():
            possible = tested & np.isfinite(null).all(axis=0) & (name != "scattered" or tiles.error.shape[0] > 1)
            known = np.where(possible, observed, np.nan)
            for row in compared(phones, known, null, "greater", {"outcome": outcome, "null": name}):
                yield row | {"status": "ok" if np.isfinite(float(str(row["p"]))) else "not testable"}


def own_value(damage: Damage, outcome: str) -> Floats:
    """Selective damage, in errors or loss, of the own set of each phone, mean of both ways, ``(phones,)``."""
    return np.asarray(crossed(selective(getattr(damage, outcome)), found(damage)).mean(axis=0))
