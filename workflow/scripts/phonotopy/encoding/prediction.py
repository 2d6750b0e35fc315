"""Predictions from the sound of tokens, each fold by what the others teach."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from phonotopy.core.seeds import stream

__all__ = ["Prediction", "centred", "chances", "expanded"]

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]
PENALTY = 0.1  # of ridge regression, per token of the other folds; of .01 to .5 the best for labels of dev speakers
FOURIER, SCALE = 800, 0.8  # random Fourier features, and their frequencies: of .4 to 1.2 best for the same
RAREST = 1e-6  # of all tokens; keeps a logarithm finite


def centred(values: NDArray[np.floating], group: Indices) -> Floats:
    """Columns of `values` ``(tokens, columns)`` with mean 0 in every group, and variance 1; constant ones are 0."""
    number = np.maximum(np.bincount(group), 1)
    sums = np.stack([np.bincount(group, column, len(number)) for column in np.asarray(values, dtype=np.float64).T], 1)
    found = values - (sums / number[:, None])[group]
    deviation = found.std(axis=0)
    scale = np.where(deviation > 1e-6 * np.abs(values).max(axis=0, initial=0.0), deviation, np.inf)
    return np.asarray(found / scale, dtype=np.float32)


def expanded(features: Floats, around: int) -> Floats:
    """Features with random Fourier features (bib key rahimi2007) of the last `around`, and a constant."""
    random, own = stream("random Fourier features", around), features[:, -around:]
    frequencies = random.standard_normal((around, FOURIER)).astype(np.float32) * np.float32(SCALE / np.sqrt(around))
    phases = random.uniform(0, 2 * np.pi, FOURIER).astype(np.float32)
    waves = np.sqrt(np.float32(2)) * np.cos(own @ frequencies + phases)
    return np.concatenate([features, waves, np.ones((len(features), 1), np.float32)], axis=1)


@dataclass(frozen=True)
class Prediction:
    """Ridge regression on `features` ``(tokens, features)`` that never sees the `fold` ``(tokens,)`` it predicts."""

    features: Floats
    fold: Indices
    factors: tuple[tuple[NDArray[np.float32], bool], ...]

    @classmethod
    def of(cls, features: Floats, fold: Indices) -> Self:
        """Factors of the normal equations of every fold."""
        parts = [features[fold == k] for k in range(int(fold.max()) + 1)]
        products = [part.T @ part for part in parts]
        total, factors = sum(products[1:], start=products[0].copy()), []
        for part, product in zip(parts, products, strict=True):
            normal = total - product
            normal[np.diag_indices_from(normal)] += np.float32(PENALTY * (len(features) - len(part)))
            factors.append(cho_factor(normal, overwrite_a=True, check_finite=False))
        return cls(features, fold, tuple(factors))

    def __call__(self, targets: Floats) -> Floats:
        """What the sound predicts of `targets` ``(tokens, columns)``."""
        folds = [self.fold == k for k in range(len(self.factors))]
        taught = [self.features[inside].T @ targets[inside] for inside in folds]
        total, found = sum(taught[1:], start=taught[0].copy()), np.empty_like(targets)
        for inside, own, factor in zip(folds, taught, self.factors, strict=True):
            found[inside] = self.features[inside] @ cho_solve(factor, total - own, check_finite=False)
        return found


def chances(scores: Floats, labels: Indices) -> NDArray[np.float64]:
    """The chance of each label ``(tokens, labels)`` from `scores` of as many, and the true `labels` ``(tokens,)``.

    A softmax whose two parameters, of scores and of the frequency of labels, make the true ones most likely (bib key
    guo2017), so that chances are frequencies.
    """
    rare = np.log(np.maximum(np.bincount(labels, minlength=scores.shape[1]) / len(labels), RAREST))
    score = np.asarray(scores, dtype=np.float64)

    def surprise(weights: NDArray[np.float64]) -> float:
        logarithms = log_softmax(weights[0] * score + weights[1] * rare, axis=1)
        return -float(logarithms[np.arange(len(labels)), labels].mean())

    best = minimize(surprise, np.array([10.0, 0.0]), method="Nelder-Mead", options={"xatol": 1e-2, "fatol": 1e-6}).x
    return np.asarray(softmax(best[0] * score + best[1] * rare, axis=1))
