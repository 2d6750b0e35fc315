"""Error rates of two trainings by speaker and by utterance: a reference by brute force, closed forms, and the null."""

from itertools import product

import numpy as np
import pytest

from phonotopy.comparisons import conditions
from phonotopy.comparisons.compared_recognition import EDITS, TABLE, compared_recognition, pairs
from phonotopy.comparisons.conditions import sign_flip

WORDS = ("six", "angry", "boys", "carried", "huge", "letters", "on", "friday")
SIZES = {"letter_error_rate": len, "word_error_rate": lambda text: len(text.split())}


def transcripts(random: np.random.Generator, speakers: int, utterances: int, split: str = "test") -> list[dict]:
    """Rows of transcripts.tsv with utterances of unlike lengths."""
    return [
        {
            "utterance": f"{split}{speaker}-{n}",
            "speaker": f"{split}{speaker}",
            "split": split,
            "transcript": " ".join(random.choice(WORDS, size=random.integers(1, 7))),
            "letter_edits": int(random.integers(6)),
            "word_edits": int(random.integers(3)),
        }
        for speaker in range(speakers)
        for n in range(utterances)
    ]


def another(random: np.random.Generator, rows: list[dict]) -> list[dict]:
    """The same utterances, recognised by another training."""
    return [row | {"letter_edits": int(random.integers(6)), "word_edits": int(random.integers(3))} for row in rows]


def compared(trainings: dict[tuple[str, int], list[dict]], reference: str | None = "control") -> list[dict]:
    rows = compared_recognition("corpus", trainings, reference, bootstraps=99, seed=0)
    assert all(row.keys() == set(TABLE.columns) for row in rows)
    return rows


def brute_force(values: list[float]) -> float:
    """Two-sided p over all patterns of signs, one after the other."""
    observed, patterns = sum(values), product((1, -1), repeat=len(values))
    sums = [sum(sign * value for sign, value in zip(signs, values, strict=True)) for signs in patterns]
    above = sum(one >= observed - 1e-9 for one in sums) / len(sums)
    below = sum(one <= observed + 1e-9 for one in sums) / len(sums)
    return min(1.0, 2 * min(above, below))


@pytest.mark.parametrize("measure", list(EDITS))
@pytest.mark.parametrize("observations", ["speakers", "utterances"])
def test_a_row_is_that_of_loops_over_all_patterns(measure: str, observations: str) -> None:
    random = np.random.default_rng(len(measure + observations))
    there = transcripts(random, 7, 2)
    here = another(random, there)
    rows = compared({("control", 3): there, ("topographic", 3): here})
    (row,) = (row for row in rows if (row["measure"], row["observations"]) == (measure, observations))
    edits, size = EDITS[measure], SIZES[measure]
    total = sum(size(one["transcript"]) for one in there)
    rates = [sum(one[edits] for one in found) / total for found in (here, there)]
    gaps, lengths = {}, {}
    for one, other in zip(here, there, strict=True):
        name = one["speaker" if observations == "speakers" else "utterance"]
        gaps[name] = gaps.get(name, 0) + one[edits] - other[edits]
        lengths[name] = lengths.get(name, 0) + size(one["transcript"])
    by_rate = [gaps[name] / lengths[name] for name in gaps]
    assert row["difference"] == pytest.approx(rates[0] - rates[1])
    assert row["observed"] == pytest.approx(
        np.mean(by_rate) if observations == "speakers" else rates[0] - rates[1], abs=1e-12
    )
    assert (row["rises"], row["falls"]) == (sum(g > 0 for g in gaps.values()), sum(g < 0 for g in gaps.values()))
    assert (row["pairs"], row["permutations"], row["seed"]) == (len(gaps), 2 ** len(gaps) - 1, 3)
    assert row["p"] == pytest.approx(brute_force(by_rate if observations == "speakers" else list(gaps.values())))
    assert row["low"] <= row["observed"] <= row["high"]


def shifted(rows: list[dict], edits: dict[str, int]) -> list[dict]:
    """More edits in every utterance of each speaker."""
    return [row | {name: row[name] + edits[row["speaker"]] for name in EDITS.values()} for row in rows]


@pytest.mark.parametrize(
    ("least", "p"), [(1, 2 / 256), (-1, 4 / 256), (0, 4 / 256)], ids=["8 of 8", "7 of 8, the least falls", "a tie"]
)
def test_closed_forms(least: int, p: float) -> None:
    """Only all signs as observed, and those with the other sign of the smallest difference, reach the mean."""
    rows = [row | {"transcript": "huge letters"} for row in transcripts(np.random.default_rng(0), 8, 2)]
    edits = {f"test{n}": least if n == 0 else 2 for n in range(8)}
    found = compared({("control", 0): rows, ("topographic", 0): shifted(rows, edits)})
    of_speakers = [row for row in found if row["observations"] == "speakers"]
    assert [(row["rises"], row["falls"]) for row in of_speakers] == [(7 + (least > 0), int(least < 0))] * 2
    assert [row["p"] for row in of_speakers] == [p, p]
    assert [row["q"] for row in of_speakers] == [p, p], "a family of one for each measure"
    assert of_speakers[0]["observed"] == pytest.approx((14 + least) / 8 / len("huge letters"))


def test_under_six_speakers_are_not_testable_though_their_utterances_are() -> None:
    random = np.random.default_rng(1)
    rows = transcripts(random, 5, 4, "dev") + transcripts(random, 6, 1)
    found = compared({("control", 0): rows, ("topographic", 0): another(random, rows)})
    status = {(row["split"], row["observations"]): row["status"] for row in found}
    assert status == {
        ("dev", "speakers"): "not testable",
        ("dev", "utterances"): "ok",
        ("test", "speakers"): "ok",
        ("test", "utterances"): "ok",
    }
    untested = next(row for row in found if row["status"] == "not testable")
    assert [untested[name] for name in ("low", "high", "p", "q", "permutations")] == [None] * 4 + [0]
    assert untested["pairs"] == 5 and np.isfinite(untested["observed"])


def test_trainings_meet_the_reference_of_their_seed_alone() -> None:
    random = np.random.default_rng(2)
    rows = transcripts(random, 6, 2)
    names = [("control", 0), ("control", 1), ("topographic", 1), ("topographic", 2), ("other", 0)]
    trainings = {name: another(random, rows) for name in names}
    found = compared(trainings)
    assert {(row["condition"], row["reference"], row["seed"]) for row in found} == {
        ("topographic", "control", 1),
        ("other", "control", 0),
    }
    assert compared(trainings, None) == compared(trainings, "absent") == compared({}) == []
    families = {(row["measure"], row["observations"]): [] for row in found}
    for row in found:
        families[row["measure"], row["observations"]].append(row)
    assert all(min(one["q"] for one in own) >= min(one["p"] for one in own) for own in families.values())
    assert all(len(own) == 2 for own in families.values())


def test_speech_that_one_training_lacks_is_in_no_pair() -> None:
    random = np.random.default_rng(3)
    rows = transcripts(random, 7, 2)
    here = [row for row in another(random, rows) if row["speaker"] != "test6"]
    assert len(pairs(here, rows, "word_error_rate", "speakers").gap) == 6
    assert len(pairs(rows, here, "word_error_rate", "utterances").gap) == 12


def test_trainings_that_recognise_alike_do_not_differ() -> None:
    rows = transcripts(np.random.default_rng(4), 6, 4)
    found = compared({("control", 0): rows, ("topographic", 0): rows})
    assert {(row["p"], row["observed"], row["low"], row["high"], row["rises"]) for row in found} == {(1, 0, 0, 0, 0)}


@pytest.mark.slow
@pytest.mark.parametrize("observations", ["speakers", "utterances"])
def test_p_is_uniform_where_it_is_chance_which_training_is_which(observations: str) -> None:
    """Over 1000 pairs of trainings; speakers and utterances of unlike lengths, eight and sixteen of them.

    Many edits, since ties of few would make p larger than it needs to be.
    """
    random, sets = np.random.default_rng(5), 1000
    found = []
    for _ in range(sets):
        rows = transcripts(random, 8, 2)
        both = [[row | {"letter_edits": int(random.integers(10_000))} for row in rows] for _ in range(2)]
        one = pairs(*both, "letter_error_rate", observations)  # type: ignore[arg-type]
        found.append(sign_flip(one.gap, "two-sided", 0)[0])
    for level in (0.05, 0.2, 0.5):
        share = np.mean(np.array(found) <= level)
        spread = 3 * np.sqrt(level * (1 - level) / sets)
        assert level - 0.01 - spread <= share <= level + spread


def test_many_flips_are_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(6).normal(0.1, 1, size=21)
    whole = sign_flip(values, "two-sided", 0)
    signs = 1 - 2 * conditions.stream("sign flips", 0).integers(2, size=(conditions.SAMPLED, 21))
    monkeypatch.setattr(conditions, "MEMORY", 8 * 21 * 1000)
    assert sign_flip(values, "two-sided", 0) == whole
    np.testing.assert_allclose(conditions._sampled_flips(values, 0), signs @ values / 21, rtol=0, atol=1e-12)
