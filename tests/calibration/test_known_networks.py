"""Networks that follow noise, sound or phones end where they should on the ladder of nulls."""

import numpy as np
import pytest
from scipy.stats import binom

from phonotopy.calibration import ladder_nulls
from phonotopy.calibration.calibrate import CALIBRATIONS
from phonotopy.calibration.known_networks import (
    DESIGN,
    LATTICE,
    MANNERS,
    NETWORKS,
    RUNGS,
    Depths,
    described,
    end,
    layer,
    responses,
    rows,
    rung,
)
from phonotopy.calibration.simulated_speech import speech
from phonotopy.core.seeds import stream
from phonotopy.encoding.ladder import ALL, Row
from phonotopy.spatial.moran import morans_i

DRAWS = 5
ENDS = {"noise": {1}, "acoustics": {1, 2, 3}, "phones": {4}}


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS)
def test_a_known_network_ends_where_it_should(network: str) -> None:
    """At least as many as 95 of 100 leave in all but one of a thousand samples."""
    found = [end(network, index) for index in range(DRAWS)]
    assert sum(one in ENDS[network] for one in found) >= binom.ppf(0.001, DRAWS, 0.95)


def fabricated(p: dict[tuple[str, str, str], float]) -> list[Row]:
    return [
        {"labelling": test[0], "statistic": test[1], "null": test[2], "phone": ALL, "p": p.get(test, 0.01)}
        for tests in RUNGS.values()
        for test in tests
    ]


@pytest.mark.parametrize("number", RUNGS)
def test_a_network_ends_below_the_first_rung_where_any_test_fails(number: int) -> None:
    for test in RUNGS[number]:
        assert rung(fabricated({test: 0.051})) == number - 1
        assert rung(fabricated({test: np.nan})) == number - 1, "what cannot be tested is not rejected"
    assert rung(fabricated({})) == 4
    assert rung(fabricated(dict.fromkeys(RUNGS[4], 0.05))) == 4


@pytest.mark.slow
def test_every_rung_is_tested_by_the_ladder() -> None:
    tests = {(row["labelling"], row["statistic"], row["null"]) for row in rows(layer(Depths(), 0), 0)}
    assert set().union(*RUNGS.values()) <= tests


@pytest.mark.slow
def test_a_layer_depends_on_its_depths_and_number_alone() -> None:
    one, again, other = (layer(NETWORKS["phones"], index) for index in (3, 3, 4))
    assert (one.values == again.values).all() and (one.spoken.phone.chance == again.spoken.phone.chance).all()
    assert one.key == again.key != other.key
    assert one.values.shape != other.values.shape or not (one.values == other.values).all()


def test_responses_follow_what_they_are_said_to_follow() -> None:
    said = speech(stream("test", "known"), DESIGN)
    noise, manners = (responses(stream("test", "r"), said, depths) for depths in (Depths(), Depths(manners=3.0)))
    followed = (manners - noise).astype(float)
    assert followed.std(axis=0) == pytest.approx(3, abs=0.01)
    for manner in (0, 1):
        assert followed[MANNERS[said.tokens.phone] == manner].std(axis=0) == pytest.approx(0, abs=1e-4)
    assert morans_i(followed[:1].T, LATTICE) > 0.3


def test_the_description_knows_the_sound_alone() -> None:
    said = speech(stream("test", "known"), DESIGN)
    one = described(stream("test", "sound"), said)
    tokens = said.tokens
    one.require("sound.npz", np.array(tokens.phones)[tokens.phone])
    assert (one.features[:, -one.around :][:, :3] == said.acoustics.astype(np.float32)).all()
    first = np.flatnonzero(np.diff(tokens.utterance, prepend=-1))
    assert (one.features[first, -6:-3] == 0).all(), "nothing is before an utterance"
    for clusters in one.clusters:
        assert (np.bincount(clusters) == np.bincount(tokens.phone)).all()
    assert np.isfinite(one.random_network).all()


@pytest.mark.slow
def test_calibrated_tests_of_the_ladder_depend_on_their_number_alone() -> None:
    assert {"shared_manners", "shared_sound", "units_random_network"} <= CALIBRATIONS.keys()
    for test in (ladder_nulls.beyond_manners, ladder_nulls.beyond_sound, ladder_nulls.beyond_random_network):
        assert test(3) == test(3) != test(4)
        assert 0 < test(3) <= 1
    assert 1 / 40 <= ladder_nulls.units_beyond_sound(0) <= 1
