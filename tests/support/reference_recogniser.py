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


def neighbours_on_torus(first, second, rows, columns):
    """Whether two units touch by side or corner, also across the edges."""
    steps = [abs(first // columns - second // columns), abs(first % columns - second % columns)]
    steps = [min(step, size - step) for step, size in zip(steps, (rows, columns), strict=True)]
    return first != second and max(steps) <= 1


def cosine(first, second):
    """Cosine of two sequences."""
    dot = sum(a * b for a, b in zip(first, second, strict=True))
    return dot / math.sqrt(sum(a * a for a in first) * sum(b * b for b in second))


def activation_similarity(responses, columns):
    """Half of 1 minus the correlation, over pairs, of correlations of responses with 1 / (1 + distance)."""
    units = len(responses)
    pairs = [(i, j) for i in range(units) for j in range(i)]
    found = [correlation(responses[i], responses[j]) for i, j in pairs]
    wanted = [1 / (1 + distance(i, j, columns)) for i, j in pairs]
    return (1 - correlation(found, wanted)) / 2


def response_target(responses, columns):
    """Mean over pairs of the squared difference between cosine and 1 / (1 + distance)."""
    units = len(responses)
    pairs = [(i, j) for i in range(units) for j in range(i)]
    squares = [(cosine(responses[i], responses[j]) - 1 / (1 + distance(i, j, columns))) ** 2 for i, j in pairs]
    return sum(squares) / len(squares)


def bilinear(values, size, width):
    """A row of numbers at another size: linear between centres, `width` old cells in a new one, ends held."""
    found = []
    for cell in range(size):
        at = max(0.0, (cell + 0.5) * width - 0.5)
        below = min(int(at), len(values) - 1)
        above = min(below + 1, len(values) - 1)
        found.append(values[below] * (1 - (at - below)) + values[above] * (at - below))
    return found


def resized(grid, rows, columns, height, width):
    """A grid of numbers at another size, first along rows, then along columns."""
    wide = [bilinear(row, columns, width) for row in grid]
    tall = [bilinear(list(column), rows, height) for column in zip(*wide, strict=True)]
    return [list(row) for row in zip(*tall, strict=True)]


def laplacian_pyramid(filters, rows, columns, factor):
    """Mean over units of 1 minus the cosine of a filter and what reduction and enlargement make of it."""
    made = [[] for _ in filters]
    for weight in range(len(filters[0])):
        grid = [[filters[row * columns + column][weight] for column in range(columns)] for row in range(rows)]
        small = resized(grid, int(rows / factor), int(columns / factor), factor, factor)
        large = resized(small, rows, columns, len(small) / rows, len(small[0]) / columns)
        for unit in range(len(filters)):
            made[unit].append(large[unit // columns][unit % columns])
    return sum(1 - cosine(own, other) for own, other in zip(filters, made, strict=True)) / len(filters)


def token_mean(responses, onset_s, offset_s, stride_s, first_centre_s):
    """Mean over frames whose centres lie in the interval, else the frame nearest its middle; one list a unit."""
    frames = range(len(responses[0]))
    centres = [first_centre_s + frame * stride_s for frame in frames]
    chosen = [frame for frame in frames if onset_s <= centres[frame] < offset_s]
    if not chosen:
        chosen = [min(frames, key=lambda frame: abs(centres[frame] - (onset_s + offset_s) / 2))]
    return [sum(unit[frame] for frame in chosen) / len(chosen) for unit in responses]
