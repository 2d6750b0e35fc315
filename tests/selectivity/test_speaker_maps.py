"""Maps by speaker: those of a speaker alone, and what they have in common with the others'."""

import numpy as np
import pytest

from phonotopy.activations.read import Cells, Tokens
from phonotopy.core.grid import Grid
from phonotopy.core.moments import Moments
from phonotopy.selectivity.d_prime import Criteria, d_prime
from phonotopy.selectivity.speaker_maps import TABLES, SpeakerMaps, agreement_rows, map_rows

PHONES = ("P", "S", "N", "IY")
SPEAKERS = ("ann", "bob", "cat")
CRITERIA = Criteria(10, 2, 0.5, 0.05)
UNITS = 30


def tokens_of(rng: np.random.Generator, maps: np.ndarray, each: int = 20) -> tuple[np.ndarray, Tokens]:
    """Token means with the maps ``(speakers, phones, units)`` and noise of standard deviation 1; unit 0 is dead."""
    speakers, phones, _ = maps.shape
    speaker, phone = (part.ravel() for part in np.indices((speakers, phones, each))[:2])
    values = (maps[speaker, phone] + rng.normal(size=(len(phone), UNITS))).astype(np.float32)
    values[:, 0] = 0
    return values, Tokens(PHONES, SPEAKERS, phone, speaker, speaker, np.arange(len(phone)))


def found_in(maps: np.ndarray, seed: int = 0, **counts: int) -> tuple[SpeakerMaps, np.ndarray, Tokens]:
    values, tokens = tokens_of(np.random.default_rng(seed), maps, **counts)
    return SpeakerMaps.of(Cells.of(values, tokens), CRITERIA), values, tokens


def of_tokens(values: np.ndarray, tokens: Tokens, kept: np.ndarray) -> np.ndarray:
    return d_prime(Moments.of(values[kept], tokens.phone[kept], len(PHONES)))


def test_maps_are_those_of_the_tokens_of_a_speaker_and_of_all_others() -> None:
    shared = np.random.default_rng(1).normal(size=(len(PHONES), UNITS))
    found, values, tokens = found_in(np.broadcast_to(shared, (3, *shared.shape)))
    for number in range(3):
        own, others = tokens.speaker == number, tokens.speaker != number
        np.testing.assert_allclose(found.own[number], of_tokens(values, tokens, own), rtol=1e-9)
        np.testing.assert_allclose(found.others[number], of_tokens(values, tokens, others), rtol=1e-9)
    assert np.isnan(found.own[:, :, 0]).all(), "a dead unit"


def test_correlations_and_ranks_are_those_of_a_loop() -> None:
    found, *_ = found_in(np.random.default_rng(2).normal(size=(3, len(PHONES), UNITS)))
    rows = list(agreement_rows(found, 7))
    assert len(rows) == 3 * (len(PHONES) + 1) and {*rows[0]} == {*TABLES[1].columns}
    for number, speaker in enumerate(SPEAKERS):
        like = np.corrcoef(found.own[number][:, 1:], found.others[number][:, 1:])[:4, 4:]
        own = [row for row in rows if row["speaker"] == speaker]
        for phone, row in enumerate(own[:-1]):
            assert row["correlation"] == pytest.approx(like[phone, phone])
            assert row["other_phones"] == pytest.approx(np.delete(like[phone], phone).mean())
            assert row["rank"] == 1 + sum(value > like[phone, phone] for value in like[phone])
        assert own[-1]["phone"] == "mean"
        assert own[-1]["correlation"] == pytest.approx(np.diag(like).mean())
        assert own[-1]["first"] == np.mean([row["rank"] == 1 for row in own[:-1]])


def test_a_shared_map_is_recognised_and_unrelated_ones_are_at_chance() -> None:
    shared = np.random.default_rng(3).normal(size=(len(PHONES), UNITS))
    same, *_ = found_in(np.broadcast_to(shared, (3, *shared.shape)))
    means = [row for row in agreement_rows(same, 1) if row["phone"] == "mean"]
    assert all(row["first"] == 1 and float(str(row["correlation"])) > 0.8 for row in means)
    ranks = []
    for seed in range(40):
        found, *_ = found_in(np.random.default_rng(100 + seed).normal(size=(3, len(PHONES), UNITS)), seed)
        ranks += [float(str(row["rank"])) for row in agreement_rows(found, 1) if row["phone"] == "mean"]
    assert np.mean(ranks) == pytest.approx((1 + len(PHONES)) / 2, abs=0.2)


def test_a_phone_that_a_speaker_hardly_says_has_no_map_of_that_speaker() -> None:
    values, tokens = tokens_of(np.random.default_rng(0), np.zeros((3, len(PHONES), UNITS)))
    rare = np.flatnonzero((tokens.speaker == 1) & (tokens.phone == 2))[4:]
    kept = np.setdiff1d(np.arange(len(values)), rare)
    found = SpeakerMaps.of(Cells.of(values[kept], tokens.rows(kept)), CRITERIA)
    rows = list(map_rows(found, (Grid(5, 6), np.arange(UNITS)), 2, ("N", "S", "ZH")))
    assert [(row["phone"], row["speaker"]) for row in rows[::UNITS]] == [
        ("N", "ann"), ("N", "cat"), ("S", "ann"), ("S", "bob"), ("S", "cat")
    ]  # fmt: skip
    assert {*rows[0]} == {*TABLES[0].columns}
    assert (rows[7]["row"], rows[7]["column"], rows[7]["d_prime"]) == (1, 1, found.own[0, 2, 7])
    assert not [row for row in agreement_rows(found, 2) if (row["speaker"], row["phone"]) == ("bob", "N")]
    assert {row["phones"] for row in agreement_rows(found, 2) if row["speaker"] == "bob"} == {3}


def test_one_speaker_has_nobody_to_agree_with() -> None:
    values, tokens = tokens_of(np.random.default_rng(0), np.zeros((3, len(PHONES), UNITS)))
    kept = np.flatnonzero(tokens.speaker == 0)
    cells = Cells.of(values[kept], tokens.rows(kept)).select(np.array([True, False, False]))
    assert not list(agreement_rows(SpeakerMaps.of(cells, Criteria(5, 1, 0.5, 0.05)), 1))
