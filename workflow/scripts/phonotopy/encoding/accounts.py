"""What a layer does on account of sound, phones, words and speakers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.read import Responses, Tokens
from phonotopy.core.grid import Contiguity
from phonotopy.core.seeds import key
from phonotopy.encoding.described_tokens import DescribedTokens
from phonotopy.encoding.explained import Effects, Explained, Labelling, Shares
from phonotopy.encoding.prediction import centred
from phonotopy.inference.jackknife import Jackknife, jackknife
from phonotopy.selectivity import relabelled
from phonotopy.spatial.covariance import neighbour_covariance, neighbour_covariance_null
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i
from phonotopy.spatial.phone_maps import Maps

__all__ = ["Account", "LabelAccount", "LayerAccounts", "layers_of"]

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Account:
    """Covariance of units ``(units, units)`` that something accounts for."""

    covariance: Floats
    lattice: Lattice
    key: int  # of permuted positions

    @cached_property
    def together(self) -> Shares:
        """Of all that it accounts for, ``(1,)`` each."""
        neighbours = neighbour_covariance(self.covariance, self.lattice)
        return Shares(np.diag(self.covariance).mean(keepdims=True), np.array([neighbours]))

    def positions(self, permutations: int) -> Floats:
        """The share of neighbours under permuted positions, ``(permutations,)``."""
        return neighbour_covariance_null(self.covariance, self.lattice, permutations=permutations, key=self.key)


@dataclass(frozen=True)
class LabelAccount(Account):
    """What labels account for: all together, and each against the others."""

    explained: Explained

    @classmethod
    def of(cls, explained: Explained, lattice: Lattice, key: int) -> Self:
        """Of all labels together."""
        return cls(explained.effects(explained.labelling.rows()).covariance(), lattice, key, explained)

    @cached_property
    def shares(self) -> Shares:
        """Of all labels together first, then of each."""
        single = self._single.shares(self.lattice)
        return Shares(*(np.append(value, own) for value, own in zip(self.together, single, strict=True)))

    def shares_of(self, labels: Indices) -> Shares:
        """The same for other labels ``(tokens,)`` than the true ones."""
        rows, together = self._rows
        found = self.explained.effects(rows, labels).shares(self.lattice)
        sums = (part[:together].sum() for part in found)
        return Shares(*(np.append(value, own[together:]) for value, own in zip(sums, found, strict=True)))

    def positions_by_label(self, permutations: int) -> Floats:
        """The share of neighbours of each label under permuted positions, ``(permutations, labels)``."""
        return self._single.neighbours_null(self.lattice, permutations=permutations, key=self.key)

    @cached_property
    def _rows(self) -> tuple[Floats, int]:
        """Combinations of all labels together, then single labels, and the number of the former."""
        together = self.explained.labelling.rows()
        return np.concatenate([together, self.explained.labelling.single]), len(together)

    @cached_property
    def _single(self) -> Effects:
        return self.explained.effects(self.explained.labelling.single)


@dataclass(frozen=True)
class LayerAccounts:
    """Token means `values` ``(tokens, live units)`` of a layer, and what was said in these tokens.

    `live` ``(units,)`` says which units of the layer these are.
    """

    values: NDArray[np.float32]
    live: NDArray[np.bool_]
    spoken: DescribedTokens
    lattice: Lattice
    key: int  # of permuted positions

    @property
    def phones(self) -> tuple[str, ...]:
        """Phones that are tested."""
        return self.spoken.tokens.phones

    @cached_property
    def scaled(self) -> Singles:
        """Responses with mean 0 for every speaker, and variance 1."""
        return centred(self.values, self.spoken.tokens.speaker)

    @cached_property
    def residual(self) -> Singles:
        """What the sound does not predict of them."""
        return self.spoken.beyond(self.scaled)

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """By the names in the column `labelling` of ladder.tsv."""
        responses = _covariance(self.scaled)
        sound = Account(responses - _covariance(self.residual), self.lattice, self.key)
        return {
            "responses": Account(responses, self.lattice, self.key),
            "sound": sound,
            **self.of_phones,
            **self._others,
        }

    @cached_property
    def of_phones(self) -> Mapping[str, LabelAccount]:
        """Those of phones."""
        spoken, phone = self.spoken, self.spoken.tokens.phone
        return {
            "phone": self._account(self.scaled, Labelling.within(phone)),
            "phone beyond manner": self._account(self.scaled, Labelling.within(phone, spoken.manner[phone])),
            "phone beyond sound": self._account(self.residual, spoken.phone),
        }

    @property
    def _others(self) -> dict[str, Account]:
        """Those of other labels."""
        spoken, found = self.spoken, dict[str, Account]()
        for name, labels in spoken.labels.items():
            if labels.max() > 0:
                found[name] = self._account(self.scaled, Labelling.within(labels))
        if spoken.word:
            found["word beyond phone"] = self._account(spoken.beyond_phones(self.residual), spoken.word)
        if len(spoken.tokens.samples) > 1:
            everywhere = centred(self.values, np.zeros_like(spoken.fold))
            speakers = Explained(everywhere, spoken.halves, Labelling.within(spoken.tokens.speaker))
            found["speaker"] = LabelAccount.of(speakers, self.lattice, self.key)
        return found

    @cached_property
    def articulation(self) -> Floats:
        """Covariance of units that articulatory features explain beyond the sound, ``(units, units)``."""
        labelling = self.spoken.phone
        explained = Explained(self.residual, self.spoken.fold, labelling)
        return explained.effects(labelling.rows(self.spoken.features)).covariance()

    def together(self, labelling: Labelling) -> Shares:
        """What all labels of a labelling explain of responses, ``(1,)`` each, without the covariance of units."""
        effects = Explained(self.scaled, self.spoken.fold, labelling).effects(labelling.rows())
        return Shares(*(part.sum(keepdims=True) for part in effects.shares(self.lattice)))

    def _account(self, values: Singles, labelling: Labelling) -> LabelAccount:
        return LabelAccount.of(Explained(values, self.spoken.fold, labelling), self.lattice, self.key)

    def against_random_network(self) -> tuple[float, Jackknife]:
        """The share of phones beyond sound in units of random weights, and the test that this layer has more."""
        labelling, expected = self.spoken.phone, self.spoken.random_network_agreement
        own = Explained(self.residual, self.spoken.fold, labelling).effects(labelling.rows()).between_folds()
        return jackknife(expected).mean, jackknife(own - expected)

    def morans_i(self, labels: Indices) -> Floats:
        """Moran's I of d′ of every label, ``(labellings, labels)``, for `labels` ``(labellings, tokens)``."""
        tokens = self.spoken.tokens
        cells = relabelled.Labelling.of(labels, tokens.sample, len(tokens.samples), int(labels.max()) + 1)
        found, _ = relabelled.relabelled(self.values, np.arange(self.values.shape[1]), cells)
        return np.stack([morans_i(np.nan_to_num(one, nan=0.0), self.lattice) for one in found])


def _covariance(values: Singles) -> Floats:
    return np.asarray(values.T.astype(np.float64) @ values / len(values))


def layers_of(
    responses: Responses,
    maps: Mapping[int, Maps],
    tokens: Tokens,
    spoken: DescribedTokens | None,
    contiguity: Contiguity,
    names: Sequence[str | int],
) -> dict[int, LayerAccounts]:
    """Layers of a training with neighbours that respond, by number; none without described tokens.

    `names` of the training are what random keys of permuted positions are made from.
    """
    found: dict[int, LayerAccounts] = {}
    if spoken is None:
        return found
    for number, layer in responses.layers.items():
        values = np.asarray(responses.token_means(number, tokens)[spoken.rows])
        live = maps[number].live & (np.ptp(values, axis=0) > 0)
        lattice = Lattice.of(layer.grid, contiguity, live)
        if len(lattice.pairs):
            own = key("positions of the ladder", *names, number)
            found[number] = LayerAccounts(np.ascontiguousarray(values[:, live]), live, spoken, lattice, own)
    return found
