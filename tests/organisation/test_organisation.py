"""Surrogates, map distance, similarity, tiling and agreement, with answers known beforehand."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from fabricate import smooth
from phonotopy.activations.read import Cells
from phonotopy.comparisons.agreement import TABLE as AGREEMENT
from phonotopy.comparisons.agreement import agreement, agreement_null, agreement_rows, symmetries
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import read_inventory
from phonotopy.inference.families import adjusted
from phonotopy.inference.permutation import p_value
from phonotopy.organisation.mantel import (
    centroid_distances,
    correlations,
    permuted_correlations,
    permuted_phones,
    upper,
)
from phonotopy.organisation.organisation import TABLE, Layer, organisation
from phonotopy.organisation.rsa import similarity
from phonotopy.organisation.tiling import manners_permuted, tiling
from phonotopy.selectivity.feature_selectivity import classes, feature_distances
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i
from phonotopy.spatial.phone_maps import Maps
from phonotopy.spatial.surrogates import Surrogates

INVENTORY = read_inventory(Path(__file__).parents[2] / "resources" / "phones.tsv")
PHONES = ("P", "B", "T", "S", "Z", "M", "N", "IY", "AA", "UW")
GRID = Grid(12, 12)


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def layer(d_prime: np.ndarray, dead: tuple[int, ...] = ()) -> Layer:
    """A layer with the given maps ``(units, phones)``; every speaker has them with a little noise."""
    live = ~np.isin(np.arange(GRID.units), dead)
    values = np.where(live[:, None], d_prime, np.nan)
    responsive = np.nan_to_num(values) > 0.5
    speakers = np.arange(6)
    mean = np.stack([d_prime.T + 0.3 * normal(*d_prime.T.shape, seed=s) for s in speakers])
    cells = Cells(PHONES, tuple(map(str, speakers)), np.full((6, len(PHONES)), 20.0), mean, np.ones_like(mean) * 20)
    return Layer(
        Maps(PHONES, values, responsive, np.ones(len(PHONES), bool), live, np.arange(len(live)), {}),
        cells,
        GRID,
        INVENTORY,
    )


def by_null(rows: list[dict[str, object]], statistic: str) -> dict[str, float]:
    return {row["null"]: row["p"] for row in rows if row["statistic"] == statistic}


def rows_of(d_prime: np.ndarray, number: int = 199) -> list[dict[str, object]]:
    rows = organisation(layer(d_prime), {"layer": 1, "null_seed": 0}, number=number, random_key=3)
    return adjusted(rows, "statistic", "null")


@pytest.mark.parametrize("torus", [False, True])
def test_surrogates_keep_what_they_promise(torus: bool) -> None:
    grid = Grid(10, 8, torus)
    live = np.arange(80) != 13
    lattice = Lattice.of(grid, "queen", live)
    maps = smooth(normal(80, 3), grid, 1.2)[live]
    together = np.concatenate(list(Surrogates(lattice).joint(maps, number=120, key=1)))
    assert together.mean(axis=1) == pytest.approx(np.broadcast_to(maps.mean(axis=0), (120, 3)), abs=1e-6)
    assert together.std(axis=1) == pytest.approx(np.broadcast_to(maps.std(axis=0), (120, 3)), rel=1e-5)
    assert np.abs([morans_i(one, lattice) for one in together] - morans_i(maps, lattice)).max() < 0.1
    assert np.abs(np.corrcoef(together[:, :, 0])[np.triu_indices(120, 1)]).mean() < 0.6
    correlated = np.array([np.corrcoef(one.T)[0, 1] for one in together])
    assert correlated == pytest.approx(np.full(120, np.corrcoef(maps.T)[0, 1]), abs=1e-5)
    again = np.concatenate(list(Surrogates(lattice).joint(maps, number=7, key=1)))
    assert (again == together[:7]).all(), "a surrogate depends on its number alone"


@pytest.mark.slow
@pytest.mark.parametrize("radius", [0.7, 1.0, 1.5])
def test_smooth_maps_that_know_nothing_of_each_other_are_rarely_called_related(radius: float) -> None:
    grid = Grid(16, 16)
    surrogates, found = Surrogates(Lattice.of(grid)), 0
    for index in range(200):
        one, other = smooth(normal(256, 2, seed=index), grid, radius).T
        null = np.concatenate(list(surrogates.joint(other[:, None], number=39, key=index)))[..., 0] @ one
        found += p_value(other @ one, null) <= 0.05
    assert found / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_centroids_and_their_distances() -> None:
    grid = Grid(3, 4)
    maps = np.zeros((12, 2))
    maps[[0, 3], 0] = 1
    maps[8, 1], maps[9, 1] = 2, -5
    assert centroid_distances(maps, grid, np.ones(12, bool))[0, 1] == pytest.approx(np.hypot(2, 1.5))
    ring = centroid_distances(maps, Grid(3, 4, torus=True), np.ones(12, bool))
    assert ring[0, 1] == pytest.approx(np.hypot(1, 0.5)), "columns 0 and 3 meet at 3.5"
    assert centroid_distances(np.stack([maps, maps]), grid, np.ones(12, bool)).shape == (2, 2, 2)


def test_rank_correlations_are_those_of_scipy() -> None:
    one, others = normal(30).round(1), normal(4, 30, seed=1).round(1)
    assert correlations(one, others) == pytest.approx([spearmanr(one, other).statistic for other in others])
    matrix = np.abs(normal(5, 5))
    matrix = (matrix + matrix.T).round(1)
    order = np.array([[3, 1, 0, 2, 4]])
    assert permuted_phones(matrix, order)[0] == pytest.approx(upper(matrix[np.ix_(order[0], order[0])]))
    orders, found = (
        np.stack([np.random.default_rng(i).permutation(5) for i in range(7)]),
        normal(3, 10, seed=4).round(1),
    )
    expected = [[spearmanr(one, moved).statistic for one in found] for moved in permuted_phones(matrix, orders)]
    assert permuted_correlations(found, matrix, orders) == pytest.approx(np.array(expected))
    assert permuted_correlations(found[0], matrix, orders) == pytest.approx(np.array(expected)[:, 0])
    assert np.isnan(correlations(found[0], np.ones((2, 10)))).all()


def test_features_of_phones() -> None:
    distance = feature_distances(INVENTORY, ("P", "B", "IY", "UW", "M"))
    assert distance[0, 1] == pytest.approx(1 / 3), "voicing out of manner, place and voicing"
    assert distance[0, 2] == 1
    assert distance[2, 3] == pytest.approx(1 / 3), "backness out of manner, height and backness"
    assert distance[1, 4] == pytest.approx(2 / 3), "a nasal has no voicing"
    assert (distance == distance.T).all()
    found = classes(INVENTORY, PHONES)
    assert found["voicing"].keys() == {"voiceless"}
    assert found["place"]["bilabial"][:, 0].tolist() == [phone in {"P", "B", "M"} for phone in PHONES]
    assert not found["place"]["bilabial"][PHONES.index("IY")].any(), "a vowel is on neither side"


def test_similar_responses_at_random_positions_are_no_layout() -> None:
    """The trap: phones that are alike have maps that are alike in any layout, so only permuted phones may reject."""
    manner = np.array([INVENTORY.manners.index(INVENTORY.manner_of(phone)) for phone in PHONES])
    shared = normal(GRID.units, manner.max() + 1)
    found = rows_of(shared[:, manner] + 0.7 * normal(GRID.units, len(PHONES), seed=1))
    assert by_null(found, "response_similarity")["phones"] <= 0.05
    assert by_null(found, "map_distance")["positions"] > 0.05
    assert by_null(found, "same_manner")["positions"] > 0.05


def test_a_planted_layout_is_found() -> None:
    """Phones have units of their own, in the order of their features along the diagonal."""
    centres = [13 * index for index in range(len(PHONES))]
    maps = np.stack([np.exp(-(GRID.distances[centre] ** 2)) for centre in centres], axis=1)
    found = rows_of(3 * maps + 0.02 * normal(GRID.units, len(PHONES)))
    assert set(TABLE.columns) == found[0].keys()
    assert by_null(found, "map_distance")["phones"] <= 0.01
    assert by_null(found, "map_distance")["positions"] <= 0.01


def test_a_grid_tiled_by_manner_is_found() -> None:
    manner = np.array([INVENTORY.manners.index(INVENTORY.manner_of(phone)) for phone in PHONES])
    centres = dict(zip(np.unique(manner), [14, 21, 122, 129, 70], strict=False))
    maps = np.stack([np.exp(-(GRID.distances[centres[m]] ** 2) / 8) for m in manner], axis=1)
    found = rows_of(3 * maps + 0.3 * normal(GRID.units, len(PHONES)))
    assert by_null(found, "same_manner")["positions"] <= 0.01
    assert by_null(found, "same_manner")["phones"] <= 0.01
    assert by_null(found, "same_manner_other_phone")["phones"] <= 0.01


def test_too_few_phones_are_not_testable_and_dead_units_are_left_out() -> None:
    few = layer(normal(GRID.units, len(PHONES)))
    few.maps.usable[3:] = False
    assert {row["status"] for row in organisation(few, {"layer": 1, "null_seed": 0}, number=9, random_key=1)} == {
        "not testable"
    }
    dead = layer(normal(GRID.units, len(PHONES)), dead=(0, 5))
    rows = list(organisation(dead, {"layer": 1, "null_seed": 0}, number=19, random_key=1))
    assert all(0 < row["p"] <= 1 for row in rows)


def test_the_noise_ceiling_bounds_a_perfect_model() -> None:
    model = np.abs(normal(8, 8))
    model += model.T
    found = upper(model) + 0.3 * normal(5, 28, seed=2)
    orders = np.stack([np.random.default_rng(i).permutation(8) for i in range(99)])
    result = similarity(found, model, orders)
    assert result.ceiling_low < result.observed <= result.ceiling_high + 0.05
    assert p_value(result.observed, result.null, "greater") == 0.01
    assert np.isnan(similarity(found[:1], model, orders).ceiling_low)


def test_tiling_counts_neighbours() -> None:
    lattice = Lattice.of(Grid(1, 4))
    maps = np.eye(3)[[0, 1, 2, 2]]  # preferred phones 0 1 2 2
    assert tiling(maps, np.array([0, 0, 1]), lattice).tolist() == pytest.approx([2 / 3, 1 / 2])
    assert np.isnan(tiling(np.eye(3)[[0, 0, 0, 0]], np.array([0, 0, 1]), lattice)[1])


def test_manners_handed_to_other_phones_are_tiling_anew() -> None:
    maps, manner, lattice = normal(GRID.units, 6), np.array([0, 0, 0, 1, 1, 2]), Lattice.of(GRID, "rook")
    orders = np.stack([np.random.default_rng(i).permutation(6) for i in range(20)])
    expected = [tiling(maps, manner[order], lattice) for order in orders]
    assert manners_permuted(maps, manner, lattice, orders) == pytest.approx(np.stack(expected))


@pytest.mark.parametrize(("grid", "number"), [(Grid(4, 4), 8), (Grid(2, 3), 4), (Grid(2, 3, torus=True), 24)])
def test_symmetries_leave_neighbourhoods_as_they_are(grid: Grid, number: int) -> None:
    orders = symmetries(grid)
    assert len(orders) == number
    for order in orders.values():
        assert grid.distances[np.ix_(order, order)] == pytest.approx(grid.distances)


def test_a_turned_grid_agrees_and_an_unrelated_one_does_not() -> None:
    one, other = smooth(normal(GRID.units, 4), GRID, 1.5), smooth(normal(GRID.units, 4, seed=9), GRID, 1.5)
    orders = np.stack(list(symmetries(GRID).values()))
    turned = one[orders[5]] + 0.2 * other
    found, _ = agreement(one, turned, orders)
    null = agreement_null(one, turned, GRID, orders, number=99, key=1)
    assert found > 0.9
    assert p_value(found, null, "greater") == 0.01
    assert p_value(agreement(one, other, orders)[0], agreement_null(one, other, GRID, orders, number=99, key=1)) > 0.05


@pytest.mark.slow
def test_rows_of_agreement_pair_seeds_of_one_condition() -> None:
    maps = {
        (condition, seed): {1: layer(smooth(normal(GRID.units, 10, seed=seed), GRID, 1.0)).maps}
        for condition in ("control", "topographic")
        for seed in (0, 1, 2)
    }
    grids = {key: {1: GRID} for key in maps}
    rows = agreement_rows("corpus", maps, grids, number=19, seed=5)
    assert [(row["condition"], row["seed_a"], row["seed_b"]) for row in rows[:3]] == [
        ("control", 0, 1),
        ("control", 0, 2),
        ("control", 1, 2),
    ]
    assert len(rows) == 6
    assert all(row.keys() == set(AGREEMENT.columns) for row in rows)
    assert agreement_rows("corpus", {("control", 0): maps["control", 0]}, grids, number=9, seed=5) == []
    other = {**grids, ("control", 1): {1: Grid(GRID.rows // 2, GRID.columns * 2)}}
    unlike = agreement_rows("corpus", maps, other, number=9, seed=5)[0]
    assert (unlike["status"], unlike["observed"]) == ("not testable", None), "never a guess across unlike grids"


def test_a_phone_that_no_unit_answers_to_has_no_position_on_the_grid() -> None:
    maps = normal(GRID.units, len(PHONES))
    maps[:, 2] = -np.abs(maps[:, 2])
    assert np.isnan(centroid_distances(maps, GRID, np.ones(GRID.units, bool))[2, 3])
    found = layer(maps)
    assert found.phones == [phone for phone in PHONES if phone != PHONES[2]]
    assert all(
        row["status"] != "not testable"
        for row in organisation(found, {"layer": 1, "null_seed": 0}, number=9, random_key=1)
    )
