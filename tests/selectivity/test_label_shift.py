"""The label null: what a shift keeps, what it breaks, and when it rejects."""

from pathlib import Path

import numpy as np
import pytest

import reference_mapping as reference
from fabricate import activations, opened
from phonotopy.activations.read import Cells, Tokens
from phonotopy.core.grid import Grid
from phonotopy.inference.label_null import LabelNull
from phonotopy.inference.permutation import p_value
from phonotopy.selectivity.d_prime import Criteria, measure
from phonotopy.selectivity.label_shift import STATISTICS, Sequences, label_shift
from phonotopy.spatial.components import measures
from phonotopy.spatial.lattice import Lattice
from phonotopy.spatial.moran import morans_i

CRITERIA = Criteria(minimum_tokens=10, minimum_speakers=3, d_prime=0.5, false_discovery_rate=0.05)
PHONES = ("P", "S", "IY", "M", "AA")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("activations")
    activations(path, PHONES, layers=1, filters=64, speakers=4, utterances=12, tokens=20)
    return path


def test_a_shift_keeps_counts_and_sequences_and_breaks_the_tie_to_responses(folder: Path) -> None:
    tokens = Tokens.read(folder / "tokens.tsv", PHONES, "speaker")
    sequences = Sequences(tokens)
    true = tokens.phone
    for index in range(5):
        labels = sequences.shifted(11, index)
        assert (labels == sequences.shifted(11, index)).all()
        for speaker in range(4):
            mine = tokens.speaker == speaker
            assert sorted(labels[mine]) == sorted(true[mine])
            assert 0.05 < np.mean(labels[mine] == true[mine]) < 0.45, "chance is one in five"
            joined = "".join(map(str, labels[mine])) * 2  # circular
            for utterance in np.unique(tokens.utterance[mine]):
                assert "".join(map(str, true[tokens.utterance == utterance])) in joined
    assert not (sequences.shifted(11, 0) == sequences.shifted(11, 1)).all()
    assert not (sequences.shifted(11, 0) == sequences.shifted(12, 0)).all()
    assert (sequences.labels(11, range(2)) == np.stack([true, sequences.shifted(11, 0)])).all()


def test_interleaved_speakers_keep_their_own_labels() -> None:
    speaker = np.tile([0, 1], 30)
    utterance = np.repeat(np.arange(6), 10) * 2 + speaker
    phone = np.where(speaker == 0, np.arange(60) % 3, 3 + np.arange(60) % 2)
    labels = Sequences(Tokens(PHONES, ("a", "b"), phone, speaker, speaker, utterance)).shifted(1, 0)
    assert (labels[speaker == 0] < 3).all()
    assert (labels[speaker == 1] >= 3).all()
    assert not (labels == phone).all()


def test_the_first_row_is_the_observation(folder: Path) -> None:
    tokens, grid = Tokens.read(folder / "tokens.tsv", PHONES, "speaker"), opened(folder).layers[1].grid
    values = opened(folder).token_means(1, tokens)
    found = measure(Cells.of(values, tokens), CRITERIA)
    null = label_shift(values, tokens, grid, found.live, CRITERIA, shifts=3, key=1).statistics
    live, queen = found.live, Lattice.of(grid, "queen", found.live)
    observed = measures(found.responsive[live], queen)
    assert live.sum() == 62
    assert null["morans_i_queen"][0] == pytest.approx(morans_i(found.d_prime[live], queen), rel=1e-9)
    rook = Lattice.of(grid, "rook", live)
    assert null["morans_i_rook"][0] == pytest.approx(morans_i(found.d_prime[live], rook), rel=1e-9)
    assert (null["regions"][0] == observed.number).all()
    assert (null["largest_region"][0] == observed.largest).all()
    assert null["responsive_share"][0] == pytest.approx(found.responsive[live].mean(axis=0))
    assert all(null[name].shape == (4, 5) for name in STATISTICS)


def test_regions_of_a_shift_are_those_of_as_many_units_as_respond(folder: Path) -> None:
    tokens, grid = Tokens.read(folder / "tokens.tsv", PHONES, "speaker"), opened(folder).layers[1].grid
    values = np.asarray(opened(folder).token_means(1, tokens), dtype=np.float64)
    found = measure(Cells.of(values.astype(np.float32), tokens), CRITERIA)
    null = label_shift(values.astype(np.float32), tokens, grid, found.live, CRITERIA, shifts=2, key=1).statistics
    w = reference.weights(8, 8, found.live.tolist(), queen=True, torus=False)
    assert (found.responsive.sum(axis=0) > 0).all()
    for shift in range(2):
        labels = Sequences(tokens).shifted(1, shift)
        for m, phone in enumerate(PHONES):
            of_units = [
                {name: unit[labels == n].tolist() for n, name in enumerate(PHONES)} for unit in values[:, found.live].T
            ]
            shifted = np.array([reference.d_prime(responses, phone) for responses in of_units])
            expected = reference.matched(shifted, found.responsive[found.live, m].tolist(), w)
            assert (null["regions"][1 + shift, m], null["largest_region"][1 + shift, m]) == expected


@pytest.mark.parametrize("arranged", ["disc", "scattered"])
def test_a_disc_of_units_is_a_region_and_as_many_scattered_ones_are_not(arranged: str) -> None:
    """Nine of 81 units respond to one phone: side by side they are one region, with steps of three between them none.

    Under shifted labels nine units of greatest d′ lie anywhere: they are neither all connected nor, as a rule, all
    apart, so that the disc is beyond every shift and the scattered units are beyond none.
    """
    grid, random = Grid(9, 9), np.random.default_rng(3)
    row, column = grid.positions.T
    inside = (abs(row - 4) <= 1) & (abs(column - 4) <= 1) if arranged == "disc" else (row % 3 == 1) & (column % 3 == 1)
    speaker, utterance = np.repeat(np.arange(4), 90), np.repeat(np.arange(24), 15)
    phone = random.integers(3, size=360)
    values = (random.normal(size=(360, 81)) + 2.0 * (phone == 0)[:, None] * inside).astype(np.float32)
    tokens = Tokens(("P", "S", "IY"), ("a", "b", "c", "d"), phone, speaker, speaker, utterance)
    found = label_shift(values, tokens, grid, np.ones(81, bool), CRITERIA, shifts=99, key=1).statistics
    regions, largest = (found[name][:, 0] for name in ("regions", "largest_region"))
    assert inside.sum() == 9
    assert (regions[0], largest[0]) == ((1, 9) if arranged == "disc" else (9, 1))
    assert regions[1:].min() > 1 and largest[1:].max() < 9
    assert p_value(largest[0], largest[1:], "greater") == (1 / 100 if arranged == "disc" else 1)
    responding = found["responsive_share"][:, 0] * 81
    assert responding[0] == pytest.approx(9)
    assert responding[1:].max() < 1, "of which nothing could be made"


def test_neither_threads_nor_memory_change_a_bit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, grid = Tokens.read(folder / "tokens.tsv", PHONES, "utterance"), opened(folder).layers[1].grid
    values = opened(folder).token_means(1, tokens)
    live = np.asarray(values).std(axis=0) > 0
    expected = label_shift(values, tokens, grid, live, CRITERIA, shifts=9, key=1).statistics
    monkeypatch.setattr("phonotopy.selectivity.label_shift.MEMORY", 200_000)
    found = label_shift(values, tokens, grid, live, CRITERIA, shifts=9, key=1, threads=2).statistics
    for name in STATISTICS:
        assert (found[name] == expected[name]).all()


def planted(radius: float, seed: int, tmp_path: Path) -> dict[str, np.ndarray]:
    activations(tmp_path, PHONES, seed=seed, layers=1, filters=64, speakers=4, utterances=12, tokens=20, radius=radius)
    tokens, grid = Tokens.read(tmp_path / "tokens.tsv", PHONES, "speaker"), opened(tmp_path).layers[1].grid
    values = opened(tmp_path).token_means(1, tokens)
    live = np.asarray(values).std(axis=0) > 0
    return dict(label_shift(values, tokens, grid, live, CRITERIA, shifts=99, key=1).statistics)


def mean_p(statistic: np.ndarray) -> float:
    means = statistic.mean(axis=1)
    return float(p_value(means[0], means[1:], "greater"))


def test_a_planted_map_beats_shifted_labels_and_an_unordered_grid_does_not(tmp_path: Path) -> None:
    found, unordered = planted(2.0, 0, tmp_path / "map"), planted(0.0, 1, tmp_path / "unordered")
    assert mean_p(found["morans_i_queen"]) == mean_p(found["largest_region"]) == 1 / 100
    assert mean_p(unordered["morans_i_queen"]) > 0.05
    assert mean_p(unordered["responsive_share"]) == 1 / 100, "the units do respond to phones"


def test_smooth_noise_unrelated_to_phones_is_not_tied_to_the_sound() -> None:
    """Neighbouring units share their noise, so maps are smooth whatever the labels: a position null would reject.

    One test per data set, on the mean over phones; of 60, at most 8 (a chance of 0.4 %) may be rejected.
    """
    grid, random = Grid(6, 6), np.random.default_rng(0)
    blur = np.exp(-(grid.distances**2) / 4)
    speaker, utterance = np.repeat(np.arange(4), 60), np.repeat(np.arange(24), 10)
    rejected = 0
    for data_set in range(60):
        phone = random.integers(3, size=240)
        values = (random.normal(size=(240, 36)) @ blur).astype(np.float32)
        tokens = Tokens(("P", "S", "IY"), ("a", "b", "c", "d"), phone, speaker, speaker, utterance)
        null = label_shift(values, tokens, grid, np.ones(36, bool), CRITERIA, shifts=39, key=data_set)
        assert null.statistics["morans_i_queen"].mean() > 0.4
        rejected += mean_p(null.statistics["morans_i_queen"]) <= 0.05
    assert rejected <= 8


def test_a_unit_that_is_silent_in_all_tokens_spoils_no_map(folder: Path) -> None:
    """The cap on stored tokens may leave out the few to which a unit responds."""
    tokens, grid = Tokens.read(folder / "tokens.tsv", PHONES, "speaker"), opened(folder).layers[1].grid
    values = np.array(opened(folder).token_means(1, tokens))
    values[:, 30] = 0
    live = np.arange(64) >= 2
    found = label_shift(values, tokens, grid, live, CRITERIA, shifts=2, key=1).statistics
    assert all(np.isfinite(value).all() for value in found.values())
    expected = measure(Cells.of(values, tokens), CRITERIA).d_prime[live]
    expected[28] = 0
    assert found["morans_i_queen"][0] == pytest.approx(morans_i(expected, Lattice.of(grid, "queen", live)), rel=1e-9)


def test_a_dead_layer_and_a_single_phone_have_no_value(folder: Path) -> None:
    tokens, grid = Tokens.read(folder / "tokens.tsv", PHONES, "speaker"), Grid(8, 8)
    values = np.zeros((len(tokens.phone), 64), np.float32)
    dead = label_shift(values, tokens, grid, np.zeros(64, bool), CRITERIA, shifts=2, key=1)
    assert all(np.isnan(value).all() and value.shape == (3, 5) for value in dead.statistics.values())
    alone = Tokens.read(folder / "tokens.tsv", PHONES[:1], "speaker")
    one = label_shift(values, alone, grid, np.ones(64, bool), CRITERIA, shifts=2, key=1)
    assert np.isnan(one.statistics["regions"]).all()


def test_a_null_is_read_back_and_the_same_null_is_the_same_file(tmp_path: Path) -> None:
    statistics = {name: np.random.default_rng(0).normal(size=(4, 2)) for name in STATISTICS}
    nulls = {
        1: LabelNull(("P", "S"), (7, 5), statistics),
        2: LabelNull(("P", "S"), (7, 5), {k: v + 1 for k, v in statistics.items()}),
    }
    for name in ("a.npz", "b.npz"):
        LabelNull.write(tmp_path / name, nulls)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    again = LabelNull.read(tmp_path / "a.npz")
    assert list(again) == [1, 2]
    assert (again[2].phones, again[2].tokens) == (("P", "S"), (7, 5))
    assert (again[2].statistics["regions"] == statistics["regions"] + 1).all()
