"""Virtual lesions: networks whose codes are known, and lesions made the slow way."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from phonotopy.activations.accumulate import Token
from phonotopy.core.grid import Grid
from phonotopy.inference.permutation import p_value
from phonotopy.introspection.lesions.credited_letters import Passage, covering, spelled
from phonotopy.introspection.lesions.damage import Damage
from phonotopy.introspection.lesions.lesions import Lesions
from phonotopy.introspection.lesions.own_discs import crossed, found, own_value, selective
from phonotopy.introspection.lesions.sets_of_units import discs, scattering, tiles
from phonotopy.introspection.lesions.silencing import Silencing
from phonotopy.recogniser.network import Layer, Recogniser

BLOCK = 1.5  # radius of 3 x 3 units
CORNERS = (9, 13, 41, 45)  # centres of four blocks on 8 x 8


def passage(network: Recogniser, features: torch.Tensor, lengths: torch.Tensor, phones: NDArray[np.int64]) -> Passage:
    """Every frame inside an utterance is a letter; symbol k + 1 spells phone k; two speakers, one an utterance."""
    with torch.no_grad():
        output = network(features, lengths)
    pairs = [(item, frame) for item, length in enumerate(output.lengths.tolist()) for frame in range(length)]
    item, frame = np.array(pairs).T
    phone = phones[item, frame]
    return Passage(output.responses, output.response_lengths, item, frame, phone + 1, phone, item % 2)


def coded(code: NDArray[np.float64], grid: Grid) -> Silencing:
    """A network whose units respond to phones as `code` ``(units, phones)`` says, and are read out so; else blanks."""
    units, phones = code.shape
    network = Recogniser(phones, [Layer(units, 1, 1, grid)], phones, 0.0).eval()
    with torch.no_grad():
        network.blocks[0].convolution.weight.copy_(torch.from_numpy(code).float()[:, :, None])
        network.readout.weight.zero_()
        network.readout.weight[1:, :, 0] = torch.from_numpy(code).float().T
        network.readout.bias.zero_()
        network.readout.bias[0] = 0.5
    spoken = np.arange(40) % phones
    features = torch.eye(phones)[spoken][None].repeat(2, 1, 1)
    one = passage(network, features, torch.tensor([40, 40]), np.stack([spoken, spoken]))
    return Silencing(network, 1, [one], np.array([0, 1]), phones)


def blocks(grid: Grid, centres: tuple[int, ...]) -> NDArray[np.float64]:
    """One phone a 3 x 3 block around each of the centres."""
    code = np.zeros((grid.units, len(centres)))
    for phone, centre in enumerate(centres):
        code[grid.distances[centre] <= BLOCK, phone] = 1.0
    return code


def lesions(code: NDArray[np.float64], grid: Grid, silencing: Silencing | None = None, key: int = 0) -> Lesions:
    """Lesions of the coded network; units stand where their number says."""
    names = tuple("PTKBDGSZ"[: code.shape[1]])
    everyone = np.ones(code.shape[1], dtype=bool)
    speakers = np.ones((2, code.shape[1]), dtype=np.int64)
    own = silencing or coded(code, grid)
    units = np.arange(grid.units)
    return Lesions(own, grid, units, code.mean(axis=1), code, names, everyone, speakers, BLOCK, 19, key)


def test_a_block_of_its_own_is_needed_by_its_phone_alone() -> None:
    """Four phones in 3 x 3 blocks: own damage at least .95, that of others at most .02."""
    grid = Grid(8, 8)
    for row in lesions(blocks(grid, CORNERS), grid).rows():
        assert row["status"] == "ok"
        assert float(str(row["damage"])) >= 0.95
        assert abs(float(str(row["others"]))) <= 0.02
        assert float(str(row["elsewhere"])) <= 0.02
        block = CORNERS["PTKB".index(str(row["phone"]))] // 8
        assert abs(int(str(row["row"])) - block) <= 1  # the nine positions nearest a corner are the block, too


def test_a_code_that_stands_twice_is_needed_nowhere() -> None:
    """The same blocks once more beside them: damage at most .02, although units are as selective as before."""
    grid, half = Grid(8, 16), Grid(8, 8)
    twice = np.concatenate([blocks(half, CORNERS).reshape(8, 8, 4)] * 2, axis=1).reshape(128, 4)
    found_rows = list(lesions(twice, grid).rows())
    assert len(found_rows) == 8
    assert max(float(str(row["damage"])) for row in found_rows) <= 0.02
    assert max(float(str(row["most_selective"])) for row in found_rows) <= 0.02


def test_nothing_changes_where_nothing_is_silent() -> None:
    """An untouched repeat costs exactly nothing, and the map says so."""
    grid = Grid(8, 8)
    rows = [row for row in lesions(blocks(grid, CORNERS), grid).map_rows() if row["set"] == "untouched"]
    assert [row["damage"] for row in rows] == [0.0] * 4
    assert [row["loss"] for row in rows] == [0.0] * 4


@pytest.mark.parametrize("level", [False, True])
@pytest.mark.parametrize("layer", [1, 2, 3])
def test_a_lesion_is_what_the_whole_network_does_with_silent_units(layer: int, level: bool) -> None:
    """Strides, padding and unlike lengths included; units are silenced by a hook on the block."""
    torch.manual_seed(layer)
    shape = [Layer(12, 5, 2, Grid(3, 4)), Layer(9, 3, 1, Grid(3, 3)), Layer(16, 3, 2, Grid(4, 4))]
    network = Recogniser(6, shape, 3, 0.0)
    features, lengths = torch.randn(4, 61, 6), torch.tensor([61, 40, 53, 25])
    network(features, lengths)  # so that normalisation has statistics
    network.eval()
    spoken = np.arange(4 * 16).reshape(4, 16) % 3
    one = passage(network, features, lengths, spoken)
    units = np.array([1, 4, 7])
    rest = torch.rand(shape[layer - 1].filters) if level else torch.zeros(shape[layer - 1].filters)

    def silence(block: torch.nn.Module, given: tuple[torch.Tensor, torch.Tensor], found: torch.Tensor) -> torch.Tensor:
        inside = (torch.arange(found.shape[2]) < given[1][:, None])[:, None]
        found[:, units] = rest[units][:, None] * inside
        return found

    handle = network.blocks[layer - 1].register_forward_hook(silence)
    with torch.no_grad():
        log_probs = network(features, lengths).log_probs[one.item, one.frame]
    handle.remove()
    own = Silencing(network, layer, [one], np.array([0, 1]), 3, rest if level else None)
    wrong, found_log_prob = own._outcome(units)
    expected = log_probs[np.arange(len(one.symbol)), one.symbol].numpy()
    np.testing.assert_allclose(found_log_prob, expected, atol=2e-5)
    assert (wrong == (log_probs.argmax(dim=1).numpy() != one.symbol)).all()


def test_damage_is_the_difference_of_errors_by_half_and_phone() -> None:
    """Counted by hand in the network of blocks: silence of the first block loses the first phone in both halves."""
    grid = Grid(8, 8)
    own = coded(blocks(grid, CORNERS), grid)
    damage = own.damage([np.flatnonzero(grid.distances[CORNERS[0]] <= BLOCK)])
    np.testing.assert_array_equal(damage.error[0], [[1, 0, 0, 0]] * 2)
    np.testing.assert_array_equal(own.error_intact, np.zeros((2, 4)))
    blank, letter = 0.5, 9.0
    others = np.log(np.exp(letter) + 3 + np.exp(blank))
    expected = (letter - others) - (0.0 - np.log(4 + np.exp(blank)))
    np.testing.assert_allclose(damage.loss[0, :, 0], expected, rtol=1e-5)


def test_measures_are_of_single_units() -> None:
    """One of nine units that spell a phone costs as much as each other one, a unit without code nothing."""
    grid = Grid(8, 8)
    code = blocks(grid, CORNERS)
    measures = {(one.name, one.label): one for one in lesions(code, grid).measures()}
    own = measures["damage", "P"]
    assert np.ptp(own.value[code[:, 0] > 0]) < 1e-6 < own.value[code[:, 0] > 0].min()
    np.testing.assert_array_equal(own.value[code.sum(axis=1) == 0], 0)
    np.testing.assert_allclose(own.halves, [own.value] * 2, rtol=1e-6)
    np.testing.assert_allclose(
        measures["mean_damage", ""].value,
        np.mean([measures["damage", phone].value for phone in "PTKB"], axis=0),
        atol=1e-7,
    )


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """Such networks are too small to share."""
    torch.set_num_threads(1)


def p_of_mean(null: str, outcome: str, own: Lesions) -> float:
    """p of the mean over phones."""
    wanted = {"null": null, "outcome": outcome, "phone": "mean"}
    rows = [row for row in own.tests(99) if all(row[name] == value for name, value in wanted.items())]
    return float(str(rows[0]["p"]))


def p_of_scattered(key: int) -> float:
    """p of tiles of a network whose units stand anywhere, and respond to four phones by chance."""
    code = 0.03 * np.random.default_rng(key).exponential(size=(64, 4)) ** 2  # small, so that no letter is certain
    own = lesions(code, Grid(8, 8), key=key)
    tiled = own.silencing.damage(list(own.units[own.positions[own.centres]]))
    null = [own_value(family, "loss").mean() for family in own.families]
    return float(p_value(own_value(tiled, "loss").mean(), null, "greater"))


def test_p_is_uniform_where_positions_mean_nothing() -> None:
    """Chance rejects as often as it should, although some sets do more harm than others and are chosen for it."""
    p = np.array([p_of_scattered(key) for key in range(40)])
    assert abs(p.mean() - 0.525) < 3 * np.sqrt(1 / 12 / 40)
    assert np.mean(p <= 0.25) < 0.25 + 3 * np.sqrt(0.25 * 0.75 / 40)


def test_a_code_in_blocks_is_found_against_every_null() -> None:
    """Blocks where tiles are: p is as small as its null allows, or as four phones do."""
    grid = Grid(8, 8)
    centres = tiles(grid, BLOCK)[[0, 2, 6, 8]]
    own = lesions(blocks(grid, tuple(centres.tolist())), grid)
    assert p_of_mean("scattered", "loss", own) == pytest.approx(1 / 20)
    assert p_of_mean("elsewhere", "error", own) <= 0.1
    assert p_of_mean("other phones", "loss", own) <= 0.15  # 1 of 24 permutations of four phones leaves them alone


def test_own_discs_are_found_in_one_half_and_tested_in_the_other() -> None:
    """A set that costs much in the first half alone is found there, and does nothing in the second."""
    values = np.zeros((3, 2, 2))
    values[1, 0, 0], values[2, 1, 0] = 1.0, 0.5
    damage = Damage(values, values)
    assert found(damage)[:, 0].tolist() == [1, 2]
    np.testing.assert_array_equal(crossed(values, found(damage))[:, 0], 0)


def test_selectivity_leaves_out_phones_without_letters() -> None:
    """Damage minus the mean over the other phones that have any."""
    np.testing.assert_allclose(selective(np.array([[0.4, 0.1, np.nan, 0.3]]))[0], [0.2, -0.25, np.nan, 0.05])


def test_discs_are_alike_in_size_at_edges_and_round_on_a_torus() -> None:
    """21 units of radius 2.25, at corners from further away; on a torus all look the same."""
    plane, torus = Grid(16, 16), Grid(16, 16, True)
    assert discs(plane, 2.25).shape == (256, 21)
    assert (discs(plane, 2.25)[:, 0] == np.arange(256)).all()
    assert set(discs(plane, 2.25)[136]) == set(np.flatnonzero(plane.distances[136] <= 2.25))
    assert set(discs(torus, 2.25)[0]) == set(np.flatnonzero(torus.distances[0] <= 2.25))
    assert len(tiles(plane, 2.25)) == 16


def test_scattered_units_are_matched_in_activity() -> None:
    """A permutation that moves a unit by less than eight ranks of activity."""
    activity = np.random.default_rng(0).normal(size=100)
    order = scattering(activity, 1)
    ranks = np.argsort(np.argsort(activity))
    assert sorted(order) == list(range(100))
    assert np.abs(ranks[order] - ranks).max() < 8
    assert (order != np.arange(100)).mean() > 0.5


def test_letters_are_spelled_where_they_are_most_probable() -> None:
    """A path that is certain, with a repeated letter; too few frames give none."""
    symbols = [0, 1, 1, 0, 1, 0, 2, 0]
    log_probs = torch.full((8, 3), -5.0)
    log_probs[range(8), symbols] = -0.1
    log_probs[1, 1] = -0.05
    assert spelled(log_probs, torch.tensor([1, 1, 2])).tolist() == [1, 4, 6]
    assert spelled(log_probs[:3], torch.tensor([1, 1, 2])).tolist() == []


def test_phones_cover_the_time_from_onset_until_offset() -> None:
    """Gaps and the outside are covered by none."""
    tokens = [Token(4, 0.1, 0.2, True), Token(7, 0.2, 0.3, True), Token(1, 0.5, 0.6, True)]
    assert covering(tokens, np.array([0.05, 0.1, 0.2, 0.3, 0.55, 0.6])).tolist() == [-1, 4, 7, -1, 1, -1]
    assert covering([], np.array([0.1])).tolist() == [-1]


def test_phones_of_few_letters_are_not_tested() -> None:
    """They have a row that says so, and no p."""
    grid = Grid(8, 8)
    own = lesions(blocks(grid, CORNERS), grid)
    few = replace(own, wanted=np.array([True, True, True, False]))
    few.silencing.count[1, 0] = 7
    assert {row["phone"]: row["status"] for row in few.rows()} == {"P": "too few letters", "T": "ok", "K": "ok"}
    status = {
        row["phone"]: row["status"] for row in few.tests(9) if row["null"] == "scattered" and row["outcome"] == "loss"
    }
    assert [status[phone] == "ok" for phone in "PTKB"] == [False, True, True, False]


def test_one_tile_leaves_no_choice() -> None:
    """On a grid that a disc covers there is no p of tiles; against other phones there may be one."""
    grid = Grid(4, 4)
    code = np.random.default_rng(0).exponential(size=(16, 4)) * 0.2
    own = replace(lesions(code, grid), radius=2.25)
    assert len(own.centres) == 1
    found_rows = list(own.tests(19))
    assert {row["status"] for row in found_rows if row["null"] == "scattered"} == {"not testable"}
    assert "ok" in {row["status"] for row in found_rows if row["null"] == "other phones"}
