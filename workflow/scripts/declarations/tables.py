"""Files of results that modules describe: those of the statistics, as they are declared, and others."""

from typing import NamedTuple

from declarations.introspection import INTROSPECTION
from declarations.statistics import STATISTICS

__all__ = ["Described", "described"]

RESPONSES = "activations/{corpus}/{condition}/seed{seed}"
OF_TRAINING = "{stage}/{{corpus}}/{{condition}}/seed{{seed}}"
REQUESTS = {"mapping": "extras"}  # the target by which statistics of a stage are asked for, where it is not the stage
TABLES = "tables"


class Described(NamedTuple):
    """A file of results by its `path` in them, the module whose ``TABLE`` or ``TABLES`` describe it, and a remark."""

    path: str
    module: str  # <room>.<name>
    remark: str = ""


TIMED = "of a synthetic corpus"
COMPARED = "with `alignment.compared`"
CALIBRATED = "on request (`snakemake calibration`)"
BEFORE = (
    Described("corpus/{corpus}/usable.tsv", "corpus.usable"),
    Described("alignment/{corpus}/onsets.tsv", "alignment.boundaries", TIMED),
    Described("alignment/{corpus}/compared_onsets.tsv", "alignment.compare_alignments", COMPARED),
    Described(f"{RESPONSES}/geometry.tsv", "activations.geometry"),
    Described(f"{RESPONSES}/placement.tsv", "activations.placement"),
    Described(f"{RESPONSES}/tokens.tsv", "activations.gather"),
    Described(f"{RESPONSES}/layers.tsv", "activations.gather"),
    Described(f"{RESPONSES}/unit_filters.npz", "activations.unit_filters", "of conditions with weights"),
    Described(f"{RESPONSES}/comoments.npz", "activations.comoments", "of conditions that are laid out after the fact"),
    Described(f"{RESPONSES}/measured.tsv", "activations.modules.measure_model", "of conditions with a `model`"),
    Described("activations/{corpus}/sound.npz", "activations.sound.sound"),
    Described("activations/{corpus}/frames.npz", "film.reel"),
    Described(f"{TABLES}/alignment.tsv", "alignment.describe"),
    Described(f"{TABLES}/speakers.tsv", "alignment.describe"),
    Described(f"{TABLES}/durations.tsv", "alignment.describe"),
    Described(f"{TABLES}/reasons.tsv", "alignment.describe"),
    Described(f"{TABLES}/boundaries.tsv", "alignment.boundaries", TIMED),
    Described(f"{TABLES}/compared_alignments.tsv", "alignment.compare_alignments", COMPARED),
    Described(f"{TABLES}/recognition.tsv", "recogniser.recognition"),
    Described(f"{TABLES}/recognition_by_speaker.tsv", "recogniser.recognition"),
)
AFTER = (
    Described(f"{TABLES}/calibration.tsv", "calibration.calibrate", CALIBRATED),
    Described(f"{TABLES}/power.tsv", "calibration.power", CALIBRATED),
    Described(f"{TABLES}/label_power.tsv", "calibration.label_power", CALIBRATED),
)


def described() -> list[Described]:
    """All of them, in the order of the dictionary."""
    of_statistics = (
        Described(
            f"{TABLES if one.summary else OF_TRAINING.format(stage=one.stage)}/{file}",
            one.module,
            f"on request (`snakemake {REQUESTS.get(one.stage, one.stage)}`)" if one.on_request else "",
        )
        for one in STATISTICS + INTROSPECTION
        for file in one.files
    )
    return [*BEFORE, *of_statistics, *AFTER]
