"""The ladder: its rows follow from shares and nulls, and speech of whatever kind gets rows or none."""

from dataclasses import replace

import numpy as np
import pytest

import reference_encoding as reference
import reference_mapping
from phonotopy.activations.sound.sound import Sound
from phonotopy.calibration.known_networks import CRITERIA, INVENTORY, described
from phonotopy.calibration.simulated_speech import Design, Speech, of_acoustics, of_phones, speech
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import Inventory, Phone
from phonotopy.core.seeds import stream
from phonotopy.encoding import described_tokens
from phonotopy.encoding.accounts import LayerAccounts
from phonotopy.encoding.described_tokens import DescribedTokens
from phonotopy.encoding.ladder import LABEL_NULLS, TABLE, Row, label_key, ladder_rows, layers_rows
from phonotopy.encoding.relabelling import sampled_labels
from phonotopy.encoding.rungs import ALL
from phonotopy.encoding.unit_variance import MEASURES, variances
from phonotopy.selectivity.label_shift import Sequences
from phonotopy.spatial.lattice import Lattice

GRID = Grid(4, 4)
SMALL = Design(speakers=4, utterances=6)
SETTINGS = {"relabellings": 9, "permutations": 19, "key": 5}
Key = tuple[str, str, str, str]
PHONE, BEYOND_MANNER, BEYOND_SOUND = LABEL_NULLS


def of(said: Speech, sound: Sound | None = None, inventory: Inventory = INVENTORY) -> DescribedTokens | None:
    sound = described(stream("test", "sound"), said) if sound is None else sound
    return DescribedTokens.of(sound, said.tokens, inventory, CRITERIA)


def layer(said: Speech, spoken: DescribedTokens, live: np.ndarray | None = None) -> LayerAccounts:
    live = np.ones(GRID.units, dtype=bool) if live is None else live
    random = stream("test", "responses")
    values = of_acoustics(random, said, GRID) + of_phones(random, said, GRID)
    values += random.normal(size=values.shape)
    kept = np.ascontiguousarray(values[spoken.rows][:, live], dtype=np.float32)
    return LayerAccounts(kept, live, spoken, Lattice.of(GRID, "queen", live), 7)


def by_test(rows: list[Row]) -> dict[Key, Row]:
    return {(row["labelling"], row["statistic"], row["null"], row["phone"]): row for row in rows}


@pytest.fixture(scope="module")
def said() -> Speech:
    return speech(stream("test", "ladder"), SMALL)


@pytest.fixture(scope="module")
def spoken(said: Speech) -> DescribedTokens:
    found = of(said)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def known(said: Speech, spoken: DescribedTokens) -> LayerAccounts:
    return layer(said, spoken)


@pytest.fixture(scope="module")
def rows(known: LayerAccounts) -> list[Row]:
    """Of little speech, taken as enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(described_tokens, "LEAST", 0)
        return list(ladder_rows({"layer": 2, "null_seed": 1}, known, **SETTINGS))


def test_with_little_speech_nothing_beyond_sound_is_tested(known: LayerAccounts, rows: list[Row]) -> None:
    assert not known.spoken.enough
    for row, other in zip(ladder_rows({"layer": 2, "null_seed": 1}, known, **SETTINGS), rows, strict=True):
        assert row["observed"] == other["observed"] or np.isnan(row["observed"])
        if row["null"] in ("sound", "random network"):
            assert (row["p"], row["q"], row["status"]) == (None, None, "not testable")


def test_rows_have_the_columns_of_the_table_and_none_comes_twice(rows: list[Row]) -> None:
    assert {frozenset(row) for row in rows} == {frozenset(TABLE.columns)}
    assert len(by_test(rows)) == len(rows)
    for row in rows:
        tested = row["p"] is not None and np.isfinite(row["p"])
        assert (row["status"] == "ok") == tested
        assert tested or row["status"] == ("not testable" if row["null"] else "not tested")


def test_every_rung_has_its_nulls_for_all_and_for_phones(rows: list[Row], said: Speech) -> None:
    found = by_test(rows)
    for labelling, null in ((PHONE, "labels"), (BEYOND_MANNER, "manners"), (BEYOND_SOUND, "sound")):
        for name in (null, "positions"):
            assert all((labelling, "neighbours", name, phone) in found for phone in (ALL, *said.tokens.phones))
    assert (PHONE, "neighbours", "clusters", ALL) in found
    assert ("responses", "neighbours", "positions", ALL) in found
    assert (BEYOND_SOUND, "units", "random network", ALL) in found


def test_p_is_that_of_loops_over_labels_sampled_from_the_sound(known: LayerAccounts, rows: list[Row]) -> None:
    """Rung four by other code: shares of neighbours at the true labels and at each labelling of the null."""
    spoken = known.spoken
    w = reference_mapping.weights(GRID.rows, GRID.columns, [True] * GRID.units, queen=True, torus=False)
    phone, chance, few = spoken.tokens.phone, spoken.phone.chance, SETTINGS["relabellings"]
    inverse = np.linalg.pinv(reference.chance_covariance(phone, chance), rcond=1e-6, hermitian=True)
    values, vectors = np.linalg.eigh(inverse)
    weights = (vectors * np.sqrt(values.clip(0))).T

    def share(labels: np.ndarray) -> float:
        parts = [reference.explained(known.residual, spoken.fold, phone, chance, labels, row) for row in weights]
        return reference.neighbours(sum(parts), w)

    null = [share(sampled_labels(chance, 5, index)) for index in range(few)]
    row = by_test(rows)[BEYOND_SOUND, "neighbours", "sound", ALL]
    assert row["observed"] == pytest.approx(share(phone), rel=1e-4)
    assert row["null_mean"] == pytest.approx(np.mean(null), abs=1e-5)
    assert row["p"] == pytest.approx((sum(one >= share(phone) for one in null) + 1) / (few + 1))


def test_shares_add_up(known: LayerAccounts, rows: list[Row]) -> None:
    """What sound predicts and what is left are all that units do; units of table and mean are one."""
    found = by_test(rows)
    assert np.diag(known.accounts["responses"].covariance) == pytest.approx(1, abs=1e-4)
    left = known.residual.astype(float)
    assert np.diag(known.accounts["sound"].covariance) == pytest.approx(1 - (left**2).mean(axis=0), abs=1e-4)
    units = variances(known)
    for column, labelling in MEASURES.items():
        if labelling in known.accounts:
            observed = next(
                row["observed"]
                for (name, statistic, _, phone), row in found.items()
                if (name, statistic, phone) == (labelling, "units", ALL)
            )
            assert units[column].mean() == pytest.approx(observed)
    assert units["articulation_beyond_sound"].shape == (GRID.units,)


def test_true_labels_give_the_observation_again(known: LayerAccounts) -> None:
    for name in LABEL_NULLS:
        account = known.of_phones[name]
        again = account.shares_of(known.spoken.tokens.phone)
        assert again.units == pytest.approx(account.shares.units)
        assert again.neighbours == pytest.approx(account.shares.neighbours)


def test_rows_depend_on_their_keys_alone(known: LayerAccounts, rows: list[Row]) -> None:
    again = list(ladder_rows({"layer": 2, "null_seed": 1}, known, **SETTINGS))
    assert [row["null_mean"] for row in again] == pytest.approx([row["null_mean"] for row in rows], nan_ok=True)
    other = by_test(list(ladder_rows({"layer": 2, "null_seed": 1}, known, **{**SETTINGS, "key": 6})))
    same = by_test(rows)
    changed = "phone", "neighbours", "labels", ALL
    kept = "phone", "neighbours", "positions", ALL
    assert other[changed]["null_mean"] != same[changed]["null_mean"]
    assert other[kept]["null_mean"] == same[kept]["null_mean"]
    assert label_key(["control", 0]) != label_key(["control", 1])


def test_labels_of_the_shift_are_those_of_other_tables(known: LayerAccounts) -> None:
    sequences = Sequences(known.spoken.tokens)
    null = [known.of_phones["phone"].shares_of(sequences.shifted(5, index)).neighbours[0] for index in range(9)]
    row = by_test(list(ladder_rows({"layer": 2, "null_seed": 1}, known, **SETTINGS)))
    assert row["phone", "neighbours", "labels", ALL]["null_mean"] == pytest.approx(np.mean(null))


def test_q_is_over_layers(known: LayerAccounts) -> None:
    settings = {name: value for name, value in SETTINGS.items() if name != "key"}
    found = layers_rows({1: known, 2: known}, **settings, names=(1, "a", 0))
    name = "phone", "neighbours", "labels", ALL
    both = [row for row in found if (row["labelling"], row["statistic"], row["null"], row["phone"]) == name]
    assert [row["q"] for row in both] == pytest.approx([both[0]["p"]] * 2), "equal p in both layers"


# Speech of other kinds


def test_a_single_speaker_gets_no_rows(said: Speech) -> None:
    tokens = replace(said.tokens, sample=np.zeros_like(said.tokens.sample), samples=("a",))
    assert of(said._replace(tokens=tokens), described(stream("test", "sound"), said)) is None
    assert DescribedTokens.of(Sound.empty(), said.tokens, INVENTORY, CRITERIA) is None


def test_two_speakers_have_no_jackknife(said: Speech) -> None:
    few = speech(stream("test", "two"), SMALL._replace(speakers=2, utterances=12))
    spoken = of(few)
    assert spoken is not None
    found = by_test(list(ladder_rows({"layer": 1, "null_seed": 1}, layer(few, spoken), **SETTINGS)))
    row = found[BEYOND_SOUND, "units", "random network", ALL]
    assert row["status"] == "not testable" and np.isfinite(row["observed"])


def test_without_words_and_manners_there_are_the_other_rows(said: Speech) -> None:
    sound = replace(described(stream("test", "sound"), said), word=np.full(len(said.word), ""))
    spoken = of(said, sound, Inventory(tuple(Phone(phone) for phone in said.tokens.phones)))
    assert spoken is not None and spoken.word is None
    one = layer(said, spoken)
    assert not any(name.startswith("word") for name in one.accounts)
    assert one.articulation == pytest.approx(0)
    assert list(ladder_rows({"layer": 1, "null_seed": 1}, one, **SETTINGS))


def test_tokens_without_a_tested_phone_and_those_not_described_are_left_out(said: Speech) -> None:
    phone = np.where(np.arange(len(said.word)) % 7 == 0, -1, said.tokens.phone)
    sound = described(stream("test", "sound"), said)
    described_ones = np.flatnonzero(np.arange(len(said.word)) % 5)
    part = replace(
        sound,
        **{
            name: getattr(sound, name)[described_ones]
            for name in ("token", "phone", "word", "features", "random_network", "loudness", "voicing", "centroid")
        },
        clusters=sound.clusters[:, described_ones],
    )
    spoken = of(said._replace(tokens=replace(said.tokens, phone=phone)), part)
    assert spoken is not None
    assert spoken.rows.tolist() == [n for n in range(len(phone)) if n % 7 and n % 5]
    assert (spoken.tokens.phone >= 0).all()
    assert list(ladder_rows({"layer": 1, "null_seed": 1}, layer(said, spoken), **SETTINGS))


def test_dead_units_leave_the_lattice(said: Speech, spoken: DescribedTokens) -> None:
    live = np.arange(GRID.units) % 5 > 0
    one = layer(said, spoken, live)
    assert one.accounts["phone"].covariance.shape == (live.sum(), live.sum())
    assert list(ladder_rows({"layer": 1, "null_seed": 1}, one, **SETTINGS))


def test_chances_of_words_are_those_of_their_phones_and_sound(said: Speech) -> None:
    many = speech(stream("test", "words"), Design(utterances=12))
    spoken = of(many)
    assert spoken is not None and spoken.word is not None
    known = spoken.word.labels >= 0
    assert spoken.word.chance[known].sum(axis=1) == pytest.approx(1)
    assert (spoken.word.chance[~known] == 0).all()
    true = spoken.word.chance[known, spoken.word.labels[known]]
    frequency = np.bincount(spoken.word.labels[known]) / known.sum()
    assert true.mean() > 2 * (frequency**2).sum()
