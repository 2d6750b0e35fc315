"""Moran's I of responses and the limit of rank: against esda, closed forms and a numerical optimiser."""

from pathlib import Path

import numpy as np
import pytest
from esda import Moran
from libpysal.weights import lat2W
from scipy.optimize import minimize

from fabricate import activations, opened
from phonotopy.core.grid import Grid
from phonotopy.organisation.rank import correlation, effective_rank
from phonotopy.organisation.response_autocorrelation import (
    TABLE,
    largest_rank,
    layer_rows,
    limit_rows,
    response_row,
    responses_i,
    spectrum,
)
from phonotopy.spatial.lattice import Lattice

GRID = Grid(6, 6)
LATTICE = Lattice.of(GRID)


def comoment(frames: np.ndarray) -> np.ndarray:
    centred = frames - frames.mean(axis=0)
    return centred.T @ centred


def smooth(radius: float, frames: int = 400, seed: int = 0) -> np.ndarray:
    white = np.random.default_rng(seed).normal(size=(frames, GRID.units))
    return white @ np.exp(-((GRID.distances / radius) ** 2) / 2)


def row(frames: np.ndarray) -> dict[str, object]:
    return response_row(comoment(frames), GRID, permutations=199, key=1)


def test_it_is_the_mean_of_the_frames_by_esda() -> None:
    frames = smooth(1.2)
    scaled = (frames - frames.mean(axis=0)) / frames.std(axis=0)
    weights = lat2W(6, 6, rook=False)
    single = np.array([Moran(frame, weights, transformation="B", permutations=0).I for frame in scaled])
    spread = ((scaled - scaled.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    assert row(frames)["observed"] == pytest.approx(float(single @ spread / spread.sum()), rel=1e-10)


def test_a_planted_order_is_found_and_a_shuffled_grid_has_none() -> None:
    frames = smooth(1.2)
    order = np.random.default_rng(1).permutation(GRID.units)
    planted, shuffled = row(frames), row(frames[:, order])
    assert planted.keys() == set(TABLE.columns)
    assert planted["observed"] > 0.5 and planted["p"] == 0.01
    assert abs(shuffled["observed"]) < 0.1 and shuffled["p"] > 0.05
    assert planted["null_mean"] == pytest.approx(-1 / 35, abs=0.01)
    assert shuffled["effective_rank"] == pytest.approx(planted["effective_rank"]), "rank knows no positions"
    assert shuffled["limit_share"] < planted["limit_share"] <= 1


def test_a_permutation_is_units_at_other_positions() -> None:
    correlations = correlation(comoment(smooth(1.0)))
    centred = correlations - correlations.mean(0) - correlations.mean(1)[:, None] + correlations.mean()
    order = np.random.default_rng(2).permutation(GRID.units).astype(np.int32)
    moved = np.empty_like(centred)
    moved[np.ix_(order, order)] = centred  # unit u stands at position order[u]
    assert responses_i(centred, LATTICE, order[None]) == pytest.approx(responses_i(moved, LATTICE))


def test_no_responses_lie_above_the_limit() -> None:
    for seed in range(30):
        found = row(smooth(0.3 + 0.1 * seed, seed=seed))
        assert found["limit_share"] <= 1 + 1e-9


def test_responses_made_for_the_limit_reach_it() -> None:
    eigenvalues = spectrum(LATTICE)
    weights = np.zeros((36, 36))
    weights[tuple(LATTICE.pairs.T)] = 1.0
    centring = np.eye(36) - 1 / 36
    values, vectors = np.linalg.eigh(centring @ (weights + weights.T) @ centring)
    shares = np.maximum(values * 36 / (2 * len(LATTICE.pairs)) - 0.3, 0)
    covariance = vectors @ np.diag(shares) @ vectors.T
    observed = float(responses_i(covariance, LATTICE)[0])
    assert effective_rank(covariance) == pytest.approx(largest_rank(eigenvalues, observed), rel=1e-6)


@pytest.mark.parametrize("morans_i", [0.1, 0.4, 0.6])
def test_the_limit_is_that_of_an_optimiser(morans_i: float) -> None:
    eigenvalues = spectrum(Lattice.of(Grid(4, 4)))
    found = minimize(
        lambda shares: float(shares @ shares),
        np.full(len(eigenvalues), 1 / len(eigenvalues)),
        jac=lambda shares: 2 * shares,
        bounds=[(0, 1)] * len(eigenvalues),
        constraints=[
            {"type": "eq", "fun": lambda shares: shares.sum() - 1},
            {"type": "eq", "fun": lambda shares: shares @ eigenvalues - morans_i},
        ],
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert largest_rank(eigenvalues, morans_i) == pytest.approx(1 / found.fun, rel=1e-4)


@pytest.mark.parametrize(("morans_i", "rank"), [(0.3, 151), (0.5, 85), (0.6, 63), (0.75, 38)])
def test_limits_of_a_grid_of_256(morans_i: float, rank: float) -> None:
    assert largest_rank(spectrum(Lattice.of(Grid(16, 16))), morans_i) == pytest.approx(rank, abs=0.6)


def test_the_ends_of_the_limit() -> None:
    eigenvalues = spectrum(LATTICE)
    assert largest_rank(eigenvalues, -1 / 35) == pytest.approx(35)
    assert largest_rank(eigenvalues, -0.5) == 35
    assert 1 <= largest_rank(eigenvalues, float(eigenvalues[0])) <= 2
    assert np.isnan(largest_rank(eigenvalues, float(eigenvalues[0]) + 0.01))
    assert eigenvalues.mean() == pytest.approx(-1 / 35)


def test_dead_units_are_left_out_and_a_dead_layer_is_empty() -> None:
    frames = smooth(1.2)
    frames[:, :5] = 1.0
    assert row(frames)["units"] == 31
    assert row(np.ones((10, 36)))["observed"] is None
    assert list(limit_rows(np.zeros(36, bool), GRID)) == []


def test_the_curve_falls_and_stands_below_the_row_of_its_layer(tmp_path: Path) -> None:
    activations(tmp_path, ("P", "S", "IY"), layers=2, filters=36, speakers=3, utterances=4, tokens=10)
    rows = list(layer_rows(opened(tmp_path), 2, key=1, threads=2, permutations=19, seed=5))
    assert all(row.keys() == set(TABLE.columns) and row["layer"] == 2 for row in rows)
    own, *curve = rows
    assert (own["statistic"], own["null_seed"], own["units"], own["permutations"]) == ("morans_i", 5, 34, 19)
    ranks = [row["limit_rank"] for row in curve]
    assert ranks[0] == pytest.approx(33) and all(np.diff(ranks) <= 1e-9)
    assert np.interp(own["observed"], [row["observed"] for row in curve], ranks) >= own["effective_rank"]
