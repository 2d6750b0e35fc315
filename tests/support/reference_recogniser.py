"""Slow loops that say what the recogniser's formulas mean; nothing here imports phonotopy."""

import math


def correlation(first, second):
    """Pearson correlation of two sequences."""
    n = len(first)
    mean_1, mean_2 = sum(first) / n, sum(second) / n
    product = sum((a - mean_1) * (b - mean_2) for a, b in zip(first, second, strict=True))
    return product / math.sqrt(sum((a - mean_1) ** 2 for a in first) * sum((b - mean_2) ** 2 for b in second))


def distance(first, second, columns):
    """Euclidean distance of two units of a plane in row-major order."""
    return math.hypot(first // columns - second // columns, first % columns - second % columns)


def kernel(far, shape, radius):
    """Correlation wanted of two units so many grid steps apart."""
    return {"gaussian": math.exp(-((far / radius) ** 2) / 2), "exponential": math.exp(-far / radius)}[shape]


def response_kernel(responses, columns, shape, radius):
    """Mean over pairs of the squared difference between correlation and kernel; `responses` lists units."""
    units, total, pairs = len(responses), 0.0, 0
    for i in range(units):
        for j in range(units):
            if i != j:
                target = kernel(distance(i, j, columns), shape, radius)
                total += (correlation(responses[i], responses[j]) - target) ** 2
                pairs += 1
    return total / pairs


def filter_similarity(filters, columns):
    """Mean over the eight neighbours of 1 minus the cosine."""
    total, pairs = 0.0, 0
    for i in range(len(filters)):
        for j in range(i):
            if distance(i, j, columns) < 1.5:
                dot = sum(a * b for a, b in zip(filters[i], filters[j], strict=True))
                norms = math.sqrt(sum(a * a for a in filters[i]) * sum(b * b for b in filters[j]))
                total, pairs = total + 1 - dot / norms, pairs + 1
    return total / pairs


def token_mean(responses, onset_s, offset_s, stride_s, first_centre_s):
    """Mean over frames whose centres lie in the interval, else the frame nearest its middle; one list a unit."""
    frames = range(len(responses[0]))
    centres = [first_centre_s + frame * stride_s for frame in frames]
    chosen = [frame for frame in frames if onset_s <= centres[frame] < offset_s]
    if not chosen:
        chosen = [min(frames, key=lambda frame: abs(centres[frame] - (onset_s + offset_s) / 2))]
    return [sum(unit[frame] for frame in chosen) / len(chosen) for unit in responses]
