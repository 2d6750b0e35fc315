"""Slow loops that say what the mapping statistics are."""

import itertools
import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def touching(rows: int, columns: int, one: int, other: int, *, queen: bool, torus: bool) -> bool:
    steps = [abs(one // columns - other // columns), abs(one % columns - other % columns)]
    if torus:
        steps = [min(steps[0], rows - steps[0]), min(steps[1], columns - steps[1])]
    return one != other and (max(steps) == 1 if queen else sum(steps) == 1)


def weights(rows: int, columns: int, live: Sequence[bool], *, queen: bool, torus: bool) -> Floats:
    """Binary weights ``(live units, live units)``."""
    units = [unit for unit, alive in enumerate(live) if alive]
    return np.array([[float(touching(rows, columns, a, b, queen=queen, torus=torus)) for b in units] for a in units])


def morans_i(values: Floats, w: Floats) -> float:
    z = values - values.mean()
    n, total = len(z), sum(w[i, j] * z[i] * z[j] for i in range(len(z)) for j in range(len(z)))
    return float(n / w.sum() * total / sum(z**2))


def gearys_c(values: Floats, w: Floats) -> float:
    n = len(values)
    total = sum(w[i, j] * (values[i] - values[j]) ** 2 for i in range(n) for j in range(n))
    return float((n - 1) / (2 * w.sum()) * total / sum((values - values.mean()) ** 2))


def regions(members: Sequence[bool], w: Floats) -> list[set[int]]:
    """Connected members, by flooding."""
    left, found = {i for i, member in enumerate(members) if member}, []
    while left:
        region, edge = set(), [min(left)]
        while edge:
            here = edge.pop()
            region.add(here)
            edge += [j for j in left if w[here, j] and j not in region and j not in edge]
        left -= region
        found.append(region)
    return found


def matched(d_prime: Floats, observed: Sequence[bool], w: Floats) -> tuple[int, int]:
    """Number of regions, and units of the largest, of as many units of greatest d′ as are `observed` to respond."""
    left, members = list(range(len(d_prime))), [False] * len(d_prime)
    for _ in range(sum(observed)):
        best = max(left, key=lambda unit: float(d_prime[unit]))
        members[best] = True
        left.remove(best)
    found = regions(members, w)
    return len(found), max(map(len, found), default=0)


def variance(values: Sequence[float]) -> float:
    return sum((v - sum(values) / len(values)) ** 2 for v in values) / (len(values) - 1)


def d_prime(responses: dict[str, list[float]], phone: str) -> float:
    """Tokens' responses by phone; the other phones are a mixture of equal weights."""
    own = responses[phone]
    others = [values for name, values in responses.items() if name != phone]
    means = [sum(values) / len(values) for values in others]
    rest = sum(means) / len(means)
    spread = sum(variance(v) for v in others) / len(others) + sum((m - rest) ** 2 for m in means) / len(means)
    return (sum(own) / len(own) - rest) / math.sqrt((variance(own) + spread) / 2)


def contrasts(responses: dict[tuple[str, str], list[float]], phone: str, phones: Iterable[str]) -> list[float]:
    """Responses by (sampling unit, phone): the phone's mean minus the mean of the others' means, where both are."""
    result = []
    for sample in sorted({sample for sample, _ in responses}):
        means = {p: sum(v) / len(v) for p in phones if (v := responses.get((sample, p)))}
        if phone in means and len(means) > 1:
            others = [mean for name, mean in means.items() if name != phone]
            result.append(means[phone] - sum(others) / len(others))
    return result


def local_morans_i(values: Floats, w: Floats) -> list[float]:
    n, z = len(values), values - values.mean()
    return [float((n - 1) * z[i] * sum(w[i, j] * z[j] for j in range(n)) / sum(z**2)) for i in range(n)]


def enhanced(values: Floats, w: Floats) -> list[float]:
    """Between two neighbouring values of the map, clusters stay the same: flood, and add the integral of h²."""
    heights, result = sorted({0.0, *(v for v in values.tolist() if v > 0)}), [0.0] * len(values)
    for low, high in itertools.pairwise(heights):
        for region in regions([v > low for v in values], w):
            for unit in region:
                result[unit] += math.sqrt(len(region)) * (high**3 - low**3) / 3
    return result
