"""Regions of one half of the speakers in the other half."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from phonotopy.activations.read import Cells
from phonotopy.core.grid import Grid
from phonotopy.core.moments import Moments
from phonotopy.organisation import overlap, replication
from phonotopy.organisation.replication import TABLE, Halves, replicate
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.spatial.components import jaccard, largest

GRID, SPEAKERS, PHONES = Grid(8, 8), 8, ("P", "S", "IY")
CRITERIA = Criteria(minimum_tokens=10, minimum_speakers=3, d_prime=0.5, false_discovery_rate=0.05)
FOLD = np.arange(SPEAKERS) % 2
REGION = GRID.distances[27] < 2


def cells(halves: tuple[int, ...], seed: int = 0, dead: tuple[int, ...] = ()) -> tuple[Cells, np.ndarray, np.ndarray]:
    """Phone P has a region for the speakers of the given halves; with the tokens' values and labels."""
    random = np.random.default_rng(seed)
    speaker, phone = np.repeat(np.arange(SPEAKERS), 60), np.tile(np.arange(3), 160)
    values = random.normal(size=(480, 64)) + 0.1 * random.normal(size=(SPEAKERS, 3, 64))[speaker, phone]
    values += 2 * np.outer((phone == 0) & np.isin(FOLD[speaker], halves), REGION)
    values[:, list(dead)] = 0
    moments = Moments.of(values, speaker * 3 + phone, SPEAKERS * 3)
    shape = (SPEAKERS, 3, 64)
    parts = moments.count.reshape(shape[:2]), moments.mean.reshape(shape), moments.m2.reshape(shape)
    return Cells(PHONES, tuple("abcdefgh"), *parts), values, speaker * 3 + phone


def test_a_shared_region_replicates_in_both_directions() -> None:
    found = [one for one in replicate(cells((0, 1))[0], FOLD, GRID, CRITERIA) if one.phone == "P"]
    assert [one.found_in for one in found] == [0, 1]
    for one in found:
        assert set(np.flatnonzero(REGION).tolist()) <= set(one.units)
        assert one.speakers == 4
        assert one.contrast == pytest.approx(2, abs=0.3), "standard deviations of a unit"
        assert one.p < 0.001
        assert one.p <= one.q < 0.01


def test_a_region_of_one_half_alone_does_not() -> None:
    found = [one for one in replicate(cells((0,))[0], FOLD, GRID, CRITERIA) if one.phone == "P"]
    first = next(one for one in found if one.found_in == 0)
    assert set(np.flatnonzero(REGION).tolist()) <= set(first.units)
    assert first.p > 0.05
    assert abs(first.contrast) < 0.3


def test_the_test_is_that_of_the_other_halfs_speakers() -> None:
    data, values, group = cells((0, 1), dead=(5,))
    one = next(one for one in replicate(data, FOLD, GRID, CRITERIA) if (one.phone, one.found_in) == ("P", 0))
    inside, live = np.isin(np.arange(64), one.units), np.arange(64) != 5
    assert 5 not in one.units
    other = np.flatnonzero(FOLD == 1)
    parts = [values[np.isin(group, other * 3 + p)] for p in range(3)]
    squares = sum(np.sum((part - part.mean(axis=0)) ** 2, axis=0) for part in parts)
    sd = np.sqrt(squares / (sum(map(len, parts)) - 1))
    differences = []
    for s in other:
        means = np.stack([values[group == s * 3 + p].mean(axis=0) for p in range(3)])
        contrast = (means[0] - means[1:].mean(axis=0))[live] / sd[live]
        differences.append(contrast[inside[live]].mean() - contrast[~inside[live]].mean())
    expected = ttest_1samp(differences, 0, alternative="greater")
    assert one.contrast == pytest.approx(np.mean(differences))
    assert (one.t, one.p) == pytest.approx((expected.statistic, expected.pvalue))


def test_overlap_is_shared_over_either() -> None:
    one, other = np.array([1, 1, 1, 0], bool), np.array([0, 1, 1, 1], bool)
    assert jaccard(one, other) == 0.5
    assert np.isnan(jaccard(one & False, other & False))


def test_overlap_is_that_of_the_greatest_units_of_both_halves() -> None:
    halves = Halves.of(cells((0, 1), dead=(5,))[0], FOLD, GRID, CRITERIA)
    null = [overlap.overlap_null(halves, half, surrogates=99, key=3) for half in (0, 1)]
    for p in np.flatnonzero(np.isfinite(null[0][0])):
        regions = []
        for one in halves.measured:
            map_, number = one.d_prime[halves.live, p], int(one.responsive[:, p].sum())
            members = np.isin(np.arange(63), np.argsort(map_)[-number:])
            regions.append(largest(members[:, None], halves.lattice)[:, 0])
        assert null[0][0, p] == null[1][0, p] == jaccard(*regions)
    assert null[0][0, 0] > 0.7
    assert (null[0][1:, 0] < null[0][0, 0]).all()
    again = overlap.overlap_null(halves, 0, surrogates=20, key=3)
    np.testing.assert_array_equal(again, null[0][:21], strict=True)


def test_a_core_of_one_half_alone_overlaps_no_more_than_chance() -> None:
    halves = Halves.of(cells((0,))[0], FOLD, GRID, CRITERIA)
    row = next(row for row in overlap.rows(halves, {"layer": 1, "null_seed": 7}, surrogates=99, key=1))
    assert (row["phone"], row["statistic"], row["null"]) == ("P", "overlap", "surrogates")
    assert row["status"] == "no core" or row["p"] > 0.05


def test_rows_name_what_cannot_be_tested() -> None:
    lonely = np.array([0, 0, 0, 0, 0, 0, 0, 1])
    criteria = Criteria(minimum_tokens=10, minimum_speakers=1, d_prime=0.5, false_discovery_rate=0.05)
    table = list(replication.rows(replicate(cells((0, 1))[0], lonely, GRID, criteria), 2, PHONES))
    assert [(row["phone"], row["found_in"]) for row in table] == [(p, half) for p in PHONES for half in (0, 1)]
    assert all(set(row) == set(TABLE.columns) for row in table)
    first, second = (row for row in table if row["phone"] == "P")
    assert (first["status"], first["speakers"], first["p"], first["q"]) == ("not testable", 1, None, None)
    assert (second["status"], second["units"]) == ("no region", 0), "one speaker has no responsive units"
    dead = overlap.rows(Halves.of(cells((), dead=tuple(range(64)))[0], FOLD, GRID, CRITERIA), {}, surrogates=9, key=1)
    assert {row["status"] for row in dead} == {"no core"}
