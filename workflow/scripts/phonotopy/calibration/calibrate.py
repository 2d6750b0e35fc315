"""How often each test calls a null data set significant."""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from phonotopy.calibration import (
    label_power,
    ladder_nulls,
    scattered_lesions,
    simulations,
    spelled_nulls,
    unrelated_contours,
    unrelated_maps,
)
from phonotopy.calibration.simulations import LEVEL
from phonotopy.core import steps
from phonotopy.core.columns import Column, Table

__all__ = ["CALIBRATIONS", "TABLE", "Calibration", "calibrate"]

TABLE = Table(
    "calibration.tsv",
    rows="one row per test",
    columns={
        "test": Column(
            "",
            "`shared_labels`, `shared_manners` and `shared_sound` test what neighbours share (`ladder.tsv`) in "
            "simulated responses that follow nothing, manners alone and the sound alone; `units_random_network` "
            "has the latter, too; `label_shift_region` has units that follow phones in no order; `esda_p_sim` is "
            "a peer's p on the maps of `morans_i`",
        ),
        "null": Column("", "under which data sets are sampled and tested"),
        "data_sets": Column("count", "null data sets; fewer than `calibration.data_sets` for tests that cost more"),
        "rejections": Column("count", "of them, those with p of at most .05"),
        "rate": Column("fraction", "rejections over data sets"),
        "allowed_low": Column("fraction", "least rate: .04 for tests whose p is exact and continuous, else 0"),
        "allowed_high": Column("fraction", "greatest rate: .05 plus three binomial standard deviations"),
    },
)
OF_SPEECH = 0.1  # of data sets, where each is speech and many label shifts of it
OF_LADDER, OF_SOUND = 0.03, 0.01  # of the ladder of nulls, and where responses are also predicted from the sound
LEAST = 0.04  # of a test whose p is exact and continuous; one that hardly ever rejects is of no use either


class Calibration(NamedTuple):
    """A test: its null, whether its p is exact and continuous, and the p of null data set number `index`.

    It gets a `share` of the data sets that are asked for: less than all where each costs more.
    """

    null: str
    exact: bool
    p: Callable[[int], float]
    share: float = 1.0


def calibrate(name: str, *, data_sets: int) -> dict[str, object]:
    """Rejections at .05 in the test's share of `data_sets` null ones, and the rates that are allowed: one row.

    At most the level plus three standard deviations of a binomial share; at least .04 where p is exact and continuous.
    Data sets depend on the name of the test and their number alone.
    """
    test = CALIBRATIONS[name]
    data_sets = max(1, round(test.share * data_sets))
    rejections = sum(test.p(index) <= LEVEL for index in steps.counted(range(data_sets), "data set"))
    high = LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / data_sets)
    cells = (name, test.null, data_sets, rejections, rejections / data_sets, LEAST if test.exact else 0.0, high)
    return dict(zip(TABLE.columns, cells, strict=True))


CALIBRATIONS: Mapping[str, Calibration] = {
    "morans_i": Calibration("positions", exact=True, p=simulations.morans_i),
    "morans_i_mean": Calibration("positions", exact=True, p=simulations.mean_morans_i),
    "morans_i_family": Calibration("positions", exact=True, p=simulations.morans_i_family),
    "gearys_c": Calibration("positions", exact=True, p=simulations.gearys_c),
    "correlogram": Calibration("positions", exact=True, p=simulations.correlogram_family),
    "cluster_mass": Calibration("positions", exact=True, p=simulations.cluster_mass),
    "largest_region": Calibration("positions", exact=False, p=simulations.largest_region),
    "label_shift": Calibration("labels", exact=False, p=simulations.label_shift),
    "label_shift_speech": Calibration(
        "labels", exact=False, p=label_power.of_noise("label_shift_speech"), share=OF_SPEECH
    ),
    "label_shift_family": Calibration(
        "labels", exact=False, p=label_power.of_noise("label_shift_family"), share=OF_SPEECH
    ),
    "label_shift_region": Calibration(
        "labels", exact=False, p=label_power.of_noise("label_shift_region", label_power.UNORDERED), share=OF_LADDER
    ),
    "shared_labels": Calibration("labels", exact=False, p=label_power.of_noise("shared_labels"), share=OF_LADDER),
    "shared_manners": Calibration("manners", exact=False, p=ladder_nulls.beyond_manners, share=OF_LADDER),
    "shared_sound": Calibration("sound", exact=False, p=ladder_nulls.beyond_sound, share=OF_SOUND),
    "units_random_network": Calibration(
        "random network", exact=False, p=ladder_nulls.beyond_random_network, share=OF_SOUND
    ),
    "unit_t": Calibration("speakers", exact=True, p=simulations.unit_t),
    "responsive": Calibration("speakers", exact=False, p=simulations.any_responsive),
    "replication": Calibration("speakers", exact=True, p=simulations.replicated),
    "overlap": Calibration("surrogates", exact=False, p=unrelated_maps.overlapping),
    "smooth_maps": Calibration("surrogates", exact=False, p=unrelated_maps.smooth_maps),
    "relations": Calibration("surrogates", exact=False, p=unrelated_maps.unrelated_measures),
    "agreement": Calibration("surrogates", exact=False, p=unrelated_maps.seeds_agree),
    "map_distance": Calibration("phones", exact=True, p=unrelated_maps.map_distance),
    "map_distance_surrogates": Calibration("surrogates", exact=False, p=unrelated_maps.map_distance_of_surrogates),
    "same_manner": Calibration("phones", exact=False, p=unrelated_maps.same_manner),
    "same_manner_other_phone": Calibration("phones", exact=False, p=unrelated_maps.same_manner_other_phone),
    "spelled_letters": Calibration("labels", exact=False, p=spelled_nulls.letters_beyond_phones, share=OF_SPEECH),
    "spelled_phones": Calibration("labels", exact=False, p=spelled_nulls.phones_beyond_letters, share=OF_SPEECH),
    "sign_flip": Calibration("sign-flip", exact=False, p=simulations.flipped_signs),
    "equivalence": Calibration("sign-flip", exact=False, p=simulations.equivalent),
    "join_counts": Calibration("positions", exact=False, p=simulations.joined),
    "local_morans_i": Calibration("other positions", exact=True, p=simulations.local_morans_i),
    "cluster_enhancement": Calibration("positions", exact=True, p=simulations.cluster_enhancement),
    "time_clusters": Calibration("positions", exact=True, p=simulations.clusters_in_time),
    "lagged_correlation": Calibration("rotations", exact=False, p=unrelated_contours.lagged_correlation),
    "lesions_scattered": Calibration("scattered", exact=True, p=scattered_lesions.scattered_units),
    "esda_p_sim": Calibration("positions", exact=True, p=simulations.folded_morans_i),
}
