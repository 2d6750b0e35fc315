"""What labels explain: loops, closed forms, and noise that adds nothing however smooth it is."""

import numpy as np
import pytest

import reference_encoding as reference
import reference_mapping
from fabricate import smooth
from phonotopy.core.grid import Grid
from phonotopy.encoding.explained import Explained, Labelling
from phonotopy.encoding.prediction import centred
from phonotopy.spatial.covariance import neighbour_covariance_null
from phonotopy.spatial.lattice import Lattice

GRID = Grid(3, 4)
LATTICE = Lattice.of(GRID)
PHONES, FOLDS = 3, 4


def design(tokens: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Labels and folds, every label equally frequent in every fold."""
    return np.arange(tokens) % PHONES, np.arange(tokens) // PHONES % FOLDS


def noise(seed: int, tokens: int = 120, units: int = GRID.units) -> np.ndarray:
    return centred(np.random.default_rng(seed).normal(size=(tokens, units)), np.zeros(tokens, dtype=int))


def untidy(seed: int) -> tuple[Explained, np.ndarray]:
    """Responses, labels of which some are missing, chances that differ by token, folds of different sizes."""
    random = np.random.default_rng(seed)
    labels = random.integers(-1, PHONES, 60)
    chance = random.dirichlet(np.ones(PHONES), 60)
    fold = np.minimum(random.integers(0, FOLDS + 2, 60), FOLDS - 1)
    labelling = Labelling(labels, np.where(labels[:, None] >= 0, chance, 0))
    return Explained(noise(seed, 60), fold, labelling), np.where(labels >= 0, np.roll(labels, 7).clip(0), -1)


# Labellings


def test_chances_within_groups_are_frequencies_there() -> None:
    random = np.random.default_rng(1)
    labels, group = random.integers(-1, 4, 80), random.integers(0, 3, 80)
    chance = Labelling.within(labels, group).chance
    for token in range(80):
        alike = [labels[other] for other in range(80) if group[other] == group[token] and labels[other] >= 0]
        expected = [alike.count(label) / len(alike) if labels[token] >= 0 else 0 for label in range(4)]
        assert chance[token] == pytest.approx(expected)


def test_the_covariance_of_labels_is_that_of_labels_that_follow_their_chances() -> None:
    labelling = untidy(2)[0].labelling
    assert labelling.covariance == pytest.approx(reference.chance_covariance(labelling.labels, labelling.chance))
    rows = labelling.rows()
    assert rows.shape == (PHONES - 1, PHONES), "the last label is known from the others"
    assert rows @ labelling.covariance @ rows.T == pytest.approx(np.eye(PHONES - 1), abs=1e-9)


def test_features_span_what_they_name_alone() -> None:
    labels, _ = design()
    rows = Labelling.within(labels).rows(np.array([[1.0], [1.0], [0.0]]))
    assert rows.shape == (1, PHONES)
    assert rows[0, 0] == pytest.approx(rows[0, 1])
    assert rows[0, 2] == 0


def test_one_phone_explains_nothing() -> None:
    labelling = Labelling.within(np.zeros(10, dtype=int))
    found = Explained(noise(3, 10), np.arange(10) % 2, labelling)
    assert found.effects(labelling.rows()).covariance() == pytest.approx(0)
    assert found.effects(labelling.single).shares(LATTICE).units == pytest.approx(0)


# Shares


@pytest.mark.parametrize("seed", range(3))
def test_shares_equal_loops_over_folds_pairs_and_labels(seed: int) -> None:
    found, other = untidy(seed)
    labelling = found.labelling
    w = reference_mapping.weights(GRID.rows, GRID.columns, [True] * GRID.units, queen=True, torus=False)
    for labels in (labelling.labels, other):
        for rows in (labelling.rows(), labelling.single):
            effects = found.effects(rows, labels)
            shares = effects.shares(LATTICE)
            parts = [
                reference.explained(found.values, found.fold, labelling.labels, labelling.chance, labels, row)
                for row in rows
            ]
            assert effects.covariance() == pytest.approx(sum(parts), abs=1e-6)
            assert shares.units == pytest.approx([np.diag(part).mean() for part in parts], abs=1e-6)
            assert shares.neighbours == pytest.approx([reference.neighbours(part, w) for part in parts], abs=1e-6)
            pairs = effects.between_folds()
            assert pairs[~np.eye(FOLDS, dtype=bool)].mean() == pytest.approx(shares.units.sum())


def test_a_unit_that_is_its_phone_has_share_one_and_one_that_mixes_has_its_part() -> None:
    labels, fold = design(1200)
    means = np.random.default_rng(4).normal(size=(PHONES, 2))
    part = centred(means[labels], np.zeros_like(labels))
    rest = np.where(np.arange(1200) % 24 < 12, 1.0, -1.0)[:, None]  # balanced over labels and folds
    values = np.concatenate([part[:, :1], np.sqrt(0.3) * part[:, 1:] + np.sqrt(0.7) * rest, rest], axis=1)
    labelling = Labelling.within(labels)
    found = Explained(values.astype(np.float32), fold, labelling).effects(labelling.rows()).covariance()
    assert np.diag(found) == pytest.approx([1, 0.3, 0], abs=1e-5)


def test_one_signal_in_all_units_is_shared_by_all_neighbours() -> None:
    labels, fold = design()
    sign = np.where(np.arange(GRID.units) % 2, 1, -1)
    signal = centred(np.random.default_rng(5).normal(size=(PHONES, 1))[labels], np.zeros_like(labels))
    labelling = Labelling.within(labels)

    def neighbours(gains: np.ndarray) -> float:
        found = Explained((signal * gains).astype(np.float32), fold, labelling).effects(labelling.rows())
        return float(found.shares(LATTICE).neighbours.sum())

    first, second = LATTICE.pairs.T
    assert neighbours(np.ones(GRID.units)) == pytest.approx(1, abs=1e-5)
    assert neighbours(sign) == pytest.approx(np.mean(sign[first] * sign[second]), abs=1e-5)


@pytest.mark.parametrize("radius", [0.0, 1.0, 3.0])
def test_noise_adds_nothing_on_average_however_smooth(radius: float) -> None:
    labels, fold = design()
    labelling, random = Labelling.within(labels), np.random.default_rng(6)
    rows, found = labelling.rows(), []
    for _ in range(300):
        white = random.normal(size=(GRID.units, len(labels)))
        values = centred((smooth(white, GRID, radius) if radius else white).T, np.zeros_like(labels))
        shares = Explained(values, fold, labelling).effects(rows).shares(LATTICE)
        found.append([shares.units.sum(), shares.neighbours.sum()])
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(len(found))
    assert (np.abs(mean) < 4 * error).all()


def test_permuted_positions_are_those_of_the_covariance() -> None:
    """Neighbours under an order of the units are those of the covariance in this order, row and column."""
    found, _ = untidy(7)
    effects = found.effects(found.labelling.rows())
    null = effects.neighbours_null(LATTICE, permutations=50, key=9).sum(axis=1)
    assert null == pytest.approx(neighbour_covariance_null(effects.covariance(), LATTICE, permutations=50, key=9))
