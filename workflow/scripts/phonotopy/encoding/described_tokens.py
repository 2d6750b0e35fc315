"""What was said in the tokens whose sound is described: phones and other labels, their chances, and predictions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Tokens
from phonotopy.activations.sound.sound import Sound
from phonotopy.core.inventory import Inventory
from phonotopy.encoding.explained import Explained, Labelling
from phonotopy.encoding.prediction import Prediction, centred, chances, expanded
from phonotopy.encoding.relabelling import (
    folds,
    frequent,
    halves,
    manners,
    numbered,
    sampled_labels,
    swapped_within,
    tertiles,
)
from phonotopy.inference.jackknife import jackknife
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.selectivity.label_shift import Sequences

__all__ = ["DESCRIPTORS", "DescribedTokens"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
LEAST = 2  # tokens per feature of the sound
DESCRIPTORS = ("loudness", "voicing", "centroid")


@dataclass(frozen=True)
class DescribedTokens:
    """Tokens of tested phones whose sound is described; `rows` are their numbers, all else ``(tokens, …)``.

    `labels` are other labellings by name, negative where a token has none. `clusters` are ``(clusterings, tokens)``.
    """

    rows: Indices
    tokens: Tokens
    fold: Indices
    manner: Indices
    features: Floats  # of phones, ``(phones, features)``
    labels: Mapping[str, Indices]
    clusters: Indices
    random_network: NDArray[np.float32]
    random_layer: Indices
    prediction: Prediction
    phone: Labelling  # with the chances that sound gives
    _others: dict[tuple[str, int, int], Indices] = field(default_factory=dict)  # labels that all layers meet

    @classmethod
    def of(cls, sound: Sound, tokens: Tokens, inventory: Inventory, criteria: Criteria) -> Self | None:
        """From tokens coded by the phones that are tested; None where no sound is described, or of one fold alone."""
        kept = tokens.phone[sound.token] >= 0
        rows = sound.token[kept]
        if len(rows) == 0 or len(np.unique(tokens.sample[rows])) < 2:
            return None
        here = tokens.rows(rows)
        fold, phones = folds(here.sample), here.phones
        prediction = Prediction.of(expanded(centred(sound.features[kept], here.speaker), sound.around), fold)
        once = np.eye(len(phones), dtype=np.float32)[here.phone]
        labels = {name: tertiles(getattr(sound, name)[kept], here.speaker) for name in DESCRIPTORS}
        enough = {"tokens": criteria.minimum_tokens, "samples": criteria.minimum_speakers}
        labels["word"] = frequent(sound.word[kept], here.speaker, **enough)
        return cls(
            rows,
            here,
            fold,
            manners(phones, inventory),
            _features(phones, inventory),
            labels,
            np.stack([numbered(one) for one in sound.clusters[:, kept]]),
            centred(sound.random_network[kept], here.speaker),
            sound.random_layer,
            prediction,
            Labelling(here.phone, chances(prediction(once), here.phone)),
        )

    @property
    def enough(self) -> bool:
        """Whether predictions from the sound rest on enough tokens: with less, folds that teach each other agree.

        Simulated networks of acoustics alone: .065 of 400 rejected at .05 with 2.3 tokens per feature, .28 with 0.6.
        """
        return bool(len(self.rows) >= LEAST * self.prediction.features.shape[1])

    def relabelled(self, null: str, number: int, key: int) -> Indices:
        """Labels ``(number, tokens)`` under a null of phones: `labels`, `manners` or `sound`."""
        if (null, number, key) not in self._others:
            draw = {"labels": self._shifted, "manners": self._swapped, "sound": self._sampled}[null]
            self._others[null, number, key] = np.stack([draw(key, index) for index in range(number)])
        return self._others[null, number, key]

    @cached_property
    def _sequences(self) -> Sequences:
        return Sequences(self.tokens)

    def _shifted(self, key: int, index: int) -> Indices:
        return self._sequences.shifted(key, index)

    def _swapped(self, key: int, index: int) -> Indices:
        manner = self.manner[self.tokens.phone]
        return swapped_within(
            self.tokens.phone, self.tokens.speaker * (int(self.manner.max()) + 1) + manner, key, index
        )

    def _sampled(self, key: int, index: int) -> Indices:
        return sampled_labels(self.phone.chance, key, index)

    @property
    def halves(self) -> Indices:
        """Half of the utterances of every speaker, ``(tokens,)``: folds that share all speakers."""
        return halves(self.tokens.speaker, self.tokens.utterance)

    @cached_property
    def random_network_agreement(self) -> Floats:
        """Of the layer of the random network in which phones beyond the sound explain most, by pair of folds."""
        layers, found = np.unique(self.random_layer), []
        for number in layers:
            values = self.beyond(self.random_network[:, self.random_layer == number])
            found.append(Explained(values, self.fold, self.phone).effects(self.phone.rows()).between_folds())
        return max(found, key=lambda pairs: jackknife(pairs).mean)

    def beyond(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the sound does not predict of `values` ``(tokens, units)``."""
        return np.asarray(values - self.prediction(values))

    def beyond_phones(self, residual: NDArray[np.float32]) -> NDArray[np.float32]:
        """What phones do not predict of a `residual` of the sound, either."""
        return np.asarray(residual - self._phones(residual))

    @cached_property
    def _phones(self) -> Prediction:
        """From phones beyond the sound."""
        once = np.eye(self.phone.chance.shape[1])[self.phone.labels]
        return Prediction.of((once - self.phone.chance).astype(np.float32), self.fold)

    @cached_property
    def word(self) -> Labelling | None:
        """Words, with the chances that sound and phone give them; None where few are frequent enough."""
        word = self.labels["word"]
        known = word >= 0
        if word.max() < 1 or len(np.unique(self.fold[known])) < len(np.unique(self.fold)):
            return None
        once = np.where(known[:, None], np.eye(int(word.max()) + 1, dtype=np.float32)[word], np.float32(0))
        scores = self.prediction(once)
        scores += self._phones(once - scores)
        chance = np.zeros(scores.shape)
        chance[known] = chances(scores[known], word[known])
        return Labelling(word, chance)


def _features(phones: tuple[str, ...], inventory: Inventory) -> Floats:
    """Whether a phone has each articulatory feature, ``(phones, features)``."""
    own = [set(inventory.features_of(phone).items()) for phone in phones]
    names = sorted(set().union(*own))
    return np.array([[float(name in had) for name in names] for had in own]).reshape(len(phones), len(names))
