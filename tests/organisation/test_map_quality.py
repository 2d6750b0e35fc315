"""Measures of the quality of maps, against slow references, closed forms and a planted map."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, label
from sklearn.manifold import trustworthiness

from phonotopy.core.grid import Grid
from phonotopy.organisation.map_quality import MEASURES, MappedLayer, quality_rows
from phonotopy.organisation.smoothing import blurring, shrinking
from phonotopy.spatial.phone_maps import Maps

GRID = Grid(6, 8)
NAMES = list(MEASURES)
PHONES = 5


def maps_of(values, live=None):
    """Maps ``(units, phones)`` as they are read from a table."""
    units, phones = values.shape
    live = np.ones(units, dtype=bool) if live is None else live
    names = tuple(f"P{n}" for n in range(phones))
    usable, counts = np.ones(phones, dtype=bool), dict.fromkeys(names, 100)
    return Maps(names, np.where(live[:, None], values, np.nan), values > 1, usable, live, np.arange(units), counts)


def layer_of(seed=0, grid=GRID, smooth=0.0, live=None):
    """A layer of random maps and responses, smooth over the grid by so many steps."""
    random = np.random.default_rng(seed)
    mode = "wrap" if grid.torus else "nearest"
    fields = random.standard_normal((400 + PHONES, grid.rows, grid.columns))
    fields = gaussian_filter(fields, (0, smooth, smooth), mode=mode).reshape(len(fields), -1)
    fields[:, ~live if live is not None else np.zeros(grid.units, dtype=bool)] = 0
    responses = fields[PHONES:] - fields[PHONES:].mean(axis=0)
    return MappedLayer.of(maps_of(fields[:PHONES].T, live), responses.T @ responses, grid)


def observed(layer):
    return dict(zip(NAMES, layer.observed(), strict=True))


def test_shrinking_is_the_mean_of_blocks_enlarged_between_their_centres():
    values = np.random.default_rng(1).standard_normal((6, 8))
    blocks = values.reshape(3, 2, 4, 2).mean(axis=(1, 3))
    rows, columns = (np.arange(n) for n in values.shape)
    between = np.stack([np.interp(rows, [0.5, 2.5, 4.5], blocks[:, c]) for c in range(4)], axis=1)
    expected = np.stack([np.interp(columns, [0.5, 2.5, 4.5, 6.5], between[r]) for r in range(6)])
    assert shrinking(GRID, 2) @ values.ravel() == pytest.approx(expected.ravel())


@pytest.mark.parametrize("grid", [GRID, Grid(6, 8, torus=True), Grid(5, 7)])
@pytest.mark.parametrize("operator", [lambda grid: shrinking(grid, 4), lambda grid: blurring(grid, 1.0)])
def test_a_constant_map_loses_nothing(grid, operator):
    assert operator(grid) @ np.ones(grid.units) == pytest.approx(np.ones(grid.units))


def test_blurring_on_a_torus_is_a_gaussian_filter():
    grid = Grid(16, 16, torus=True)
    values = np.random.default_rng(2).standard_normal((16, 16))
    expected = gaussian_filter(values, 1.0, mode="wrap", truncate=8.0)
    assert blurring(grid, 1.0) @ values.ravel() == pytest.approx(expected.ravel(), abs=1e-9)


def test_errors_are_shares_of_variance_by_a_loop_over_maps():
    layer = layer_of(3)
    lost = {"resize_error": [shrinking(GRID, 2), shrinking(GRID, 4)]}
    lost["blur_error"] = [blurring(GRID, sd) for sd in (0.5, 1.0, 2.0)]
    for name, operators in lost.items():
        shares = [np.mean((one - b @ one) ** 2) / np.var(one) for one in layer.maps.T for b in operators]
        assert observed(layer)[name] == pytest.approx(np.mean(shares)), name


def test_components_are_those_of_an_image_library():
    layer, eight = layer_of(4), np.ones((3, 3))
    counts = [label((sign * one).reshape(6, 8) > 1, eight)[1] for one in layer.maps.T for sign in (1, -1)]
    assert observed(layer)["components"] == pytest.approx(2 * np.mean(counts))


def test_smoothness_and_correlations_by_a_loop_over_pairs():
    layer = layer_of(5, smooth=0.7)
    steps = np.rint(GRID.distances)
    pairs = [(i, j) for i in range(GRID.units) for j in range(i)]
    curve = [
        np.mean([np.abs(layer.maps[i] - layer.maps[j]).mean() for i, j in pairs if steps[i, j] == n])
        for n in range(1, 6)
    ]
    found = observed(layer)
    assert found["smoothness"] == pytest.approx((max(curve) - curve[0]) / max(curve))
    near = np.mean([layer.correlations[i, j] for i, j in GRID.neighbours()])
    far = np.mean([layer.correlations[i, j] for i, j in pairs if 3 <= steps[i, j] <= 6])
    assert (found["near_correlation"], found["far_correlation"]) == (pytest.approx(near), pytest.approx(far))


def test_trustworthiness_on_a_torus_is_that_of_a_library():
    grid = Grid(8, 8, torus=True)
    layer = layer_of(6, grid, smooth=0.6)
    angles = 2 * np.pi * grid.positions / 8
    around = np.concatenate([np.cos(angles), np.sin(angles)], axis=1)  # the eight nearest are the neighbours
    distances = np.sqrt(np.maximum(2 - 2 * layer.correlations, 0))
    expected = trustworthiness(distances, around, n_neighbors=8, metric="precomputed")
    assert observed(layer)["trustworthiness"] == pytest.approx(expected)


def test_a_planted_map_is_better_by_every_measure_than_at_permuted_positions():
    rows = {row["measure"]: row for row in quality_rows(layer_of(7, smooth=1.0), permutations=199, key=1)}
    assert list(rows) == NAMES
    for name, (alternative, _) in MEASURES.items():
        row = rows[name]
        if name != "far_correlation":  # of what a blur of one step makes alike, nothing is three steps apart
            assert row["p"] == pytest.approx(1 / 200), name
            assert (row["observed"] > row["null_mean"]) == (alternative == "greater"), name


def test_a_map_without_order_is_like_its_null():
    p = np.array([[row["p"] for row in quality_rows(layer_of(n), permutations=99, key=n)] for n in range(100)])
    assert p.mean(axis=0) == pytest.approx(np.full(len(NAMES), 0.5), abs=0.12)
    assert ((p <= 0.05).mean(axis=0) < 0.13).all()


def test_the_null_is_the_statistic_of_moved_units():
    layer = layer_of(8, smooth=0.8)
    order = np.random.default_rng(0).permutation(GRID.units)
    moved = MappedLayer(GRID, layer.live, layer.maps[order], layer.correlations[np.ix_(order, order)])
    expected = [value for name, value in observed(moved).items() if name != "components"]
    assert layer._pairs(order[None].astype(np.int32))[0] == pytest.approx(expected)


def test_dead_units_take_no_part():
    live = np.random.default_rng(9).random(GRID.units) > 0.2
    layer = layer_of(9, smooth=0.8, live=live)
    assert layer.maps.shape == (live.sum(), PHONES)
    assert layer.correlations.shape == (live.sum(), live.sum())
    rows = list(quality_rows(layer, permutations=99, key=1))
    assert {row["units"] for row in rows} == {live.sum()}
    assert all(np.isfinite(row["observed"]) for row in rows)


@pytest.mark.parametrize("case", ["two units", "no phone", "constant"])
def test_what_cannot_be_measured_is_left_empty(case):
    live = np.zeros(GRID.units, dtype=bool)
    live[:2] = True
    layer = layer_of(10, live=live if case == "two units" else None)
    if case != "two units":
        values = np.zeros((GRID.units, 0 if case == "no phone" else PHONES))
        layer = MappedLayer.of(maps_of(values), np.eye(GRID.units), GRID)
    rows = list(quality_rows(layer, permutations=99, key=1))
    assert [row["measure"] for row in rows] == NAMES
    assert {(row["observed"], row["p"], row["permutations"]) for row in rows} == {(None, None, 0)}
