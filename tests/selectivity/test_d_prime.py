"""d′, contrasts, t and responsive units against loops, scipy and closed forms."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import reference_mapping as reference
from fabricate import activations, opened
from phonotopy.activations.read import Cells, Tokens
from phonotopy.core.moments import Moments
from phonotopy.inference.discovery import Discovery
from phonotopy.inference.permutation import adjust
from phonotopy.selectivity.d_prime import Criteria, contrasts, d_prime, measure, t_test
from phonotopy.selectivity.relabelled import Labelling, relabelled

PHONES = ("P", "S", "IY", "M")
LAX = Criteria(minimum_tokens=2, minimum_speakers=2, d_prime=0.5, false_discovery_rate=0.05)


def spoken(tokens: int = 160, samples: int = 5, seed: int = 0) -> tuple[Tokens, np.ndarray]:
    """Tokens in no order, where sample 0 lacks phone 3 and sample 4 has nothing but phone 1; three units."""
    random = np.random.default_rng(seed)
    sample, phone = random.integers(samples, size=tokens), random.integers(4, size=tokens)
    phone[(sample == 0) & (phone == 3)] = 0
    phone[sample == 4] = 1
    values = (10 + random.normal(size=(tokens, 3)) * (1 + phone[:, None]) + phone[:, None] * [0, 1, -2]).astype(
        np.float32
    )
    names = tuple(f"s{s}" for s in range(samples))
    return Tokens(PHONES, names, phone, sample, sample, np.arange(tokens)), values


def by_phone(tokens: Tokens, values: np.ndarray, unit: int) -> dict[str, list[float]]:
    return {name: values[tokens.phone == p, unit].astype(float).tolist() for p, name in enumerate(PHONES)}


def by_cell(tokens: Tokens, values: np.ndarray, unit: int) -> dict[tuple[str, str], list[float]]:
    cells: dict[tuple[str, str], list[float]] = {}
    for sample, phone, value in zip(tokens.sample, tokens.phone, values[:, unit].astype(float), strict=True):
        cells.setdefault((tokens.samples[sample], PHONES[phone]), []).append(value)
    return cells


def test_d_prime_equals_the_loop() -> None:
    tokens, values = spoken()
    found = d_prime(Moments.of(values, tokens.phone, 4))
    expected = [[reference.d_prime(by_phone(tokens, values, unit), name) for unit in range(3)] for name in PHONES]
    assert found == pytest.approx(np.array(expected), rel=1e-10)


def test_d_prime_of_two_phones_is_the_textbooks() -> None:
    """Means one standard deviation apart, and equal spread, is a d′ of 1."""
    count = np.array([50.0, 80.0])
    moments = Moments(count, np.array([[3.0], [1.0]]), 4 * (count - 1)[:, None])
    assert d_prime(moments) == pytest.approx(np.array([[1.0], [-1.0]]))


def test_speakers_pool_to_what_all_tokens_give() -> None:
    tokens, values = spoken()
    pooled, whole = Cells.of(values, tokens).pooled(), Moments.of(values, tokens.phone, 4)
    assert (pooled.count == whole.count).all()
    assert pooled.mean == pytest.approx(whole.mean, rel=1e-12)
    assert pooled.m2 == pytest.approx(whole.m2, rel=1e-10)


def test_contrasts_equal_the_loop_and_are_missing_where_a_speaker_lacks_the_phone() -> None:
    tokens, values = spoken()
    cells = Cells.of(values, tokens)
    found = contrasts(cells.count, cells.mean)
    assert np.isnan(found[0, 3]).all()
    assert np.isnan(found[4]).all()
    for unit in range(3):
        for p, name in enumerate(PHONES):
            expected = reference.contrasts(by_cell(tokens, values, unit), name, PHONES)
            known = found[:, p, unit][np.isfinite(found[:, p, unit])]
            assert known == pytest.approx(np.array(expected), rel=1e-9)


def test_t_and_p_equal_scipys() -> None:
    values = np.random.default_rng(0).normal(0.3, size=(6, 3, 2))
    values[0, 1], values[1:, 2, 0] = np.nan, np.nan
    found = t_test(values)
    for index in [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1)]:
        expected = stats.ttest_1samp(values[:, *index], 0, nan_policy="omit")
        assert found.t[index] == pytest.approx(expected.statistic, rel=1e-12)
        assert found.p[index] == pytest.approx(expected.pvalue, rel=1e-9)
    assert np.isnan(found.t[2, 0])
    assert found.p[2, 0] == 1.0
    assert found.contrast == pytest.approx(np.nanmean(values, axis=0))


def test_samples_that_agree_exactly_are_beyond_doubt_unless_they_say_nothing() -> None:
    found = t_test(np.array([[1.0, 0.0, -2.0]] * 3))
    assert found.t.tolist() == [np.inf, 0.0, -np.inf]
    assert found.p.tolist() == [0.0, 1.0, 0.0]


def test_measure_puts_the_parts_together_and_tests_all_units_as_one_family() -> None:
    tokens, values = spoken(400)
    found = measure(Cells.of(values, tokens), LAX)
    assert found.usable.all()
    assert found.d_prime.shape == (3, 4)
    assert found.q == pytest.approx(adjust(found.p))
    assert (found.responsive == ((found.d_prime >= 0.5) & (found.q < 0.05))).all()
    assert found.responsive.any()
    assert not found.responsive.all()


def test_rare_phones_are_left_out_of_both_sides() -> None:
    tokens, values = spoken(400)
    cells = Cells.of(values, tokens)
    few = Criteria(int(cells.count.sum(axis=0)[3]) + 1, 2, 0.5, 0.05)
    found = measure(cells, few)
    expected = measure(Cells(PHONES[:3], cells.samples, cells.count[:, :3], cells.mean[:, :3], cells.m2[:, :3]), LAX)
    assert found.usable.tolist() == [True, True, True, False]
    assert np.isnan(found.d_prime[:, 3]).all()
    assert not found.responsive[:, 3].any()
    for name in ("d_prime", "t", "q"):
        assert getattr(found, name)[:, :3] == pytest.approx(getattr(expected, name))
    few_speakers = measure(cells, Criteria(2, 5, 0.5, 0.05))
    assert few_speakers.usable.tolist() == [False] * 4, "only phone 1 has five speakers, and one phone has no contrast"
    assert few_speakers.live.all()
    assert np.isnan(few_speakers.q).all()


def test_dead_units_are_masked_and_their_tests_not_counted() -> None:
    tokens, values = spoken(400)
    with_dead = np.column_stack([np.full(400, np.float32(0.1)), values])
    found, expected = measure(Cells.of(with_dead, tokens), LAX), measure(Cells.of(values, tokens), LAX)
    assert found.live.tolist() == [False, True, True, True]
    assert np.isnan(found.d_prime[0]).all()
    assert found.q[1:] == pytest.approx(expected.q)


def test_more_units_than_a_block_change_nothing() -> None:
    tokens, values = spoken(400)
    wide = np.tile(values, (1, 50))
    assert measure(Cells.of(wide, tokens), LAX).t == pytest.approx(
        np.tile(measure(Cells.of(values, tokens), LAX).t, (50, 1))
    )


def test_relabelled_tokens_give_the_same_d_prime_and_t() -> None:
    tokens, values = spoken(400)
    wide = np.tile(values, (1, 20))
    random = np.random.default_rng(1)
    labels = np.stack([tokens.phone, random.permutation(tokens.phone), np.where(tokens.phone == 2, -1, tokens.phone)])
    units = np.arange(1, 60)
    labelling = Labelling.of(labels, tokens.sample, 5, 4)
    found, t = relabelled(wide, units, labelling)
    for k in range(2):
        other = Tokens(PHONES, tokens.samples, labels[k], tokens.sample, tokens.speaker, tokens.utterance)
        expected = measure(Cells.of(wide, other), LAX)
        assert found[k] == pytest.approx(expected.d_prime[1:], rel=1e-9)
        assert t[k] == pytest.approx(expected.t[1:], rel=1e-9)
    three = Tokens(("P", "S", "M"), tokens.samples, np.array([0, 1, -1, 2])[tokens.phone], *[tokens.sample] * 3)
    labelling = Labelling.of(three.phone[None], three.sample, 5, 3)
    expected = measure(Cells.of(wide, three), LAX)
    for one, other in zip(relabelled(wide, units, labelling), (expected.d_prime, expected.t), strict=True):
        assert one[0] == pytest.approx(other[1:], rel=1e-9)
    assert (relabelled(wide, units, labelling, threads=2)[1] == relabelled(wide, units, labelling)[1]).all()


@pytest.mark.parametrize("effect", [0.0, 1.0, 3.0])
def test_discoveries_are_those_of_benjamini_and_hochberg(effect: float) -> None:
    random = np.random.default_rng(3)
    degrees = np.array([4, 7, 0, 7])
    t = random.normal(effect * (np.arange(40) % 4 == 0)[:, None], size=(40, 4)) * 2
    t[5, 0], t[:, 2] = np.inf, np.nan
    p = np.where(degrees > 0, 2 * stats.t.sf(np.abs(t), np.maximum(degrees, 1)), 1.0)
    expected = stats.false_discovery_control(p.ravel()).reshape(p.shape) < 0.05
    assert expected.any()
    assert (Discovery(degrees, t.size, 0.05)(t, degrees) == expected).all()


def test_nothing_is_discovered_where_nothing_is() -> None:
    t = np.full((10, 2), 0.5)
    assert not Discovery(np.array([5, 5]), t.size, 0.05)(t, np.array([5, 5])).any()


def test_the_files_of_the_activations_stage_are_read(tmp_path: Path) -> None:
    activations(tmp_path, ["P", "SIL", "S", "IY"], layers=1, filters=64, speakers=4, utterances=6, tokens=40)
    cells = opened(tmp_path).cells(1)
    assert cells.phones == ("P", "S", "IY")
    tokens = Tokens.read(tmp_path / "tokens.tsv", cells.phones, "speaker")
    values = opened(tmp_path).token_means(1, tokens)
    again = Cells.of(values, tokens)
    assert (tokens.phone == -1).sum() > 0
    assert (again.count == cells.count).all()
    assert again.mean == pytest.approx(cells.mean, rel=1e-12)
    assert (tokens.count == cells.count).all()
    by_utterance = Tokens.read(tmp_path / "tokens.tsv", cells.phones, "utterance")
    assert len(by_utterance.samples) == 24
    found = measure(cells, LAX, Cells.of(values, by_utterance))
    assert found.d_prime == pytest.approx(measure(cells, LAX).d_prime, nan_ok=True)
    assert (np.abs(found.t[2:]) > np.abs(measure(cells, LAX).t[2:])).mean() > 0.5, "utterances are more than speakers"
