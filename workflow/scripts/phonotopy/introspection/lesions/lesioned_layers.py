"""Lesions of each layer of a subject, from its speech."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phonotopy.core.seeds import key as key_of
from phonotopy.core.tables import number, read_table
from phonotopy.introspection.lesions.credited_letters import Passage
from phonotopy.introspection.lesions.lesions import Lesions, Speech
from phonotopy.introspection.lesions.silencing import Silencing
from phonotopy.introspection.subject import Subject

__all__ = ["lesioned", "read_d_prime"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def read_d_prime(path: str | Path, subject: Subject) -> dict[int, Floats]:
    """d′ ``(units, phones)`` of the layers that are asked about, from selectivity.tsv."""
    phones = subject.coding.phones
    code = {phone: index for index, phone in enumerate(phones)}
    found = {number: np.full((layer.grid.units, len(phones)), np.nan) for number, layer in subject.layers.items()}
    for row in read_table(path, {"layer": int, "unit": int, "d_prime": number}):
        if row["layer"] in found and row["phone"] in code:
            found[row["layer"]][row["unit"], code[row["phone"]]] = row["d_prime"]
    return found


def lesioned(
    subject: Subject,
    speech: Speech,
    d_prime: Mapping[int, Floats],
    asked: Sequence[str],
    *,
    radius: float,
    scattered: int,
    key: int,
) -> Iterator[tuple[int, Lesions]]:
    """Number of each layer, and its lesions; `asked` are phones, none for all."""
    phones = subject.coding.phones
    wanted = np.array([not asked or phone in asked for phone in phones])
    speakers = _speakers(speech, len(phones))
    for layer, own in subject.layers.items():
        yield (
            layer,
            Lesions(
                Silencing(subject.network, layer, speech.passages, speech.halves, len(phones)),
                own.grid,
                subject.units[layer],
                _activity(speech.passages, layer),
                d_prime[layer],
                phones,
                wanted,
                speakers,
                radius,
                scattered,
                key_of("lesions", key, layer),
            ),
        )


def _speakers(speech: Speech, phones: int) -> Ints:
    """Speakers with credited letters, ``(halves, phones)``."""
    some = np.zeros((len(speech.halves), phones), dtype=np.int64)
    for passage in speech.passages:
        some[passage.speaker, passage.phone] = 1
    return np.stack([some[speech.halves == half].sum(axis=0) for half in (0, 1)])


def _activity(spoken: Sequence[Passage], layer: int) -> Floats:
    """Mean response of each unit, ``(units,)``."""
    sums = [passage.responses[layer - 1].double().sum(dim=(0, 2)).cpu().numpy() for passage in spoken]
    frames = sum(int(passage.lengths[layer - 1].sum()) for passage in spoken)
    return np.asarray(np.sum(sums, axis=0) / max(1, frames))
