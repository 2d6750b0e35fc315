"""Similarity of phones and their trees: slow references, closed forms, and a null that keeps its level."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from phonotopy.activations.read import Cells
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import Inventory, Phone, read_inventory
from phonotopy.organisation.phone_similarity import (
    TABLES,
    Phones,
    agreement_rows,
    manner_gap,
    similarity_rows,
    tree_rows,
)
from phonotopy.spatial.phone_maps import Maps

INVENTORY = read_inventory(Path(__file__).parents[2] / "resources" / "phones.tsv")
LABELS = ("P", "B", "T", "S", "Z", "M", "N", "IY", "AA", "UW")
GRID = Grid(6, 6)


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def phones(d_prime: np.ndarray, inventory: Inventory = INVENTORY, absent: tuple[int, int] | None = None) -> Phones:
    """Phones with these maps ``(units, phones)``, unit 0 dead; speaker and phone of `absent` were never heard."""
    live = np.arange(GRID.units) != 0
    values = np.where(live[:, None], d_prime, np.nan)
    mean = np.stack([d_prime.T + 0.3 * normal(*d_prime.T.shape, seed=s) for s in range(4)])
    count = np.full((4, len(LABELS)), 20.0)
    if absent:
        count[absent] = 0
    cells = Cells(LABELS, tuple("abcd"), count, mean, np.ones_like(mean) * 20)
    usable = np.ones(len(LABELS), bool)
    maps = Maps(LABELS, values, np.nan_to_num(values) > 0.5, usable, live, np.arange(GRID.units), {})
    return Phones(maps, cells, GRID, inventory)


def test_every_pair_has_its_similarities() -> None:
    values = normal(36, 10)
    found = phones(values)
    rows = list(similarity_rows(found, 3))
    assert [(row["phone"], row["other_phone"]) for row in rows] == list(combinations(LABELS, 2))
    assert {*rows[0]} == {*TABLES[0].columns}
    weights = np.maximum(values[1:], 0)
    centres = (weights / weights.sum(axis=0)).T @ GRID.positions[1:]
    spread = np.sqrt(found.cells.pooled().m2.sum(axis=0)[1:] / (found.cells.count.sum() - 1))
    for row in rows:
        one, other = LABELS.index(str(row["phone"])), LABELS.index(str(row["other_phone"]))
        assert row["map_correlation"] == pytest.approx(np.corrcoef(values[1:, one], values[1:, other])[0, 1])
        assert row["centroid_distance"] == pytest.approx(np.linalg.norm(centres[one] - centres[other]))
        own = []
        for speaker in found.cells.mean:
            rest = [(speaker[n] - np.delete(speaker, n, axis=0).mean(axis=0))[1:] / spread for n in (one, other)]
            own.append(np.corrcoef(*rest)[0, 1])
        assert row["response_correlation"] == pytest.approx(np.mean(own))
    features = {(row["phone"], row["other_phone"]): row["feature_distance"] for row in rows}
    assert features["P", "B"] == pytest.approx(1 / 3), "voicing of manner, place, voicing"


def test_a_speaker_who_lacks_a_phone_is_left_out_of_its_pairs() -> None:
    whole, lacking = phones(normal(36, 10)), phones(normal(36, 10), absent=(2, 3))
    rows = list(similarity_rows(lacking, 1))
    assert all(np.isfinite(row["response_correlation"]) for row in rows)  # type: ignore[call-overload]
    assert whole.labels == lacking.labels


def test_labels_without_features_have_no_distance_of_features() -> None:
    plain = Inventory(tuple(Phone(label) for label in LABELS))
    rows = list(similarity_rows(phones(normal(36, 10), plain), 1))
    assert np.isnan([float(str(row["feature_distance"])) for row in rows]).all()
    _, tested = agreement_rows(phones(normal(36, 10), plain), {"layer": 1, "null_seed": 0}, number=9, random_key=1)
    assert (tested["status"], tested["observed"]) == ("no features", None)


def test_nodes_are_joined_at_the_mean_distance_of_their_phones() -> None:
    found = phones(normal(36, 10))
    rows = list(tree_rows(found, 2))
    assert [row["phone"] for row in rows] == [*LABELS, *[None] * 9]
    members: dict[int, list[int]] = {n: [n] for n in range(10)}
    distances = 1 - np.corrcoef(found.values.T)
    for row in rows[10:]:
        first, second, node = (int(str(row[name])) for name in ("first", "second", "node"))
        one, other = members.pop(first), members.pop(second)
        pairs = {(a, b): distances[np.ix_(members[a], members[b])].mean() for a, b in combinations(members, 2)}
        joined = distances[np.ix_(one, other)].mean()
        assert row["distance"] == pytest.approx(joined)
        others = [distances[np.ix_(group, members[n])].mean() for group in (one, other) for n in members]
        assert joined <= min([*pairs.values(), *others, np.inf]) + 1e-12, "the nearest nodes are joined"
        members[node] = one + other
        assert row["phones"] == len(members[node])
    assert len(members) == 1


def test_the_gap_is_that_of_all_pairs() -> None:
    random = np.random.default_rng(1)
    joined, manners = random.uniform(size=45), random.integers(0, 4, (6, 10))
    pairs = list(combinations(range(10), 2))
    for gap, own in zip(manner_gap(joined, manners), manners, strict=True):
        alike = np.array([own[a] == own[b] for a, b in pairs])
        assert gap == pytest.approx(joined[~alike].mean() - joined[alike].mean())
    assert np.isnan(manner_gap(joined, np.stack([np.arange(10), np.zeros(10, int)]))).all()


def gap_of(values: np.ndarray, key: int, number: int = 99) -> dict[str, object]:
    return list(agreement_rows(phones(values), {"layer": 1, "null_seed": 0}, number=number, random_key=key))[1]


def test_planted_manners_are_found() -> None:
    manners = {INVENTORY.manner_of(label): n for n, label in enumerate(LABELS)}
    centres = dict(zip(manners, normal(len(manners), 36, seed=4), strict=True))
    values = np.stack([centres[INVENTORY.manner_of(label)] for label in LABELS], axis=1) + 0.2 * normal(36, 10)
    row = gap_of(values, 1)
    assert float(str(row["observed"])) > 0.5 and row["p"] == pytest.approx(0.01)
    assert row["manners"] == len(manners)
    first = next(agreement_rows(phones(values), {"layer": 1, "null_seed": 0}, number=9, random_key=1))
    assert float(str(first["observed"])) > 0.9 and first["p"] is None


def test_maps_that_know_nothing_of_manner_are_rarely_called_so() -> None:
    p = np.array([gap_of(normal(36, 10, seed=seed), seed, 39)["p"] for seed in range(200)])
    assert np.mean(p <= 0.1) <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 200)
    assert np.mean(p <= 0.5) == pytest.approx(0.5, abs=0.12), "nor by a null that is too wide"


def test_what_has_no_map_has_no_rows() -> None:
    flat = normal(36, 10)
    flat[:, 1:] = -1.0
    found = phones(flat)
    assert found.labels == ["P"]
    assert not list(similarity_rows(found, 1)) and not list(tree_rows(found, 1))
    rows = list(agreement_rows(found, {"layer": 1, "null_seed": 0}, number=9, random_key=1))
    assert [row["observed"] for row in rows] == [None, None]
    assert all({*row} == {*TABLES[2].columns} for row in rows)
