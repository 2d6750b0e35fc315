"""Slow loops that say what is explained, predicted and shared by neighbours."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def chance_covariance(labels: Sequence[int], chance: Floats) -> Floats:
    """Of indicators of labels about their chances, token by token; only tokens that have a label count."""
    known = [token for token, label in enumerate(labels) if label >= 0]
    total = np.zeros((chance.shape[1], chance.shape[1]))
    for token in known:
        p = chance[token]
        for a in range(len(p)):
            for b in range(len(p)):
                total[a, b] += (p[a] if a == b else 0.0) - p[a] * p[b]
    # the mean of the covariance given the chances is that about the tokens' own chances
    return total / len(known)


def effect(values: Floats, labels: Sequence[int], chance: Floats, label: int, inside: Iterable[int]) -> Floats:
    """Mean over the tokens `inside` that have a label of response times (is it this label − its chance)."""
    known = [token for token in inside if labels[token] >= 0]
    total = np.zeros(values.shape[1])
    for token in known:
        total += values[token] * (float(labels[token] == label) - chance[token, label])
    return total / max(len(known), 1)


def explained(
    values: Floats, fold: Sequence[int], true: Sequence[int], chance: Floats, labels: Sequence[int], weights: Floats
) -> Floats:
    """Covariance ``(units, units)`` that one combination of labels, its `weights`, explains alike in two folds.

    Mean over ordered pairs of different folds of what one says of a unit times what the other says of a unit.
    """
    folds = sorted(set(fold))
    by_fold = []
    for one in folds:
        inside = [token for token in range(len(labels)) if fold[token] == one and true[token] >= 0]
        by_fold.append(
            sum(weights[label] * effect(values, labels, chance, label, inside) for label in range(len(weights)))
        )
    found = np.zeros((values.shape[1], values.shape[1]))
    pairs = [(a, b) for a in range(len(folds)) for b in range(len(folds)) if a != b]
    for a, b in pairs:
        found += np.outer(by_fold[a], by_fold[b])
    return found / len(pairs)


def neighbours(matrix: Floats, w: Floats) -> float:
    """Mean of `matrix` over pairs of neighbours, `w` being 1 for these."""
    found = [matrix[i, j] for i in range(len(w)) for j in range(len(w)) if w[i, j] > 0]
    return float(np.mean(found))


def ridge(features: Floats, targets: Floats, fold: Sequence[int], penalty: float) -> Floats:
    """Predictions of each fold by the coefficients that the others give, from the normal equations."""
    found = np.empty_like(targets)
    for one in sorted(set(fold)):
        inside = np.array([other == one for other in fold])
        x, y = features[~inside], targets[~inside]
        coefficients = np.linalg.inv(x.T @ x + penalty * len(x) * np.eye(x.shape[1])) @ x.T @ y
        found[inside] = features[inside] @ coefficients
    return found


def jackknife(pairs: Floats) -> tuple[float, float]:
    """Mean over pairs of different folds, and its jackknife error, each fold left out in turn."""

    def mean(kept: Sequence[int]) -> float:
        return float(np.mean([pairs[a, b] for a in kept for b in kept if a != b]))

    folds = list(range(len(pairs)))
    whole = mean(folds)
    pseudo = [len(folds) * whole - (len(folds) - 1) * mean([k for k in folds if k != out]) for out in folds]
    return whole, float(np.std(pseudo, ddof=1) / np.sqrt(len(folds)))
